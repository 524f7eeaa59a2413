"""Recordings as strangers send them: every one is read, skipped, or refused with the reason, and blames nobody."""

import io
import os
import shutil
import struct
import unicodedata
from pathlib import Path

import numpy as np
import pytest
import soundfile

from trainer.audio.blocks import Intake
from trainer.audio.containers import NoWave, ogg_links, wave_header
from trainer.audio.files import read
from trainer.audio.level import LevelCheck
from trainer.audio.manifest import clips
from trainer.audio.piped_microphone import PipedMicrophone
from trainer.audio.recorded_microphone import RecordedMicrophone, recordings
from trainer.audio.recording import SAMPLE_RATE
from trainer.bundled import bundled
from trainer.errors import UserError
from trainer.scoring.points import PASS_MARK

CALL = bundled("audio") / "reference" / "en" / "man" / "COM-10.opus"  # I read you loud and clear.
VOICE = read(CALL).samples
NOISE = np.random.default_rng(7)


def wave(samples: np.ndarray, subtype: str = "PCM_16", kind: str = "WAV") -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, SAMPLE_RATE, format=kind, subtype=subtype)
    return file.getvalue()


def with_length(content: bytes, length: int) -> bytes:
    """A WAVE file whose header says another length of the sound."""
    at = content.index(b"data") + 4
    return content[:at] + struct.pack("<I", length) + content[at + 4 :]


def placed(tmp_path: Path, content: bytes, name: str = "call.wav") -> Path:
    (tmp_path / name).write_bytes(content)
    return tmp_path / name


def scored(scorer, path):
    return scorer.score(read(path), scorer.book.find("COM-10"), "en")


def right(scorer) -> float:
    """The points of the call as it is."""
    return scored(scorer, CALL).score


def other_channel(kind: str) -> np.ndarray:
    time = np.arange(len(VOICE)) / SAMPLE_RATE
    return {
        "offset": np.full(len(VOICE), 0.9),
        "full scale": np.full(len(VOICE), 1.0),
        "hum": 0.8 * np.sin(2 * np.pi * 50 * time),
        "tone": 0.5 * np.sin(2 * np.pi * 1000 * time),
        "noise": 0.3 * NOISE.standard_normal(len(VOICE)),
        "nothing": np.zeros(len(VOICE)),
        "the voice upside down": -VOICE,
    }[kind].astype(np.float32)


@pytest.mark.parametrize("kind", ["offset", "full scale", "hum", "tone", "noise", "nothing", "the voice upside down"])
@pytest.mark.parametrize("side", [0, 1])
def test_the_channel_with_speech_is_scored_whatever_the_other_holds(tmp_path, scorer, kind, side):
    channels = [other_channel(kind), 0.5 * VOICE]
    path = placed(tmp_path, wave(np.column_stack(channels[::-1] if side else channels), "FLOAT"))
    assert scored(scorer, path).score == pytest.approx(right(scorer), abs=2)


@pytest.mark.parametrize("kind", ["hum", "noise", "offset"])
def test_a_device_whose_other_channel_is_dead_gives_the_voice(kind):
    intake = Intake(SAMPLE_RATE, 2)
    sound = np.column_stack([np.tile(other_channel(kind), 2), np.tile(VOICE, 2)])
    out = np.concatenate([intake.feed(block) for block in np.array_split(sound, 200)])
    assert np.corrcoef(out[-len(VOICE) :], VOICE)[0, 1] > 0.99


def test_a_constant_offset_is_no_noise():
    room = 1e-3 * NOISE.standard_normal(2 * SAMPLE_RATE)
    sound = (np.concatenate([room, VOICE + 1e-3 * NOISE.standard_normal(len(VOICE))]) + 0.02).astype(np.float32)
    intake, check = Intake(SAMPLE_RATE, 1), LevelCheck()
    for block in np.array_split(sound[:, None], 300):
        check.feed(intake.feed(block))
    assert check.level().verdict == "good"
    assert check.level().snr > 30


@pytest.mark.parametrize("length", [0, 0xFFFFFFFF, 0xFFFFFFFF - 36])
def test_a_length_that_the_header_does_not_know_is_found(tmp_path, scorer, length):
    found = scored(scorer, placed(tmp_path, with_length(wave(VOICE), length)))
    assert found.score == pytest.approx(right(scorer), abs=0.5)
    assert not found.warnings


def cut_off(kind: str, share: float) -> bytes:
    subtype = {"WAV": "PCM_16", "FLAC": "PCM_16", "OGG": "VORBIS"}[kind]
    whole = wave(VOICE, subtype, kind)
    return whole[: int(len(whole) * share)]


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg"])
def test_a_file_that_is_cut_off_says_so_and_blames_nobody(tmp_path, scorer, name):
    kind = {"a.wav": "WAV", "a.flac": "FLAC", "a.ogg": "OGG"}[name]
    found = scored(scorer, placed(tmp_path, cut_off(kind, 0.75), name))
    assert "cut off" in found.warnings[0]
    assert not any(word.missing for word in found.words)
    assert len(found.words) >= 2
    assert found.text.endswith("…")
    assert min(word.score for word in found.words) > 60
    assert found.scale == scored(scorer, CALL).scale  # the points of a part mean what those of a whole call do
    assert found.score > PASS_MARK


def test_of_a_file_that_is_cut_off_at_once_nothing_is_judged(tmp_path, scorer):
    with pytest.raises(UserError):
        scored(scorer, placed(tmp_path, cut_off("WAV", 0.15)))


def test_a_drill_does_not_take_a_cut_off_file_for_an_answer(tmp_path):
    microphone = RecordedMicrophone(placed(tmp_path, cut_off("WAV", 0.6)))
    with microphone, pytest.raises(UserError, match="cut off"):
        microphone.key_down()


@pytest.mark.parametrize("name, subtype", [("a.opus", "OPUS"), ("a.ogg", "VORBIS")])
def test_streams_of_ogg_in_a_row_are_one_recording(tmp_path, scorer, name, subtype):
    half = len(VOICE) // 2
    chained = wave(VOICE[:half], subtype, "OGG") + wave(VOICE[half:], subtype, "OGG")
    links, whole = ogg_links(chained)
    assert (len(links), whole) == (2, True)
    assert read(placed(tmp_path, chained, name)).seconds == pytest.approx(len(VOICE) / SAMPLE_RATE, abs=0.1)
    assert scored(scorer, tmp_path / name).score == pytest.approx(right(scorer), abs=6)


@pytest.mark.parametrize("softer", [0, 10, 20, 30])
def test_the_same_recording_softer_rates_the_same(tmp_path, scorer, softer):
    path = placed(tmp_path, wave(VOICE * 10 ** (-softer / 20)))
    assert scored(scorer, path).score == pytest.approx(right(scorer), abs=1)


@pytest.mark.parametrize(
    "content, name",
    [
        (wave(VOICE, "PCM_16", "WAVEX"), "extensible, 16 bits"),
        (wave(np.column_stack([VOICE, VOICE]), "PCM_24", "WAVEX"), "extensible, 24 bits, stereo"),
        (wave(VOICE, "FLOAT"), "floating"),
        (wave(VOICE, "DOUBLE"), "double"),
        (wave(VOICE, "PCM_U8"), "8 bits"),
        (with_length(wave(VOICE), 0), "no length"),
        (wave(VOICE) + b"LIST" + struct.pack("<I", 3000) + b"\x55" * 3000, "a list after the sound"),
        ((VOICE * 32767).astype("<i2").tobytes(), "raw"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_voice_is_heard_through_a_pipe(content, name):
    with PipedMicrophone(io.BytesIO(content)) as microphone:
        microphone.key_down()
        out = np.concatenate([microphone.read() for _block in range(len(VOICE) // 480 + 2)])
    assert out[: len(VOICE)] == pytest.approx(VOICE, abs=0.03)
    assert np.abs(out[len(VOICE) :]).max(initial=0) < 0.01  # then nobody speaks


@pytest.mark.parametrize("content", [b"RIFF", wave(VOICE)[:20], b"RIFF....WAVEfmt \xff\xff\xff\xff", wave(VOICE)[:36]])
def test_half_a_header_is_no_sound(content):
    with pytest.raises(NoWave):
        wave_header(io.BytesIO(content))
    with PipedMicrophone(io.BytesIO(content)) as microphone:
        microphone.key_down()
        with pytest.raises(UserError, match="not understood"):
            microphone.read()


def test_files_are_spoken_in_the_order_that_people_count_in_and_hidden_ones_are_not(tmp_path):
    for name in ("10.wav", "2.wav", "1.wav", "._1.wav", ".2.wav", "b2.oga", "b10.oga", "notes.txt"):
        placed(tmp_path, wave(VOICE), name)
    assert [path.name for path in recordings(tmp_path)] == ["1.wav", "2.wav", "10.wav", "b2.oga", "b10.oga"]


@pytest.mark.parametrize("listed, there", [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_listed_clip_is_found_in_either_form_of_its_name(tmp_path, listed, there):
    shutil.copy(CALL, tmp_path / unicodedata.normalize(there, "Андрей ёж.opus"))
    name = unicodedata.normalize(listed, "Андрей ёж.opus")
    (tmp_path / "clips.tsv").write_text(f"\ufeffpath\tphrase\tlanguage\r\n{name}\tCOM-10\ten\r\n", encoding="utf-8")
    (clip,) = clips(tmp_path)
    assert read(clip.path).seconds > 1


def test_a_name_that_is_not_utf8_is_spoken_too(tmp_path):
    placed(tmp_path, wave(VOICE), "\udcea\udcee\udce4.wav")
    assert len(recordings(tmp_path)) == 1
    assert read(recordings(tmp_path)[0]).seconds > 1


@pytest.mark.parametrize(
    "value, word", [(0.0, "silent"), (np.nan, "not numbers"), (np.inf, "not numbers"), (1e30, "not numbers")]
)
@pytest.mark.parametrize("channels", [1, 2, 3])
def test_channels_without_sound_or_of_no_numbers_are_refused(tmp_path, value, word, channels):
    """All alike, or only the last one."""
    sound = np.full((SAMPLE_RATE, channels), value, np.float32)
    for data in (sound, np.column_stack([np.zeros((SAMPLE_RATE, channels - 1)), sound[:, :1]])):
        data[1::2] *= -1  # no constant offset
        with pytest.raises(UserError, match=word):
            read(placed(tmp_path, wave(data, "FLOAT")))


def test_an_mp3_holds_the_sound_that_other_programs_read_of_it(tmp_path):
    """Read block by block, its decoder loses its way at the border of each: a word of a call was heard as left out."""
    path, same = tmp_path / "call.mp3", tmp_path / "call.wav"
    soundfile.write(path, VOICE, SAMPLE_RATE, format="MP3", subtype="MPEG_LAYER_III")
    soundfile.write(same, soundfile.read(path, dtype="float32")[0], SAMPLE_RATE, "FLOAT")
    assert np.abs(read(path).samples - read(same).samples).max() < 1e-6


def test_a_damaged_mp3_is_read_as_far_as_it_goes_and_its_decoder_says_nothing(tmp_path, capfd):
    file = io.BytesIO()
    soundfile.write(file, VOICE, SAMPLE_RATE, format="MP3", subtype="MPEG_LAYER_III")
    content = file.getvalue()
    half = len(content) // 2
    damaged = placed(tmp_path, content[:half] + bytes(700) + content[half + 300 :], "call.mp3")
    assert len(read(damaged).samples) > len(VOICE) // 3
    assert capfd.readouterr().err == ""
    os.write(2, b"heard again")
    assert capfd.readouterr().err == "heard again"
