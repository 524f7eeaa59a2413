"""A folder of recordings and what is said in each: `clips.tsv`, tab-separated, with a header."""

from dataclasses import dataclass
from pathlib import Path

from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _
from trainer.text_in import TableRow, existing, read_table

NAME = "clips.tsv"
REQUIRED = ("path", "phrase", "language")


@dataclass(frozen=True)
class Clip:
    """A recording of a phrase.

    Attributes:
        reading: `right`, or in words what was done wrong on purpose; empty where unknown.
        text: what is said, with stress marks; empty where only the phrase tells.
    """

    path: Path
    phrase: str
    language: Language
    speaker: str = ""
    reading: str = ""
    origin: str = ""
    text: str = ""


def clips(folder: Path) -> tuple[Clip, ...]:
    """The clips that a folder's manifest lists. Raises UserError where there is none or a line is wrong."""
    path = folder / NAME
    if not path.is_file():
        raise UserError(
            _("{folder}: there is no {name} there that says what is said in each clip.").format(
                folder=folder, name=NAME
            )
        )
    table = read_table(path, tabs=True)
    if missing := [column for column in REQUIRED if column not in table.columns]:
        raise UserError(_("{path}:1: the column {column} is missing.").format(path=path, column=missing[0]))
    return tuple(_clip(folder, path, row) for row in table.rows)


def _clip(folder: Path, manifest: Path, row: TableRow) -> Clip:
    path = row.cells.get("path", "").strip()  # as it is written there: names of files follow their own rules
    language: Language | None = next((known for known in LANGUAGES if known == row.text("language")), None)
    if not language or not path or not row.text("phrase"):
        message = _("{path}:{line}: needs a path, a phrase and a language (en or ru).")
        raise UserError(message.format(path=manifest, line=row.number))
    texts = (row.text(column) for column in ("speaker", "reading", "origin", "text"))
    return Clip(existing(folder, path), row.text("phrase"), language, *texts)


def listed(path: Path) -> Clip | None:
    """What the nearest manifest above a recording says of it."""
    for folder in path.resolve().parents:
        if (folder / NAME).is_file():
            return next((clip for clip in clips(folder) if clip.path.resolve() == path.resolve()), None)
    return None
