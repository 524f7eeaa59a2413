"""A call in IPA and in the letters of the other language."""

import pytest

from trainer.phrasebook.lexicon import lexicon
from trainer.phrasebook.load import load
from trainer.phrasebook.reading import ipa, letter_by_letter, phones_of, transliteration


@pytest.mark.parametrize(
    "text, language, letters",
    [
        ("Слы́шу вас гро́мко и чётко.", "ru", "SLIH-shu vas GROM-ka i CHOT-ka"),
        ("Есть захва́т!", "ru", "yest’ za-KHVAT"),
        ("Пока́ для вас ничего́ нет.", "ru", "pa-KA dli vas ni-chi-VO nyet"),
        ("Opening hatch number three.", "en", "ОУ-пə-ниӈ хӓч НАМ-бəр с̱рӣ"),
        ("Go for the approach.", "en", "гоу фəр з̱ӣ ə-ПРОУЧ"),
        ("A leak. Go to the hatch.", "en", "ə лӣк гоу тӯ з̱ə хӓч"),
        ("I read you, over to you.", "en", "ай рӣд йӯ ОУ-вəр тӯ йӯ"),
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


def test_a_word_is_weak_in_its_call_and_in_full_before_a_pause():
    assert ipa("Close the hatch.", "en", lexicon("en")) == "klˈoʊz ðə hˈætʃ"
    assert ipa("We come from.", "en", lexicon("en")).split()[-1] == "fɹˈʌm"


def test_no_letters_of_one_sound_are_those_of_another_that_is_told_from_it():
    assert transliteration("До́брый день", "ru", lexicon("ru")) == "DO-brih dyen’"
    assert transliteration("тебя́", "ru", lexicon("ru")) == "ti-BYA"


@pytest.mark.parametrize(
    "text, language, phones",
    [
        ("xərɐˈʂo", "ru", ("x", "ə", "r", "ɐ", "ʂ", "ˈo")), ("ɪtʲ", "ru", ("ɪ", "tʲ")), ("zbl", "ru", ("z", "b", "l")),
        ("tʃ", "en", ("tʃ",)), ("θ", "ru", ()),
    ],
)  # fmt: skip
def test_ipa_is_read_sound_by_sound(text, language, phones):
    assert phones_of(text, language) == phones


@pytest.mark.parametrize(
    "word, letters", [("десять", "desyat’"), ("ещё", "yeshshyo"), ("год", "god"), ("объём", "obyom")]
)
def test_a_russian_word_is_put_over_letter_by_letter(word, letters):
    assert letter_by_letter(word) == letters
