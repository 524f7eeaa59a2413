"""The scale of a course, as this machine keeps it: a file in the data folder, which can be given to other machines."""

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.atomic_files import save
from trainer.data_folder import data_folder
from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.scoring.course_scale import CourseScale
from trainer.text_in import MOST_BYTES, json_value, read_text

if TYPE_CHECKING:
    from pydantic import TypeAdapter

NAME = "course-scale.json"
SCHEMA = "ruston.course-scale/1"


@cache
def _adapter() -> "TypeAdapter[CourseScale]":
    from pydantic import TypeAdapter

    return TypeAdapter(CourseScale)


def load() -> CourseScale | None:
    """The one in force here. Raises UserError where its file is damaged."""
    path = data_folder() / NAME
    return read(path) if path.exists() else None


def read(path: Path) -> CourseScale:
    """Raises UserError."""
    from pydantic import ValidationError

    try:
        content = json_value(read_text(path, MOST_BYTES))
        scale = _adapter().validate_python({name: content[name] for name in ("base", "knots", "ratings")})
    except (OSError, ValueError, TypeError, KeyError, ValidationError) as error:
        raise UserError(_("{path}: this is no scale of a course. `ruston calibrate --off` goes without.").format(path=path)) from error  # fmt: skip  # noqa: E501
    for knots in scale.knots.values():
        places, points = zip(*knots, strict=True) if len(knots) > 1 else ((), ())
        if not places or list(places) != sorted(set(places)) or list(points) != sorted(points):
            raise UserError(_("{path}: a scale of a course must rise.").format(path=path))
        if not all(0 <= value <= 100 for value in (*places, *points)):
            raise UserError(_("{path}: a scale of a course goes from 0 to 100.").format(path=path))
    return scale


def put_in_force(scale: CourseScale) -> Path:
    """For everything that is scored here from now on."""
    path = data_folder() / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "schema": SCHEMA,
        "name": scale.name,
        "base": scale.base,
        "knots": dict(scale.knots),
        "ratings": dict(scale.ratings),
    }
    save(path, (json.dumps(content) + "\n").encode())
    return path


def take_off() -> bool:
    """The trainer's own scale from now on. False where there was no other."""
    path = data_folder() / NAME
    there = path.exists()
    path.unlink(missing_ok=True)
    return there
