"""What the figures of a report add up to: progress, phases, weak sounds, stress. Pure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from trainer.drill.memory import EVIDENCE, WEAK
from trainer.languages import Language
from trainer.phones.inventory import inventory, sound_of
from trainer.reports.figures import CallFigures, DayFigures, SoundFigures, Tally

TRIES = int(EVIDENCE) + 2  # of a sound, below which a report says nothing of it
REDUCED = frozenset({"ə", "ɚ"})  # English vowels that are never stressed

Key = TypeVar("Key", bound=Hashable)
Row = TypeVar("Row", CallFigures, DayFigures)


def tallied(rows: Iterable[Row], key: Callable[[Row], Key]) -> dict[Key, Tally]:
    """The sums by whatever `key` says, in the order in which they first came."""
    found: dict[Key, Tally] = {}
    for row in rows:
        where = key(row)
        found[where] = found.get(where, Tally()) + row.tally
    return found


def week(day: date) -> date:
    """Its Monday."""
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True)
class SoundTally:
    """An expected sound, of any learners.

    Attributes:
        score: mean, 0-100.
        heard: what came instead ("": nothing), how often, most frequent first.
    """

    language: Language
    phone: str
    times: int
    score: float
    heard: tuple[tuple[str, int], ...]

    @property
    def weak(self) -> bool:
        return self.score < WEAK and self.times >= TRIES


def sounds(rows: Iterable[SoundFigures]) -> tuple[SoundTally, ...]:
    """Of several learners added up, the weakest first. Where stress is no part of a sound (English vowels) its marks
    are left out."""
    times: Counter[tuple[Language, str]] = Counter()
    score: defaultdict[tuple[Language, str], float] = defaultdict(float)
    heard: defaultdict[tuple[Language, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        key = row.language, sound_of(row.language, row.phone)
        times[key] += row.times
        score[key] += row.score
        for label, number in row.heard:
            label = label and sound_of(row.language, label)
            if label != key[1] and _can_be(row.language, key[1], label):
                heard[key][label] += number
    found = [
        SoundTally(
            *key, times[key], score[key] / times[key], tuple(sorted(heard[key].items(), key=lambda x: (-x[1], x[0])))
        )
        for key in times
    ]
    return tuple(sorted(found, key=lambda sound: (sound.score, sound.phone)))


def _can_be(language: Language, phone: str, label: str) -> bool:
    """A consonant heard for a vowel, or the reverse, is a neighbour that covered it."""
    known = inventory(language)
    return not label or phone not in known or label not in known or known[phone].kind == known[label].kind


@dataclass(frozen=True)
class Stress:
    """Of stressed vowels: how many were said as reduced ones; of reduced vowels: how many in full."""

    stressed: int
    lost: int
    reduced: int
    full: int


def stress(language: Language, rows: Iterable[SoundFigures]) -> Stress:
    stressed = lost = reduced = full = 0
    for row in rows:
        expected = _stressed(language, row.phone) if row.language == language else None
        if expected is None:
            continue
        instead = [(label, times) for label, times in row.heard if label]
        if expected:
            stressed += row.times
            lost += sum(times for label, times in instead if _reduced(language, label))
        else:
            reduced += row.times
            full += sum(times for label, times in instead if _full(language, label))
    return Stress(stressed, lost, reduced, full)


def _stressed(language: Language, phone: str) -> bool | None:
    """Whether a phone is a vowel with the stress, or one that stress never falls on; None for all else."""
    if language == "ru":
        return inventory("ru")[phone].stressed if phone in inventory("ru") else None
    if phone.startswith("ˈ"):
        return True
    return False if phone in REDUCED else None


def _reduced(language: Language, label: str) -> bool:
    return _stressed(language, label) is False


def _full(language: Language, label: str) -> bool:
    known = inventory(language)
    if language == "ru":
        return _stressed("ru", label) is True
    return label in known and known[label].kind == "vowel" and label not in REDUCED
