"""When each sound began and ended.

CTC names a sound where it is surest of it and says little of its edges. A model that tells for every hundredth of a
second what sounds there (class 0 is silence) places the sounds of the text by Viterbi: one after the other, with
silence only between words, and each about where CTC named it. Without such an output a sound lasts to halfway to its
neighbour in a word, and a word ends where its last sound falls silent.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from trainer.scoring.ctc import BLANK
from trainer.scoring.gop import Expected
from trainer.scoring.posteriors import PhoneClasses, Posteriors

EDGE = 0.06  # s: a sound lasts a little beyond the frames in which CTC names it
LONGEST_END = 0.2  # s that the last sound of a word may go on beyond them
NEAR = 0.06  # s that a sound may lie beyond where CTC named its neighbours
AWAY = -1e3  # nats of a sound beyond that
SILENCE = 2.0  # nats against silence: what is no speech lies between sounds, not in them

Times = list[tuple[float, float]]


def placed(
    expected: Sequence[Expected], spans: Sequence[tuple[int, int]], own: Posteriors, frames: Posteriors, seconds: float
) -> Times | None:
    """Start and end of each sound, by the frames; None where there are more sounds than frames. spans: where CTC named
    each, in frames of `own`."""
    if not expected:
        return None
    columns = [right_classes(phone, own.classes, frames.classes) for phone in expected]
    sounds = np.stack([np.logaddexp.reduce(frames.log_probs[:, c], axis=1) for c in columns], axis=1)
    first_of_word = [i == 0 or expected[i - 1].word != phone.word for i, phone in enumerate(expected)]
    rate, count = frames.frames_per_second, len(expected)
    silence = np.repeat(frames.log_probs[:, BLANK, None] - SILENCE, count + 1, axis=1)
    named = np.array(spans).mean(axis=1) / own.frames_per_second
    at = np.arange(len(sounds))[:, None] / rate
    before, after = np.r_[-np.inf, named[:-1]] - NEAR, np.r_[named[1:], np.inf] + NEAR
    sounds = np.where((before <= at) & (at <= after), sounds, AWAY)
    before, after = np.r_[-np.inf, named] - NEAR, np.r_[named, np.inf] + NEAR
    silence = np.where((before <= at) & (at <= after), silence, AWAY)
    path = _path(sounds, silence, first_of_word)
    if path is None:
        return None
    spoken = 2 * np.arange(count) + 1
    starts, ends = (np.searchsorted(path, spoken, side=side) for side in ("left", "right"))
    limits = [np.clip(edge / rate, 0, seconds).tolist() for edge in (starts, ends)]
    return list(zip(*limits, strict=True))


def within(times: Sequence[tuple[float, float]], frames: Posteriors) -> NDArray[np.float64]:
    """[N, V] nats, the mean log-posteriors of the frames between two times each."""
    last = len(frames.log_probs) - 1
    edges = [[min(round(edge * frames.frames_per_second), last) for edge in time] for time in times]
    return np.array([frames.log_probs[a : max(b, a + 1)].mean(axis=0) for a, b in edges])


def right_classes(phone: Expected, own: PhoneClasses, fine: PhoneClasses) -> list[int]:
    """Which of the fine classes count as a phone. own: those that it knows."""
    said = {*fine.of(phone.phone).tolist(), *(fine.labels.index(own.labels[i]) for i in phone.classes)}
    return sorted(said)


def _path(
    sounds: NDArray[np.float64], silence: NDArray[np.float64], first_of_word: Sequence[bool]
) -> NDArray[np.intp] | None:
    """The state of every frame, 2i + 1 for sound i and even ones for silence: 2i lies before sound i, where a word
    begins, and the last one at the end. silence: [T, sounds + 1]."""
    frames, count = sounds.shape
    if frames < count:
        return None
    states = 2 * count + 1
    score = np.full((frames, states), -np.inf)
    score[:, 1::2] = sounds
    between = [i for i, first in enumerate(first_of_word) if first] + [count]
    score[:, 2 * np.array(between)] = silence[:, between]
    onward = np.full(states, -np.inf)  # from sound to sound
    onward[3::2] = 0.0
    best = np.full((frames, states + 2), -np.inf)  # two before the first state: nobody comes from there
    best[0, 2:4] = score[0, :2]
    for before, now, here in zip(best, best[1:], score[1:], strict=False):
        moved = np.maximum(before[1:-1], before[:-2] + onward)
        np.add(np.maximum(before[2:], moved), here, out=now[2:])
    state = states - 1 if best[-1, -1] > best[-1, -2] else states - 2
    path = np.full(frames, state)
    for t in range(frames - 1, 0, -1):
        skip, step, stay = (best[t - 1, state : state + 3] + (onward[state], 0.0, 0.0)).tolist()
        if max(skip, step) > stay:
            state -= 2 if skip > step else 1
        path[t - 1] = state
    return path


def about_spikes(
    expected: Sequence[Expected], spans: Sequence[tuple[int, int]], silent: NDArray[np.bool_], own: Posteriors,
    seconds: float,
) -> Times:  # fmt: skip
    """Start and end of each sound, about the frames in which CTC names it."""
    rate = own.frames_per_second
    out = [(first / rate - EDGE, last / rate + EDGE) for first, last in spans]
    for i, (a, b) in enumerate(pairwise(spans)):
        middle = (a[1] + b[0]) / 2 / rate
        if expected[i].word == expected[i + 1].word:
            out[i], out[i + 1] = (out[i][0], middle), (middle, out[i + 1][1])
        else:
            out[i] = (out[i][0], min(middle, max(out[i][1], _falls_silent(silent, a[1], rate))))
            out[i + 1] = (max(middle, out[i + 1][0]), out[i + 1][1])
    if out:
        out[-1] = (out[-1][0], max(out[-1][1], _falls_silent(silent, spans[-1][1], rate)))
    return [(max(0.0, start), min(seconds, end)) for start, end in out]


def _falls_silent(silent: NDArray[np.bool_], frame: int, rate: float) -> float:
    """When, after a frame, nobody speaks any more; at most `LONGEST_END` later."""
    after = np.flatnonzero(silent[frame : frame + int(LONGEST_END * rate)])
    return (frame + (int(after[0]) if len(after) else 0)) / rate
