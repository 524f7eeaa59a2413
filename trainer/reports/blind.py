"""Blind ratings as a table: what machine and ears said of the same calls, and how far they agree."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from sqlalchemy import ColumnElement

from trainer.languages import Language
from trainer.records.ratings import rated
from trainer.records.sessions import read
from trainer.records.store import Store
from trainer.records.tables import attempts, ratings
from trainer.reports.agreement import Agreement, agreement, alpha, disagreements, each_against_the_rest
from trainer.scoring.assessment import Assessment

AT_ONCE = 500


@dataclass(frozen=True)
class RatedCall:
    """A call that was rated with the machine's score out of view.

    Attributes:
        machine: its score, 0-100, on the trainer's own scale.
        ears: the newest blind points of each rater, 0-100.
    """

    number: int
    learner: str
    first: Language
    asked: str
    language: Language
    machine: float
    ears: Mapping[str, float]
    assessment: Assessment

    @property
    def ear(self) -> float:
        """The mean of the raters."""
        return sum(self.ears.values()) / len(self.ears)


@dataclass(frozen=True)
class Bench:
    """How the machine stands beside raters who did not see its scores.

    Attributes:
        raters: each against the machine.
        together: their mean against it, None of a single one.
        alpha: Krippendorff's, of the raters among themselves.
        against_rest: correlation of each rater with the mean of the others.
        worst: calls and rater, the furthest from the machine first.
    """

    raters: Mapping[str, Agreement]
    together: Agreement | None
    alpha: float | None
    against_rest: Mapping[str, float]
    worst: tuple[tuple[RatedCall, str], ...]


def rated_calls(store: Store, where: Sequence[ColumnElement[bool]] = ()) -> tuple[RatedCall, ...]:
    """where: on ratings, attempts, learners, sessions. Calls that the machine took for others are left out."""
    ears: dict[int, dict[str, float]] = {}
    for one in rated(store, [ratings.c.blind, *where]):
        if one.rating.points is not None:
            ears.setdefault(one.rating.attempt, {})[one.rating.by] = one.rating.points
    found = []
    numbers = sorted(ears)
    for start in range(0, len(numbers), AT_ONCE):
        part = numbers[start : start + AT_ONCE]
        with closing(store.attempt_rows([attempts.c.id.in_(part)], bodies=True)) as rows:
            for row in rows:
                heard = getattr(read(row["body"]), "assessment", None)
                if heard is not None and heard.verdict == "scored":
                    score = heard.score if heard.uncalibrated is None else heard.uncalibrated
                    found.append(
                        RatedCall(row["id"], row["learner"], row["first"], row["asked"], heard.language, score,
                                  ears[row["id"]], heard)
                    )  # fmt: skip
    return tuple(found)


def bench(calls: Sequence[RatedCall], pass_mark: float) -> Bench:
    """Raises ValueError without a call."""
    names = sorted({name for call in calls for name in call.ears})
    by_rater = {name: [call for call in calls if name in call.ears] for name in names}
    agreements = {
        name: agreement([call.machine for call in own], [call.ears[name] for call in own], pass_mark)
        for name, own in by_rater.items()
    }
    pairs = [(call, name) for call in calls for name in call.ears]
    worst = disagreements([call.machine for call, _name in pairs], [call.ears[name] for call, name in pairs])
    several = len(names) > 1
    table = np.array([[call.ears.get(name, np.nan) for call in calls] for name in names])
    together = agreement([call.machine for call in calls], [call.ear for call in calls], pass_mark) if several else None
    rest = dict(zip(names, each_against_the_rest(table.tolist()), strict=True)) if several else {}
    return Bench(agreements, together, alpha(table.tolist()) if several else None, rest, tuple(pairs[i] for i in worst))
