"""What comes next, and why: whatever a learner has done, the choice is sound, full, deterministic and honest."""

from datetime import timedelta
from itertools import pairwise

import pytest
from benchmarks.schedule import drill
from hypothesis import given, settings
from hypothesis import strategies as st
from learners import DAY, GOOD, HOUR, START, after, assessment, attempts

from trainer.drill.memory import Memory, due, from_dict, review, to_dict
from trainer.drill.schedule import (
    AHEAD,
    KNOWN,
    NEW,
    NEW_LEAST,
    REST,
    WEAK_SHARE,
    Candidate,
    choose,
    held,
    mastery,
    open_phases,
)

PHONES = ("t", "rʲ", "ˈa", "ɕː", "n", "k")
calls = st.lists(st.sampled_from([*"ABCDEFGHIJ"]), unique=True, max_size=10)
pools = st.tuples(calls, st.randoms(use_true_random=False)).map(
    lambda pair: [
        Candidate(call, pair[1].choice(["docking", "launch"]), tuple(pair[1].choices(PHONES, k=pair[1].randint(1, 9))))
        for call in pair[0]
    ]
)
sizes = st.integers(0, 12)
later = st.integers(0, 60 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


@settings(max_examples=50)
@given(attempts, pools, later, sizes, st.integers(0, 9))
def test_each_call_once_and_as_many_as_were_asked_for_always_the_same(log, pool, pause, size, seed):
    memory, now = after(log), START + sum((attempt[4] for attempt in log), pause)
    chosen = choose(memory, "ru", pool, now, size, seed)
    assert choose(memory, "ru", [*pool, *pool], now, size, seed) == chosen
    names = [choice.call for choice in chosen]
    assert len(set(names)) == len(names) == min(size, len(pool))
    assert set(names) <= {candidate.call for candidate in pool}


@settings(max_examples=50)
@given(attempts, pools, later, sizes)
def test_reasons_are_true_and_due_calls_are_not_passed_over(log, pool, pause, size):
    memory, now = after(log), START + sum((attempt[4] for attempt in log), pause)
    chosen = choose(memory, "ru", pool, now, size)
    phones = {candidate.call: candidate.phones for candidate in pool}
    cards = {call: memory.call("ru", call) for call in phones}
    pressing = {c for c, card in cards.items() if card and due(card, now + AHEAD) and now - card.last >= REST}
    for choice in chosen:
        match choice.reason.why:
            case "due":
                assert choice.call in pressing
            case "new":
                assert cards[choice.call] is None
            case "weak-sound":
                assert choice.reason.sound in phones[choice.call]
            case why:
                assert why == "drawn"
    left = set(phones) - {choice.call for choice in chosen}
    reasons = [choice.reason.why for choice in chosen]
    if "drawn" in reasons:
        assert not left & pressing
        assert not any(cards[call] is None for call in left)
    assert reasons.count("due") >= min(len(pressing), round(size * (1 - WEAK_SHARE - NEW)))


def drilled(names, at=START, memory=None, answer=GOOD):
    memory = memory or Memory()
    for name in names:
        memory = review(memory, name, answer, answer.score, at)
    return memory


def of(chosen, why):
    return [choice.call for choice in chosen if choice.reason.why == why]


def test_due_and_new_calls_and_those_of_a_weak_sound_share_a_drill():
    weak = assessment([("rʲ", 20.0, "r"), ("t", 97.0, None), ("ˈa", 98.0, None), ("n", 97.0, None)])
    memory = drilled([f"old{i}" for i in range(30)], answer=weak)
    fresh = START + 20 * DAY
    memory = drilled([f"fresh{i}" for i in range(10)], fresh - DAY, memory, answer=assessment([("t", 97.0, None)]))
    pool = [
        *(Candidate(f"old{i}", "launch", ("t", "n")) for i in range(30)),
        *(Candidate(f"fresh{i}", "launch", ("rʲ", "ˈa") if i < 6 else ("t", "k")) for i in range(10)),
        *(Candidate(f"new{i}", "launch", ("t",)) for i in range(30)),
    ]
    chosen = choose(memory, "ru", pool, fresh, 20)
    counts = [len(of(chosen, why)) for why in ("due", "new", "weak-sound")]
    assert counts == [20 - round(20 * WEAK_SHARE) - round(20 * NEW), round(20 * NEW), round(20 * WEAK_SHARE)]
    assert of(chosen, "new") == [f"new{i}" for i in range(counts[1])]
    assert all(call.startswith("fresh") for call in of(chosen, "weak-sound"))
    assert {choice.reason.sound for choice in chosen if choice.reason.why == "weak-sound"} == {"rʲ"}


def test_new_calls_wait_while_the_old_ones_slip():
    pool = [Candidate(f"old{i}", "launch", ("t",)) for i in range(30)]
    pool += [Candidate(f"new{i}", "launch", ("t",)) for i in range(30)]
    names = [candidate.call for candidate in pool[:30]]
    failed = assessment([], "not_recognised")
    new = {}
    for case, answer in (("held", GOOD), ("slipping", failed)):
        memory = drilled(names, START + 9 * DAY, drilled(names), answer)
        new[case] = len(of(choose(memory, "ru", pool, START + 60 * DAY, 20), "new"))
    assert new == {"held": round(20 * NEW), "slipping": round(20 * NEW_LEAST)}


def test_a_beginner_gets_new_calls_in_the_order_of_the_book():
    pool = [Candidate(f"{i}", "launch", ("t",)) for i in range(30)]
    chosen = choose(Memory(), "ru", pool, START, 10)
    assert sorted(of(chosen, "new"), key=int) == [f"{i}" for i in range(10)]


def test_what_was_drilled_a_moment_ago_waits_while_there_is_anything_else():
    memory = drilled("AB", answer=assessment([("t", 10.0, "d")]))
    pool = [Candidate(call, "launch", ("t",)) for call in "ABCD"]
    assert set(of(choose(memory, "ru", pool, START + HOUR, 2), "new")) == {"C", "D"}
    assert set(of(choose(memory, "ru", pool, START + 9 * HOUR, 4), "due")) == {"A", "B"}


def test_like_calls_do_not_follow_each_other():
    pool = [Candidate(f"{i}", "launch", ("t", "n", "k") if i < 4 else ("ˈa", "rʲ", "ɕː")) for i in range(8)]
    families = [int(choice.call) < 4 for choice in choose(Memory(), "ru", pool, START, 8)]
    assert sum(a == b for a, b in pairwise(families)) <= 1


phase = st.lists(st.sampled_from("ABCDEF"), unique=True, min_size=1, max_size=6)


@settings(max_examples=50)
@given(attempts, phase, st.floats(0, 100), later)
def test_mastery_grows_with_good_answers_and_time_alone_takes_no_phase_back(log, names, worth, pause):
    memory, now = after(log), START + 1000 * DAY
    before = mastery(memory, "ru", names, now)
    assert 0 <= before.known <= len(names)
    assert 0 <= before.due <= len(names)
    worse, better = (
        mastery(review(memory, names[0], GOOD, points, now), "ru", names, now) for points in sorted([worth, 100.0])
    )
    assert worse.known <= better.known
    assert 0 <= worse.mastered <= better.mastered <= better.known
    assert better.recall >= before.recall
    much_later = mastery(memory, "ru", names, now + pause)
    assert (much_later.known, much_later.mastered) == (before.known, before.mastered)
    assert much_later.due >= before.due
    assert much_later.recall <= before.recall


def test_a_phase_opens_when_the_one_before_is_known_or_when_the_learner_went_ahead():
    phases = {"comm-check": ["A", "B"], "launch": ["C", "D"], "docking": ["E"], "entry": ["F"]}
    assert open_phases(Memory(), "ru", phases, START) == ("comm-check",)
    assert open_phases(drilled("A"), "ru", phases, START) == ("comm-check",)
    assert open_phases(drilled("AB"), "ru", phases, START) == ("comm-check", "launch")
    ahead = drilled("E", answer=assessment([("t", 10.0, "d")]))
    assert open_phases(ahead, "ru", phases, START) == ("comm-check", "docking")
    assert open_phases(drilled("ABCDE"), "ru", phases, START) == tuple(phases)


def test_a_call_is_new_then_begun_then_mastered_and_due_once_it_has_faded():
    memory = drilled(["a"])
    assert held(memory, "ru", "b", START) == "new"
    assert held(memory, "ru", "a", START + HOUR) == "begun"
    memory = drilled(["a"], memory=memory, at=START + DAY)
    assert held(memory, "ru", "a", START + DAY + HOUR) == "mastered"
    assert held(memory, "ru", "a", START + 100 * DAY) == "due"


def test_a_call_is_mastered_when_it_was_said_well_on_different_days_since_it_failed():
    def sits(*answers):
        memory = Memory()
        for at, worth in answers:
            memory = review(memory, "a", GOOD, worth, at)
        return held(memory, "ru", "a", max(at for at, _worth in answers) + HOUR) == "mastered"

    later, morning = START + HOUR, START + 14 * HOUR
    assert not sits((START, 100.0), (later, 100.0))
    assert sits((START, 100.0), (morning, 71.0))
    assert not sits((START, 100.0), (morning, 67.0))
    assert sits((START, 100.0), (morning, 67.0), (morning + HOUR, 75.0))
    assert not sits((START, 100.0), (morning, 60.0), (morning + HOUR, 75.0))
    assert not sits((START, 100.0), (START + DAY, 10.0), (START + DAY + HOUR, 100.0))


@pytest.mark.parametrize("failed", [49.0, 60.0])
def test_a_call_that_is_failed_again_and_again_is_not_known_though_it_is_remembered(failed):
    days = [START + n * DAY for n in range(4)]
    worse = better = drilled("A", at=days[0], memory=drilled("B"))
    for at in days[1:]:
        worse, better = review(worse, "A", GOOD, failed, at), review(better, "A", GOOD, 90.0, at)
    assert [mastery(memory, "ru", ["A"], days[-1]).known for memory in (worse, better)] == [0, 1]
    assert worse.call("ru", "A").stability > KNOWN


def test_what_an_earlier_program_had_as_mastered_stays_so_where_it_was_said_twice():
    once, twice = drilled("A"), drilled("A", memory=drilled("A"), at=START + DAY)

    def of_earlier(memory):
        plain = to_dict(memory)
        for field in ("days", "well"):
            del plain["calls"]["ru"]["A"][field]
        return from_dict(plain)

    assert held(of_earlier(once), "ru", "A", START + HOUR) == "begun"
    assert held(of_earlier(twice), "ru", "A", START + DAY + HOUR) == "mastered"


def test_a_phase_opens_the_next_where_its_calls_will_last_and_is_mastered_where_they_lasted():
    fresh = mastery(drilled("ABCD"), "ru", list("ABCDE"), START)
    assert fresh.opens
    assert not fresh.passed
    assert not mastery(drilled("ABC"), "ru", list("ABCDE"), START).opens
    assert mastery(drilled("ABCD", memory=drilled("ABCD"), at=START + DAY), "ru", list("ABCDE"), START + DAY).passed
    failed = drilled("D", memory=drilled("ABCD"), at=START + DAY, answer=assessment([("t", 0.0, "d")]))
    assert not mastery(failed, "ru", list("ABCDE"), START + DAY).opens


def test_in_a_simulation_more_is_recalled_than_with_calls_in_random_order_and_the_weak_sounds_are_found():
    """Small; tests/benchmarks/schedule.py has the whole comparison."""
    for model, seed in (("activation", 1000), ("fsrs", 1001)):
        ours, theirs = (drill(policy, model, "ru", seed, days=7) for policy in ("ruston", "random order"))
        assert ours.per_minute > theirs.per_minute
        _minutes, precision, share = ours.found[2]
        assert precision >= 0.75
        assert share >= 0.5
