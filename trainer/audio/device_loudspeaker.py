"""A loudspeaker of this machine."""

import threading
import time
from types import TracebackType
from typing import Any, Self

import numpy as np

from trainer.audio.blocks import Samples
from trainer.audio.devices import let_go, opened, pick, portaudio, refusal
from trainer.audio.loudspeaker import Live, Playing
from trainer.audio.mute_loudspeaker import Collected, MuteLoudspeaker, Passing
from trainer.audio.recording import resample
from trainer.errors import UserError
from trainer.messages import gettext as _

LATENCY = 0.1  # s: no hurry, and a busy machine must not break the sound
CHECK = 0.25  # s: how often a waiting program looks whether the device still lives
WAKING = 3.0  # s that a device may take to ask for the first ones
GONE = 2.0  # s without being asked for samples after which a device counts as gone


class SoundDeviceLoudspeaker:
    """A device through PortAudio, at its own rate. It keeps running between sounds: starting takes time, and loses the
    first sound on some devices."""

    def __init__(self, wanted: str | None = None) -> None:
        """wanted: number or part of the name of a device. Raises UserError where there is none."""
        self._wanted = wanted
        self._device = pick("output", wanted)
        self.name = self._device.name
        self.trouble: str | None = None
        self._stream: Any = None
        self._lock = threading.Lock()
        self._sounds: list[Sounding | LiveSounding] = []
        self._served = 0.0  # when the device asked for samples last

    def __enter__(self) -> Self:
        """A device that does not open makes `trouble`, not an error: the drill goes on without sound."""
        self._open()
        return self

    def _open(self) -> None:
        sounddevice = portaudio()
        try:
            self._device = pick("output", self._wanted)
            self.name = self._device.name
            self._stream = sounddevice.OutputStream(
                samplerate=self._device.rate, blocksize=0, device=self._device.index,
                channels=min(self._device.channels, 2), dtype="float32", latency=LATENCY, callback=self._give_out,
            )  # fmt: skip
            opened(self)
            self._served = time.monotonic() + WAKING
            self._stream.start()
            self.trouble = None
        except UserError as error:
            self._fail(str(error))
        except (sounddevice.PortAudioError, ValueError) as error:
            self._fail(refusal("output", self.name, error))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def play(self, samples: Samples, rate: float) -> Playing:
        if not self.alive():
            self._open()  # perhaps it is back
        if self._stream is None:
            return Passing(len(samples) / rate, "real")
        device_rate, latency = self._device.rate, float(self._stream.latency)
        sound = Sounding(self, resample(samples, rate, device_rate), device_rate, latency)
        with self._lock:
            self._sounds.append(sound)
        return sound

    def live(self, rate: float) -> Live:
        if not self.alive():
            return Collected(MuteLoudspeaker(), rate)
        sound = LiveSounding(rate, self._device.rate)
        with self._lock:
            self._sounds.append(sound)
        return sound

    def alive(self) -> bool:
        """Whether the device still asks for samples; where it does not, `trouble` says so from now on."""
        if self._stream is None:
            return False
        if self._stream.active and time.monotonic() - self._served < GONE:
            return True
        self._fail(
            _("the loudspeaker {name} is gone. Connect it again, or choose another device.").format(name=self.name)
        )
        return False

    def _give_out(self, out: Samples, frames: int, when: Any, status: Any) -> None:
        """Called by PortAudio's thread."""
        self._served = time.monotonic()
        out.fill(0.0)
        with self._lock:
            for sound in self._sounds:
                piece = sound.next(frames)
                out[: len(piece)] += piece[:, None]
            self._sounds = [sound for sound in self._sounds if not sound.done]
        np.clip(out, -1.0, 1.0, out=out)

    def _fail(self, trouble: str) -> None:
        self.trouble = trouble
        self.release()

    def release(self) -> None:
        """Let go of the device; what sounds is over. The next sound opens it again."""
        stream, self._stream = self._stream, None
        if stream is not None:
            let_go(stream)
        with self._lock:
            for sound in self._sounds:
                sound.stop()
            self._sounds = []


class Sounding:
    """A sound on a device. It is over when its last sample has left the device, not when the device got it."""

    def __init__(self, speaker: SoundDeviceLoudspeaker, samples: Samples, rate: float, latency: float) -> None:
        self._speaker, self._rate, self._latency = speaker, rate, latency
        self._samples = np.concatenate([samples, np.zeros(round(latency * rate), np.float32)])
        self._at = 0
        self._over = threading.Event()

    @property
    def position(self) -> float:
        return max(0.0, self._at / self._rate - self._latency)

    @property
    def done(self) -> bool:
        return self._over.is_set()

    def next(self, frames: int) -> Samples:
        piece = self._samples[self._at : self._at + frames]
        self._at += len(piece)
        if self._at >= len(self._samples):
            self._over.set()
        return piece

    def wait(self, timeout: float | None = None) -> bool:
        end = None if timeout is None else time.monotonic() + timeout
        while not self._over.is_set():
            left = CHECK if end is None else min(CHECK, end - time.monotonic())
            if left <= 0 or not (self._over.wait(left) or self._speaker.alive()):
                break
        return self.done

    def stop(self) -> None:
        self._at = len(self._samples)
        self._over.set()


class LiveSounding:
    """A live sound on a device. It waits for a little before it begins, so that small delays of what is fed do not
    break it; where nothing has come in time it is silent for a moment."""

    BEFORE = 0.02  # s

    def __init__(self, rate: float, device_rate: float) -> None:
        import soxr

        self._stream = soxr.ResampleStream(rate, device_rate, 1, dtype="float32") if rate != device_rate else None
        self._lock = threading.Lock()
        self._waiting: Samples = np.zeros(round(self.BEFORE * device_rate), np.float32)
        self._finished = False

    @property
    def done(self) -> bool:
        return self._finished and not len(self._waiting)

    def feed(self, samples: Samples) -> None:
        self._add(samples, last=False)

    def finish(self) -> None:
        self._add(np.zeros(0, np.float32), last=True)
        self._finished = True

    def next(self, frames: int) -> Samples:
        with self._lock:
            piece, self._waiting = self._waiting[:frames], self._waiting[frames:]
        return piece

    def stop(self) -> None:
        with self._lock:
            self._waiting, self._finished = np.zeros(0, np.float32), True

    def _add(self, samples: Samples, last: bool) -> None:
        if self._stream is not None:
            samples = self._stream.resample_chunk(samples, last=last)
        with self._lock:
            self._waiting = np.concatenate([self._waiting, np.asarray(samples, np.float32)])
