"""The ear drill: pairs differ in what they say they do, difficulty finds the learner, what is confused comes first."""

import math
import random
from datetime import timedelta
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from learners import DAY, START, assessment

from trainer.drill.ear import ENOUGH, RIGHT, Asking, Ear, confusions, ear, next_contrasts
from trainer.drill.memory import Memory, due, review
from trainer.phrasebook.contrasts import contrasts, differs, of_sounds, pairs, words_of
from trainer.phrasebook.lexicon import lexicon

EVERY = [(language, contrast) for language in ("en", "ru") for contrast in contrasts(language)]


@cache
def pairs_of(language, name):
    (contrast,) = (contrast for known, contrast in EVERY if (known, contrast.id) == (language, name))
    return pairs(contrast, lexicon(language), words_of(language))


@pytest.mark.parametrize("language, contrast", EVERY, ids=lambda value: getattr(value, "id", value))
def test_pairs_differ_in_their_contrast_alone_and_no_word_comes_twice(language, contrast):
    found = pairs_of(language, contrast.id)
    assert len(found) >= 2
    assert all(differs(contrast, first, second) for first, second in found)
    texts = [word.text for pair in found for word in pair]
    assert len(set(texts)) == len(texts)
    assert all(differs(contrast, *pair) for pair in contrast.named)


def test_the_rule_finds_the_missions_own_words_and_puts_them_first():
    assert all(word.text in lexicon("ru") for word in pairs_of("ru", "t-tʲ")[0])
    by_rule = pairs(of_sounds("ru", "t", "tʲ"), lexicon("ru"), words_of("ru"))
    named = {word.text for pair in of_sounds("ru", "t", "tʲ").named for word in pair}
    assert any(not {word.text for word in pair} & named for pair in by_rule)
    assert of_sounds("en", "iː", "ɪ") is of_sounds("en", "ɪ", "iː")
    assert of_sounds("en", "iː", "θ") is None


class Listener:
    """Hears a contrast up to a level, ever less sure beyond: a psychometric function with a guess of one half."""

    def __init__(self, threshold, slope=0.08, seed=0):
        self.threshold, self.slope, self.draw = threshold, slope, random.Random(seed)

    def right(self, level):
        sure = 1 / (1 + math.exp((level - self.threshold) / self.slope))
        return self.draw.random() < 0.5 + 0.49 * sure


class Said:
    """Answers as they are given."""

    def __init__(self, answers):
        self.answers = iter(answers)

    def right(self, level):
        return next(self.answers)


def drilled(listener, size, language="ru", contrast="t-tʲ", before=None, start=START, seed=0):
    found = pairs_of(language, contrast)
    talkers = {(a.text, b.text): ("one", "two") for a, b in found}
    asking = Asking(before or Ear(language), [contrast], {contrast: found}, talkers, seed)
    done = []
    for n in range(size):
        trial = asking.next()
        chosen = trial.answer if listener.right(trial.level) else 1 - trial.answer
        done.append(asking.answered(trial, chosen, start + timedelta(seconds=8 * n)))
    return asking, done


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.7])
def test_four_in_five_are_right_whatever_the_ear(threshold):
    shares = []
    for seed in range(10):
        _asking, done = drilled(Listener(threshold, seed=seed), 120, seed=seed)
        shares.append(sum(exercise.right for exercise in done[40:]) / 80)
    assert sum(shares) / len(shares) == pytest.approx(RIGHT, abs=0.03)


def test_levels_tell_ears_apart_and_a_deaf_one_stays_at_the_plain_words():
    levels = [drilled(Listener(threshold), 80)[0].ear.of("t-tʲ").level for threshold in (-1.0, 0.4, 0.9)]
    assert levels[0] < 0.25 < levels[1] < levels[2]
    assert drilled(Listener(-1.0), 40)[0].ear.of("t-tʲ").confused
    assert not drilled(Listener(0.9), 40)[0].ear.of("t-tʲ").confused


@given(st.lists(st.booleans(), max_size=30))
def test_an_ear_is_what_its_exercises_say_and_stays_in_range(answers):
    asking, done = drilled(Said(answers), len(answers))
    assert ear("ru", done) == asking.ear
    assert 0 <= asking.ear.of("t-tʲ").level <= 1
    assert asking.ear.of("t-tʲ").answers == len(answers)
    assert (asking.ear.of("t-tʲ").card is not None) == (len(answers) >= ENOUGH)


def test_questions_are_fair_and_the_same_seed_asks_the_same():
    asked = [drilled(Listener(0.5), 200, seed=3)[1] for _time in range(2)]
    assert asked[0] == asked[1]
    found = pairs_of("ru", "t-tʲ")
    asking = Asking(
        Ear("ru"), ["t-tʲ"], {"t-tʲ": found}, {(a.text, b.text): ("one", "two", "three") for a, b in found}, 1
    )
    trials = [asking.next() for _n in range(300)]
    assert 110 < sum(trial.answer for trial in trials) < 190
    assert {trial.talker for trial in trials} == {"one", "two", "three"}
    texts = [{word.text for word in trial.words} for trial in trials]
    assert all(one != two for one, two in pairwise(texts))


def test_what_the_mouth_confuses_is_asked_first_then_what_is_due_then_what_is_new():
    there = tuple(contrast.id for contrast in contrasts("ru"))
    memory = Memory()
    for n in range(6):
        memory = review(memory, "A", assessment([("lʲ", 40.0, "l"), ("t", 95.0, None)]), 60.0, START + n * DAY)
    mouth = confusions(memory, "ru")
    assert list(mouth) == ["l-lʲ"]
    now = START + 6 * DAY
    assert next_contrasts(Ear("ru"), mouth, there, now)[0] == "l-lʲ"
    assert next_contrasts(Ear("ru"), {}, there, now) == there[:3]
    known = drilled(Listener(0.9), 30)[0].ear
    assert "t-tʲ" not in next_contrasts(known, {}, there, START)
    later = START + 300 * DAY
    assert due(known.of("t-tʲ").card, later)
    assert next_contrasts(known, {}, there, later)[0] == "t-tʲ"
