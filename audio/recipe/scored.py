"""Let the trainer's own scorer judge the reference readings, and write the manifest of those that all judges let pass.

    python scored.py --phrases ../../phrasebooks/astp ../../phrasebooks/station ../../phrasebooks/checklist \
        --into ../reference [--again]

Runs with the trainer's Python, not with that of the voices. What it says goes into reference.tsv: the points, the
number of sounds, those below 60 points (expected>heard:points) and the words that were not heard.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from reference import keep, publish, read_record

from trainer.audio.files import read
from trainer.live.model_reading import WEAK
from trainer.live.scorer import Scorer
from trainer.phrasebook.lexicon import of_book
from trainer.phrasebook.load import load
from trainer.speech.acoustic import AcousticModel

AT_ONCE = 20  # rows, between two writings of the record


def judged(row: dict[str, str], scorer: Scorer, clip: Path) -> dict[str, str]:
    phrase = scorer.book.find(row["phrase"])
    found = scorer.score(read(clip), phrase, row["language"])
    weak = [
        f"{word.text}[{phone.phone}>{phone.heard or ''}:{phone.score:.0f}]"
        for word in found.words
        for phone in word.phones
        if phone.score < WEAK
    ]
    unheard = [word.text for word in found.words if word.missing or found.verdict != "scored"]
    return row | {
        "score": f"{float(found.score or 0):.1f}",
        "sounds": str(sum(len(word.phones) for word in found.words)),
        "weak": " ".join(weak),
        "unheard": " ".join(unheard),
    }


def unjudged(books: list[Path], into: Path, again: bool) -> Iterator[dict[str, str]]:
    model, record = AcousticModel(), read_record()
    for path in books:
        book = load(path)
        scorer = Scorer(book, model, of_book(path))
        calls = {phrase.id for phrase in book.phrases}
        for row in record.values():
            if row["phrase"] in calls and (again or not row["score"]) and (into / row["path"]).exists():
                yield judged(row, scorer, into / row["path"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--phrases", type=Path, nargs="+", required=True, help="the phrasebooks; all of them, always")
    parser.add_argument("--into", type=Path, required=True, help="audio/reference")
    parser.add_argument("--again", action="store_true", help="judge what was judged before, too")
    args = parser.parse_args()
    rows: list[dict[str, str]] = []
    for n, row in enumerate(unjudged(args.phrases, args.into, args.again), 1):
        rows.append(row)
        if len(rows) == AT_ONCE:
            keep(rows)
            rows = []
            print(n, row["path"], row["score"], flush=True)
    keep(rows)
    publish(args.phrases, args.into)
    return 0


if __name__ == "__main__":
    sys.exit(main())
