"""Sound for the learner's ears: a loudspeaker, a file that keeps what was played, or none at all."""

import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np

from trainer.audio.blocks import Samples
from trainer.audio.devices import opened, pick, portaudio, refusal
from trainer.audio.files import resample
from trainer.audio.microphone import Pace
from trainer.errors import UserError
from trainer.messages import gettext as _

RECORDED_RATE = 24_000  # Hz, of the file that keeps what was played
LATENCY = 0.1  # s: no hurry, and a busy machine must not break the sound
CHECK = 0.25  # s: how often a waiting program looks whether the device still lives
WAKING = 3.0  # s that a device may take to ask for the first ones
GONE = 2.0  # s without being asked for samples after which a device counts as gone


class Playing(Protocol):
    """A sound on its way out."""

    @property
    def position(self) -> float:
        """Seconds of it that went to the device."""
        ...

    @property
    def done(self) -> bool: ...

    def wait(self, timeout: float | None = None) -> bool:
        """Until it has sounded, or so many seconds; whether it is over."""
        ...

    def stop(self) -> None: ...


class Live(Protocol):
    """A sound that is still being made, piece by piece, each played as soon as those before it are over."""

    def feed(self, samples: Samples) -> None: ...

    def finish(self) -> None:
        """Nothing more comes; what is there sounds to its end."""
        ...


class Loudspeaker(Protocol):
    """A context manager. trouble: one line, to be said once, for why nothing is heard; None while all is well."""

    name: str

    @property
    def trouble(self) -> str | None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def play(self, samples: Samples, rate: float) -> Playing:
        """Start a sound (mono) beside those that are sounding."""
        ...

    def live(self, rate: float) -> Live:
        """Start a sound (mono) that comes bit by bit."""
        ...


def open_loudspeaker(spec: str | None = None, pace: Pace = "real") -> Loudspeaker:
    """The loudspeaker that is named: `mute`, a WAV file to write, a device by number or part of its
    name; else the default device or, where there is no PortAudio or no device, a mute one whose `trouble` says so.

    Raises UserError for a device or file that was asked for and cannot be had.
    """
    if spec == "mute":
        return MuteLoudspeaker(pace)
    if spec is not None and Path(spec).suffix.lower() == ".wav":
        return RecordedLoudspeaker(Path(spec), pace)
    try:
        return SoundDeviceLoudspeaker(spec)
    except UserError as error:
        if spec is not None:
            raise
        return MuteLoudspeaker(pace, _("nothing will be heard: {reason}").format(reason=error))


class MuteLoudspeaker:
    """Plays nothing, in the time that it takes, so that a drill keeps its rhythm; or in no time."""

    def __init__(self, pace: Pace = "real", trouble: str | None = None) -> None:
        self.name = "mute"
        self.trouble = trouble
        self._pace = pace

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def play(self, samples: Samples, rate: float) -> "Passing":
        return Passing(len(samples) / rate, self._pace)

    def live(self, rate: float) -> "Collected":
        return Collected(self, rate)

    def take_over(self, samples: Samples, rate: float) -> None:
        """A live sound has sounded."""


class Passing:
    """A sound that nobody hears: only its time passes."""

    def __init__(self, seconds: float, pace: Pace) -> None:
        self._seconds = seconds if pace == "real" else 0.0
        self._whole = seconds
        self._start = time.monotonic()
        self._stopped = threading.Event()
        self._position: float | None = None  # where it was stopped

    @property
    def position(self) -> float:
        if self._position is not None:
            return self._position
        passed = time.monotonic() - self._start
        return self._whole if passed >= self._seconds else passed

    @property
    def done(self) -> bool:
        return self._position is not None or self.position >= self._whole

    def wait(self, timeout: float | None = None) -> bool:
        left = max(0.0, self._start + self._seconds - time.monotonic())
        self._stopped.wait(left if timeout is None else min(left, timeout))
        return self.done

    def stop(self) -> None:
        self._position = self.position
        self._stopped.set()


class Collected:
    """A live sound for a loudspeaker without a device: handed on as a whole when it is over."""

    def __init__(self, speaker: "MuteLoudspeaker | RecordedLoudspeaker", rate: float) -> None:
        self._speaker, self._rate = speaker, rate
        self._pieces: list[Samples] = []

    def feed(self, samples: Samples) -> None:
        self._pieces.append(samples)

    def finish(self) -> None:
        self._speaker.take_over(np.concatenate([np.zeros(0, np.float32), *self._pieces]), self._rate)


class RecordedLoudspeaker:
    """Keeps what was played, one sound after the other, in a mono WAV file; of a sound that was stopped, the part that
    had sounded."""

    def __init__(self, path: Path, pace: Pace = "real") -> None:
        self.name = str(path)
        self.trouble: str | None = None
        self._path, self._pace = path, pace
        self._file: Any = None
        self._open: list[tuple[Passing, Samples]] = []  # sounding, oldest first

    def __enter__(self) -> Self:
        """Raises UserError where the file cannot be written."""
        import soundfile

        try:
            self._file = soundfile.SoundFile(self._path, "w", RECORDED_RATE, 1, "PCM_16", format="WAV")
        except (soundfile.SoundFileError, OSError) as error:
            message = _("{path}: cannot be written. Name a file in a folder that is yours.")
            raise UserError(message.format(path=self._path)) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for playing, _samples in self._open:
            if not playing.done:
                playing.stop()
        self._write()
        self._file.close()

    def play(self, samples: Samples, rate: float) -> Passing:
        self._write()
        playing = Passing(len(samples) / rate, self._pace)
        self._open.append((playing, resample(samples, rate, RECORDED_RATE)))
        self._write()
        return playing

    def live(self, rate: float) -> Collected:
        return Collected(self, rate)

    def take_over(self, samples: Samples, rate: float) -> None:
        """A live sound has sounded."""
        self._open.append((Passing(len(samples) / rate, "fast"), resample(samples, rate, RECORDED_RATE)))
        self._write()

    def _write(self) -> None:
        while self._open and self._open[0][0].done:
            playing, samples = self._open.pop(0)
            self._file.write(samples[: round(playing.position * RECORDED_RATE)])


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
            stream.close(ignore_errors=True)
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
