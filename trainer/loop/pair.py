"""A drill of two crew members over a loop: what each side does, from joining to the last score.

The host's side is the director: it begins the turns and tells when one is over. Every side runs its own learner's
turns at its own microphone, scores them there on the clean sound, and hears the others live. Whoever vanishes can come
back: the log knows where everything stood.
"""

import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, ValidationError

from trainer.audio.loudspeaker import Loudspeaker
from trainer.audio.radio import Radio, coloured
from trainer.audio.reference import reading
from trainer.audio.take import TakeStatus
from trainer.drill.direction import PATIENCE, Manner, due
from trainer.drill.events import Assessed, Event, KeyDown, KeyUp, Left, Line, Refused
from trainer.drill.plan import Plan, Seat
from trainer.drill.session import DIRECTOR, VOICE, State
from trainer.errors import UserError
from trainer.languages import Language
from trainer.live.transceiver import Meter, Transceiver, Voicing, stand_still
from trainer.loop.admission import INSTRUCTOR, seat_of
from trainer.loop.clock import SessionClock, apart_told
from trainer.loop.connection import Connection
from trainer.loop.floor import LEASE, Floor, Keeper
from trainer.loop.frames import Samples
from trainer.loop.roles import Role
from trainer.loop.same_records import Proof, proven, without_records
from trainer.loop.stream import LogBroken, Position, SharedLog
from trainer.loop.voice import Speaking
from trainer.messages import gettext as _
from trainer.phrasebook.phrase import Phrasebook
from trainer.quantities import LONGEST
from trainer.text_in import line

if TYPE_CHECKING:
    from nats.aio.msg import Msg

HELLO = 0.5  # s between two signs of life
LOST = 2.5  # s without one after which somebody counts as gone
SILENT = 5.0  # s without an answer after which the guest is told that the host is gone
LOOK = 0.25  # s: how often a waiting side looks around though nothing happened
KEY_AGAIN = 0.3  # s to wait where the loop was taken


Name = Annotated[str, Field(max_length=80), AfterValidator(line)]


class Hello(BaseModel):
    """What a guest or an instructor tells the host, every second. log: how far they have seen the drill's log. records:
    proves which the guest's are. clock: the guest's, of day and hour."""

    name: Name
    learner: Name = ""
    first: Language | None = None
    book: str = Field(default="", max_length=64)
    client: str = Field(max_length=32)
    log: Position | None = None
    records: str = Field(default="", max_length=64)
    clock: AwareDatetime | None = None


class Welcome(BaseModel):
    """What the host answers. now: seconds of the session, None before it is opened. book: the host's phrasebook. taken:
    somebody else is in this place. same_crew: the host is of the guest's own crew. log: what the host has seen of the
    drill's log, no further than who asked. records: proves to a guest with the same ones that they are the host's.
    clock: the host's, of day and hour."""

    now: float | None = Field(ge=0, le=LONGEST, allow_inf_nan=False)
    book: str
    taken: bool = False
    same_crew: bool = False
    log: Position | None = None
    records: str = ""
    clock: AwareDatetime | None = None


@dataclass
class Visitor:
    """Somebody who was heard of.

    Attributes:
        heard: when last, s of the monotonic clock.
    """

    hello: Hello
    heard: float


class Reception:
    """The host's answers to those who say hello, who of them is still there, and who is given the floor."""

    def __init__(
        self, connection: Connection, book: Phrasebook, first: Language, log: SharedLog, proof: Proof = without_records,
        *, wall: Callable[[], datetime] | None = None, tell: Callable[[str], None] = lambda trouble: None,
    ) -> None:  # fmt: skip
        """first: the host's first language; a guest's is the other. proof: of the host's records. wall: the clock here,
        of day and hour. tell: hears that a guest's says something else."""
        self._wall, self._tell = wall, tell
        self._book, self._first, self.log, self._proof = fingerprint(book), first, log, proof
        self.floor = Keeper(connection)
        self._visitors: dict[str, Visitor] = {}
        self._renewed: set[str] = set()  # places whose codes are new
        self._expelled: set[str] = set()  # clients that are cut off, though they may be heard a moment longer
        self._came = threading.Condition()
        self._opened = time.monotonic()
        for role in ("guest", "instructor"):
            connection.hear(f"hello.{role}", self._answer)

    def here(self, role: Role) -> bool:
        """Whoever was here before the host came (back) has a moment to say so."""
        visitor = self._visitors.get(role)
        return time.monotonic() - (visitor.heard if visitor else self._opened) < LOST

    def wait_for_guest(self, timeout: float | None = None) -> Hello | None:
        """The guest's first hello; None where nobody came in time."""
        with self._came:
            self._came.wait_for(lambda: "guest" in self._visitors, timeout)
            visitor = self._visitors.get("guest")
            return visitor.hello if visitor else None

    def same_records(self, hello: Hello) -> bool:
        return proven(hello.records, self._proof("guest", hello.client))

    def expel(self, role: Role) -> None:
        """Whoever was in this place is not coming back: somebody else may take it."""
        self._renewed.add(role)
        if visitor := self._visitors.pop(role, None):
            self._expelled.add(visitor.hello.client)

    def readmit(self, role: Role) -> None:
        """They could not be cut off."""
        self._renewed.discard(role)
        self._expelled.clear()

    def expelled(self, role: Role) -> bool:
        """Whether somebody was cut off, and nobody has come for them."""
        return role in self._renewed and role not in self._visitors

    async def _answer(self, message: "Msg") -> None:
        role = message.subject.removeprefix("hello.")
        try:
            hello = Hello.model_validate_json(message.data)
        except ValidationError:
            return
        if hello.client in self._expelled:
            return
        before = self._visitors.get(role)
        taken = role == "guest" and before is not None and self.here("guest") and before.hello.client != hello.client
        same_crew = role == "guest" and hello.first in (None, self._first)
        whole = role == "instructor" or (hello.book == self._book and hello.learner.strip() and not same_crew)
        if whole and not taken:
            new = before is None or before.hello.client != hello.client
            if new and self._wall and (told := apart_told(self._wall(), hello.clock)):
                self._tell(told)
            with self._came:
                self._visitors[role] = Visitor(hello, time.monotonic())
                self._came.notify_all()
            self.log.compare(hello.log, host=False)
        if message.reply:
            welcome = Welcome(
                now=self.log.now(), book=self._book, taken=taken, same_crew=same_crew, log=self.log.shared(hello.log),
                records=self._proof("host", hello.client) if self.same_records(hello) else "",
                clock=self._wall() if self._wall else None,
            )  # fmt: skip
            await message.respond(welcome.model_dump_json().encode())


class Taken(UserError):
    """Somebody else is in this place."""


class Visit:
    """A guest's or an instructor's signs of life, and the session's time, which the host tells."""

    def __init__(
        self, connection: Connection, hello: Hello, each: Callable[[], None] = lambda: None,
        proof: Proof = without_records, *, wall: Callable[[], datetime] | None = None,
        tell: Callable[[str], None] = lambda trouble: None,
    ) -> None:  # fmt: skip
        """each: done after every sign of life. proof: of the guest's records. wall: the clock here, of day and hour.
        tell: hears that the host's says something else, and of a host who is gone or back."""
        self._each, self._proof = each, proof
        self._wall, self._tell = wall, tell
        self._clocks_told = False
        self._silent = False  # as was told
        self.same_records = False  # as the host has proven
        hello = hello.model_copy(update={"records": proof("guest", hello.client)})
        self._connection, self._hello = connection, hello
        self._clock = SessionClock()
        self._log: SharedLog | None = None
        self._over = threading.Event()
        self.answered = 0.0  # monotonic time of the host's last answer

    @property
    def closed(self) -> bool:
        return self._over.is_set()

    @property
    def host_here(self) -> bool:
        return time.monotonic() - self.answered < LOST

    def now(self) -> float:
        """Seconds of the session; the better known, the quicker the host has answered."""
        return self._clock.now()

    def compare(self, log: SharedLog) -> None:
        """From now on every sign of life tells how far this side has seen the log, and asks what the host has seen."""
        self._log = log

    def passes(self, seconds: float) -> None:
        """Time goes by on its own: a guest's clock is a station's, too."""

    def wait_for_opening(self, timeout: float | None = None) -> None:
        """Until the host has opened the session (or we are closed), then keep in touch. Raises UserError where that
        cannot be."""
        end = None if timeout is None else time.monotonic() + timeout
        began = time.monotonic()
        while not self._clock.set and not self._over.is_set():
            try:
                self._greet()
            except Taken:  # perhaps by ourselves, before a crash
                if time.monotonic() > began + 2 * LOST:
                    raise
            if why := self._connection.expelled:
                raise UserError(why)
            if end is not None and time.monotonic() > end:
                raise UserError(_("the host has not opened the drill. Try again when the host is there."))
            if not self._clock.set:
                self._over.wait(LOOK)
        if self._over.is_set():
            return
        for _again in range(3):
            self._greet()  # the quickest answer tells the time best
        threading.Thread(target=self._keep_in_touch, name="hello", daemon=True).start()

    def close(self) -> None:
        self._over.set()

    def _keep_in_touch(self) -> None:
        while not self._over.wait(HELLO):
            try:
                self._greet()
                self._each()
            except UserError:
                continue  # somebody else took the place while we were away: the log will tell
            self._tell_of_the_host()

    def _tell_of_the_host(self) -> None:
        """That nobody answers, and that somebody does again."""
        silent = time.monotonic() - self.answered > SILENT
        if silent == self._silent or (self._log and (self._log.state.ended or self._log.broken)):
            return
        self._silent = silent
        self._tell(
            _(
                "the host is not heard of. This side tries again by itself: the drill goes on when they are back "
                "(there: `ruston pair host --resume`)."
            )
            if silent
            else _("the host is back.")
        )

    def _greet(self) -> None:
        asked, log = time.monotonic(), self._log
        hello = self._hello.model_copy(
            update={"log": log.position() if log else None, "clock": self._wall() if self._wall else None}
        )
        try:
            answer = self._connection.ask(f"hello.{self._connection.role}", hello.model_dump_json().encode(), HELLO)
            welcome = Welcome.model_validate_json(answer.data)
        except Exception:  # out of reach, or no host yet: ask again
            return
        if welcome.taken:
            raise Taken(_("somebody else has this seat already. Ask the host."))
        if self._hello.book and welcome.book != self._hello.book:
            raise UserError(
                _("the host drills another phrasebook. Use the same one: --phrasebook, or the same RUSTON.")
            )
        if welcome.same_crew:
            raise UserError(_("both sit at the same station. One of them must be of the other crew: --crew."))
        self.answered = time.monotonic()
        self.same_records = proven(welcome.records, self._proof("host", self._hello.client))
        if self._wall and not self._clocks_told and (told := apart_told(self._wall(), welcome.clock)):
            self._clocks_told = True
            self._tell(told)
        if log:
            log.compare(welcome.log, host=True)
        if welcome.now is not None:
            self._clock.told(welcome.now, asked, self.answered)


class LoopTransceiver(Transceiver):
    """A station whose key is the loop's floor, and whose takes are heard by the others while they are spoken."""

    connection: Connection
    floor: Floor

    def at(self, connection: Connection) -> None:
        self.connection, self.floor = connection, Floor(connection)
        self._speaking: Speaking | None = None

    def make_ready(self, language: Language) -> None:
        """Load what hears words, before the first key goes down."""
        self._words(language)

    def key_down(self, seat: str, line: Line | None = None) -> bool:
        if not self.floor.take():
            return False
        super().key_down(seat, line)
        if self.state.keyed != seat:
            self.floor.give()  # held, or the turn is over
            return False
        return True

    def key_up(self, seat: str, *then: Event) -> None:
        if self._speaking:
            self._speaking.finish()
            self._speaking = None
        super().key_up(seat)
        self.floor.give()  # before the rest is on its way, which may be long
        if then:
            self.log.append(*then)

    def talk(
        self, released: Callable[[], bool] = lambda: False, meter: Meter | None = None,
        dropped: Callable[[], bool] = lambda: False,
    ) -> Assessed | Refused | None:  # fmt: skip
        def sent(status: TakeStatus, block: Samples) -> None:
            if self._speaking is None:
                self._speaking = Speaking(self.connection, self.clock.now)
            self._speaking.feed(block)
            if meter:
                meter(status, block)

        # Whoever loses the floor (cut off from the server) is heard no more: the key comes up.
        return super().talk(lambda: released() or not self.floor.held, sent, dropped)


def press(transceiver: LoopTransceiver) -> Assessed | Refused | None:
    """The key goes down by itself."""
    return transceiver.talk()


class Side:
    """What one side does until the drill is over. Headless: the key goes down by itself when it is this seat's turn;
    `key` lets somebody else decide."""

    def __init__(
        self, transceiver: LoopTransceiver, log: SharedLog, role: Role, *, reception: Reception | None = None,
        tries: int = 1, look: float = 0.0, hurried: bool = True, count: float = 0.0,
        ready: Callable[[], bool] = lambda: True,
        talk: Callable[[LoopTransceiver], Any] | None = None, tell: Callable[[str], None] = lambda trouble: None,
    ) -> None:  # fmt: skip
        """reception: the host's. tries: recordings of a turn that cannot be scored until it counts as missed. look:
        seconds to look at a score before the next turn. hurried, count: see `direction.Manner`. ready: whether whoever
        sits here has said so; asked until they have. talk: runs one press of the key; it is asked again and again on
        this seat's turn, and None says that the loop was taken. tell: hears whom the host waits for."""
        self.transceiver, self.log, self.role = transceiver, log, role
        self._reception, self._tries, self._look, self._talk = reception, tries, look, talk or press
        self._hurried, self._count, self._ready = hurried, count, ready
        self._tell = tell
        self._voiced = -1  # turn whose prompt was heard
        self._seen = -1  # turn whose score was seen
        self._unheld: float | None = None  # since when the guest has the key without the floor, monotonic
        self._away_told = False
        self._over = threading.Event()
        log.follow(self._follow)

    def go_on(self, turn: int) -> None:
        """The score of a turn was seen."""
        self._seen = turn

    @property
    def _manner(self) -> Manner:
        look = 0.0 if self._seen == self.log.state.turn else self._look
        return Manner(self._tries, look, PATIENCE, at_hand=self.seat.id, hurried=self._hurried, count=self._count)

    @property
    def seat(self) -> Seat:
        return self._plan.seat(seat_of(self._plan, self.role))

    @property
    def _plan(self) -> Plan:
        plan = self.log.state.plan
        assert plan is not None
        return plan

    def run(self) -> State:
        """To the end of the session. Raises UserError where it cannot be gone on with."""
        self.transceiver.make_ready(self.seat.target)
        if self._reception and self.log.state.keyed == VOICE:  # a crash cut it off
            self.log.append(KeyUp(at=self.transceiver.clock.now(), seat=VOICE))
        stand_still(self.transceiver, [self.seat.id], directs=self._reception is not None)
        while self.log.state.ended is None and not self._over.is_set():
            if self.log.broken:
                raise LogBroken(self.log.broken)
            before = self.log.count
            if not self._step():
                self.log.wait_for(lambda before=before: self.log.count > before, LOOK)  # type: ignore[misc]
        return self.log.state

    def leave(self) -> None:
        """Tell the others, where they can be reached."""
        self._over.set()
        self.log.tell(Left(at=self.transceiver.clock.now(), place=self.seat.id), HELLO)

    def _step(self) -> bool:
        """Do what is to be done now; whether there was anything."""
        if self.seat.id not in self.log.state.present and self._ready():  # or given up as lost, but here we are
            self.transceiver.join(self.seat)
            return True
        if self._reception and self._direct(self._reception):
            return True
        return self._speak()

    def _speak(self) -> bool:
        state = self.log.state
        if not state.running or state.cue is None or state.done or state.cue.seat != self.seat.id or state.keyed:
            return False
        if self.seat.id not in state.present:
            return False
        if self._reception and self._voiced < state.turn and state.cue.prompt:
            return False
        if state.refusals >= self._tries:
            return False
        outcome = self._talk(self.transceiver)
        if outcome is None:
            time.sleep(KEY_AGAIN)
        return True

    def _direct(self, reception: Reception) -> bool:
        """The host's part: who is there, whose turn it is, when it is over."""
        state, transceiver = self.log.state, self.transceiver
        if self._attend(state, reception) or self._watch_floor(state, reception):
            return True
        guest = seat_of(self._plan, "guest")
        away = guest not in state.present and not reception.here("guest")
        if away and not self._away_told and not reception.expelled("guest"):
            message = _("{name} is not on the loop. The drill goes on when they join, with the same code.")
            self._tell(message.format(name=self._plan.seat(guest).name))
        self._away_told = away
        if state.running and not state.keyed and state.cue and state.cue.prompt and self._voiced < state.turn:
            # After a crash the prompt is heard again; next_cue lets a new one be heard itself.
            self._voiced = state.turn
            if not any(isinstance(e, KeyDown) and e.seat == VOICE for e in self._of_this_turn()):
                transceiver.voice(state.cue.prompt)
            return True
        match due(state, transceiver.clock.now(), self._manner):
            case "hold":
                transceiver.hold(DIRECTOR)
            case "resume":
                transceiver.resume(DIRECTOR)
            case "cue":
                cue = transceiver.next_cue()
                if cue:
                    self._voiced = cue.turn
                return cue is not None or self.log.state.ended is not None
            case "miss":
                transceiver.miss()
            case "advance":
                transceiver.advance()
            case "wait":
                return False
        return self.log.state is not state

    def _watch_floor(self, state: State, reception: Reception) -> bool:
        """Whoever has the key in the log without having been given the floor has it no more."""
        guest = seat_of(self._plan, "guest")
        if state.keyed != guest or reception.floor.holder == "guest":
            self._unheld = None
            return False
        now = time.monotonic()
        self._unheld = self._unheld or now
        if now - self._unheld < LEASE:
            return False
        self._unheld = None
        self.log.append(KeyUp(at=self.transceiver.clock.now(), seat=guest))
        return True

    def _of_this_turn(self) -> list[Event]:
        events = list(self.log.events)
        start = max(i for i, event in enumerate(events) if event.kind == "cue")
        return events[start:]

    def _attend(self, state: State, reception: Reception) -> bool:
        """Note who went."""
        roles: tuple[tuple[str, Role], ...] = ((seat_of(self._plan, "guest"), "guest"), (INSTRUCTOR, "instructor"))
        for place, role in roles:
            if place in state.present and not reception.here(role):
                self.log.append(Left(at=self.transceiver.clock.now(), place=place, why="lost"))
                return True
        return False

    def _follow(self, event: Event, state: State) -> None:
        """The voices of those who are not there are heard on every side from its own recordings."""
        if isinstance(event, KeyDown) and event.seat == VOICE and event.line and not self._reception:
            hear(event.line, self.transceiver.loudspeaker, self.transceiver.voicing)


def hear(line: Line, loudspeaker: Loudspeaker, voicing: Voicing) -> None:
    """Start the reference reading of a call, as the radio brings it."""
    if found := reading(line.call, line.text, line.language, voicing.voices[line.language]):
        radio = Radio(voicing.radio, ground=line.speaker == "houston", relay_delay=voicing.relay_delay)
        loudspeaker.play(coloured(found.samples, found.rate, radio), found.rate)


def fingerprint(book: Phrasebook) -> str:
    """Tells whether two sides have the same calls."""
    calls = [(phrase.id, phrase.en, phrase.ru) for phrase in book.phrases]
    return hashlib.sha256(json.dumps(calls).encode()).hexdigest()[:16]


def new_client() -> str:
    return secrets.token_hex(8)
