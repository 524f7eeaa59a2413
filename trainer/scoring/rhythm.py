"""Rhythm: weak words that were said in full, and vowels that should have been reduced and were not."""

from collections.abc import Sequence
from dataclasses import dataclass

from trainer.phones.inventory import foreign, inventory, unmarked
from trainer.phrasebook.intonation import Sentence
from trainer.phrasebook.lexicon import UNSTRESSED_TAGS, Lexicon
from trainer.phrasebook.text import key
from trainer.scoring.assessment import Assessment

# Words that sound wrong in full inside a sentence. Natives say to, are, you, do in full often enough: these pass.
ALWAYS_WEAK = frozenset({"a", "an", "the", "and", "of", "for", "from", "at", "as", "than", "can", "was"})
REDUCED = frozenset({"ə", "ɚ", "ɪ"})


@dataclass(frozen=True)
class FullForm:
    """A word that is weak here and was said in full.

    Attributes:
        at: number of the word, from 0.
        weak: how it sounds.
    """

    at: int
    word: str
    weak: tuple[str, ...]


@dataclass(frozen=True)
class FullVowel:
    """An unstressed vowel that sounded like a stressed one.

    Attributes:
        at: number of the word, from 0.
    """

    at: int
    word: str
    phone: str
    heard: str


def full_forms(said: Assessment, wanted: Sequence[Sentence], lexicon: Lexicon) -> tuple[FullForm, ...]:
    """The aligner heard no reduced vowel in a word that has one, wherever it is not meant."""
    found = []
    for at in (at for sentence in wanted for at in sentence.weak):
        word = said.words[at]
        ways = lexicon.entries.get(key(word.text, said.language), ())
        weak = [way.phones for way in ways if way.tags & UNSTRESSED_TAGS and _reduced(way.phones)]
        said_as = tuple(phone.phone.lstrip("ˈˌ") for phone in word.phones)
        if weak and key(word.text, said.language) in ALWAYS_WEAK and not _reduced(said_as):
            found.append(FullForm(at, word.text, weak[0]))
    return tuple(found)


def full_vowels(said: Assessment) -> tuple[FullVowel, ...]:
    """Of Russian: [ɐ ə ɪ ɨ] heard as a stressed vowel of other quality, or as an English diphthong."""
    found = []
    known = inventory(said.language)
    for at, word in enumerate(said.words):
        for phone in word.phones:
            if phone.heard and known[phone.phone].stressed is False and _full(said.language, phone.heard):
                found.append(FullVowel(at, word.text, phone.phone, phone.heard))
    return tuple(found)


def _reduced(phones: Sequence[str]) -> bool:
    return any(phone in REDUCED for phone in phones)


def _full(language: str, heard: str) -> bool:
    if foreign(heard):
        sound = inventory("en").get(unmarked(heard))
        return sound is not None and (sound.long or sound.glide_to is not None)
    return language == "ru" and heard in ("ˈo", "ˈe")
