"""What can be wrong in a phrasebook beyond the shape of its fields: links, texts, stress marks, templates."""

import re
from collections.abc import Container, Mapping
from typing import Any

from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _
from trainer.phrasebook import stress
from trainer.phrasebook.lexicon import Lexicon
from trainer.phrasebook.numbers import DECLINED
from trainer.phrasebook.phrase import Phrase
from trainer.phrasebook.problems import Problem
from trainer.phrasebook.rows import Row
from trainer.phrasebook.templates import CASES, Slot, Template
from trainer.phrasebook.text import ACUTE, RUSSIAN_VOWELS, syllables, tokens

LONGEST = 30.0  # s, of a recording that is scored
FASTEST = 8.0  # syllables a second, which only the fastest speakers reach
# What is neither letter nor figure nor space, nor the punctuation of a text: somebody would have to say it.
_SIGN = re.compile(rf"[^\w\s{ACUTE}.,:;!?…'’\"«»“”„‘()\[\]—–-]|_")

Records = dict[str, list[tuple[Row, Any]]]  # by table


def links(records: Records) -> list[Problem]:
    """Ids given twice, and names of phases, calls, events and sources that are not there."""
    problems = []
    for rows in (records["phase"], [*records["phrase"], *records["template"]], records["event"], records["crew"]):
        seen: dict[str, Row] = {}
        for row, record in rows:
            if (first := seen.setdefault(record.id.casefold(), row)) is not row:
                place = f"{first.path.name}:{first.line('id')}"
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


def texts(row: Row, phrase: Phrase, lexicons: Mapping[Language, Container[str]]) -> list[Problem]:
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
        if match := _SIGN.search(text):
            message = _("write {sign} in words, as it is to be spoken.")
            problems.append(row.problem(language, message.format(sign=match.group())))
        words = tokens(text, language)
        if sum(_least_syllables(token.key, language) for token in words) > LONGEST * FASTEST:
            message = _("nobody can say this in {limit:.0f} s, the longest recording. Make two calls of it.")
            problems.append(row.problem(language, message.format(limit=LONGEST)))
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


def _least_syllables(word: str, language: Language) -> int:
    """A word is said in no fewer; runs of English vowel letters that are one sound or two count once."""
    return syllables(word) if language == "ru" else max(1, len(re.findall("[aeiouy]+", word.removesuffix("e"))))


def stress_marks(row: Row, call: Phrase | Template, known: Lexicon | None) -> list[Problem]:
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


def templates(rows: list[tuple[Row, Template]], lexicons: Mapping[Language, Container[str]]) -> list[Problem]:
    """Slots and texts that do not fit each other, and what keeps a filled text from being scored."""
    known = {template.id: template for _row, template in rows}
    problems = []
    for row, template in rows:
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
            problems += texts(row, filled, lexicons)
            problems += _check_values(row, template, call.slots, lexicons)
    return problems


def _check_slots(row: Row, template: Template, slots: Mapping[str, Slot]) -> list[Problem]:
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
    row: Row, template: Template, slots: Mapping[str, Slot], lexicons: Mapping[Language, Container[str]]
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
