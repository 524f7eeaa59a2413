"""A folder of recordings and what is said in each: `clips.tsv`, tab-separated, with a header."""

import csv
from dataclasses import dataclass
from pathlib import Path

from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _

NAME = "clips.tsv"
REQUIRED = ("path", "phrase", "language")


@dataclass(frozen=True)
class Clip:
    """A recording of a phrase. reading: `right`, or in words what was done wrong on purpose; empty where unknown."""

    path: Path
    phrase: str
    language: Language
    speaker: str = ""
    reading: str = ""
    origin: str = ""


def clips(folder: Path) -> tuple[Clip, ...]:
    """The clips that a folder's manifest lists. Raises UserError where there is none or a line is wrong."""
    path = folder / NAME
    if not path.is_file():
        raise UserError(
            _("{folder}: there is no {name} there that says what is said in each clip.").format(
                folder=folder, name=NAME
            )
        )
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            missing = [column for column in REQUIRED if column not in (reader.fieldnames or ())]
            if missing:
                raise UserError(_("{path}:1: the column {column} is missing.").format(path=path, column=missing[0]))
            return tuple(_clip(folder, path, reader.line_num, row) for row in reader)
    except UnicodeDecodeError as error:
        raise UserError(_("{path}: not UTF-8 text. Save the file as UTF-8.").format(path=path)) from error


def _clip(folder: Path, manifest: Path, line: int, row: dict[str, str | None]) -> Clip:
    def value(column: str) -> str:
        return (row.get(column) or "").strip()

    language: Language | None = next((known for known in LANGUAGES if known == value("language")), None)
    if not language or not value("path") or not value("phrase"):
        message = _("{path}:{line}: needs a path, a phrase and a language (en or ru).")
        raise UserError(message.format(path=manifest, line=line))
    return Clip(folder / value("path"), value("phrase"), language, value("speaker"), value("reading"), value("origin"))


def listed(path: Path) -> Clip | None:
    """What the nearest manifest above a recording says of it."""
    for folder in path.resolve().parents:
        if (folder / NAME).is_file():
            return next((clip for clip in clips(folder) if clip.path.resolve() == path.resolve()), None)
    return None
