"""How far two judges of the same calls agree: the machine and an instructor, or several instructors. Pure NumPy.

Scores are 0-100. Kappa: Cohen 1960. Alpha: Krippendorff 2004, for scores on an interval scale.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainer.bench.measures import correlation, rank_correlation

WORST = 10  # disagreements that are shown
FEWEST = 10  # calls below which no pass mark is proposed


@dataclass(frozen=True)
class Agreement:
    """Of the machine with a judge.

    Attributes:
        n: calls that both scored.
        pearson, spearman: correlation of the points, and of their ranks.
        difference: the machine's mean less the judge's.
        spread: standard deviation of the single differences.
        kappa: of pass and fail beyond chance.
        mark: the machine's score that parts the judge's passes from the failures best, None with too few, or where all
            pass or all fail.
    """

    n: int
    pearson: float
    spearman: float
    difference: float
    spread: float
    kappa: float
    mark: float | None


def agreement(machine: ArrayLike, judge: ArrayLike, pass_mark: float) -> Agreement:
    """pass_mark: from which score on a call passes, for both. Raises ValueError without a single call."""
    ours, theirs = np.asarray(machine, dtype=float), np.asarray(judge, dtype=float)
    if not len(ours) or len(ours) != len(theirs):
        raise ValueError("as many scores of the one as of the other, at least one")
    apart = ours - theirs
    return Agreement(
        n=len(ours),
        pearson=correlation(ours, theirs),
        spearman=rank_correlation(ours, theirs),
        difference=float(apart.mean()),
        spread=float(apart.std(ddof=1)) if len(ours) > 1 else 0.0,
        kappa=kappa(ours >= pass_mark, theirs >= pass_mark),
        mark=proposed_mark(ours, theirs >= pass_mark),
    )


def kappa(one: ArrayLike, other: ArrayLike) -> float:
    """Agreement of two yes-or-no judgements beyond chance: 1 is full, 0 as by chance. 1 where both always say the
    same one thing, since nothing was left to chance."""
    a, b = np.asarray(one, dtype=bool), np.asarray(other, dtype=bool)
    agreed = float((a == b).mean())
    by_chance = float(a.mean() * b.mean() + (1 - a.mean()) * (1 - b.mean()))
    return 1.0 if by_chance == 1.0 else (agreed - by_chance) / (1 - by_chance)


def proposed_mark(machine: ArrayLike, passes: ArrayLike) -> float | None:
    """The score of the machine at which pass and fail agree best with the judge's; in the middle of the widest such
    stretch."""
    scores, said = np.asarray(machine, dtype=float), np.asarray(passes, dtype=bool)
    if len(scores) < FEWEST or said.all() or not said.any():
        return None
    ordered = np.unique(scores)
    marks = np.concatenate([[ordered[0]], (ordered[1:] + ordered[:-1]) / 2, [ordered[-1]]])
    values = np.asarray([kappa(scores >= mark, said) for mark in marks])
    best = np.flatnonzero(values >= values.max() - 1e-12)
    stretches = np.split(best, np.flatnonzero(np.diff(best) > 1) + 1)
    widest = max(stretches, key=lambda places: float(marks[places[-1]] - marks[places[0]]))
    return float((marks[widest[0]] + marks[widest[-1]]) / 2)


def disagreements(machine: ArrayLike, judge: ArrayLike) -> list[int]:
    """Places of the calls on which the two are furthest apart, the furthest first."""
    apart = np.abs(np.asarray(machine, dtype=float) - np.asarray(judge, dtype=float))
    return [int(place) for place in np.argsort(-apart, kind="stable")[:WORST]]


def alpha(ratings: Sequence[Sequence[float]]) -> float | None:
    """Krippendorff's alpha of several judges. ratings: judges x calls, NaN where a judge did not rate the call. None
    where no call has two ratings; 1 where all ratings are one and the same."""
    table = _pairable(ratings)
    values = table[~np.isnan(table)]
    if not len(values):
        return None
    observed = 0.0
    for column in table.T:
        here = column[~np.isnan(column)]
        observed += float(((here[:, None] - here[None, :]) ** 2).sum()) / (len(here) - 1)
    expected = float(2 * (len(values) * (values**2).sum() - values.sum() ** 2)) / (len(values) - 1)
    return 1.0 if expected == 0 else 1 - observed / expected


def each_against_the_rest(ratings: Sequence[Sequence[float]]) -> list[float]:
    """Of each judge, the correlation with the mean of the others, over the calls that both have."""
    table = np.asarray(ratings, dtype=float)
    found = []
    for place in range(len(table)):
        rest = np.delete(table, place, axis=0)
        with np.errstate(invalid="ignore"):
            counted = (~np.isnan(rest)).sum(axis=0)
            mean = np.where(counted > 0, np.nansum(rest, axis=0) / np.maximum(counted, 1), np.nan)
        both = ~np.isnan(table[place]) & ~np.isnan(mean)
        found.append(correlation(table[place][both], mean[both]))
    return found


def _pairable(ratings: Sequence[Sequence[float]]) -> NDArray[np.float64]:
    """The calls that at least two judges rated."""
    table = np.asarray(ratings, dtype=float)
    return table[:, (~np.isnan(table)).sum(axis=0) > 1]
