"""From the channels of a device or file to the one voice that is scored: the channel that somebody speaks into, without
the constant offset that cheap converters add."""

import numpy as np
from numpy.typing import NDArray

from trainer.audio.decibels import amplitude, peak
from trainer.audio.recording import SAMPLE_RATE, SILENCE_DBFS, resample
from trainer.audio.voice import VoiceActivity

Samples = NDArray[np.float32]

ALIKE = 0.7  # correlation from which two channels hold the same sound
AS_MUCH = 0.8  # of the longest speech: a channel that speaks as long is as good
USUAL_PEAK = 0.5  # of full scale, at which speech is looked for
SETTLING = 1.0  # s in which the offset of a stream is followed
MEMORY = 1.0  # s over which the channels of a stream are compared
SPOKEN = 0.3  # s of speech in a channel of a stream, after which no other is listened to


def centred(data: Samples) -> Samples:
    """Sound (frames x channels) without the constant offset of each channel."""
    if not len(data):
        return data
    with np.errstate(invalid="ignore", over="ignore"):  # what is no number is refused later
        return np.asarray(data - data.mean(axis=0, dtype=np.float64), np.float32)


def voice(data: Samples, rate: int) -> Samples:
    """The mean of the channels where all hold the same sound, else the channel with speech, whatever the others hold;
    the loudest where nobody speaks. Sound (frames x channels) that is centred."""
    if data.shape[1] == 1 or not len(data):
        return np.ascontiguousarray(data[:, 0])
    sound = data.astype(np.float64)
    energy = (sound**2).mean(axis=0)
    loudest = int(energy.argmax())
    heard = [c for c in range(data.shape[1]) if energy[c] > amplitude(SILENCE_DBFS) ** 2]
    if len(heard) < 2 or not np.isfinite(energy).all():
        return np.ascontiguousarray(data[:, loudest])
    with np.errstate(invalid="ignore", over="ignore"):
        likeness = [
            float((sound[:, c] * sound[:, loudest]).mean() / np.sqrt(energy[c] * energy[loudest])) for c in heard
        ]
    if min(likeness) > ALIKE:
        return np.asarray(sound[:, heard].mean(axis=1), np.float32)
    if max(abs(likeness[i]) for i, c in enumerate(heard) if c != loudest) < ALIKE:
        spoken = {c: _speech(data[:, c], rate) for c in heard}
        longest = max(spoken.values())
        heard = [c for c in heard if longest and spoken[c] >= AS_MUCH * longest] or heard
    return np.ascontiguousarray(data[:, max(heard, key=lambda c: energy[c])])


def _speech(channel: Samples, rate: int) -> int:
    """Samples of speech at 16 kHz."""
    activity = VoiceActivity()
    activity.feed(resample(channel * (USUAL_PEAK / max(peak(channel), 1e-6)), rate, SAMPLE_RATE))
    return sum(end - start for start, end in activity.segments)


class Centring:
    """The same for a stream of blocks: the offset is taken from the first block, and followed from there."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._offset: NDArray[np.float64] | None = None

    def __call__(self, block: Samples) -> Samples:
        if not len(block):
            return block
        now = block.mean(axis=0, dtype=np.float64)
        before = now if self._offset is None else self._offset
        self._offset = before + (now - before) * (1 - np.exp(-len(block) / (SETTLING * self._rate)))
        slope = np.linspace(0, 1, len(block), endpoint=False)[:, None]  # no step where blocks meet
        return np.asarray(block - (before + slope * (self._offset - before)), np.float32)


class VoiceChannel:
    """The same for a stream of 16 kHz blocks: once somebody speaks into one channel and not into another, it is this
    channel; before that the mean of the channels, or the loudest where the mean would cancel or drown the voice."""

    def __init__(self, channels: int) -> None:
        self._energy = np.zeros(channels + 1)  # of each channel, then of their mean
        self._activities = [VoiceActivity() for _ in range(channels)]
        self._spoken = np.zeros(channels)  # s
        self._alike = 1.0

    def __call__(self, block: Samples) -> Samples:
        mean = block.mean(axis=1)
        seconds = len(block) / SAMPLE_RATE
        energy = (np.column_stack([block, mean]).astype(np.float64) ** 2).sum(axis=0)
        self._energy = self._energy * np.exp(-seconds / MEMORY) + energy
        loudest = int(self._energy[:-1].argmax())
        for i, activity in enumerate(self._activities):
            activity.feed(np.ascontiguousarray(block[:, i]))
            self._spoken[i] = min(2 * SPOKEN, self._spoken[i] + activity.speaking * seconds)
        best = int(self._spoken.argmax())
        if self._spoken[best] >= SPOKEN and self._spoken.min() < AS_MUCH * SPOKEN:
            return np.ascontiguousarray(block[:, best])
        if self._energy[-1] < 0.5 * self._energy[loudest]:
            return np.ascontiguousarray(block[:, loudest])
        return np.asarray(mean, np.float32)
