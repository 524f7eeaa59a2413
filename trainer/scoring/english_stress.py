"""Was another syllable of an English word stressed?

Its vowels tell: the stressed one is full, the others weak, and a stress that was moved takes the fullness along. Of
each vowel the network's last layer is read, and the word is summed over all CTC alignments as it should be and as it
would be with the stress elsewhere; a fitted rule weighs both against what is usual of such vowels.

Only words are judged in which that is sure: of a word that a dictionary knows with one stress in all its ways and no
second one, that was not said as a weak form, the syllables that neither touch the stressed vowel nor end the word with
a vowel, which is full at the end of a breath whoever speaks.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.phones.inventory import Inventory, inventory
from trainer.scoring import ctc
from trainer.scoring.assessment import MISPLACED, Stress
from trainer.scoring.gop import Diagnosis, Expected
from trainer.scoring.posteriors import Posteriors

Array = NDArray[np.float64]
Phones = tuple[str, ...]

WEAK = ("ə", "ɚ", "ɪ")
AROUND = 2  # frames on either side of a vowel that still tell of it
CONTEXT = 6  # sounds on either side of a word's vowels that are summed over with it
SIGNS = 5  # of a vowel: the last layer's, and four ratios of sums
DEEP, HIGH = -16.0, 12.0  # nats: beyond them a ratio says nothing more
FARTHEST = 6.0  # spreads
CLEAR = -3.0  # nats, mean of a word's consonants: below it the word was not heard well enough to judge


@dataclass(frozen=True, eq=False)
class StressRule:
    """Fitted by models/recipe/phones/english_stress.py.

    Attributes:
        layer: [width] how much each part of the last layer tells of stress.
        usual: by vowel ("ə", or "ˈɛ" with the stress; "|" behind it in the last syllable), its signs where said right.
        spread: [SIGNS] of these.
        weights: [2 SIGNS] of the signs of a syllable against those of the stressed one, and of the latter themselves.
        start: what the evidence adds up from.
        limit: evidence above which the stress was heard elsewhere.
    """

    layer: Array
    usual: dict[str, tuple[float, ...]]
    spread: Array
    weights: Array
    start: float
    limit: float


@dataclass(frozen=True, eq=False)
class Heard:
    """What tells of the stress of one word.

    Attributes:
        vowels: named as in `StressRule.usual`.
        signs: [vowels, SIGNS].
    """

    vowels: tuple[str, ...]
    signs: Array
    stressed: int
    rivals: tuple[int, ...]


def signs_of(
    ways: Sequence[Phones], at: Sequence[int], expected: Sequence[Expected], spans: Sequence[tuple[int, int]],
    diagnosis: Diagnosis, own: Posteriors, hidden: NDArray[np.float32], layer: Array,
) -> Heard | None:  # fmt: skip
    """ways: all pronunciations of a word; at: which sounds of the call it has; layer: of a rule, [width] or, as long as
    there is none, the unit matrix. None where the word cannot be judged."""
    known = inventory("en")
    vowels = [i for i in at if known[expected[i].phone].kind == "vowel"]
    phones = [expected[i].phone for i in vowels]
    if len(phones) < 2 or not _one_stress(ways, phones, known):
        return None
    consonants = [diagnosis.evidence[i].gop for i in at if i not in vowels]
    if consonants and float(np.mean(consonants)) < CLEAR:
        return None
    stressed = next(n for n, phone in enumerate(phones) if phone.startswith("ˈ"))
    open_end = vowels[-1] == at[-1]
    rivals = tuple(
        n
        for n in range(len(vowels))
        if n != stressed
        and not (abs(n - stressed) == 1 and abs(vowels[n] - vowels[stressed]) == 1)
        and not (open_end and n == len(vowels) - 1)
    )
    if not rivals:
        return None
    layers = [hidden[max(0, spans[i][0] - AROUND) : spans[i][1] + AROUND].mean(axis=0) for i in vowels]
    ratios = np.zeros((len(vowels), SIGNS - 1))
    ratios[list(rivals)] = _ratios(vowels, stressed, rivals, expected, spans, own)
    signs = np.column_stack([np.array(layers) @ layer, ratios])
    names = tuple(f"{phone.replace('ˌ', '')}{'|' * (i == vowels[-1])}" for i, phone in zip(vowels, phones, strict=True))
    return Heard(names, signs, stressed, rivals)


def _one_stress(ways: Sequence[Phones], phones: Sequence[str], known: Inventory) -> bool:
    """Whether every way to say the word has its stress on the same syllable, and none has a second one."""
    places = set()
    for way in ways:
        vowels = [phone for phone in way if known[phone].kind == "vowel"]
        marked = [n for n, phone in enumerate(vowels) if phone.startswith("ˈ")]
        if len(marked) != 1 or any(phone.startswith("ˌ") for phone in vowels):
            return False
        places.add((len(vowels), marked[0]))
    return len(places) == 1 and any(phone.startswith("ˈ") for phone in phones)


def _ratios(
    vowels: Sequence[int], stressed: int, rivals: Sequence[int], expected: Sequence[Expected],
    spans: Sequence[tuple[int, int]], own: Posteriors,
) -> Array:  # fmt: skip
    """[rivals, 4] of the sums over the word: with the vowels of a stress moved there, with a full vowel there alone,
    with a weak one under the stress alone, with any vowels in both places, each against the word as it should be."""
    known, labels = inventory("en"), own.classes.labels
    every = [n for n, label in enumerate(labels) if label in known and known[label].kind == "vowel"]
    weak = [n for n in every if labels[n] in WEAK]
    full = [n for n in every if n not in weak]
    low, high = max(0, vowels[0] - CONTEXT), min(len(expected), vowels[-1] + CONTEXT + 1)
    first, last = max(0, spans[low][0] - AROUND), spans[high - 1][1] + AROUND
    frames = own.log_probs[first:last]
    accepted = np.zeros((high - low, frames.shape[1]), dtype=bool)
    for row, phone in zip(accepted, expected[low:high], strict=True):
        row[list(phone.classes)] = True

    def total(**instead: list[int]) -> float:
        changed = accepted.copy()
        for place, classes in instead.items():
            changed[where[place]] = False
            changed[where[place], classes] = True
        return ctc.sums(ctc.Chain(frames, changed)).total

    lost = [labels.index("ə")] if _bare(expected[vowels[stressed]].phone) == "ɪ" else weak
    where = {"stress": vowels[stressed] - low}
    right, under = total(), total(stress=lost)
    rows = []
    for rival in rivals:
        phone = expected[vowels[rival]]
        where["rival"] = vowels[rival] - low
        reducible = _bare(phone.phone) in WEAK
        gained = [*full, *([labels.index("ɪ")] if _bare(phone.phone) == "ə" else [])] if reducible else [*phone.classes]
        rows.append([
            total(stress=lost, rival=gained), total(rival=gained) if reducible else right, under,
            total(stress=every, rival=every),
        ])  # fmt: skip
    ratios = np.nan_to_num(np.array(rows) - right, nan=0.0, neginf=DEEP, posinf=HIGH)
    clipped: Array = np.clip(ratios, DEEP, HIGH)
    return clipped


def heard_stress(word: Heard, rule: StressRule) -> Stress:
    evidence = [float(evidence) for evidence in pairs(word, rule.usual, rule.spread) @ rule.weights + rule.start]
    best = int(np.argmax(evidence))
    # Even where the evidence is; at the limit as unlikely as a stress that counts as misplaced.
    right = 1 / (1 + np.exp(np.clip(evidence[best] / rule.limit, -9, 9) * np.log(1 / MISPLACED - 1)))
    return Stress(word.stressed, word.stressed if right >= MISPLACED else word.rivals[best], float(right))


def pairs(word: Heard, usual: dict[str, tuple[float, ...]], spread: Array) -> Array:
    """[rivals, 2 SIGNS] each rival's signs against the stressed syllable's, in spreads from what is usual."""
    expected = np.array([usual[name] for name in word.vowels])
    beyond = ((word.signs - word.signs.mean(axis=0)) - (expected - expected.mean(axis=0))) / spread
    stressed = beyond[word.stressed]
    rows = np.array([np.r_[beyond[rival] - stressed, stressed] for rival in word.rivals])
    clipped: Array = np.clip(rows, -FARTHEST, FARTHEST)
    return clipped


def _bare(phone: str) -> str:
    return phone.lstrip("ˈˌ")
