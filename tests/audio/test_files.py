"""Reading recordings: every format and rate, and a clear refusal of what cannot be scored honestly."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from trainer.audio.files import read
from trainer.audio.recording import SAMPLE_RATE
from trainer.errors import UserError


def tone(seconds: float, rate: int, level: float = 0.1, frequency: float = 440.0) -> np.ndarray:
    return (level * np.sin(2 * np.pi * frequency * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


def write(path: Path, samples: np.ndarray, rate: int, **options: str) -> Path:
    soundfile.write(path, samples, rate, **options)
    return path


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000])
def test_any_rate_becomes_16_khz_and_keeps_its_pitch_and_level(tmp_path, rate):
    recording = read(write(tmp_path / "tone.wav", tone(1.0, rate), rate, subtype="FLOAT"))
    assert recording.source_rate == rate
    assert len(recording.samples) == pytest.approx(SAMPLE_RATE, abs=2)
    assert recording.samples.dtype == np.float32
    spectrum = np.abs(np.fft.rfft(recording.samples[:SAMPLE_RATE]))
    assert spectrum.argmax() == pytest.approx(440, abs=1)
    assert np.abs(recording.samples[2000:-2000]).max() == pytest.approx(0.1, rel=0.02)


@pytest.mark.parametrize(
    "name, options",
    [
        ("a.wav", {"subtype": "PCM_16"}),
        ("a.flac", {}),
        ("a.ogg", {"format": "OGG", "subtype": "VORBIS"}),
        ("a.opus", {"format": "OGG", "subtype": "OPUS"}),
        ("a.mp3", {}),
    ],
)
def test_formats(tmp_path, name, options):
    recording = read(write(tmp_path / name, tone(1.0, 48_000), 48_000, **options))
    assert np.abs(np.fft.rfft(recording.samples[:SAMPLE_RATE])).argmax() == pytest.approx(440, abs=2)


def test_stereo_is_mixed(tmp_path):
    voice = tone(1.0, SAMPLE_RATE)
    recording = read(write(tmp_path / "s.wav", np.column_stack([voice, voice]), SAMPLE_RATE, subtype="FLOAT"))
    assert recording.samples == pytest.approx(voice, abs=1e-6)


@pytest.mark.parametrize("other", [-1.0, 0.0])
def test_a_channel_that_cancels_or_holds_nothing_does_not_hurt_the_voice(tmp_path, other):
    voice = tone(1.0, SAMPLE_RATE)
    recording = read(write(tmp_path / "s.wav", np.column_stack([voice, other * voice]), SAMPLE_RATE, subtype="FLOAT"))
    assert np.abs(recording.samples).max() == pytest.approx(0.1, rel=0.01)


def clipped() -> np.ndarray:
    return np.clip(tone(1.0, SAMPLE_RATE, level=5.0), -1, 1)


def not_numbers() -> np.ndarray:
    samples = tone(1.0, SAMPLE_RATE)
    samples[100] = np.nan
    return samples


@pytest.mark.parametrize(
    "samples, word",
    [
        (np.zeros(0, np.float32), "no sound"),
        (tone(0.1, SAMPLE_RATE), "100 ms"),
        (np.zeros(SAMPLE_RATE, np.float32), "silent"),
        (tone(1.0, SAMPLE_RATE, level=1e-4), "silent"),
        (clipped(), "overdriven"),
        (not_numbers(), "not numbers"),
        (tone(31.0, SAMPLE_RATE), "at most 30 s"),
    ],
    ids=["empty", "too short", "silent", "nearly silent", "clipped", "NaN", "too long"],
)
def test_what_cannot_be_scored_is_refused_in_one_line_that_names_the_file(tmp_path, samples, word):
    path = write(tmp_path / "bad.wav", samples, SAMPLE_RATE, subtype="FLOAT")
    with pytest.raises(UserError, match=word) as refusal:
        read(path)
    assert str(path) in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_thirty_minutes_are_refused_without_being_read(tmp_path):
    path = write(tmp_path / "long.wav", np.zeros(30 * 60 * 8000, np.int16), 8000)
    with pytest.raises(UserError, match="1800 s"):
        read(path)


def test_too_low_a_rate_is_refused(tmp_path):
    with pytest.raises(UserError, match="4000 Hz"):
        read(write(tmp_path / "low.wav", tone(1.0, 4000), 4000))


@pytest.mark.parametrize("content", [b"", b"hello, this is text", b"RIFF\x00\x00\x00\x00WAVEfmt garbage"])
def test_what_is_no_sound_file_is_refused(tmp_path, content):
    path = tmp_path / "notes.wav"
    path.write_bytes(content)
    with pytest.raises(UserError, match="not a readable sound file"):
        read(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(UserError, match="no such file"):
        read(tmp_path / "nowhere.wav")
