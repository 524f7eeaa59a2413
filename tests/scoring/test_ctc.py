"""The CTC sums against enumeration of every path on tiny cases."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.scoring import ctc

CLASSES = 4


def collapse(path: tuple[int, ...]) -> tuple[int, ...]:
    """Labels of a path: repeats merged, blanks dropped."""
    return tuple(label for label, _ in itertools.groupby(path) if label != ctc.BLANK)


def enumerate_sum(log_probs: np.ndarray, phones: list[int]) -> float:
    """Log P(phones) by going through every path."""
    total = 0.0
    for path in itertools.product(range(log_probs.shape[1]), repeat=len(log_probs)):
        if collapse(path) == tuple(phones):
            total += np.exp(sum(row[label] for row, label in zip(log_probs, path, strict=True)))
    return float(np.log(total)) if total else -np.inf


@st.composite
def cases(draw: st.DrawFn) -> tuple[np.ndarray, list[int]]:
    frames = draw(st.integers(1, 6))
    seed = draw(st.integers(0, 2**32 - 1))
    log_probs = np.log(np.random.default_rng(seed).dirichlet(np.full(CLASSES, 0.5), frames) + 1e-12)
    phones = draw(st.lists(st.integers(1, CLASSES - 1), max_size=4))
    return log_probs, phones


def chain_of(log_probs: np.ndarray, phones: list[int]) -> ctc.Chain:
    accepted = np.zeros((len(phones), log_probs.shape[1]), dtype=bool)
    accepted[np.arange(len(phones)), phones] = True
    return ctc.Chain(log_probs, accepted)


def same(a: float, b: float) -> bool:
    return a == b or bool(np.isclose(a, b, atol=1e-6))


@given(cases())
def test_total_is_the_sum_over_all_paths(case):
    log_probs, phones = case
    assert same(ctc.sums(chain_of(log_probs, phones)).total, enumerate_sum(log_probs, phones))


@given(cases())
def test_forward_and_backward_masses_meet_with_the_same_total(case):
    log_probs, phones = case
    sums = ctc.sums(chain_of(log_probs, phones))
    by_start = np.logaddexp.reduce(sums.backward[0, : 2 if phones else 1])
    assert same(by_start, sums.total)


@given(cases())
def test_substitutions(case):
    log_probs, phones = case
    chain = chain_of(log_probs, phones)
    found, _added = ctc.detours(chain, ctc.sums(chain))
    for i, v in itertools.product(range(len(phones)), range(1, CLASSES)):
        assert same(found[i, v], enumerate_sum(log_probs, [*phones[:i], v, *phones[i + 1 :]]))
    assert (found[:, ctc.BLANK] == -np.inf).all()


@given(cases())
def test_insertions(case):
    log_probs, phones = case
    chain = chain_of(log_probs, phones)
    _replaced, found = ctc.detours(chain, ctc.sums(chain))
    for i, v in itertools.product(range(len(phones) + 1), range(1, CLASSES)):
        assert same(found[i, v], enumerate_sum(log_probs, [*phones[:i], v, *phones[i:]]))


@given(cases())
def test_deletions(case):
    log_probs, phones = case
    chain = chain_of(log_probs, phones)
    found = ctc.deletions(chain, ctc.sums(chain))
    for i in range(len(phones)):
        assert same(found[i], enumerate_sum(log_probs, phones[:i] + phones[i + 1 :]))


@given(cases(), st.integers(0, 3), st.integers(1, CLASSES - 1))
def test_a_second_accepted_class_counts_like_the_first(case, place, second):
    log_probs, phones = case
    if place >= len(phones) or second == phones[place]:
        return
    chain = chain_of(log_probs, phones)
    chain.accepted[place, second] = True
    # A path may stay in the merged class while the label changes: sum over the collapsed class sequence.
    total = 0.0
    for path in itertools.product(range(CLASSES), repeat=len(log_probs)):
        if accepts(chain.accepted, path):
            total += np.exp(sum(row[label] for row, label in zip(log_probs, path, strict=True)))
    assert same(ctc.sums(chain).total, float(np.log(total)) if total else -np.inf) or overlapping(chain)


def accepts(accepted: np.ndarray, path: tuple[int, ...]) -> bool:
    """Whether a path spells the sets: each phone one or more frames of any of its classes, blanks between allowed."""
    states = {(0, False)}  # (phones done or in progress, whether the last frame was in phone `done`)
    for label in path:
        following = set()
        for done, inside in states:
            if label == ctc.BLANK:
                following.add((done, False))
                continue
            if inside and accepted[done - 1, label]:
                following.add((done, True))
            if done < len(accepted) and accepted[done, label]:
                merges = inside and (accepted[done - 1] & accepted[done]).any()
                if not merges:
                    following.add((done + 1, True))
        states = following
    return any(done == len(accepted) for done, _ in states)


def overlapping(chain: ctc.Chain) -> bool:
    """Neighbours that share a class are ambiguous; there the chain may only be stricter."""
    return not chain.direct.all()


def test_too_few_frames_for_the_phones_is_impossible():
    log_probs = np.log(np.full((2, CLASSES), 0.25))
    assert ctc.sums(chain_of(log_probs, [1, 2, 3])).total == -np.inf


@pytest.mark.parametrize("phones", [[1, 1], [2, 2, 2]])
def test_equal_neighbours_need_a_blank_between(phones):
    log_probs = np.log(np.full((len(phones), CLASSES), 0.25))
    assert ctc.sums(chain_of(log_probs, phones)).total == -np.inf


def test_long_recordings_do_not_underflow():
    rng = np.random.default_rng(5)
    log_probs = np.log(rng.dirichlet(np.full(50, 0.02), 1500) + 1e-30)
    phones = rng.integers(1, 50, 300).tolist()
    total = ctc.sums(chain_of(log_probs, phones)).total
    assert np.isfinite(total)
    assert total < -1000
