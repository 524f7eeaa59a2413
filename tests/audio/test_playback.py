"""What was played, kept or muted: position, stopping, the time it takes."""

from pathlib import Path

import numpy as np
import pytest

from trainer.audio.doors import open_loudspeaker
from trainer.audio.files import decode
from trainer.audio.loudspeaker import Loudspeaker
from trainer.audio.recorded_loudspeaker import RECORDED_RATE
from trainer.audio.recording import SAMPLE_RATE
from trainer.errors import UserError

TONE = (0.3 * np.sin(2 * np.pi * 440 * np.arange(SAMPLE_RATE) / SAMPLE_RATE)).astype(np.float32)


def kept(path: Path) -> np.ndarray:
    samples, rate = decode(path, 60)
    assert rate == RECORDED_RATE
    return samples


def test_a_file_keeps_what_was_played_one_after_the_other(tmp_path):
    path = tmp_path / "played.wav"
    with open_loudspeaker(str(path), "fast") as loudspeaker:
        for rate in (SAMPLE_RATE, 2 * SAMPLE_RATE):
            playing = loudspeaker.play(TONE, rate)
            assert playing.wait()
            assert playing.position == len(TONE) / rate
    sound = kept(path)
    assert len(sound) == 1.5 * RECORDED_RATE
    for part, pitch in ((sound[:RECORDED_RATE], 440), (sound[RECORDED_RATE:], 880)):
        spectrum = np.abs(np.fft.rfft(part))
        assert spectrum.argmax() * RECORDED_RATE / len(part) == pytest.approx(pitch, abs=1)


@pytest.mark.parametrize("spec", ["played.wav", "mute"])
def test_in_real_time_a_sound_can_be_waited_for_and_stopped(tmp_path, spec):
    with open_loudspeaker(spec if spec == "mute" else str(tmp_path / spec)) as loudspeaker:
        short = loudspeaker.play(TONE[:1600], SAMPLE_RATE)
        assert not short.done
        assert short.wait()
        long = loudspeaker.play(np.tile(TONE, 60), SAMPLE_RATE)
        assert not long.wait(0.01)
        long.stop()
        assert long.wait()
        assert 0 < long.position < 60
        stopped_at = long.position
        assert long.position == stopped_at
    if spec != "mute":
        assert len(kept(tmp_path / spec)) == pytest.approx((0.1 + stopped_at) * RECORDED_RATE, abs=2)


def test_a_sound_that_is_left_behind_ends_with_the_loudspeaker(tmp_path):
    path = tmp_path / "played.wav"
    with open_loudspeaker(str(path)) as loudspeaker:
        playing = loudspeaker.play(np.tile(TONE, 60), SAMPLE_RATE)
    assert playing.done
    assert len(kept(path)) < 60 * RECORDED_RATE


def test_as_fast_as_possible_mute_takes_no_time():
    with open_loudspeaker("mute", "fast") as loudspeaker:
        playing = loudspeaker.play(np.zeros(3600 * SAMPLE_RATE, np.float32), SAMPLE_RATE)
        assert playing.done
        assert playing.position == 3600
        assert loudspeaker.trouble is None


def test_a_file_that_cannot_be_written_is_refused():
    loudspeaker: Loudspeaker = open_loudspeaker("/nowhere/at/all.wav")
    with pytest.raises(UserError, match="cannot be written"):
        loudspeaker.__enter__()


def test_a_device_that_was_asked_for_and_is_not_there_is_refused():
    with pytest.raises(UserError):
        open_loudspeaker("a kazoo with valves")
