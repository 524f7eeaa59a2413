"""Which exercises a learner needs beside calls: the mouth for the weakest sound, the ear for what is confused."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from trainer.drill.ear import Ear, confusions
from trainer.drill.memory import Memory, due, weak_sounds
from trainer.languages import Language

MOST_EARS = 2


@dataclass(frozen=True)
class Offer:
    """What is offered to be trained beside the calls.

    Attributes:
        item: a sound for the mouth, a contrast for the ear.
    """

    kind: Literal["mouth", "ear"]
    item: str


def offers(memory: Memory, language: Language, hearing: Ear, now: datetime) -> tuple[Offer, ...]:
    """The weakest sound, where one is weak; contrasts that the learner's mouth or ear confuses, unless they rest."""
    mouth = tuple(Offer("mouth", weak.phone) for weak in weak_sounds(memory, language, 1))
    confused = [*confusions(memory, language), *(name for name, one in hearing.hearing.items() if one.confused)]
    resting = {name for name, one in hearing.hearing.items() if one.card and not due(one.card, now)}
    ears = [name for name in dict.fromkeys(confused) if name not in resting]
    return (*mouth, *(Offer("ear", name) for name in ears[:MOST_EARS]))
