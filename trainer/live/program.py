"""The running program, once: the book, the crew, what is due, drills, sounds, records.

Everything here may take its time (files, models, devices); screens call it from threads. It is loaded piece by piece,
when a piece is wanted first.
"""

import gc
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _
from trainer.messages import interface_language
from trainer.phrasebook.crew import crew_rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trainer.audio.loudspeaker import Loudspeaker
    from trainer.audio.microphone import Microphone
    from trainer.audio.reference import ReferenceClip, Voice, Voices
    from trainer.drill.events import Event, Line
    from trainer.drill.exercises import Exercise, Kind
    from trainer.drill.memory import Memory
    from trainer.drill.offers import Offer
    from trainer.drill.plan import Mode, Plan, Seat
    from trainer.drill.schedule import Held
    from trainer.drill.session import State
    from trainer.identity import Person, Recognition
    from trainer.live.board import PhaseRow, Progress
    from trainer.live.scorer import Scorer
    from trainer.live.session_log import SessionLog
    from trainer.live.today import Today
    from trainer.live.transceiver import Transceiver, Voicing
    from trainer.phrasebook.phrase import Phrase, Phrasebook
    from trainer.phrasebook.record import Bilingual
    from trainer.reader import Reader
    from trainer.records.inbox import Comment, Inbox
    from trainer.records.store import Store
    from trainer.scoring.assessment import Assessment
    from trainer.speakers import Speaker

Pace = Literal["real", "fast"]

TRIES = 3  # at a live microphone a call that could not be scored is asked for again
RETENTION_DAYS = 30  # for which recordings are kept where somebody agrees at the console
MEASURED = 50  # reference readings that are remembered


@dataclass(frozen=True)
class Options:
    """How the program was started.

    Attributes:
        mic: as `--mic` names it; None: what the settings say, else the default device.
        speaker: as `--speaker` names it, likewise.
        pace: whether recordings play in real time, or as fast as the computer can.
        tries: recordings of a turn that cannot be scored until it counts as missed, where nobody else says so.
        records: the store's URL, where it is not the usual one.
        keep: whether anything is kept at all.
        book: a phrasebook instead of the mission's.
        model: folder of another phone model.
        threads: of the phone model; None: as many as do it good.
        seed: draws the same calls again.
        size: calls of a drill.
        who: somebody who signs on at once, for a drill of `mode` and `phase`.
        first: their first language.
        name: how they are called.
        station: whose calls they say, where it is not their own's.
        mode: of that drill.
        phase: of that drill.
        listed: that drill is of the calls on their own list.
        pass_mark: of drills, where it is not the usual one.
        now: the wall clock, for what is due.
    """

    mic: str | None = None
    speaker: str | None = None
    pace: Pace = "real"
    tries: int = TRIES
    records: str | None = None
    keep: bool = True
    book: Path | None = None
    model: Path | None = None
    threads: int | None = None
    seed: int | None = None
    size: int | None = None
    who: str | None = None
    first: Language | None = None
    name: str | None = None
    station: "Speaker | None" = None
    mode: "Mode" = "echo"
    phase: str | None = None
    listed: bool = False
    pass_mark: float | None = None
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

    @property
    def aboard(self) -> str:
        """What they are on board."""
        return self.role[interface_language()] + (_(", backup") if self.crew == "backup" else "")


@dataclass(frozen=True, eq=False)
class Measured:
    """A reference reading as the scorer hears it.

    Attributes:
        samples: its sound, 16 kHz.
    """

    assessment: "Assessment"
    samples: "NDArray[np.float32]"


@dataclass(frozen=True)
class Acquaintance:
    """Somebody whom the records know.

    Attributes:
        days: since their last drill, None before the first.
        recordings: whether they agreed that recordings are kept.
        retention_days: and for how long.
    """

    key: str
    name: str
    first: Language
    crew: str | None
    days: int | None
    recordings: bool
    retention_days: int | None


@cache
def crew() -> tuple[Member, ...]:
    """The mission's crews, from the one small file that holds them: the first screen needs no more."""
    return tuple(
        Member(row["id"], row["name"], row["role"], row["station"], row["first"], row.get("crew", "prime"))
        for row in crew_rows()
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
    """One, whatever is in front of it: console or command. May be called from several threads.

    Attributes:
        who: key of whoever is signed on, "" for nobody.
        first: their first language.
        name: as they want to be called; None: as the crews say.
        letters: whether they see the other alphabet in letters of their own, too.
        voices: which reading is preferred in each language.
        radio: how strong its colour is, 0 to 1.
        relay_delay: by way of the satellite, s.
        speed: of the readings; 1 is as recorded.
        compare: whether, after a score, its worst word is heard twice: as it should be, and as it was said.
        mic: as `--mic` names it.
        speaker: as `--speaker` names it.
    """

    def __init__(self, options: Options | None = None, tell: Callable[[str], None] = lambda trouble: None) -> None:
        """tell: shows a line of trouble; from any thread."""
        self.options = options or Options()
        self._front = tell
        self._told: set[str] = set()
        self.who = ""
        self.first: Language = "en"
        self.name: str | None = None
        self.letters = False
        self._listed: tuple[str, ...] = ()  # calls on one's own list, where nothing is kept
        self._asked: dict[str, bool] = {}  # who said so in this run, where nothing is kept
        self.voices: Voices = {"en": "man", "ru": "man"}
        self.radio = 0.4
        self.relay_delay = 0.0
        self.speed = 1.0
        self.compare = False
        self.mic = self.options.mic
        self.speaker = self.options.speaker
        self._lock = threading.RLock()
        self._timings: OrderedDict[tuple[str, Language, Voice], Measured | None] = OrderedDict()

    def tell(self, trouble: str, *, anew: bool = False) -> None:
        """Whoever sits in front hears what went wrong while the drill goes on: records not written, events passed over,
        a device lost, a recording not kept, another recogniser. One line, once a drill, from any thread. anew: it was
        well again meanwhile."""
        if anew or trouble not in self._told:
            self._told.add(trouble)
            self._front(trouble)

    def has_told(self, trouble: str) -> bool:
        return trouble in self._told

    # What is loaded once

    @cached_property
    def book(self) -> "Phrasebook":
        from trainer.phrasebook.load import load

        with self._lock:
            return load(self.options.book)

    def choose_book(self, name: str) -> None:
        """Take up one of the program's books, by its name; what belongs to the one before is let go."""
        from trainer.phrasebook.books import located

        with self._lock:
            self.options = replace(self.options, book=located(Path(name)))
            self._timings.clear()
            for loaded in ("book", "scorer"):
                self.__dict__.pop(loaded, None)

    @cached_property
    def scorer(self) -> "Scorer":
        from trainer.live.scorer import Scorer
        from trainer.phrasebook.lexicon import of_book
        from trainer.speech.choosing import phone_model

        book, path = self.book, self.options.book
        lexicons = of_book(path)
        with self._lock:
            return Scorer(book, phone_model(self.options.model, self.options.threads), lexicons)

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
            if self.options.book:
                from trainer.records.own_calls import carry_over

                carry_over(store, self.book)
            return store

    def warm(self) -> None:
        """Load what the next screens need, behind the first one; what goes wrong is told when it is really needed."""
        with suppress(UserError):
            _ = self.book
            import trainer.live.transceiver
            import trainer.wording  # noqa: F401

            _ = self.scorer.model
            _ = self.store

    # Who is at the desk

    @property
    def signed_on(self) -> bool:
        return bool(self.who)

    def sign_on(
        self, who: str, first: Language, name: str | None = None, recordings: bool | None = None,
        letters: bool | None = None,
    ) -> None:  # fmt: skip
        """who: the key. Of somebody known nothing changes but what is said here. recordings: whether they may be kept
        from now on; letters: whether the other alphabet is shown in their own, too; None: as it was said before."""
        store = self.store
        known = store.known(who) if store else None
        self.who, self.first, self.name = (who, known.first, known.name) if known else (who, first, name)
        self.letters = bool(self._letters_of(who)) if letters is None else letters
        if store is None:
            self._asked[who] = self.letters
            return
        seat = self.seat
        if known is None:
            store.add_learner(seat.learner, seat.name, seat.first)
        self.name = self.name or seat.name
        if letters is not None:
            store.show_letters(seat.learner, letters)
        if recordings is not None and recordings != (known is not None and known.recordings):
            store.consent(seat.learner, recordings, RETENTION_DAYS if recordings else None)

    def show_letters(self, letters: bool) -> None:
        """Whether whoever is signed on sees the other alphabet in letters of their own, too. Raises UserError."""
        self.letters = letters
        if self.store and self.signed_on:
            self.store.show_letters(self.who, letters)

    def knows_letters(self, who: str) -> bool:
        """Whether somebody (by key) has said before if they read the other alphabet. Raises UserError."""
        return self._letters_of(who) is not None

    def _letters_of(self, who: str) -> bool | None:
        """None: they were never asked."""
        if who in self._asked:
            return self._asked[who]
        if self.store is None or (known := self.store.known(who)) is None:
            return None
        from trainer.live.addressee import letters_of

        return letters_of(known)

    def reader(self, seat: "Seat | None" = None) -> "Reader":
        """To whom things are said: whoever is signed on, or who has this seat."""
        from trainer.reader import Reader

        if seat is None or seat.learner == self.who:
            return Reader(self.first, self.letters, self.options.book)
        return Reader(seat.first, bool(self._letters_of(seat.learner)), self.options.book)

    @property
    def crew(self) -> tuple[Member, ...]:
        """The crews of the book: of a book of one's own, its own ones or none. Raises UserError."""
        if self.options.book is None:
            return crew()
        return tuple(
            Member(one.id, _both(one.name), _both(one.role), one.station, one.first, one.crew) for one in self.book.crew
        )

    @property
    def new_here(self) -> bool:
        """Whether nothing was kept here before: then nobody is known, which takes no database to say. Raises
        UserError."""
        from trainer.records.place import place

        found = place(self.options.records)
        return not self.options.keep or (isinstance(found, Path) and not found.exists())

    def acquaintances(self) -> tuple[Acquaintance, ...]:
        """Whom the records know of this machine's people, the last one first. Raises UserError."""
        from trainer.identity import PARTNER

        if self.store is None:
            return ()
        today = self.options.now().astimezone().date()

        def ago(last: datetime | None) -> int | None:
            return max(0, (today - last.astimezone().date()).days) if last else None

        return tuple(
            Acquaintance(one.key, one.name, one.first, one.crew, ago(last), one.recordings, one.retention_days)
            for one, last in self.store.acquaintances()
            if not one.key.startswith(PARTNER)
        )

    def people(self) -> "tuple[Person, ...]":
        """Whom a name can mean: of the records, then of the crews."""
        from trainer.live import planning

        return planning.everybody(self.book, self._recorded())

    def _recorded(self) -> "tuple[Person, ...]":
        """Of the records, whether or not anything is kept there now."""
        return _own(self.store) if self.store else self._recorded_before

    @cached_property
    def _recorded_before(self) -> "tuple[Person, ...]":
        """Where nothing is kept nobody comes to be known, either."""
        from trainer.records.store import Store

        with suppress(UserError), Store.open(self.options.records, read_only=True) as store:
            return _own(store)
        return ()

    def recognise(self, name: str) -> "Recognition":
        from trainer.identity import recognise

        return recognise(name, self.people())

    @property
    def seat(self) -> "Seat":
        asked = self.options
        return self.seat_of(self.who, self.first, self.name, asked.station if self.who == asked.who else None)

    def seat_of(
        self, who: str, first: Language | None = None, name: str | None = None, station: "Speaker | None" = None,
        newcomer: bool = False,
    ) -> "Seat":  # fmt: skip
        """Somebody by key or name. first: needed of somebody who is not known. name: where `who` is certainly the key.
        Raises UserError, Doubtful where a name may mean one or another."""
        from trainer.live import planning

        return planning.seat(
            self.book, who, first=first, name=name, station=station, interface=interface_language(),
            people=() if name else self._recorded(), newcomer=newcomer,
        )  # fmt: skip

    def memory(self, seat: "Seat | None" = None) -> "Memory":
        """What the scheduler knows of a seat's learner; of whoever is signed on."""
        from trainer.drill.memory import Memory
        from trainer.live.learning import remembered

        store, seat = self.store, seat or self.seat
        return remembered(store, seat.learner, seat.target) if store else Memory()

    # Drills

    def board(self) -> "tuple[PhaseRow, ...]":
        """The phases in mission order, with what the learner has of them."""
        from trainer.live.board import board

        return board(self.book, self.seat, self.memory(), self.options.now())

    def today(self, phases: "Sequence[PhaseRow]") -> "Today":
        """What there is to do for whoever is signed on. phases: their board."""
        from trainer.live.today import today

        path, seat = self.options.book, self.seat
        book = str(path.absolute()) if path else None
        return today(self.memory(), seat.target, phases, self.store, seat.learner, book, self.options.now())

    def offers(self) -> "tuple[Offer, ...]":
        """Exercises that whoever is signed on needs beside calls."""
        from trainer.drill.ear import ear
        from trainer.drill.offers import offers

        seat = self.seat
        hearing = ear(seat.target, self.exercises(seat))
        return offers(self.memory(), seat.target, hearing, self.options.now())

    def exercises(self, seat: "Seat", kind: "Kind | None" = None) -> "Iterator[Exercise]":
        """What a seat's learner did beside calls in the language of the seat, in the order of time: nothing where
        nothing is kept. kind: only of this one."""
        if self.store is not None:
            yield from (exercise for _who, exercise in self.store.exercises(seat.learner, seat.target, kind))

    def plan(
        self, mode: "Mode", phase: str | None, *partner: "Seat", seat: "Seat | None" = None,
        pass_mark: float | None = None,
    ) -> "Plan":  # fmt: skip
        """seat: who is drilled, where that is not whoever is signed on; partner: who drills along. Raises UserError
        where there is nothing to drill."""
        from trainer.live import planning

        seat = seat or self.seat
        return planning.plan(
            self.book, mode, [seat, *partner], self.options.now(), phase=phase, memory=self.memory(seat),
            seed=self.options.seed, size=self.options.size, path=self.options.book,
            pass_mark=self.options.pass_mark if pass_mark is None else pass_mark,
        )  # fmt: skip

    def plan_call(self, call: str) -> "Plan":
        """A drill of one call. Raises UserError for one that is not to be said by whoever is signed on."""
        from trainer.live import planning

        return planning.these_calls(self.book, self.seat, (call,), self.options.now(), self.options.book)

    def listed(self, seat: "Seat | None" = None) -> tuple[str, ...]:
        """The calls of this book on somebody's own list, in the order in which they were put there."""
        seat = seat or self.seat
        kept = self.store.listed(seat.learner) if self.store else self._listed or self._listed_before(seat)
        return tuple(call for call in kept if self.book.find(call))

    def _listed_before(self, seat: "Seat") -> tuple[str, ...]:
        """Of the records, where nothing is kept there now."""
        from trainer.records.store import Store

        with suppress(UserError), Store.open(self.options.records, read_only=True) as store:
            return tuple(store.listed(seat.learner))
        return ()

    def put_on_list(self, call: str, seat: "Seat | None" = None) -> None:
        """Raises UserError."""
        if self.store:
            self.store.put_on_list(seat or self.seat, call)
        else:
            self._listed = (*(one for one in self._listed if one != call), call)

    def take_off_list(self, call: str, seat: "Seat | None" = None) -> None:
        """Raises UserError."""
        if self.store:
            self.store.take_off_list((seat or self.seat).learner, call)
        else:
            self._listed = tuple(one for one in self._listed if one != call)

    def plan_listed(self, seat: "Seat | None" = None, mode: "Mode" = "read") -> "Plan":
        """A drill of the calls on somebody's own list. Raises UserError where there are none of theirs to say."""
        from trainer.live import planning

        seat = seat or self.seat
        calls = self.listed(seat)
        if not calls:
            raise UserError(
                _("no call is on your list yet. ^T in the phrasebook puts one there, or `ruston own-list ID`.")
            )
        return planning.these_calls(
            self.book,
            seat,
            calls,
            self.options.now(),
            self.options.book,
            mode,
            self.options.size,
            self.options.pass_mark,
        )

    def held(self) -> "dict[str, Held]":
        """How each call that is to be said by whoever is signed on sits; empty where there are none."""
        from trainer.drill import agenda
        from trainer.drill.schedule import held

        if not self.signed_on:
            return {}
        memory, seat, now = self.memory(), self.seat, self.options.now()
        own: tuple[Phrase, ...] = ()
        with suppress(UserError):
            own = agenda.calls(self.book, "read", seat)
        return {phrase.id: held(memory, seat.target, phrase.id, now) for phrase in own}

    def plan_again(self, plan: "Plan", failed: "Sequence[tuple[str, str]]") -> "Plan":
        """A drill of those calls of another one alone (seat and call)."""
        from trainer.live import planning

        return planning.again(plan, failed, self.options.now())

    def open_drill(
        self, plan: "Plan", microphone: "Microphone | None" = None, *, keep: bool = True,
        events: "Sequence[Event]" = (), watched: "Callable[[SessionLog], object]" = lambda log: None,
    ) -> Drill:  # fmt: skip
        """A drill with its sound open, logged from its first event on. events: what has happened in it already.
        watched: whoever wants to follow its log from the first event on.

        Raises UserError where the sound or the records cannot be had."""
        from trainer.drill.events import Opened
        from trainer.live import learning
        from trainer.live.session_log import SessionLog
        from trainer.live.transceiver import SoundClock, Transceiver, WallClock

        self._told.clear()
        store = self.store if keep else None
        with ExitStack() as stack:
            microphone, loudspeaker = self.open_sound(stack, microphone)
            log = (
                learning.kept_log(store, plan.session, events, self.options.now) if store else SessionLog(events=events)
            )
            start = log.state.at
            transceiver = Transceiver(
                log, self.book, self.scorer, microphone, loudspeaker,
                WallClock(start) if self.in_real_time else SoundClock(start),
                voicing=self.voicing, words=self.scorer.words, keep=learning.keeper(store, self.tell),
                live=self.in_real_time, tell=self.tell,
            )  # fmt: skip
            watched(log)
            if not events:
                log.append(Opened(at=0.0, plan=plan))
            _all_is_loaded()
            return Drill(transceiver, plan.seats[0], stack.pop_all())
        raise AssertionError  # for mypy: the stack suppresses nothing

    # Sound

    @property
    def in_real_time(self) -> bool:
        """Whether time goes by as for people; else as fast as the recordings can be listened to."""
        return self.options.pace == "real"

    @property
    def voicing(self) -> "Voicing":
        from trainer.live.transceiver import Voicing

        return Voicing(self.voices, self.radio, self.relay_delay, self.speed)

    def open_sound(self, stack: ExitStack, microphone: "Microphone | None" = None) -> "tuple[Microphone, Loudspeaker]":
        """The microphone and the loudspeaker, until the stack is closed. microphone: instead of the chosen one.

        Raises UserError where what was asked for cannot be had."""
        from trainer.audio.doors import open_microphone
        from trainer.audio.recorded_microphone import RecordedMicrophone

        microphone = stack.enter_context(microphone or open_microphone(self.mic, self.options.pace))
        if isinstance(microphone, RecordedMicrophone):
            microphone.know(self._id_of)
        return microphone, self.open_loudspeaker(stack)

    def _id_of(self, name: str) -> str | None:
        call = self.book.named(name)
        return call.id if call else None

    def open_loudspeaker(self, stack: ExitStack) -> "Loudspeaker":
        from trainer.audio.doors import open_loudspeaker

        speaker = self.speaker or (None if self.in_real_time else "mute")
        loudspeaker: Loudspeaker = stack.enter_context(open_loudspeaker(speaker, self.options.pace))
        if loudspeaker.trouble:
            self.tell(loudspeaker.trouble)
        return loudspeaker

    def measured(self, line: "Line", voice: "Voice | None" = None) -> "Measured | None":
        """The reference reading of a call, scored like the learner's; None where there is none to be had. voice: that
        which is preferred unless said otherwise."""
        voice = voice or self.voices[line.language]
        with self._lock:
            if (line.call, line.language, voice) not in self._timings:
                self.know(line, self._measure(line, voice), voice)
            return self._timings[line.call, line.language, voice]

    def know(self, line: "Line", measured: "Measured | None", voice: "Voice | None" = None) -> None:
        """Remember a reference reading that was measured."""
        self._timings[line.call, line.language, voice or self.voices[line.language]] = measured
        if len(self._timings) > MEASURED:
            self._timings.popitem(last=False)

    def _measure(self, line: "Line", voice: "Voice") -> "Measured | None":
        from trainer.audio.recording import SAMPLE_RATE, Recording, resample
        from trainer.audio.reference import reading
        from trainer.drill import agenda

        found = reading(line.call, line.text, line.language, voice)
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

    def inbox(self) -> "Inbox":
        """What is asked of whoever is signed on, and what was said to them since they last looked."""
        from trainer.phrasebook.phases import Phases
        from trainer.records.inbox import Inbox, inbox

        store = self.store
        return inbox(store, Phases.of(self.book), self.who, self.options.now()) if store else Inbox((), ())

    def comments(self, session: str | None = None) -> "tuple[Comment, ...]":
        """What was said to whoever is signed on, the newest first. session: only of this one."""
        from trainer.records.inbox import comments

        return comments(self.store, self.who, session) if self.store else ()

    def points_before(self, plan: "Plan") -> dict[tuple[str, str], float]:
        """Of seats and calls, the last time before this drill."""
        if (store := self.store) is None:
            return {}
        return {
            (seat.id, call): points
            for seat in plan.seats
            for call, points in store.last_points(seat.learner, seat.target, plan.session).items()
        }

    def kept_recordings(self, session: str) -> dict[str, Path]:
        """Those that may be heard, by what the events of the session call them."""
        from trainer.records.recordings import of_session

        return of_session(self.store, session, self.options.now()) if self.store else {}

    def show_comments(self) -> None:
        """Note that all of them were read."""
        from trainer.records.inbox import show_comments

        if self.store:
            show_comments(self.store, self.who)

    def progress(self) -> "Progress":
        from trainer.live.board import progress

        store, seat = self.store, self.seat
        return progress(self.book, seat, self.memory(), store.attempts(learner=seat.learner) if store else ())

    def let_hear(self, phrase: "Phrase", language: Language) -> bool:
        """Play the reference reading of a call, without any radio. False where there is none."""
        found = self.reference(phrase, language)
        if found is not None:
            self.play((found.samples, found.rate))
        return found is not None

    def reference(self, phrase: "Phrase", language: Language) -> "ReferenceClip | None":
        """The reading that this learner prefers."""
        from trainer.audio.reference import reading

        return reading(phrase.id, phrase.text(language), language, self.voices[language])

    def play(self, *sounds: "tuple[NDArray[np.float32], int]") -> None:
        """One after another, as they are: samples, and their rate in Hz. Raises UserError."""
        from trainer.audio.doors import open_loudspeaker

        with open_loudspeaker(self.speaker, self.options.pace) as loudspeaker:
            for sound in sounds:
                loudspeaker.play(*sound).wait()
            if loudspeaker.trouble:
                raise UserError(loudspeaker.trouble)

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


@cache
def _all_is_loaded() -> None:
    """Book, lexicons and models stay until the program ends. Python's collector would look through them over and over,
    a tenth of a second each time in which no thread runs, and mostly while a score is made and drawn."""
    gc.collect()
    gc.freeze()


def spoken(lines: "Sequence[Line]", book: "Phrasebook") -> Iterator["Phrase"]:
    """The calls behind lines."""
    from trainer.drill import agenda

    for line in lines:
        with suppress(KeyError):
            yield agenda.find(book, line.call)


def _own(store: "Store") -> "tuple[Person, ...]":
    """Those of this machine: nobody signs on as a partner of a loop, or is taken for one."""
    from trainer.identity import PARTNER
    from trainer.records.learners import person

    return tuple(person(learner) for learner in store.learners() if not learner.key.startswith(PARTNER))


def _both(text: "Bilingual") -> dict[Language, str]:
    return {language: text[language] for language in LANGUAGES}
