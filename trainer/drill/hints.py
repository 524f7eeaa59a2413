"""Help with a call that is to be said by heart: in steps, each dearer than the one before. Pure."""

from typing import Annotated

from annotated_types import Interval

from trainer.languages import Language
from trainer.phrasebook.text import ACUTE, tokens

STEPS = 3  # the first letters, every other word, the whole call
COST = 10.0  # points that each step takes off the answer

Steps = Annotated[int, Interval(ge=0, le=STEPS)]


def shown(text: str, language: Language, step: int) -> str:
    """What a step lets be read of a call: no letter at 0, all of them at the last one."""
    if step >= STEPS:
        return text
    parts: list[str] = []
    end = 0
    for number, word in enumerate(tokens(text, language)):
        parts += (text[end : word.start], _part(text[word.start : word.end], number, step))
        end = word.end
    return "".join([*parts, text[end:]])


def shown_in_letters(spelled: str, step: int) -> str:
    """The same of a call in letters of one's own, a word of it between blanks."""
    return " ".join(_part(word, number, step) for number, word in enumerate(spelled.split()))


def _part(word: str, number: int, step: int) -> str:
    if step >= STEPS or (step == STEPS - 1 and number % 2 == 1):
        return word
    return f"{_first(word)}…" if step else "…"


def _first(word: str) -> str:
    """The first letter, with its stress mark if it has one."""
    return word[:2] if word[1:2] == ACUTE else word[:1]
