"""Which call was it? Used where the expected one fits badly."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from trainer.languages import Language
from trainer.phrasebook.expectation import Expectation
from trainer.scoring import free_decode
from trainer.scoring.align import align
from trainer.scoring.posteriors import Posteriors

SHORTLIST = 8  # candidates nearest to the free decode that are then compared properly


@dataclass(frozen=True, eq=False)
class Candidate:
    phrase: str
    call: Expectation


@dataclass(frozen=True, eq=False)
class Identified:
    """The call that was most likely said.

    Attributes:
        fit: nats per phone, against the best free decode.
    """

    candidate: Candidate
    fit: float


def identify(posteriors: Mapping[Language, Posteriors], candidates: Iterable[Candidate]) -> Identified | None:
    """The candidate that fits best: a shortlist by edit distance from the free decode, then by CTC alignment."""
    from rapidfuzz.distance import Levenshtein

    heard = {language: [phone.label for phone in free_decode.decode(p)] for language, p in posteriors.items()}

    def far(candidate: Candidate) -> float:
        call = candidate.call
        labels = posteriors[call.language].classes
        said = [labels.labels[labels.of(phone)[0]] for phone in call.citation]
        return float(Levenshtein.normalized_distance(heard[call.language], said))

    best: Identified | None = None
    for candidate in sorted(candidates, key=far)[:SHORTLIST]:
        call = candidate.call
        found = Identified(candidate, align(call.ways, posteriors[call.language]).fit)
        if best is None or found.fit > best.fit:
            best = found
    return best
