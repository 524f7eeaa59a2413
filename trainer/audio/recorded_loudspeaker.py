"""A file that keeps what was played."""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

from trainer.audio.blocks import Samples
from trainer.audio.microphone import Pace
from trainer.audio.mute_loudspeaker import Collected, Passing
from trainer.audio.recording import resample
from trainer.errors import UserError
from trainer.messages import gettext as _

RECORDED_RATE = 24_000  # Hz, of the file that keeps what was played


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
