"""Shadowing: speaking along with a reading, word by word behind it; and the ladder of speeds.

What counts is that the distance to the reading stays the same: whoever lags evenly hears and speaks at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trainer.languages import Language
from trainer.phrasebook.text import tokens
from trainer.scoring.assessment import Assessment
from trainer.scoring.points import PASS_MARK, doubtful

SPEEDS = (0.7, 0.8, 0.9, 1.0, 1.1, 1.2)
FIRST = 0.8
FREE_LAG = 0.6  # s behind the reading that cost nothing
LAG_COST = 40.0  # points for each second beyond
FREE_SPREAD = 0.08  # s that the distance may change
SPREAD_COST = 120.0  # points for each second beyond
LEAST = 2  # words that must be said in both


@dataclass(frozen=True)
class Shadow:
    """How closely a reading was followed.

    Attributes:
        lag: s behind the reading, in the median of the words.
        spread: s, median deviation from it.
        said: share of the words that were said.
        points: 0-100.
    """

    lag: float
    spread: float
    said: float
    points: float


def timeable(text: str, language: Language) -> bool:
    """Whether a call has words enough."""
    return len(tokens(text, language)) >= LEAST


def shadow(said: Assessment, reading: Assessment, speed: float, began: float = 0.0) -> Shadow | None:
    """A recording that began so many seconds after the reading, which was played at `speed`; None where too few words
    are in both."""
    starts = [
        (mine.start + began, theirs.start / speed)
        for mine, theirs in zip(said.words, reading.words, strict=False)
        if mine.start is not None and theirs.start is not None
    ]
    if said.verdict != "scored" or len(starts) < LEAST:
        return None
    return timed([mine for mine, _theirs in starts], [theirs for _mine, theirs in starts], len(reading.words))


def timed(said: Sequence[float], read: Sequence[float], words: int) -> Shadow:
    """Starts of the same words, s; words: how many there were."""
    behind = np.asarray(said) - np.asarray(read)
    lag = float(np.median(behind))
    spread = float(np.median(np.abs(behind - lag)))
    share = len(said) / max(1, words)
    cost = LAG_COST * max(0.0, abs(lag) - FREE_LAG) + SPREAD_COST * max(0.0, spread - FREE_SPREAD)
    return Shadow(lag, spread, share, float(np.clip(100.0 * share - cost, 0.0, 100.0)))


def next_speed(speed: float, points: float) -> float:
    """A rung up after a good one, a rung down after a poor one, the same again where it is neither for sure."""
    at = min(range(len(SPEEDS)), key=lambda i: abs(SPEEDS[i] - speed))
    if doubtful(points, PASS_MARK):
        return SPEEDS[at]
    return SPEEDS[min(len(SPEEDS) - 1, at + 1) if points >= PASS_MARK else max(0, at - 1)]
