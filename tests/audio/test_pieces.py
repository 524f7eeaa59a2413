"""Calls with figures are put together from recorded pieces: no value leaves one silent."""

import pytest

from trainer.audio.reference import _cover, _pieces
from trainer.languages import LANGUAGES
from trainer.phrasebook.load import load
from trainer.phrasebook.text import tokens

BOOK = load()
CALLS = {template.id: template for template in BOOK.templates}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", BOOK.templates, ids=lambda template: template.id)
def test_every_value_can_be_heard(template, language):
    slots = CALLS[template.answers[0]].slots if template.answers else template.slots
    silent = []
    for name, slot in slots.items():
        for position in range(slot.count):
            at = {
                other: kind.value(position % kind.count if kind.follows or other == name else 0)
                for other, kind in slots.items()
            }
            text = template.fill(at, slots, language)
            if not any(_cover(tokens(text, language), known) for known in _pieces(language).values()):
                silent.append(text)
    assert silent == []
