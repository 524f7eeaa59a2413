"""Calls by ear: hear one, tell what it means. For whoever has no microphone, or trains the ear alone.

Understanding is kept apart from speaking: it changes nothing of what a learner is known to say. Pure.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trainer.drill.exercises import Exercise
from trainer.languages import Language, other
from trainer.phrasebook.phrase import Phrase

CHOICES = 4  # meanings to choose from
CALLS = 10  # of a session that is not told otherwise
GRADES = (0.0, 40.0, 80.0, 100.0)  # points of a grade that one gives oneself, from 1 to 4


@dataclass(frozen=True)
class Question:
    """A call that is heard, and meanings of which one (`answer`, from 0) is its own."""

    call: str
    text: str
    meanings: tuple[str, ...]
    answer: int

    @property
    def meaning(self) -> str:
        return self.meanings[self.answer]


def questions(
    calls: Sequence[Phrase], done: Iterable[Exercise], language: Language, size: int, seed: int
) -> tuple[Question, ...]:
    """language: of what is heard. done: what was told by ear before, in the order of time. First come calls that were
    not understood the last time, then those that were never asked, then the rest; each in the order of `calls`."""
    last = {exercise.item: exercise.right for exercise in done if exercise.kind == "listen"}
    order = sorted(calls, key=lambda phrase: {False: 0, None: 1, True: 2}[last.get(phrase.id)])
    draw = random.Random(seed)
    return tuple(_question(phrase, calls, language, draw) for phrase in order[:size])


def _question(phrase: Phrase, calls: Sequence[Phrase], language: Language, draw: random.Random) -> Question:
    """The other meanings are of calls about as long: length must not give it away; its own phase comes first."""
    own = phrase.plain(other(language))
    others = {call.plain(other(language)): call for call in calls if call.plain(other(language)) != own}
    near = sorted(others, key=lambda text: (abs(len(text) - len(own)) // 10, others[text].phase != phrase.phase))
    meanings = draw.sample(near[: 2 * CHOICES], min(CHOICES - 1, len(near))) if near else []
    at = draw.randrange(len(meanings) + 1)
    return Question(phrase.id, phrase.text(language), (*meanings[:at], own, *meanings[at:]), at)
