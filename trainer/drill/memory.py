"""What a learner remembers: FSRS-6 over the calls of a language and, apart from them, over its sounds.

Pure: moments come in as time-aware datetimes, and a memory is never changed, a review gives a new one. It is a summary:
the same attempts in the same order always add up to the same memory, so it can be rebuilt from the records.

A call's card says whether the learner can produce the call; a sound's says how well the sound holds, in whatever call.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from math import ceil, floor
from typing import TYPE_CHECKING, Any

import fsrs

from trainer.languages import Language
from trainer.phones.inventory import sound_of
from trainer.scoring.assessment import Assessment, PhoneScore
from trainer.scoring.feedback import heard_instead
from trainer.scoring.points import PASS_MARK, share_above

if TYPE_CHECKING:
    from pydantic import TypeAdapter

SCHEMA = "ruston.memory/1"

RETENTION = 0.9  # a call is due when the probability of recalling it has fallen to this
HORIZON = timedelta(days=20)  # after which it shall still be known: the weeks between a lesson and the flight
NIGHT = timedelta(hours=12)  # reviews further apart than this lie on different days, wherever midnight is

# Points from which a grade is given. A call below the first was not got across; one that was got across in a strong
# accent is "hard": the sounds have cards of their own to see to that.
CALL_GRADES = (20.0, PASS_MARK, 95.0)  # hard, good, easy
AGAIN = float(fsrs.Rating.Again)
FAILED = float(fsrs.Rating.Hard)  # the best grade of an answer that clearly does not pass
WELL = (fsrs.Rating.Hard + fsrs.Rating.Good) / 2  # the grade of an answer that just passes

# One phone score is weak evidence. With the embedded model a sound said well scores 92 on average, 70 or less one time
# in ten; one that experts hear as wrong 60, 90 or more one time in five. A sound that goes wrong half of the time is at
# 75, then.
SOUND_GRADES = (65.0, 80.0, 92.0)
FADE = 0.97  # what a try still counts for after the next one: the mean is over about the last 30
MOST_A_CALL = 2.0  # tries that one call can count for: the same voice, microphone and word are not independent
PRIOR = 4.0  # tries that the learner's typical sound counts for in the estimate of one
PRIOR_A_DAY = 2.0  # tries that the score so far counts for in the grade of a day
EVIDENCE = 3.0  # tries without which nothing is said of a sound
WEAK = 85.0  # a weak sound is below this,
APART = 6.0  # and this far below the learner's typical sound
TYPICAL = 88.0  # score of a sound of which nothing is known, in a learner of whom nothing is known

DAY = timedelta(days=1)
_FSRS = fsrs.Scheduler(
    desired_retention=RETENTION, learning_steps=(), relearning_steps=(), maximum_interval=36500, enable_fuzzing=False
)  # no steps of minutes: within a session the session itself repeats what went wrong
_DECAY = -_FSRS.parameters[20]
_FACTOR = 0.9 ** (1 / _DECAY) - 1  # so that recall is 90 % after `stability` days


@dataclass(frozen=True)
class Card:
    """Memory of one thing.

    Attributes:
        stability: days until recall falls to 90 %.
        difficulty: 1 (easy) to 10.
        last: latest review.
        lapses: failed reviews.
        days: different days on which it was said well since it last clearly failed; None: an earlier program did not
            count.
        well: when the last of these days began.
    """

    stability: float
    difficulty: float
    last: datetime
    reviews: int = 1
    lapses: int = 0
    days: int | None = None
    well: datetime | None = None


@dataclass(frozen=True)
class SoundMemory:
    """What was heard of one sound. A day's evidence gives one review, done again as the day goes on.

    Attributes:
        score: mean of the recent tries, 0-100.
        weight: of how many recent tries that is worth.
        count: tries ever.
        confusions: how much of the weight was heard as something else, "" where left out.
        before: the card as it was before today.
        today: the day's evidence: its sum, and its weight.
    """

    score: float
    weight: float
    count: int
    confusions: Mapping[str, float]
    card: Card
    before: Card | None
    today: tuple[float, float]


@dataclass(frozen=True)
class Memory:
    """Everything that scheduling knows of a learner, by language drilled: cards by call id, sounds by phone.

    Attributes:
        overnight: of the recent reviews after a night, how many were recalled, and how many there were.
    """

    calls: Mapping[Language, Mapping[str, Card]] = field(default_factory=dict)
    sounds: Mapping[Language, Mapping[str, SoundMemory]] = field(default_factory=dict)
    overnight: Mapping[Language, tuple[float, float]] = field(default_factory=dict)
    schema: str = SCHEMA

    def call(self, language: Language, call: str) -> Card | None:
        return self.calls.get(language, {}).get(call)

    def sound(self, language: Language, phone: str) -> SoundMemory | None:
        return self.sounds.get(language, {}).get(sound_of(language, phone))


@dataclass(frozen=True)
class WeakSound:
    """A sound to be trained.

    Attributes:
        score: the careful estimate, 0-100.
        count: tries ever.
        confusions: what was heard instead ("" for nothing), and in which share of the recent tries, most frequent
            first.
    """

    phone: str
    score: float
    count: int
    confusions: tuple[tuple[str, float], ...]


def review(
    memory: Memory, call: str, assessment: Assessment, points: float, at: datetime, *, aided: bool = False
) -> Memory:
    """The memory after an attempt at a call. points: the score less what lateness cost. aided: the learner saw or heard
    the very words before (Echo, Read), which is no proof of knowing them by heart: at best "good".

    Something else said is a failed call and says nothing of the sounds. Raises ValueError for a time without zone.
    """
    said = assessment.verdict == "scored"
    grade = graded(points, CALL_GRADES) if said else AGAIN
    if aided:
        grade = min(grade, float(fsrs.Rating.Good))
    memory = _with_call(memory, assessment.language, call, grade, at)
    return _with_sounds(memory, assessment, at) if said else memory


def missed(memory: Memory, call: str, language: Language, at: datetime) -> Memory:
    """The memory after nobody answered."""
    return _with_call(memory, language, call, AGAIN, at)


def graded(points: float, grades: tuple[float, float, float]) -> float:
    """A grade of FSRS, 1 (again) to 4 (easy), between two of them near the points from which the better is given.
    grades: the points from which it is hard, good and easy."""
    return AGAIN + sum(share_above(points, least) for least in grades)


def recall(card: Card | None, now: datetime) -> float:
    """The probability of recall, by FSRS's power law, 0 for what was never tried. Unlike py-fsrs, which counts whole
    days, this falls by the minute."""
    if card is None:
        return 0.0
    return float((1 + _FACTOR * max(0.0, (now - card.last) / DAY) / card.stability) ** _DECAY)


def retained(memory: Memory, language: Language) -> float:
    """The share of calls that this learner still knows when they come again, of late."""
    recalled, tries = memory.overnight.get(language, (0.0, 0.0))
    return (PRIOR * RETENTION + recalled) / (PRIOR + tries)


def gain(card: Card, now: datetime) -> float:
    """What a review now adds to the probability of recall HORIZON later, by FSRS. Small for what is still fresh, and
    for what a review can hardly save: reviewing the least certain first spends the time on the hardest calls."""
    later, certain = now + HORIZON, recall(card, now)
    with_success = recall(reviewed(card, fsrs.Rating.Good, now), later)
    with_failure = recall(reviewed(card, AGAIN, now), later)
    return certain * with_success + (1 - certain) * with_failure - recall(card, later)


def due(card: Card, now: datetime) -> bool:
    return recall(card, now) <= RETENTION


def typical(memory: Memory, language: Language) -> float:
    """The score of this learner's typical sound."""
    known = memory.sounds.get(language, {}).values()
    weight = sum(sound.weight for sound in known)
    return (PRIOR * TYPICAL + sum(sound.score * sound.weight for sound in known)) / (PRIOR + weight)


def level(sound: SoundMemory, typical: float) -> float:
    """A careful estimate of how well a sound is said: the fewer the tries, the closer to the typical sound."""
    return (PRIOR * typical + sound.weight * sound.score) / (PRIOR + sound.weight)


def weak_below(typical: float) -> float:
    """The level below which a sound is weak in a learner whose typical sound is at this level."""
    return min(WEAK, typical - APART)


def weak_sounds(memory: Memory, language: Language, most: int | None = None) -> tuple[WeakSound, ...]:
    """The sounds that are weak on enough evidence, the weakest first."""
    usual = typical(memory, language)
    least = weak_below(usual)
    found = [
        WeakSound(phone, level(sound, usual), sound.count, _shares(sound))
        for phone, sound in memory.sounds.get(language, {}).items()
        if sound.weight >= EVIDENCE and level(sound, usual) < least
    ]
    return tuple(sorted(found, key=lambda weak: (weak.score, weak.phone))[:most])


def to_dict(memory: Memory) -> dict[str, Any]:
    """JSON-able; `from_dict` gives an equal memory."""
    plain: dict[str, Any] = _adapter().dump_python(memory, mode="json")
    return plain


def from_dict(plain: Mapping[str, Any]) -> Memory:
    """Raises pydantic.ValidationError for anything that is not a memory."""
    return _adapter().validate_python(plain)


@cache
def _adapter() -> "TypeAdapter[Memory]":
    from pydantic import TypeAdapter

    return TypeAdapter(Memory)


def _with_call(memory: Memory, language: Language, call: str, grade: float, at: datetime) -> Memory:
    cards = memory.calls.get(language, {})
    before = cards.get(call)
    memory = replace(memory, calls={**memory.calls, language: {**cards, call: reviewed(before, grade, at)}})
    if before is None or at - before.last < NIGHT:
        return memory
    recalled, tries = memory.overnight.get(language, (0.0, 0.0))
    counted = (FADE * recalled + min(1.0, grade - AGAIN), FADE * tries + 1.0)
    return replace(memory, overnight={**memory.overnight, language: counted})


def _with_sounds(memory: Memory, assessment: Assessment, at: datetime) -> Memory:
    language = assessment.language
    tries: defaultdict[str, list[PhoneScore]] = defaultdict(list)
    for word in assessment.words:
        for phone in word.phones:
            tries[sound_of(language, phone.phone)].append(phone)
    known = memory.sounds.get(language, {})
    usual = typical(memory, language)
    heard = {phone: _heard(known.get(phone), language, scores, usual, at) for phone, scores in tries.items()}
    return replace(memory, sounds={**memory.sounds, language: {**known, **heard}})


def _heard(
    sound: SoundMemory | None, language: Language, tries: list[PhoneScore], usual: float, at: datetime
) -> SoundMemory:
    score = sum(phone.score for phone in tries) / len(tries)
    weight = min(float(len(tries)), MOST_A_CALL)
    instead: defaultdict[str, float] = defaultdict(float)
    for phone in tries:
        if (label := heard_instead(language, phone)) is not None:
            instead[label and sound_of(language, label)] += weight / len(tries)
    if sound is None:
        return SoundMemory(
            score=score, weight=weight, count=len(tries), confusions=dict(instead), before=None,
            card=reviewed(None, graded(_mix(usual, PRIOR_A_DAY, score, weight), SOUND_GRADES), at),
            today=(score * weight, weight),
        )  # fmt: skip
    at = max(at, sound.card.last)
    kept = FADE**weight
    for label, mass in sound.confusions.items():
        instead[label] += mass * kept
    same_day = at - sound.card.last < NIGHT
    before = sound.before if same_day else sound.card
    total, tried = sound.today if same_day else (0.0, 0.0)
    today = (total + score * weight, tried + weight)
    grade = graded(_mix(level(sound, usual), PRIOR_A_DAY, today[0] / today[1], today[1]), SOUND_GRADES)
    return SoundMemory(
        score=_mix(sound.score, sound.weight * kept, score, weight), weight=sound.weight * kept + weight,
        count=sound.count + len(tries), confusions=dict(instead), before=before, card=reviewed(before, grade, at),
        today=today,
    )  # fmt: skip


def _mix(a: float, weight_a: float, b: float, weight_b: float) -> float:
    return (a * weight_a + b * weight_b) / (weight_a + weight_b)


def _shares(sound: SoundMemory) -> tuple[tuple[str, float], ...]:
    shares = ((label, mass / sound.weight) for label, mass in sound.confusions.items())
    return tuple(sorted(shares, key=lambda pair: (-pair[1], pair[0])))


def reviewed(card: Card | None, grade: float, at: datetime) -> Card:
    """The card after a review. Between two grades it lies between the cards after either. A time before the last review
    (a clock set back) counts as the time of that review."""
    worse, share = _reviewed(card, floor(grade), at), grade - floor(grade)
    found = worse
    if share:
        better = _reviewed(card, ceil(grade), at)
        found = replace(
            better if share >= 0.5 else worse, stability=worse.stability ** (1 - share) * better.stability**share,
            difficulty=(1 - share) * worse.difficulty + share * better.difficulty,
        )  # fmt: skip
    days, well = _said_well(card, grade, found)
    return replace(found, days=days, well=well)


def _said_well(card: Card | None, grade: float, now: Card) -> tuple[int, datetime | None]:
    """On how many different days, and when the last of them began. now: the card after this review."""
    if card is None:
        days, well = 0, None
    elif card.days is None:
        days, well = card.reviews - card.lapses, card.last
    else:
        days, well = card.days, card.well
    if grade <= FAILED:
        return 0, None
    if grade >= WELL and (well is None or now.last - well >= NIGHT):
        return days + 1, now.last
    return days, well


def _reviewed(card: Card | None, grade: int, at: datetime) -> Card:
    if at.tzinfo is None:
        raise ValueError("a review needs a time with its zone")
    at = at.astimezone(UTC)
    if card is None:
        new = fsrs.Card(card_id=1, due=at)
    else:
        at = max(at, card.last.astimezone(UTC))
        # py-fsrs counts whole days, rounded down; a drill at eight in the evening and one at seven the next are a
        # night apart, too, so the days are rounded here.
        days = int((at - card.last) / DAY + 0.5)
        new = fsrs.Card(1, fsrs.State.Review, None, card.stability, card.difficulty, at, at - days * DAY)
    new, _log = _FSRS.review_card(new, fsrs.Rating(grade), at)
    assert new.stability is not None
    assert new.difficulty is not None
    return Card(
        stability=new.stability,
        difficulty=new.difficulty,
        last=at,
        reviews=card.reviews + 1 if card else 1,
        lapses=(card.lapses if card else 0) + (grade == AGAIN),
    )
