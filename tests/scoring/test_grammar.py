"""Words by CTC scores: on posteriors made to measure, where the right answer is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.scoring.grammar import grammar, hear
from trainer.scoring.hypothesis import UNKNOWN
from trainer.scoring.posteriors import PhoneClasses, Posteriors

CLASSES = PhoneClasses(("", *"abcdefgh"), {"x": ("a", "b")})
WORDS = {"ab": ["ab"], "cd": ["cd"], "ef": ["ef", "eg"], "aa": ["aa"], "a": ["a"], "b": ["b"], "ghc": ["ghc"]}


def text(*words: str) -> list:
    return [(word, [tuple(way) for way in WORDS[word]]) for word in words]


def said(sounds: str, surely: float = 0.97) -> Posteriors:
    """One frame a sound; "-" is the blank, "." a frame in which everything is as likely."""
    frames = np.full((len(sounds), len(CLASSES.labels)), (1 - surely) / (len(CLASSES.labels) - 1))
    for frame, sound in zip(frames, sounds, strict=True):
        if sound == ".":
            frame[:] = 1 / len(frame)
        else:
            frame[CLASSES.labels.index(sound.replace("-", ""))] = surely
    return Posteriors(np.log(frames), CLASSES, 50)


def heard(sounds: str, *texts: list, whole: bool = True, decoys: tuple = (), surely: float = 0.97) -> list[str]:
    found = hear(said(sounds, surely), grammar(texts, CLASSES, decoys), whole=whole)
    return [one.word for one in found]


def test_a_text_is_heard_word_by_word_with_its_times():
    found = hear(said("--ab---cd--"), grammar([text("ab", "cd")], CLASSES))
    assert [(one.word, one.start, one.end) for one in found] == [("ab", 2, 7), ("cd", 7, 11)]


def test_any_pronunciation_of_a_word_is_the_word():
    assert heard("e-g-c-d", text("ef", "cd")) == ["ef", "cd"]


def test_words_may_follow_without_a_pause_but_share_no_sound():
    assert heard("abcd", text("ab", "cd")) == ["ab", "cd"]
    assert heard("a-b", text("ab", "b")) == ["ab"]
    assert heard("a-b-b", text("ab", "b")) == ["ab", "b"]


def test_a_sound_that_repeats_needs_a_blank_between():
    assert heard("a-a", text("aa")) == ["aa"]
    assert heard("aaa", text("aa"), text("a")) == ["a"]


def test_a_wrong_word_is_heard_as_what_it_is_and_a_left_out_one_is_left_out():
    assert heard("a-b-e-f", text("ab", "cd"), decoys=(text("ef"),)) == ["ab", "ef"]
    assert heard("a-b-e-f", text("ab", "cd", "ef")) == ["ab", "ef"]


def test_speech_outside_the_words_is_unknown():
    assert heard("-e-f-e-f-e-f-e-f-a-b-", text("ab")) == [UNKNOWN, "ab"]
    assert heard("-e-f-e-f-e-f-e-f-", text("ab", "cd")) == [UNKNOWN]


def test_silence_is_no_words():
    assert heard("----------", text("ab", "cd")) == []


def test_a_doubtful_sound_is_heard_as_expected_and_not_as_a_decoy():
    assert heard("c-.", text("cd"), decoys=(text("ghc"), text("b"))) == ["cd"]


def test_while_the_call_goes_on_a_word_begun_is_not_yet_heard():
    assert heard("--ab--c", text("ab", "cd"), whole=False) == ["ab"]
    assert heard("--ab--cd", text("ab", "cd"), whole=False) == ["ab", "cd"]


@given(st.lists(st.sampled_from(["ab", "cd", "ef", "ghc"]), min_size=1, max_size=6), st.data())
def test_whatever_row_of_words_is_said_clearly_is_heard(words, data):
    sounds = "-".join("-".join(WORDS[word][data.draw(st.integers(0, len(WORDS[word]) - 1))]) for word in words)
    assert heard(f"-{sounds}-", *(text(word) for word in WORDS if word in words), text(*words), surely=0.999) == words


@given(st.integers(0, 2**32 - 1), st.integers(1, 40))
def test_words_lie_in_order_inside_the_recording_whatever_the_sound(seed, frames):
    logits = 3 * np.random.default_rng(seed).standard_normal((frames, len(CLASSES.labels)))
    log_probs = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    for whole in (True, False):
        found = hear(Posteriors(log_probs, CLASSES, 50), grammar([text("ab", "cd"), text("ef")], CLASSES), whole=whole)
        edges = [edge for one in found for edge in (one.start, one.end)]
        assert edges == sorted(edges)
        assert all(0 <= one.start < one.end <= frames for one in found)


@pytest.mark.parametrize("phone", ["q"])
def test_a_phone_that_the_model_does_not_know_is_an_error(phone):
    with pytest.raises(KeyError):
        grammar([[("q", [(phone,)])]], CLASSES)
