"""Goodness of pronunciation without segmentation: one number and a diagnosis for every expected phone.

GOP of phone i = log P(expected sequence) - log of the sum over: the expected sequence, the same with phone i replaced
by every other class, and the same without phone i. All alignments are summed (Cao et al., arXiv 2507.16838,
2406.02060), so one wrong phone does not drag its neighbours down. It is 0 where nothing else could have been said, and
exp(GOP) is the probability of the expected phone against its alternatives.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trainer.languages import Language
from trainer.phones.fluent import leeway
from trainer.scoring import ctc
from trainer.scoring.assessment import DROPPED
from trainer.scoring.posteriors import PhoneClasses, Posteriors

Phones = tuple[str, ...]

FLOOR = -8.0  # nats; below it more evidence of a wrong sound says nothing more (best correlation with humans: 6 to 8)
ODDS_FLOOR = -16.0  # nats
ADDED = 0.9  # probability of a sound that counts as added; natives get one in 1,000 phones so, at 0.5 one in 160


@dataclass(frozen=True)
class Expected:
    """An expected phone.

    Attributes:
        word: number of the word it belongs to.
        classes: that count as it.
        optional: whether it may be left out.
    """

    phone: str
    word: int
    classes: frozenset[int]
    optional: bool = False


@dataclass(frozen=True)
class Evidence:
    """What the recording says of one expected phone.

    Attributes:
        gop: nats, log-probability of the phone against its alternatives.
        alternatives: (label, probability), most probable first; the label is DROPPED for a phone left out. Together
            with exp(gop) the probabilities of all alternatives add up to 1.
    """

    gop: float
    alternatives: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Inserted:
    """A sound that was added.

    Attributes:
        before: which expected phone; the number of phones: after the last.
        probability: of the sound, against none.
    """

    before: int
    label: str
    probability: float


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """What a recording says of a call's phones.

    Attributes:
        log_prob: nats, log P(expected sequence).
        odds: [phones, classes + 1] nats, log-probability of every alternative, the last column for a phone left out; as
            far down as `ODDS_FLOOR`, -inf where that is no error (`excused`).
        fluent: which phones fluent speech made otherwise or left out: of these there is nothing more to judge.
    """

    evidence: tuple[Evidence, ...]
    inserted: tuple[Inserted, ...]
    log_prob: float
    odds: NDArray[np.float64]
    fluent: frozenset[int] = frozenset()


def expected_phones(
    words: Sequence[Sequence[Phones]], chosen: Sequence[int | None], classes: PhoneClasses
) -> list[Expected]:
    """The phones of the chosen variants, without those of words that were left out (None).

    Where another acceptable variant differs in just one phone, that difference is no error either: its classes count
    too, or the phone becomes optional.
    """
    out = []
    for w, (variants, choice) in enumerate(zip(words, chosen, strict=True)):
        if choice is None:
            continue
        phones = variants[choice]
        accepted = [set(classes.of(phone).tolist()) for phone in phones]
        optional = [False] * len(phones)
        for variant in variants:
            if len(variant) == len(phones):
                differing = [i for i, (a, b) in enumerate(zip(phones, variant, strict=True)) if a != b]
                if len(differing) == 1:
                    accepted[differing[0]] |= set(classes.of(variant[differing[0]]).tolist())
            elif len(variant) == len(phones) - 1:
                for i in range(len(phones)):
                    optional[i] |= phones[:i] + phones[i + 1 :] == variant
        out += [Expected(p, w, frozenset(a), o) for p, a, o in zip(phones, accepted, optional, strict=True)]
    return out


def diagnose(
    expected: Sequence[Expected], posteriors: Posteriors, alternatives: int = 3, *, added: bool = True
) -> Diagnosis:
    """Evidence for every expected phone, and sounds that were added, unless these are not asked for."""
    accepted = np.zeros((len(expected), len(posteriors.classes.labels)), dtype=bool)
    for i, phone in enumerate(expected):
        accepted[i, list(phone.classes)] = True
    chain = ctc.Chain(posteriors.log_probs, accepted)
    sums = ctc.sums(chain)
    if sums.total == ctc.IMPOSSIBLE:  # fewer frames than phones: nothing of this can have been said
        nothing = Evidence(FLOOR, ((DROPPED, 1.0),))
        odds = np.full((len(expected), len(posteriors.classes.labels) + 1), ODDS_FLOOR)
        return Diagnosis((nothing,) * len(expected), (), ctc.IMPOSSIBLE, odds)

    replaced, more = ctc.detours(chain, sums, added=added)
    replaced[accepted] = ctc.IMPOSSIBLE
    dropped = ctc.deletions(chain, sums)
    dropped[[phone.optional for phone in expected]] = ctc.IMPOSSIBLE
    rivals = np.column_stack([replaced, dropped])
    everything = np.logaddexp(sums.total, np.logaddexp.reduce(rivals, axis=1))
    gop = np.maximum(sums.total - everything, FLOOR)
    labels = (*posteriors.classes.labels, DROPPED)
    evidence = tuple(
        Evidence(float(gop[i]), _top(np.exp(rivals[i] - everything[i]), labels, alternatives))
        for i in range(len(expected))
    )
    odds = np.maximum(rivals - everything[:, None], ODDS_FLOOR)
    return Diagnosis(evidence, _inserted(more, sums.total, labels), sums.total, odds)


def together(looks: Sequence[Diagnosis], classes: PhoneClasses) -> Diagnosis:
    """What several looks at a recording say of the same phones: of each, all that it may have been by the mean of its
    log-probabilities. What was added, and how well all fits, by the first one."""
    first = looks[0]
    if len(looks) == 1:
        return first
    gop = np.mean([[evidence.gop for evidence in look.evidence] for look in looks], axis=0)
    odds = np.mean([look.odds for look in looks], axis=0)
    everything = np.logaddexp(gop, np.logaddexp.reduce(odds, axis=1))
    gop, odds = gop - everything, np.maximum(odds - everything[:, None], ODDS_FLOOR)
    labels, alternatives = (*classes.labels, DROPPED), len(first.evidence[0].alternatives)
    evidence = tuple(
        Evidence(max(float(said), FLOOR), _top(np.exp(row), labels, alternatives))
        for said, row in zip(gop, odds, strict=True)
    )
    return replace(first, evidence=evidence, odds=odds)


def excused(language: Language, expected: Sequence[Expected], diagnosis: Diagnosis, classes: PhoneClasses) -> Diagnosis:
    """What is said of phones once what fluent speech makes of them where they stand counts as right, too."""
    given = leeway(language, [phone.phone for phone in expected], [phone.word for phone in expected])
    odds, labels = diagnosis.odds.copy(), (*classes.labels, DROPPED)
    evidence, fluent = list(diagnosis.evidence), []
    for i, (phone, free) in enumerate(zip(expected, given, strict=True)):
        right = {n for also in free.also for n in classes.of(also).tolist()} - phone.classes
        if free.lost:
            right.add(len(labels) - 1)
        if right:
            if odds[i, sorted(right)].max() > evidence[i].gop:
                fluent.append(i)
            gop = float(np.logaddexp.reduce([evidence[i].gop, *odds[i, sorted(right)]]))
            odds[i, sorted(right)] = -np.inf
            evidence[i] = Evidence(min(0.0, gop), _top(np.exp(odds[i]), labels, len(evidence[i].alternatives)))
    return replace(diagnosis, evidence=tuple(evidence), odds=odds, fluent=frozenset(fluent))


def _top(probabilities: NDArray[np.float64], labels: Sequence[str], n: int) -> tuple[tuple[str, float], ...]:
    order = np.argsort(probabilities)[::-1][:n]
    return tuple((labels[i], float(probabilities[i])) for i in order)


def _inserted(added: NDArray[np.float64], total: float, labels: Sequence[str]) -> tuple[Inserted, ...]:
    """added: [phones + 1, classes] nats of one more sound; total: of none."""
    everything = np.logaddexp(total, np.logaddexp.reduce(added, axis=1))
    label, best = added.argmax(axis=1), added.max(axis=1)
    probability = np.exp(best - everything)
    # One added sound makes neighbouring places look better, too: only the best among neighbours counts.
    around = np.concatenate([[ctc.IMPOSSIBLE], best, [ctc.IMPOSSIBLE]])
    peak = (best > around[:-2]) & (best >= around[2:])
    places = np.flatnonzero(peak & (probability > ADDED)).tolist()
    return tuple(Inserted(place, labels[label[place]], float(probability[place])) for place in places)
