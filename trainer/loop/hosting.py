"""What opening a loop takes, with or without a screen: the server, its stream and floor, the records of the drill."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from time import sleep
from typing import TYPE_CHECKING

from trainer.data_folder import data_folder
from trainer.drill.events import Ended
from trainer.errors import UserError
from trainer.loop import stream
from trainer.loop.connection import Connection
from trainer.loop.server import Server, own_address, unfinished
from trainer.loop.stream import SharedLog
from trainer.messages import gettext as _

if TYPE_CHECKING:
    from trainer.drill.events import Event
    from trainer.records.store import Store

LAST_WORD = 2.0  # s after the end in which the others hear of it


def server(resume: bool = False, address: str | None = None, port: int | None = None) -> Server:
    """A new loop's server, or the one of the newest loop that was not ended. Raises UserError where there is none."""
    loops = data_folder() / "loops"
    if resume:
        waiting = unfinished(loops)
        if not waiting:
            raise UserError(_("no loop waits to be gone on with. `ruston pair host` opens one."))
        return Server(waiting[-1])
    return Server(loops / f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}", address or own_address(), port)


def furnish(connection: Connection, resume: bool = False) -> None:
    """The host makes the log's stream, or finds it. resume: go on with the drill that is in the log;
    else it is over, and the loop is free for a new one."""
    replicas = 3 if len(connection.client.servers) >= 3 else 1
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
            sleep(LAST_WORD)
        return True


def kept(store: "Store") -> Callable[["Event"], None]:
    """Keeps the events of the session that is opened. What the records have already, from before a crash, they keep."""
    from trainer.drill.events import Opened
    from trainer.live import learning
    from trainer.live.session_log import SessionLog

    log: SessionLog | None = None
    number = had = 0

    def keep(event: "Event") -> None:
        nonlocal log, number, had
        if log is None:
            assert isinstance(event, Opened)
            session = event.plan.session
            before = list(store.events(session)) if any(s.id == session for s in store.sessions()) else []
            log, had = learning.kept_log(store, session, before), len(before)
        number += 1
        if number > had:
            log.append(event)

    return keep
