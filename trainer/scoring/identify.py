"""Which call was it? Used where the expected one fits badly."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from trainer.languages import Language
from trainer.scoring import free
from trainer.scoring.align import align
from trainer.scoring.expectation import Expectation
from trainer.speech.acoustic import Posteriors

SHORTLIST = 8  # candidates nearest to the free decode that are then compared properly


@dataclass(frozen=True, eq=False)
class Candidate:
    phrase: str
    call: Expectation


@dataclass(frozen=True, eq=False)
class Identified:
    candidate: Candidate
    fit: float


def fit(log_prob: float, phones: int, posteriors: Posteriors) -> float:
    """How much worse than the best free decode a text explains the sound, in nats per phone."""
    return (log_prob - free.log_prob(posteriors)) / max(1, phones)


def identify(posteriors: Mapping[Language, Posteriors], candidates: Iterable[Candidate]) -> Identified | None:
    """The candidate that fits best: a shortlist by edit distance from the free decode, then by CTC alignment."""
    from rapidfuzz.distance import Levenshtein

    heard = {language: [phone.label for phone in free.decode(p)] for language, p in posteriors.items()}

    def far(candidate: Candidate) -> float:
        call = candidate.call
        labels = posteriors[call.language].classes
        said = [labels.labels[labels.of(phone)[0]] for phone in call.citation]
        return float(Levenshtein.normalized_distance(heard[call.language], said))

    best: Identified | None = None
    for candidate in sorted(candidates, key=far)[:SHORTLIST]:
        call = candidate.call
        alignment = align(call.ways, posteriors[call.language])
        if alignment:
            found = Identified(candidate, fit(alignment.log_prob, len(alignment.spans), posteriors[call.language]))
            if best is None or found.fit > best.fit:
                best = found
    return best
