"""A call in IPA and in the letters of the other language."""

import pytest

from trainer.phrasebook.lexicon import lexicon
from trainer.phrasebook.load import load
from trainer.phrasebook.reading import ipa, transliteration


@pytest.mark.parametrize(
    "text, language, letters",
    [
        ("Слы́шу вас гро́мко и чётко.", "ru", "SLY-shu vas GROM-ka i CHOT-ka"),
        ("Есть захва́т!", "ru", "yest’ za-KHVAT"),
        ("Пока́ для вас ничего́ нет.", "ru", "pa-KA dli vas ni-chi-VO nyet"),
        ("Opening hatch number three.", "en", "ОУ-пə-ниӈ хӓч НАМ-бəр с̱рӣ"),
    ],
)
def test_a_call_is_written_in_the_letters_of_the_other_language(text, language, letters):
    assert transliteration(text, language, lexicon(language)) == letters


def test_every_call_of_the_mission_can_be_read_both_ways():
    for phrase in load().phrases:
        for language in ("en", "ru"):
            text = phrase.text(language)
            assert ipa(text, language, lexicon(language)).count(" ") >= text.count(" ") - text.count("—")
            letters = transliteration(text, language, lexicon(language))
            foreign = "абвгдежзиклмнопрстуфхцчшщъыьэюя" if language == "ru" else "abcdefghijklmnopqrstuvwxyz"
            assert letters
            assert not set(letters.lower()) & set(foreign)
