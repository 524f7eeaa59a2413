"""What a drill leaves to work on, from its answers. Pure."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from trainer.drill.events import Assessed
from trainer.drill.memory import sound_of
from trainer.drill.verdict import Right, of_answer
from trainer.languages import Language
from trainer.scoring.feedback import heard_instead
from trainer.scoring.points import FLAGGED

MOST = 5  # sounds that are named
MOST_INSTEAD = 2  # sounds that are named of those that were heard in place of one


@dataclass(frozen=True)
class PoorSound:
    """A sound that was said poorly. times: how often; heard: what was heard instead, the most frequent first, "" for
    nothing at all."""

    language: Language
    sound: str
    times: int
    heard: tuple[str, ...]


def poor_sounds(said: Sequence[Assessed]) -> tuple[PoorSound, ...]:
    """The most frequent first."""
    counts: Counter[tuple[Language, str]] = Counter()
    instead: defaultdict[tuple[Language, str], Counter[str]] = defaultdict(Counter)
    for result in (event.assessment for event in said):
        for phone in (phone for word in result.words for phone in word.phones if result.verdict == "scored"):
            if phone.score < FLAGGED:
                key = (result.language, sound_of(result.language, phone.phone))
                counts[key] += 1
                if (heard := heard_instead(result.language, phone)) is not None:
                    instead[key][heard] += 1
    return tuple(
        PoorSound(*key, times, tuple(heard for heard, _times in instead[key].most_common(MOST_INSTEAD)))
        for key, times in counts.most_common(MOST)
    )


def well_said(said: Sequence[Assessed], answers: int) -> bool:
    """Whether nothing at all was wrong. answers: how many were asked for, those that did not come included."""
    judged = [of_answer(event.assessment, event.content) for event in said]
    return bool(judged) and len(said) == answers and all(isinstance(verdict, Right) for verdict in judged)
