"""Recordings that stand in for a person: the right clip for the call, in its time, clean."""

import io
import os
import shutil
import subprocess
import sys
import threading
import wave
from pathlib import Path

import numpy as np
import pytest

from trainer.audio.blocks import BlockQueue, Intake
from trainer.audio.doors import open_loudspeaker, open_microphone
from trainer.audio.files import read, write
from trainer.audio.manifest import clips
from trainer.audio.microphone import Microphone, NoRecording, follow
from trainer.audio.piped_microphone import PipedMicrophone
from trainer.audio.recorded_microphone import RecordedMicrophone
from trainer.audio.recording import SAMPLE_RATE
from trainer.audio.take import Take, TakeSettings
from trainer.bundled import bundled
from trainer.errors import UserError
from trainer.languages import Language

FOLDER = bundled("audio") / "samples"
CLIPS = {clip.path.stem: clip for clip in clips(FOLDER)}
CALL = read(CLIPS["doc-09-right-man"].path).samples


def heard(microphone: Microphone, call: str | None = None, language: Language | None = None) -> np.ndarray | None:
    """What a press of the key takes; None where nobody spoke."""
    take = Take(TakeSettings(patience=1.5))
    for _block, _status in follow(microphone, take, call, language):
        pass
    return take.recording().samples if take.status.spoken else None


def is_in(call: np.ndarray, heard: np.ndarray | None) -> bool:
    """Whether the loudest tenth of a second of a recording was heard, sample for sample."""
    middle = max(800, int(np.abs(call).argmax()))
    piece = call[middle - 800 : middle + 800]
    if heard is None or len(heard) < len(piece):
        return False
    place = int(np.correlate(heard, piece, "valid").argmax())
    return np.allclose(heard[place : place + len(piece)], piece, atol=1e-6)


def sample(name: str) -> np.ndarray:
    return read(CLIPS[name].path).samples


def test_a_folder_with_a_list_answers_the_call_that_is_asked_for_in_its_language():
    with open_microphone(str(FOLDER), "fast") as microphone:
        for name in ("com-10-right-man", "rdv-13-right-man"):
            clip = CLIPS[name]
            assert is_in(read(clip.path).samples, heard(microphone, clip.phrase.lower(), clip.language))
        for call, language in (("PRO-05", "en"), ("RDV-13", "ru")):  # it is there in English only
            with pytest.raises(NoRecording, match=call):
                heard(microphone, call, language)


def test_several_clips_of_one_call_come_in_turn():
    wanted = [clip for clip in clips(FOLDER) if (clip.phrase, clip.language) == ("DOC-09", "en")]
    assert len(wanted) > 1
    with open_microphone(str(FOLDER), "fast") as microphone:
        for clip in (*wanted, wanted[0]):
            assert is_in(read(clip.path).samples, heard(microphone, "DOC-09", "en"))


def test_a_folder_without_a_list_speaks_its_files_in_the_order_of_their_names_and_then_no_more(tmp_path):
    names = ["doc-09-right-man", "com-10-right-man"]
    for number, name in enumerate(names):
        shutil.copy(CLIPS[name].path, tmp_path / f"{number}.opus")
    (tmp_path / "notes.txt").write_text("not a recording")
    with open_microphone(str(tmp_path), "fast") as microphone:
        for name in names:
            assert is_in(sample(name), heard(microphone, "ANY-01", "ru"))
        assert heard(microphone) is None


def test_a_file_is_spoken_at_every_press():
    with open_microphone(str(CLIPS["doc-09-right-man"].path), "fast") as microphone:
        assert heard(microphone) is not None
        assert is_in(CALL, heard(microphone))


def test_a_recording_that_was_cut_off_does_not_run_into_the_next_call():
    with open_microphone(str(FOLDER), "fast") as microphone:
        microphone.key_down("DOC-09", "en")
        for _block in range(30):
            microphone.read()
        clip = CLIPS["com-10-right-man"]
        taken = heard(microphone, clip.phrase, clip.language)
        assert is_in(read(clip.path).samples, taken)
        assert len(taken) < len(read(clip.path).samples) + SAMPLE_RATE


class Clock:
    """Time that passes only when somebody waits for it."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_in_real_time_a_recording_takes_as_long_as_it_is():
    clock = Clock()
    with RecordedMicrophone(CLIPS["doc-09-right-man"].path, "real", clock, clock.sleep) as microphone:
        take = Take()
        *_all, (_block, last) = follow(microphone, take)
        assert last.ended == "speech_end"
        assert clock.now - 100 == pytest.approx(last.seconds, abs=0.1)
        assert microphone.lost == 0


def test_in_real_time_what_is_not_read_is_lost_and_what_is_stale_is_not_taken():
    clock = Clock()
    with RecordedMicrophone(CLIPS["doc-09-right-man"].path, "real", clock, clock.sleep) as microphone:
        clock.now += 60
        take = Take()
        *_all, (_block, last) = follow(microphone, take)
        assert last.ended == "speech_end"
        assert is_in(CALL, take.recording().samples)
        assert microphone.lost == 0
        clock.now += 60
        microphone.read()
        assert microphone.lost == pytest.approx(55, abs=0.1)
        assert microphone.read(0.001) is not None


def wav(samples: np.ndarray, rate: int, channels: int = 1, width: int = 2) -> bytes:
    stream = io.BytesIO()
    with wave.open(stream, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        scaled = np.repeat(samples, channels) * (2 ** (8 * width - 1) - 1)
        if width == 1:
            data = (scaled + 128).astype(np.uint8).tobytes()
        elif width == 3:
            data = scaled.astype("<i4").view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
        else:
            data = scaled.astype(f"<i{width}").tobytes()
        file.writeframes(data)
    return stream.getvalue()


SHORT = CALL[:20_000]
RAW = (SHORT * 32767).astype("<i2").tobytes()
STREAMS = {
    "raw": RAW,
    "raw, cut in a sample": RAW + b"\x01",
    "WAV": wav(SHORT, SAMPLE_RATE),
    "stereo": wav(SHORT, SAMPLE_RATE, channels=2),
    "24 bits": wav(SHORT, SAMPLE_RATE, width=3),
    "32 bits": wav(SHORT, SAMPLE_RATE, width=4),
    "length unknown": wav(SHORT, SAMPLE_RATE)[:40] + b"\xff\xff\xff\x7f" + wav(SHORT, SAMPLE_RATE)[44:],
}


@pytest.mark.parametrize("data", STREAMS.values(), ids=STREAMS)
def test_standard_input_may_be_raw_or_wav(data):
    with PipedMicrophone(io.BytesIO(data)) as microphone:
        microphone.read()  # before the key goes down nothing is taken from the stream
        taken = heard(microphone)
        place = int(np.correlate(taken, SHORT[8000:12000], "valid").argmax())
        assert taken[place : place + 4000] == pytest.approx(SHORT[8000:12000], abs=1e-4)
        assert heard(microphone) is None  # after its end nobody speaks


def test_standard_input_may_be_of_another_rate():
    with PipedMicrophone(io.BytesIO(wav(np.repeat(CALL, 3), 3 * SAMPLE_RATE))) as microphone:
        assert len(heard(microphone)) == pytest.approx(len(CALL), abs=SAMPLE_RATE)


@pytest.mark.parametrize(
    "data",
    [CLIPS["doc-09-right-man"].path.read_bytes(), b"RIFF\0\0\0\0WAVEfmt ", b"fLaC\0\0\0"],
    ids=["Opus", "half a header", "FLAC"],
)
def test_standard_input_that_is_another_format_is_refused(data):
    with PipedMicrophone(io.BytesIO(data)) as microphone, pytest.raises(UserError, match="16-bit"):
        heard(microphone)


def test_a_stream_without_end_ends_at_the_cap():
    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            return (1000 * np.random.default_rng(0).standard_normal(size // 2)).astype("<i2").tobytes()

    with PipedMicrophone(Endless()) as microphone:
        take = Take()
        *_all, (_block, last) = follow(microphone, take)
        assert last.ended in ("cap", "silence")


def test_a_live_stream_is_taken_as_it_comes():
    """Two threads and a pipe: what is written while the key is down is what is heard; afterwards no thread stays."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as stream, os.fdopen(writing, "wb") as pipe:
        with PipedMicrophone(stream, "real") as microphone:
            talker = threading.Thread(target=lambda: (pipe.write(RAW), pipe.flush()))
            talker.start()
            assert heard(microphone) is not None
            talker.join()
            assert microphone.lost == 0
        pipe.close()
    for thread in threading.enumerate():
        if thread.name == "ruston-stdin":
            thread.join(5)
            assert not thread.is_alive()


def test_dash_is_standard_input(tmp_path):
    out = tmp_path / "out.wav"
    command = [sys.executable, "-m", "trainer", "audio", "record", str(out), "--mic", "-", "--fast"]
    subprocess.run(command, input=STREAMS["WAV"], cwd=Path(__file__).parents[2], check=True, capture_output=True)
    assert len(read(out).samples) == pytest.approx(len(SHORT), abs=SAMPLE_RATE)


@pytest.mark.parametrize("spec", ["nowhere.wav", "no/such/folder"])
def test_a_missing_recording_is_refused(spec):
    with pytest.raises(UserError, match="no such file"):
        open_microphone(spec)


def test_a_folder_without_recordings_is_refused(tmp_path):
    with pytest.raises(UserError, match="no recordings"):
        open_microphone(str(tmp_path))


def test_a_recording_that_cannot_be_read_is_refused_when_its_turn_comes_and_the_next_is_spoken(tmp_path):
    (tmp_path / "1.wav").write_text("this is text")
    write(tmp_path / "2.wav", CALL)
    with open_microphone(str(tmp_path), "fast") as microphone:
        with pytest.raises(UserError, match=r"1\.wav"):
            heard(microphone)
        assert heard(microphone) is not None


def test_the_queue_keeps_the_newest_and_counts_what_it_drops():
    queue = BlockQueue(longest=1000)
    for number in range(100):
        queue.put(np.full((30, 1), number, np.float32))
    assert len(queue) <= 1000
    assert queue.lost == 3000 - len(queue)
    queue.keep(60)
    assert queue.lost == 0
    assert queue.get()[:, 0].tolist() == [98.0] * 30 + [99.0] * 30
    assert queue.get(timeout=0) is None
    queue.close()
    assert queue.get() is None


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
def test_device_blocks_of_any_size_and_rate_become_one_stream(rate):
    time = np.arange(2 * rate) / rate
    tone = (0.3 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)
    intake, random, out, start = Intake(rate, 2), np.random.default_rng(0), [], 0
    while start < len(tone):
        size = int(random.integers(1, 2000))
        out.append(intake.feed(np.column_stack([tone[start : start + size]] * 2)))
        start += size
    stream = np.concatenate(out)
    assert len(stream) > 1.9 * SAMPLE_RATE
    middle = stream[4000:20000]
    assert np.abs(np.fft.rfft(middle)).argmax() == 440
    # No seam: what is no 440 Hz tone nor a drift of the offset is far below it.
    reference = np.column_stack([f(2 * np.pi * 440 * np.arange(16000) / SAMPLE_RATE) for f in (np.sin, np.cos)])
    rest = middle - reference @ np.linalg.lstsq(reference, middle, rcond=None)[0]
    assert np.abs(np.diff(rest)).max() < 1e-4
    assert np.abs(rest).max() < 1e-2


@pytest.mark.parametrize("other", [-1.0, 0.0])
def test_a_channel_that_cancels_or_holds_nothing_does_not_hurt_the_voice(other):
    intake = Intake(SAMPLE_RATE, 2)
    out = [intake.feed(np.column_stack([block, other * block])) for block in np.array_split(CALL, 100)]
    assert np.concatenate(out) == pytest.approx(CALL, abs=2e-3)  # without what offset there is


@pytest.mark.parametrize("named", ["no such", "3000"])
def test_a_loudspeaker_that_there_is_not_is_named(named, tmp_path):
    with pytest.raises(UserError, match=named):
        open_loudspeaker(named)
    with pytest.raises(UserError, match=str(tmp_path)):
        open_loudspeaker(str(tmp_path))
