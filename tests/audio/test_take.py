"""One press of the key: what was said is kept whole, silence is not, and what cannot be scored is refused."""

import gc
import resource
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.audio.files import read, write
from trainer.audio.manifest import clips
from trainer.audio.recording import LONGEST, SAMPLE_RATE
from trainer.audio.take import Take, TakeSettings, TakeStatus
from trainer.bundled import bundled
from trainer.errors import UserError

SAMPLES = [clip for clip in clips(bundled("audio") / "samples") if clip.reading == "right"]
CALL = read(SAMPLES[0].path).samples
NOISE = -72.0  # dBFS


def room(seconds: float, level: float = NOISE) -> np.ndarray:
    noise = np.random.default_rng(7).standard_normal(round(seconds * SAMPLE_RATE))
    return (10 ** (level / 20) * noise).astype(np.float32)


def said(call: np.ndarray = CALL, before: float = 0.5, after: float = 2.0) -> np.ndarray:
    return np.concatenate([room(before), call, room(after)])


def feed(take: Take, samples: np.ndarray, block: int = 480) -> TakeStatus:
    """Feed until the take ends, and a little more: that must not matter."""
    for start in range(0, len(samples), block):
        take.feed(samples[start : start + block])
    return take.status


def start_of(part: np.ndarray, whole: np.ndarray) -> int:
    """Where a part (loud) lies in the whole; -1 where it does not, sample for sample."""
    place = int(np.correlate(whole, part, "valid").argmax())
    return place if np.array_equal(whole[place : place + len(part)], part) else -1


def core(call: np.ndarray) -> np.ndarray:
    """The call from its first sound to its last."""
    loud = np.flatnonzero(np.abs(call) > 10 ** (-46 / 20))
    return call[loud[0] : loud[-1] + 1]


@pytest.mark.parametrize("clip", SAMPLES, ids=lambda clip: clip.path.stem)
def test_a_call_is_kept_whole_and_unchanged_and_the_silence_around_it_is_not(clip):
    call = read(clip.path).samples
    take = Take()
    take.key_down()
    assert feed(take, said(call, before=1.5)).ended == "speech_end"
    recording = take.recording()
    assert start_of(core(call), recording.samples) >= 0
    assert recording.seconds < len(call) / SAMPLE_RATE + 0.7
    assert recording.source == "microphone"


@pytest.mark.parametrize("early", [0.0, 0.1, 0.25])
def test_a_first_sound_from_before_the_key_is_kept(early):
    stream = said(core(CALL), before=1.0)
    key = round((1.0 + early) * SAMPLE_RATE)
    take = Take()
    feed(take, stream[:key])
    take.key_down()
    feed(take, stream[key:])
    assert start_of(core(CALL), take.recording().samples) >= 0


def test_without_pre_roll_a_take_begins_with_the_key():
    take = Take(TakeSettings(pre_roll=0.0))
    feed(take, CALL)
    take.key_down()
    feed(take, room(1.5))
    take.key_up()
    feed(take, room(1.0))
    assert not take.status.spoken


@pytest.mark.parametrize("early", [0.0, 0.1, 0.2, 0.4])
def test_a_last_sound_from_after_the_key_is_kept(early):
    """The key comes up before the last sound is over, as it does when one is in a hurry."""
    stream = said(core(CALL))
    key = round(0.5 * SAMPLE_RATE) + len(core(CALL)) - round(early * SAMPLE_RATE)
    take = Take(TakeSettings(speech_end=None))
    take.key_down()
    feed(take, stream[:key])
    assert take.status.ended is None
    take.key_up()
    assert feed(take, stream[key:]).ended == "key_up"
    assert start_of(core(CALL), take.recording().samples) >= 0


def test_the_key_ends_a_silent_take_at_once_and_a_talker_at_last():
    silent, talking = Take(), Take()
    for take, sound in ((silent, room(3.0)), (talking, np.tile(core(CALL), 3))):
        take.key_down()
        feed(take, sound[:SAMPLE_RATE])
        take.key_up()
        assert feed(take, sound[SAMPLE_RATE:]).ended == "key_up"
    assert silent.status.seconds == pytest.approx(1.1, abs=0.05)
    assert talking.status.seconds == pytest.approx(1.8, abs=0.05)


def test_a_pause_for_breath_ends_a_take_only_when_it_is_long():
    parts = [room(0.5), core(CALL), room(0.6), core(CALL), room(2.0)]
    take = Take()
    take.key_down()
    assert feed(take, np.concatenate(parts)).ended == "speech_end"
    assert take.recording().seconds > 2 * len(core(CALL)) / SAMPLE_RATE
    patient = Take(TakeSettings(speech_end=2.5))
    patient.key_down()
    assert feed(patient, np.concatenate(parts)).ended is None


@pytest.mark.parametrize("gap", [0.0, 0.1, 0.3])
def test_what_was_over_before_the_key_went_down_is_the_loudspeakers(gap):
    """The tail of the prompt must neither end the take nor be in it."""
    take = Take(TakeSettings(pre_roll=1.0))
    feed(take, np.concatenate([room(0.5), core(CALL), room(gap)]))
    take.key_down()
    assert feed(take, room(2.0)).ended is None
    assert not take.status.spoken
    assert feed(take, said(core(CALL), before=0.0)).ended == "speech_end"
    assert take.recording().seconds < len(core(CALL)) / SAMPLE_RATE + 0.7


def test_nobody_speaks():
    take = Take(TakeSettings(patience=2.0))
    take.key_down()
    assert feed(take, room(5.0)).ended == "silence"
    assert take.status.seconds == pytest.approx(2.0, abs=0.05)
    with pytest.raises(UserError, match="microphone: the recording is silent"):
        take.recording()


@settings(max_examples=6)
@given(st.integers(1, 40_000))
def test_a_take_never_grows_beyond_what_can_be_scored(block):
    stream = np.tile(CALL, 1 + int(32 * SAMPLE_RATE / len(CALL)))
    take = Take(TakeSettings(speech_end=None, longest=3.0))
    take.feed(stream[:5000])
    take.key_down()
    assert feed(take, stream[: 4 * SAMPLE_RATE], block).ended == "cap"
    assert take.recording().seconds <= 3.0
    assert TakeSettings().longest == LONGEST


@settings(max_examples=8)
@given(st.lists(st.integers(1, 9000), min_size=1, max_size=30))
def test_the_size_of_the_blocks_does_not_matter(sizes):
    stream = said(CALL[: 3 * SAMPLE_RATE // 2], after=0.5)
    whole, pieces = Take(TakeSettings(speech_end=None)), Take(TakeSettings(speech_end=None))
    for take in (whole, pieces):
        take.key_down()
    whole.feed(stream)
    start = 0
    for size in sizes:
        pieces.feed(stream[start : start + size])
        start += size
    pieces.feed(stream[start:])
    assert np.array_equal(whole.recording().samples, pieces.recording().samples)
    assert whole.status.peak == pieces.status.peak


def test_the_status_tells_level_peak_and_speech():
    take = Take()
    take.key_down()
    tone = (0.5 * np.sin(2 * np.pi * 440 * np.arange(1600) / SAMPLE_RATE)).astype(np.float32)
    status = take.feed(tone)
    assert status.level == pytest.approx(-9.03, abs=0.05)
    assert status.peak == pytest.approx(-6.02, abs=0.05)
    assert not status.speech
    assert take.feed(np.zeros(480, np.float32)).level == -120
    assert any(take.feed(CALL[start : start + 480]).speech for start in range(0, len(CALL), 480))


def refused(samples: np.ndarray) -> str:
    take = Take()
    take.key_down()
    feed(take, samples)
    with pytest.raises(UserError) as refusal:
        take.recording()
    return str(refusal.value)


def test_what_cannot_be_scored_is_refused_in_the_words_for_files(tmp_path):
    overdriven = np.clip(30 * CALL, -1, 1)
    file = tmp_path / "clipped.wav"
    write(file, overdriven)
    with pytest.raises(UserError) as refusal:
        read(file)
    words = str(refusal.value).removeprefix(str(file)).split("(")[0]
    assert words in refused(said(overdriven))
    assert "silent" in refused(room(3.0))
    assert "no voice" in refused(room(3.0, level=-50))


def test_a_press_that_is_too_short_is_refused():
    take = Take()
    feed(take, room(1.0))
    take.key_down()
    feed(take, room(0.1))
    take.key_up()
    feed(take, room(1.0))
    with pytest.raises(UserError, match=r"only (90|1\d\d) ms"):
        take.recording()


def test_a_take_whose_microphone_went_away_is_what_came_so_far():
    take = Take()
    take.key_down()
    feed(take, said()[: 2 * SAMPLE_RATE])
    assert take.lost().ended == "lost"
    assert take.recording().seconds > 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the size of the process from /proc")
def test_takes_leave_nothing_behind():
    def kilobytes() -> int:
        gc.collect()  # tests rarely do, and what waits for it is not left behind
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() // 1024

    def several(count: int) -> None:
        for _take in range(count):
            take = Take()
            take.key_down()
            feed(take, np.concatenate([room(0.3), CALL[: SAMPLE_RATE // 2]]))

    several(30)
    before = kilobytes()
    several(60)
    assert kilobytes() - before < 3000
