"""Read phrasebooks: one TOML file, or a folder of TOML files read together."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from trainer.bundled import bundled
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _
from trainer.phrasebook import checks, lexicon, own_ids, stress
from trainer.phrasebook.lexicon import Lexicon
from trainer.phrasebook.phrase import CrewMember, Event, Phase, Phrase, Phrasebook, Source
from trainer.phrasebook.problems import InvalidData, Problem
from trainer.phrasebook.record import IDENTIFIER, Record
from trainer.phrasebook.rows import Row, parse, rows
from trainer.phrasebook.spoken import spoken
from trainer.phrasebook.templates import Template
from trainer.text_in import clean

SHOWN = 60  # characters of a value that is wrong

TABLES: dict[str, type[Record]] = {
    "phase": Phase,
    "phrase": Phrase,
    "template": Template,
    "event": Event,
    "crew": CrewMember,
    "source": Source,
}


def mission_folder() -> Path:
    return bundled("phrasebooks") / "astp"


def load(path: Path | None = None) -> Phrasebook:
    """The phrasebook in a file or folder (default: the mission's). Raises InvalidData with every problem found."""
    came_with_the_program = path is None or path.is_relative_to(bundled("phrasebooks"))
    return _built_in(path) if came_with_the_program else _loaded(path)


@cache  # nobody changes what came with the program
def _built_in(path: Path | None) -> Phrasebook:
    return _loaded(path)


def _loaded(path: Path | None) -> Phrasebook:
    lexicons = {language: lexicon.for_book(path, language) for language in LANGUAGES} if path else None
    book, problems = check(path or mission_folder(), lexicons, allow_unknown=True)
    if problems or book is None:
        raise InvalidData(problems)
    return book


def check(
    path: Path, lexicons: Mapping[Language, Lexicon] | None = None, *, allow_unknown: bool = False
) -> tuple[Phrasebook | None, list[Problem]]:
    """The phrasebook, where it could be read, and all its problems. Given lexicons, a word that they lack is one too,
    unless unknown words are allowed; and a Russian word that they stress in one way only needs no stress mark.

    Raises UserError where there is no such file.
    """
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    if not files or not all(file.is_file() for file in files):
        raise UserError(_("{path}: there is no phrasebook. Name a .toml file or a folder of them.").format(path=path))
    problems: list[Problem] = []
    found: list[Row] = []
    title = None
    for file in files:
        content = parse(file, problems)
        title = content.pop("title", title)
        found += rows(file, content, TABLES, problems)

    records: checks.Records = {table: [] for table in TABLES}
    places: dict[str, str] = {}
    default_phase = _default_phase(path, found)
    for row in found:
        values = row.values
        if row.table == "phrase" and isinstance(values, dict):
            name = own_ids.place(path, len(records["phrase"]) + 1)
            values = {"id": _own_id(values, places) or name, "phase": default_phase, **values}
            places |= {name.casefold(): values["id"]} if "id" not in row.values else {}
        try:
            records[row.table].append((row, TABLES[row.table].model_validate(values)))
        except ValidationError as error:
            problems += [row.problem(_field(e["loc"]), _explain(e)) for e in error.errors()]
    problems += checks.links(records)
    stresses = lexicons.get("ru") if lexicons else None
    for table in ("phrase", "template"):
        records[table] = [(row, _with_stress(call, stresses)) for row, call in records[table]]
        problems += [problem for row, call in records[table] for problem in checks.stress_marks(row, call, stresses)]
    covering = {} if allow_unknown else lexicons or {}
    problems += [problem for row, phrase in records["phrase"] for problem in checks.texts(row, phrase, covering)]
    problems += checks.templates(records["template"], covering)
    if not problems and not records["phrase"] and not records["template"]:
        problems.append(
            Problem(files[0], 1, "", _("holds no calls. Write a [[phrase]] with its two texts, en and ru."))
        )
    problems.sort(key=lambda p: (str(p.path), p.line))

    phases = [phase for _row, phase in records["phase"]]
    if not phases:
        name = clean(path.stem).strip() or own_ids.stem(path)
        phases = [Phase.model_validate({"id": default_phase, "name": {"en": name, "ru": name}})]
    try:
        book = Phrasebook.model_validate(
            {
                "title": title,
                "phases": phases,
                "phrases": [phrase for _row, phrase in records["phrase"]],
                "templates": [template for _row, template in records["template"]],
                "events": [event for _row, event in records["event"]],
                "crew": [member for _row, member in records["crew"]],
                "places": places,
                "sources": {str(row.index): source for row, source in records["source"]},
            }
        )
    except ValidationError as error:
        problems += [Problem(files[0], 1, _field(e["loc"]), _explain(e)) for e in error.errors()]
        return None, problems
    return book, problems


def _own_id(values: Mapping[str, Any], places: Mapping[str, str]) -> str | None:
    """By what a phrase says; twins are told apart by their order. None where it has no two texts."""
    en, ru = values.get("en"), values.get("ru")
    if not isinstance(en, str) or not isinstance(ru, str):
        return None
    said = own_ids.own_id(en, ru)
    twins = sum(taken == said or taken.startswith(f"{said}-") for taken in places.values())
    return f"{said}-{twins + 1}" if twins else said


def _default_phase(path: Path, found: list[Row]) -> Any:
    """A phrase of one's own needs only its two texts: its phase comes from the file, as its id does."""
    own = own_ids.stem(path)
    named = (row.values for row in found if row.table == "phase" and isinstance(row.values, dict))
    ids = (values.get("id", own) for values in named)
    return next((id for id in ids if isinstance(id, str) and re.match(IDENTIFIER, id)), own)


def _with_stress(call: Phrase | Template, known: Lexicon | None) -> Phrase | Template:
    """A call of one's own as it is said, with the stress marks that the lexicon can tell."""
    if not known or call.status != "own":
        return call
    return call.model_copy(update={"en": spoken(call.en, "en"), "ru": stress.completed(spoken(call.ru, "ru"), known)})


def _field(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location)


def _explain(error: Any) -> str:
    context, value = error.get("ctx", {}), error["input"]
    if isinstance(value, str):
        value = value[:SHOWN]
    match error["type"]:
        case "missing":
            return _("missing. Add it.")
        case "extra_forbidden":
            return _("unknown field. Check its spelling or remove it.")
        case "literal_error":
            return _("must be {expected}, not {value!r}.").format(expected=context["expected"], value=value)
        case "string_too_short" | "too_short":
            return _("empty. Write the text.")
        case "string_type":
            return _("must be text in quotes.")
        case "tuple_type" | "list_type":
            return _('must be a list in brackets, as ["DOC-01"].')
        case "model_type" | "dict_type" | "model_attributes_type":
            return _('must be a table, as { en = "...", ru = "..." }.')
        case "string_pattern_mismatch":
            message = _("{value!r} may hold only letters, digits, dot, dash and underscore, 300 at most.")
            return message.format(value=value)
        case _:
            return f"{error['msg']}."
