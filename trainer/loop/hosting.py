"""What opening a loop takes, with or without a screen: the server, its stream and floor, the records of the drill."""

import json
import re
import time
from collections import deque
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from trainer.data_folder import data_folder
from trainer.drill.events import Assessed, Ended, Opened
from trainer.errors import UserError
from trainer.identity import PARTNER
from trainer.live import learning
from trainer.loop import stream
from trainer.loop.admission import seat_of
from trainer.loop.clock import apart
from trainer.loop.connection import Connection
from trainer.loop.roles import Role
from trainer.loop.server import PROMISES, Host, Server, own_address, unfinished
from trainer.loop.stream import LogBroken, SharedLog
from trainer.messages import gettext as _
from trainer.text_in import line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trainer.drill.events import Event
    from trainer.drill.plan import Plan
    from trainer.live.session_log import SessionLog
    from trainer.loop.code import JoinCode
    from trainer.records.store import Store

SOUND = (2, 11, 15)  # the first nats-server without faults that let strangers stop it
ALL_TOLD = 0.4  # s in which all servers have answered
TAKEN_UP, AGAIN = 20.0, 0.1  # s in which a server takes a new code up, and between two looks whether it has
LAST_WORD = 2.0  # s after the end in which the others hear of it


def server(
    resume: bool = False, address: str | None = None, port: int | None = None, host: Host | None = None
) -> Server:  # fmt: skip
    """A new loop's server, or the one of the newest loop that was not ended. Raises UserError where there is none."""
    loops = data_folder() / "loops"
    if resume:
        waiting = unfinished(loops)
        if not waiting:
            raise UserError(_("no loop waits to be gone on with. `ruston pair host` opens one."))
        return Server(waiting[-1])
    return Server(loops / f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}", address or own_address(), port, host)


def host_of(code: "JoinCode | None" = None) -> Host | None:
    """Who hosts the loop that is to be gone on with, as far as that is known. code: a centre's loop. Raises UserError
    where there is none."""
    if code is None:
        return server(resume=True).host
    with Connection(code) as connection:
        if not connection.wait(stream.exists(connection)):
            return None
        with closing(SharedLog(connection)) as log:
            log.open()
            if log.state.plan is None:
                return None
            seat = log.state.plan.seat(seat_of(log.state.plan, "host"))
            return Host(seat.learner, seat.first)


def renew(server: Server, role: Role) -> "JoinCode":
    """A new code for a role: whoever had the old one is cut off, as soon as the server has taken the new one up, and it
    is asked whether it has. Raises UserError where it goes on with the old one."""
    running, code = server.answers, server.renew(role)
    end = time.monotonic() + TAKEN_UP
    while running:
        try:
            with Connection(code):
                break
        except UserError as error:
            if time.monotonic() > end:
                message = _(
                    "the loop's server has not taken the new code up: the old one is still good. Leave the drill and "
                    "go on with `ruston pair host --resume`: then only {code} is."
                )
                raise UserError(message.format(code=code)) from error
        time.sleep(AGAIN)
    return code


def furnish(connection: Connection, resume: bool = False) -> None:
    """The host makes the log's stream, or finds it. resume: go on with the drill in the log; else it is over, and
    the loop is free for a new one. Raises UserError where there is no log to go on with."""
    replicas = 3 if len(connection.client.servers) >= 3 else 1
    if resume and not connection.wait(stream.exists(connection)):
        raise UserError(_("the loop's server has no log of a drill to go on with. Open a new loop."))
    connection.wait(stream.make(connection, replicas))
    if not resume and _ended_before(connection):
        connection.wait(stream.remove(connection))
        connection.wait(stream.make(connection, replicas))


def _ended_before(connection: Connection) -> bool:
    """Whether there was a drill on this loop; whoever is still in it hears that it is over."""
    with closing(SharedLog(connection)) as log:
        log.open()
        if log.opened is None:
            return False
        if log.state.ended is None:
            log.append(Ended(at=log.clock.now(), why="stopped"))
            time.sleep(LAST_WORD)
        return True


def doubts(connection: Connection) -> tuple[str, ...]:
    """What the loop's servers do not promise: that they keep at once what they say they keep. One line each."""
    told: list[dict[str, Any]] = []

    async def ask() -> None:
        inbox = connection.client.new_inbox()
        answers = await connection.client.subscribe(inbox)
        await connection.client.publish(PROMISES, b"{}", reply=inbox)
        with suppress(Exception):  # nobody is asked any more, or there is nobody to ask
            while True:
                answer = await answers.next_msg(ALL_TOLD)
                told.append(json.loads(answer.data)["data"])
        await answers.unsubscribe()

    with suppress(Exception):  # out of reach: said elsewhere
        connection.wait(ask(), 10 * ALL_TOLD)
    if not told:
        return (_("the loop's servers do not tell how they keep a drill: make their accounts.conf anew."),)
    found = []
    if not all(server.get("jetstream", {}).get("config", {}).get("sync_always") for server in told):
        found.append(
            _("a power cut at the loop's server takes what was drilled last: it needs `sync_interval: always`.")
        )
    if old := sorted({line(str(server.get("version"))) for server in told if _older(str(server.get("version")))}):
        message = _("the loop's server is nats-server {version}, which has known faults. Install {wanted} or newer.")
        found.append(message.format(version=old[0], wanted=".".join(map(str, SOUND))))
    return tuple(found)


def _older(version: str) -> bool:
    numbers = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    return numbers is None or tuple(map(int, numbers.groups())) < SOUND


class Kept:
    """Keeps the events of the drill on a loop in the records of this end. Those who sit elsewhere are kept under names
    of their own, `loop/NAME`: who they are is only what they say, and no learner of these records. What the records
    have of the session already, from before a crash, must be what the log has. Where both ends keep it in the same
    records they write one session, each event once, and both are learners. One's own records are dated by one's own
    clock, where the host's says something else."""

    same_records = False  # as the other end has proven
    began: datetime | None = None  # when the session was opened, by the clock here; None: as the host says

    def __init__(self, store: "Store", role: Role, learner: str) -> None:
        self._store, self._role, self._learner = store, role, learner
        self._before: deque[Event] = deque()
        self._log: SessionLog | None = None

    @property
    def more(self) -> bool:
        """Whether the records have more of the session than the log has told so far."""
        return bool(self._before)

    def __call__(self, event: "Event") -> None:
        """Raises LogBroken for a session that is not for who sits here, or that was changed; UserError where it cannot
        be kept: nothing of it is then."""
        if isinstance(event, Opened):
            event = self._begin(event)
        if self._log is None:
            return
        if not self._before:
            self._log.append(event)
        elif _bare(self._before.popleft()) != _bare(event):
            self._before.clear()
            raise LogBroken(_another_drill())

    def _begin(self, event: Opened) -> Opened:

        session = event.plan.session
        there = any(summary.id == session for summary in self._store.sessions())
        before = list(self._store.events(session)) if there else []
        if self._role == "host" and before and before[0] == event:  # our own, of before a crash
            self.same_records = True
        event = replace(event, plan=self._dated(self._own(event.plan), before))
        if before and before[0] != event:
            raise UserError(_another_drill())
        self._before.extend(before)
        self._log = learning.kept_log(self._store, session, before)
        return event

    def _dated(self, plan: "Plan", before: "Sequence[Event]") -> "Plan":
        from trainer.records.sessions import opened

        if before and isinstance(before[0], Opened):  # as it was dated then
            return plan if self.same_records else replace(plan, opened=before[0].plan.opened)
        if self.same_records or self.began is None or not apart(opened(plan), self.began):
            return plan
        return replace(plan, opened=self.began.isoformat(timespec="milliseconds"))

    def _own(self, plan: "Plan") -> "Plan":
        own = seat_of(plan, self._role)
        seats = [seat if seat.id == own else replace(seat, learner=PARTNER + seat.learner) for seat in plan.seats]
        if plan.seat(own).learner != self._learner:
            message = _("this drill was opened for {name}, not for who sits here. They come back with --crew {key}.")
            raise LogBroken(message.format(name=plan.seat(own).name, key=plan.seat(own).learner))
        return plan if self.same_records else replace(plan, seats=tuple(seats))


def _another_drill() -> str:
    return _("the records of this machine have another drill of that name. It is left as it is, and this one not kept.")


def _bare(event: "Event") -> "Event":
    """Without what the records may have lost since: the recording."""
    return replace(event, recording=None) if isinstance(event, Assessed) else event
