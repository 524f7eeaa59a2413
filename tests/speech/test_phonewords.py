"""Words heard by the embedded phone model in the sample recordings, live and at the end."""

import re

import numpy as np
import pytest

from trainer.audio.files import read
from trainer.audio.manifest import Clip, clips
from trainer.bundled import bundled
from trainer.errors import UserError
from trainer.live.scorer import Scorer
from trainer.phrasebook.lexicon import lexicon
from trainer.phrasebook.load import load
from trainer.phrasebook.text import tokens, without_stress
from trainer.scoring.content import Answer, Content, content
from trainer.scoring.hypothesis import Hypothesis
from trainer.speech.acoustic import AcousticModel
from trainer.speech.phonewords import PhoneWords

SAMPLES = clips(bundled("audio") / "samples")
BOOK = load()
SCORER = Scorer(BOOK, AcousticModel())
BLOCK = 1600
CALLS = ("HTC-02", "COM-10")


def reading(kind: str) -> list:
    chosen = [clip for clip in SAMPLES if clip.reading.startswith(kind)]
    return [pytest.param(clip, id=f"{clip.language}-{clip.path.stem}") for clip in chosen]


def text(clip: Clip) -> str:
    return BOOK.find(clip.phrase).text(clip.language)


def hear(clip: Clip, expected: str) -> tuple[list[Hypothesis], Hypothesis]:
    """While the key is down, and finally; the whole phrasebook and all figures are decoys."""
    stream = SCORER.words(clip.language).listen([expected])
    samples = read(clip.path).samples
    partial = [heard for at in range(0, len(samples), BLOCK) if (heard := stream.feed(samples[at : at + BLOCK]))]
    return partial, stream.finish()


def judged(clip: Clip, final: Hypothesis, expected: str) -> Content:
    return content(final, [Answer(clip.phrase, expected)], clip.language, SCORER.lexicon(clip.language))


@pytest.mark.parametrize("clip", reading("right"))
def test_a_right_reading_is_heard_whole_and_its_words_appear_one_by_one(clip):
    partial, final = hear(clip, text(clip))
    result = judged(clip, final, text(clip))
    assert result.complete >= 0.85
    assert result.exact is not False
    assert result.answer == clip.phrase
    assert final.engine == AcousticModel().name
    assert len(partial) >= 2
    sizes = [len(heard.words) for heard in partial]
    assert sizes[0] < sizes[-1] <= len(final.words) + 1


@pytest.mark.parametrize("clip", reading("left out"))
def test_a_word_left_out_is_missing_and_only_that(clip):
    _partial, final = hear(clip, text(clip))
    left_out = clip.reading.removeprefix("left out:").strip()
    missing = [word.expected for word in judged(clip, final, text(clip)).words if word.verdict == "missing"]
    assert missing == [left_out]


@pytest.mark.parametrize("clip", reading("wrong phrase"))
def test_another_call_of_the_book_is_heard_as_what_it_is(clip):
    _partial, final = hear(clip, text(clip))
    assert judged(clip, final, text(clip)).answer is None
    said = BOOK.find(clip.reading.removeprefix("wrong phrase:").strip()).text(clip.language)
    assert judged(clip, final, said).complete >= 0.8


def test_what_the_model_has_made_of_a_call_for_the_scorer_serves_for_its_words():
    clip, other = (next(c for c in SAMPLES if c.phrase == phrase and c.reading == "right") for phrase in CALLS)
    recording, expected = read(clip.path), text(clip)
    heard, known, foreign = (SCORER.words(clip.language).listen([expected]) for _ in range(3))
    for stream in (heard, known, foreign):
        assert stream.feed(recording.samples, live=False) is None
    alone = heard.finish()
    assert judged(clip, alone, expected).exact is not False
    # The scorer counts the network's steps from the middle of the sound's energy: the same words, half a step away.
    served = known.finish(SCORER.listen(recording).posteriors[clip.language])
    assert [word.text for word in served.words] == [word.text for word in alone.words]
    ends = [[time for word in words for time in (word.start, word.end)] for words in (served.words, alone.words)]
    assert ends[0] == pytest.approx(ends[1], abs=0.05)
    of_another_model = AcousticModel().posteriors(read(other.path))[clip.language]
    assert foreign.finish(of_another_model) == alone


def test_times_lie_in_order_inside_the_call_and_confidences_come_at_the_end():
    clip = SAMPLES[0]
    partial, final = hear(clip, text(clip))
    times = [time for word in final.words for time in (word.start, word.end)]
    assert times == sorted(times)
    assert 0 <= times[0] < times[-1] <= read(clip.path).seconds
    assert all(0 <= word.confidence <= 1 for word in final.words)
    assert all(word.confidence is None for heard in partial for word in heard.words)


def test_a_wrong_figure_is_heard_as_what_it_is():
    clip = next(c for c in SAMPLES if c.phrase == "HTC-02" and c.reading == "right" and c.language == "en")
    expected = text(clip).replace("three", "eight")
    assert expected != text(clip)
    _partial, final = hear(clip, expected)
    result = judged(clip, final, expected)
    assert result.exact is False
    assert "three" in [word.heard for word in result.words]


@pytest.mark.parametrize("kind", ["silence", "hum", "nothing"])
def test_where_nobody_speaks_no_words_are_heard(kind):
    seconds = 0 if kind == "nothing" else 2
    time = np.arange(seconds * 16_000) / 16_000
    samples = (0.1 * np.sin(2 * np.pi * 50 * time) if kind == "hum" else np.zeros_like(time)).astype(np.float32)
    stream = SCORER.words("en").listen(["I read you."])
    assert stream.feed(samples) is None
    assert stream.finish().words == ()


def test_who_listens_for_nothing_hears_nothing():
    stream = PhoneWords("en", SCORER.model, lexicon("en")).listen(["..."])
    assert stream.feed(read(SAMPLES[0].path).samples) is None
    assert stream.finish().words == ()


def test_words_that_the_lexicon_lacks_are_drafted_and_heard_all_the_same():
    clip = next(c for c in SAMPLES if c.phrase == "COM-10" and c.reading == "right" and c.language == "en")
    known = lexicon("en")
    bare = type(known)("en", {word: ways for word, ways in known.entries.items() if word not in ("loud", "clear")})
    stream = PhoneWords("en", SCORER.model, bare).listen([text(clip)])
    stream.feed(read(clip.path).samples)
    words = [without_stress(token.key) for token in tokens(text(clip), "en")]
    assert stream.finish().text == " ".join(words)


def test_a_text_that_nobody_can_pronounce_is_refused_and_as_a_decoy_left_out():
    listener = PhoneWords("ru", SCORER.model, lexicon("ru"))
    assert listener.unknown(["Я вас слы́шу.", "кстзщ"]) == ("кстзщ",)
    with pytest.raises(UserError, match=re.escape("'кстзщ'")):
        listener.listen(["кстзщ"])
    listener.listen(["Я вас слы́шу."], ["кстзщ"])
