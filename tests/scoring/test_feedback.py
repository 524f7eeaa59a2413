"""Advice exists for whatever the model may hear, in both languages, and fits what was heard."""

import itertools
from dataclasses import replace

import pytest
from learners import assessment

from trainer.languages import LANGUAGES
from trainer.phones.inventory import confusions, general_advice, inventory
from trainer.scoring.assessment import DROPPED, Deduction, PhoneScore, Stress, WordScore
from trainer.scoring.feedback import _hint, advice, worst_sounds


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
def test_no_two_phones_are_made_alike(language):
    """Otherwise there would be nothing to tell a learner who takes one for the other."""
    made = [
        (
            p.kind,
            p.manner,
            p.place,
            p.voiced,
            p.soft,
            p.height,
            p.backness,
            p.rounded,
            p.long,
            p.rhotic,
            p.glide_to,
            p.stressed,
        )
        for p in inventory(language).values()
    ]
    assert len(set(made)) == len(made)


def hint(word: str, phones: str, expected: str, heard: str) -> str:
    """The advice in English for one sound of a word that was said badly."""
    language = "ru" if any("а" <= letter <= "я" for letter in word.lower()) else "en"
    at = phones.split().index(expected)
    scored = [
        PhoneScore(phone, 10.0 if i == at else 90.0, 0.0, 0.0, 0.1, heard if i == at else None, ())
        for i, phone in enumerate(phones.split())
    ]
    return _hint(language, WordScore(word, 50.0, 0.0, 1.0, False, tuple(scored)), at).advice["en"]


@pytest.mark.parametrize(
    "word, phones, expected, heard, told",
    [
        ("вход", "f x ˈo t", "t", "d", "At the end of a word д is said t"),
        ("тест", "t ˈe s t", "t", "d", "voiceless"),
        ("союз", "s ɐ j ˈu s", "s", "z", "voiceless"),
        ("его", "j ɪ v ˈo", "v", "ɡ", "You read г as g"),
        ("вода", "v ɐ d ˈa", "v", "ɡ", "Heard [ɡ]"),
        ("pack", "p ˈæ k", "p", "b", "puff of air"),
        ("stop", "s t ˈɑː p", "t", "d", "cut the vowel before it short"),
    ],
)
def test_the_advice_fits_the_letter_and_the_place(word, phones, expected, heard, told):
    assert told in hint(word, phones, expected, heard)


def test_an_added_y_after_a_soft_consonant_is_explained():
    assert "one sound" in general_advice()["inserted_j"]["en"]


def test_what_cost_most_is_worked_on_first():
    said = assessment([("l", 8.0, "lʲ"), ("ˈɨ", 12.0, "ˈi"), ("t", 20.0, "d")])
    assert [hint.expected for hint in worst_sounds(said)] == ["l", "ˈɨ", "t"]
    cost = (Deduction("sound", 14.0, "ˈɨ", "ˈi", "слово"), Deduction("sound", 8.0, "l", "lʲ", "слово"))
    assert [hint.expected for hint in worst_sounds(replace(said, deductions=cost))] == ["ˈɨ", "l", "t"]


def test_what_a_wrong_stress_makes_of_vowels_is_not_told_beside_it():
    said = assessment([("ˈo", 8.0, "ɐ"), ("lʲ", 12.0, "l")])
    moved = replace(said.words[0], stress=Stress(expected=0, heard=1, probability=0.001))
    assert [hint.expected for hint in worst_sounds(replace(said, words=(moved,)))] == ["lʲ"]
    assert [hint.expected for hint in worst_sounds(replace(said, words=(moved,)), at=0)] == ["ˈo", "lʲ"]
