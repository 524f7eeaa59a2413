"""The instructor on a loop: sees and hears the pair, holds and resumes the drill, puts turns in between."""

from trainer.drill import agenda
from trainer.drill.events import Held, Injected, Joined, Left, Resumed
from trainer.drill.plan import Reason, Turn
from trainer.drill.session import State
from trainer.errors import UserError
from trainer.loop.admission import INSTRUCTOR
from trainer.loop.connection import Connection
from trainer.loop.pair import Hello, Visit, new_client
from trainer.loop.stream import SharedLog
from trainer.messages import gettext as _
from trainer.phrasebook.phrase import Phrasebook

SAY_AGAIN = ("PRO-07", "PRO-06")  # how a failed readback is told; the first one that the book has


class Watch:
    """One loop, as its instructor has it, from `with` to its end."""

    def __init__(self, connection: Connection, book: Phrasebook, name: str) -> None:
        self.connection, self.book, self.name = connection, book, name
        self.log = SharedLog(connection)
        self._joined = False
        self.visit = Visit(connection, Hello(name=name, client=new_client()), self._stay)

    def __enter__(self) -> "Watch":
        self.log.open()
        return self

    def __exit__(self, *_error: object) -> None:
        if self.state.running:
            self.log.append(Left(at=self.visit.now(), place=INSTRUCTOR))
        self.visit.close()
        self.log.close()

    @property
    def state(self) -> State:
        return self.log.state

    def join(self, timeout: float | None = None) -> None:
        """Wait until the session is open, and take the place."""
        self.visit.wait_for_opening(timeout)
        self.log.catch_up()
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
