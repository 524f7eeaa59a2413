"""Ear: hear a word, say which of two it was. What comes next, how hard it is, and what a learner's ear can do.

Difficulty follows the learner: a little harder after every right answer, four times as much easier after a wrong one,
so that four in five are right (weighted up-down: Kaernbach 1991). Contrasts are scheduled by FSRS, apart from calls;
those that the learner's own mouth or ear confuses come first.

Pure: an ear is a fold over exercises, and the same seed asks the same.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import fsrs

from trainer.drill.exercises import Exercise
from trainer.drill.memory import NIGHT, Card, Memory, due, reviewed
from trainer.languages import Language
from trainer.phrasebook.contrasts import Word, of_sounds
from trainer.scoring.assessment import Assessment
from trainer.scoring.points import FLAGGED

RIGHT = 0.8  # share of right answers that the difficulty holds
HARDER = 0.05  # of the way from plain to hardest, after a right answer
EASIER = HARDER * RIGHT / (1 - RIGHT)  # after a wrong one: the two balance where RIGHT are right
FIRST_STEPS, FASTER = 5, 2.0  # the first answers take larger steps, to come near soon
EASIEST_SNR, HARDEST_SNR = 30.0, -3.0  # dB of speech to noise at levels just above 0, and at 1
HARDEST_RADIO = 0.9  # strength of the radio at level 1
TRIALS = 20  # of a session that is not told otherwise
AT_ONCE = 3  # contrasts of a session
ENOUGH = 6  # answers of a day that make a review
GUESSING = 0.65  # share right, near level 0, below which nothing is held yet
GRADES = (0.1, 0.35, 0.7)  # mean levels of a day from which it is hard, good and easy
CONFUSED = 0.15  # share of a sound's tries that were heard as the other, from which the ear is asked,
MORE_THAN_ONCE = 1.2  # and so many of the recent ones: one may be the scorer's slip
DEAF = 0.2  # level below which a contrast that was tried ENOUGH is one that the ear confuses


@dataclass(frozen=True)
class Trial:
    """One question.

    Attributes:
        words: as they stand on the screen.
        answer: which is said (0 or 1).
        talker: by whom.
        level: how hard, from 0 (plain) to 1.
        seed: of its noise.
    """

    contrast: str
    words: tuple[Word, Word]
    answer: int
    talker: str
    level: float
    seed: int

    @property
    def snr(self) -> float | None:
        """Speech to noise in dB; None: no noise."""
        return None if self.level <= 0 else EASIEST_SNR + (HARDEST_SNR - EASIEST_SNR) * self.level

    @property
    def radio(self) -> float:
        """Strength of the radio's colour, 0 to 1."""
        return HARDEST_RADIO * self.level


@dataclass(frozen=True)
class Hearing:
    """How well an ear tells one contrast.

    Attributes:
        level: how hard the next question is, from 0 to 1.
        answers, right: ever.
        day: answers, right ones and the sum of levels since the last night.
        card: of FSRS.
        before: the card as it was the night before.
    """

    level: float = 0.0
    answers: int = 0
    right: int = 0
    day: tuple[int, int, float] = (0, 0, 0.0)
    card: Card | None = None
    before: Card | None = None
    last: datetime | None = None

    @property
    def confused(self) -> bool:
        """Enough was asked, and the plain words are still taken for one another."""
        return self.answers >= ENOUGH and self.level < DEAF


@dataclass(frozen=True)
class Ear:
    """What a learner's ear tells apart, by contrast of one language."""

    language: Language
    hearing: Mapping[str, Hearing] = field(default_factory=dict)

    def of(self, contrast: str) -> Hearing:
        return self.hearing.get(contrast, Hearing())


def ear(language: Language, exercises: Iterable[Exercise]) -> Ear:
    """From all that was done, in the order of time."""
    found = Ear(language)
    for exercise in exercises:
        if exercise.kind == "ear" and exercise.language == language:
            found = heard(found, exercise)
    return found


def heard(before: Ear, exercise: Exercise) -> Ear:
    """After one more answer."""
    known = before.of(exercise.item)
    level = exercise.details.get("level", known.level)
    asked = float(level) if isinstance(level, int | float) and 0 <= level <= 1 else known.level
    step = FASTER if known.answers < FIRST_STEPS else 1.0
    to = asked + HARDER * step if exercise.right else asked - EASIER * step
    rested = known.last is None or exercise.at - known.last >= NIGHT
    answers, right, levels = (0, 0, 0.0) if rested else known.day
    day = (answers + 1, right + exercise.right, levels + asked)
    card_before = known.card if rested else known.before
    card = known.card
    if day[0] >= ENOUGH:
        card = reviewed(card_before, _grade(*day), exercise.at)
    after = Hearing(
        level=min(1.0, max(0.0, to)), answers=known.answers + 1, right=known.right + exercise.right, day=day, card=card,
        before=card_before, last=exercise.at,
    )  # fmt: skip
    return replace(before, hearing={**before.hearing, exercise.item: after})


def confusions(memory: Memory, language: Language) -> dict[str, float]:
    """Contrasts that the learner's own mouth confuses, and in which share of a sound's tries; the worst first. Who does
    not say two sounds apart often does not hear them apart."""
    found: dict[str, float] = {}
    for phone, sound in memory.sounds.get(language, {}).items():
        for instead, mass in sound.confusions.items():
            known = of_sounds(language, phone, instead) if instead else None
            share = mass / sound.weight if sound.weight else 0.0
            if known and share >= CONFUSED and mass >= MORE_THAN_ONCE:
                found[known.id] = max(found.get(known.id, 0.0), share)
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def confused_in(assessment: Assessment, at: int) -> str | None:
    """The contrast of a word's worst sound with what was heard in its place; None where they are none, or no sound is
    amiss."""
    phone = min(assessment.words[at].phones, key=lambda phone: phone.score, default=None)
    if phone is None or phone.score >= FLAGGED or not phone.heard:
        return None
    known = of_sounds(assessment.language, phone.phone, phone.heard)
    return known.id if known else None


def next_contrasts(
    known: Ear, mouth: Mapping[str, float], there: Sequence[str], now: datetime, most: int = AT_ONCE
) -> tuple[str, ...]:
    """Which contrasts a session trains: those that the learner's mouth confuses (`mouth`, by share) or whose plain
    words their ear does, then those that are due, then new ones in the order of the list, then the rest, weakest first.
    there: contrasts that there are recordings of, in that order."""

    def place(contrast: str) -> tuple[float, float]:
        hearing = known.of(contrast)
        resting = hearing.card is not None and not due(hearing.card, now)
        if (contrast in mouth or hearing.confused) and not resting:
            return 0, -max(mouth.get(contrast, 0.0), 1 - hearing.level if hearing.confused else 0.0)
        if hearing.card is not None and not resting:
            return 1, hearing.level
        if not hearing.answers:
            return 2, there.index(contrast)
        return 3, hearing.level

    return tuple(sorted(there, key=place)[:most])


class Asking:
    """One session of questions about some contrasts, in turn, by all talkers: each is as hard as the ear can bear."""

    def __init__(
        self, known: Ear, chosen: Sequence[str], pairs: Mapping[str, Sequence[tuple[Word, Word]]],
        talkers: Mapping[tuple[str, str], Sequence[str]], seed: int,
    ) -> None:  # fmt: skip
        """pairs: of each contrast. talkers: who says both words of a pair."""
        self.ear = known
        self._chosen, self._pairs, self._talkers, self._draw = tuple(chosen), pairs, talkers, random.Random(seed)
        self._last: dict[str, tuple[str, str]] = {}
        self._asked = 0

    def next(self) -> Trial:
        contrast = self._chosen[self._asked % len(self._chosen)]
        self._asked += 1
        there = [pair for pair in self._pairs[contrast] if self._talkers.get(_texts(pair))]
        fresh = [pair for pair in there if _texts(pair) != self._last.get(contrast)]
        pair = self._draw.choice(fresh or there)
        self._last[contrast] = _texts(pair)
        shown = pair if self._draw.random() < 0.5 else (pair[1], pair[0])
        return Trial(
            contrast, shown, self._draw.randrange(2), self._draw.choice(list(self._talkers[_texts(pair)])),
            round(self.ear.of(contrast).level, 3), self._draw.randrange(2**31),
        )  # fmt: skip

    def answered(self, trial: Trial, chosen: int, at: datetime) -> Exercise:
        """What an answer leaves; the next questions know of it."""
        right = chosen == trial.answer
        said, other = trial.words[trial.answer], trial.words[1 - trial.answer]
        details: dict[str, str | float] = {
            "said": said.text, "other": other.text, "talker": trial.talker, "level": trial.level,
        }  # fmt: skip
        exercise = Exercise(at, "ear", self.ear.language, trial.contrast, 100.0 if right else 0.0, details)
        self.ear = heard(self.ear, exercise)
        return exercise


def _texts(pair: tuple[Word, Word]) -> tuple[str, str]:
    return pair[0].text, pair[1].text


def _grade(answers: int, right: int, levels: float) -> fsrs.Rating:
    """Four in five are always right, so it is the level that tells."""
    mean = levels / answers
    if mean < GRADES[0] and right / answers < GUESSING:
        return fsrs.Rating.Again
    return fsrs.Rating(2 + sum(mean >= least for least in GRADES[1:]))
