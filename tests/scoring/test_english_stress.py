"""Where the stress of an English word was heard, and of which words nothing is said."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from trainer.audio.files import read
from trainer.live.scorer import heard
from trainer.phrasebook.expectation import Expectation, expect
from trainer.phrasebook.lexicon import lexicon
from trainer.scoring.assess import Utterance, assess
from trainer.scoring.assessment import MISPLACED, Assessment
from trainer.scoring.english_stress import SIGNS, Heard, StressRule, heard_stress
from trainer.speech.acoustic import AcousticModel
from trainer.speech.ratings import FittedRater

READINGS = Path(__file__).parents[2] / "audio" / "reference" / "en"


@pytest.fixture(scope="module")
def model() -> AcousticModel:
    return AcousticModel()


def call(text: str) -> Expectation:
    return expect(text, "en", lexicon("en"))


def otherwise(said: Expectation, word: str, phones: str) -> Expectation:
    """The same call, were one of its words stressed so: what is said right is then stressed wrong."""
    at = said.words.index(word)
    return replace(said, ways=(*said.ways[:at], (tuple(phones.split()),), *said.ways[at + 1 :]))


def scored(model: AcousticModel, sound: Utterance, said: Expectation) -> Assessment:
    return assess(sound, said, (), FittedRater(model))


def test_a_rule_needs_more_evidence_than_its_limit():
    vowels = ("ˈɛ", "ə|")
    usual = dict.fromkeys(vowels, (0.0,) * SIGNS)

    def stress(evidence: float):
        signs = np.array([[0.0] * SIGNS, [evidence] + [0.0] * (SIGNS - 1)])
        weights = np.array([1.0] + [0.0] * (2 * SIGNS - 1))
        rule = StressRule(np.zeros(1), usual, np.ones(SIGNS), weights, start=0.0, limit=2.0)
        return heard_stress(Heard(vowels, signs, 0, (1,)), rule)

    assert [stress(value).misplaced for value in (-3.0, 1.9, 2.1, 5.0)] == [False, False, True, True]
    assert [stress(value).heard for value in (1.9, 2.1)] == [0, 1]
    assert stress(2.0).probability == pytest.approx(MISPLACED)


@pytest.mark.parametrize(
    "reading, text, word, stressed_so",
    [
        ("STK-08", "May I start docking?", "docking", "d ə k ˈɪ ŋ"),
        ("XFR-12", "Transfer complete.", "complete", "k ˈɑː m p l ə t"),
        ("UND-09", "Undocking command sent.", "command", "k ˈɑː m ə n d"),
    ],
)
def test_a_moved_stress_is_heard_and_the_right_one_is_not_blamed(model, reading, text, word, stressed_so):
    sound, said = heard(model, read(READINGS / "man" / f"{reading}.opus")), call(text)
    moved = otherwise(said, word, stressed_so)
    at = said.words.index(word)
    right, wrong = (scored(model, sound, one) for one in (said, moved))
    assert right.words[at].stress is not None
    assert not right.words[at].stress.misplaced
    assert wrong.words[at].stress is not None
    assert wrong.words[at].stress.misplaced
    assert wrong.words[at].stress.heard == right.words[at].stress.expected
    assert any(one.of == "stress" for one in wrong.deductions)


def test_nothing_is_said_of_words_that_cannot_be_judged(model):
    sound = heard(model, read(READINGS / "man" / "STK-08.opus"))
    said = call("May I start docking?")
    assert [word.stress is not None for word in scored(model, sound, said).words] == [False, False, False, True]
    nobody_checked = replace(said, checked=(False,) * 4)
    assert all(word.stress is None for word in scored(model, sound, nobody_checked).words)
    contracted = replace(said, words=(*said.words[:3], "docking's"))
    assert scored(model, sound, contracted).words[3].stress is None
    two_ways = replace(said, ways=(*said.ways[:3], (*said.ways[3], ("d", "ɑː", "k", "ˈɪ", "ŋ"))))
    assert scored(model, sound, two_ways).words[3].stress is None
    open_end = otherwise(said, "docking", "d ˈɑː k ɪ")
    assert scored(model, sound, open_end).words[3].stress is None
