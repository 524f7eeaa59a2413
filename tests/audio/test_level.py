"""The level check finds what is wrong with a microphone, and says what to do in both languages."""

from typing import get_args

import numpy as np
import pytest

from trainer.audio.decibels import amplitude
from trainer.audio.files import read
from trainer.audio.level import Level, LevelCheck, Verdict, advice
from trainer.audio.manifest import clips
from trainer.audio.recording import SAMPLE_RATE
from trainer.bundled import bundled
from trainer.messages import choose_language

CALL = read(next(clip.path for clip in clips(bundled("audio") / "samples") if clip.reading == "right")).samples


def checked(gain: float = 0.0, noise: float = -60.0, voice: bool = True) -> Level:
    """A call at a gain (dB) over a room's noise (dBFS)."""
    room = amplitude(noise) * np.random.default_rng(5).standard_normal(len(CALL) + 3 * SAMPLE_RATE)
    if voice:
        room[SAMPLE_RATE : SAMPLE_RATE + len(CALL)] += amplitude(gain) * CALL
    check = LevelCheck()
    for block in np.array_split(np.clip(room, -1, 1).astype(np.float32), 200):
        check.feed(block)
    return check.level()


@pytest.mark.parametrize(
    "verdict, heard",
    [
        ("good", {}),
        ("silent", {"voice": False, "noise": -75}),
        ("no_speech", {"voice": False, "noise": -50}),
        ("clipped", {"gain": 25}),
        ("loud", {"gain": 5}),
        ("quiet", {"gain": -25, "noise": -75}),
        ("noisy", {"noise": -30}),
    ],
)
def test_verdicts(verdict, heard):
    assert checked(**heard).verdict == verdict


@pytest.mark.parametrize("noise", [-70.0, -55.0, -40.0])
def test_levels_are_those_of_the_sound(noise):
    level = checked(noise=noise)
    assert level.noise == pytest.approx(noise, abs=1.5)
    assert level.speech == pytest.approx(20 * np.log10(np.sqrt((CALL**2).mean())), abs=3)
    assert level.snr == pytest.approx(level.speech - level.noise)


def test_nothing_heard_yet_is_silence():
    assert LevelCheck().level().verdict == "silent"


def test_every_verdict_has_its_advice_in_both_languages():
    texts = [
        {advice(verdict) for verdict in get_args(Verdict)} for language in ("en", "ru") if choose_language(language)
    ]
    assert [len(found) for found in texts] == [len(get_args(Verdict))] * 2
    assert not texts[0] & texts[1]
