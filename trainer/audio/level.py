"""Is the microphone right? Noise of the room, level of the voice, and what to do about them."""

from collections import deque
from dataclasses import dataclass
from typing import Literal

import numpy as np

from trainer.audio.blocks import Samples
from trainer.audio.decibels import QUIETEST, dbfs, peak, rms
from trainer.audio.recording import CLIPPED_SHARE, FULL_SCALE, SAMPLE_RATE, SILENCE_DBFS
from trainer.audio.voice import CHUNK, VoiceActivity
from trainer.messages import gettext as _

Verdict = Literal["good", "silent", "no_speech", "clipped", "loud", "quiet", "noisy"]

QUIET = -40.0  # dBFS of speech: below it, the steps of a 16-bit device and its own noise come near
LOUD_PEAK = -1.0  # dBFS: the next word will clip
NOISY = 15.0  # dB of speech to noise
WINDOW = 30.0  # s that are looked at


@dataclass(frozen=True)
class Level:
    """How loud a recording is: RMS, but for the peak.

    Attributes:
        noise: dBFS.
        speech: dBFS; None where nobody spoke.
        peak: dBFS.
        snr: dB of the speech above the noise; None where nobody spoke.
        clipped: share of the samples.
    """

    noise: float
    speech: float | None
    peak: float
    snr: float | None
    clipped: float
    verdict: Verdict


class LevelCheck:
    """Feed it blocks (mono, 16 kHz); `level()` tells how the last half minute was."""

    def __init__(self) -> None:
        self._voice = VoiceActivity()
        self._rest: Samples = np.zeros(0, np.float32)
        # Of each chunk: RMS, peak, share at full scale, speech.
        self._chunks: deque[tuple[float, float, float, bool]] = deque(maxlen=round(WINDOW / (CHUNK / SAMPLE_RATE)))

    def feed(self, block: Samples) -> None:
        waiting = np.concatenate([self._rest, block])
        whole = len(waiting) // CHUNK * CHUNK
        for chunk in waiting[:whole].reshape(-1, CHUNK):
            self._voice.feed(chunk)
            full = float((np.abs(chunk) >= FULL_SCALE).mean())
            self._chunks.append((rms(chunk), peak(chunk), full, self._voice.speaking))
        self._rest = waiting[whole:].copy()

    def level(self) -> Level:
        if not self._chunks:
            return Level(QUIETEST, None, QUIETEST, None, 0.0, "silent")
        level, highest, full, spoken = (np.array(column) for column in zip(*self._chunks, strict=True))
        # The room's usual level counts: its single noises matter less to a call.
        noise = dbfs(float(np.median(level[~spoken] if (~spoken).any() else level)))
        speech = dbfs(float(np.sqrt((level[spoken] ** 2).mean()))) if spoken.any() else None
        snr = None if speech is None else speech - noise
        loudest, clipped = dbfs(float(highest.max())), float(full.mean())
        return Level(noise, speech, loudest, snr, clipped, _verdict(speech, loudest, snr, clipped, float(level.max())))


def _verdict(speech: float | None, peak: float, snr: float | None, clipped: float, loudest: float) -> Verdict:
    if dbfs(loudest) < SILENCE_DBFS:
        return "silent"
    if clipped > CLIPPED_SHARE:
        return "clipped"
    if speech is None or snr is None:
        return "no_speech"
    if peak > LOUD_PEAK:
        return "loud"
    if speech < QUIET:
        return "quiet"
    return "noisy" if snr < NOISY else "good"


def advice(verdict: Verdict) -> str:
    """What to do, in the language of the interface."""
    return {
        "good": _("The microphone is right."),
        "silent": _("Nothing is heard. Switch the microphone on, or choose another one."),
        "no_speech": _("No voice is heard. Say a call in your usual voice, close to the microphone."),
        "clipped": _("Much too loud: the sound is overdriven. Lower the microphone level."),
        "loud": _("Nearly too loud. Lower the microphone level a little, or move it away from your mouth."),
        "quiet": _("Too quiet. Raise the microphone level, or move closer."),
        "noisy": _("Too much noise. Move closer to the microphone, or to a quieter place."),
    }[verdict]
