"""Sums over all CTC alignments of a known phone sequence, in log space.

Connectionist temporal classification: Graves et al., ICML 2006. A chain of N phones has 2N + 1 states: blank 0, phone
0, blank 1, phone 1, ..., blank N. Two rules keep the sums free of edge cases:

- `forward[t]` is the mass in each state *before* frame t, so row 0 is a virtual start in blank 0;
- `backward[t]` is the mass of frames t.. given arrival in each state *at* frame t, so row T is a virtual end in the
  last blank.

With T frames both are [T + 1, 2N + 1]. For every t the moves from forward[t] to backward[t] add up to the same
log P(sequence).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Single = NDArray[np.float32]
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
    skip = np.full(states, IMPOSSIBLE)  # phone -> next phone, passing over the blank
    skip[3::2][chain.direct] = 0.0

    # Backward sums are the forward ones of the chain and the recording turned round: both at once.
    skips = np.stack([skip[2:], skip[2:][::-1]])
    heard = np.stack([by_state, by_state[::-1, ::-1]], axis=1)
    both = np.full((frames + 1, 2, states), IMPOSSIBLE)
    both[0, :, 0] = 0.0
    for before, now, here in zip(both, both[1:], heard, strict=False):
        now[:] = before
        np.logaddexp(now[:, 1:], before[:, :-1], out=now[:, 1:])
        np.logaddexp(now[:, 2:], before[:, :-2] + skips, out=now[:, 2:])
        now += here
    forward, backward = both[:, 0], both[::-1, 1, ::-1]

    # A chain's last phone may end the recording: it steps to the virtual end like the last blank does.
    return Sums(forward, backward, float(np.logaddexp.reduce(forward[frames, -2:])))


def log_prob(log_probs: Array, phones: Sequence[Sequence[int]]) -> float:
    """Of a sequence of phones over all their alignments, nats. phones: the classes that count as each."""
    accepted = np.zeros((len(phones), log_probs.shape[1]), dtype=bool)
    for row, classes in zip(accepted, phones, strict=True):
        row[classes] = True
    return sums(Chain(log_probs, accepted)).total


def detours(chain: Chain, s: Sums, *, added: bool = True) -> tuple[Array, Array]:
    """Of every class v at every place at once, in nats; the blank columns are -inf. [N, V] log P(sequence with phone i
    replaced by v); [N + 1, V] log P(sequence with one more phone v before phone i; at the end for i = N), [0, V] where
    that is not `added`."""
    phones = 2 * np.arange(len(chain.accepted)) + 1
    blanks = 2 * np.arange(len(chain.accepted) + 1 if added else 0)
    found = _detour(
        chain,
        s,
        blank_in=np.concatenate([phones - 1, blanks]),
        blank_out=np.concatenate([phones + 1, blanks]),
        phone_in=np.concatenate([phones - 2, blanks - 1]),
        phone_out=np.concatenate([phones + 2, blanks + 1]),
    )
    return found[: len(phones)], found[len(phones) :]


def _detour(
    chain: Chain, s: Sums, blank_in: NDArray[np.intp], blank_out: NDArray[np.intp],
    phone_in: NDArray[np.intp], phone_out: NDArray[np.intp],
) -> Array:  # fmt: skip
    """Mass of leaving the chain from given states, staying in class v for one or more frames, and coming back.

    Each of the M places has a blank and a phone to come from, and a blank and a phone to go to; a phone outside the
    chain (-1 or 2N + 1) does not exist. The phone doors are shut to classes that CTC would merge with that phone.
    """
    frames, classes = chain.log_probs.shape
    merging_in, merging_out = (_merging(chain, phone) for phone in (phone_in, phone_out))
    before, after = s.forward[:, blank_in], s.backward[:, blank_out]
    log_probs, from_blank, to_blank = _single(chain.log_probs), _single(before), _single(after)
    from_any = _single(np.logaddexp(before, _column(s.forward, phone_in)))
    to_any = _single(np.logaddexp(after, _column(s.backward, phone_out)))

    inside = np.full((len(blank_in), classes), _NEVER, dtype=np.float32)
    total = inside.copy()
    entering, rows = np.empty_like(inside), np.empty((min(_BLOCK, frames), *inside.shape), dtype=np.float32)
    only_in, only_out = from_blank[:, merging_in.nonzero()[0]], to_blank[:, merging_out.nonzero()[0]]
    shut_in, shut_out = np.flatnonzero(merging_in), np.flatnonzero(merging_out)
    for start in range(0, frames, _BLOCK):
        through = rows[: frames - start]
        for t, leaving in enumerate(through, start):
            entering[:] = from_any[t, :, None]
            entering.put(shut_in, only_in[t])
            inside = _log_add(inside, entering)
            inside += log_probs[t]
            leaving[:] = to_any[t + 1, :, None]
            leaving.put(shut_out, only_out[t + 1])
            leaving += inside
        total = _log_add(total, _log_sum(np.maximum(through, _NEVER, out=through)))
    found = total.astype(np.float64)
    found[:, BLANK] = IMPOSSIBLE
    found[found < _NEVER / 2] = IMPOSSIBLE
    return found


# np.logaddexp is several times slower than the operations it stands for, and the detours are where scoring spends its
# time. These sums want finite numbers, so what is impossible is merely absurd inside the loop; single precision is
# right to 1e-4 nats there, at half the cost.
_NEVER = -1e30
_BLOCK = 128  # frames summed at once: bounds the memory of a long call


def _single(mass: Array) -> Single:
    return np.maximum(mass, _NEVER).astype(np.float32)


def _log_add(a: Single, b: Single) -> Single:
    more = np.maximum(a, b)
    out = np.minimum(a, b)
    out -= more
    np.exp(out, out=out)
    out += 1
    np.log(out, out=out)
    out += more
    return out


def _log_sum(terms: Single) -> Single:
    """Log of the sum of exponentials along the first axis; the terms are used up."""
    peak = terms.max(axis=0)
    terms -= peak
    total: Single = peak + np.log(np.exp(terms, out=terms).sum(axis=0))
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
