"""Slowing down keeps the pitch and the loudness, and makes the recording longer."""

import numpy as np
import pytest

from trainer.audio.files import read
from trainer.audio.manifest import clips
from trainer.audio.recording import SAMPLE_RATE
from trainer.audio.stretch import stretch
from trainer.bundled import bundled


@pytest.mark.parametrize("speed", [0.5, 0.7, 1.0, 1.5])
@pytest.mark.parametrize("pitch", [100.0, 220.0])
def test_a_tone_keeps_its_pitch_and_level(speed, pitch):
    tone = (0.2 * np.sin(2 * np.pi * pitch * np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE)).astype(np.float32)
    slow = stretch(tone, SAMPLE_RATE, speed)
    assert len(slow) == pytest.approx(len(tone) / speed, abs=1)
    middle = slow[len(slow) // 4 : -len(slow) // 4]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert spectrum.argmax() * SAMPLE_RATE / len(middle) == pytest.approx(pitch, rel=0.02)
    assert np.sqrt((middle**2).mean()) == pytest.approx(0.2 / np.sqrt(2), rel=0.1)


def test_speech_slowed_down_holds_the_same_sounds_in_the_same_order():
    """The envelope of the slow recording is that of the original, drawn out."""
    clip = next(clip for clip in clips(bundled("audio") / "samples") if clip.reading == "right")
    samples = read(clip.path).samples
    slow = stretch(samples, SAMPLE_RATE, 0.5)

    def envelope(x, parts=60):
        return np.array([np.sqrt((part**2).mean()) for part in np.array_split(x, parts)])

    assert np.corrcoef(envelope(samples), envelope(slow))[0, 1] > 0.95


@pytest.mark.parametrize("speed", [0.0, -1.0])
def test_a_speed_that_is_none_is_refused(speed):
    with pytest.raises(ValueError, match="above zero"):
        stretch(np.zeros(100, np.float32), SAMPLE_RATE, speed)


def test_nothing_stays_nothing():
    assert len(stretch(np.zeros(0, np.float32), SAMPLE_RATE, 0.5)) == 0
