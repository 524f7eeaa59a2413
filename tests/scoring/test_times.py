"""When sounds began and ended: against frames whose sounds are known, and what always holds."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.scoring.gop import Expected
from trainer.scoring.posteriors import PhoneClasses, Posteriors
from trainer.scoring.times import about_spikes, placed

LABELS = ("", "a", "b", "c", "d")
CLASSES = PhoneClasses(LABELS, {})
RATE = 50.0


def call_of(lengths, words):
    return [
        Expected(LABELS[1 + i % 4], word, frozenset([1 + i % 4]))
        for i, (_length, word) in enumerate(zip(lengths, words, strict=True))
    ]


def frames_of(labels, rate=RATE):
    log_probs = np.full((len(labels), len(LABELS)), np.log(0.02))
    log_probs[np.arange(len(labels)), labels] = np.log(0.92)
    return Posteriors(log_probs, CLASSES, rate)


lengths = st.lists(st.integers(2, 9), min_size=1, max_size=8)


@given(lengths, st.integers(0, 12), st.integers(0, 12), st.integers(0, 9), st.sampled_from((RATE, 2 * RATE)))
def test_sounds_lie_where_the_frames_have_them_and_silence_only_between_words(spans, before, after, pause, rate):
    words = [0] * ((len(spans) + 1) // 2) + [1] * (len(spans) // 2)
    expected = call_of(spans, words)
    labels, truth = [0] * before, []
    for i, length in enumerate(spans):
        labels += [0] * (pause if i and words[i] != words[i - 1] else 0)
        truth.append((len(labels), len(labels) + length))
        labels += [1 + i % 4] * length
    labels += [0] * after
    named = [(int(RATE * first / rate), int(RATE * last / rate)) for first, last in truth]
    own = frames_of(labels[:: int(rate / RATE)])
    times = placed(expected, named, own, frames_of(labels, rate), len(labels) / rate)
    for (start, end), (first, last) in zip(times, truth, strict=True):
        assert (start, end) == pytest.approx((first / rate, last / rate))


def test_more_sounds_than_frames_have_no_place():
    frames = frames_of([1, 2])
    assert placed(call_of([1] * 4, [0] * 4), [(0, 1), (0, 1), (1, 2), (1, 2)], frames, frames, 0.04) is None


@given(lengths, st.lists(st.booleans(), min_size=200, max_size=200))
def test_without_frames_the_sounds_of_a_word_touch_and_none_overlaps_the_next(spans, silent):
    words = [i // 3 for i in range(len(spans))]
    places, at = [], 5
    for length in spans:
        places.append((at, at + length))
        at += length + 3
    own = Posteriors(np.zeros((200, len(LABELS))), CLASSES, RATE)
    times = about_spikes(call_of(spans, words), places, np.array(silent), own, 4.0)
    for i, ((start, end), (later, _)) in enumerate(pairwise(times)):
        assert 0 <= start < end <= later
        if words[i] == words[i + 1]:
            assert end == pytest.approx(later)
