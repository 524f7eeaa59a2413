"""What things are called, said once."""

from dataclasses import asdict
from pathlib import Path

import pytest

import trainer
from trainer.drill.plan import MODES, Seat
from trainer.languages import LANGUAGES
from trainer.messages import choose_language
from trainer.wording import band_name, lag_told, letters_key, marked_as_weak, mode_words, seat_name


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
