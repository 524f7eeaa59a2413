"""Radio colour: what the loop sounded like. For playback only, never on what is scored.

A call is heard after the relay's delay: the Quindar intro tone (Houston only), the voice, the outro tone, the squelch
tail. What is sent fades slowly and is companded; receiver noise comes to it; the voice channel's band-pass is last.
Everything is computed in blocks of a fixed length counted from the start of the call, so that streaming gives the
samples of the whole call, bit by bit.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.audio.decibels import amplitude

Samples = NDArray[np.float32]

LOW, HIGH = 300.0, 3400.0  # Hz: edges of the pass-band
TRANSITION = 150.0  # Hz: from an edge to the stop-band
ATTENUATION = 50.0  # dB in the stop-band
QUINDAR_INTRO, QUINDAR_OUTRO = 2525.0, 2475.0  # Hz: transmitter on, off (Apollo Unified S-Band, ground stations)
QUINDAR_LENGTH = 0.25  # s
QUINDAR_LEVEL = -14.0  # dBFS, RMS: a little above speech
SPEECH_LEVEL = -20.0  # dBFS, RMS: what calls are levelled to
SNR = 18.0  # dB of speech to receiver noise at full strength
FADING = 6.0  # dB: deepest fade at full strength
FADES = (0.13, 0.31, 0.73)  # Hz: slow, and never twice the same
COMPANDING_MU = 255.0  # ITU-T G.711
COMPANDING_BITS = 6
SQUELCH_TAIL = 0.18  # s of bare receiver noise after the carrier is gone
SQUELCH_LEVEL = -26.0  # dBFS, RMS at full strength
RELAY_DELAY = 0.25  # s: ground station to ATS-6 in its geostationary orbit to Apollo, at the speed of light
BLOCK = 0.02  # s
RAMP = 0.005  # s: tones begin and end without a click


@dataclass(frozen=True)
class Radio:
    """How a call sounds.

    Attributes:
        strength: 0 leaves it untouched, 1 is a poor link.
        ground: a call from Houston, with Quindar tones.
        relay_delay: s of silence before it.
        seed: of noise and fading.
    """

    strength: float = 0.5
    ground: bool = False
    relay_delay: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.strength <= 1:
            raise ValueError("strength must be from 0 to 1")


def coloured(samples: Samples, rate: int, radio: Radio) -> Samples:
    """A whole call (mono, any rate from 8 kHz on) as the radio brings it; longer by tones, tail and delay."""
    channel = RadioChannel(radio, rate)
    return np.concatenate([channel.feed(samples), channel.finish()])


class RadioChannel:
    """One call as a stream: `feed` what comes, in pieces of any size, play what comes back, then `finish`.

    Comes back late by half the filter (`late`, in seconds) and, where the pieces are not whole blocks of 20 ms, by up
    to a block: 32 ms in all.
    """

    def __init__(self, radio: Radio, rate: int) -> None:
        """Raises ValueError for a rate that cannot carry the channel's band."""
        if rate < 2 * (HIGH + TRANSITION):
            raise ValueError(f"the radio channel needs more than {rate} samples a second")
        self._radio, self._rate = radio, rate
        self._begun = False
        self._block = round(BLOCK * rate)
        # Strength changes all things together, and most of the sound early: half strength is plainly a radio.
        self._wet = 1 - (1 - radio.strength) ** 3
        self._filter = _Filter(band_pass(rate, self._wet), self._block)
        self.late = self._filter.delay / rate if radio.strength else 0.0
        self._random = np.random.default_rng(radio.seed)
        self._phases = self._random.uniform(0, 2 * math.pi, len(FADES))
        self._at = 0  # samples since the call began
        self._signal: Samples = np.zeros(0, np.float32)
        self._noise: Samples = np.zeros(0, np.float32)

    def feed(self, samples: Samples) -> Samples:
        start = self._begin()
        if self._radio.strength == 0:
            return np.concatenate([start, samples])
        self._queue(samples, SPEECH_LEVEL - SNR)
        return np.concatenate([start, *self._blocks()])

    def finish(self) -> Samples:
        """The rest of the call, the outro tone and the squelch tail. Nothing may be fed after it."""
        start = self._begin()
        if self._radio.strength == 0:
            return start
        if self._radio.ground:
            self._queue(self._tone(QUINDAR_OUTRO), SPEECH_LEVEL - SNR)
        self._queue(np.zeros(round(SQUELCH_TAIL * self._rate), np.float32), SQUELCH_LEVEL)
        length = self._at + len(self._signal)
        # The filter's other half, and up to a whole block.
        rest = -(-(len(self._signal) + self._filter.delay) // self._block) * self._block - len(self._signal)
        self._queue(np.zeros(rest, np.float32), None)
        end = np.concatenate([start, *self._blocks()])
        return end[: len(end) - (self._at - self._filter.delay - length)]

    def _begin(self) -> Samples:
        """The relay's silence: before the carrier comes there is nothing to hear."""
        if self._begun:
            return np.zeros(0, np.float32)
        self._begun = True
        if self._radio.ground and self._radio.strength:
            self._queue(self._tone(QUINDAR_INTRO), SPEECH_LEVEL - SNR)
        return np.zeros(round(self._radio.relay_delay * self._rate), np.float32)

    def _queue(self, signal: Samples, noise: float | None) -> None:
        """noise: dBFS, RMS, at full strength."""
        level = 0.0 if noise is None else amplitude(noise) * self._radio.strength
        self._signal = np.concatenate([self._signal, signal])
        self._noise = np.concatenate([self._noise, np.full(len(signal), level, np.float32)])

    def _blocks(self) -> list[Samples]:
        """All whole blocks that wait, through the channel."""
        size = self._block
        done = []
        for start in range(0, len(self._signal) // size * size, size):
            piece = slice(start, start + size)
            sent = companded(self._signal[piece] * self._fading(), self._wet)
            hiss = self._noise[piece] * self._random.standard_normal(size) / self._filter.gain
            done.append(np.clip(self._filter(sent + hiss), -1, 1).astype(np.float32))
            self._at += size
        whole = len(self._signal) // size * size
        self._signal, self._noise = self._signal[whole:], self._noise[whole:]
        return done

    def _fading(self) -> NDArray[np.float64]:
        """Gain of the next block: a few slow waves that never meet twice the same."""
        seconds = (self._at + np.arange(self._block)) / self._rate
        waves = np.sin(2 * math.pi * np.outer(FADES, seconds) + self._phases[:, None])
        depth: NDArray[np.float64] = (1 + waves.mean(axis=0)) / 2
        return np.asarray(10 ** (-FADING * self._radio.strength * depth / 20), np.float64)

    def _tone(self, frequency: float) -> Samples:
        length = round(QUINDAR_LENGTH * self._rate)
        ramp = round(RAMP * self._rate)
        envelope = np.ones(length)
        envelope[:ramp] = np.sin(np.linspace(0, math.pi / 2, ramp)) ** 2
        envelope[-ramp:] = envelope[:ramp][::-1]
        tone = (
            math.sqrt(2) * amplitude(QUINDAR_LEVEL) * np.sin(2 * math.pi * frequency * np.arange(length) / self._rate)
        )
        return (self._wet * envelope * tone).astype(np.float32)


class _Filter:
    """A linear-phase FIR filter over blocks of one length, by overlap-save. Output comes `delay` samples late; the
    first `delay` samples, from before the start, are left out."""

    def __init__(self, taps: NDArray[np.float64], block: int) -> None:
        self._before = np.zeros(len(taps) - 1)
        self._block = block
        self._size = 1 << (len(taps) - 2 + block).bit_length()
        self._response = np.fft.rfft(taps, self._size)
        self._skip = self.delay = len(taps) // 2
        self.gain = math.sqrt(float((taps**2).sum()))  # of the RMS of white noise

    def __call__(self, block: NDArray[np.float64]) -> NDArray[np.float64]:
        known = np.concatenate([self._before, block])
        self._before = known[len(block) :]
        # The last samples are free of what the transform wraps around.
        out = np.fft.irfft(np.fft.rfft(known, self._size) * self._response, self._size)
        out = out[len(known) - self._block : len(known)]
        skipped, self._skip = self._skip, max(0, self._skip - self._block)
        return out[skipped:]


def companded(signal: NDArray[np.float64], wet: float = 1.0) -> NDArray[np.float64]:
    """ITU-T G.711's mu-law curve, in coarser steps; `wet` is the share of what it does."""
    steps, span = 2 ** (COMPANDING_BITS - 1), math.log1p(COMPANDING_MU)
    code = np.round(np.log1p(COMPANDING_MU * np.minimum(np.abs(signal), 1)) / span * steps) / steps
    heard = np.copysign(np.expm1(code * span) / COMPANDING_MU, signal)
    return np.asarray(signal + wet * (heard - signal), np.float64)


def band_pass(rate: int, wet: float = 1.0) -> NDArray[np.float64]:
    """Taps of the voice channel, by Kaiser's window formulas, with the untouched sound mixed in."""
    attenuation = ATTENUATION + 3  # both edges leak into each stop-band
    beta = 0.5842 * (attenuation - 21) ** 0.4 + 0.07886 * (attenuation - 21)
    half = math.ceil((attenuation - 7.95) / (2.285 * 2 * math.pi * TRANSITION / rate) / 2)
    time = np.arange(-half, half + 1)
    low, high = (LOW - TRANSITION / 2) / rate, (HIGH + TRANSITION / 2) / rate
    taps = (2 * high * np.sinc(2 * high * time) - 2 * low * np.sinc(2 * low * time)) * np.kaiser(len(time), beta)
    taps *= wet
    taps[half] += 1 - wet
    return np.asarray(taps, np.float64)
