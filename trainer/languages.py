"""The two languages of the loop."""

from typing import Literal

Language = Literal["en", "ru"]
LANGUAGES: tuple[Language, ...] = ("en", "ru")


def other(language: Language) -> Language:
    return "ru" if language == "en" else "en"
