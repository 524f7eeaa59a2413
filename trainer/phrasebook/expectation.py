"""The call that is to be said, ready for scoring: its words and every acceptable way to say them in a row."""

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from trainer.errors import UserError
from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.phrasebook.connected import Phones, connected
from trainer.phrasebook.lexicon import Lexicon
from trainer.phrasebook.text import tokens, without_stress


@dataclass(frozen=True, eq=False)
class Expectation:
    """ways[w] are the pronunciations of words[w] among its neighbours, citation form first."""

    text: str
    language: Language
    words: tuple[str, ...]
    ways: tuple[tuple[Phones, ...], ...]

    @cached_property
    def citation(self) -> Phones:
        return tuple(phone for ways in self.ways for phone in ways[0])


def expect(text: str, language: Language, lexicon: Lexicon) -> Expectation:
    """Look up a text (Russian: with stress marks) word by word. Raises UserError for words outside the lexicon."""
    found = tokens(text, language)
    unknown = [without_stress(token.key) for token in found if token.key not in lexicon]
    if unknown:
        near = get_close_matches(unknown[0], {without_stress(word) for word in lexicon.entries}, n=3)
        hint = _(" Did you mean {words}?").format(words=", ".join(near)) if near else ""
        message = _("{word!r} is not in the pronunciation lexicon, so it cannot be scored.")
        raise UserError(message.format(word=unknown[0]) + hint)
    ways = connected([lexicon[token.key] for token in found], language, [token.key for token in found])
    surface = tuple(text[token.start : token.end] for token in found)
    return Expectation(text, language, surface, tuple(tuple(way) for way in ways))
