"""Real recordings from end to end: what the samples say of themselves is what the scorer must find.

The samples are synthetic voices with right readings, planted errors, a word left out and wrong phrases.
"""

import itertools
import re
from dataclasses import replace

import numpy as np
import pytest

from trainer.audio.files import read
from trainer.audio.manifest import Clip, clips
from trainer.audio.recording import SAMPLE_RATE, Recording
from trainer.bundled import bundled
from trainer.errors import UserError
from trainer.languages import LANGUAGES, other
from trainer.live.scorer import Scorer
from trainer.phrasebook.load import load
from trainer.scoring.points import FLAGGED
from trainer.speech.acoustic import AcousticModel

SAMPLES = clips(bundled("audio") / "samples")
SCORER = Scorer(load(), AcousticModel())


def score(clip: Clip, phrase: str | None = None, language: str | None = None):
    return SCORER.score(read(clip.path), SCORER.book.find(phrase or clip.phrase), language or clip.language)


def reading(kind: str) -> list:
    return [pytest.param(clip, id=clip.path.stem) for clip in SAMPLES if clip.reading.startswith(kind)]


@pytest.mark.parametrize("clip", reading("right"))
def test_a_right_reading_is_recognised_whole_and_scores_high(clip):
    result = score(clip)
    assert result.verdict == "scored"
    assert result.completeness == 100
    assert result.score >= 85


@pytest.mark.parametrize("clip", reading("right"))
def test_what_is_no_speech_is_never_said_to_be_of_the_other_language(clip):
    backwards = replace(read(clip.path), samples=read(clip.path).samples[::-1].copy())
    result = SCORER.score(backwards, SCORER.book.find(clip.phrase), clip.language)
    assert result.verdict != "other_language"


@pytest.mark.parametrize("clip", reading("planted"))
def test_a_reading_with_planted_errors_scores_below_the_right_one_and_a_planted_sound_is_among_its_worst(clip):
    result = score(clip)
    assert result.verdict == "scored"
    changed = _changed(clip)
    sounds = sorted((phone for word in result.words for phone in word.phones), key=lambda phone: phone.score)
    assert not changed or changed & {phone.phone.lstrip("ˈ") for phone in sounds[:3]}
    right = [score(twin).score for twin in SAMPLES if twin.reading == "right" and twin.phrase == clip.phrase
             and twin.language == clip.language]  # fmt: skip
    assert all(result.score < best for best in right)


def test_of_readings_with_planted_errors_most_have_one_flagged():
    planted = [clip for clip in SAMPLES if clip.reading.startswith("planted") and _changed(clip)]
    flagged = [
        any(
            phone.score < FLAGGED and phone.phone.lstrip("ˈ") in _changed(clip)
            for word in score(clip).words
            for phone in word.phones
        )
        for clip in planted
    ]
    assert np.mean(flagged) >= 0.75


def _changed(clip: Clip) -> set[str]:
    """Of "θ→s (three); w→v, z→s (waves)": θ, w, z."""
    return set(re.findall(r"(\w+ː?)→\w+ː?(?=[,;(\s])", clip.reading))


@pytest.mark.parametrize("clip", reading("left out"))
def test_a_word_left_out_is_named_and_no_other(clip):
    result = score(clip)
    left_out = clip.reading.removeprefix("left out:").strip()
    assert [word.text.replace("\u0301", "").lower() for word in result.words if word.missing] == [left_out]
    assert not result.whole


@pytest.mark.parametrize("clip", reading("wrong phrase"))
def test_a_wrong_phrase_scores_nothing_and_says_what_was_said(clip):
    result = score(clip)
    assert result.verdict == "other_phrase"
    assert result.said.phrase == clip.reading.removeprefix("wrong phrase:").strip()
    assert result.score == 0


@pytest.mark.parametrize("clip", reading("right")[:4])
@pytest.mark.parametrize("again", [0.5, 1.0])
def test_who_begins_again_has_said_the_call_and_is_told_of_the_first_beginning(clip, again):
    """Half of it, or all of it, said twice."""
    whole = read(clip.path)
    begun = whole.samples[: round(again * len(whole.samples))]
    pause = np.zeros(SAMPLE_RATE // 3, np.float32)
    twice = replace(whole, samples=np.concatenate([begun, pause, whole.samples]))
    result = SCORER.score(twice, SCORER.book.find(clip.phrase), clip.language)
    assert result.verdict == "scored"
    assert result.completeness == 100
    assert result.score >= 80
    assert result.extra_speech


@pytest.mark.parametrize(
    "language, until, since, left_out", [("en", 0.65, 2.08, "Opening"), ("ru", 0.88, 2.0, "Открыва́ю")]
)
def test_the_opposite_of_a_call_is_not_the_call(language, until, since, left_out):
    """*Closing* in "Roger. Opening hatch number three.": two calls by one voice, spliced."""
    folder = bundled("audio") / "reference" / language / "woman"
    opening, closing = (read(folder / f"{call}.opus") for call in ("HTC-02", "XFR-27"))
    samples = [opening.samples[: round(until * SAMPLE_RATE)], closing.samples[round(since * SAMPLE_RATE) :]]
    result = SCORER.score(replace(opening, samples=np.concatenate(samples)), SCORER.book.find("HTC-02"), language)
    assert [word.text for word in result.words if word.missing] == [left_out]
    assert not result.whole
    assert result.extra_speech


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_call_that_goes_on_as_another_one_is_that_other_call(language):
    """ "Capture! Soyuz and Apollo are shaking hands now!" begins with a call of its own: "Capture!"."""
    clip = next(one for one in SAMPLES if (one.phrase, one.language, one.reading) == ("DOC-09", language, "right"))
    assert score(clip, "DOC-08").verdict == "other_phrase"


@pytest.mark.parametrize("clip", reading("right"))
def test_the_wrong_language_scores_nothing_and_says_so(clip):
    result = score(clip, language=other(clip.language))
    assert result.verdict == "other_language"
    assert result.said.language == clip.language
    assert result.score == 0


@pytest.mark.parametrize("clip", reading("right")[:3])
def test_times_lie_in_order_inside_the_recording(clip):
    result = score(clip)
    times = [time for word in result.words for phone in word.phones for time in (phone.start, phone.end)]
    assert all(a <= b + 1e-9 for a, b in itertools.pairwise(times))
    assert 0 <= times[0] <= times[-1] <= result.seconds


def test_the_same_recording_scores_the_same_twice():
    assert score(SAMPLES[0]) == score(SAMPLES[0])


@pytest.mark.parametrize("gain", [0.1, 0.5])
def test_loudness_does_not_change_the_score_much(gain):
    recording = read(SAMPLES[0].path)
    phrase = SCORER.book.find(SAMPLES[0].phrase)
    quiet = Recording(recording.samples * np.float32(gain), "quiet", recording.source_rate)
    loud_score = SCORER.score(recording, phrase, SAMPLES[0].language).score
    assert SCORER.score(quiet, phrase, SAMPLES[0].language).score == pytest.approx(loud_score, abs=3)


@pytest.mark.parametrize("kind", ["hum", "noise"])
def test_sound_without_speech_is_no_call(kind):
    time = np.arange(3 * 16_000) / 16_000
    hum = 0.1 * np.sin(2 * np.pi * 50 * time)
    noise = 0.02 * np.random.default_rng(0).standard_normal(len(time))
    recording = Recording((hum if kind == "hum" else noise).astype(np.float32), kind, 16_000)
    with pytest.raises(UserError, match="no speech was heard"):
        SCORER.score(recording, SCORER.book.find("COM-10"), "en")


@pytest.mark.parametrize("seconds", [0.2, 0.3, 0.5])
def test_a_snatch_of_a_call_is_not_the_call(seconds):
    whole = read(SAMPLES[0].path)
    start = len(whole.samples) // 3
    snatch = Recording(whole.samples[start : start + int(seconds * 16_000)], "snatch", 16_000)
    longest = max(SCORER.book.phrases, key=lambda phrase: len(phrase.en))
    try:
        result = SCORER.score(snatch, longest, "en")
    except UserError:
        return  # too little to be heard as speech
    assert result.verdict != "scored"
    assert result.score == 0
    assert np.isfinite(result.fit)


def test_a_telephone_recording_is_scored_with_a_warning(tmp_path):
    import soundfile
    import soxr

    recording = read(SAMPLES[0].path)
    path = tmp_path / "telephone.wav"
    soundfile.write(path, soxr.resample(recording.samples, 16_000, 8_000), 8_000)
    result = SCORER.score(read(path), SCORER.book.find(SAMPLES[0].phrase), SAMPLES[0].language)
    assert result.verdict == "scored"
    assert "8000 Hz" in result.warnings[0]


@pytest.mark.parametrize("clip", reading("planted")[:2])
def test_a_recording_begun_a_little_later_has_the_same_score_and_its_sounds_lie_where_they_were(clip):
    recording = read(clip.path)
    later = 112  # samples: 7 ms, a third of the network's step
    whole, cut = (
        SCORER.score(replace(recording, samples=samples), SCORER.book.find(clip.phrase), clip.language)
        for samples in (recording.samples, recording.samples[later:])
    )
    assert cut.score == pytest.approx(whole.score, abs=1)
    moved = [before.start - after.start for before, after in zip(whole.words, cut.words, strict=True)]
    # one hundredth: the shortest that an edge can be off by, where a middle of the energy is rounded another way
    assert moved == pytest.approx([later / 16_000] * len(moved), abs=0.011)
    assert (whole.seconds, cut.seconds) == (recording.seconds, pytest.approx(recording.seconds - later / 16_000))
