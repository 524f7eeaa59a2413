"""Sums over all CTC alignments of a known phone sequence, in log space.

Connectionist temporal classification: Graves et al., ICML 2006. A chain of N phones has 2N + 1 states: blank 0, phone
0, blank 1, phone 1, ..., blank N. Two rules keep the sums free of edge cases:

- `forward[t]` is the mass in each state *before* frame t, so row 0 is a virtual start in blank 0;
- `backward[t]` is the mass of frames t.. given arrival in each state *at* frame t, so row T is a virtual end in the
  last blank.

With T frames both are [T + 1, 2N + 1]. For every t the moves from forward[t] to backward[t] add up to the same
log P(sequence).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

BLANK = 0
IMPOSSIBLE = -np.inf


@dataclass(frozen=True, eq=False)
class Chain:
    """An expected phone sequence laid over the posteriors of one recording.

    Attributes:
        log_probs: [T, V] log-posteriors of the acoustic model, class 0 the blank.
        accepted: [N, V] which classes count as each expected phone (never the blank). More than one class stands for
            sounds that the lexicon accepts alike; their probabilities add up.
    """

    log_probs: Array
    accepted: Mask

    @property
    def emission(self) -> Array:
        """[T, N] log-probability of each expected phone in each frame."""
        out = np.empty((len(self.log_probs), len(self.accepted)))
        for i, classes in enumerate(self.accepted):
            out[:, i] = np.logaddexp.reduce(self.log_probs[:, classes], axis=1)
        return out

    @property
    def direct(self) -> Mask:
        """[N - 1] whether phone i + 1 may follow phone i with no blank between (CTC merges equal neighbours)."""
        shared = self.accepted[1:] & self.accepted[:-1]
        return np.array([not classes.any() for classes in shared], dtype=bool)


@dataclass(frozen=True, eq=False)
class Sums:
    """Forward and backward masses of a chain.

    Attributes:
        forward, backward: [T + 1, 2N + 1] nats.
        total: nats, log P(sequence).
    """

    forward: Array
    backward: Array
    total: float


def sums(chain: Chain) -> Sums:
    """Forward and backward sums over all alignments; total is -inf where the frames are too few for the phones."""
    emission, frames = chain.emission, len(chain.log_probs)
    states = 2 * emission.shape[1] + 1
    by_state = np.empty((frames, states))
    by_state[:, 0::2] = chain.log_probs[:, BLANK, None]
    by_state[:, 1::2] = emission
    skip = np.zeros(states, dtype=bool)  # phone -> next phone, passing over the blank
    skip[3::2] = chain.direct

    forward = np.full((frames + 1, states), IMPOSSIBLE)
    forward[0, 0] = 0.0
    for t in range(frames):
        forward[t + 1] = _arrivals(forward[t], skip) + by_state[t]

    backward = np.full((frames + 1, states), IMPOSSIBLE)
    backward[frames, -1] = 0.0
    for t in range(frames - 1, -1, -1):
        backward[t] = _departures(backward[t + 1], skip) + by_state[t]

    # A chain's last phone may end the recording: it steps to the virtual end like the last blank does.
    return Sums(forward, backward, float(np.logaddexp.reduce(forward[frames, -2:])))


def _arrivals(mass: Array, skip: Mask) -> Array:
    out = mass.copy()
    out[1:] = np.logaddexp(out[1:], mass[:-1])
    out[2:] = np.logaddexp(out[2:], np.where(skip[2:], mass[:-2], IMPOSSIBLE))
    return out


def _departures(mass: Array, skip: Mask) -> Array:
    out = mass.copy()
    out[:-1] = np.logaddexp(out[:-1], mass[1:])
    out[:-2] = np.logaddexp(out[:-2], np.where(skip[2:], mass[2:], IMPOSSIBLE))
    return out


def substitutions(chain: Chain, s: Sums) -> Array:
    """[N, V] log P(sequence with phone i replaced by class v), for every i and v at once; the blank column is -inf."""
    phones = 2 * np.arange(len(chain.accepted)) + 1
    return _detour(chain, s, blank_in=phones - 1, blank_out=phones + 1, phone_in=phones - 2, phone_out=phones + 2)


def insertions(chain: Chain, s: Sums) -> Array:
    """[N + 1, V] log P(sequence with one more phone v before phone i; at the end for i = N)."""
    blanks = 2 * np.arange(len(chain.accepted) + 1)
    return _detour(chain, s, blank_in=blanks, blank_out=blanks, phone_in=blanks - 1, phone_out=blanks + 1)


def _detour(
    chain: Chain, s: Sums, blank_in: NDArray[np.intp], blank_out: NDArray[np.intp],
    phone_in: NDArray[np.intp], phone_out: NDArray[np.intp],
) -> Array:  # fmt: skip
    """Mass of leaving the chain from given states, staying in class v for one or more frames, and coming back.

    Each of the M places has a blank and a phone to come from, and a blank and a phone to go to; a phone outside the
    chain (-1 or 2N + 1) does not exist. The phone doors are shut to classes that CTC would merge with that phone.
    """
    frames, classes = chain.log_probs.shape
    shut_in, shut_out = (_merging(chain, phone) for phone in (phone_in, phone_out))
    from_blank, to_blank = s.forward[:, blank_in], s.backward[:, blank_out]
    from_any = np.logaddexp(from_blank, _column(s.forward, phone_in))
    to_any = np.logaddexp(to_blank, _column(s.backward, phone_out))

    inside = np.full((len(blank_in), classes), _NEVER)
    total = inside.copy()
    for start in range(0, frames, _BLOCK):
        block = range(start, min(start + _BLOCK, frames))
        through = np.empty((len(block), *inside.shape))
        for row, t in enumerate(block):
            entering = np.where(shut_in, from_blank[t, :, None], from_any[t, :, None])
            inside = _log_add(inside, np.maximum(entering, _NEVER)) + chain.log_probs[t]
            leaving = np.where(shut_out, to_blank[t + 1, :, None], to_any[t + 1, :, None])
            np.add(inside, leaving, out=through[row])
        total = _log_add(total, _log_sum(np.maximum(through, _NEVER)))
    total[:, BLANK] = IMPOSSIBLE
    total[total < _NEVER / 2] = IMPOSSIBLE
    return total


# np.logaddexp is several times slower than the operations it stands for, and the detours are where scoring spends its
# time. These sums want finite numbers, so what is impossible is merely absurd inside the loop.
_NEVER = -1e30
_BLOCK = 128  # frames summed at once: bounds the memory of a long call


def _log_add(a: Array, b: Array) -> Array:
    difference = np.abs(a - b)
    np.negative(difference, out=difference)
    np.exp(difference, out=difference)
    difference += 1
    np.log(difference, out=difference)
    difference += np.maximum(a, b)
    return difference


def _log_sum(terms: Array) -> Array:
    """Log of the sum of exponentials along the first axis."""
    peak = terms.max(axis=0)
    total: Array = peak + np.log(np.exp(terms - peak).sum(axis=0))
    return total


def _column(mass: Array, states: NDArray[np.intp]) -> Array:
    exists = (states >= 0) & (states < mass.shape[1])
    return np.where(exists, mass[:, np.where(exists, states, 0)], IMPOSSIBLE)


def _merging(chain: Chain, states: NDArray[np.intp]) -> Mask:
    """[M, V] the classes that CTC would merge with the phone of each state; none where there is no such phone."""
    exists = (states >= 0) & (states < 2 * len(chain.accepted))
    with_nobody = np.vstack([chain.accepted, np.zeros_like(chain.accepted, shape=(1, chain.log_probs.shape[1]))])
    return with_nobody[np.where(exists, states // 2, -1)]


def deletions(chain: Chain, s: Sums) -> Array:
    """[N] log P(sequence without phone i)."""
    n = len(chain.accepted)
    phones = 2 * np.arange(n) + 1
    merging = (_merging(chain, phones - 2) & _merging(chain, phones + 2)).any(axis=1)
    before = _column(s.forward, phones - 2)
    before[:, merging] = IMPOSSIBLE  # with phone i gone, its neighbours would be one
    leaving = np.logaddexp(s.forward[:, phones - 1], before)
    arriving = _column(s.backward, phones + 2)
    if n:  # behind the last phone comes the end of the recording
        arriving[-1, -1] = 0.0
    return np.asarray(np.logaddexp.reduce(leaving + arriving, axis=0))
