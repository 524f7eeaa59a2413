import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.scoring.prosody import prosody

RATE = 16_000


def voice(hertz: float, seconds: float = 0.6) -> np.ndarray:
    """A buzz with the harmonics of a voice."""
    time = np.arange(int(seconds * RATE)) / RATE
    return sum(np.sin(2 * np.pi * hertz * k * time) / k for k in range(1, 9)).astype(np.float32) * 0.1


@given(st.floats(75, 380))
def test_the_pitch_of_a_steady_voice_is_its_frequency(hertz):
    found = prosody(voice(hertz), RATE, 30)
    assert np.median(found.pitch[5:-5]) == pytest.approx(hertz, rel=0.03)


def test_noise_and_silence_have_no_pitch():
    noise = np.random.default_rng(0).normal(0, 0.1, RATE).astype(np.float32)
    assert (prosody(noise, RATE, 50).pitch > 0).mean() < 0.1
    assert not prosody(np.zeros(RATE, np.float32), RATE, 50).pitch.any()


def test_loudness_changes_neither_pitch_nor_relative_level():
    loud, quiet = prosody(voice(120), RATE, 30), prosody(voice(120) / 8, RATE, 30)
    assert np.allclose(loud.pitch, quiet.pitch)
    assert np.allclose(loud.level, quiet.level, atol=0.01)
