"""What things are called, said once."""

from dataclasses import asdict
from pathlib import Path

import pytest

import trainer
from trainer.drill.events import Cue, Joined, Line, Refused
from trainer.drill.plan import MODES, Plan, Reason, Seat
from trainer.drill.session import State, apply
from trainer.languages import LANGUAGES
from trainer.messages import choose_language
from trainer.wording import (
    asked_words,
    band_name,
    lag_told,
    letters_key,
    marked_as_weak,
    mode_words,
    not_scored,
    place_name,
    seat_name,
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_drill_has_words_of_its_own_for_whatever_is_said_of_it(language):
    choose_language(language)
    for said in zip(*(asdict(mode_words(mode)).values() for mode in MODES), strict=True):
        assert len({words for words in said if words}) == len(MODES), said
    assert all("{language}" in mode_words(mode).ask for mode in MODES)


def test_a_drill_has_one_name_in_russian():
    """Занятие, everywhere."""
    folder = Path(trainer.__file__).parent
    pages = [*folder.glob("manual/ru/*.md"), folder / "locale" / "ru" / "LC_MESSAGES" / "ruston.po"]
    assert len(pages) > 10
    assert [page.name for page in pages if "тренировк" in page.read_text(encoding="utf-8").lower()] == []


@pytest.mark.parametrize(
    "letters, language, signs",
    [("КӒП-чəр з̱ə хӓч", "en", ["ə", "ӓ", "з̱"]), ("ай рӣд йӯ", "en", ["¯"]),
     ("SLIH-shu vas", "ru", ["ih"]), ("da", "ru", [])],
)  # fmt: skip
def test_unusual_letters_of_a_call_are_explained_and_no_others(letters, language, signs):
    told = letters_key(letters, language)
    assert [one.split()[0] for one in told.split(" · ") if one] == signs


@pytest.mark.parametrize("score, name", [(84.0, "fair"), (79.6, "fair"), (70.0, "fair"), (50.0, "poor")])
def test_a_weak_sound_is_never_marked_as_good(score, name):
    choose_language("en")
    assert band_name(marked_as_weak(score)) == name


@pytest.mark.parametrize("lag, told", [(0.13, "0.13 s behind, ±0.05 s"), (-0.13, "0.13 s ahead, ±0.05 s")])
def test_who_speaks_before_a_reading_is_ahead_of_it(lag, told):
    choose_language("en")
    assert lag_told(lag, 0.05) == told


@pytest.mark.parametrize("language, shown", [("en", "Alexey Leonov"), ("ru", "Алексей Леонов")])
def test_the_crews_are_named_in_the_language_of_the_interface_whoever_made_the_plan(language, shown):
    choose_language(language)
    for name in ("Alexey Leonov", "Алексей Леонов"):
        assert seat_name(Seat("soyuz", "leonov", name, "ru", "soyuz")) == shown
    assert seat_name(Seat("soyuz", "anna", "Anna Ivanova", "ru", "soyuz")) == "Anna Ivanova"


PAIR = Plan(
    session="s", mode="respond", phase=None, pass_mark=70.0, opened="2026-11-27T00:00:00+00:00",
    seats=(Seat("soyuz", "leonov", "Alexey Leonov", "ru", "soyuz"), Seat("apollo", "anna", "Anna", "en", "apollo")),
    agenda=(),
)  # fmt: skip


@pytest.mark.parametrize("language, nameless", [("en", "the instructor"), ("ru", "инструктор")])
def test_who_holds_a_drill_is_named(language, nameless):
    choose_language(language)
    state = State(plan=PAIR)
    assert place_name("instructor", state) == nameless
    state = apply(state, Joined(at=1.0, place="instructor", name="Kranz"))
    assert [place_name(place, state) for place in ("instructor", "apollo")] == ["Kranz", "Anna"]


def test_why_a_partners_recording_was_not_scored_is_theirs_to_know():
    choose_language("en")
    refused = Refused(at=1.0, seat="apollo", turn=0, reason="audio/mine: записи нет.")
    assert not_scored(refused, State(plan=PAIR), here=True) == refused.reason
    assert not_scored(refused, State(plan=PAIR), here=False) == "Anna was not scored and says it again"


@pytest.mark.parametrize("shown, asked", [(True, "say"), (False, "answer")])
def test_who_begins_an_exchange_is_not_asked_to_answer(shown, asked):
    choose_language("en")
    call = Line("DOC-09", "en", "Capture!", "soyuz")
    cue = Cue(at=0.0, turn=0, seat="soyuz", prompt=None, shown=(call,) * shown, answers=(call,), reason=Reason("drawn"))
    assert asked_words(cue, "respond").briefly == asked
