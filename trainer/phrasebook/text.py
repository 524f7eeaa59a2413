"""From the text of a call to the words that the lexicon knows it by.

English keys are lower case, hyphenated words are split. Russian keys carry U+0301 after the stressed vowel, except on ё
and in words of one syllable, where the stress needs no mark; hyphenated words stay whole.
"""

import re
from dataclasses import dataclass

from trainer.languages import Language

ACUTE = "\u0301"
RUSSIAN_VOWELS = "аеёиоуыэюя"

_WORD = {
    "en": re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*"),
    "ru": re.compile(rf"[А-Яа-яЁё{ACUTE}]+(?:-[А-Яа-яЁё{ACUTE}]+)*"),
}


@dataclass(frozen=True)
class Token:
    """A word of a text: its span in the text and its key in the lexicon."""

    start: int
    end: int
    key: str


def tokens(text: str, language: Language) -> tuple[Token, ...]:
    return tuple(Token(m.start(), m.end(), key(m.group(), language)) for m in _WORD[language].finditer(text))


def key(word: str, language: Language) -> str:
    word = word.lower().replace("’", "'")
    if language == "en":
        return word
    word = word.replace("ё" + ACUTE, "ё")
    return without_stress(word) if syllables(word) < 2 else word


def without_stress(text: str) -> str:
    return text.replace(ACUTE, "")


def folded(word: str) -> str:
    """Without stress marks and without the dots of ё, as much Russian is written."""
    return without_stress(word).replace("ё", "е")


def loud(word: str, syllable: int) -> str:
    """A Russian word without its mark, with a syllable (from 0) in capitals, as выДВИнуто. The consonants before a
    vowel are its own, but for й, р, л, м, н before another."""
    bare = without_stress(word)
    vowels = [i for i, letter in enumerate(bare) if letter.lower() in RUSSIAN_VOWELS]
    if not 0 <= syllable < len(vowels):
        return bare

    def start(number: int) -> int:
        if number == 0:
            return 0
        first, vowel = vowels[number - 1] + 1, vowels[number]
        stays = vowel - first > 1 and bare[first].lower() in "йрлмн"
        return first + stays

    begin = start(syllable)
    end = start(syllable + 1) if syllable + 1 < len(vowels) else len(bare)
    return bare[:begin].lower() + bare[begin:end].upper() + bare[end:].lower()


_ENGLISH_VOWELS = re.compile("(?<!q)[aeiou]+y?|(?<=.)y[aeiou]*|(?<=qu)[aeiou]+", re.IGNORECASE)
_SILENT = re.compile("(?<!l)e$|(?<![td])ed$|(?<![sxzcgh])es$", re.IGNORECASE)
_TOGETHER = re.compile("th|sh|ch|ph|wh|gh|[pbtdkgcf][lr]|.l(?=e$)", re.IGNORECASE)  # before a vowel, with it


def loud_english(word: str, syllable: int) -> str:
    """An English word with a syllable (from 0) in capitals, as DOCking, cut by its letters; the word and the number of
    the syllable where these have no such one."""
    silent = _SILENT.search(word)
    spoken = word[: silent.start()] if silent and _ENGLISH_VOWELS.search(word[: silent.start()]) else word
    vowels = [(found.start(), found.end()) for found in _ENGLISH_VOWELS.finditer(spoken)]
    if not 0 <= syllable < len(vowels):
        return f"{word} ({syllable + 1})"

    def start(number: int) -> int:
        if number == 0:
            return 0
        first, vowel = vowels[number - 1][1], vowels[number][0]
        own = 2 if _TOGETHER.match(word, vowel - 2) else 1
        return max(first, vowel - own)

    begin = start(syllable)
    end = start(syllable + 1) if syllable + 1 < len(vowels) else len(word)
    return word[:begin].lower() + word[begin:end].upper() + word[end:].lower()


def syllables(word: str) -> int:
    """Number of syllables of a Russian word."""
    return sum(letter in RUSSIAN_VOWELS for letter in word.lower())
