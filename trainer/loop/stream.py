"""The log of a session in a stream that all sides share.

Everybody hears what the server has kept, in its order, and folds that. Appending expects the log to be as far as it
was seen; where somebody was faster the event is looked at again, and left out if it no longer changes anything. What
was missed (a late join, a lost connection) is fetched from the stream, so no side needs another one for it.

A log only ever grows. Every side keeps a running digest of what it has seen, looks again and again whether the server
still has it, and compares with the host at every sign of life: a log that got shorter, or is another one, is told
within seconds, and nothing is said on it any more.
"""

import asyncio
import hashlib
import json
import queue
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from pydantic import BaseModel, Field, ValidationError

from trainer.drill.events import Event, Joined, Opened, from_json, to_json
from trainer.drill.session import State, apply
from trainer.errors import UserError
from trainer.live.session_log import SessionLog
from trainer.loop.admission import LONGEST, SHARE, admitted, in_time, seat_of
from trainer.loop.clock import SessionClock
from trainer.loop.connection import WRONG_SEQUENCE, Connection
from trainer.loop.roles import WRITERS, Role, role_name
from trainer.loop.server import DIRECT
from trainer.messages import gettext as _
from trainer.text_in import line

if TYPE_CHECKING:
    from nats.aio.msg import Msg
    from nats.js.api import StreamConfig

STREAM = "log"
AT_ONCE = 256  # events fetched in one go
ANSWER = 2.0  # s to wait for the server's word on an event
FULLEST = 64 * 1024 * 1024  # bytes of a log
MOST = 50_000  # events of one role
LOOK = 1.0  # s between two looks whether the server still has what we have seen
BEHIND = 2.5  # s that a server of several may lag behind before the log counts as shorter
AHEAD = 1.4  # s in which what somebody else has seen comes here, too
GONE = 6.0  # s without a log before it counts as gone: a server that starts has none yet
TELL = 5.0  # s that an event may wait before its side is told why
REFUSED, OUT_OF_REACH = 30.0, 300.0  # s until it is given up: by a server that does not take it, by none at all
ON_AIR = 1.0  # s in which what somebody said before the key came up still arrives
EXISTS = 10058  # JetStream's error: there is a stream of that name, set up otherwise


class Kept(NamedTuple):
    """An event as the server has kept it. stamp: the server's clock, s; came: when it came in, monotonic s."""

    number: int
    role: Role
    stamp: float
    body: bytes
    name: str
    came: float


class Position(BaseModel):
    """How far somebody has seen a session's log, and what it was: equal digests, equal logs up to there."""

    session: str = Field(max_length=100)
    number: int = Field(ge=1)
    digest: str = Field(max_length=64)


class Records(Protocol):
    """Where one end keeps what happens. more: whether they have more of the session than came so far."""

    @property
    def more(self) -> bool: ...

    def __call__(self, event: Event) -> None: ...


class LogBroken(UserError):
    """The server no longer has what it has said it keeps, or others have another log."""


async def make(connection: Connection, replicas: int = 1) -> None:
    """The host makes the stream, or finds it as a crash has left it."""
    from nats.js.errors import APIError

    try:
        await connection.stream.add_stream(_configuration(replicas))
    except APIError as error:
        if error.err_code != EXISTS:  # made by an earlier version, or since shut to somebody who had filled it
            raise


def _configuration(replicas: int, shut: Iterable[Role] = (), more: int = 0) -> "StreamConfig":
    """shut: roles that write no more; more: bytes that the log may have beyond what is usual."""
    from nats.js.api import DiscardPolicy, RePublish, StorageType, StreamConfig

    writers = [f"log.{role}" for role in WRITERS if role not in shut] if shut else ["log.*"]
    return StreamConfig(
        name=STREAM, subjects=writers, storage=StorageType.FILE, num_replicas=replicas, allow_direct=True,
        deny_delete=True, deny_purge=True, max_msg_size=LONGEST + 1024, max_bytes=FULLEST + more,
        max_msgs_per_subject=MOST, discard=DiscardPolicy.NEW, discard_new_per_subject=True,
        republish=RePublish(src="log.*", dest="feed.{{wildcard(1)}}"),
    )  # fmt: skip


async def exists(connection: Connection) -> bool:
    from nats.js.errors import NotFoundError

    try:
        await connection.stream.stream_info(STREAM)
    except NotFoundError:
        return False
    return True


async def remove(connection: Connection) -> None:
    """The drill is over, and the loop is to have another: a log holds one session."""
    await connection.stream.delete_stream(STREAM)


class SharedLog(SessionLog):
    """A SessionLog whose events are those of the stream. Listeners hear of them in a thread of their own, and must not
    append from there."""

    def __init__(
        self, connection: Connection, keep: "Records | None" = None,
        rejected: Callable[[Role, str], None] = lambda role, why: None,
        tell: Callable[[str], None] = lambda trouble: None,
        full: Callable[[], bool] = lambda: False,
    ) -> None:  # fmt: skip
        """keep: has trouble, not a say, unless it raises LogBroken: an event that others share has happened. rejected:
        hears of what was passed over: who wrote it, and why it was not believed, once for each reason. tell: hears at
        once of all other trouble. full: whether the server's disk is, where that can be seen from here."""
        super().__init__()
        self.trouble: str | None = None
        self.broken: str | None = None  # why nothing more is said on this log
        self.rejects = 0
        self.clock = SessionClock()
        self._connection = connection
        self._role = connection.role
        self._keep_safe = keep
        self._on_rejected = rejected
        self._tell_trouble = tell
        self._full = full
        self._received = 0  # sequence of the newest event that came in
        self._digests: list[bytes] = []  # after every event that came in
        self._written: Counter[Role] = Counter()  # bytes that came in
        self._shut: set[Role] = set()
        self._applied = 0  # sequence of the newest event that was folded
        self._folded: Counter[Role] = Counter()  # bytes that were folded
        self._mine: dict[str, str | None] = {}  # own events on their way; "" when they are kept, or why they are not
        self._sent: dict[str, float] = {}  # ...and when they were sent first, monotonic
        self._told: set[tuple[Role, str]] = set()
        self._opened: float | None = None  # server's clock when the session was opened
        self._stamp = 0.0  # server's clock at the newest event that was folded
        self._since = 0.0  # ...and session time
        self._off_air: dict[str, float] = {}  # when seats gave the key back, monotonic
        self._behind: float | None = None  # since when somebody says to have seen more than we have, monotonic
        self._missed: float | None = None  # since when the server lacks what we have seen, monotonic
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
        if self._keep_safe and self._keep_safe.more:  # the other end writes the same records, and was ahead of us
            self.catch_up()
        if self._keep_safe and self._keep_safe.more and self._connection.connected.is_set():
            self.lost()
        if self._role == "host":
            self._set_clock()
        self._connection.spawn(self._keep_looking())

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

    def now(self) -> float | None:
        """Seconds of the session by the server's clock; None before it is opened, and when it is over."""
        return None if self._opened is None or self.state.ended else self.clock.now()

    def on_air(self, role: Role) -> bool:
        """Whether the log says that a role's seat has the key, or had it when what arrives now was said."""
        plan = self.state.plan
        if plan is None or self.state.ended or self.broken:
            return False
        seat = seat_of(plan, role)
        return self.state.keyed == seat or time.monotonic() - self._off_air.get(seat, -ON_AIR) < ON_AIR

    def position(self) -> Position | None:
        """How far this side is; None where no session is going on."""
        plan, number = self.state.plan, self._applied
        if plan is None or self.state.ended or not number:
            return None
        return Position(session=plan.session, number=number, digest=self._digests[number - 1].hex())

    def shared(self, other: Position | None) -> Position | None:
        """Where we were when we were as far as somebody else says to be, or where we are, whichever is earlier."""
        own = self.position()
        if own and other and other.session == own.session and other.number < own.number:
            return Position(
                session=own.session, number=other.number, digest=self._digests[other.number - 1].hex()
            )  # fmt: skip
        return own

    def lost(self) -> None:
        """The server has less of this log than there was."""
        self._break(
            _(
                "the server has lost a part of this drill's log. The drill cannot go on; what was drilled so far is in "
                "your records."
            )
        )

    def compare(self, other: Position | None, host: bool) -> None:
        """What somebody else has seen is what we have seen, or the log is broken. host: it is the host who says so:
        then it must be the same session, too."""
        own = self.position()
        if own is None or other is None:
            return
        if other.session != own.session:
            if host:
                self._break(_("the host has begun another drill on this loop. Join again."))
        elif other.number > own.number:  # more than the server has told us, and for longer than telling takes
            self._behind = self._behind or time.monotonic()
            if time.monotonic() - self._behind > AHEAD:
                self.lost()
        elif self._digests[other.number - 1].hex() == other.digest:
            self._behind = None
        else:
            self._break(
                _("the log of this drill is not the same on all sides: it was changed. The drill cannot go on.")
            )

    def wait_for(self, done: Callable[[], bool], timeout: float | None = None) -> bool:
        """Wait until something is so, or the log is broken; it is asked after every event."""
        with self._changed:
            self._changed.wait_for(lambda: self.broken is not None or done(), timeout)
            return done()

    def append(self, *events: Event) -> State:
        """Waits until they are kept, one by one. An event that no longer changes anything, for what others did
        meanwhile, does not happen. Raises UserError where one cannot be kept, and LogBroken."""
        for event in events:
            self._append(event)
        return self.state

    def _append(self, event: Event) -> None:
        assert threading.current_thread() is not self._thread
        body = to_json(event).encode()
        if len(body) > LONGEST:
            message = _("what happened is too long to be told on the loop ({kind}, {size} kB).")
            raise UserError(message.format(kind=event.kind, size=len(body) // 1024))
        name = secrets.token_hex(8)
        with self._changed:
            self._mine[name] = None
        try:
            self._until_kept(event, body, name)
        finally:
            why = self._mine.pop(name)
            self._sent.pop(name, None)
        if why:
            message = _("the loop does not believe what was said here: {why}.")
            raise UserError(message.format(why=why))

    def _until_kept(self, event: Event, body: bytes, name: str) -> None:
        current, waiting = False, _Waiting(self._connection, self._tell, self._full)
        while self._mine[name] is None and not self._closed:
            if self.broken:
                raise LogBroken(self.broken)
            with self._changed:
                state, seen = self.state, self._applied
            if not fits(state, event):
                if current:
                    return
                self.catch_up()  # it may fit what we have not seen yet
                current = True
                continue
            self._sent.setdefault(name, time.monotonic())
            try:
                kept = self._connection.wait(self._publish(body, name, seen), 2 * ANSWER)
            except Exception as error:  # out of reach, or it died before it could answer: ask again
                waiting.more(error)
                self.catch_up()
            else:
                if kept is None or not self.wait_for(lambda kept=kept: self._applied >= kept, 0.5):  # type: ignore[misc]
                    self.catch_up()

    def tell(self, event: Event, seconds: float) -> None:
        """A last word, where it can be said within so many seconds."""

        def say() -> None:
            with suppress(UserError):
                self.append(event)

        telling = threading.Thread(target=say, daemon=True)
        telling.start()
        telling.join(seconds)

    def _tell(self, trouble: str) -> None:
        trouble = line(trouble)  # the server's words may be in it
        self.trouble = self.trouble or trouble
        self._tell_trouble(trouble)

    def _break(self, why: str) -> None:
        if self.broken is None and not self.state.ended:
            with self._changed:
                self.broken = why
                self._changed.notify_all()
            self._tell(why)

    def _back(self) -> None:
        if not self._closed:
            self._connection.spawn(self._fetch())

    async def _keep_looking(self) -> None:
        while not self._closed and self.broken is None:
            await asyncio.sleep(LOOK)
            if self._connection.connected.is_set():
                with suppress(Exception):  # out of reach: the next look tells
                    await self._fetch()
            elif why := self._connection.expelled:
                self._break(why)

    def _set_clock(self) -> None:
        """By what the server says now: the newest event may be old."""

        async def asked() -> dict[str, Any]:
            answer = await self._connection.client.request(f"$JS.API.STREAM.INFO.{STREAM}", b"", ANSWER)
            return json.loads(answer.data)  # type: ignore[no-any-return]

        earliest = time.monotonic()
        try:
            stamp = _seconds(self._connection.wait(asked(), 2 * ANSWER)["ts"])
        except Exception:  # out of reach: the next event tells
            return
        if self._opened is not None:
            self.clock.told(self._since + max(0.0, stamp - self._stamp), earliest, time.monotonic())

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
        """Everything that is in the stream beyond what has come in; and the last that has: it must still be there."""
        client = self._connection.client
        async with self._fetching:
            more = self.broken is None
            while more:
                inbox = client.new_inbox()
                answers = await client.subscribe(inbox)
                seen, there = self._received, False
                try:
                    wanted = {"seq": max(1, seen), "next_by_subj": "log.*", "batch": AT_ONCE}
                    await client.publish(f"{DIRECT}.{STREAM}", json.dumps(wanted).encode(), reply=inbox)
                    while True:
                        message = await answers.next_msg(ANSWER)
                        status = (message.headers or {}).get("Status")
                        if status:
                            more = status == "204" and int((message.headers or {}).get("Nats-Num-Pending", 0)) > 0
                            break
                        there = self._seen_again(message, seen) or there
                finally:
                    await answers.unsubscribe()
                self._still_there(there or seen == 0, status)
                more = more and self.broken is None

    def _seen_again(self, message: "Msg", seen: int) -> bool:
        """Take what is new; whether this is the newest event that we had seen."""
        number = int((message.headers or {})["Nats-Sequence"])
        if number == self._received + 1:
            self._take(message)
        elif number > self._received or (number == seen and self._digest(_kept(message)) != self._digests[seen - 1]):
            self._break(_("the server's log of this drill was changed. The drill cannot go on; open a new one."))
        return number == seen

    def _still_there(self, there: bool, status: str) -> None:
        if there:
            self._missed = None
            return
        now = time.monotonic()
        self._missed = self._missed or now
        if status == "503" and now - self._missed > GONE:
            self._break(_("the loop's server has no log of this drill any more. Is its disk full?"))
        elif status != "503" and now - self._missed > BEHIND:
            self.lost()

    def _take(self, message: "Msg") -> None:
        kept = _kept(message)
        self._digests.append(self._digest(kept))
        self._received = kept.number
        self._written[kept.role] += len(kept.body)
        self._incoming.put(kept)
        if self._role == "host" and kept.role != "host" and self._written[kept.role] > SHARE:
            self._shut_out(kept.role)

    def _digest(self, kept: Kept) -> bytes:
        before = self._digests[kept.number - 2] if kept.number > 1 else b""
        head = f"{kept.number} {kept.role} {kept.stamp:.6f} {kept.name}\n"
        return hashlib.blake2b(before + head.encode() + kept.body, digest_size=8).digest()

    def _shut_out(self, role: Role) -> None:
        """The log takes nothing more of a role that has used up its share, and has room for the others again."""
        if role in self._shut:
            return
        self._shut.add(role)
        self._tell(_("{role} has filled the log, and is written down no more.").format(role=role_name(role)))

        async def shut() -> None:
            info = await self._connection.stream.stream_info(STREAM)
            more = info.state.bytes
            await self._connection.stream.update_stream(_configuration(info.config.num_replicas or 1, self._shut, more))

        self._connection.spawn(shut())

    def _fold(self) -> None:
        while (kept := self._incoming.get()) is not None:
            if self.broken:
                continue
            event, why = self._believed(kept)
            if event:
                if isinstance(event, Opened):
                    self._opened = kept.stamp
                self._happen(event)
            if self._opened is not None:
                self.clock.told(self._since, self._sent.get(kept.name, -float("inf")), kept.came)
            with self._changed:
                self._applied = kept.number
                if kept.name in self._mine:
                    self._mine[kept.name] = why
                self._changed.notify_all()

    def _happen(self, event: Event) -> None:
        """The event has happened, whatever becomes of it here: the log must go on with it, or this side stands still
        while the others go on."""
        keyed = self.state.keyed
        if self._keep_safe:
            try:
                self._keep_safe(event)
            except LogBroken as error:
                self._break(str(error))
            except Exception as error:
                self._tell(str(error))
        try:
            super().append(event)
        except Exception as error:  # a listener's: the event is in the log by then
            self._tell(f"{type(error).__name__}: {error}")
        if keyed and keyed != self.state.keyed:
            self._off_air[keyed] = time.monotonic()

    def _believed(self, kept: Kept) -> tuple[Event | None, str]:
        """The event, or why it is none."""

        if self._opened is not None:
            self._since += max(0.0, kept.stamp - self._stamp)  # a clock that is set back stands still
        self._stamp = kept.stamp
        self._folded[kept.role] += len(kept.body)
        why, event = "", None
        try:
            if len(kept.body) > LONGEST:
                why = "too long"
            elif kept.role != "host" and self._folded[kept.role] > SHARE:
                why = "more than their share of the log"
            else:
                event = from_json(kept.body)
        except (ValidationError, UnicodeDecodeError, RecursionError):
            why = "not an event"
        if event and not admitted(event, kept.role, self.state.plan):
            why, event = f"not theirs to write: {event.kind}", None
        if event is None:
            self.rejects += 1
            if (kept.role, why) not in self._told:
                self._told.add((kept.role, why))
                self._on_rejected(kept.role, why)
            return None, why
        return in_time(event, self._since), ""


class _Waiting:
    """How long one event has waited, and what is told of that."""

    def __init__(self, connection: Connection, tell: Callable[[str], None], full: Callable[[], bool]) -> None:
        self._connection, self._tell, self._full = connection, tell, full
        self._began = time.monotonic()
        self._refused: float | None = None  # since when the server answers, and does not keep it
        self._told = False

    def more(self, error: Exception) -> None:
        """Something was wrong; wait a moment. Raises UserError where it is no use any more."""
        from nats.js.errors import APIError

        now = time.monotonic()
        refused = self._connection.refused
        if refused and "permissions violation" in refused.lower():
            message = _("the loop's server forbids what is to be said on it ({why}).")
            raise UserError(message.format(why=line(refused)))
        if isinstance(error, APIError):
            self._refused = self._refused or now
            why = _("the loop's server does not keep what happens ({why}).").format(why=error.description or error)
            over = now - self._refused > REFUSED
        else:
            self._refused = None
            why = self._no_word()
            over = now - self._began > OUT_OF_REACH
        if over:
            raise UserError(why + " " + _("The drill stands where it was: join again to go on with it."))
        if now - self._began > TELL and not self._told:
            self._told = True
            self._tell(why)
        if self._refused or self._connection.connected.is_set():
            time.sleep(LOOK / 2)
        else:
            self._connection.connected.wait(ANSWER)

    def _no_word(self) -> str:
        """Why the server does not say that it has kept something."""
        if self._full():
            return _("the disk of the loop's server is full. Make room there: then the drill goes on by itself.")
        if self._connection.answers():
            return _("the loop's server is there, but keeps nothing. Is its disk full?")
        return _("the loop's server is out of reach.")


def _kept(message: "Msg") -> Kept:
    headers: dict[str, Any] = message.headers or {}
    role = headers.get("Nats-Subject", "").removeprefix("log.")
    stamp = _seconds(headers["Nats-Time-Stamp"])
    return Kept(
        int(headers["Nats-Sequence"]), role, stamp, message.data, headers.get("Nats-Msg-Id", ""), time.monotonic()
    )


def _seconds(stamp: str) -> float:
    """Since 1970, from the server's RFC 3339."""
    return datetime.fromisoformat(stamp[:26].rstrip("Z") + "+00:00").timestamp()


def fits(state: State, event: Event) -> bool:
    """Whether an event would change anything but the time."""
    if isinstance(event, Joined):
        return state.plan is not None and state.ended is None
    return replace(apply(state, event), at=state.at) != state
