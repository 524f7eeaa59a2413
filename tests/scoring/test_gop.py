"""GOP on made-up posteriors where the truth is known."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.scoring.align import align
from trainer.scoring.assessment import DROPPED
from trainer.scoring.gop import FLOOR, Diagnosis, diagnose, excused, expected_phones, together
from trainer.scoring.posteriors import PhoneClasses, Posteriors

LABELS = ("", "a", "b", "c", "d")
CLASSES = PhoneClasses(LABELS, {})


def spoken(phones: str, certainty: float = 0.97, frames: int = 2, gap: int = 1) -> Posteriors:
    """Posteriors of a model that hears these phones: each some frames long, blanks between."""
    rows = [0] * gap
    for phone in phones:
        rows += [LABELS.index(phone)] * frames + [0] * gap
    probabilities = np.full((len(rows), len(LABELS)), (1 - certainty) / (len(LABELS) - 1))
    probabilities[np.arange(len(rows)), rows] = certainty
    return Posteriors(np.log(probabilities), CLASSES, 50.0)


def ways(*words: str) -> list[list[tuple[str, ...]]]:
    """Each word a string of variants: "ab|ac"."""
    return [[tuple(variant) for variant in word.split("|")] for word in words]


def judge(said: str, *words: str):
    posteriors = spoken(said)
    alignment = align(ways(*words), posteriors)
    expected = expected_phones(ways(*words), alignment.variants, CLASSES)
    return alignment, expected, diagnose(expected, posteriors)


def test_what_was_said_right_scores_near_zero():
    _, _, diagnosis = judge("abcd", "ab", "cd")
    assert all(evidence.gop > -0.5 for evidence in diagnosis.evidence)
    assert not diagnosis.inserted


@pytest.mark.parametrize("place", range(4))
def test_one_wrong_phone_is_found_named_and_spares_its_neighbours(place):
    said = list("abab")
    said[place] = "d"
    _, _, diagnosis = judge("".join(said), "ab", "ab")
    for i, evidence in enumerate(diagnosis.evidence):
        if i == place:
            assert evidence.gop < -3
            assert evidence.alternatives[0][0] == "d"
        else:
            assert evidence.gop > -1


def test_two_looks_that_differ_come_to_the_mean_of_their_odds_and_two_alike_to_either():
    expected = expected_phones(ways("ab"), (0,), CLASSES)
    sure, unsure = (diagnose(expected, spoken("db", certainty)) for certainty in (0.97, 0.6))
    both = together([sure, unsure], CLASSES)
    against = [one.odds[0, LABELS.index("d")] - one.evidence[0].gop for one in (sure, both, unsure)]
    assert against[1] == pytest.approx((against[0] + against[2]) / 2)
    assert both.evidence[0].alternatives[0][0] == "d"
    assert np.exp(both.odds).sum(axis=1) + np.exp([one.gop for one in both.evidence]) == pytest.approx(1, abs=1e-3)
    alike = together([sure, sure], CLASSES)
    assert [one.gop for one in alike.evidence] == pytest.approx([one.gop for one in sure.evidence], abs=1e-3)
    assert alike.odds == pytest.approx(sure.odds, abs=1e-3)


def words_of_english(said: str) -> tuple[Diagnosis, Diagnosis]:
    """What is made of facts [f æ k t s] where these sounds were said: as written, and as fluent speech has it."""
    labels = ("", "f", "æ", "k", "t", "s")
    classes = PhoneClasses(labels, {})
    likely = np.full((3 * len(said) + 1, len(labels)), 0.006)
    likely[np.arange(len(likely)), [0, *(n for phone in said for n in (*[labels.index(phone)] * 2, 0))]] = 0.97
    expected = expected_phones([[("f", "ˈæ", "k", "t", "s")]], (0,), PhoneClasses(labels, {"ˈæ": ("æ",)}))
    diagnosis = diagnose(expected, Posteriors(np.log(likely), classes, 50.0))
    return diagnosis, excused("en", expected, diagnosis, classes)


def test_a_sound_that_fluent_speech_loses_is_right_with_and_without_it():
    for said, lost in (("fækts", frozenset()), ("fæks", frozenset({3}))):
        written, fluent = words_of_english(said)
        assert all(evidence.gop > -0.5 for evidence in fluent.evidence)
        assert fluent.fluent == lost
        assert (written.evidence[3].gop < -3) == bool(lost)


def test_a_sound_that_may_be_lost_is_wrong_where_another_is_heard():
    _written, fluent = words_of_english("fækfs")
    assert fluent.evidence[3].gop < -3
    assert fluent.evidence[3].alternatives[0][0] == "f"
    assert not fluent.fluent


def test_a_dropped_phone_is_named_as_dropped():
    _, _, diagnosis = judge("abd", "abcd")
    assert diagnosis.evidence[2].alternatives[0][0] == DROPPED
    assert diagnosis.evidence[2].gop < -3


def test_an_added_phone_is_named_with_its_place():
    _, _, diagnosis = judge("abdc", "abc")
    assert [(extra.before, extra.label) for extra in diagnosis.inserted] == [(2, "d")]


@pytest.mark.parametrize("said, variant", [("abc", 0), ("adc", 1), ("ac", 2)])
def test_the_variant_that_was_said_is_chosen(said, variant):
    alignment, _, diagnosis = judge(said, "abc|adc|ac")
    assert alignment.variants == (variant,)
    assert all(evidence.gop > -1 for evidence in diagnosis.evidence)


def test_a_sound_that_another_variant_has_is_no_error():
    _, expected, _ = judge("abc", "abc|adc|ab")
    assert expected[1].classes == {LABELS.index("b"), LABELS.index("d")}
    assert [phone.optional for phone in expected] == [False, False, True]


@pytest.mark.parametrize("left_out", range(3))
def test_a_word_left_out_is_found_and_spares_the_others(left_out):
    words = ["abc", "dab", "cda"]
    said = "".join(word for i, word in enumerate(words) if i != left_out)
    alignment, _, diagnosis = judge(said, *words)
    assert [variant is None for variant in alignment.variants] == [i == left_out for i in range(3)]
    assert all(evidence.gop > -1 for evidence in diagnosis.evidence)


def test_a_right_text_fits_better_than_a_wrong_one():
    right, _, _ = judge("abcdab", "abc", "dab")
    wrong, _, _ = judge("abcdab", "dcb", "acd")
    assert right.fit > -0.5 > -2 > wrong.fit


def test_fewer_frames_than_phones_is_the_floor_and_no_crash():
    posteriors = spoken("a", gap=0, frames=1)
    expected = expected_phones(ways("abcd"), (0,), CLASSES)
    assert {evidence.gop for evidence in diagnose(expected, posteriors).evidence} == {FLOOR}


def test_no_time_even_to_leave_words_out_is_nothing_said():
    alignment = align(ways(*["abcd"] * 30), spoken("a", gap=0, frames=2))
    assert set(alignment.variants) == {None}
    assert alignment.spans == ()
    assert alignment.fit < -4


def test_spans_lie_on_the_frames_where_the_phones_are():
    alignment, _, _ = judge("abc", "ab", "c")
    assert alignment.spans == ((1, 3), (4, 6), (7, 9))


@given(st.integers(0, 2**32 - 1), st.lists(st.sampled_from("abcd"), min_size=1, max_size=4))
def test_the_probabilities_of_all_alternatives_add_up_to_one(seed, phones):
    rng = np.random.default_rng(seed)
    posteriors = Posteriors(np.log(rng.dirichlet(np.ones(len(LABELS)), 9)), CLASSES, 50.0)
    expected = expected_phones([[tuple(phones)]], (0,), CLASSES)
    for evidence in diagnose(expected, posteriors, alternatives=len(LABELS) + 1).evidence:
        assert evidence.gop <= 0
        if evidence.gop > FLOOR:
            assert np.exp(evidence.gop) + sum(p for _, p in evidence.alternatives) == pytest.approx(1)


@given(st.integers(0, 2**32 - 1), st.lists(st.sampled_from("abcd"), min_size=1, max_size=3))
def test_the_best_path_is_the_best_of_all_paths(seed, phones):
    rng = np.random.default_rng(seed)
    log_probs = np.log(rng.dirichlet(np.ones(len(LABELS)), 6))
    posteriors = Posteriors(log_probs, CLASSES, 50.0)
    wanted = tuple(LABELS.index(phone) for phone in phones)
    best = max(
        (sum(row[label] for row, label in zip(log_probs, path, strict=True)))
        for path in itertools.product(range(len(LABELS)), repeat=len(log_probs))
        if tuple(label for label, _ in itertools.groupby(path) if label) == wanted
    ) if fits(wanted, len(log_probs)) else -np.inf  # fmt: skip
    alignment = align([[tuple(phones)]], posteriors)
    free = log_probs.max(axis=1).sum()
    if alignment.variants == (0,):
        assert alignment.fit * len(phones) + free == pytest.approx(best)
    else:  # leaving the word out was cheaper
        assert alignment.fit * len(phones) + free >= best - 1e-9


def fits(labels: tuple[int, ...], frames: int) -> bool:
    return len(labels) + sum(a == b for a, b in itertools.pairwise(labels)) <= frames
