"""A roster of learners from a table that anybody can make in a spreadsheet: name, first language, crew; a key where the
records should know somebody by another name than their own."""

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from sqlalchemy import insert, update

from trainer.errors import UserError
from trainer.identity import Person, learner_key, recognise, spelling
from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.records.learners import person
from trainer.records.store import Store
from trainer.records.tables import learners

# Headings as people write them, in both languages.
HEADINGS = {
    "name": ("name", "full name", "learner", "имя", "фио", "фамилия и имя", "учащийся"),
    "first": ("first", "first language", "language", "native language", "язык", "родной язык"),
    "crew": ("crew", "group", "экипаж", "группа"),
    "key": ("key", "id", "login", "ключ", "логин", "позывной"),
}
SPOKEN: dict[str, Language] = {
    **dict.fromkeys(("en", "eng", "english", "английский", "англ", "англ."), "en"),
    **dict.fromkeys(("ru", "rus", "russian", "русский", "рус", "рус."), "ru"),
}
LONGEST = 120  # characters of a name, key or crew

Change = Literal["added", "changed", "unchanged"]


@dataclass(frozen=True)
class Entry:
    """line: in the file, from 1. own_key: whether the key stands in the file; else it is made of the name."""

    line: int
    key: str
    name: str
    first: Language
    crew: str | None
    own_key: bool = False


def read(path: Path) -> tuple[Entry, ...]:
    """Commas, semicolons or tabs; UTF-8, or what Excel writes on a Russian machine. Raises UserError with every problem
    of the file, a line each."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(_("{path}: cannot be read ({reason}).").format(path=path, reason=error.strerror)) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1251", errors="replace")
    first_line = text.partition("\n")[0]
    delimiter = max(",;\t", key=first_line.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    columns = _columns(path, next(rows, []))
    problems: list[str] = []
    entries = []
    for row in rows:
        if any(value.strip() for value in row):
            entry = _entry(rows.line_num, columns, row)
            if isinstance(entry, str):
                problems.append(f"{path}:{rows.line_num}: {entry}")
            else:
                entries.append(entry)
    problems += [f"{path}:{line}: {problem}" for line, problem in _twice(entries)]
    if problems:
        raise UserError("\n".join(problems))
    if not entries:
        raise UserError(_("{path}: there is nobody in it.").format(path=path))
    return tuple(entries)


def _columns(path: Path, headings: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for column, heading in enumerate(headings):
        wanted = heading.strip().casefold()
        for name, known in HEADINGS.items():
            if wanted in known:
                found.setdefault(name, column)
    for name in ("name", "first"):
        if name not in found:
            message = _("{path}:1: there is no column {column}. The columns are: name, first (en or ru), crew, key.")
            raise UserError(message.format(path=path, column=name))
    return found


def _entry(line: int, columns: Mapping[str, int], row: list[str]) -> Entry | str:
    def value(name: str) -> str:
        column = columns.get(name)
        raw = row[column] if column is not None and column < len(row) else ""
        # What cannot be seen has no place in a name.
        seen = "".join(c for c in raw if unicodedata.category(c)[0] != "C" or c.isspace())
        return " ".join(unicodedata.normalize("NFC", seen).split())

    name, first = value("name"), SPOKEN.get(value("first").casefold())
    if not name:
        return _("there is no name.")
    if first is None:
        return _("the first language must be en or ru.")
    key = value("key").casefold() or learner_key(name)
    if any(len(text) > LONGEST for text in (name, key, value("crew"))):
        return _("a name, key or crew is longer than {n} characters.").format(n=LONGEST)
    if not key:
        return _("no key can be made of this name. Give one in a column key.")
    return Entry(line, key, name, first, value("crew") or None, own_key=bool(value("key")))


def _twice(entries: list[Entry]) -> Iterator[tuple[int, str]]:
    seen: dict[str, int] = {}
    for entry in entries:
        spelled = spelling(entry.key)
        if spelled in seen:
            message = _("the same key as in line {line}: {key}. Tell them apart in a column key.")
            yield entry.line, message.format(line=seen[spelled], key=entry.key)
        seen.setdefault(spelled, entry.line)


def enrol(store: Store, entries: tuple[Entry, ...], *, dry_run: bool = False) -> tuple[tuple[Entry, Change], ...]:
    """Add those who are new and change those who are called otherwise, all or none. Nobody is deleted; nobody's consent
    changes: new learners have not given any. Each entry comes back with the key that its learner has."""
    changes: list[tuple[Entry, Change]] = []
    known = {learner.key: learner for learner in store.learners()}
    for entry in recognised(entries, tuple(map(person, known.values()))):
        learner = known.get(entry.key)
        unchanged = learner and (learner.name, learner.first, learner.crew) == (entry.name, entry.first, entry.crew)
        changes.append((entry, "added" if learner is None else "unchanged" if unchanged else "changed"))
    if not dry_run:
        with store.writing() as connection:
            for entry, change in changes:
                values = {"name": entry.name, "first": entry.first, "crew": entry.crew}
                if change == "added":
                    new = {"key": entry.key, **values, "added": datetime.now(UTC), "recordings": False}
                    connection.execute(insert(learners), new)
                elif change == "changed":
                    connection.execute(update(learners).where(learners.c.key == entry.key).values(**values))
    return tuple(changes)


def recognised(entries: tuple[Entry, ...], people: tuple[Person, ...]) -> tuple[Entry, ...]:
    """The entries with the keys that their learners have already: a key of the file means itself, a name also whoever
    is called so."""
    by_spelling = {spelling(one.key): one for one in people}
    theirs = {entry.line: by_spelling.get(spelling(entry.key)) for entry in entries if entry.own_key}
    free = tuple(one for one in people if one not in theirs.values())
    for entry in entries:
        if not entry.own_key:
            theirs[entry.line] = recognise(entry.name, free).person
    return tuple(replace(entry, key=known.key) if (known := theirs[entry.line]) else entry for entry in entries)
