"""Read phrasebooks: one TOML file, or a folder of TOML files read together."""

import re
import tomllib
from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from trainer.bundled import bundled
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _
from trainer.phrasebook.phrase import Event, Phase, Phrase, Phrasebook, Record, Source
from trainer.phrasebook.problems import InvalidData, Problem
from trainer.phrasebook.text import ACUTE, syllables, tokens

TABLES: dict[str, type[Record]] = {"phase": Phase, "phrase": Phrase, "event": Event, "source": Source}


@dataclass(frozen=True)
class _Row:
    """One table of a file, with the place it came from."""

    path: Path
    lines: list[str]
    table: str
    index: int | str  # position among the [[table]]s of its file, or the name of a [table.name]
    values: Any

    def problem(self, field: str, message: str) -> Problem:
        return Problem(self.path, _line(self.lines, self.table, self.index, field), field, message)


def mission_folder() -> Path:
    return bundled("phrasebooks") / "astp"


def load(path: Path | None = None) -> Phrasebook:
    """The phrasebook in a file or folder (default: the mission's). Raises InvalidData with every problem found."""
    book, problems = check(path or mission_folder())
    if problems or book is None:
        raise InvalidData(problems)
    return book


def check(
    path: Path, lexicons: Mapping[Language, Container[str]] | None = None
) -> tuple[Phrasebook | None, list[Problem]]:
    """The phrasebook, where it could be read, and all its problems. Given lexicons, a word that they lack is one too.

    Raises UserError where there is no such file.
    """
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    if not files or not all(file.is_file() for file in files):
        raise UserError(_("{path}: there is no phrasebook. Name a .toml file or a folder of them.").format(path=path))
    problems: list[Problem] = []
    rows: list[_Row] = []
    title = None
    for file in files:
        content = _parse(file, problems)
        title = content.pop("title", title)
        rows += _rows(file, content, problems)

    records: dict[str, list[tuple[_Row, Any]]] = {table: [] for table in TABLES}
    defaults = _defaults(path, rows)
    for row in rows:
        values = row.values
        if row.table == "phrase" and isinstance(values, dict):
            number = len(records["phrase"]) + 1
            values = {"id": f"{defaults['id']}-{number:02}", "phase": defaults["phase"], **values}
        try:
            records[row.table].append((row, TABLES[row.table].model_validate(values)))
        except ValidationError as error:
            problems += [row.problem(_field(e["loc"]), _explain(e)) for e in error.errors()]
    problems += _cross_check(records)
    problems += [problem for row, phrase in records["phrase"] for problem in _check_texts(row, phrase, lexicons or {})]
    problems.sort(key=lambda p: (str(p.path), p.line))

    phases = [phase for _row, phase in records["phase"]]
    if not phases:
        name = path.stem
        phases = [Phase.model_validate({"id": defaults["phase"], "name": {"en": name, "ru": name}})]
    try:
        book = Phrasebook.model_validate(
            {
                "title": title,
                "phases": phases,
                "phrases": [phrase for _row, phrase in records["phrase"]],
                "events": [event for _row, event in records["event"]],
                "sources": {str(row.index): source for row, source in records["source"]},
            }
        )
    except ValidationError as error:
        problems += [Problem(files[0], 1, _field(e["loc"]), _explain(e)) for e in error.errors()]
        return None, problems
    return book, problems


def _parse(path: Path, problems: list[Problem]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+)", str(error))
        reason = re.sub(r" \(at .*\)$", "", str(error))
        problems.append(
            Problem(path, int(place.group(1)) if place else 1, "", _("not TOML: {reason}.").format(reason=reason))
        )
    except UnicodeDecodeError:
        problems.append(Problem(path, 1, "", _("not UTF-8 text. Save the file as UTF-8.")))
    return {}


def _rows(path: Path, content: dict[str, Any], problems: list[Problem]) -> list[_Row]:
    lines = path.read_text(encoding="utf-8").splitlines() if content else []
    rows = []
    for table, values in content.items():
        if table not in TABLES:
            known = ", ".join(f"[[{name}]]" for name in TABLES if name != "source")
            message = _("unknown table or field. A phrasebook has {known}.").format(known=known)
            problems.append(Problem(path, _line(lines, table, 0, ""), table, message))
        elif table == "source" and isinstance(values, dict):
            rows += [_Row(path, lines, table, name, source) for name, source in values.items()]
        elif table != "source" and isinstance(values, list):
            rows += [_Row(path, lines, table, i, value) for i, value in enumerate(values)]
        else:
            wanted = "[source.KEY]" if table == "source" else f"[[{table}]]"
            problems.append(
                Problem(path, _line(lines, table, 0, ""), table, _("write it as {wanted}.").format(wanted=wanted))
            )
    return rows


def _defaults(path: Path, rows: list[_Row]) -> dict[str, str]:
    """A phrase of one's own needs only its two texts: its id and phase come from the file."""
    stem = re.sub(r"[^\w-]+", "-", path.stem).strip("-") or "own"
    phase = next(
        (row.values.get("id", stem) for row in rows if row.table == "phase" and isinstance(row.values, dict)), stem
    )
    return {"id": stem.upper(), "phase": phase}


def _field(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location)


def _explain(error: Any) -> str:
    context = error.get("ctx", {})
    match error["type"]:
        case "missing":
            return _("missing. Add it.")
        case "extra_forbidden":
            return _("unknown field. Check its spelling or remove it.")
        case "literal_error":
            return _("must be {expected}, not {value!r}.").format(expected=context["expected"], value=error["input"])
        case "string_too_short":
            return _("empty. Write the text.")
        case "string_pattern_mismatch":
            return _("{value!r} may hold only letters, digits, dot, dash and underscore.").format(value=error["input"])
        case _:
            return f"{error['msg']}."


def _cross_check(records: dict[str, list[tuple[_Row, Any]]]) -> list[Problem]:
    problems = []
    for table in ("phase", "phrase", "event"):
        seen: dict[str, _Row] = {}
        for row, record in records[table]:
            if (first := seen.setdefault(record.id.casefold(), row)) is not row:
                place = f"{first.path.name}:{_line(first.lines, table, first.index, 'id')}"
                problems.append(
                    row.problem("id", _("{id} is taken already, at {place}.").format(id=record.id, place=place))
                )
    phases = {phase.id for _row, phase in records["phase"]}
    phrases = {phrase.id for _row, phrase in records["phrase"]}
    events = {event.id for _row, event in records["event"]}
    sources = {str(row.index) for row, _source in records["source"]}
    for row, phrase in records["phrase"]:
        if phases and phrase.phase not in phases:
            problems.append(row.problem("phase", _("there is no phase {id}.").format(id=phrase.phase)))
        problems += [
            row.problem("answers", _("there is no phrase {id}.").format(id=answered))
            for answered in phrase.answers
            if answered not in phrases
        ]
    for row, phase in records["phase"]:
        for field in ("start_event", "end_event"):
            if (event := getattr(phase, field)) and event not in events:
                problems.append(row.problem(field, _("there is no event {id}.").format(id=event)))
    for row, record in (*records["phrase"], *records["event"]):
        problems += [
            row.problem("source", _("there is no [source.{id}].").format(id=name))
            for name in record.source
            if name not in sources
        ]
    return problems


def _check_texts(row: _Row, phrase: Phrase, lexicons: Mapping[Language, Container[str]]) -> list[Problem]:
    """What keeps a text from being scored: figures, letters of the other alphabet, stress marks that are missing or
    doubled, words without a pronunciation."""
    problems = []
    foreign = {"en": r"[А-Яа-яЁё]", "ru": r"[A-Za-z]"}
    for language in LANGUAGES:
        text = phrase.text(language)
        if match := re.search(r"\d+", text):
            problems.append(
                row.problem(
                    language, _("write {figures} in words, as it is to be spoken.").format(figures=match.group())
                )
            )
        if match := re.search(foreign[language], text):
            problems.append(
                row.problem(language, _("{letter!r} is a letter of the other alphabet.").format(letter=match.group()))
            )
        words = tokens(text, language)
        if not words:
            problems.append(row.problem(language, _("holds no words. Write the text.")))
        for word in dict.fromkeys(token.key for token in words):
            if word not in lexicons.get(language, {word}):
                problems.append(row.problem(language, _("{word!r} is not in the lexicon.").format(word=word)))
    for token in tokens(phrase.ru, "ru"):
        marks = token.key.count(ACUTE) + ("ё" in token.key and ACUTE not in token.key)
        if syllables(token.key) > 1 and marks == 0 and phrase.status == "own":
            word = phrase.ru[token.start : token.end]
            message = _("mark the stress of {word!r}: put U+0301 after the stressed vowel.").format(word=word)
            problems.append(row.problem("ru", message))
        elif token.key.count(ACUTE) > 1:
            problems.append(row.problem("ru", _("{word!r} has more than one stress mark.").format(word=token.key)))
    return problems


def _line(lines: list[str], table: str, index: int | str, field: str) -> int:
    """Line of a field (or of its table's header) in a TOML file; TOML parsers do not tell it."""
    header = re.compile(
        rf"\s*\[{table}\.[\"']?{re.escape(index)}[\"']?\]" if isinstance(index, str) else rf"\s*\[\[{table}\]\]"
    )
    wanted = index if isinstance(index, int) else 0
    top = re.compile(rf"\s*(\[+{table}\b|{table}\s*[.=])")
    starts = [n for n, line in enumerate(lines) if header.match(line)]
    if wanted >= len(starts):
        return next((n + 1 for n, line in enumerate(lines) if top.match(line)), 1)
    start = starts[wanted]
    first, _dot, rest = field.partition(".")
    patterns = [rf"{re.escape(first)}\.{re.escape(rest)}\s*=", rf"{re.escape(first)}\b\s*[.=]"] if first else []
    for pattern in patterns:
        for n in range(start + 1, len(lines)):
            if re.match(r"\s*\[\[?[A-Za-z]", lines[n]):
                break
            if re.match(rf"\s*{pattern}", lines[n]):
                return n + 1
    return start + 1
