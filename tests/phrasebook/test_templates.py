"""Templates of calls with figures, and what is drawn from them."""

import json
import re
from itertools import islice

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from trainer.commands import ruston
from trainer.errors import UserError
from trainer.languages import LANGUAGES
from trainer.phrasebook.draw import draw, exchanges
from trainer.phrasebook.lexicon import lexicon
from trainer.phrasebook.load import check, load
from trainer.phrasebook.phrase import Phrasebook
from trainer.phrasebook.templates import Slot, Template
from trainer.phrasebook.text import ACUTE, syllables, tokens

BOOK = load()
TEMPLATES = {template.id: template for template in BOOK.templates}
CUES = [template for template in BOOK.templates if not template.answers]
seeds = st.integers(0, 10**9)


def test_the_mission_has_calls_for_every_kind_of_figure_and_all_have_readbacks():
    assert len(CUES) >= 16
    assert {answered for template in BOOK.templates for answered in template.answers} == {cue.id for cue in CUES}
    kinds = {slot.type for cue in CUES for slot in cue.slots.values()}
    assert kinds >= {"range", "rate", "closure", "pressure", "angle", "frequency", "clock", "get", "duration"}
    assert {template.speaker for template in BOOK.templates} == {"apollo", "soyuz", "houston", "moscow"}


@given(st.sampled_from(BOOK.templates), seeds)
def test_every_drawn_call_can_be_scored(template, seed):
    call = draw(BOOK, template, seed)
    for language in LANGUAGES:
        text = call.text(language)
        assert not re.search(r"[\d{}]", text)
        assert text[0].isupper()
        assert [token.key for token in tokens(text, language) if token.key not in lexicon(language)] == []
    for token in tokens(call.ru, "ru"):
        word = call.ru[token.start : token.end]
        assert word.count(ACUTE) == (syllables(word) > 1 and "ё" not in word)


@given(st.sampled_from(CUES), seeds)
def test_a_readback_repeats_the_values(cue, seed):
    call = draw(BOOK, cue, seed)
    for readback in (t for t in BOOK.templates if cue.id in t.answers):
        answer = draw(BOOK, readback, seed)
        assert answer.values == call.values
        assert answer.answers == (call.id,)
        assert answer.speaker != call.speaker


@given(st.sampled_from(BOOK.templates), seeds)
def test_the_same_seed_gives_the_same_call(template, seed):
    assert draw(BOOK, template, seed) == draw(BOOK, template, seed)


def test_the_same_seed_gives_the_same_call_on_every_machine():
    # If this fails, drills that were recorded can no longer be repeated.
    book = Phrasebook(
        phases=(), phrases=(), templates=(template("A {x}.", "А {x}.", x=Slot(type="number", min=0, max=999)),)
    )
    assert [draw(book, book.templates[0], seed).values["x"] for seed in range(6)] == [
        "700",
        "951",
        "624",
        "323",
        "931",
        "682",
    ]


def template(en: str, ru: str, **slots: Slot) -> Template:
    return Template(id="T-1", phase="p", en=en, ru=ru, slots=slots)


@pytest.mark.parametrize(
    "slot, values",
    [
        (Slot(type="range", min=5, max=20, step=5), ["5", "10", "15", "20"]),
        (Slot(type="rate", min=0.1, max=0.25, step=0.05), ["0.10", "0.15", "0.20", "0.25"]),
        (Slot(type="pressure", min=4.9, max=5.1, step=0.1), ["4.9", "5.0", "5.1"]),
        (Slot(type="angle", min=-1, max="+1"), ["-1", "0", "+1"]),
        (Slot(type="clock", min="09:59", max="10:01"), ["09:59", "10:00", "10:01"]),
        (Slot(type="get", min="7:59", max="8:01"), ["7:59", "8:00", "8:01"]),
        (Slot(type="get", min="51:59:30", max="52:00:30", step=30), ["51:59:30", "52:00:00", "52:00:30"]),
        (Slot(type="duration", min="0:30", max="1:30", step=30), ["0:30", "1:00", "1:30"]),
        (Slot(type="number", choices=[3, 4]), ["3", "4"]),
    ],
)
def test_the_values_of_a_slot(slot, values):
    assert [slot.value(i) for i in range(slot.count)] == values


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "range"},
        {"type": "range", "min": 1},
        {"type": "range", "min": 2, "max": 1},
        {"type": "range", "min": 1, "max": 2, "step": 0},
        {"type": "range", "min": "one", "max": 2},
        {"type": "range", "min": 1, "max": 2, "choices": [1]},
        {"type": "clock", "min": "23:00", "max": "24:00"},
        {"type": "clock", "choices": ["7"]},
        {"type": "revolution", "min": 0, "max": 5},
        {"type": "sound", "min": 0, "max": 5},
        {"type": "range", "min": 0, "max": 5, "unit": "furlong"},
    ],
)
def test_slots_that_make_no_sense_are_refused(fields):
    with pytest.raises(ValidationError):
        Slot.model_validate(fields)


def test_values_that_belong_together_are_drawn_together():
    for seed in range(50):
        values = draw(BOOK, TEMPLATES["RBK-14"], seed).values
        (utc, minutes), (moscow, same) = (value.split(":") for value in (values["greenwich"], values["moscow"]))
        assert (int(moscow) - int(utc), minutes) == (3, same)


def test_a_value_that_opens_a_sentence_has_a_capital():
    one = template("{x} to go. {x}!", "{x} до. {x}!", x=Slot(type="duration", choices=["0:30"]))
    assert one.fill({"x": "0:30"}, one.slots, "en") == "Thirty seconds to go. Thirty seconds!"
    assert one.fill({"x": "0:30"}, one.slots, "ru") == "Три́дцать секу́нд до. Три́дцать секу́нд!"


BROKEN = [
    ('en = "Range."\nru = "Да́льность {x}."', "en", "does not say x"),
    ('en = "Range {x} {y}."\nru = "Да́льность {x}."', "en", "no slot y"),
    ('en = "Range {x}."\nru = "Да́льность {x:dative}."', "ru", "dative"),
    ('en = "Range {x:genitive}."\nru = "Да́льность {x}."', "en", "genitive"),
    ('en = "Range {x}."\nru = "Да́льность {x}."\nslots.y = { type = "range", choices = [1] }', "en", "does not say y"),
    ('en = "Range {x}."\nru = "Да́льность {x}."\nanswers = ["T-9"]', "answers", "T-9"),
    ('en = "Range {x}."\nru = "Да́льность {x}."\nphase = "docking"', "phase", "docking"),
    ('en = "Range {x} 5."\nru = "Да́льность {x}."', "en", "5"),
    (
        'en = "Range {x}, {y}."\nru = "{x}, {y}."\nslots.y = { type = "rate", choices = [1], follows = "x" }',
        "slots.y",
        "as many",
    ),
]


@pytest.mark.parametrize("fields, field, message", BROKEN)
def test_faults_of_a_template_are_found(tmp_path, fields, field, message):
    path = tmp_path / "own.toml"
    path.write_text(
        f"""
[[phase]]
id = "p"
name = {{ en = "P", ru = "П" }}
[[template]]
id = "T-1"
{fields}
slots.x = {{ type = "range", min = 1, max = 9 }}
{"" if "phase" in fields else 'phase = "p"'}
""",
        encoding="utf-8",
    )
    _book, problems = check(path)
    assert any(problem.field == field and message in problem.message for problem in problems)


def test_a_readback_has_no_values_of_its_own_and_says_all_of_its_call(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(
        """
[[phase]]
id = "p"
name = { en = "P", ru = "П" }
[[template]]
id = "T-1"
phase = "p"
en = "Range {x}, rate {y}."
ru = "Да́льность {x}, ско́рость {y}."
slots.x = { type = "range", choices = [1] }
slots.y = { type = "rate", choices = [1] }
[[template]]
id = "T-2"
phase = "p"
en = "Range {x}."
ru = "Да́льность {x}, ско́рость {y}."
answers = ["T-1"]
[[template]]
id = "T-3"
phase = "p"
en = "Range {x}, rate {y}."
ru = "Да́льность {x}, ско́рость {y}."
slots.x = { type = "range", choices = [1] }
answers = ["T-1"]
[[template]]
id = "t-1"
phase = "p"
en = "Range {x}, rate {y}."
ru = "Да́льность {x}, ско́рость {y}."
answers = ["T-1"]
""",
        encoding="utf-8",
    )
    _book, problems = check(path)
    assert [(problem.line, problem.field) for problem in problems] == [(15, "en"), (23, "slots"), (26, "id")]


def test_exchanges_go_through_every_call_before_any_comes_again():
    rounds = [cue.template for cue, *_ in islice(exchanges(BOOK, 7), 2 * len(CUES))]
    assert set(rounds[: len(CUES)]) == set(rounds[len(CUES) :]) == {cue.id for cue in CUES}
    with pytest.raises(UserError):
        next(exchanges(BOOK.model_copy(update={"templates": ()}), 7))


def test_the_command_prints_the_same_pairs_for_the_same_seed():
    def lines(*arguments: str) -> list[str]:
        result = CliRunner().invoke(ruston, ["readbacks", *arguments])
        assert result.exit_code == 0, result.output
        return result.output.splitlines()

    drawn = [json.loads(line) for line in lines("--count", "30", "--seed", "5", "--json")]
    assert len(drawn) == 30
    assert drawn == [json.loads(line) for line in lines("--count", "30", "--seed", "5", "--json")]
    assert drawn != [json.loads(line) for line in lines("--count", "30", "--seed", "6", "--json")]
    assert all(readback["values"] == pair["cue"]["values"] for pair in drawn for readback in pair["readbacks"])
    assert any("RBK-" in line for line in lines("--count", "1"))
