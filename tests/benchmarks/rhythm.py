"""Russian vowels that should be reduced, said in full on purpose, and how many are found. Slow, no test.

    python -m tests.benchmarks.rhythm [--calls N] [--json]

The voice of the Debian package festvox-ru (one of those that the phone model learnt from) reads calls as they are, and
with a second accent on every unstressed o of a word, which it then says in full. Needs festival.
"""

import argparse
import importlib.util
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import soxr

from trainer.audio.recording import SAMPLE_RATE, Recording
from trainer.live.program import Options, Program
from trainer.phrasebook.load import load
from trainer.scoring.rhythm import full_vowels

RENDER = Path(__file__).parents[2] / "audio" / "recipe" / "render.py"
ACUTE = "\u0301"
VOWELS = re.compile("[аеёиоуыэюя]", re.IGNORECASE)
QUIET = 0.2  # s before and after a call


def in_full(text: str) -> str:
    """Every unstressed o of a word of several syllables that has its accent gets one, too."""
    words = [
        re.sub(f"([оО])(?!{ACUTE})", rf"\1{ACUTE}", word) if ACUTE in word and len(VOWELS.findall(word)) > 1 else word
        for word in text.split(" ")
    ]
    return " ".join(words)


def measured(most: int) -> Iterator[dict[str, Any]]:
    """Of each call: words with a vowel in full and how many of them were found; of the call as it is: how many were
    blamed, and how many of its vowels could be."""
    spec = importlib.util.spec_from_file_location("render", RENDER)
    assert spec
    assert spec.loader
    render = sys.modules["render"] = importlib.util.module_from_spec(spec)  # its dataclasses look for it there
    spec.loader.exec_module(render)
    scorer = Program(Options(keep=False, threads=1)).scorer
    calls = [phrase for phrase in load().phrases if in_full(phrase.ru) != phrase.ru]
    for phrase in calls[:: max(1, len(calls) // most)][:most]:
        found = []
        for text in (in_full(phrase.ru), phrase.ru):
            take = render.festival(text)
            silence = np.zeros(round(QUIET * SAMPLE_RATE))
            samples = np.concatenate([silence, soxr.resample(take.wave, take.rate, SAMPLE_RATE), silence])
            found.append(scorer.score(Recording(samples.astype(np.float32), phrase.id, SAMPLE_RATE), phrase, "ru"))
        full, plain = found
        pairs = zip(phrase.ru.split(" "), in_full(phrase.ru).split(" "), strict=True)
        unstressed = [phone for word in plain.words for phone in word.phones if phone.phone in ("ɐ", "ə", "ɪ", "ɨ")]
        yield {
            "call": phrase.id, "words in full": sum(one != other for one, other in pairs),
            "found": len({vowel.at for vowel in full_vowels(full)}), "vowels": len(unstressed),
            "blamed": len(full_vowels(plain)),
        }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=24)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    rows = list(measured(arguments.calls))
    whole = {key: sum(row[key] for row in rows) for key in rows[0] if key != "call"}
    for row in (*rows, {"call": "all", **whole}):
        print(json.dumps(row, ensure_ascii=False) if arguments.json else row)


if __name__ == "__main__":
    main()
