"""What an attempt counts for: an instructor's points go before the machine's, which stay beside them."""

from sqlalchemy import ColumnElement, and_, case, func, or_

from trainer.records.tables import attempts, learners
from trainer.scoring.points import doubtful

_a = attempts.c
counted = func.coalesce(_a.judged, _a.points)  # points
answered = or_(_a.call.is_not(None), _a.judged.is_not(None))  # else it is no score, and in no mean
answers = func.count(case((answered, 1)))
# What is said in one's own language teaches nothing; an attempt whose language nobody knows is taken for the partner's.
in_partners_language = _a.language.is_distinct_from(learners.c.first)
mean_points = func.avg(case((answered, counted)))  # NULL without answers


def passes(mark: ColumnElement[float] | float) -> ColumnElement[bool]:
    """The machine passes no readback with a wrong figure, and nothing that was not said; an instructor decides."""
    by_machine = and_(_a.judged.is_(None), _a.call.is_not(None), _a.points >= mark, _a.exact.is_distinct_from(False))
    return or_(_a.judged >= mark, by_machine)


def passed(points: float, judged: float | None, exact: bool | None, mark: float | None, said: bool) -> bool:
    """The same of one attempt. mark: None where there is none; said: whether there was an answer at all."""
    if mark is None:
        return False
    return judged >= mark if judged is not None else said and points >= mark and exact is not False


def undecided(points: float, judged: float | None, exact: bool | None, mark: float | None, said: bool) -> bool:
    """Whether chance decided that an attempt passed or did not. An instructor is never in doubt."""
    return mark is not None and judged is None and said and exact is not False and doubtful(points, mark)
