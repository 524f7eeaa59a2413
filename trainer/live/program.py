"""The running program, once: the book, the crew, what is due, drills, sounds, records.

Everything here may take its time (files, models, devices); screens call it from threads. It is loaded piece by piece,
when a piece is wanted first.
"""

import threading
import tomllib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from trainer.bundled import bundled
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trainer.audio.microphone import Microphone
    from trainer.audio.playback import Loudspeaker
    from trainer.drill.events import Event, Line
    from trainer.drill.memory import Memory, WeakSound
    from trainer.drill.plan import Mode, Plan, Seat
    from trainer.drill.schedule import Mastery
    from trainer.drill.session import State
    from trainer.live.scorer import Scorer
    from trainer.live.session_log import SessionLog
    from trainer.live.transceiver import Transceiver
    from trainer.phrasebook.phrase import Phrase, Phrasebook
    from trainer.records.store import Store
    from trainer.scoring.assessment import Assessment

Pace = Literal["real", "fast"]

MEASURED = 50  # reference readings that are remembered


@dataclass(frozen=True)
class Options:
    """How the console was started. mic, speaker: as `--mic` and `--speaker` name them; records: the store's URL, where
    not the usual one; keep: whether anything is kept at all; now: the wall clock, for what is due. who, first: somebody
    who signs on at once, for a drill of `mode` and `phase`."""

    mic: str | None = None
    speaker: str | None = None
    pace: Pace = "real"
    records: str | None = None
    keep: bool = True
    book: Path | None = None
    model: Path | None = None
    seed: int | None = None
    size: int | None = None
    who: str | None = None
    first: Language | None = None
    mode: "Mode" = "echo"
    phase: str | None = None
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))


@dataclass(frozen=True)
class Member:
    """Somebody of the crews, known before the book is read."""

    id: str
    name: dict[Language, str]
    role: dict[Language, str]
    station: Literal["apollo", "soyuz"]
    first: Language
    crew: str


@dataclass(frozen=True)
class PhaseRow:
    """A phase as the board shows it: due is the number of calls, mastery None where it has no calls for this seat."""

    id: str
    name: dict[Language, str]
    summary: dict[Language, str]
    get: float | None
    calls: int
    mastery: "Mastery | None"
    due: int
    reached: bool


@dataclass(frozen=True)
class Progress:
    """trend: per phase, the mean points of each day (date, points, answers); sounds: the weak ones; days: on which
    anything was drilled, oldest first."""

    trend: dict[str, list[tuple[datetime, float, int]]]
    sounds: "tuple[WeakSound, ...]"
    days: list[datetime]
    answers: int
    points: float | None


@dataclass(frozen=True, eq=False)
class Measured:
    """A reference reading as the scorer hears it, and its sound at 16 kHz."""

    assessment: "Assessment"
    samples: "NDArray[np.float32]"


@cache
def crew() -> tuple[Member, ...]:
    """The mission's crews, from the one small file that holds them: the first screen needs no more."""
    table = tomllib.loads((bundled("phrasebooks") / "astp" / "crew.toml").read_text(encoding="utf-8"))
    return tuple(
        Member(row["id"], row["name"], row["role"], row["station"], row["first"], row.get("crew", "prime"))
        for row in table["crew"]
    )


class Drill:
    """A drill that is open, with its sound: close it when it is left."""

    def __init__(self, transceiver: "Transceiver", seat: "Seat", stack: ExitStack) -> None:
        self.transceiver = transceiver
        self.seat = seat
        self._stack = stack

    @property
    def log(self) -> "SessionLog":
        return self.transceiver.log

    @property
    def state(self) -> "State":
        return self.transceiver.state

    def close(self) -> None:
        self._stack.close()


class Program:
    """One for the whole console; may be called from several threads."""

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self.who = ""
        self.first: Language = "en"
        self.name: str | None = None
        self.voice: Literal["woman", "man"] = "man"
        self.radio = 0.4
        self.relay_delay = 0.0
        self.speed = 1.0
        self.mic = self.options.mic
        self.speaker = self.options.speaker
        self._lock = threading.RLock()
        self._timings: OrderedDict[tuple[str, Language], Measured | None] = OrderedDict()

    # What is loaded once

    @cached_property
    def book(self) -> "Phrasebook":
        from trainer.phrasebook.load import load

        with self._lock:
            return load(self.options.book)

    @cached_property
    def scorer(self) -> "Scorer":
        from trainer.live.scorer import Scorer
        from trainer.phrasebook.lexicon import of_book
        from trainer.speech.choosing import phone_model

        book, path = self.book, self.options.book
        lexicons = of_book(path)
        with self._lock:
            return Scorer(book, phone_model(self.options.model), lexicons)

    @cached_property
    def store(self) -> "Store | None":
        """None where nothing is to be kept. Raises UserError for trouble with the records."""
        if not self.options.keep:
            return None
        from trainer.records import recordings
        from trainer.records.store import Store

        with self._lock:
            store = Store.open(self.options.records)
            recordings.purge(store)
            return store

    def warm(self) -> None:
        """Load what the next screens need, behind the first one; what goes wrong is told when it is really needed."""
        with suppress(UserError):
            _ = self.book
            import trainer.live.transceiver
            import trainer.transcript  # noqa: F401

            _ = self.scorer.model
            _ = self.store

    # Who is at the desk

    @property
    def signed_on(self) -> bool:
        return bool(self.who)

    def sign_on(self, who: str, first: Language, name: str | None = None, recordings: bool | None = None) -> None:
        """recordings: whether they may be kept (for 30 days); None: as it was said before."""
        self.who, self.first, self.name = who, first, name
        store = self.store
        if store is None:
            return
        seat = self.seat
        store.add_learner(seat.learner, seat.name, seat.first)
        if recordings is not None:
            store.consent(seat.learner, recordings, 30 if recordings else None)

    def consents(self, who: str) -> bool:
        """Whether a learner allowed to keep recordings before."""
        store = self.store
        if store is None or not any(learner.key == who for learner in store.learners()):
            return False
        return store.learner(who).recordings

    @property
    def seat(self) -> "Seat":
        member = next((member for member in crew() if member.id == self.who), None)
        return self.seat_of(self.who, None if member else self.first, self.name)

    def seat_of(self, who: str, first: Language | None = None, name: str | None = None) -> "Seat":
        """first: needed of somebody who is of no crew. Raises UserError."""
        from trainer.live import planning
        from trainer.messages import interface_language

        return planning.seat(self.book, who, first=first, name=name, interface=interface_language())

    def memory(self) -> "Memory":
        from trainer.drill.memory import Memory
        from trainer.live.learning import remembered

        store, seat = self.store, self.seat
        return remembered(store, seat.learner, seat.target) if store else Memory()

    # Drills

    def board(self) -> tuple[PhaseRow, ...]:
        """The phases in mission order, with what the learner has of them."""
        from trainer.drill.memory import due
        from trainer.drill.schedule import mastery, open_phases

        book, seat, memory, now = self.book, self.seat, self.memory(), self.options.now()
        calls: dict[str, list[str]] = {phase.id: [] for phase in book.phases}
        for phrase in book.phrases:
            if phrase.speaker in (seat.station, "any") or seat.station == "any":
                calls[phrase.phase].append(phrase.id)
        reached = open_phases(memory, seat.target, {phase: own for phase, own in calls.items() if own}, now)
        rows = []
        for phase in book.phases:
            own = calls[phase.id]
            cards = [card for call in own if (card := memory.call(seat.target, call))]
            rows.append(
                PhaseRow(
                    id=phase.id, name=_both(phase.name), summary=_both(phase.summary) if phase.summary else {},
                    get=book.get(phase.start_event), calls=len(own),
                    mastery=mastery(memory, seat.target, own, now) if own else None,
                    due=sum(due(card, now) for card in cards), reached=phase.id in reached,
                )
            )  # fmt: skip
        return tuple(rows)

    def plan(self, mode: "Mode", phase: str | None, *partner: "Seat") -> "Plan":
        """partner: who drills with the learner. Raises UserError where there is nothing to drill."""
        from trainer.live import planning

        return planning.plan(
            self.book, mode, [self.seat, *partner], self.options.now(), phase=phase, memory=self.memory(),
            seed=self.options.seed, size=self.options.size, path=self.options.book,
        )  # fmt: skip

    def open_drill(
        self, plan: "Plan", microphone: "Microphone | None" = None, *, keep: bool = True,
        events: "Sequence[Event]" = (),
    ) -> Drill:  # fmt: skip
        """A drill with its sound open, logged from its first event on. events: what has happened in it already.

        Raises UserError where the sound or the records cannot be had."""
        from trainer.audio.microphone import open_microphone
        from trainer.audio.playback import open_loudspeaker
        from trainer.drill.events import Opened
        from trainer.live import learning
        from trainer.live.session_log import SessionLog
        from trainer.live.transceiver import SoundClock, Transceiver, Voicing, WallClock

        store = self.store if keep else None
        pace = self.options.pace
        with ExitStack() as stack:
            microphone = stack.enter_context(microphone or open_microphone(self.mic, pace))
            loudspeaker: Loudspeaker = stack.enter_context(open_loudspeaker(self.speaker, pace))
            log = learning.kept_log(store, plan.session, events) if store else SessionLog(events=events)
            start = log.state.at
            transceiver = Transceiver(
                log, self.book, self.scorer, microphone, loudspeaker,
                SoundClock(start) if pace == "fast" else WallClock(start),
                voicing=Voicing(self.voice, self.radio, self.relay_delay, self.speed),
                words=self.scorer.words, keep=learning.keeper(store),
            )  # fmt: skip
            if not events:
                log.append(Opened(at=0.0, plan=plan))
            return Drill(transceiver, plan.seats[0], stack.pop_all())
        raise AssertionError  # for mypy: the stack suppresses nothing

    def measured(self, line: "Line") -> "Measured | None":
        """The reference reading of a call, scored like the learner's; None where there is none to be had."""
        key = (line.call, line.language)
        with self._lock:
            if key not in self._timings:
                self.know(line, self._measure(line))
            return self._timings[key]

    def know(self, line: "Line", measured: "Measured | None") -> None:
        """Remember a reference reading that was measured."""
        self._timings[line.call, line.language] = measured
        if len(self._timings) > MEASURED:
            self._timings.popitem(last=False)

    def _measure(self, line: "Line") -> "Measured | None":
        from trainer.audio.files import SAMPLE_RATE, Recording, resample
        from trainer.audio.reference import reading
        from trainer.drill import agenda

        found = reading(line.call, line.text, line.language, self.voice)
        if found is None:
            return None
        samples = resample(found.samples, found.rate, SAMPLE_RATE)
        try:
            phrase = agenda.find(self.book, line.call)
            assessment = self.scorer.score(Recording(samples, line.call, found.rate), phrase, line.language)
        except (UserError, KeyError):
            return None
        return Measured(assessment, samples)

    # Records

    def progress(self) -> Progress:
        from trainer.drill.memory import weak_sounds

        store, seat = self.store, self.seat
        days: dict[str, dict[datetime, list[float]]] = {}
        all_days: set[datetime] = set()
        points: list[float] = []
        for attempt in store.attempts(learner=seat.learner) if store else ():
            phrase = self.book.find(attempt.asked)
            phase = phrase.phase if phrase else attempt.phase or "numbers"
            day = attempt.at.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
            days.setdefault(phase, {}).setdefault(day, []).append(attempt.points)
            all_days.add(day)
            points.append(attempt.points)
        return Progress(
            trend={
                phase: [(day, sum(of) / len(of), len(of)) for day, of in sorted(by_day.items())]
                for phase, by_day in days.items()
            },
            sounds=weak_sounds(self.memory(), seat.target),
            days=sorted(all_days),
            answers=len(points),
            points=sum(points) / len(points) if points else None,
        )

    def let_hear(self, phrase: "Phrase", language: Language) -> bool:
        """Play the reference reading of a call, without any radio. False where there is none."""
        from trainer.audio.playback import open_loudspeaker
        from trainer.audio.reference import reading

        found = reading(phrase.id, phrase.text(language), language, self.voice)
        if found is None:
            return False
        with open_loudspeaker(self.speaker, self.options.pace) as loudspeaker:
            loudspeaker.play(found.samples, found.rate).wait()
            if loudspeaker.trouble:
                raise UserError(loudspeaker.trouble)
        return True

    def readings(self, phrase: "Phrase", language: Language) -> tuple[str, str]:
        """A call in IPA and in the letters of the other language; empty where nobody has transcribed a word."""
        from trainer.phrasebook.lexicon import for_book
        from trainer.phrasebook.reading import ipa, transliteration

        known = for_book(self.options.book, language)
        text = phrase.text(language)
        try:
            sounds = ipa(text, language, known)
        except UserError:
            sounds = ""
        return sounds, transliteration(text, language, known)

    def close(self) -> None:
        store = self.__dict__.get("store")
        if store is not None:
            store.close()


def spoken(lines: "Sequence[Line]", book: "Phrasebook") -> Iterator["Phrase"]:
    """The calls behind lines."""
    from trainer.drill import agenda

    for line in lines:
        with suppress(KeyError):
            yield agenda.find(book, line.call)


def _both(text: Any) -> dict[Language, str]:
    return {language: text[language] for language in LANGUAGES}
