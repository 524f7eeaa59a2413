"""Every value of every slot in its Russian sentence, against a grammar that is not ours: num2words and pymorphy3."""

import re
from functools import cache

import pytest
from num2words import num2words
from pymorphy3 import MorphAnalyzer

from trainer.phrasebook.load import load
from trainer.phrasebook.templates import SLOT, Slot
from trainer.phrasebook.text import without_stress

# What a preposition before a value asks for, whatever the template says.
CASE_AFTER = {"до": "gent", "около": "gent", "через": "accs", "в": "accs", "на": "accs"}
UNITS = {
    "meter": "метр", "kilometer": "километр", "millimeter": "миллиметр", "mercury": "миллиметр", "psi": "фунт",
    "pound": "фунт", "degree": "градус", "percent": "процент", "hour": "час", "minute": "минута", "second": "секунда",
    "meter-per-second": "метр",
}  # fmt: skip
AFTER_UNIT = {"mercury": " ртутного столба", "meter-per-second": " в секунду"}
SHARES = {1: "десятая", 2: "сотая", 3: "тысячная"}
QUANTITIES = {"number", "range", "rate", "pressure", "angle"}
morphology = MorphAnalyzer()


@cache
def counted(n: int, lemma: str, case: str) -> str:
    noun = next(parse for parse in morphology.parse(lemma) if {"NOUN", "nomn", "sing"} <= set(parse.tag.grammemes))
    gender = {"masc": "m", "femn": "f", "neut": "n"}[noun.tag.gender]
    one = n % 10 == 1 and n % 100 != 11
    if case == "gent":
        form = noun.inflect({"gent", "sing" if one else "plur"}).word
    else:
        form = noun.inflect({case, "sing"}).word if one else noun.make_agree_with_number(n).word
    return f"{cardinal(n, case, gender)} {form}"


@cache
def share(n: int, lemma: str, case: str) -> str:
    """Сотых after everything but one, сотая after one: an adjective that stands for a noun."""
    one = n % 10 == 1 and n % 100 != 11
    adjective = next(parse for parse in morphology.parse(lemma) if parse.tag.gender == "femn")
    form = adjective.inflect({case, "femn", "sing"} if one else {"gent", "plur"}).word
    return f"{cardinal(n, case, 'f')} {form}"


@cache
def cardinal(n: int, case: str, gender: str = "m") -> str:
    said = num2words(n, lang="ru", case={"nomn": "n", "gent": "g", "accs": "a"}[case], gender=gender, animate=False)
    return said.replace("ноля", "нуля").removeprefix("одна тысяча").strip()


def expected(slot: Slot, figures: str, case: str) -> str:
    if slot.type in ("get", "duration"):
        parts = [int(part) for part in figures.split(":")]
        names = ("час", "минута", "секунда") if slot.type == "get" else ("минута", "секунда")
        spoken = [(n, name) for n, name in zip(parts, names, strict=False) if slot.type == "get" or n]
        return " ".join(counted(n, name, case) for n, name in spoken)
    sign = {"+": "плюс ", "-": "минус "}.get(figures[0], "")
    whole, _dot, rest = figures.lstrip("+-").partition(".")
    if not rest:
        said = counted(int(whole), UNITS[slot.unit], case) if slot.unit else cardinal(int(whole), case)
        return sign + said + AFTER_UNIT.get(slot.unit, "")
    if slot.unit:
        noun = counted(1, UNITS[slot.unit], "gent").split()[-1]
        parts = share(int(whole), "целая", case), share(int(rest), SHARES[len(rest)], case), noun
        return sign + " ".join(parts) + AFTER_UNIT.get(slot.unit, "")
    zeros = len(rest) - len(rest.lstrip("0"))
    tail = [cardinal(0, case)] * zeros + ([cardinal(int(rest), case)] if zeros < len(rest) else [])
    joint = " " if int(whole) == 0 else " и "
    return f"{sign}{cardinal(int(whole), case)}{joint}{' '.join(tail)}"


def places() -> list[tuple[str, Slot, str, str]]:
    """Every slot of every Russian template: id, slot, the case that the template names, the case that is asked for."""
    book = load()
    calls = {template.id: template for template in book.templates}
    found = []
    for template in book.templates:
        slots = calls[template.answers[0]].slots if template.answers else template.slots
        for place in SLOT.finditer(template.ru):
            before = re.search(r"(\w+) $", without_stress(template.ru[: place.start()]))
            asked = CASE_AFTER.get(before[1].lower(), "nomn") if before else "nomn"
            if slots[place[1]].type in QUANTITIES | {"get", "duration"}:
                found.append((template.id, slots[place[1]], place[2] or "", asked))
    return found


@pytest.mark.parametrize(
    "template, slot, named, asked", places(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_value_agrees_with_its_sentence(template, slot, named, asked):
    for position in range(slot.count):
        figures = slot.value(position)
        said = without_stress(slot.say(figures, "ru", named))
        assert said == expected(slot, figures, asked), figures


def test_an_hour_is_halved_and_counted_with_two_stresses():
    hours = Slot(type="number", unit="hour", min="1", max="25")
    assert hours.say("2", "ru") == "два часа́"
    assert hours.say("21", "ru", "genitive") == "двадцати́ одного́ ча́са"
    assert hours.say("1.5", "ru") == "одна́ це́лая пять деся́тых ча́са"
