"""Is the line good enough for a fair score? On real recordings, as they are and spoiled."""

import numpy as np
import pytest

from trainer.audio.channel import channel
from trainer.audio.files import read
from trainer.audio.manifest import clips
from trainer.bench.channel import CHANNELS
from trainer.bundled import bundled

SAMPLES = [read(clip.path).samples for clip in clips(bundled("audio") / "samples") if clip.reading == "right"]


def test_a_good_microphone_is_good_enough():
    assert not any(line.narrow or line.noisy or line.echoing for line in map(channel, SAMPLES))


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("band telephone", "narrow"),
        ("band 8 kHz rate", "narrow"),
        ("room 2 m", "echoing"),
        ("noise 10 dB", "noisy"),
        ("noise 20 dB", "noisy"),
    ],
)
def test_a_bad_line_is_told(name, fault):
    told = [getattr(channel(CHANNELS[name](samples)), fault) for samples in SAMPLES]
    assert np.mean(told) > (0.9 if fault == "echoing" else 0.6)


def test_who_speaks_without_a_pause_is_not_taken_for_noise():
    for samples in SAMPLES:
        loud = np.flatnonzero(np.abs(samples) > 0.03 * np.abs(samples).max())
        assert not channel(samples[loud[0] : loud[-1]]).noisy


def test_a_voice_that_hardly_stands_above_the_noise_is_told():
    draw = np.random.default_rng(1)
    for samples in SAMPLES:
        noise = draw.normal(scale=0.5 * np.abs(samples).std(), size=len(samples)).astype(np.float32)
        assert channel(samples + 3 * noise).noisy


def test_the_level_of_a_recording_decides_nothing():
    for samples in SAMPLES:
        loud, soft = channel(samples), channel((samples / 30).astype(np.float32))
        assert loud.snr == pytest.approx(soft.snr, abs=0.1)
        assert loud.high == pytest.approx(soft.high, abs=0.1)


def test_a_recording_shorter_than_a_frame_has_a_line_too():
    assert not channel(np.ones(100, dtype=np.float32)).echoing
