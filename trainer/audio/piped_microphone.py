"""A voice from standard input: a WAV stream, or raw 16-bit samples (little-endian, mono, 16 kHz)."""

import threading
import time
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np

from trainer.audio.blocks import BlockQueue, Intake, Samples
from trainer.audio.containers import NoWave, WaveHeader, wave_header
from trainer.audio.microphone import BEFORE_KEY, WAITING, Pace
from trainer.audio.recorded_microphone import BLOCK, RoomNoise
from trainer.audio.recording import LOWEST_RATE, SAMPLE_RATE
from trainer.errors import UserError
from trainer.languages import Language
from trainer.messages import gettext as _

STALLED = 1.0  # s without a block after which a stream stands still
OTHER_FORMATS = (b"OggS", b"fLaC", b"ID3", b"FORM", b".snd", b"RF64", b"caff")  # not to be heard as raw samples
BLOCK_SECONDS = BLOCK / SAMPLE_RATE
RAW = WaveHeader(channels=1, rate=SAMPLE_RATE, width=2, floating=False, length=None)


class PipedMicrophone:
    """In real time it is live: it is read from the start and never faster than time goes by. As fast as possible, it is
    read from the first press of the key on, as much as the takes need. After its end, or while it stands still, nobody
    speaks.
    """

    def __init__(self, stream: BinaryIO, pace: Pace = "fast") -> None:
        self.name = "-"
        self._source = _Source(stream)
        self._live = pace == "real"
        self._pressed = False
        self.before_key = 0.0
        self._room = RoomNoise()
        self._queue = BlockQueue(round(WAITING * SAMPLE_RATE))
        self._closed = threading.Event()
        self._given = time.monotonic()  # when a block was read last
        self._error: UserError | None = None
        self._thread = threading.Thread(target=self._listen, name="ruston-stdin", daemon=True)

    @property
    def over(self) -> bool:
        """Whether the stream has ended; what is read then is a quiet room."""
        return self._source.over

    @property
    def lost(self) -> float:
        return self._queue.lost / SAMPLE_RATE

    def __enter__(self) -> Self:
        self._given = time.monotonic()
        if self._live:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed.set()
        self._queue.close()

    def has(self, call: str, language: Language) -> bool:
        return True

    def key_down(self, call: str | None = None, language: Language | None = None) -> None:
        self._pressed = True
        self._queue.keep(round(BEFORE_KEY * SAMPLE_RATE))
        self.before_key = len(self._queue) / SAMPLE_RATE

    def read(self, timeout: float | None = None) -> Samples | None:
        """Raises UserError where the stream is no sound that is understood."""
        if self._error:
            raise self._error
        if not self._live:
            return self._source.block() if self._pressed else self._source.room(BLOCK)
        block = self._queue.get(BLOCK_SECONDS if timeout is None else timeout)
        passed = time.monotonic() - self._given
        if block is None and passed < STALLED:
            return None
        self._given += passed
        # A stream that stands still is a silence: what waits for the end of a call must not wait for ever.
        return self._room(round(passed * SAMPLE_RATE)) if block is None else block[:, 0]

    def _listen(self) -> None:
        due = time.monotonic()
        while not self._closed.is_set():
            try:
                block = self._source.block()
            except UserError as error:
                self._error = error
                self._queue.close()
                return
            self._queue.put(block[:, None])
            # A stream that came late is not caught up with: what is in the pipe is as old as it is.
            due = max(due + len(block) / SAMPLE_RATE, time.monotonic() - BLOCK_SECONDS)
            self._closed.wait(due - time.monotonic())


class _Source:
    """Blocks of a stream, then of a quiet room for ever."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._wave: WaveHeader | None = None
        self._left: int | None = None  # bytes of the sound, where the header knows it
        self._intake = Intake(SAMPLE_RATE, 1)
        self.over = False
        self.room = RoomNoise()

    def block(self) -> Samples:
        """Raises UserError where the stream is no sound that is understood."""
        while not self.over:
            frames = self._frames()
            if not len(frames):
                self.over = True
            elif len(samples := self._intake.feed(frames)):
                return samples
        return self.room(BLOCK)

    def _frames(self) -> Samples:
        if self._wave is None:
            self._wave = self._opened()
            self._left = self._wave.length
        wanted = round(self._wave.rate * BLOCK_SECONDS) * self._wave.frame
        data = self._stream.read(wanted if self._left is None else min(wanted, self._left))
        if self._left is not None:
            self._left -= len(data)
        frames = self._wave.samples(data)
        if not np.isfinite(frames).all():
            message = _("{source}: there are values in it that are not numbers. Export or record it again.")
            raise UserError(message.format(source=_("standard input")))
        return frames

    def _opened(self) -> WaveHeader:
        head = self._stream.read(4)
        self._stream = _Begun(head, self._stream)  # type: ignore[assignment]
        not_understood = _(
            "standard input: sound of a kind that is not understood. Send 16-bit PCM, as WAV or raw at 16 kHz."
        )
        if head.startswith(OTHER_FORMATS):
            raise UserError(not_understood)
        if head != b"RIFF":
            return RAW
        try:
            header = wave_header(self._stream)
        except NoWave as error:
            raise UserError(not_understood) from error
        if header.rate < LOWEST_RATE:
            message = _("{source}: sampled at {rate} Hz. Speech needs at least {lowest} Hz: record again at 16000 Hz.")
            raise UserError(message.format(source=_("standard input"), rate=header.rate, lowest=LOWEST_RATE))
        self._intake = Intake(header.rate, header.channels)
        return header


class _Begun:
    """A stream whose first bytes were already read."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head, self._stream = head, stream

    def read(self, size: int) -> bytes:
        taken, self._head = self._head[:size], self._head[size:]
        return taken + self._stream.read(size - len(taken)) if size > len(taken) else taken
