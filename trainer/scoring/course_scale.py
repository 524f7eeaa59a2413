"""A course's own scale, laid over the trainer's: the same order of calls, the points that its instructors would give.

A line with a few bends from the trainer's points to theirs, never falling, drawn to no change where there are few
ratings. How much it may bend is found by trying: ratings of some learners are predicted from those of the others, and
where that helps nobody there is no scale of the course.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainer.languages import Language
from trainer.scoring.assessment import Assessment, Deduction
from trainer.scoring.points import LEAST_DEDUCTION

KNOTS = (0.0, 25.0, 40.0, 55.0, 70.0, 85.0, 100.0)  # points of the trainer
DRAWN = (1.0, 3.0, 10.0, 30.0)  # ratings that "no change" weighs at each knot
FOLDS = 5
FEWEST = 40  # ratings of a language
FEWEST_LEARNERS = 3
MATTERS = 0.05  # share by which the error must fall: less is not worth a scale of its own
SWEEPS = 2_000

Knots = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class CourseScale:
    """A course's own scale, laid over the trainer's.

    Attributes:
        base: name of the trainer's scale that it is laid over; scores on any other stay as they are.
        knots: of each language that was refitted, the trainer's points, rising, with the course's.
        ratings: how many it rests on.
    """

    base: str
    knots: Mapping[Language, Knots]
    ratings: Mapping[Language, int]

    @property
    def name(self) -> str:
        """Told with every score; another fit has another name."""
        digest = hashlib.sha256(json.dumps([self.base, sorted(self.knots.items())]).encode()).hexdigest()
        return f"course-{digest[:6]}"

    def points(self, language: Language, score: float) -> float:
        places, points = np.array(self.knots[language]).T
        return float(np.interp(score, places, points))

    def over(self, assessment: Assessment) -> Assessment:
        """An assessment in the course's points; `uncalibrated` keeps the trainer's."""
        language = assessment.language
        if language not in self.knots or assessment.verdict != "scored" or assessment.scale != self.base:
            return assessment
        score = assessment.score
        points = self.points(language, score)
        margin = assessment.margin
        if margin is not None:
            low, high = (self.points(language, min(100.0, max(0.0, score + way * margin))) for way in (-1, 1))
            margin = (high - low) / 2
        return replace(
            assessment, score=points, margin=margin, deductions=_lost(assessment, points), uncalibrated=score,
            scale=f"{assessment.scale}+{self.name}",
        )  # fmt: skip


def _lost(assessment: Assessment, points: float) -> tuple[Deduction, ...]:
    """What the missing points are for, in the same shares as before; what nothing was named for is overall."""
    share = (100 - points) / (100 - assessment.score) if assessment.score < 100 else 0.0
    lost = [replace(one, points=min(100.0, one.points * share)) for one in assessment.deductions]
    rest = 100 - points - sum(one.points for one in lost)
    return (*lost, *([Deduction("overall", rest)] if rest >= LEAST_DEDUCTION else ()))


@dataclass(frozen=True)
class Fit:
    """How a scale came out.

    Attributes:
        learners, ratings: how many.
        error: root mean square in points, of ratings of learners that it had not seen, before and after.
        difference: the trainer's points less the ratings, likewise.
    """

    knots: Knots
    ratings: int
    learners: int
    error: tuple[float, float]
    difference: tuple[float, float]

    @property
    def better(self) -> bool:
        return self.error[1] < (1 - MATTERS) * self.error[0]


def fit(scores: ArrayLike, ratings: ArrayLike, learners: Sequence[str]) -> Fit | None:
    """scores, ratings: 0-100, of the same calls; learners: whose. None where there are too few."""
    x, y = np.asarray(scores, dtype=np.float64), np.asarray(ratings, dtype=np.float64)
    names = sorted(set(learners))
    if len(x) < FEWEST or len(names) < FEWEST_LEARNERS:
        return None
    folds = min(FOLDS, len(names))
    fold = np.array([names.index(name) % folds for name in learners])
    predicted = {drawn: np.empty_like(x) for drawn in DRAWN}
    for drawn, out in predicted.items():
        for k in range(folds):
            seen, unseen = fold != k, fold == k
            out[unseen] = np.interp(x[unseen], KNOTS, curve(x[seen], y[seen], drawn))
    best = min(DRAWN, key=lambda drawn: _error(predicted[drawn], y))
    return Fit(
        knots=tuple(zip(KNOTS, map(float, curve(x, y, best)), strict=True)),
        ratings=len(x),
        learners=len(names),
        error=(_error(x, y), _error(predicted[best], y)),
        difference=(float((x - y).mean()), float((predicted[best] - y).mean())),
    )


def curve(x: NDArray[np.float64], y: NDArray[np.float64], drawn: float) -> NDArray[np.float64]:
    """[knots] points at KNOTS: least squares with steps that never fall, each knot drawn to its own place by so many
    ratings. Coordinate descent: the sum of squares is convex in the steps, which have their bounds each for itself."""
    places = np.asarray(KNOTS)
    steps = np.tril(np.ones((len(KNOTS), len(KNOTS))))  # knot values from the first value and the steps after it
    basis = np.column_stack([np.interp(x, places, column) for column in np.eye(len(KNOTS))]) @ steps
    left = basis.T @ basis + drawn * steps.T @ steps
    right = basis.T @ y + drawn * steps.T @ places
    found = np.diff(places, prepend=0.0)
    for _sweep in range(SWEEPS):
        before = found.copy()
        for i in range(len(found)):
            found[i] = max(0.0, found[i] + (right[i] - left[i] @ found) / left[i, i])
        if np.abs(found - before).max() < 1e-9:
            break
    return np.minimum(steps @ found, 100.0)


def _error(predicted: NDArray[np.float64], truth: NDArray[np.float64]) -> float:
    return float(np.sqrt(((predicted - truth) ** 2).mean()))
