"""Paths of sounds through the frames of a recording, in NumPy."""

from itertools import groupby

import numpy as np
from numpy.typing import NDArray

REACH = 0.09  # s
ENTER = 2.0  # nats that a silence costs
CHANGE = 1.0  # nats that a change of sounds costs

Array = NDArray[np.float32]


def spread(times: Array) -> Array:
    """Spans [sounds, 2] of sounds by their middles [sounds], in seconds: each reaches halfway to its neighbours, but no
    further than REACH."""
    halves = np.diff(times) / 2
    before = np.minimum(REACH, np.concatenate([[REACH], halves]))
    after = np.minimum(REACH, np.concatenate([halves, [REACH]]))
    return np.stack([times - before, times + after], axis=1).astype(np.float32)


def viterbi(sounds: Array, silence: Array) -> NDArray[np.int64] | None:
    """The first and last frame [sounds, 2] of each, the latter exclusive. None where they are more than the frames.

    sounds: log-likelihoods [T, sounds]; silence: [T], which may stand before, between and after them.
    """
    frames, count = sounds.shape
    if frames < count:
        return None
    states = 2 * count + 1  # silence 0, sound 0, silence 1, ...
    score = np.empty((frames, states), dtype=np.float32)
    score[:, 1::2], score[:, ::2] = sounds, silence[:, None]
    entering = np.full(states, ENTER, dtype=np.float32)
    entering[1::2] = 0.0
    skipping = np.full(states, np.inf, dtype=np.float32)  # from sound to sound
    skipping[3::2] = 0.0
    best = np.full(states + 2, -np.inf, dtype=np.float32)  # two before the first state: nobody comes from there
    best[2:4] = score[0, :2] - entering[:2]
    came = np.zeros((frames, states), dtype=np.int8)
    for t in range(1, frames):
        ways = np.stack([best[2:], best[1:-1] - entering, best[:-2] - skipping])
        came[t] = ways.argmax(axis=0)
        best[2:] = ways.max(axis=0) + score[t]
    state = states - 1 if best[-1] > best[-2] else states - 2
    path = np.zeros(frames, dtype=np.int64)
    for t in range(frames - 1, -1, -1):
        path[t] = state
        state -= int(came[t, state])
    spoken = 2 * np.arange(count) + 1
    return np.stack([np.searchsorted(path, spoken), np.searchsorted(path, spoken, side="right")], axis=1)


def spoken(log_probs: Array) -> list[int]:
    """The likeliest row of sounds [T, classes] where every change costs; silence is left out."""
    score, came = log_probs[0], []
    for frame in log_probs[1:]:
        best = int(score.argmax())
        change = score < score[best] - CHANGE
        came.append(np.where(change, best, np.arange(len(score))))
        score = np.where(change, score[best] - CHANGE, score) + frame
    path = [int(score.argmax())]
    for before in reversed(came):
        path.append(int(before[path[-1]]))
    return [sound for sound, _same in groupby(reversed(path)) if sound]
