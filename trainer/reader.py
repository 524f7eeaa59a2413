"""To whom things are said. Everything that stands on a screen, in a line or in the output of a command about words and
sounds passes here, so that somebody who does not read the other alphabet is told in letters of their own."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from trainer.languages import Language, other
from trainer.messages import interface_language
from trainer.phones.inventory import Phone
from trainer.phrasebook.contrasts import Word
from trainer.phrasebook.lexicon import Lexicon, for_book
from trainer.phrasebook.reading import (
    in_letters,
    letter_by_letter,
    phones_of,
    sound_in_letters,
    transliteration,
    word_in_letters,
)
from trainer.phrasebook.text import loud, loud_english, without_stress

# Letters that are spoken of by themselves, and pairs of letters that are one sound.
_ALONE: dict[Language, dict[str, str]] = {
    "ru": {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "ye", "ё": "yo", "ж": "zh", "з": "z", "и": "i",
        "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u",
        "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shsh", "ъ": "hard sign", "ы": "ih",
        "ь": "soft sign", "э": "e", "ю": "yu", "я": "ya", "ль": "l’", "зь": "z’", "дь": "d’",
    },
    "en": {
        "a": "а", "b": "б", "c": "к", "d": "д", "e": "э", "f": "ф", "g": "г", "h": "х", "i": "и", "j": "дж", "k": "к",
        "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "q": "к", "r": "р", "s": "с", "t": "т", "u": "у", "v": "в",
        "w": "у", "x": "кс", "y": "й", "z": "з", "au": "о̄", "ee": "ӣ", "ng": "ӈ", "oo": "ӯ", "sh": "ш", "th": "с̱",
    },
}  # fmt: skip
_SOUNDS_FOLLOW = re.compile(r"\s+(?:is|begins with|ends in|—|начинается с|кончается на)\s+\[")
_WORD: dict[Language, str] = {
    "ru": "[А-Яа-яЁё\u0301]+(?:-[А-Яа-яЁё\u0301]+)*",
    "en": "[A-Za-z]+(?:['’][A-Za-z]+)*",
}


@dataclass(frozen=True)
class Reader:
    """letters: whether they see the other alphabet in letters of their own. book: whose words are said, where it is
    not the mission's."""

    first: Language = "en"
    letters: bool = False
    book: Path | None = None

    def read(self, text: str, language: Language) -> str:
        """How a call is read, in letters of their own; empty where they need none, or where nobody knows."""
        return transliteration(text, language, self._known(language)) if self.needs(language) else ""

    def word(self, text: str, language: Language, phones: tuple[str, ...] = ()) -> str:
        """A word as they can read it. phones: how it is said where it stands, else it is read as by itself."""
        if not self.needs(language):
            return text
        return (
            in_letters(phones, language) if phones else word_in_letters(text, language, self._known(language)) or text
        )

    def call(self, text: str, language: Language) -> str:
        """A call as they can read it, where there is one line for it."""
        return self.read(text, language) or text

    def loud(self, word: str, syllable: int, language: Language) -> str:
        """A word with one syllable (from 0) in capitals: выДВИнуто, vy-DVI-nu-ta."""
        spelled = self.word(word, language)
        parts = spelled.lower().split("-")
        if spelled == word or not 0 <= syllable < len(parts):
            return loud(word, syllable) if language == "ru" else loud_english(word, syllable)
        return "-".join(part.upper() if at == syllable else part for at, part in enumerate(parts))

    def words(self, texts: Iterable[str], language: Language) -> str:
        return ", ".join(self.word(without_stress(text), language) for text in texts)

    def told(self, texts: Mapping[Language, str] | str) -> str:
        """What the program has to say about sounds, in the language of the interface. What stands in brackets are
        sounds: a word whose sounds follow in brackets is put over letter by letter, any other by sound."""
        text = texts if isinstance(texts, str) else texts[interface_language()]
        return self._in_letters(text) if self.needs(other(interface_language())) else text

    def sound(self, phone: Phone) -> str:
        """What a sound is called: after a word that has it, one of their own language where they read no other."""
        near = phone.anchor.get(interface_language(), "") if self.needs(other(interface_language())) else ""
        return near or self.told(phone.name)

    def phone(self, symbol: str, language: Language) -> str:
        """A sound of a language in letters of their own, a stressed vowel in capitals; else in IPA."""
        return (self.needs(language) and sound_in_letters(symbol, language)) or symbol

    def spelled(self, phones: tuple[str, ...], language: Language) -> str:
        """A syllable in letters of their own; empty where they need none."""
        return in_letters(phones, language) if self.needs(language) else ""

    def phones(self, one: str, another: str, language: Language) -> tuple[str, str]:
        """Two sounds that are told apart: in IPA where their letters would be the same."""
        read = self.phone(one, language), self.phone(another, language)
        return read if read[0] != read[1] else (one, another)

    def contrast(self, pair: str, language: Language) -> str:
        """Two sounds that the ear confuses, as l-lʲ."""
        one, between, another = pair.partition("-")
        if not between:
            return pair
        return "-".join(self.phones(one, another, language))

    def sounding(self, word: Word, language: Language) -> str:
        """A word, of the calls or not, of which it is known how it sounds, as they can read it."""
        return self.spelled(word.phones, language) or word.text

    def needs(self, language: Language) -> bool:
        """Whether a text in a language is to be put in letters of their own."""
        return self.letters and language != self.first

    def _known(self, language: Language) -> Lexicon:
        return for_book(self.book, language)

    def _in_letters(self, text: str) -> str:
        language = other(interface_language())
        alone, known, sounds = _ALONE[language], self._known(language), _bracketed(text, language)

        def spelled(found: re.Match[str]) -> str:
            if found[0].startswith("["):
                return sounds[found[0]]
            if text[: found.start()].endswith("-"):  # an ending is spelled as it is written
                return "".join(alone.get(letter, letter) for letter in found[0])
            if language == "ru" and len(found[0]) > 1 and _SOUNDS_FOLLOW.match(text, found.end()):
                letters = letter_by_letter(found[0])
            else:
                letters = alone.get(found[0].lower()) or word_in_letters(found[0], language, known) or found[0]
            return letters[0].upper() + letters[1:] if found[0][0].isupper() else letters

        return re.sub(rf"\[[^]]*\]|{_WORD[language]}", spelled, text)


def _bracketed(text: str, language: Language) -> dict[str, str]:
    """What stands in brackets in a text, each in the letters of the other language; in IPA what is no sounds of the
    language, and sounds that these letters would not tell apart."""
    read = {}
    for found in dict.fromkeys(re.findall(r"\[[^]]*\]", text)):
        ipa = found[1:-1]
        phones = phones_of(ipa.rstrip("-"), language)
        letters = sound_in_letters(phones[0], language) if len(phones) == 1 else in_letters(phones, language)
        read[found] = f"[{letters}{'-' * ipa.endswith('-')}]" if phones else found
    times = Counter(read.values())
    return {ipa: letters if times[letters] == 1 else ipa for ipa, letters in read.items()}
