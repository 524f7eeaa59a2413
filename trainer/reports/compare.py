"""Two sides of a class against each other: two terms, two crews, before and after a day. Pure.

The same learners on both sides are compared with themselves, pair by pair; different learners by the means of each.
Calls that only one side has drilled make it easier or harder: the calls of both are compared as well.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean, variance

from trainer.reports.change import Change, paired, welch
from trainer.reports.figures import CallFigures, Tally
from trainer.reports.measures import tallied

FEWEST = 3  # answers of a learner on a side, from which they count


@dataclass(frozen=True)
class Side:
    """One of two groups.

    Attributes:
        points: mean of its learners' means, 0-100.
        passed: share of all answers, 0-1.
    """

    name: str
    learners: int
    answers: int
    points: float | None
    passed: float | None


@dataclass(frozen=True)
class Comparison:
    """Two groups beside each other.

    Attributes:
        same: learners who are on both sides.
        change: from the first side to the second, of them where there are any, of the two groups otherwise; None where
            a side is empty.
        alike: the same over the calls that both sides drilled.
    """

    sides: tuple[Side, Side]
    same: int
    change: Change | None
    alike: Change | None
    calls: int


def compare(names: tuple[str, str], one: Iterable[CallFigures], other: Iterable[CallFigures]) -> Comparison:
    rows = (tuple(one), tuple(other))
    both = {row.call for row in rows[0]} & {row.call for row in rows[1]}
    of_calls = tuple(tuple(row for row in side if row.call in both) for side in rows)
    means = _means(rows[0]), _means(rows[1])
    sides = tuple(_side(name, side, mean) for name, side, mean in zip(names, rows, means, strict=True))
    return Comparison(
        (sides[0], sides[1]), len(means[0].keys() & means[1].keys()), _change(*means),
        _change(_means(of_calls[0]), _means(of_calls[1])), len(both),
    )  # fmt: skip


def _means(rows: Iterable[CallFigures]) -> dict[str, float]:
    tallies = tallied(rows, lambda row: row.key)
    return {key: tally.mean_points or 0.0 for key, tally in tallies.items() if tally.answers >= FEWEST}


def _side(name: str, rows: Iterable[CallFigures], means: Mapping[str, float]) -> Side:
    total = sum((row.tally for row in rows), Tally())
    return Side(name, len(means), total.answers, fmean(means.values()) if means else None, total.share_passed)


def _change(one: Mapping[str, float], other: Mapping[str, float]) -> Change | None:
    if same := sorted(one.keys() & other.keys()):
        return paired([(one[key], other[key]) for key in same])
    if not one or not other:
        return None
    groups = [list(one.values()), list(other.values())]
    spread = [variance(values) if len(values) > 1 else 0.0 for values in groups]
    return welch(fmean(groups[0]), spread[0], len(groups[0]), fmean(groups[1]), spread[1], len(groups[1]))
