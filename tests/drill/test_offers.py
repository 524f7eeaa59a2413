"""Simulated learners with known confusions are offered what trains them, soon; those without are not. No people."""

import random
import statistics
from datetime import timedelta

import pytest
from learners import DAY, START, assessment

from trainer.drill.ear import Ear
from trainer.drill.exercises import Exercise
from trainer.drill.memory import Memory, review
from trainer.drill.offers import Offer, offers

# Points by decile of sounds said well and of wrong ones, as tests/benchmarks/schedule.py has them.
RIGHT = (51, 81, 92, 97, 99, 100, 100, 100, 100, 100)
WRONG = (0, 20, 37, 49, 59, 68, 77, 88, 96, 100)
OTHERS = {"ru": ("t", "ˈa", "k", "n"), "en": ("t", "ɑː", "k", "n")}


def calls_until(language, weak, instead, seed, most=60):
    """After how many calls mouth and ear are offered; how often the sound goes wrong: three times in five."""
    draw, memory = random.Random(seed), Memory()
    found = {}
    for call in range(1, most + 1):
        wrong = draw.random() < 0.6
        phones = [(sound, draw.choice(RIGHT), None) for sound in OTHERS[language]]
        phones.append((weak, draw.choice(WRONG if wrong else RIGHT), instead if wrong else None))
        at = START + timedelta(minutes=call)
        memory = review(memory, f"C-{call % 9}", assessment(phones, language=language), 70.0, at)
        for offer in offers(memory, language, Ear(language), at):
            found.setdefault(offer, call)
    return found


@pytest.mark.parametrize(
    "language, weak, instead, contrast",
    [
        ("ru", "lʲ", "l", "l-lʲ"), ("ru", "ˈɨ", "ˈi", "ˈi-ˈɨ"), ("ru", "ɕː", "ʂ", "ʂ-ɕː"),
        ("en", "θ", "s", "θ-s"), ("en", "w", "v", "w-v"), ("en", "ɪ", "iː", "ɪ-iː"), ("en", "ŋ", "n", "ŋ-n"),
    ],
)  # fmt: skip
def test_what_is_confused_is_offered_to_mouth_and_ear_within_a_drill(language, weak, instead, contrast):
    lives = [calls_until(language, weak, instead, seed) for seed in range(20)]
    mouths = [life.get(Offer("mouth", weak), 99) for life in lives]
    ears = [life.get(Offer("ear", contrast), 99) for life in lives]
    assert statistics.median(mouths) <= 10
    assert statistics.median(ears) <= 5
    assert max(mouths) < 60
    wrong = {offer for life in lives for offer in life} - {Offer("mouth", weak), Offer("ear", contrast)}
    assert not [offer for offer in wrong if offer.kind == "ear"]


def test_who_confuses_nothing_is_offered_nothing_and_what_rests_is_left_alone():
    memory = Memory()
    for call in range(30):
        memory = review(
            memory, "A", assessment([(sound, 95.0, None) for sound in OTHERS["ru"]]), 95.0, START + call * DAY
        )
    assert offers(memory, "ru", Ear("ru"), START + 30 * DAY) == ()


def test_an_ear_that_hears_plain_words_wrong_is_offered_them():
    from trainer.drill.ear import ear

    answers = [Exercise(START, "ear", "ru", "t-tʲ", 100.0 * (n % 2), {"level": 0.0}) for n in range(5)]
    assert offers(Memory(), "ru", ear("ru", answers), START) == ()
    answers += [Exercise(START, "ear", "ru", "t-tʲ", 0.0, {"level": 0.0})]
    assert offers(Memory(), "ru", ear("ru", answers), START + 30 * DAY) == (Offer("ear", "t-tʲ"),)


def test_what_was_heard_of_the_other_language_is_no_contrast_and_no_trouble():
    memory = Memory()
    for call in range(9):
        heard = assessment([("ɹ", 20.0, "ru:r")], language="en")
        memory = review(memory, f"C-{call}", heard, 40.0, START + timedelta(minutes=call))
    assert [offer.kind for offer in offers(memory, "en", Ear("en"), START)] == ["mouth"]
