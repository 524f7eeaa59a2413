"""Where the stress of Russian words is heard, in readings that are right."""

import pytest

from trainer.audio.files import read
from trainer.audio.manifest import clips
from trainer.bundled import bundled
from trainer.live.scorer import Scorer
from trainer.phrasebook.load import load
from trainer.scoring.stress import stressings
from trainer.speech.acoustic import AcousticModel

RIGHT = [clip for clip in clips(bundled("audio") / "samples") if clip.language == "ru" and clip.reading == "right"]


def test_every_syllable_that_can_be_stressed_gives_a_pronunciation_of_its_own():
    expected, sounds = stressings("За́мок")
    assert expected == 0
    assert sounds == (("z", "ˈa", "m", "ə", "k"), ("z", "ɐ", "m", "ˈo", "k"))


def test_yo_is_stressed_without_a_mark_and_is_no_yo_elsewhere():
    expected, sounds = stressings("приём")
    assert expected == 1
    assert sounds == (("p", "rʲ", "ˈi", "j", "ɪ", "m"), ("p", "rʲ", "ɪ", "j", "ˈo", "m"))


@pytest.mark.parametrize("word", ["вас", "по-ру́сски", "добавлено"])
def test_there_is_no_choice_in_one_syllable_and_none_without_a_known_stress(word):
    assert stressings(word) is None


@pytest.mark.parametrize("clip", RIGHT, ids=lambda clip: clip.path.stem)
def test_right_readings_stress_the_right_syllables(clip):
    scorer = Scorer(load(), AcousticModel())
    result = scorer.score(read(clip.path), scorer.book.find(clip.phrase), "ru")
    heard = [word.stress for word in result.words if word.stress]
    assert not [stress for stress in heard if stress.misplaced]
