"""The call that is to be said, ready for scoring: its words and every acceptable way to say them in a row."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from trainer.errors import UserError
from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.phones.inventory import inventory
from trainer.phrasebook.connected import Phones, connected
from trainer.phrasebook.lexicon import Lexicon, Pronunciation
from trainer.phrasebook.text import tokens, without_stress


@dataclass(frozen=True, eq=False)
class Expectation:
    """ways[w] are the pronunciations of words[w] among its neighbours, citation form first. checked: of which words
    somebody has checked them; none where that is not known."""

    text: str
    language: Language
    words: tuple[str, ...]
    ways: tuple[tuple[Phones, ...], ...]
    checked: tuple[bool, ...] = ()

    @cached_property
    def citation(self) -> Phones:
        return tuple(phone for ways in self.ways for phone in ways[0])


def spoken(text: str, language: Language, lexicon: Lexicon) -> tuple[Phones, ...]:
    """How each word of a text is said in it: weak where it has a weak form, unless there is a pause after it. Raises
    UserError for words outside the lexicon."""
    found, ways, known = tokens(text, language), expect(text, language, lexicon).ways, inventory(language)
    out = []
    for at, token in enumerate(found):
        after, end = (found[at + 1].start, ways[at + 1]) if at + 1 < len(found) else (len(text), ())
        before_vowel = bool(end) and known[end[0][0]].kind == "vowel"
        weak = weak_form(lexicon[token.key], before_vowel)
        pause = not end or text[token.end : after].strip(" -")
        out.append(weak if weak in ways[at] and not pause else ways[at][0])
    return tuple(out)


def weak_form(pronunciations: Sequence[Pronunciation], before_vowel: bool = False) -> Phones:
    """How a word is said where it is not meant: what is ə before a consonant is another vowel before a vowel. Empty
    where it has no such form."""
    weak = [one.phones for one in pronunciations if one.tags == {"weak"}]
    fitting = [phones for phones in weak if not (before_vowel and phones[-1] == "ə")]
    return next(iter(fitting or weak), ())


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
    checked = tuple(all("draft" not in way.tags for way in lexicon[token.key]) for token in found)
    return Expectation(text, language, surface, tuple(tuple(way) for way in ways), checked)
