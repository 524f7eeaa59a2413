"""Paths of sounds through frames against every path there is."""

from itertools import groupby, pairwise, product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from recipe.paths import CHANGE, ENTER, REACH, spoken, spread, viterbi

NATS = st.floats(-9, 0, width=32)


def worth(path: tuple[int, ...], sounds: np.ndarray, silence: np.ndarray) -> float:
    """Of a path of states: even ones are silences, 2 i + 1 is sound i."""
    total = sum(silence[t] if s % 2 == 0 else sounds[t, s // 2] for t, s in enumerate(path))
    return total - ENTER * sum(s % 2 == 0 for s, _same in groupby(path))


@given(st.data(), st.integers(1, 3), st.integers(1, 6))
def test_each_sound_lies_on_the_best_of_all_paths(data: st.DataObject, count: int, frames: int) -> None:
    sounds = data.draw(arrays(np.float32, (frames, count), elements=NATS))
    silence = data.draw(arrays(np.float32, frames, elements=NATS))
    spoken_states = {2 * i + 1 for i in range(count)}
    paths = [
        path
        for path in product(range(2 * count + 1), repeat=frames)
        if list(path) == sorted(path) and spoken_states <= set(path)
    ]
    found = viterbi(sounds, silence)
    if not paths:
        assert found is None
        return
    assert found is not None
    path = np.zeros(frames, dtype=int)
    for i, (first, end) in enumerate(found):
        path[first:end] = 2 * i + 1
        path[end:] = 2 * i + 2
    assert np.isclose(
        worth(tuple(path), sounds, silence), max(worth(one, sounds, silence) for one in paths), atol=1e-4
    )  # fmt: skip


@given(st.data(), st.integers(1, 3), st.integers(1, 6))
def test_what_was_spoken_is_the_best_of_all_rows(data: st.DataObject, classes: int, frames: int) -> None:
    log_probs = data.draw(arrays(np.float32, (frames, classes), elements=NATS))

    def worth_of(path: tuple[int, ...]) -> float:
        changes = sum(a != b for a, b in pairwise(path))
        return float(sum(log_probs[t, c] for t, c in enumerate(path))) - CHANGE * changes

    values = {path: worth_of(path) for path in product(range(classes), repeat=frames)}
    best = max(values.values())
    rows = [
        [c for c, _same in groupby(path) if c] for path, value in values.items() if np.isclose(value, best, atol=1e-4)
    ]
    assert spoken(log_probs) in rows


@given(st.lists(st.integers(0, 300), min_size=1, max_size=12, unique=True))
def test_spikes_spread_over_what_is_near_and_never_over_another(frames: list[int]) -> None:
    times = np.array(sorted(frames), dtype=np.float32) / 50
    spans = spread(times)
    assert np.all(spans[:, 0] < times)
    assert np.all(times < spans[:, 1])
    assert np.all(spans[1:, 0] >= spans[:-1, 1] - 1e-6)
    assert np.all(np.abs(spans - times[:, None]) <= REACH + 1e-6)
