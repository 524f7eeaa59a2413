"""What a memory is made of: FSRS's law, evidence of sounds that noise does not sway, and nothing of chance."""

import json
import random
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from learners import DAY, GOOD, HOUR, START, after, assessment, attempts, points

from trainer.drill.memory import Memory, due, from_dict, gain, missed, recall, review, to_dict, weak_sounds

WRONG = {"rʲ": "r", "ɕː": "ʂ"}


@settings(max_examples=50)
@given(attempts)
def test_the_same_attempts_give_the_same_memory_and_json_keeps_it(log):
    memory = after(log)
    assert after(log) == memory
    assert from_dict(json.loads(json.dumps(to_dict(memory)))) == memory


@settings(max_examples=50)
@given(attempts, attempts)
def test_a_memory_is_never_changed_and_can_be_picked_up_anywhere(first, second):
    memory = after(first)
    before = json.dumps(to_dict(memory))
    via_json = after(second, from_dict(json.loads(before)))
    assert after(second, memory) == via_json
    assert json.dumps(to_dict(memory)) == before


@settings(max_examples=50)
@given(attempts)
def test_cards_keep_within_what_fsrs_allows_even_where_a_clock_is_set_back(log):
    memory, at, latest = Memory(), START, START
    for attempt in log:
        memory = after([(*attempt[:4], at - START + attempt[4])], memory)
        at += attempt[4]
        latest = max(latest, at)
        cards = [*memory.calls["ru"].values(), *(sound.card for sound in memory.sounds.get("ru", {}).values())]
        assert all(card.stability > 0 and 1 <= card.difficulty <= 10 and card.last <= latest for card in cards)
    for sound in memory.sounds.get("ru", {}).values():
        assert 0 <= sound.score <= 100 + 1e-9
        assert sum(sound.confusions.values()) <= sound.weight + 1e-9
    assert sum(card.reviews for card in memory.calls.get("ru", {}).values()) == len(log)


@settings(max_examples=50)
@given(attempts, st.floats(0, 400), st.floats(0, 400))
def test_recall_falls_with_time_and_is_nine_tenths_after_the_stability(log, days, more):
    for card in after(log).calls.get("ru", {}).values():
        sooner, later = card.last + days * DAY, card.last + (days + more) * DAY
        assert 0 < recall(card, later) <= recall(card, sooner) <= 1
        assert recall(card, card.last + card.stability * DAY) == pytest.approx(0.9, abs=1e-4)
        assert due(card, sooner) <= due(card, later)


@settings(max_examples=50)
@given(attempts, points, points, st.integers(0, 40))
def test_a_better_answer_never_leaves_less_behind(log, a, b, days):
    memory = after(log)
    at = max((card.last for card in memory.calls.get("ru", {}).values()), default=START) + days * DAY
    worse, better = (review(memory, "A", GOOD, worth, at).call("ru", "A") for worth in sorted([a, b]))
    assert worse.stability <= better.stability + 1e-9


@settings(max_examples=50)
@given(attempts, st.floats(0, 99), st.integers(0, 40))
def test_a_point_more_or_less_changes_little_of_what_is_remembered(log, worth, days):
    memory = after(log)
    at = max((card.last for card in memory.calls.get("ru", {}).values()), default=START) + days * DAY
    less, more = (review(memory, "A", GOOD, points, at) for points in (worth, worth + 1))
    low, high = (found.call("ru", "A") for found in (less, more))
    # a tenth of the way between two grades, of which the one leaves at most about fifty times as long as the other
    assert low.stability <= high.stability <= 1.6 * low.stability
    assert abs(low.difficulty - high.difficulty) < 1
    recalled = [found.overnight.get("ru", (0.0, 0.0))[0] for found in (less, more)]
    assert 0 <= recalled[1] - recalled[0] <= 0.1 + 1e-9


@settings(max_examples=50)
@given(attempts, st.floats(0, 200))
def test_a_review_is_worth_a_part_of_certainty_and_next_to_nothing_a_moment_after_the_last(log, days):
    for card in after(log).calls.get("ru", {}).values():
        assert -1 < gain(card, card.last + days * DAY) < 1
    fresh = review(Memory(), "A", GOOD, 99.0, START).call("ru", "A")
    assert gain(fresh, START) < 0.02 < gain(fresh, START + 10 * DAY)


def test_the_next_evening_is_another_day_even_an_hour_earlier():
    memory = review(Memory(), "A", GOOD, 90.0, START)
    same_day, next_day = (review(memory, "A", GOOD, 90.0, START + pause) for pause in (HOUR, DAY - HOUR))
    assert next_day.call("ru", "A").stability > 2 * same_day.call("ru", "A").stability


@pytest.mark.parametrize("verdict", ["other_phrase", "other_language", "not_recognised"])
def test_another_call_is_a_failed_call_and_tells_nothing_of_the_sounds(verdict):
    before = review(Memory(), "A", assessment([("t", 95.0, None)]), 95.0, START)
    memory = review(before, "A", assessment([("t", 5.0, "d")], verdict), 0.0, START + DAY)
    assert memory.sounds == before.sounds
    assert memory.call("ru", "A").lapses == 1
    assert memory == missed(before, "A", "ru", START + DAY)


def test_repeating_what_was_just_heard_is_no_proof_of_knowing_it():
    by_heart, aided = (review(Memory(), "A", GOOD, 99.0, START, aided=aided) for aided in (False, True))
    assert aided.call("ru", "A").stability < by_heart.call("ru", "A").stability
    assert aided.sounds == by_heart.sounds


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        missed(Memory(), "A", "ru", datetime(2026, 1, 1))


def test_one_bad_sound_is_weak_evidence_and_an_early_slip_is_forgiven():
    memory = review(Memory(), "A", assessment([("rʲ", 0.0, "r"), ("t", 95.0, None)]), 60.0, START)
    assert weak_sounds(memory, "ru") == ()
    for day in range(1, 11):
        memory = review(memory, "A", assessment([("rʲ", 96.0, None), ("t", 95.0, None)]), 95.0, START + day * DAY)
    assert weak_sounds(memory, "ru") == ()


def noisy(seed):
    """Sixty calls by someone who says two sounds wrong seven times in ten, as a noisy scorer hears them."""
    draw, memory = random.Random(seed), Memory()
    for i in range(60):
        said = [("t", None), ("n", None), ("ˈa", None), ("k", None), *WRONG.items()]
        phones = [
            (phone, draw.choice((0, 25, 45, 60, 75, 95)), instead)
            if instead and draw.random() < 0.7
            else (phone, draw.choice((60, 80, 95, 100, 100, 100)), draw.choice((None, None, None, None, "d")))
            for phone, instead in said
        ]
        memory = review(memory, "A", assessment(phones), 70.0, START + i * HOUR)
    return memory


def test_sounds_that_mostly_go_wrong_are_found_through_the_noise_with_what_is_heard_instead():
    found = [weak_sounds(noisy(seed), "ru") for seed in range(20)]
    named = [weak.phone for weak_ones in found for weak in weak_ones]
    assert sum(phone in WRONG for phone in named) >= 0.95 * 2 * len(found)
    assert sum(phone not in WRONG for phone in named) <= 0.05 * len(named)
    for weak_ones in found:
        assert [weak.score for weak in weak_ones] == sorted(weak.score for weak in weak_ones)
        assert all(weak.confusions[0][0] == WRONG[weak.phone] for weak in weak_ones if weak.phone in WRONG)
        assert all(weak.count == 60 for weak in weak_ones)
    assert weak_sounds(noisy(0), "ru", 1) == found[0][:1]


def test_english_stress_is_no_part_of_a_sound_but_russian_stress_is():
    english = review(Memory(), "A", assessment([("ˈɪ", 90.0, None), ("ɪ", 80.0, None)], language="en"), 85.0, START)
    russian = review(Memory(), "A", assessment([("ˈa", 90.0, None), ("ɐ", 80.0, None)]), 85.0, START)
    assert set(english.sounds["en"]) == {"ɪ"}
    assert english.sound("en", "ˈɪ").count == 2
    assert set(russian.sounds["ru"]) == {"ˈa", "ɐ"}
