"""The log of a session in a stream that all sides share.

Everybody hears what the server has kept, in its order, and folds that. Appending expects the log to be as far as it
was seen; where somebody was faster the event is looked at again, and left out if it no longer changes anything. What
was missed (a late join, a lost connection) is fetched from the stream, so no side needs another one for it.
"""

import asyncio
import json
import queue
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from trainer.drill.events import Event, Joined, Opened, from_json, to_json
from trainer.drill.session import State, apply
from trainer.live.session_log import SessionLog
from trainer.loop.admission import LONGEST, admitted
from trainer.loop.connection import WRONG_SEQUENCE, Connection
from trainer.loop.roles import Role
from trainer.loop.server import DIRECT

if TYPE_CHECKING:
    from nats.aio.msg import Msg

STREAM = "log"
AT_ONCE = 256  # events fetched in one go
ANSWER = 2.0  # s to wait for the server's word on an event
FULLEST = 64 * 1024 * 1024  # bytes of a log
MOST = 50_000  # events of one role

Kept = tuple[int, Role, float, bytes, str]  # sequence, who wrote it, when (server's clock, s), the event, its id


async def make(connection: Connection, replicas: int = 1) -> None:
    """The host makes the stream, or finds it as a crash has left it."""
    from nats.js.api import DiscardPolicy, RePublish, StorageType, StreamConfig

    await connection.stream.add_stream(
        StreamConfig(
            name=STREAM, subjects=["log.*"], storage=StorageType.FILE, num_replicas=replicas, allow_direct=True,
            deny_delete=True, deny_purge=True, max_msg_size=LONGEST + 1024, max_bytes=FULLEST,
            max_msgs_per_subject=MOST, discard=DiscardPolicy.NEW, discard_new_per_subject=True,
            republish=RePublish(src="log.*", dest="feed.{{wildcard(1)}}"),
        )
    )  # fmt: skip


async def remove(connection: Connection) -> None:
    """The drill is over, and the loop is to have another: a log holds one session."""
    await connection.stream.delete_stream(STREAM)


class SharedLog(SessionLog):
    """A SessionLog whose events are those of the stream. Listeners hear of them in a thread of their own, and must not
    append from there."""

    def __init__(
        self, connection: Connection, keep: Callable[[Event], None] | None = None,
        rejected: Callable[[Role, str], None] = lambda role, why: None,
    ) -> None:  # fmt: skip
        """keep: has trouble, not a say: an event that others share has happened. rejected: hears of what was passed
        over: who wrote it, and why it was not believed."""
        super().__init__()
        self.trouble: str | None = None
        self.rejects = 0
        self._connection = connection
        self._role = connection.role
        self._keep_safe = keep
        self._on_rejected = rejected
        self._received = 0  # sequence of the newest event that came in
        self._applied = 0  # ...that was folded
        self._ids: set[str] = set()  # of own events that were folded
        self._opened: float | None = None  # server's clock when the session was opened
        self._closed = False
        self._deaf: Callable[[], None] = lambda: None
        self._incoming: queue.SimpleQueue[Kept | None] = queue.SimpleQueue()
        self._changed = threading.Condition()
        self._fetching = asyncio.Lock()
        self._thread = threading.Thread(target=self._fold, name="log", daemon=True)

    def open(self) -> None:
        """Hear everything that has happened, then all that happens."""
        self._thread.start()
        self._deaf = self._connection.hear("feed.*", self._on_feed, waiting=10_000)
        self._connection.when_back(self._back)
        self.catch_up()

    def close(self) -> None:
        """What is still to be appended no longer happens."""
        self._closed = True
        self._deaf()
        self._incoming.put(None)
        if self._thread.is_alive():
            self._thread.join()
        with self._changed:
            self._changed.notify_all()

    def catch_up(self) -> None:
        """Fetch what is in the stream and not yet here. Does nothing while there is no connection."""
        try:
            self._connection.wait(self._fetch(), 10 * ANSWER)
        except Exception:  # out of reach: it is fetched after the reconnection
            return
        self.wait_for(lambda: self._applied >= self._received, ANSWER)

    @property
    def opened(self) -> float | None:
        """When the session was opened by the server's clock, in seconds since 1970."""
        return self._opened

    def wait_for(self, done: Callable[[], bool], timeout: float | None = None) -> bool:
        """Wait until something is so; it is asked after every event."""
        with self._changed:
            return self._changed.wait_for(done, timeout)

    def append(self, event: Event) -> State:
        """Waits until the event is kept, for as long as the server is out of reach. An event that no longer changes
        anything, for what others did meanwhile, does not happen."""
        assert threading.current_thread() is not self._thread
        body = to_json(event).encode()
        name = secrets.token_hex(8)
        current = False
        while name not in self._ids and not self._closed:
            with self._changed:
                state, seen = self.state, self._applied
            if not fits(state, event):
                if current:
                    break
                self.catch_up()  # it may fit what we have not seen yet
                current = True
                continue
            try:
                kept = self._connection.wait(self._publish(body, name, seen), 2 * ANSWER)
            except Exception:  # out of reach, or it died before it could answer: ask again
                if self._connection.refused and "violation" in self._connection.refused:
                    raise
                self._connection.connected.wait(ANSWER)
                self.catch_up()
            else:
                if kept is None or not self.wait_for(lambda kept=kept: self._applied >= kept, 0.5):  # type: ignore[misc]
                    self.catch_up()
        return self.state

    def tell(self, event: Event, seconds: float) -> None:
        """A last word, where it can be said within so many seconds."""
        telling = threading.Thread(target=self.append, args=(event,), daemon=True)
        telling.start()
        telling.join(seconds)

    def _back(self) -> None:
        if not self._closed:
            self._connection.spawn(self._fetch())

    async def _publish(self, body: bytes, name: str, seen: int) -> int | None:
        """The sequence of the event; None where somebody was faster."""
        from nats.js.errors import APIError

        headers = {"Nats-Expected-Last-Sequence": str(seen), "Nats-Msg-Id": name}
        try:
            return (await self._connection.stream.publish(f"log.{self._role}", body, ANSWER, headers=headers)).seq
        except APIError as error:
            if error.err_code == WRONG_SEQUENCE:
                return None
            raise

    async def _on_feed(self, message: "Msg") -> None:
        number = int((message.headers or {}).get("Nats-Sequence", 0))
        if number == self._received + 1:
            self._take(message)
        elif number > self._received:
            await self._fetch()

    async def _fetch(self) -> None:
        """Everything that is in the stream beyond what has come in."""
        client = self._connection.client
        async with self._fetching:
            more = True
            while more:
                inbox = client.new_inbox()
                answers = await client.subscribe(inbox)
                try:
                    wanted = {"seq": self._received + 1, "next_by_subj": "log.*", "batch": AT_ONCE}
                    await client.publish(f"{DIRECT}.{STREAM}", json.dumps(wanted).encode(), reply=inbox)
                    while True:
                        message = await answers.next_msg(ANSWER)
                        status = (message.headers or {}).get("Status")
                        if status:
                            more = status == "204" and int((message.headers or {}).get("Nats-Num-Pending", 0)) > 0
                            break
                        if int((message.headers or {})["Nats-Sequence"]) == self._received + 1:
                            self._take(message)
                finally:
                    await answers.unsubscribe()

    def _take(self, message: "Msg") -> None:
        headers: dict[str, Any] = message.headers or {}
        number = self._received = int(headers["Nats-Sequence"])
        role = headers.get("Nats-Subject", "").removeprefix("log.")
        stamp = datetime.fromisoformat(headers["Nats-Time-Stamp"][:26].rstrip("Z") + "+00:00").timestamp()
        self._incoming.put((number, role, stamp, message.data, headers.get("Nats-Msg-Id", "")))

    def _fold(self) -> None:
        while (kept := self._incoming.get()) is not None:
            number, role, stamp, body, name = kept
            event = self._believed(role, stamp, body)
            if event:
                if isinstance(event, Opened):
                    self._opened = stamp
                self._happen(event)
            with self._changed:
                self._applied = number
                self._ids.add(name)
                self._changed.notify_all()

    def _happen(self, event: Event) -> None:
        """The event has happened, whatever becomes of it here: the log must go on with it, or this side stands still
        while the others go on."""
        if self._keep_safe:
            try:
                self._keep_safe(event)
            except Exception as error:
                self.trouble = self.trouble or str(error)
        try:
            super().append(event)
        except Exception as error:  # a listener's: the event is in the log by then
            self.trouble = self.trouble or f"{type(error).__name__}: {error}"

    def _believed(self, role: Role, stamp: float, body: bytes) -> Event | None:
        from pydantic import ValidationError

        why = ""
        try:
            event = from_json(body) if len(body) <= LONGEST else None
            why = "" if event else "too long"
        except (ValidationError, UnicodeDecodeError, RecursionError):
            event, why = None, "not an event"
        since = None if self._opened is None else stamp - self._opened
        if event and not admitted(event, role, self.state.plan, since):
            why, event = f"not theirs to write: {event.kind}", None
        if event is None:
            self.rejects += 1
            self._on_rejected(role, why)
        return event


def fits(state: State, event: Event) -> bool:
    """Whether an event would change anything but the time."""
    if isinstance(event, Joined):
        return state.plan is not None and state.ended is None
    return replace(apply(state, event), at=state.at) != state


def session_time(opened: float) -> float:
    """Seconds since a session was opened, by this machine's wall clock."""
    return max(0.0, time.time() - opened)


def replay(events: Iterable[bytes]) -> list[Event]:
    return [from_json(body) for body in events]
