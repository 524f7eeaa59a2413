"""The phrasebooks that come with the program: the mission's, a space station's, a checklist's."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from trainer.bundled import bundled
from trainer.languages import Language

MISSION = "astp"
_ORDER = (MISSION, "station", "checklist")


@dataclass(frozen=True)
class Book:
    id: str
    title: dict[Language, str]
    path: Path


def books() -> tuple[Book, ...]:
    """The mission's first."""
    return tuple(_book(name) for name in _ORDER)


def located(named: Path | None) -> Path | None:
    """Where a book is: one of the program's by its name, any other by its path. None for the mission's."""
    if named is None or named.exists() or str(named) not in _ORDER:
        return named
    return None if str(named) == MISSION else bundled("phrasebooks") / str(named)


def _book(name: str) -> Book:
    folder = bundled("phrasebooks") / name
    head = tomllib.loads((folder / "book.toml").read_text(encoding="utf-8"))
    return Book(name, head["title"], folder)
