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
from trainer.phrasebook import lexicon, stress
from trainer.phrasebook.lexicon import Lexicon
from trainer.phrasebook.numbers import DECLINED
from trainer.phrasebook.phrase import Event, Phase, Phrase, Phrasebook, Source
from trainer.phrasebook.problems import InvalidData, Problem
from trainer.phrasebook.record import Record
from trainer.phrasebook.templates import CASES, Slot, Template
from trainer.phrasebook.text import ACUTE, RUSSIAN_VOWELS, syllables, tokens

TABLES: dict[str, type[Record]] = {
    "phase": Phase,
    "phrase": Phrase,
    "template": Template,
    "event": Event,
    "source": Source,
}


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
    rows: list[_Row] = []
    title = None
    for file in files:
        content = _parse(file, problems)
        title = content.pop("title", title)
        rows += _rows(file, content, problems)

    records: dict[str, list[tuple[_Row, Any]]] = {table: [] for table in TABLES}
    default_phase = _default_phase(path, rows)
    for row in rows:
        values = row.values
        if row.table == "phrase" and isinstance(values, dict):
            values = {"id": own_id(path, len(records["phrase"]) + 1), "phase": default_phase, **values}
        try:
            records[row.table].append((row, TABLES[row.table].model_validate(values)))
        except ValidationError as error:
            problems += [row.problem(_field(e["loc"]), _explain(e)) for e in error.errors()]
    problems += _cross_check(records)
    stresses = lexicons.get("ru") if lexicons else None
    for table in ("phrase", "template"):
        records[table] = [(row, _with_stress(call, stresses)) for row, call in records[table]]
        problems += [problem for row, call in records[table] for problem in _check_stress(row, call, stresses)]
    covering = {} if allow_unknown else lexicons or {}
    problems += [problem for row, phrase in records["phrase"] for problem in _check_texts(row, phrase, covering)]
    problems += _check_templates(records["template"], covering)
    problems.sort(key=lambda p: (str(p.path), p.line))

    phases = [phase for _row, phase in records["phase"]]
    if not phases:
        name = path.stem
        phases = [Phase.model_validate({"id": default_phase, "name": {"en": name, "ru": name}})]
    try:
        book = Phrasebook.model_validate(
            {
                "title": title,
                "phases": phases,
                "phrases": [phrase for _row, phrase in records["phrase"]],
                "templates": [template for _row, template in records["template"]],
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
        text = path.read_text(encoding="utf-8-sig")
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+)", str(error))
        line = int(place.group(1)) if place else text.count("\n") + 1  # at the end of the file
        reason = re.sub(r" \(at .*\)$", "", str(error))
        problems.append(Problem(path, line, "", _("not TOML: {reason}.").format(reason=reason)))
    except UnicodeDecodeError:
        problems.append(Problem(path, 1, "", _("not UTF-8 text. Save the file as UTF-8.")))
    except OSError as error:
        raise UserError(_("{path}: cannot be read ({reason}).").format(path=path, reason=error.strerror)) from error
    return {}


def _rows(path: Path, content: dict[str, Any], problems: list[Problem]) -> list[_Row]:
    lines = path.read_text(encoding="utf-8-sig").splitlines() if content else []
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


def own_id(path: Path, number: int) -> str:
    """The id of a phrase that has none of its own, by its place among the phrases of a file or folder."""
    return f"{_stem(path).upper()}-{number:02}"


def _stem(path: Path) -> str:
    return re.sub(r"[^\w-]+", "-", path.stem).strip("-") or "own"


def _default_phase(path: Path, rows: list[_Row]) -> Any:
    """A phrase of one's own needs only its two texts: its phase comes from the file, as its id does."""
    own = _stem(path)
    named = (row.values for row in rows if row.table == "phase" and isinstance(row.values, dict))
    return next((values.get("id", own) for values in named), own)


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
        case "string_too_short" | "too_short":
            return _("empty. Write the text.")
        case "string_pattern_mismatch":
            return _("{value!r} may hold only letters, digits, dot, dash and underscore.").format(value=error["input"])
        case _:
            return f"{error['msg']}."


def _cross_check(records: dict[str, list[tuple[_Row, Any]]]) -> list[Problem]:
    problems = []
    for rows in (records["phase"], [*records["phrase"], *records["template"]], records["event"]):
        seen: dict[str, _Row] = {}
        for row, record in rows:
            if (first := seen.setdefault(record.id.casefold(), row)) is not row:
                place = f"{first.path.name}:{_line(first.lines, first.table, first.index, 'id')}"
                problems.append(
                    row.problem("id", _("{id} is taken already, at {place}.").format(id=record.id, place=place))
                )
    phases = {phase.id for _row, phase in records["phase"]}
    phrases = {phrase.id for _row, phrase in records["phrase"]}
    events = {event.id for _row, event in records["event"]}
    sources = {str(row.index) for row, _source in records["source"]}
    for row, call in (*records["phrase"], *records["template"]):
        if phases and call.phase not in phases:
            problems.append(row.problem("phase", _("there is no phase {id}.").format(id=call.phase)))
    for row, phrase in records["phrase"]:
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
    """What keeps a text from being scored: figures, letters of another alphabet, words without a pronunciation."""
    problems = []
    foreign = {"en": r"[А-Яа-яЁё]", "ru": r"[A-Za-z]"}
    strange = r"[^\W\d_A-Za-zА-Яа-яЁё]"
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
        if match := re.search(strange, text):
            message = _("{letter!r} is no letter of this language. Write it as it is spoken.")
            problems.append(row.problem(language, message.format(letter=match.group())))
        words = tokens(text, language)
        if not words:
            problems.append(row.problem(language, _("holds no words. Write the text.")))
        for word in dict.fromkeys(token.key for token in words):
            if word not in lexicons.get(language, {word}):
                message = _("{word!r} is not in the lexicon.").format(word=word)
                if phrase.status == "own" and language == "ru" and (stress.unmarked(word) or not syllables(word)):
                    continue  # said already
                if phrase.status == "own":
                    message += _(" `ruston phrasebook draft` drafts its pronunciation.")
                problems.append(row.problem(language, message))
    return problems


def _with_stress(call: Phrase | Template, known: Lexicon | None) -> Phrase | Template:
    """A call of one's own, with the stress marks that the lexicon can tell."""
    return call.model_copy(update={"ru": stress.completed(call.ru, known)}) if known and call.status == "own" else call


def _check_stress(row: _Row, call: Phrase | Template, known: Lexicon | None) -> list[Problem]:
    """Stress marks that are missing, doubled or astray."""
    problems = []
    for word in dict.fromkeys(token.key for token in tokens(call.ru, "ru")):
        in_lexicon = known is not None and word in known
        if call.status == "own" and stress.unmarked(word) and not in_lexicon:
            forms = " ".join(stress.choices(word, known))
            message = _("mark the stress of {word!r}, one of: {forms} (U+0301 after the vowel, in TOML also \\u0301).")
            problems.append(row.problem("ru", message.format(word=word, forms=forms)))
        elif word.count(ACUTE) > 1:
            problems.append(row.problem("ru", _("{word!r} has more than one stress mark.").format(word=word)))
        elif re.search(f"[^{RUSSIAN_VOWELS}]{ACUTE}", word):
            message = _("the stress mark of {word!r} does not stand after a vowel.")
            problems.append(row.problem("ru", message.format(word=word)))
        elif call.status == "own" and syllables(word) == 0 and not in_lexicon:
            problems.append(row.problem("ru", _("{word!r} has no vowel. Write it as it is spoken.").format(word=word)))
    return problems


def _check_templates(
    templates: list[tuple[_Row, Template]], lexicons: Mapping[Language, Container[str]]
) -> list[Problem]:
    """Slots and texts that do not fit each other, and what keeps a filled text from being scored."""
    known = {template.id: template for _row, template in templates}
    problems = []
    for row, template in templates:
        call = known.get(template.answers[0], template) if template.answers else template
        if any(answered not in known or known[answered].answers for answered in template.answers[:1]):
            message = _("there is no call {id} among the templates.").format(id=template.answers[0])
            problems.append(row.problem("answers", message))
        elif len(template.answers) > 1:
            problems.append(row.problem("answers", _("a readback answers one call. Write a template for each.")))
        elif template.answers and template.slots:
            problems.append(row.problem("slots", _("a readback has the values of its call. Remove its slots.")))
        elif found := _check_slots(row, template, call.slots):
            problems += found
        else:
            values = {name: slot.value(0) for name, slot in call.slots.items()}
            en, ru = (template.fill(values, call.slots, language) for language in LANGUAGES)
            filled = Phrase(id=template.id, phase=template.phase, status=template.status, en=en, ru=ru)
            problems += _check_texts(row, filled, lexicons)
            problems += _check_values(row, template, call.slots, lexicons)
    return problems


def _check_slots(row: _Row, template: Template, slots: Mapping[str, Slot]) -> list[Problem]:
    problems = []
    for language in LANGUAGES:
        names = template.names(language)
        for name in sorted({*names, *slots}):
            case = names.get(name, "")
            if name not in slots:
                message = _("there is no slot {name}.").format(name=name)
            elif name not in names:
                message = _("does not say {name}. Both texts, and a readback too, say every value.").format(name=name)
            elif case and (language == "en" or case not in CASES or slots[name].type not in DECLINED):
                message = _("{name} cannot stand in the {case}.").format(name=name, case=case)
            else:
                continue
            problems.append(row.problem(language, message))
    for name, slot in template.slots.items():
        leader = slots.get(slot.follows or name)
        if leader is None or leader.count != slot.count or (slot.follows and leader.follows):
            message = _("must follow a slot of its template that has as many values and follows none.")
            problems.append(row.problem(f"slots.{name}", message))
    return problems


def _check_values(
    row: _Row, template: Template, slots: Mapping[str, Slot], lexicons: Mapping[Language, Container[str]]
) -> list[Problem]:
    """Words of values that the lexicon lacks. Of many values only some hundreds, for the same words come again."""
    problems = []
    for language, known in lexicons.items():
        for name, case in template.names(language).items():
            slot = slots[name]
            values = (slot.value(i) for i in range(0, slot.count, slot.count // 500 + 1))
            said = "\n".join(slot.say(value, language, case) for value in values)
            problems += [
                row.problem(language, _("{word!r} is not in the lexicon.").format(word=word))
                for word in dict.fromkeys(token.key for token in tokens(said, language))
                if word not in known
            ]
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
