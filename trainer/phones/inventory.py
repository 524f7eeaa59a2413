"""The phones of both languages: articulation, a plain-words name, and how to make each sound."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from trainer.languages import LANGUAGES, Language, other

_FILES = {"en": "english.toml", "ru": "russian.toml"}
_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Phone:
    """One sound. Articulatory features follow the IPA chart; those of the other kind are None. anchor: what it is
    called for those who read no word of its language."""

    ipa: str
    kind: Literal["vowel", "consonant"]
    name: dict[Language, str]
    how: dict[Language, str]
    example: str
    manner: str | None = None
    place: str | None = None
    voiced: bool | None = None
    soft: bool = False
    height: str | None = None
    backness: str | None = None
    rounded: bool | None = None
    long: bool = False
    rhotic: bool = False
    glide_to: str | None = None
    stressed: bool | None = None
    anchor: dict[Language, str] = field(default_factory=dict)


class Inventory(dict[str, Phone]):
    """Phones by IPA symbol. English vowels may carry a stress mark, which is looked through."""

    def __missing__(self, symbol: str) -> Phone:
        bare = symbol.lstrip("ˈˌ")
        if bare == symbol or bare not in self or self[bare].kind != "vowel" or self[bare].stressed is False:
            raise KeyError(symbol)
        return self[bare]

    def __contains__(self, symbol: object) -> bool:
        try:
            self[str(symbol)]
        except KeyError:
            return False
        return True


@cache
def inventory(language: Language) -> Inventory:
    table = tomllib.loads((_FOLDER / _FILES[language]).read_text(encoding="utf-8"))
    return Inventory((row["ipa"], Phone(**row)) for row in table["phone"])


def sound(language: Language, symbol: str) -> Phone | None:
    """What is known of a sound heard in a language, be it one of the other, marked (en:t) or not; None for one of
    neither."""
    if spoken := foreign(symbol):
        language, symbol = spoken, unmarked(symbol)
    return next((known[symbol] for known in map(inventory, (language, other(language))) if symbol in known), None)


def sound_of(language: Language, phone: str) -> str:
    """The sound that a phone of a lexicon counts as: English stress marks are no part of it, Russian ones are."""
    known = inventory(language)
    return known[phone].ipa if phone in known else phone


def foreign(symbol: str) -> Language | None:
    """The language that a sound is marked with: the speaker's own, put for one of the language spoken."""
    return next((language for language in LANGUAGES if symbol.startswith(f"{language}:")), None)


def unmarked(symbol: str) -> str:
    return symbol.partition(":")[2] if foreign(symbol) else symbol


@dataclass(frozen=True)
class Confusion:
    """A substitution that speakers of a first language are known for, and what to tell them.

    advice: in both languages, wherever the pair occurs; None where it holds for a spelling only. if_written: what holds
    where the sound is written with one of `letters`. if_before_stress: what holds before a stressed vowel.
    """

    language: Language
    expected: str
    heard: str
    first_language: Language
    advice: dict[Language, str] | None
    letters: str = ""
    if_written: dict[Language, str] | None = None
    if_before_stress: dict[Language, str] | None = None


@cache
def confusions() -> dict[tuple[Language, str, str], Confusion]:
    """Known substitutions by (language, expected, heard); heard is empty where the sound is dropped."""
    table: dict[str, list[dict[str, Any]]] = tomllib.loads((_FOLDER / "confusions.toml").read_text(encoding="utf-8"))
    return {
        (row["language"], row["expected"], row["heard"]): Confusion(
            row["language"],
            row["expected"],
            row["heard"],
            row["first_language"],
            row.get("advice"),
            row.get("letters", ""),
            row.get("if_written"),
            row.get("if_before_stress"),
        )
        for row in table["confusion"]
    }


@cache
def general_advice() -> dict[str, dict[Language, str]]:
    """Advice by the feature in which the heard sound differs, for substitutions that nobody listed."""
    table: dict[str, dict[Language, str]] = tomllib.loads((_FOLDER / "advice.toml").read_text(encoding="utf-8"))
    return table
