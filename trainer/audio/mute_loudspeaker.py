"""No loudspeaker at all."""

import threading
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np

from trainer.audio.blocks import Samples
from trainer.audio.microphone import Pace

if TYPE_CHECKING:
    from trainer.audio.recorded_loudspeaker import RecordedLoudspeaker


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
