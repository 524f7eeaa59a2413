"""A roster of learners from a table that anybody can make in a spreadsheet: name, first language, crew; a key where the
records should know somebody by another name than their own."""

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
from trainer.text_in import TableRow, read_table

# Headings as people write them, in both languages.
HEADINGS = {
    "name": (
        "name", "full name", "first name", "given name", "learner", "имя", "фио", "ф.и.о.", "фамилия и имя", "учащийся",
    ),
    "surname": ("surname", "last name", "family name", "фамилия"),
    "first": ("first", "first language", "language", "native language", "язык", "родной язык", "первый язык"),
    "crew": ("crew", "group", "экипаж", "группа"),
    "key": ("key", "id", "login", "ключ", "логин", "позывной"),
}  # fmt: skip
SPOKEN: dict[str, Language] = {
    **dict.fromkeys(("en", "eng", "english", "английский", "англ", "англ."), "en"),
    **dict.fromkeys(("ru", "rus", "russian", "русский", "рус", "рус."), "ru"),
}
LONGEST = 120  # characters of a name, key or crew

Change = Literal["added", "changed", "unchanged"]


@dataclass(frozen=True)
class Entry:
    """A line of a class list.

    Attributes:
        line: in the file, from 1.
        own_key: whether the key stands in the file; else it is made of the name.
    """

    line: int
    key: str
    name: str
    first: Language
    crew: str | None
    own_key: bool = False


def read(path: Path) -> tuple[Entry, ...]:
    """A table however spreadsheets write it. Raises UserError with every problem of the file, a line each."""
    try:
        table = read_table(path)
    except OSError as error:
        raise UserError(_("{path}: cannot be read ({reason}).").format(path=path, reason=error.strerror)) from error
    columns = {name: tuple(c for c in table.columns if c in headings) for name, headings in HEADINGS.items()}
    for name in ("name", "first"):
        if not columns[name]:
            message = _("{path}:1: there is no column {column}. The columns are: name, first (en or ru), crew, key.")
            raise UserError(message.format(path=path, column=name))
    problems: list[str] = []
    entries = []
    for row in table.rows:
        entry = _entry(row, columns)
        if isinstance(entry, str):
            problems.append(f"{path}:{row.number}: {entry}")
        else:
            entries.append(entry)
    problems += [f"{path}:{line}: {problem}" for line, problem in _twice(entries)]
    if problems:
        raise UserError("\n".join(problems))
    if not entries:
        raise UserError(_("{path}: there is nobody in it.").format(path=path))
    return tuple(entries)


def _entry(row: TableRow, columns: Mapping[str, tuple[str, ...]]) -> Entry | str:
    name, first = row.text(*columns["name"]), SPOKEN.get(row.text(*columns["first"]).casefold())
    if surname := row.text(*columns["surname"]):
        name = f"{name} {surname}".strip()
    crew, own_key = row.text(*columns["crew"]), row.text(*columns["key"]).casefold()
    if not name:
        return _("there is no name.")
    if first is None:
        return _("the first language must be en or ru.")
    key = own_key or learner_key(name)
    if any(len(text) > LONGEST for text in (name, key, crew)):
        return _("a name, key or crew is longer than {n} characters.").format(n=LONGEST)
    if not key:
        return _("no key can be made of this name. Give one in a column key.")
    return Entry(row.number, key, name, first, crew or None, own_key=bool(own_key))


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
