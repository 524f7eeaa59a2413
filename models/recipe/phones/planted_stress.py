"""Is stress heard where it was put? Calls of the phrasebook with the stress of one word moved, by synthetic voices.

    python -m recipe.phones.planted_stress texts OUT.tsv          # then speak them with corpus/render.py --language ru
    python -m recipe.phones.planted_stress measure OUT.tsv CLIPS_DIR --model DIR

Counts how many moved stresses are found, and how many of the other words of the same calls are blamed. `--manifest`
counts blame on natural speech instead (columns path and text).
"""

import argparse
import csv
import json
import random
from pathlib import Path

import numpy as np

from trainer.audio.files import read
from trainer.bundled import bundled
from trainer.errors import UserError
from trainer.live.scorer import heard
from trainer.phrasebook.drafting import with_drafts
from trainer.phrasebook.expectation import expect
from trainer.phrasebook.lexicon import lexicon
from trainer.phrasebook.load import load
from trainer.phrasebook.text import ACUTE, RUSSIAN_VOWELS, tokens
from trainer.scoring.assess import lay, stress_of
from trainer.scoring.assessment import MISPLACED, Stress
from trainer.scoring.stress import stressings
from trainer.speech.acoustic import AcousticModel


def moved(text: str, draw: random.Random) -> tuple[str, int] | None:
    """The text with the stress of one word on another syllable, and which word."""
    words = tokens(text, "ru")
    free = [i for i, token in enumerate(words) if stressings(text[token.start : token.end]) and "ё" not in token.key]
    if not free:
        return None
    at = draw.choice(free)
    word = text[words[at].start : words[at].end]
    expected, sounds = stressings(word)
    bare = word.replace(ACUTE, "")
    places = [i for i, letter in enumerate(bare.lower()) if letter in RUSSIAN_VOWELS]
    place = places[draw.choice([i for i in range(len(sounds)) if i != expected])]
    wrong = bare[: place + 1] + ACUTE + bare[place + 1 :]
    return text[: words[at].start] + wrong + text[words[at].end :], at


def texts(out: Path) -> None:
    draw = random.Random(1975)
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, quotechar=None)
        writer.writerow(["key", "text", "right", "word"])
        for phrase in load(bundled("phrasebooks") / "astp").phrases:
            if found := moved(phrase.text("ru"), draw):
                writer.writerow([f"moved-{phrase.id}", found[0], phrase.text("ru"), found[1]])


def stresses(model: AcousticModel, clip: Path, text: str) -> dict[int, Stress]:
    """Of every word with a choice; nothing where the recording does not fit."""
    try:
        call = expect(text, "ru", with_drafts(text, lexicon("ru")))
        sound = heard(model, read(clip))
    except UserError:
        return {}
    reading = lay(call.ways, "ru", sound)
    if reading.alignment.fit < -2:
        return {}
    found = {w: stress_of(reading, w, word) for w, word in enumerate(call.words)}
    return {w: stress for w, stress in found.items() if stress}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["texts", "measure"])
    parser.add_argument("table", type=Path)
    parser.add_argument("clips", type=Path, nargs="?")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--manifest", action="store_true")
    parser.add_argument("--every", type=int, default=1)
    arguments = parser.parse_args()
    if arguments.what == "texts":
        texts(arguments.table)
        return
    model = AcousticModel(arguments.model, threads=1)
    planted, right = [], []
    with arguments.table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[:: arguments.every]
    for row in rows:
        if arguments.manifest:
            right += stresses(model, arguments.table.parent / row["path"], row["text"]).values()
            continue
        for clip in sorted(arguments.clips.glob(f"{row['key']}-*.flac")):
            found = stresses(model, clip, row["right"])
            planted += [stress for w, stress in found.items() if w == int(row["word"])]
            right += [stress for w, stress in found.items() if w != int(row["word"])]
    for limit in (MISPLACED, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.005):
        blamed = [[s.heard != s.expected and s.probability < limit for s in group] for group in (planted, right)]
        shares = [float(np.mean(group)) if group else 0.0 for group in blamed]
        print(json.dumps({"limit": limit, "found": round(shares[0], 4), "of": len(planted),
                          "false_alarms": round(shares[1], 4), "of_right": len(right)}))  # fmt: skip


if __name__ == "__main__":
    main()
