"""How much better the same people are: paired weeks, with an interval that says how sure that is. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import NormalDist, fmean, stdev

from trainer.reports.figures import DayFigures, Tally
from trainer.reports.measures import week

CONFIDENCE = 0.95  # of every interval
FEWEST = 4  # learners or calls below which no interval is given: their spread is not known well enough
CALLS = 3  # answered in a week, from which a learner's week counts


@dataclass(frozen=True)
class Change:
    """A mean that changed.

    Attributes:
        before, after: points 0-100.
        n: learners (or calls) that it rests on.
        low, high: the interval of the difference, None where they are too few.
    """

    before: float
    after: float
    n: int
    low: float | None = None
    high: float | None = None

    @property
    def by(self) -> float:
        return self.after - self.before

    @property
    def sure(self) -> bool:
        """Whether the interval leaves out that nothing changed."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


@dataclass(frozen=True)
class WeekStep:
    """Of the learners who drilled in this week and in the one before it that anybody drilled in."""

    monday: date
    change: Change


def weeks(days: Iterable[DayFigures]) -> dict[str, dict[date, Tally]]:
    """Of each learner, by Monday; weeks with fewer than CALLS answers left out."""
    tallies: defaultdict[str, defaultdict[date, Tally]] = defaultdict(lambda: defaultdict(Tally))
    for row in days:
        tallies[row.key][week(row.day)] += row.tally
    return {
        key: {monday: tally for monday, tally in sorted(of_learner.items()) if tally.answers >= CALLS}
        for key, of_learner in tallies.items()
    }


def since_they_began(days: Iterable[DayFigures]) -> Change | None:
    """Each learner's first week against their last one; None where nobody has two."""
    pairs = []
    for of_learner in weeks(days).values():
        tallies = list(of_learner.values())
        if len(tallies) > 1:
            pairs.append((tallies[0], tallies[-1]))
    if len(pairs) == 1:
        return unpaired(*pairs[0])
    return paired([(first.mean_points or 0.0, last.mean_points or 0.0) for first, last in pairs]) if pairs else None


def week_by_week(days: Iterable[DayFigures]) -> tuple[WeekStep, ...]:
    """From each week to the next in which anybody drilled: the same learners in both, where there are such."""
    of_learners = weeks(days)
    mondays = sorted({monday for of_learner in of_learners.values() for monday in of_learner})
    steps = []
    for before, after in pairwise(mondays):
        both = [(mine[before], mine[after]) for mine in of_learners.values() if before in mine and after in mine]
        if len(both) == 1:
            steps.append(WeekStep(after, unpaired(*both[0])))
        elif both:
            means = [(first.mean_points or 0.0, last.mean_points or 0.0) for first, last in both]
            steps.append(WeekStep(after, paired(means)))
    return tuple(steps)


def paired(pairs: Sequence[tuple[float, float]]) -> Change:
    """The same learners twice: Student's t of their differences."""
    differences = [after - before for before, after in pairs]
    before, after = fmean(pair[0] for pair in pairs), fmean(pair[1] for pair in pairs)
    n = len(pairs)
    if n < FEWEST:
        return Change(before, after, n)
    reach = t_quantile(n - 1) * stdev(differences) / n**0.5
    return Change(before, after, n, after - before - reach, after - before + reach)


def unpaired(before: Tally, after: Tally) -> Change:
    """One learner's calls of two weeks: Welch's t. n: the calls of both."""
    return welch(
        before.mean_points or 0.0, before.variance, before.answers, after.mean_points or 0.0, after.variance,
        after.answers,
    )  # fmt: skip


def welch(first: float, spread: float, number: int, last: float, other_spread: float, other_number: int) -> Change:
    """Two groups by mean, variance and number: Welch's t. n: both together."""
    n = number + other_number
    if min(number, other_number) < FEWEST:
        return Change(first, last, n)
    one, other = spread / number, other_spread / other_number
    if one + other == 0:
        return Change(first, last, n, last - first, last - first)
    freedom = (one + other) ** 2 / (one**2 / (number - 1) + other**2 / (other_number - 1))
    reach = t_quantile(freedom) * (one + other) ** 0.5
    return Change(first, last, n, last - first - reach, last - first + reach)


def t_quantile(freedom: float) -> float:
    """Of Student's distribution, for a two-sided interval of CONFIDENCE: Cornish and Fisher's expansion, right to .02
    from three degrees of freedom on (Abramowitz and Stegun 26.7.5)."""
    z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
    g1 = (z**3 + z) / 4
    g2 = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    g3 = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    g4 = (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160
    return z + g1 / freedom + g2 / freedom**2 + g3 / freedom**3 + g4 / freedom**4
