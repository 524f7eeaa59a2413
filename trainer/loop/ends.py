"""Both ends of a loop across the network, and its instructor's, as every front end opens them: step by step, so that a
screen can show how far it is. A pair is: `open`, codes are shown, `wait` for the other, `drill`, `run` it, `close`."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import sleep
from typing import TYPE_CHECKING, Any

from trainer.drill.direction import COUNT
from trainer.drill.events import Opened
from trainer.drill.plan import FOR_TWO, Mode, Plan
from trainer.errors import UserError
from trainer.languages import other
from trainer.live import learning
from trainer.live.program import Drill, Program
from trainer.loop.connection import Connection
from trainer.loop.roles import EXPEL, role_name
from trainer.loop.same_records import proof_of, without_records
from trainer.loop.server import Host
from trainer.messages import gettext as _

if TYPE_CHECKING:
    from nats.aio.msg import Msg

    from trainer.drill.plan import Seat
    from trainer.drill.session import State
    from trainer.loop.code import JoinCode
    from trainer.loop.connection import Connection
    from trainer.loop.hosting import Kept
    from trainer.loop.instructor import Ear, Watch
    from trainer.loop.pair import LoopTransceiver, Reception, Side, Visit
    from trainer.loop.roles import Role
    from trainer.loop.same_records import Proof
    from trainer.loop.server import Server
    from trainer.loop.stream import SharedLog
    from trainer.loop.voice import Passage

ASK = 0.25  # s between two looks whether somebody has come, or given up waiting
LOOKING = 10.0  # s to look at a score before the loop goes on by itself
AT_MOST = 5.0  # s to wait for this side to come to its end
LEAVE_AT_ONCE = 16  # loops


@dataclass(frozen=True)
class Loop:
    """What a host opens.

    Attributes:
        pass_mark: points, 0-100; None: the usual.
        address, port: of its own server.
        code: a centre's loop instead.
        resume: the loop that was not ended.
    """

    mode: Mode = "checklist"
    phase: str | None = None
    pass_mark: float | None = None
    address: str | None = None
    port: int | None = None
    code: "JoinCode | None" = None
    resume: bool = False


class End:
    """One end of a loop. Its methods block, and are called one after the other from threads; `give_up` from any."""

    role: "Role"
    log: "SharedLog"
    connection: "Connection"

    def __init__(
        self, program: Program, seat: "Seat | None" = None, *,
        watched: "Callable[[SharedLog], object]" = lambda log: None,
        passed: "Callable[[Passage], None]" = lambda passage: None,
    ) -> None:  # fmt: skip
        """seat: who speaks here, where that is not whoever is signed on. watched: whoever wants to follow the log from
        its first event on; passed: hears how the others' voices came through."""
        self.program = program
        self.seat = seat or program.seat
        self._watched, self._passed = watched, passed
        self._stack = ExitStack()
        self._given_up = threading.Event()
        self._kept: Kept | None = None

    @property
    def codes(self) -> "dict[Role, str]":
        """What others join with now, where it is for us to tell."""
        return {}

    def open(self) -> None:
        """Be on the loop. Raises UserError."""
        raise NotImplementedError

    def wait(self) -> Plan | None:
        """The plan, once both are there; None where we gave up. Raises UserError."""
        raise NotImplementedError

    def partner_here(self) -> bool:
        raise NotImplementedError

    @property
    def way_back(self) -> str:
        """To who leaves before the drill is over: how it is gone on with."""
        raise NotImplementedError

    def give_up(self) -> None:
        self._given_up.set()

    def close(self) -> None:
        self._stack.close()

    def drill(
        self, plan: Plan, talk: "Callable[[LoopTransceiver], Any] | None" = None,
        ready: Callable[[], bool] = lambda: True,
    ) -> "PairDrill":  # fmt: skip
        """The drill with its sound open. talk: runs one press of the key, as a Side asks for it; None: the key goes
        down by itself. ready: whether whoever sits here has said that they are. Raises UserError."""
        raise NotImplementedError

    def go_on(self, turn: int) -> None:
        """The score of a turn was seen: on to the next. The host's to say."""

    def _proof(self, code: "JoinCode") -> "Proof":

        store = self.program.store
        return proof_of(store.id, code.address) if store else without_records

    def _opened(self) -> Plan | None:
        """The plan of the drill. Raises LogBroken where it is not for this end."""
        from trainer.loop.stream import LogBroken

        if self.log.broken:
            raise LogBroken(self.log.broken)
        return self.log.state.plan

    def _keep_log(self, same_records: bool = False, began: datetime | None = None) -> None:
        from trainer.loop.hosting import Kept
        from trainer.loop.stream import SharedLog

        store = self.program.store
        self._kept = Kept(store, self.role, self.seat.learner) if store else None
        if self._kept:
            self._kept.same_records, self._kept.began = same_records, began
        self.log = SharedLog(self.connection, self._kept, self._rejected, self.program.tell, self._disk_full)
        self._stack.callback(self.log.close)
        self._watched(self.log)
        self.log.open()

    def _disk_full(self) -> bool:
        """Of the loop's server, where that is ours."""
        return False

    def _rejected(self, role: "Role", why: str) -> None:

        message = _("something that {role} may not write, or that makes no sense, was passed over ({why}).")
        self.program.tell(message.format(role=role_name(role), why=why))

    def _transceiver(self, clock: Any) -> "LoopTransceiver":
        from trainer.audio.radio import Radio
        from trainer.loop.pair import LoopTransceiver
        from trainer.loop.voice import Listening

        program, scorer = self.program, self._scorer()
        microphone, loudspeaker = program.open_sound(self._stack)
        transceiver = LoopTransceiver(
            self.log, program.book, scorer, microphone, loudspeaker, clock,
            voicing=program.voicing, words=getattr(scorer, "words", lambda language: None),
            keep=learning.keeper(program.store, program.tell), live=program.in_real_time, tell=program.tell,
        )  # fmt: skip
        transceiver.at(self.connection)
        # Recordings that play faster than time goes by cannot be listened to.
        partner: tuple[Role, ...] = ("guest",) if self.role == "host" else ("host",)
        others = partner if program.in_real_time else ()
        radio = Radio(program.radio, relay_delay=program.relay_delay)
        self._stack.enter_context(
            Listening(self.connection, others, loudspeaker, clock.now, radio, self.log.on_air, self._passed)
        )
        return transceiver

    def _scorer(self) -> Any:
        return self.program.scorer


class HostEnd(End):
    role = "host"
    address = ""  # of its own server

    def __init__(self, program: Program, loop: Loop, seat: "Seat | None" = None, **told: Any) -> None:
        super().__init__(program, seat, **told)
        self._loop = loop
        self._server: Server | None = None
        self._side: Side | None = None
        self._reception: Reception
        self._still_good: dict[str, str] = {}  # instead of codes that the server has not taken up
        self._ours = not loop.resume  # a loop of before only once it is known to have been opened for who sits here

    def open(self) -> None:
        from trainer.loop import hosting
        from trainer.loop.pair import Reception

        loop, code = self._loop, self._loop.code
        if not loop.resume:
            self._plan(self._anybody())  # what cannot be drilled is told before anybody is asked to join
        if code is None:
            host = Host(self.seat.learner, self.seat.first)
            self._server = hosting.server(loop.resume, loop.address, loop.port, host)
            self._stack.enter_context(self._server)
            code, self.address = self._server.code("host"), self._server.address
        self.connection = self._stack.enter_context(Connection(code))
        hosting.furnish(self.connection, loop.resume)
        for doubt in hosting.doubts(self.connection):
            self.program.tell(doubt)
        self._keep_log()
        self._opened()  # who may not go on with it is told so before anybody is asked to join
        self._ours = True
        self._reception = Reception(
            self.connection, self.program.book, self.seat.first, self.log, self._proof(code),
            wall=self.program.options.now, tell=self.program.tell,
        )  # fmt: skip
        self.connection.hear(EXPEL, self._asked_to_expel)

    @property
    def codes(self) -> "dict[Role, str]":
        if not self._server:
            return {}
        roles: tuple[Role, ...] = ("guest", "instructor", "scorer")
        drawn = {role: str(self._server.newest(role)) for role in roles}
        return {role: self._still_good.get(code, code) for role, code in drawn.items()}

    @property
    def cut_off(self) -> bool:
        """Whether the partner was, and nobody has come for them."""
        return self._reception.expelled("guest")

    def wait(self) -> Plan | None:
        from trainer.live import planning

        if self.log.state.plan is None:
            while (guest := self._reception.wait_for_guest(ASK)) is None:
                if self._given_up.is_set():
                    return None
            partner = self.program.seat_of(guest.learner, guest.first, guest.name)
            planning.of_two_crews(self.seat, partner)
            if self._kept:
                self._kept.same_records = self._reception.same_records(guest)
            self.log.append(Opened(at=0.0, plan=self._plan(partner)))
        return self._opened()

    def partner_here(self) -> bool:
        return self._reception.here("guest")

    @property
    def way_back(self) -> str:
        message = _("You left the loop. The drill goes on, with the same codes, when you come back: {command}")
        centre = " --nats" if self._loop.code else ""
        return message.format(command=f"ruston pair host{centre} --resume --crew {self.seat.learner}")

    def drill(
        self, plan: Plan, talk: "Callable[[LoopTransceiver], Any] | None" = None,
        ready: Callable[[], bool] = lambda: True,
    ) -> "PairDrill":  # fmt: skip
        from trainer.loop.pair import Side

        transceiver = self._transceiver(self.log.clock)
        at_leisure = talk is not None and self.program.in_real_time
        side = Side(
            transceiver, self.log, "host", reception=self._reception, tries=self.program.options.tries,
            look=LOOKING if at_leisure else 0.0, hurried=self.program.in_real_time,
            count=COUNT if at_leisure else 0.0, ready=ready, talk=talk, tell=self.program.tell,
        )  # fmt: skip
        self._side = side
        return PairDrill(transceiver, side, self)

    def go_on(self, turn: int) -> None:
        if self._side:
            self._side.go_on(turn)

    def _disk_full(self) -> bool:
        return self._server is not None and self._server.full

    @property
    def expels(self) -> "tuple[Role, ...]":
        """Whom this end can cut off: at a centre, only who keeps its servers can."""
        return ("guest", "instructor") if self._server else ()

    def expel(self, role: "Role") -> str:
        """Cut off whoever has the join code of a role; the new code, with which the drill goes on. Raises UserError,
        where the old one is still good, too."""
        from trainer.loop import hosting

        if role not in self.expels or self._server is None:
            raise UserError(_("only who keeps the centre's servers can do that: `ruston pair renew`."))
        old = self.codes[role]
        self._reception.expel(role)
        try:
            code = str(hosting.renew(self._server, role))
        except UserError:
            self._reception.readmit(role)
            self._still_good[str(self._server.newest(role))] = old
            raise
        return code

    async def _asked_to_expel(self, message: "Msg") -> None:
        """By the instructor; the host hands out the new code. The answer goes out before the server starts anew."""
        await message.respond(b"yes" if "guest" in self.expels else b"no")
        threading.Thread(target=self._expel_for_instructor, name="expelling", daemon=True).start()

    def _expel_for_instructor(self) -> None:
        try:
            code = self.expel("guest")
        except UserError as error:
            self.program.tell(_("the instructor wants to cut the partner off. {why}").format(why=error))
            return
        self.program.tell(
            _("the instructor has cut the partner off. Whoever is to come now joins with {code}").format(code=code)
        )

    def close(self) -> None:
        from trainer.loop.hosting import LAST_WORD

        begun = hasattr(self, "log") and self.log.state.plan is not None
        ended = begun and self.log.state.ended is not None
        if ended:
            sleep(LAST_WORD)  # in which the guest hears of it
        super().close()
        if self._server and self._ours and (ended or not begun):  # else the drill can be gone on with
            self._server.forget()

    def _plan(self, partner: "Seat") -> Plan:
        loop = self._loop
        if loop.mode not in FOR_TWO:
            raise UserError(_("across the network there are these kinds of drill: Respond, Readback and Checklist."))
        return self.program.plan(loop.mode, loop.phase, partner, seat=self.seat, pass_mark=loop.pass_mark)

    def _anybody(self) -> "Seat":
        """Somebody of the other crew."""

        return self.program.seat_of("?", other(self.seat.first), "?")


class GuestEnd(End):
    role = "guest"

    def __init__(
        self, program: Program, code: "JoinCode", seat: "Seat | None" = None, *, score_remotely: bool = False,
        **told: Any,
    ) -> None:  # fmt: skip
        super().__init__(program, seat, **told)
        self._code = code
        self._score_remotely = score_remotely
        self._visit: Visit | None = None

    def open(self) -> None:
        from trainer.loop.pair import Hello, Visit, fingerprint, new_client

        seat, book = self.seat, self.program.book
        self.connection = self._stack.enter_context(Connection(self._code))
        hello = Hello(
            name=seat.name, learner=seat.learner, first=seat.first, book=fingerprint(book), client=new_client()
        )
        self._visit = Visit(
            self.connection, hello, proof=self._proof(self._code), wall=self.program.options.now,
            tell=partial(self.program.tell, anew=True),
        )  # fmt: skip
        self._stack.callback(self._visit.close)

    def wait(self) -> Plan | None:
        assert self._visit
        if not self._given_up.is_set():
            self._visit.wait_for_opening()
        if self._given_up.is_set():
            return None
        began = self.program.options.now() - timedelta(seconds=self._visit.now())
        self._keep_log(self._visit.same_records, began)
        self._visit.compare(self.log)
        while self._opened() is None and not self._given_up.is_set():  # a busy server still tells
            self.log.wait_for(lambda: self.log.state.plan is not None, ASK)
        return self._opened()

    def partner_here(self) -> bool:
        return self._visit is not None and self._visit.host_here

    @property
    def way_back(self) -> str:
        message = _("You left the loop. The drill goes on when you come back, with the same code: {command}")
        return message.format(command=f"ruston pair join --crew {self.seat.learner}")

    def give_up(self) -> None:
        super().give_up()
        if self._visit:
            self._visit.close()

    def drill(
        self, plan: Plan, talk: "Callable[[LoopTransceiver], Any] | None" = None,
        ready: Callable[[], bool] = lambda: True,
    ) -> "PairDrill":  # fmt: skip
        from trainer.loop.pair import Side

        assert self._visit
        transceiver = self._transceiver(self._visit)
        side = Side(transceiver, self.log, "guest", tries=self.program.options.tries, ready=ready, talk=talk)
        return PairDrill(transceiver, side, self)

    def _scorer(self) -> Any:
        if not self._score_remotely:
            return self.program.scorer
        from trainer.loop.scoring import RemoteScorer

        return RemoteScorer(self.connection, lambda: self.program.scorer)


class PairDrill(Drill):
    """A drill over a loop; its side runs in a thread of its own, from `begin` to `close`."""

    def __init__(self, transceiver: "LoopTransceiver", side: "Side", end: End) -> None:
        super().__init__(transceiver, side.seat, ExitStack())
        self._side, self._end = side, end
        self._failed: Callable[[str], None] = lambda why: None
        self._thread = threading.Thread(target=self._run, name="side", daemon=True)

    def run(self) -> "State":
        """To the end of the drill, in this thread."""
        return self._side.run()

    def leave(self) -> None:
        """Tell the others, where they can be reached."""
        self._side.leave()

    def begin(self, failed: Callable[[str], None]) -> None:
        """failed: hears why this side cannot go on."""
        self._failed = failed
        self._thread.start()

    def _run(self) -> None:
        try:
            self._side.run()
        except Exception as error:
            self._failed(str(error))

    def close(self) -> None:
        self.leave()
        if self._thread.is_alive():
            self._thread.join(AT_MOST)
        self._end.close()


class Watching:
    """The instructor's end of many loops, opened one by one from threads; one of them at a time is heard."""

    def __init__(self, program: Program, name: str) -> None:
        """name: how the pairs see the instructor."""
        self.program = program
        self._name = name
        self._loops: dict[JoinCode, tuple[int, Watch, ExitStack]] = {}
        self._sound = ExitStack()
        self._ear: Ear | None = None
        self._silent: str | None = None  # why nothing is heard
        self._lock = threading.Lock()
        self._closed = False

    @property
    def loops(self) -> "tuple[Watch, ...]":
        return tuple(watch for _place, watch, _stack in sorted(self._loops.values(), key=lambda opened: opened[0]))

    def open(self, code: "JoinCode", place: int) -> None:
        """Be on one more loop. place: loops are shown in this order, whichever is reached first. Raises UserError."""
        from trainer.loop.instructor import Watch

        if code in self._loops:
            raise UserError(_("this loop is watched already."))
        with ExitStack() as stack:
            watch = Watch(stack.enter_context(Connection(code)), self.program.book, self._name, self.program.tell)
            with self._lock:
                if self._closed or code in self._loops:
                    return
                stack.enter_context(watch)
                self._loops[code] = place, watch, stack.pop_all()
        threading.Thread(target=self._attend, args=(code,), name="watching", daemon=True).start()

    def _attend(self, code: "JoinCode") -> None:
        """One drill after the other, for as long as the loop is watched. What the last one came to stays on the screen
        until the next begins."""
        from trainer.loop.instructor import Watch

        place, watch, stack = self._loops[code]
        watch.join()
        while not watch.visit.closed:
            watch.log.wait_for(lambda watch=watch: watch.state.ended is not None or watch.visit.closed)  # type: ignore[misc]
            following = Watch(watch.connection, watch.book, watch.name, self.program.tell)
            with self._lock:
                if self._closed:
                    return
                stack.enter_context(following)
            following.join()
            with self._lock:
                if not self._closed:
                    self._loops[code] = place, following, stack
            watch.__exit__()
            watch = following

    def listen(self, loop: "Watch | None") -> None:
        """Hear this loop and no other; none. Raises UserError where the loudspeaker cannot be had."""
        with self._lock:
            if self._closed:
                return
            if self._ear is None:
                self._ear = self._opened_ear()
            self._ear.listen([loop] if loop else [])
            silent, self._silent = self._silent, self._ear.loudspeaker.trouble
            if self._silent and self._silent != silent:
                self.program.tell(self._silent)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._sound.close()
            with ThreadPoolExecutor(LEAVE_AT_ONCE) as pool:
                list(pool.map(lambda opened: opened[2].close(), self._loops.values()))

    def _opened_ear(self) -> "Ear":
        from trainer.loop.instructor import Ear

        loudspeaker = self.program.open_loudspeaker(self._sound)
        self._silent = loudspeaker.trouble  # told already
        return self._sound.enter_context(Ear(loudspeaker, self.program.voicing))
