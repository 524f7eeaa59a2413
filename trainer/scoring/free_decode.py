"""What was said, whatever was expected: the model's best guess without a text."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.scoring import ctc
from trainer.scoring.ctc import BLANK
from trainer.scoring.posteriors import Posteriors

ROUNDS = 6  # of changes; most calls stand still after three
APART = 2  # phones between two changes of a round: nearer ones hang on each other

Change = tuple[int, int, tuple[int, ...]]  # from which place on, how many phones go, what stands there instead


@dataclass(frozen=True)
class DecodedPhone:
    """A phone of the free decode.

    Attributes:
        start, end: its first frame, and one past its last.
        probability: mean over these.
    """

    label: str
    start: int
    end: int
    probability: float


def decode(posteriors: Posteriors) -> tuple[DecodedPhone, ...]:
    """Best class of every frame, repeats merged, blanks dropped."""
    best = posteriors.log_probs.argmax(axis=1)
    probability = np.exp(posteriors.log_probs.max(axis=1))
    edges = np.flatnonzero(np.diff(best)) + 1
    runs = zip([0, *edges.tolist()], [*edges.tolist(), len(best)], strict=True)
    return tuple(
        DecodedPhone(posteriors.classes.labels[best[a]], a, b, float(probability[a:b].mean()))
        for a, b in runs
        if best[a] != BLANK
    )


def log_prob(posteriors: Posteriors) -> float:
    """Log-probability of the best path of all, the yardstick for how well an expected text fits."""
    return float(posteriors.log_probs.max(axis=1).sum())


def likeliest(looks: Sequence[Posteriors]) -> tuple[str, ...]:
    """The phones that are likeliest, all their alignments together, in the mean over one or more looks at the same
    recording. The best class of every frame tells of the likeliest alignment only: from there on, what makes the
    sequence likelier is changed, added and left out."""
    classes = looks[0].classes
    sequence = [classes.labels.index(phone.label) for phone in decode(looks[0])]
    for _round in range(ROUNDS):
        changes = _changes(sequence, [look.log_probs for look in looks])
        if not changes:
            break
        for place, gone, instead in sorted(changes, reverse=True):
            sequence[place : place + gone] = instead
    return tuple(classes.labels[i] for i in sequence)


def _changes(sequence: list[int], looks: Sequence[NDArray[np.float64]]) -> list[Change]:
    """Changes that make a sequence likelier, the best of each neighbourhood."""
    n = len(sequence)
    if not n:
        return []
    accepted = np.zeros((n, looks[0].shape[1]), dtype=bool)
    accepted[np.arange(n), sequence] = True
    replaced = np.zeros(accepted.shape)
    added, dropped = np.zeros((n + 1, accepted.shape[1])), np.zeros(n)
    for log_probs in looks:
        chain = ctc.Chain(log_probs, accepted)
        sums = ctc.sums(chain)
        said_otherwise, one_more = ctc.detours(chain, sums)
        replaced += said_otherwise - sums.total
        added += one_more - sums.total
        dropped += ctc.deletions(chain, sums) - sums.total
    gains: list[tuple[float, int, int, tuple[int, ...]]]
    gains = [(float(gain), i, 1, ()) for i, gain in enumerate(dropped)]
    gains += [(float(row.max()), i, 1, (int(row.argmax()),)) for i, row in enumerate(replaced)]
    gains += [(float(row.max()), i, 0, (int(row.argmax()),)) for i, row in enumerate(added)]
    made: list[Change] = []
    for gain, place, gone, instead in sorted(gains, reverse=True):
        if gain > 0 and all(abs(place - earlier) > APART for earlier, _gone, _instead in made):
            made.append((place, gone, instead))
    return made
