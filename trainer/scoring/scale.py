"""What the points mean: a scale from 0 to 100 that is held at both ends by speakers.

Its top are natives' sentences, half of which have 95 and 19 of 20 the pass mark; its lower end calls that are spoken
wholly in the sounds of the other language, half of which have less than 40. Between them lies how much evidence of an
accent a call holds: the mean over its sounds of soft signs. Sounds beyond the limit of their kind, and wrong stress,
are wrong: they take a share of the points, as words that were left out do, and the more the further beyond it they lie;
where most words are wrong, they take more than their number would.
So every point that is missing can be told sound by sound. Limits and weights are fitted on speakers with a model
(models/recipe/phones/scale.py) and lie beside it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.phones.inventory import inventory
from trainer.scoring.assessment import Deduction
from trainer.scoring.faults import KINDS, Faults
from trainer.scoring.gop import FLOOR, ODDS_FLOOR
from trainer.scoring.points import FLAGGED, LEAST_DEDUCTION

ENGLISH_VOWELS = frozenset(symbol for symbol, phone in inventory("en").items() if phone.kind == "vowel")
CLEAR, SURE = 6.0, 4.0  # nats of odds: so far below the limit of its kind a sound has 100 points, so far above it 0
WORST_COUNTS = (
    0.75  # of what a word's worst sound is below the limit: a word of five sounds, one of them wrong, is wrong
)
FEW_WORDS = 0.3  # share of words that are wrong up to which nothing but their sounds is taken off
TINY = 1e-9
USUAL_SOUNDS = 20  # of natives, whose spread counts beside that of a call's own sounds

Key = tuple[str, str | None, str | None]  # of a deduction: of what, sound, what was heard for it
STRESSED: Key = ("stress", None, None)

# Signs of an accent, of each sound from 0 (none) to 1: each kind of error, doubtful or sure; the sound, unlike what was
# expected, doubtful, wrong; whether the other language is heard there.
SIGNS = (*KINDS, *(f"{kind}, sure" for kind in KINDS), "unlike", "doubtful", "wrong", "foreign sounds")


@dataclass(frozen=True, eq=False)
class Scale:
    """What a score means: how evidence against a call becomes points. Evidence has no unit.

    Attributes:
        limits: nats of odds at which a sound is flagged, by kind of error, or by kind and phone ("foreign r"); a kind
            without one is never held against anybody. "rated": points that experts would have given, instead.
        weights: of the signs.
        typical: of a phone said by natives, the evidence that it shows all the same.
        ratings: weight of what experts would have taken off (0-1) for a call's accuracy and in all.
        knots: evidence of a call, rising, and its points where no sound is wrong.
        wrong: share of sounds surely wrong that leaves half of the points.
        stress: so many sounds surely wrong does a wrong stress count as.
        prior: so many sounds without evidence are taken as said before a call, so that one sound of a short word does
            not decide alone.
        spread: standard deviation of the evidence of one sound of a native.
        slips: standard deviation of how wrong one sound of a native is (`wrongness`).
    """

    name: str
    limits: Mapping[str, float]
    weights: Mapping[str, float]
    typical: Mapping[str, float]
    ratings: tuple[float, float]
    knots: tuple[tuple[float, float], ...]
    wrong: float
    stress: float
    prior: float
    spread: float
    slips: float

    def evidence(self, phones: Sequence[str], signs: NDArray[np.float64]) -> NDArray[np.float64]:
        """[N] of each sound, for an accent; natives' have about 0 in the mean."""
        weights = np.array([self.weights.get(sign, 0.0) for sign in SIGNS])
        usual = np.array([self.typical.get(phone, 0.0) for phone in phones])
        return np.asarray(signs @ weights - usual, dtype=np.float64)

    def points(self, evidence: float) -> float:
        """Of a call without wrong sounds, from its evidence for each sound."""
        places, points = np.array(self.knots).T
        return float(np.interp(evidence, places, points))

    def left(self, wrong: float, sounds: int) -> float:
        """Share of the points that so many sounds surely wrong leave of a call, its words apart."""
        return 1 / (1 + wrong / (sounds + self.prior) / self.wrong)

    def margin(
        self, evidence: float, wrong: float, sounds: NDArray[np.float64], amiss: NDArray[np.float64], kept: float
    ) -> float:
        """Points by which chance alone may move the score of a call, either way. sounds, amiss: evidence of each sound,
        and how wrong it is: they vary as a native's do, and as they do in this call. kept: share of the points, by its
        words."""
        n = len(sounds)
        left = self.left(wrong, n)
        step = _spread(self.spread, sounds) * np.sqrt(n) / (n + self.prior)
        soft = kept * left * (self.points(evidence - step) - self.points(evidence + step)) / 2
        slips = _spread(self.slips, amiss) * np.sqrt(n) / (n + self.prior)
        hard = kept * self.points(evidence) * left**2 * slips / self.wrong
        return float(np.hypot(soft, hard))

    def expert(self, points: float) -> float:
        """Points of a sound by what experts would have said of it, so that natives are hardly ever flagged for that."""
        return float(np.interp(points, [0.0, self.limits.get("rated", FLAGGED), 100.0], [0.0, FLAGGED, 100.0]))

    def limit(self, kind: str, phone: str) -> float:
        return self.limits.get(f"{kind} {bare(phone)}", self.limits.get(kind, np.inf))


def _spread(usual: float, values: NDArray[np.float64]) -> float:
    """Standard deviation of some values, the usual one standing for as many as USUAL_SOUNDS more."""
    squares = float(((values - values.mean()) ** 2).sum())
    return float(np.sqrt((USUAL_SOUNDS * usual**2 + squares) / (USUAL_SOUNDS + len(values))))


def bare(phone: str) -> str:
    """Without the stress of English vowels, which have the same limits either way; Russian ones are sounds apart."""
    return phone.lstrip("ˈˌ") if phone.lstrip("ˈˌ") in ENGLISH_VOWELS else phone


@dataclass(frozen=True)
class SoundScore:
    """What a sound is worth.

    Attributes:
        points: 0-100.
        heard: the sound that took its place, where it is flagged for that ("" for none at all).
    """

    points: float
    heard: str | None


def signs(faults: Faults, gop: Sequence[float]) -> NDArray[np.float64]:
    """[N, signs] of the sounds of a call."""
    possible = faults.odds > ODDS_FLOOR
    doubtful = np.where(possible, np.clip(faults.odds, -4, 4) + 4, 0) / 8
    sure = np.where(possible, np.clip(faults.odds, -1, 5) + 1, 0) / 6
    unlike = -np.maximum(np.asarray(gop, dtype=np.float64), FLOOR)
    rows = [unlike / -FLOOR, np.clip(unlike, 0, 2) / 2, np.clip(unlike - 1, 0, 4) / 4, faults.foreign / 8]
    return np.column_stack([doubtful, sure, *rows])


def sound_scores(scale: Scale, phones: Sequence[str], faults: Faults) -> list[SoundScore]:
    """Of each sound, by the error that is worst against the limit of its kind."""
    if not phones:
        return []
    over = faults.odds - [[scale.limit(kind, phone) for kind in KINDS] for phone in phones]
    points = np.interp(over.max(axis=1), [-CLEAR, 0.0, SURE], [100.0, FLAGGED, 0.0]).tolist()
    rows = zip(points, over.argmax(axis=1).tolist(), faults.heard, strict=True)
    return [SoundScore(worth, heard[worst] if worth < FLAGGED else None) for worth, worst, heard in rows]


@dataclass(frozen=True)
class CallScore:
    """What a call is worth.

    Attributes:
        points: 0-100 of what was said.
        margin: points, either way; None where it is not known.
        deductions: what the points are missing for, the dearest first.
    """

    points: float
    margin: float | None
    deductions: tuple[Deduction, ...]


def word_points(sounds: Sequence[float]) -> float:
    """Of a word, from those of its sounds: their mean, less where one was clearly another. 0 of nothing."""
    if not sounds:
        return 0.0
    return max(0.0, float(np.mean(sounds)) - WORST_COUNTS * max(0.0, FLAGGED - min(sounds)))


def wrongness(points: float) -> float:
    """Of a sound, by its points: 0 where it is not flagged, 1 where it is surely another. Natives' few flagged sounds
    lie little beyond their limits, what was planted far: hence the square."""
    return max(0.0, (FLAGGED - points) / FLAGGED) ** 2


def understood(points: Sequence[float], words: Sequence[int], wrong_stress: Collection[int] = ()) -> float:
    """Share of the points that a call keeps by its words: all where few are wrong, ever less from a third of them on.
    points: of each sound; words: the number of the word that it is of. A word is as wrong as its worst sound, or as
    its stress."""
    worst = {word: 0.0 if word in wrong_stress else 100.0 for word in words}
    for score, word in zip(points, words, strict=True):
        worst[word] = min(worst[word], score)
    wrong = sum(max(0.0, FLAGGED - least) / FLAGGED for least in worst.values())
    return 1 - max(0.0, wrong / (len(worst) + 1) - FEW_WORDS)


def call_score(
    scale: Scale, phones: Sequence[str], words: Sequence[int], texts: Sequence[str], faults: Faults,
    gop: Sequence[float], scores: Sequence[SoundScore], wrong_stress: Sequence[int], ratings: Sequence[float] | None,
    by_stress: Sequence[bool] = (),
) -> CallScore:  # fmt: skip
    """Of the sounds that were said. words: of each sound, the number of its word among the texts; wrong_stress: the
    words that were stressed wrong; ratings: what experts would have said of accuracy and in all, 0-10; by_stress: the
    sounds that are others by a wrong stress, and cost nothing beside it."""
    stressed = np.array([*by_stress] or [False] * len(phones))
    sounds = scale.evidence(phones, signs(faults, gop))
    sounds = np.where(stressed, np.minimum(sounds, 0.0), sounds)
    share = 1 / (len(phones) + scale.prior)
    overall = sum(w * (1 - r / 10) for w, r in zip(scale.ratings, ratings or (10.0, 10.0), strict=True))
    evidence = share * float(sounds.sum()) + overall
    amiss = np.where(stressed, 0.0, [wrongness(score.points) for score in scores])
    wrong = float(amiss.sum()) + scale.stress * len(wrong_stress)
    unblamed = scale.points(evidence)
    kept = understood([score.points for score in scores], words, wrong_stress)
    points = unblamed * scale.left(wrong, len(phones)) * kept
    each = (unblamed - points) / wrong if wrong else 0.0
    flagged = ~stressed & np.array([score.points < FLAGGED for score in scores])
    soft = np.where(flagged, np.maximum(sounds, 0.0), 0.0)
    others = scale.points(evidence - share * float(soft.sum()))  # what the other sounds would have without these
    soft *= (others - unblamed) / max(float(soft.sum()), TINY)
    costs: dict[Key, float] = {}
    first: dict[Key, str] = {}
    for phone, word, score, cost, one, named in zip(phones, words, scores, soft, amiss, flagged, strict=True):
        if named:
            key = ("sound", phone, score.heard)
            costs[key] = costs.get(key, 0.0) + float(cost + each * one)
            first.setdefault(key, texts[word])
    for word in wrong_stress:
        costs[STRESSED] = costs.get(STRESSED, 0.0) + each * scale.stress
        first.setdefault(STRESSED, texts[word])
    margin = scale.margin(evidence, wrong, sounds, amiss, kept)
    return CallScore(points, margin, _named(100 - points, costs, first))


def _named(lost: float, costs: Mapping[Key, float], first: Mapping[Key, str]) -> tuple[Deduction, ...]:
    """The points lost, by what cost them; what is below a point goes to the rest."""
    if lost < LEAST_DEDUCTION:
        return ()
    dear = {key: cost for key, cost in costs.items() if cost >= LEAST_DEDUCTION}
    found = [Deduction(key[0], cost, key[1], key[2], first[key]) for key, cost in dear.items()]
    found.sort(key=lambda one: -one.points)
    rest = lost - sum(dear.values())
    return (*found, *([Deduction("overall", rest)] if rest > 0 else []))
