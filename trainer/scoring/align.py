"""Which words were said, in which acceptable pronunciation, and when: Viterbi over all variants of all words at once.

The graph is a string of words; each word offers its variants side by side, and between words lies one CTC blank state,
which also takes up pauses. A word may be skipped at a cost, so that a word left out does not spoil its neighbours.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trainer.scoring import free_decode
from trainer.scoring.ctc import BLANK, IMPOSSIBLE
from trainer.scoring.posteriors import Posteriors

Phones = tuple[str, ...]

SKIP_COST = 4.0  # nats for each phone of a word left out: more than an accent costs, less than another word does
NEVER = 1e6  # nats, against leaving out a word of which it is known that it was said
WORST_FIT = -2 * SKIP_COST  # nats per phone, where there was no time to say anything
OTHER_COST = 0.5  # nats for each frame of anything else between words: less than a wrong word, more than a poor sound
LONGEST_SKIP = 3  # words in a row without a frame of blank between their neighbours


@dataclass(frozen=True)
class Alignment:
    """Where in a recording which words were said.

    Attributes:
        variants: index of the variant in which each word was said, None for a word left out.
        spans: for each phone of the words that were said, in order, its first and one past its last frame.
        fit: how much worse than the best free decode the text explains the sound, in nats per phone (about 0 for a good
            reading).
        other: from and to one past which frame something else was said, where that was looked for; the fit is then of
            the other frames.
    """

    variants: tuple[int | None, ...]
    spans: tuple[tuple[int, int], ...]
    fit: float
    other: tuple[tuple[int, int], ...] = ()


@dataclass
class _Graph:
    """States of the search. class_sets: what a state emits, nothing where that may be anything; word, variant, phone:
    whose it is, -1 for blanks; before: the states it may follow, with the cost of doing so."""

    class_sets: list[tuple[int, ...]]
    word: list[int]
    variant: list[int]
    phone: list[int]
    before: list[list[tuple[int, float]]]

    def add(
        self,
        classes: tuple[int, ...],
        before: Sequence[tuple[int, float]],
        word: int = -1,
        variant: int = -1,
        phone: int = -1,
    ) -> int:
        state = len(self.class_sets)
        self.class_sets.append(classes)
        self.word.append(word)
        self.variant.append(variant)
        self.phone.append(phone)
        self.before.append([(state, 0.0), *before])
        return state

    def pause(self, before: Sequence[tuple[int, float]], other: bool) -> int:
        """Silence, in which anything else may be said."""
        gap = self.add((BLANK,), before)
        if other:
            anything = self.add((), [(gap, 0.0)])
            self.before[gap].append((anything, 0.0))
        return gap

    def apart(self, before: Sequence[tuple[int, float]], classes: tuple[int, ...]) -> list[tuple[int, float]]:
        """Those that may be followed without a blank: CTC would merge states that emit the same class."""
        return [(s, cost) for s, cost in before if not set(self.class_sets[s]) & set(classes)]


def align(
    words: Sequence[Sequence[Phones]], posteriors: Posteriors, *, whole: bool = False, other: bool = False
) -> Alignment:
    """Best path through the words' variants. `whole`: no word may have been left out, unless time is too short.
    `other`: between words anything else may have been said."""
    graph, starts, ends = _build(words, posteriors, NEVER if whole else SKIP_COST, other)
    emission = _emissions(graph, posteriors.log_probs)
    frames, states = emission.shape
    width = max(len(before) for before in graph.before)
    padded = [[*before, *[before[0]] * (width - len(before))] for before in graph.before]
    before = np.array([[state for state, _ in row] for row in padded])
    cost = np.array([[cost for _, cost in row] for row in padded])
    rows, way = np.arange(states), np.empty((frames, states), dtype=np.intp)

    score = np.full(states, IMPOSSIBLE)
    score[starts] = emission[0, starts]
    for t in range(1, frames):
        candidates = score.take(before)
        candidates -= cost
        candidates.argmax(axis=1, out=way[t])
        score = candidates[rows, way[t]]
        score += emission[t]
    state = max(ends, key=lambda s: score[s])
    if score[state] == IMPOSSIBLE:  # too short even to leave every word out
        return Alignment((None,) * len(words), (), WORST_FIT)
    shortest = sum(min(map(len, variants)) for variants in words)
    fit = (float(score[state]) - free_decode.log_prob(posteriors)) / max(1, shortest)
    path = np.empty(frames, dtype=np.intp)
    for t in range(frames - 1, -1, -1):
        path[t] = state
        state = before[state, way[t, state]] if t else state
    alignment = _read_off(graph, path, len(words), fit)
    beside = np.array([not sounds for sounds in graph.class_sets])[path]
    if not beside.any():
        return alignment
    edges = np.flatnonzero(np.diff(np.concatenate([[0], beside, [0]])))
    runs = tuple((int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True))
    fit += OTHER_COST * int(beside.sum()) / max(1, shortest)
    return replace(alignment, fit=fit, other=runs)


def _build(
    words: Sequence[Sequence[Phones]], posteriors: Posteriors, skip_cost: float, other: bool
) -> tuple[_Graph, list[int], list[int]]:
    graph = _Graph([], [], [], [], [])
    blank = (BLANK,)
    gap = graph.pause([], other)
    starts, ends = [gap], list[int]()
    reach: list[list[tuple[int, float]]] = [[]]  # from which states the next word can follow, fewest skips first
    for w, variants in enumerate(words):
        flat = [state for skipped in reach for state in skipped]
        ends = []
        for v, phones in enumerate(variants):
            last: list[tuple[int, float]] = []
            for p, phone in enumerate(phones):
                classes = tuple(posteriors.classes.of(phone).tolist())
                if p == 0:
                    state = graph.add(classes, [(gap, 0.0), *graph.apart(flat, classes)], w, v, p)
                    starts += [state] if w == 0 else []
                else:
                    inner = graph.add(blank, last, w, v)
                    state = graph.add(classes, [(inner, 0.0), *graph.apart(last, classes)], w, v, p)
                last = [(state, 0.0)]
            ends += [state for state, _ in last]
        skip = skip_cost * min(map(len, variants))
        skipping = [[(s, cost + skip) for s, cost in states] for states in reach]
        skipping[0] = [(gap, skip), *skipping[0]]
        reach = [[(state, 0.0) for state in ends], *skipping][: LONGEST_SKIP + 1]
        gap = graph.pause([state for skipped in reach for state in skipped], other)
    return graph, starts, [gap, *ends]


def _emissions(graph: _Graph, log_probs: NDArray[np.float64]) -> NDArray[np.float64]:
    unique = {classes: i for i, classes in enumerate(dict.fromkeys(graph.class_sets))}
    anything = log_probs.max(axis=1) - OTHER_COST
    columns = np.stack(
        [np.logaddexp.reduce(log_probs[:, list(sounds)], axis=1) if sounds else anything for sounds in unique], axis=1
    )
    return columns[:, [unique[classes] for classes in graph.class_sets]]


def _read_off(graph: _Graph, path: NDArray[np.intp], words: int, fit: float) -> Alignment:
    variants: list[int | None] = [None] * words
    spans: list[tuple[int, int]] = []
    previous = -1
    for t, state in enumerate(path.tolist()):
        if graph.phone[state] >= 0:
            if state == previous:
                spans[-1] = (spans[-1][0], t + 1)
            else:
                spans.append((t, t + 1))
                variants[graph.word[state]] = graph.variant[state]
        previous = state
    return Alignment(tuple(variants), tuple(spans), fit)
