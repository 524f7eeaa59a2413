"""Live sound in frames of 20 ms, and the buffer that evens out their arrival. Pure: time comes in as data.

A frame is 16-bit PCM at 16 kHz behind a header, 658 bytes: 263 kb/s, and only while somebody speaks. Big-endian:
magic "RV", version 1, flags (1: the last of its take), take (32 bits), number (32 bits), time sent (float64, seconds of
the session).
"""

import math
import struct
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.audio.recording import SAMPLE_RATE

Samples = NDArray[np.float32]

FRAME = 0.02  # s
LENGTH = round(FRAME * SAMPLE_RATE)  # samples
HEADER = struct.Struct(">2sBBIId")
MAGIC, VERSION, LAST = b"RV", 1, 1
SIZE = HEADER.size + 2 * LENGTH
LONGEST_TAKE = round(60 / FRAME)  # frames: more than any take has

QUIET = 10 ** (-50 / 20)  # RMS below which a frame is a pause in any case, and may be left out
PAUSE = 10 ** (-20 / 20)  # ...and relative to the loudest frames of late
FADE = 0.995  # of what counts as loudest, from frame to frame: it is forgotten within 4 s
MARGIN = 0.02  # s that are buffered beyond the jitter seen
LEAST, FIRST, MOST = 0.04, 0.06, 0.3  # s that are buffered: at least, before anything is known, at most
BEHIND = 1.5  # s beyond which sound is dropped, speech or not
MEMORY = 150  # frames whose jitter is remembered: 3 s
CONCEALED = 3  # lost frames in a row that are filled with the last one, each softer than the one before
GIVEN_UP = 1.5  # s without a frame after which a take is over, though its last frame never came
STORED = 200  # frames that are kept at most: 4 s


@dataclass(frozen=True, eq=False)
class Frame:
    """A stretch of somebody's voice on its way.

    Attributes:
        take: which press of the key.
        number: from 0 on.
        sent: s of the session.
        samples: 16 kHz.
    """

    take: int
    number: int
    sent: float
    samples: Samples
    last: bool = False


def pack(frame: Frame) -> bytes:
    pcm = (np.clip(frame.samples, -1, 1) * 32767).astype(">i2")
    return HEADER.pack(MAGIC, VERSION, LAST if frame.last else 0, frame.take, frame.number, frame.sent) + pcm.tobytes()


def unpack(data: bytes) -> Frame | None:
    """None for anything that is not a whole frame."""
    if len(data) != SIZE:
        return None
    magic, version, flags, take, number, sent = HEADER.unpack_from(data)
    if magic != MAGIC or version != VERSION or flags & ~LAST or number >= LONGEST_TAKE or not math.isfinite(sent):
        return None
    samples = (np.frombuffer(data, ">i2", offset=HEADER.size) / 32768).astype(np.float32)
    return Frame(take, number, sent, samples, bool(flags))


class Framer:
    """Cuts one take into frames. What comes before the first sound is left out, or the listener would stay behind."""

    def __init__(self, take: int) -> None:
        self._take = take
        self._rest: Samples = np.zeros(0, np.float32)
        self._number = 0
        self._begun = False

    def feed(self, block: Samples, now: float, *, live: bool = True) -> list[Frame]:
        """live: the block has just sounded; else it comes from before the key, and is worth sending only if somebody
        already speaks in it."""
        waiting: Samples = np.concatenate([self._rest, block])
        frames = []
        whole = len(waiting) // LENGTH * LENGTH
        for start in range(0, whole, LENGTH):
            samples = waiting[start : start + LENGTH]
            self._begun = self._begun or live or _rms(samples) >= QUIET
            if self._begun:
                frames.append(self._frame(samples, now))
        self._rest = waiting[whole:]
        return frames

    def finish(self, now: float) -> Frame:
        return self._frame(np.concatenate([self._rest, np.zeros(LENGTH - len(self._rest), np.float32)]), now, last=True)

    def _frame(self, samples: Samples, now: float, last: bool = False) -> Frame:
        self._number += 1
        return Frame(self._take, self._number - 1, now, samples, last)


@dataclass
class Count:
    """Of one take: frames that came, were lost, filled in, or left out in pauses to catch up; that came again or too
    late.

    Attributes:
        delay: s that are buffered now.
    """

    came: int = 0
    lost: int = 0
    filled: int = 0
    skipped: int = 0
    late: int = 0
    delay: float = FIRST


class JitterBuffer:
    """`put` frames as they come, `take` one every 20 ms. One talker at a time: a new take ends the old one.

    Adapts to the network: buffers as much as the worst jitter of the last seconds, and a margin. When frames are late
    the sound waits for them, so nothing is cut off, and catches up in the next pause of the speech.
    """

    def __init__(self) -> None:
        self.count = Count()
        self.talking = False
        self._take: int | None = None
        self._over: deque[int] = deque(maxlen=64)  # takes that are over
        self._frames: dict[int, Frame] = {}
        self._next = 0
        self._start = 0.0
        self._heard = 0.0  # when the last frame came
        self._transit: deque[float] = deque(maxlen=MEMORY)
        self._previous: Samples = np.zeros(LENGTH, np.float32)
        self._gap = 0
        self._played = False  # anything of this take
        self._loudest = 0.0

    @property
    def delay(self) -> float:
        """Seconds to buffer, from the jitter of late."""
        if len(self._transit) < 10:
            return FIRST
        transit = np.asarray(self._transit)
        jitter = float(np.quantile(transit, 0.98) - transit.min())
        return min(MOST, max(LEAST, jitter + MARGIN))

    def begins_in(self, now: float) -> float | None:
        """Seconds until the first frame of a take is to be played; None where nobody speaks."""
        return max(0.0, self._start - now) if self.talking else None

    def put(self, frame: Frame, now: float) -> None:
        if frame.take in self._over:
            self.count.late += 1
            return
        if frame.take != self._take:
            self._begin(frame, now)
        if frame.number < self._next and not self._played:
            self._next = frame.number  # the first ones overtook each other
        if frame.number < self._next or frame.number in self._frames or len(self._frames) >= STORED:
            self.count.late += 1
            return
        self.count.came += 1
        self._heard = now
        self._transit.append(now - frame.sent)
        self._frames[frame.number] = frame

    def take(self, now: float) -> tuple[int | None, Samples] | None:
        """The next 20 ms, with the number of the frame that it is, None where it is filled in. None where nobody
        speaks: then `talking` is False."""
        if not self.talking or now < self._start:
            return None
        self._catch_up()
        frame = self._frames.pop(self._next, None)
        if frame is None:
            return self._fill(now)
        self._loudest = max(FADE * self._loudest, _rms(frame.samples))
        self._next, self._gap, self._previous, self._played = self._next + 1, 0, frame.samples, True
        if frame.last:
            self._end(for_good=True)
        return frame.number, frame.samples

    def drop(self) -> int:
        """The take that is heard is over, and what still comes of it is too late; how many frames waited."""
        waiting = len(self._frames)
        self._end(for_good=True)
        return waiting

    def _begin(self, first: Frame, now: float) -> None:
        """A take begins, or is heard again: its talker had been cut off."""
        if self._take is not None:
            self._end(for_good=True)
        self.count = Count(delay=self.delay)
        self.talking, self._take, self._next, self._gap, self._played = True, first.take, first.number, 0, False
        self._frames = {}
        self._start = now + self.count.delay
        self._previous = np.zeros(LENGTH, np.float32)

    def _end(self, for_good: bool = False) -> None:
        if self._take is not None and for_good:
            self._over.append(self._take)
        self.talking, self._take, self._frames = False, None, {}

    def _catch_up(self) -> None:
        """Leave out a pause where more waits than is needed; anything where far too much waits."""
        wanted = math.ceil(self.delay / FRAME)
        while len(self._frames) > wanted + 1 and (frame := self._frames.get(self._next)) and not frame.last:
            if _rms(frame.samples) >= max(QUIET, PAUSE * self._loudest) and len(self._frames) * FRAME < BEHIND:
                return
            del self._frames[self._next]
            self._next += 1
            self.count.skipped += 1

    def _fill(self, now: float) -> tuple[None, Samples] | None:
        if not self._frames and now - self._heard > GIVEN_UP:
            self._end()
            return None
        if self._frames:  # later ones are there: this one is lost
            self._next += 1
            self.count.lost += 1
        self.count.filled += 1
        self._gap += 1
        gain = 0.5**self._gap if self._gap <= CONCEALED else 0.0
        return None, (gain * self._previous).astype(np.float32)


def _rms(samples: Samples) -> float:
    return math.sqrt(float((samples.astype(np.float64) ** 2).mean())) if len(samples) else 0.0
