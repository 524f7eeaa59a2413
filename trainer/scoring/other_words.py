"""Which words of a call were said as other words: *closing* for *opening*, which no accent makes of it.

Such a word was not said, however well the rest was. It is told by its sounds, most of which are surely others of kinds
that no accent makes; or by another word of the calls that fits far better where it stands and is no way to mispronounce
it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from trainer.languages import Language
from trainer.scoring import ctc, free_decode
from trainer.scoring.faults import KINDS, Faults, Kind, kind_of
from trainer.scoring.gop import Diagnosis, Expected
from trainer.scoring.identify import Candidate
from trainer.scoring.posteriors import Posteriors

Phones = tuple[str, ...]

# What accents and fluent speech make of sounds: of these kinds alone no other word comes.
MILD: frozenset[Kind] = frozenset(
    {"softness", "voicing", "accent", "foreign", "reduction", "weak dropped", "weak dropped, fast"}
)
SURELY = -6.0  # GOP below which a sound was surely not said
FEWEST, MOST_OF = 3, 0.5  # so many sounds, and such a share of a word's, that were surely others make it another word
SHORTLIST = 4  # words nearest to what was heard that are compared
FAR_BETTER = 8.0  # nats by which another word must fit better
FITS = -1.0  # nats for each sound, against the best free decode, that it may lack
APART = 2  # sounds by which it must differ, not counting what an accent makes


def said_as_others(
    language: Language, expected: Sequence[Expected], diagnosis: Diagnosis, faults: Faults,
    spans: Sequence[tuple[int, int]], posteriors: Posteriors, calls: Iterable[Candidate],
) -> frozenset[int]:  # fmt: skip
    """Numbers of the words that were said as others. diagnosis, faults: of the sounds; spans: their frames; calls: of
    these some word may have been said instead, which is asked only where a word is doubtful."""
    sounds: defaultdict[int, list[int]] = defaultdict(list)
    for i, phone in enumerate(expected):
        sounds[phone.word].append(i)
    gross = [
        evidence.gop < SURELY and KINDS[int(odds.argmax())] not in MILD
        for evidence, odds in zip(diagnosis.evidence, faults.odds, strict=True)
    ]
    found = set()
    known: list[Phones] | None = None
    for word, those in sounds.items():
        wrong = sum(gross[i] for i in those)
        if not wrong:
            continue
        if wrong >= max(FEWEST, MOST_OF * len(those)):
            found.add(word)
            continue
        known = list(_ways(language, calls)) if known is None else known
        start = spans[those[0] - 1][1] if those[0] else 0
        end = spans[those[-1] + 1][0] if those[-1] + 1 < len(spans) else len(posteriors.log_probs)
        if _another(language, tuple(expected[i].phone for i in those), known, posteriors, slice(start, end)):
            found.add(word)
    return frozenset(found)


def _ways(language: Language, calls: Iterable[Candidate]) -> Iterator[Phones]:
    """How the words of calls are said, each once."""
    own = (one.call for one in calls if one.call.language == language)
    yield from dict.fromkeys(ways[0] for call in own for ways in call.ways)


def _another(language: Language, word: Phones, known: Sequence[Phones], posteriors: Posteriors, frames: slice) -> bool:
    """Whether another word stands where this one ought to."""
    from rapidfuzz.distance import Levenshtein

    there = Posteriors(posteriors.log_probs[frames], posteriors.classes, posteriors.frames_per_second)
    if not len(there.log_probs):
        return False
    heard = [phone.label for phone in free_decode.decode(there)]
    nearest = sorted(known, key=lambda one: Levenshtein.normalized_distance(heard, one))[:SHORTLIST]
    others = [one for one in nearest if _apart(language, word, one) >= APART]
    if not others:
        return False
    least, free = _log_prob(word, there) + FAR_BETTER, free_decode.log_prob(there)
    return any(_log_prob(one, there) > max(least, free + FITS * len(one)) for one in others)


def _log_prob(phones: Phones, posteriors: Posteriors) -> float:
    return ctc.log_prob(posteriors.log_probs, [posteriors.classes.of(phone).tolist() for phone in phones])


def _apart(language: Language, one: Phones, other: Phones) -> int:
    """By how many sounds two words differ, where what an accent makes of a sound is no difference."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        above, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            same = a == b or kind_of(language, a, b) in MILD
            above, row[j] = row[j], min(above + (not same), row[j] + 1, row[j - 1] + 1)
    return row[-1]
