"""The log-mel spectrogram against a plain reading of its definition."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from trainer.audio.recording import SAMPLE_RATE
from trainer.speech.features import (
    FFT_SIZE,
    HOP,
    LOUD,
    MEL_BANDS,
    STEP,
    begun_at,
    first_step,
    levelled,
    log_mel,
    mel_filters,
)


def slow_log_mel(samples: np.ndarray) -> np.ndarray:
    """Frame by frame, with a discrete Fourier transform written out."""
    padded = np.concatenate([samples[FFT_SIZE // 2 : 0 : -1], samples, samples[-2 : -FFT_SIZE // 2 - 2 : -1]])
    n = np.arange(FFT_SIZE)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * n / FFT_SIZE)
    transform = np.exp(-2j * np.pi * np.outer(np.arange(FFT_SIZE // 2 + 1), n) / FFT_SIZE)
    power = np.array(
        [np.abs(transform @ (padded[t * HOP : t * HOP + FFT_SIZE] * window)) ** 2 for t in range(len(samples) // HOP)]
    )
    mel = np.log10(np.maximum(mel_filters() @ power.T, 1e-10))
    return (np.maximum(mel, mel.max() - 8) + 4) / 4


def test_log_mel_follows_its_definition():
    rng = np.random.default_rng(0)
    samples = (0.1 * rng.standard_normal(SAMPLE_RATE // 2)).astype(np.float32)
    assert np.allclose(log_mel(samples), slow_log_mel(samples), atol=1e-4)


def test_filters_cover_the_band_with_unit_area():
    filters = mel_filters()
    assert filters.shape == (MEL_BANDS, FFT_SIZE // 2 + 1)
    assert (filters >= 0).all()
    spacing = SAMPLE_RATE / FFT_SIZE
    areas = filters[40:].sum(axis=1) * spacing  # wide filters: enough bins for the sum to stand for the integral
    assert np.allclose(areas, 1, atol=0.1)


def test_a_tone_lights_up_the_band_around_it():
    tone = np.sin(2 * np.pi * 1000 * np.arange(SAMPLE_RATE) / SAMPLE_RATE).astype(np.float32)
    loudest = log_mel(tone)[:, 50].argmax()
    assert mel_filters()[loudest, round(1000 / (SAMPLE_RATE / FFT_SIZE))] > 0


def test_levelled_recordings_look_the_same_however_softly_they_were_made():
    rng = np.random.default_rng(0)
    speech = (rng.standard_normal(SAMPLE_RATE) * np.repeat(rng.uniform(0.01, 0.2, 10), SAMPLE_RATE // 10)).astype(
        np.float32
    )
    assert np.allclose(log_mel(levelled(speech)), log_mel(levelled(speech * 0.03)), atol=1e-3)
    assert np.sqrt((levelled(speech) ** 2).mean()) < LOUD
    hush = np.full(SAMPLE_RATE, 1e-6, dtype=np.float32)
    assert np.abs(levelled(hush)).max() < LOUD / 50
    assert len(levelled(speech[:10])) == 10


@given(st.integers(0, 2 * STEP), st.integers(0, 100))
def test_steps_lie_alike_on_a_sound_wherever_its_recording_begins(later, seed):
    draw = np.random.default_rng(seed)
    speech = (draw.normal(size=8_000) * np.hanning(8_000)).astype(np.float32)
    quiet = np.zeros(3 * STEP, np.float32)
    whole = np.concatenate([quiet, speech, quiet])
    cut = whole[later:]
    first, then = first_step(whole), first_step(cut)
    assert (first - then - later) % STEP == 0
    assert -STEP // 2 <= then < STEP // 2
    assert len(begun_at(cut, then)) == len(cut) - then


def test_what_is_shorter_than_a_step_begins_where_it_begins():
    assert first_step(np.zeros(STEP - 1, np.float32)) == first_step(np.zeros(5 * STEP, np.float32)) == 0
