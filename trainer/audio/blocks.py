"""Sound on its way from a device's thread to the program: bounded, the newest kept, what was lost counted."""

import threading
from collections import deque

import numpy as np
from numpy.typing import NDArray

from trainer.audio.channels import Centring, VoiceChannel
from trainer.audio.recording import SAMPLE_RATE

Samples = NDArray[np.float32]


class BlockQueue:
    """Blocks of sound (frames x channels). `put` never waits: it is called by the device's own thread."""

    def __init__(self, longest: int) -> None:
        """longest: frames that may wait; beyond it the oldest go."""
        self._longest = longest
        self._blocks: deque[Samples] = deque()
        self._waiting = 0  # frames
        self._changed = threading.Condition()
        self._closed = False
        self.lost = 0  # frames dropped because nobody fetched them

    def put(self, block: Samples) -> None:
        with self._changed:
            self._blocks.append(block)
            self._waiting += len(block)
            while self._waiting > self._longest and len(self._blocks) > 1:
                self.lost += self._drop()
            self._changed.notify()

    def get(self, timeout: float | None = None) -> Samples | None:
        """All that waits, as one block; None where nothing came in time or the queue is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._blocks or self._closed, timeout)
            if not self._blocks:
                return None
            joined = np.concatenate(self._blocks)
            self._blocks.clear()
            self._waiting = 0
            return joined

    def wait(self, timeout: float) -> bool:
        """Whether something came in time; it stays there."""
        with self._changed:
            self._changed.wait_for(lambda: self._blocks or self._closed, timeout)
            return bool(self._blocks)

    def keep(self, frames: int) -> None:
        """Forget all but about the newest frames, and what was lost: it was before anybody wanted it."""
        with self._changed:
            self.lost = 0
            while self._blocks and self._waiting - len(self._blocks[0]) >= frames:
                self._drop()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def __len__(self) -> int:
        return self._waiting

    def _drop(self) -> int:
        dropped = len(self._blocks.popleft())
        self._waiting -= dropped
        return dropped


class Intake:
    """Turns a device's blocks (frames x channels, any rate) into mono at 16 kHz, as one unbroken stream."""

    def __init__(self, rate: float, channels: int) -> None:
        import soxr

        self._centred = Centring(rate)
        self._stream = (
            soxr.ResampleStream(rate, SAMPLE_RATE, channels, dtype="float32") if rate != SAMPLE_RATE else None
        )
        self._voice = VoiceChannel(channels) if channels > 1 else None

    def feed(self, block: Samples) -> Samples:
        block = self._centred(block)
        if self._stream is not None:
            block = np.asarray(self._stream.resample_chunk(block), np.float32).reshape(-1, block.shape[1])
        return self._voice(block) if self._voice and len(block) else np.ascontiguousarray(block[:, 0])
