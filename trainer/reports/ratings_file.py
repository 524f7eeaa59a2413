"""Blind ratings as a file to give away: nothing in it says whose voice, whose ear, when or where.

A line of JSON for each call, in an order drawn anew for each file. Learners and raters are numbered in that order, so
that two files of one class have nothing in common. `read` takes it in again, for `calibrate`.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any, Literal

from annotated_types import MinLen

from trainer.errors import UserError
from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.quantities import Points
from trainer.reports.blind import RatedCall
from trainer.scoring.assessment import Assessment
from trainer.text_in import MOST_TABLE_BYTES, json_value, read_text

if TYPE_CHECKING:
    from pydantic import TypeAdapter

SCHEMA = "ruston.ratings/1"


@dataclass(frozen=True)
class GivenRating:
    """A call that was rated elsewhere.

    Attributes:
        machine: the score on the trainer's own scale.
        ear: the mean of the raters; both 0-100.
    """

    learner: str
    language: Language
    scale: str
    machine: float
    ear: float


def write(calls: Sequence[RatedCall], file: IO[str]) -> None:
    shuffled = list(calls)
    secrets.SystemRandom().shuffle(shuffled)
    learners: dict[str, str] = {}
    raters: dict[str, str] = {}
    for call in shuffled:
        ears = {
            raters.setdefault(name, f"rater-{len(raters) + 1}"): points for name, points in sorted(call.ears.items())
        }
        line = {
            "schema": SCHEMA, "learner": learners.setdefault(call.learner, f"learner-{len(learners) + 1}"),
            "first": call.first, "call": call.asked, "language": call.language, "machine": round(call.machine, 2),
            "ratings": ears, **_heard(call.assessment),
        }  # fmt: skip
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _heard(assessment: Assessment) -> dict[str, Any]:
    return {
        "scale": plain(assessment.scale), "model": assessment.model, "seconds": round(assessment.seconds, 2),
        "completeness": assessment.completeness,
        "words": [
            {
                "text": word.text, "score": round(word.score, 1), "missing": word.missing,
                "stress": word.stress.heard if word.stress else None,
                "phones": [[p.phone, round(p.score, 1), round(p.gop, 2), p.heard] for p in word.phones],
            }
            for word in assessment.words
        ],
    }  # fmt: skip


def plain(scale: str) -> str:
    """The trainer's own scale, where a course's was laid over it."""
    return scale.partition("+")[0]


@dataclass(frozen=True)
class _Line:
    """What is believed of a line."""

    schema: Literal["ruston.ratings/1"]
    learner: str
    language: Language
    scale: str
    machine: Points
    ratings: Annotated[dict[str, Points], MinLen(1)]


@cache
def _adapter() -> "TypeAdapter[_Line]":
    from pydantic import TypeAdapter

    return TypeAdapter(_Line)


def read(path: Path) -> tuple[GivenRating, ...]:
    """Learners of different files are different people. Raises UserError."""
    try:
        lines = read_text(path, MOST_TABLE_BYTES).splitlines()
    except OSError as error:
        raise UserError(_("{path}: cannot be read ({reason}).").format(path=path, reason=error.strerror)) from error
    found = []
    for number, text in enumerate(lines, 1):
        try:
            line = _adapter().validate_python(json_value(text))
        except ValueError as error:
            message = _("{path}:{number}: this is no rating. `ruston desk ratings` writes them.")
            raise UserError(message.format(path=path, number=number)) from error
        ear = sum(line.ratings.values()) / len(line.ratings)
        found.append(GivenRating(f"{path}: {line.learner}", line.language, line.scale, line.machine, ear))
    return tuple(found)
