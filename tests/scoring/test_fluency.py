"""Rates and pauses from word spans and silence."""

import numpy as np
import pytest

from trainer.scoring.fluency import fluency, silence

RATE = 50.0


def test_rates_and_pauses():
    silent = np.zeros(200, dtype=bool)
    silent[:20] = silent[60:90] = silent[150:] = True
    flow = fluency([(20, 60), (90, 120), (122, 150)], 9, silent, RATE)
    assert flow.onset_latency == pytest.approx(0.4)
    assert [(p.start, p.seconds, p.after_word) for p in flow.pauses] == [(1.2, pytest.approx(0.6), 0)]
    assert flow.speaking_seconds == pytest.approx(2.6 - 0.6)
    assert flow.articulation_rate == pytest.approx(9 / 2.0)
    assert flow.speaking_rate == pytest.approx(9 / 2.6)


def test_a_gap_full_of_sound_is_no_pause():
    assert not fluency([(0, 20), (60, 80)], 4, np.zeros(80, dtype=bool), RATE).pauses


def test_nothing_said_has_no_rates():
    flow = fluency([], 0, np.ones(50, dtype=bool), RATE)
    assert (flow.articulation_rate, flow.speaking_rate, flow.pauses) == (0, 0, ())


@pytest.mark.parametrize("noise", [0.0, 0.003])
def test_silence_is_found_under_noise_too(noise):
    rng = np.random.default_rng(0)
    samples = noise * rng.standard_normal(3 * 16_000)
    samples[16_000:32_000] += 0.1 * np.sin(2 * np.pi * 200 * np.arange(16_000) / 16_000)
    silent = silence(samples.astype(np.float32), 16_000, 150)
    assert silent[:49].mean() > 0.95
    assert silent[51:99].mean() < 0.05
    assert silent[101:].mean() > 0.95
