"""What the scoring core reaches on real recordings. Slow, and no test: it prints figures.

    python tests/benchmarks/evidence.py learners CLIPS_DIR LABELS.json
    python tests/benchmarks/evidence.py native MANIFEST.tsv en|ru

learners: clips named KEY.opus of English learners with human phone scores 0-2 (speechocean762's labels as JSON).
native: a table with the columns path and text (Russian with stress marks) of people who speak their own language; words
outside the lexicon get drafted pronunciations.
"""

import csv
import json
import os
import random
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from rich.progress import track

from trainer.audio.files import read
from trainer.errors import UserError
from trainer.languages import Language
from trainer.phones.labels import ARPABET
from trainer.phrasebook.connected import Phones, connected
from trainer.phrasebook.drafting import drafted
from trainer.phrasebook.lexicon import lexicon
from trainer.phrasebook.text import tokens
from trainer.scoring import free
from trainer.scoring.align import align
from trainer.scoring.gop import diagnose, expected_phones
from trainer.speech.acoustic import AcousticModel

RIVALS = 20  # other texts of like length that the right one must beat
LEAST_WORDS = 3
FLAGGED_GOP = -3.2  # a phone score of 60

Ways = list[list[Phones]]


@dataclass(frozen=True)
class Utterance:
    """A recording, the words said, and texts of like length that were not."""

    clip: Path
    language: Language
    ways: Ways
    rivals: tuple[Ways, ...]


@dataclass(frozen=True)
class Outcome:
    gop: list[float]
    planted: float  # GOP of a phone that was not said, put in place of one that was
    fit: float
    rival_fits: list[float]
    words: int
    missing: int
    errors: int  # of the free decode against the text
    phones: int


@cache
def model() -> AcousticModel:
    return AcousticModel(threads=1)


def measure(utterance: Utterance) -> Outcome | None:
    """None where the recording cannot be scored."""
    try:
        posteriors = model().posteriors(read(utterance.clip))[utterance.language]
    except UserError:
        return None
    alignment = align(utterance.ways, posteriors)
    expected = expected_phones(utterance.ways, alignment.variants, posteriors.classes)
    if not expected:
        return None
    draw = random.Random(utterance.clip.name)
    place = draw.randrange(len(expected))
    others = [i for i in range(1, len(posteriors.classes.labels)) if i not in expected[place].classes]
    wrong = replace(expected[place], classes=frozenset([draw.choice(others)]), optional=False)
    planted = diagnose([*expected[:place], wrong, *expected[place + 1 :]], posteriors).evidence[place].gop
    heard = [posteriors.classes.labels.index(phone.label) for phone in free.decode(posteriors)]
    return Outcome(
        gop=[evidence.gop for evidence in diagnose(expected, posteriors).evidence],
        planted=planted,
        fit=alignment.fit,
        rival_fits=[align(ways, posteriors).fit for ways in utterance.rivals],
        words=len(utterance.ways),
        missing=alignment.variants.count(None),
        errors=edits([phone.classes for phone in expected], heard),
        phones=len(expected),
    )


def edits(expected: Sequence[frozenset[int]], heard: Sequence[int]) -> int:
    """Levenshtein distance, where any class that counts as the expected phone is the right one."""
    row = list(range(len(heard) + 1))
    for i, classes in enumerate(expected, start=1):
        diagonal, row[0] = row[0], i
        for j, label in enumerate(heard, start=1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (label not in classes))
    return row[-1]


def with_rivals(items: Sequence[tuple[Path, Ways]], language: Language) -> list[Utterance]:
    size = [sum(len(ways[0]) for ways in text) for _clip, text in items]
    found = []
    for i, (clip, text) in enumerate(items):
        near = [j for j in range(len(items)) if abs(size[j] - size[i]) <= max(2, size[i] // 8) and items[j][1] != text]
        random.Random(clip.name).shuffle(near)
        distinct = {str(items[j][1]): items[j][1] for j in near}
        found.append(Utterance(clip, language, text, tuple(distinct.values())[:RIVALS]))
    return found


def run(utterances: list[Utterance]) -> list[Outcome | None]:
    with ProcessPoolExecutor() as pool:
        return list(track(pool.map(measure, utterances, chunksize=8), "measuring", total=len(utterances)))


def area_under_curve(positive: Sequence[float], negative: Sequence[float]) -> float:
    """How often a value of the first kind is below one of the second."""
    ranks = np.argsort(np.argsort(-np.r_[positive, negative], kind="stable")) + 1
    n, m = len(positive), len(negative)
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * m))


def correlation(a: Sequence[float], b: Sequence[float]) -> float:
    return float(np.corrcoef(a, b)[0, 1])


def report(outcomes: list[Outcome]) -> None:
    long = [o for o in outcomes if o.words >= LEAST_WORDS and len(o.rival_fits) >= RIVALS // 2]
    gop = np.concatenate([o.gop for o in outcomes])
    show(
        "right text beats all others of like length",
        np.mean([o.fit > max(o.rival_fits) for o in long]),
        f"of {len(long)}",
    )
    show("AUC of GOP for a planted substitution", area_under_curve([o.planted for o in outcomes], gop))
    show("phones that score below 60", float((gop < FLAGGED_GOP).mean()))
    show("words taken for missing", sum(o.missing for o in outcomes) / sum(o.words for o in outcomes))
    show("phone error rate of the free decode", sum(o.errors for o in outcomes) / sum(o.phones for o in outcomes))


def show(name: str, value: float, more: str = "") -> None:
    print(f"{name:45} {value:.4f} {more}")


def learners(clips: Path, labels: Path) -> None:
    marked = json.loads(labels.read_text(encoding="utf-8"))
    items = [
        (clips / f"{key}.opus", [[tuple(ARPABET[p.rstrip("012")] for p in word["phones"])] for word in one["words"]])
        for key, one in marked.items()
    ]
    utterances = with_rivals(items, "en")
    # The correlations need a GOP for every marked phone, so here no word may be left out of the alignment.
    whole = [replace(utterance, rivals=()) for utterance in utterances]
    with ProcessPoolExecutor() as pool:
        gops = list(track(pool.map(gop_of_all, whole, chunksize=8), "phones", total=len(whole)))
    human = [score for one in marked.values() for word in one["words"] for score in word["phones_accuracy"]]
    show("correlation of GOP with phone scores", correlation([g for gop in gops for g in gop], human))
    totals = [one["total"] for one in marked.values()]
    show("correlation of mean GOP with utterance totals", correlation([float(np.mean(gop)) for gop in gops], totals))
    report([outcome for outcome in run(utterances) if outcome])


def gop_of_all(utterance: Utterance) -> list[float]:
    posteriors = model().posteriors(read(utterance.clip))[utterance.language]
    expected = expected_phones(utterance.ways, [0] * len(utterance.ways), posteriors.classes)
    return [evidence.gop for evidence in diagnose(expected, posteriors).evidence]


def native(manifest: Path, language: Language) -> None:
    with manifest.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    known = lexicon(language)
    items, words, unknown = [], 0, 0
    for row in rows:
        try:
            entries = {**drafted([row["text"]], known), **known.entries}
        except UserError:
            continue  # holds what cannot be read aloud
        keys = [token.key for token in tokens(row["text"], language)]
        if keys:
            items.append((Path(row["path"]), connected([entries[key] for key in keys], language)))
            words, unknown = words + len(keys), unknown + sum(key not in known for key in keys)
    show("words with drafted pronunciations", unknown / words, f"of {words}")
    outcomes = [outcome for outcome in run(with_rivals(items, language)) if outcome]
    show("recordings measured", len(outcomes), f"of {len(rows)}")
    report(outcomes)


if __name__ == "__main__":
    commands: dict[str, Callable[[], None]] = {
        "learners": lambda: learners(Path(sys.argv[2]), Path(sys.argv[3])),
        "native": lambda: native(Path(sys.argv[2]), "en" if sys.argv[3] == "en" else "ru"),
    }
    if len(sys.argv) != 4 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]]()
