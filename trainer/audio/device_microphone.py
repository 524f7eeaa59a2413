"""A real microphone, through PortAudio."""

import time
from types import TracebackType
from typing import Any, Self

import numpy as np

from trainer.audio.blocks import BlockQueue, Intake, Samples
from trainer.audio.devices import DeviceLost, let_go, look_again, opened, pick, portaudio, refusal
from trainer.audio.microphone import BEFORE_KEY, WAITING
from trainer.errors import UserError
from trainer.languages import Language
from trainer.messages import gettext as _

GONE = 2.0  # s without a block after which a device counts as gone
WAKING = 3.0  # s that a device may take from opening to its first block
OVERFLOW = 0.01  # s counted as lost each time that the device says it lost something: it does not say how much
CHANNELS = 2  # at most: sound servers offer 32, a voice is in the first


class SoundDeviceMicrophone:
    """The device's thread puts its blocks, of the size and rate it likes, into a queue; reading makes them 16 kHz."""

    def __init__(self, wanted: str | None = None) -> None:
        """wanted: number or part of the name of a device. Raises UserError where there is none."""
        self._wanted = wanted
        self._device = pick("input", wanted)
        self.name = self._device.name
        self._stream: Any = None
        self._overflows = 0
        self._heard = 0.0  # when a block came last
        self.before_key = 0.0
        self._prepare()

    def _prepare(self) -> None:
        self._rate = self._device.rate
        self._channels = min(self._device.channels, CHANNELS)
        self._intake = Intake(self._rate, self._channels)
        self._queue = BlockQueue(round(WAITING * self._rate))

    @property
    def lost(self) -> float:
        return self._queue.lost / self._rate + self._overflows * OVERFLOW

    def __enter__(self) -> Self:
        """Raises UserError where the device does not open, or gives no sound."""
        sounddevice = portaudio()
        try:
            self._stream = sounddevice.InputStream(
                samplerate=self._rate, blocksize=0, device=self._device.index, channels=self._channels,
                dtype="float32", latency="high", callback=self._take_in,
            )  # fmt: skip
            opened(self)
            self._stream.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            self.release()
            raise UserError(refusal("input", self.name, error)) from error
        # Some devices take a second to wake: nothing said after opening may be lost.
        if self._queue.wait(WAKING):
            self._heard = time.monotonic()
            return self
        self.release()
        raise UserError(_("the microphone {name} gives no sound. Choose another device.").format(name=self.name))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def has(self, call: str, language: Language) -> bool:
        return True

    def key_down(self, call: str | None = None, language: Language | None = None) -> None:
        if self._gone():
            self._reopen()
        self._queue.keep(round(BEFORE_KEY * self._rate))
        self.before_key = len(self._queue) / self._rate
        self._overflows = 0

    def _reopen(self) -> None:
        """The same device again or, where none was asked for, the default one."""
        try:
            look_again()
            self._device = pick("input", self._wanted)
            self.name = self._device.name
            self._prepare()
            self.__enter__()
        except UserError as error:
            raise DeviceLost(str(error)) from error

    def read(self, timeout: float | None = None) -> Samples | None:
        limit = GONE if timeout is None else min(timeout, GONE)
        block = self._queue.get(limit)
        if block is not None:
            samples = self._intake.feed(block)
            return samples if len(samples) else None  # the first go into the resampler's filter
        if self._gone():
            message = _("the microphone {name} is gone. Connect it again, or choose another device.")
            raise DeviceLost(message.format(name=self.name))
        return None

    def _gone(self) -> bool:
        return self._stream is None or not self._stream.active or time.monotonic() - self._heard > GONE

    def _take_in(self, block: Samples, frames: int, when: Any, status: Any) -> None:
        """Called by PortAudio's thread: copy and go."""
        if status.input_overflow:
            self._overflows += 1
        self._heard = time.monotonic()
        self._queue.put(np.array(block))

    def release(self) -> None:
        if self._stream is not None:
            let_go(self._stream)
            self._stream = None
