"""Advice exists for whatever the model may hear, in both languages, and fits what was heard."""

import itertools

import pytest

from trainer.languages import LANGUAGES
from trainer.phones.inventory import confusions, distance, inventory
from trainer.scoring.feedback import advice
from trainer.scoring.gop import DROPPED


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_advice_for_every_pair_of_phones_in_both_languages(language):
    phones = list(inventory(language))
    for expected, heard in itertools.product(phones, [*phones, DROPPED, None]):
        if expected != heard:
            texts = advice(language, expected, heard)
            for interface in LANGUAGES:
                assert texts[interface].strip(), (expected, heard)
                assert "{" not in texts[interface], (expected, heard)


@pytest.mark.parametrize("language", LANGUAGES)
def test_russian_texts_are_in_russian_and_english_texts_in_english(language):
    for phone in inventory(language).values():
        assert any("а" <= letter <= "я" for letter in phone.name["ru"].lower())
        assert any("а" <= letter <= "я" for letter in phone.how["ru"].lower())
        assert any("a" <= letter <= "z" for letter in phone.how["en"].lower())


@pytest.mark.parametrize(
    "language, expected, heard, word",
    [
        ("en", "θ", "s", "between the teeth"),
        ("en", "ˈiː", "ɪ", "longer"),
        ("ru", "ˈɨ", "ˈi", "tongue"),
        ("ru", "tʲ", "t", "tongue"),
        ("en", "z", "s", "buzz"),
    ],
)
def test_the_advice_for_a_typical_mistake_names_its_remedy(language, expected, heard, word):
    text = advice(language, expected, heard)["en"].lower()
    assert word in text


def test_stress_marks_do_not_hide_a_listed_confusion():
    assert advice("en", "ˈæ", "ɛ") == confusions()["en", "æ", "ɛ"].advice


@pytest.mark.parametrize("language", LANGUAGES)
def test_confusions_are_between_phones_of_the_language(language):
    known = inventory(language)
    for spoken, expected, heard in confusions():
        if spoken == language:
            assert expected in known
            assert heard in known or heard == DROPPED


@pytest.mark.parametrize("language", LANGUAGES)
def test_distance_is_a_measure(language):
    phones = list(inventory(language).values())
    for a, b in itertools.combinations(phones, 2):
        assert 0 < distance(a, b) <= 1, (a.ipa, b.ipa)
        assert distance(a, b) == distance(b, a)
    assert all(distance(phone, phone) == 0 for phone in phones)


def test_near_sounds_are_nearer_than_far_ones():
    english = inventory("en")
    assert distance(english["s"], english["z"]) < distance(english["s"], english["ɡ"])
    assert distance(english["ɪ"], english["iː"]) < distance(english["ɪ"], english["ɑː"])
    russian = inventory("ru")
    assert distance(russian["t"], russian["tʲ"]) < distance(russian["t"], russian["r"])
