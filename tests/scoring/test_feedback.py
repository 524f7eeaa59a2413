"""Advice exists for whatever the model may hear, in both languages, and fits what was heard."""

import itertools

import pytest

from trainer.languages import LANGUAGES
from trainer.phones.inventory import confusions, inventory
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
