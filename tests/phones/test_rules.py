"""Rules in a minute: fifteen in each direction, in both languages, each with sounds and words that can be heard."""

import json

import pytest
from program import ruston

from trainer.audio.reference import voices
from trainer.languages import LANGUAGES
from trainer.phones.inventory import inventory
from trainer.phones.rules import rule_of, rules
from trainer.phrasebook.load import load
from trainer.phrasebook.text import folded, tokens


@pytest.mark.parametrize("language", LANGUAGES)
def test_fifteen_cards_whose_words_are_said_in_calls(language):
    book = load()
    said = {
        folded(token.key)
        for phrase in book.phrases
        if voices(phrase.text(language), language)
        for token in tokens(phrase.text(language), language)
    }
    cards = rules(language)
    assert len({card.id for card in cards}) == len(cards) == 15
    for card in cards:
        assert {folded(word) for word in card.words} <= said, card.id
        assert all(set(texts) == set(LANGUAGES) and all(texts.values()) for texts in (card.title, card.text))
        assert all(sound in inventory(language) or sound == "ˈ" for sound in card.sounds)


def test_a_weak_sound_leads_to_its_card():
    assert rule_of("en", "θ").id == "th"
    assert rule_of("ru", "ɐ").id == "reduction"
    assert rule_of("en", "ʒ") is None


def test_they_are_told_in_the_language_of_the_interface():
    run = ruston("rules", "th", "--crew", "leonov", "--no-records", RUSTON_INTERFACE="ru")
    assert "кончик языка между зубами" in run.stdout
    one = json.loads(ruston("rules", "soft", "--crew", "stafford", "--no-records", "--json").stdout)
    assert one["language"] == "ru"
    assert set(one["text"]) == {"en", "ru"}
