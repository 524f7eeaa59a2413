"""Which acceptable pronunciation was said, and when: Viterbi over all variants of all words at once.

The graph is a string of words; each word offers its variants side by side, and between words lies one CTC blank state,
which also takes up pauses.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.scoring.ctc import BLANK, IMPOSSIBLE
from trainer.speech.acoustic import Posteriors

Phones = tuple[str, ...]


@dataclass(frozen=True)
class Alignment:
    """variants: index of the chosen variant of each word; spans: for each phone of the chosen variants, in order, its
    first and one past its last frame; log_prob: of the best path."""

    variants: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    log_prob: float


@dataclass
class _Graph:
    """States of the search. class_sets: what a state emits; word, variant: -1 for the blanks between words."""

    class_sets: list[tuple[int, ...]]
    word: list[int]
    variant: list[int]
    phone: list[int]  # position in the variant, -1 for blanks
    before: list[list[int]]

    def add(
        self, classes: tuple[int, ...], before: Sequence[int], word: int = -1, variant: int = -1, phone: int = -1
    ) -> int:
        state = len(self.class_sets)
        self.class_sets.append(classes)
        self.word.append(word)
        self.variant.append(variant)
        self.phone.append(phone)
        self.before.append([state, *before])
        return state

    def apart(self, states: Sequence[int], classes: tuple[int, ...]) -> list[int]:
        """The states that may be followed without a blank: CTC would merge those that emit the same class."""
        return [s for s in states if not set(self.class_sets[s]) & set(classes)]


def align(words: Sequence[Sequence[Phones]], posteriors: Posteriors) -> Alignment | None:
    """Best path through the words' variants; None where there are too few frames for any."""
    graph, starts, ends = _build(words, posteriors)
    emission = _emissions(graph, posteriors.log_probs)
    frames, states = emission.shape
    width = max(len(before) for before in graph.before)
    before = np.array([b + [b[0]] * (width - len(b)) for b in graph.before])
    rows = np.arange(states)

    score = np.full(states, IMPOSSIBLE)
    score[starts] = emission[0, starts]
    back = np.empty((frames, states), dtype=np.int32)
    for t in range(1, frames):
        candidates = score[before]
        best = candidates.argmax(axis=1)
        back[t] = before[rows, best]
        score = candidates[rows, best] + emission[t]
    state = max(ends, key=lambda s: score[s])
    if score[state] == IMPOSSIBLE:
        return None
    log_prob = float(score[state])
    path = np.empty(frames, dtype=np.intp)
    for t in range(frames - 1, -1, -1):
        path[t] = state
        state = back[t, state] if t else state
    return _read_off(graph, path, len(words), log_prob)


def _build(words: Sequence[Sequence[Phones]], posteriors: Posteriors) -> tuple[_Graph, list[int], list[int]]:
    graph = _Graph([], [], [], [], [])
    blank = (BLANK,)
    gap = graph.add(blank, [])
    starts, previous_ends = [gap], list[int]()
    for w, variants in enumerate(words):
        ends = []
        for v, phones in enumerate(variants):
            last: list[int] = []
            for p, phone in enumerate(phones):
                classes = tuple(posteriors.classes.of(phone).tolist())
                if p == 0:
                    state = graph.add(classes, [gap, *graph.apart(previous_ends, classes)], w, v, p)
                    starts += [state] if w == 0 else []
                else:
                    inner = graph.add(blank, last, w, v)
                    state = graph.add(classes, [inner, *graph.apart(last, classes)], w, v, p)
                last = [state]
            ends += last
        gap = graph.add(blank, ends)
        previous_ends = ends
    return graph, starts, [gap, *previous_ends]


def _emissions(graph: _Graph, log_probs: NDArray[np.float64]) -> NDArray[np.float64]:
    unique = {classes: i for i, classes in enumerate(dict.fromkeys(graph.class_sets))}
    columns = np.stack([np.logaddexp.reduce(log_probs[:, list(classes)], axis=1) for classes in unique], axis=1)
    return columns[:, [unique[classes] for classes in graph.class_sets]]


def _read_off(graph: _Graph, path: NDArray[np.intp], words: int, log_prob: float) -> Alignment:
    variants = [0] * words
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
    return Alignment(tuple(variants), tuple(spans), log_prob)
