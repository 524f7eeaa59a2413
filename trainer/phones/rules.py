"""Rules in a minute: fifteen cards for each language, each with its sounds and words to hear."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from trainer.languages import LANGUAGES, Language


@dataclass(frozen=True)
class Rule:
    """sounds: those that lead here; words: to hear it in; title, text: by the language of the interface."""

    id: str
    language: Language
    sounds: tuple[str, ...]
    words: tuple[str, ...]
    title: dict[Language, str]
    text: dict[Language, str]


@cache
def rules(language: Language) -> tuple[Rule, ...]:
    """In the order in which they are best learnt."""
    table = tomllib.loads((Path(__file__).parent / "rules.toml").read_text(encoding="utf-8"))
    return tuple(
        Rule(
            row["id"], row["language"], tuple(row["sounds"]), tuple(row["words"]),
            {one: row["title"][one] for one in LANGUAGES}, {one: row["text"][one] for one in LANGUAGES},
        )
        for row in table["rule"]
        if row["language"] == language
    )  # fmt: skip


def rule_of(language: Language, sound: str) -> Rule | None:
    """The card that advice on a sound leads to."""
    bare = sound if language == "ru" else sound.lstrip("ˈˌ")
    return next((rule for rule in rules(language) if bare in rule.sounds), None)
