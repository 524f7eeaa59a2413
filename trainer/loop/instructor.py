"""The instructor on a loop: sees and hears the pair, holds and resumes the drill, puts turns in between."""

import threading
from collections.abc import Callable, Collection
from functools import partial

from trainer.audio.loudspeaker import Loudspeaker
from trainer.audio.radio import Radio
from trainer.drill import agenda
from trainer.drill.events import Event, Held, Injected, Joined, KeyDown, Left, Resumed
from trainer.drill.plan import Plan, Reason, Seat, Turn
from trainer.drill.session import VOICE, State
from trainer.errors import UserError
from trainer.live.transceiver import Voicing
from trainer.loop.admission import INSTRUCTOR
from trainer.loop.connection import Connection
from trainer.loop.pair import HELLO, Hello, Visit, hear, new_client
from trainer.loop.roles import EXPEL, SPEAKERS
from trainer.loop.stream import ANSWER, SharedLog
from trainer.loop.voice import Listening
from trainer.messages import gettext as _
from trainer.phrasebook.phrase import Phrase, Phrasebook

EMERGENCY = "emergency"  # the phase whose calls come when nobody expects them
SAY_AGAIN = ("PRO-07", "PRO-06")  # how a failed readback is told; the first one that the book has


class Watch:
    """One drill on a loop, as its instructor has it, from `with` to its end."""

    def __init__(
        self, connection: Connection, book: Phrasebook, name: str, tell: Callable[[str], None] = lambda trouble: None
    ) -> None:
        """tell: hears what is wrong with the loop."""
        self.connection, self.book, self.name = connection, book, name
        self.log = SharedLog(connection, tell=tell)
        self._joined = False
        self.visit = Visit(connection, Hello(name=name, client=new_client()), self._stay)

    def __enter__(self) -> "Watch":
        return self

    def __exit__(self, *_error: object) -> None:
        if self._joined and self.state.ended is None:
            self.log.tell(Left(at=self.visit.now(), place=INSTRUCTOR), HELLO)
        self.visit.close()
        self.log.close()

    @property
    def state(self) -> State:
        return self.log.state

    @property
    def broken(self) -> str | None:
        """Why the drill cannot go on."""
        return self.log.broken

    @property
    def reachable(self) -> bool:
        return self.connection.connected.is_set()

    def now(self) -> float:
        """Seconds of the session."""
        return self.visit.now()

    def join(self, timeout: float | None = None) -> None:
        """Wait until the session is open, and take the place. The log is opened now: before, it may be that of a drill
        that is over."""
        self.visit.wait_for_opening(timeout)
        if self.visit.closed:
            return
        self.log.open()
        self.visit.compare(self.log)
        self.log.append(Joined(at=self.visit.now(), place=INSTRUCTOR, name=self.name))
        self._joined = True

    def _stay(self) -> None:
        """Given up as lost after a while out of reach, but here we are."""
        if self._joined and self.state.ended is None and INSTRUCTOR not in self.state.present:
            self.log.append(Joined(at=self.visit.now(), place=INSTRUCTOR, name=self.name))

    def hold(self) -> None:
        self.log.append(Held(at=self.visit.now(), by=INSTRUCTOR))

    def resume(self) -> None:
        self.log.append(Resumed(at=self.visit.now(), by=INSTRUCTOR))

    def inject(self, call: str, answer: str | None = None) -> None:
        """A call in between, heard by both, and its answer. Raises UserError for a call that there is not."""
        plan = self.state.plan
        if plan is None:
            raise UserError(_("the drill has not been opened yet."))
        for turn in agenda.injected(self.book, plan.seats, call, answer):
            self.log.append(Injected(at=self.visit.now(), by=INSTRUCTOR, turn=turn))

    def cue(self, call: str, seat: str) -> None:
        """Have a seat say a call. Raises UserError for a call or a seat that there is not."""
        plan = self.state.plan
        if plan is None or seat not in {known.id for known in plan.seats}:
            raise UserError(_("there is no seat {seat} in this drill.").format(seat=seat))
        agenda.injected(self.book, plan.seats, call)
        turn = Turn(None, (call,), seat, Reason("inject"))
        self.log.append(Injected(at=self.visit.now(), by=INSTRUCTOR, turn=turn))

    def expel(self) -> None:
        """Have the host cut the guest off; the host hands out the new code. Raises UserError."""
        try:
            answer = self.connection.ask(EXPEL, b"", ANSWER).data
        except Exception as error:  # out of reach, or the host's program is of an earlier version
            raise UserError(_("the host's program does not answer.")) from error
        if answer != b"yes":
            raise UserError(_("only who keeps the centre's servers can do that: `ruston pair renew`."))

    def fail(self) -> None:
        """The last answer does not count as a readback: it is asked for once more."""
        cues = [event for event in self.log.events if event.kind == "cue" and event.seat and event.answers]
        if not cues:
            raise UserError(_("nobody has been asked for anything yet."))
        last = cues[-1]
        assert last.seat is not None
        for call in SAY_AGAIN:
            if self.book.find(call):
                said = Turn(call, (), None, Reason("inject"))
                self.log.append(Injected(at=self.visit.now(), by=INSTRUCTOR, turn=said))
                break
        turn = Turn(None, tuple(line.call for line in last.answers), last.seat, Reason("inject"))
        self.log.append(Injected(at=self.visit.now(), by=INSTRUCTOR, turn=turn))


def injects(book: Phrasebook, plan: Plan) -> list[Phrase]:
    """All calls, as they fit to be put in between: what goes wrong in this phase first, then emergencies."""

    def rank(phrase: Phrase) -> int:
        own = phrase.phase == plan.phase
        return 0 if own and phrase.contingency else 1 if phrase.phase == EMERGENCY else 2 if own else 3

    return sorted(book.phrases, key=rank)


def cues(book: Phrasebook, plan: Plan, seat: Seat) -> list[Phrase]:
    """The calls that a seat may be asked to say, those of the present phase first."""
    return sorted(agenda.calls(book, "read", seat), key=lambda phrase: phrase.phase != plan.phase)


class Ear:
    """What the instructor hears, from `with` to its end: the loops that are listened to, and on them also those who are
    not there. Of the others no sound comes in at all, so many can be watched."""

    def __init__(self, loudspeaker: Loudspeaker, voicing: Voicing) -> None:
        self.loudspeaker, self._voicing = loudspeaker, voicing
        self._changing = threading.Lock()
        self._heard: dict[Watch, Listening] = {}
        self._known: set[Watch] = set()

    def __enter__(self) -> "Ear":
        return self

    def __exit__(self, *_error: object) -> None:
        self.listen(())

    def listen(self, loops: Collection[Watch]) -> None:
        """Hear these loops from now on, and no others."""
        with self._changing:
            for loop in [loop for loop in self._heard if loop not in loops]:
                self._heard.pop(loop).__exit__()
            for loop in loops:
                if loop not in self._heard:
                    radio = Radio(self._voicing.radio)
                    listening = Listening(loop.connection, SPEAKERS, self.loudspeaker, loop.now, radio, loop.log.on_air)
                    self._heard[loop] = listening.__enter__()
                if loop not in self._known:
                    self._known.add(loop)
                    loop.log.follow(partial(self._voice, loop))

    def _voice(self, loop: Watch, event: Event, _state: State) -> None:
        if isinstance(event, KeyDown) and event.seat == VOICE and event.line and loop in self._heard:
            hear(event.line, self.loudspeaker, self._voicing)
