"""Live voice between the sides of a loop: from the microphone's blocks to frames, from frames to the loudspeaker."""

import secrets
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from trainer.audio.loudspeaker import Live, Loudspeaker
from trainer.audio.radio import Radio, RadioChannel
from trainer.audio.recording import SAMPLE_RATE
from trainer.loop.connection import Connection
from trainer.loop.frames import FRAME, Count, Framer, JitterBuffer, Samples, pack, unpack
from trainer.loop.roles import Role

if TYPE_CHECKING:
    from nats.aio.msg import Msg

WAITING = 300  # frames that may wait to be handled: 6 s
PENDING = 1.0  # s that a take may wait for the log to say that its talker has the key
FASTEST = 150  # frames a second that are taken from one side: three times what a talker sends, for bursts


@dataclass(frozen=True)
class Passage:
    """One take as a listener had it.

    Attributes:
        latency: seconds from mouth to ear of every frame played, without what the sound devices of both sides add.
    """

    role: Role
    count: Count
    latency: tuple[float, ...] = field(repr=False)

    def quantile(self, share: float) -> float:
        return float(np.quantile(self.latency, share)) if self.latency else 0.0


class Speaking:
    """One press of the key, sent as it is spoken."""

    def __init__(self, connection: Connection, now: Callable[[], float]) -> None:
        self._connection, self._now = connection, now
        self._framer = Framer(secrets.randbits(32))
        self._begun = now()
        self._sounded = 0.0

    def feed(self, block: Samples) -> None:
        now = self._now()
        self._sounded += len(block) / SAMPLE_RATE
        # Blocks that come faster than time goes by are from before the key went down.
        live = self._sounded <= now - self._begun + 2 * FRAME
        for frame in self._framer.feed(block, now, live=live):
            self._connection.send(f"voice.{self._connection.role}", pack(frame))

    def finish(self) -> None:
        self._connection.send(f"voice.{self._connection.role}", pack(self._framer.finish(self._now())))


class Listening:
    """Plays what the others say, radio colour and all, from `with` to its end."""

    def __init__(
        self, connection: Connection, roles: Iterable[Role], loudspeaker: Loudspeaker, now: Callable[[], float],
        radio: Radio, on_air: Callable[[Role], bool], heard: Callable[[Passage], None] = lambda passage: None,
    ) -> None:  # fmt: skip
        """on_air: whether the log says that a role has the key; nobody else is heard. heard: is told of every take when
        it is over, in the listening thread."""
        self._connection, self._loudspeaker, self._now, self._radio = connection, loudspeaker, now, radio
        self._on_air = on_air
        self._roles = tuple(roles)
        self._heard = heard
        self._lines = {role: _Line(role) for role in self._roles}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="listening", daemon=True)
        self.rejected = 0

    def __enter__(self) -> "Listening":
        self._stops = [self._connection.hear(f"voice.{role}", self._on_frame, waiting=WAITING) for role in self._roles]
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()
        for stop in self._stops:
            stop()
        for line in self._lines.values():
            if line.out:  # in the middle of a call
                line.out.finish()

    @property
    def busy(self) -> bool:
        """Whether anybody is still heard."""
        return any(line.buffer.talking for line in self._lines.values())

    async def _on_frame(self, message: "Msg") -> None:
        line = self._lines.get(message.subject.removeprefix("voice."))  # type: ignore[call-overload]
        frame = unpack(message.data)
        if line is None or frame is None or not line.room(time.monotonic()):
            self.rejected += 1
            return
        with line.lock:
            line.put(frame.number, frame.sent)
            line.buffer.put(frame, self._now())

    def _run(self) -> None:
        lines = tuple(self._lines.values())
        while lines and not self._over.is_set():
            for line in lines:
                now = time.monotonic()
                if line.due > now:
                    continue
                self._play(line)
                line.due = max(line.due, now - 1) + line.pause(self._now())  # more behind: the machine slept
            time.sleep(max(0.0, min(line.due for line in lines) - time.monotonic()))

    def _play(self, line: "_Line") -> None:
        if not self._on_air(line.role) and line.buffer.talking:
            if not line.out and line.pends(time.monotonic()):
                return  # the sound has overtaken the word of the log
            with line.lock:
                self.rejected += line.buffer.drop()
        else:
            line.pending = None
        with line.lock:
            now = self._now()
            piece = line.buffer.take(now)
            talking, count = line.buffer.talking, line.buffer.count
        if piece is not None:
            number, samples = piece
            if line.channel is None:
                line.begin(RadioChannel(self._radio, SAMPLE_RATE), self._loudspeaker.live(SAMPLE_RATE))
            assert line.channel
            assert line.out
            line.out.feed(line.channel.feed(samples))
            if number is not None:
                line.played[number] = now + self._radio.relay_delay + line.channel.late
        if line.channel and line.out and not talking:
            line.out.feed(line.channel.finish())
            line.out.finish()
            self._heard(Passage(line.role, count, line.latencies()))
            line.end()


class _Line:
    """What one side says, on its way to the loudspeaker."""

    def __init__(self, role: Role) -> None:
        self.role: Role = role
        self.lock = threading.Lock()
        self.buffer = JitterBuffer()
        self.channel: RadioChannel | None = None
        self.out: Live | None = None
        self.played: dict[int, float] = {}
        self.due = 0.0  # monotonic seconds: when to look at it next
        self.pending: float | None = None  # ...since when a take waits for its key
        self._origin = float("inf")
        self._credit, self._at = float(FASTEST), 0.0

    def pends(self, at: float) -> bool:
        """Whether a take may still wait for its key."""
        self.pending = self.pending or at
        return at - self.pending < PENDING

    def room(self, at: float) -> bool:
        """Whether this side has sent no more than a talker can."""
        self._credit = min(FASTEST, self._credit + FASTEST * (at - self._at))
        self._at = at
        if self._credit < 1:
            return False
        self._credit -= 1
        return True

    def pause(self, now: float) -> float:
        """Seconds until the next frame: one after the other, but the first of a take in its own time."""
        if self.pending is not None:
            return FRAME
        with self.lock:
            begins_in = None if self.channel else self.buffer.begins_in(now)
        return FRAME if begins_in is None else min(FRAME, begins_in)

    def put(self, number: int, sent: float) -> None:
        if number == 0:
            self._origin = float("inf")
        # Every frame was spoken by the time it was sent: the tightest of these tells when the take began.
        self._origin = min(self._origin, sent - (number + 1) * FRAME)

    def begin(self, channel: RadioChannel, out: Live) -> None:
        self.channel, self.out, self.played = channel, out, {}

    def latencies(self) -> tuple[float, ...]:
        return tuple(at - (self._origin + number * FRAME) for number, at in self.played.items())

    def end(self) -> None:
        self.channel = self.out = None
        self.played = {}
