"""A score that is begun before the call is surely over: the same, bit for bit, and thrown away where more follows."""

import numpy as np
import pytest

from trainer.audio.files import read
from trainer.audio.recording import SAMPLE_RATE
from trainer.audio.take import AFTER_SPEECH, Take, TakeSettings
from trainer.bundled import bundled
from trainer.live.early_score import EarlyScore
from trainer.speech.acoustic import AcousticModel

BLOCK = 480
SAID = read(bundled("audio") / "reference" / "en" / "man" / "DOC-09.opus").samples
QUIET = np.random.default_rng(7).normal(0, 1e-4, SAMPLE_RATE).astype(np.float32)


def fed(sound, look=lambda take: None, speech_end=0.8) -> Take:
    take = Take(TakeSettings(speech_end=speech_end))
    for at in range(0, SAMPLE_RATE // 2, BLOCK):
        take.feed(QUIET[at : at + BLOCK])
    take.key_down()
    for at in range(0, len(sound), BLOCK):
        if take.feed(sound[at : at + BLOCK]).ended:
            break
        look(take)
    return take


def test_the_scored_part_is_known_soon_after_the_last_sound_and_is_what_is_recorded():
    when = []
    take = fed(np.concatenate([SAID, QUIET]), lambda take: when.append((take.status.seconds, take.window)))
    first = next(seconds for seconds, window in when if window)
    assert first < take.status.seconds - 0.3  # the key, or silence, says so only later
    start, end = next(window for _seconds, window in when if window)
    assert take.window == (start, end)
    assert len(take.recording().samples) == end - start
    assert first >= AFTER_SPEECH


@pytest.mark.parametrize("silence", [0.05, 0.2, 0.34, 0.5])  # s, after which the key comes up
def test_a_key_that_comes_up_leaves_time_to_score_before_the_take_ends(silence):
    take, when, since = Take(), [], 0
    take.key_down()
    sound = np.concatenate([SAID, QUIET])
    for at in range(0, len(sound), BLOCK):
        if take.feed(sound[at : at + BLOCK]).ended:
            break
        since = 0 if take.status.speech or not take.status.spoken else since + BLOCK
        if since >= silence * SAMPLE_RATE:
            take.key_up()
        if take.window:
            when.append((take.status.seconds, take.window))
    assert take.status.ended == "key_up"
    first, window = when[0]
    assert first <= take.status.seconds - 0.06
    assert {window} == {known for _seconds, known in when}
    assert len(take.recording().samples) == window[1] - window[0]


@pytest.mark.parametrize("sound, scores", [
    (np.concatenate([SAID, QUIET]), 1),
    (np.concatenate([SAID, QUIET[: SAMPLE_RATE * 6 // 10], SAID, QUIET]), 2),  # a pause, and on
])  # fmt: skip
def test_it_is_scored_while_one_waits_and_anew_where_more_follows(sound, scores):
    model = AcousticModel()
    heard = []

    def score(recording):
        heard.append(recording)
        return model.posteriors(recording)["en"].log_probs

    early = None

    def look(take):
        nonlocal early
        early = early or EarlyScore(take, "x", score)
        early.look()

    take = fed(sound, look, speech_end=None)
    recording = take.recording("x")
    result = early.finish(recording)
    assert len(heard) == scores
    assert np.array_equal(result, model.posteriors(recording)["en"].log_probs)


def test_what_cannot_be_scored_is_told_at_the_end():
    def score(recording):
        raise AssertionError

    take = fed(QUIET)
    early = EarlyScore(take, "x", score)
    early.look()
    with pytest.raises(AssertionError):
        early.finish(read(bundled("audio") / "reference" / "en" / "man" / "DOC-09.opus"))
