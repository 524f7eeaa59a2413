"""Pitch against pyworld, and tunes, on natives' recordings and on the same with other tunes planted. Slow, no test.

    python -m tests.benchmarks.melody ru|en FOLDER [--clips N] [--json]

FOLDER holds clips.tsv (path, text with stress marks in Russian, speaker). Of every second speaker's recordings limits
may be looked at; `half` says which a row is of. Planted with WORLD: a statement at the rule's centre, questions there
and at other words that are said in full. Printed are figures by class, each with its number.
"""

import argparse
import csv
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyworld

from trainer.audio.files import read
from trainer.audio.recording import SAMPLE_RATE, Recording
from trainer.errors import UserError
from trainer.languages import Language
from trainer.live.program import Options, Program
from trainer.phones.inventory import inventory
from trainer.phrasebook.drafting import with_drafts
from trainer.phrasebook.expectation import expect
from trainer.phrasebook.intonation import Sentence, sentences
from trainer.phrasebook.lexicon import Lexicon, lexicon
from trainer.scoring.assessment import Assessment
from trainer.scoring.melody import Direction, Heard, contour, stressed_vowel, track, tunes
from trainer.scoring.rhythm import full_forms, full_vowels

FRAME = 5.0  # ms of WORLD
NEAR = 0.2  # of the pitch: farther is another octave or nothing of the voice
QUESTION, FALL = 7.0, -3.0  # semitones of a planted Russian question in its centre, and after it


class World:
    """A voice taken apart, to be put together with another pitch."""

    def __init__(self, samples: np.ndarray) -> None:
        self.samples = samples.astype(np.float64)
        self.pitch, self.times = pyworld.harvest(self.samples, SAMPLE_RATE, frame_period=FRAME)
        self.envelope = pyworld.cheaptrick(self.samples, self.pitch, self.times, SAMPLE_RATE)
        self.noise = pyworld.d4c(self.samples, self.pitch, self.times, SAMPLE_RATE)

    def said(self, semitones: np.ndarray) -> np.ndarray:
        """semitones: of every frame, against the median of the voice."""
        voiced = self.pitch > 0
        pitch = np.where(voiced, np.median(self.pitch[voiced]) * 2 ** (semitones / 12), 0.0)
        return pyworld.synthesize(pitch, self.envelope, self.noise, SAMPLE_RATE, FRAME).astype(np.float32)


def question(times: np.ndarray, said: Assessment, sentence: Sentence, centre: int) -> np.ndarray:
    """Russian: a jump within the centre, low after it. English: low to the nucleus, and up to the end."""
    vowel = stressed_vowel(said.words[centre], said)
    last = max(word.end for word in said.words[slice(*sentence.words)])
    if said.language == "ru":
        places = [0.0, vowel.start, vowel.end + 0.04, vowel.end + 0.16, last]
        return np.interp(times, places, [0.5, 0.0, QUESTION, FALL, FALL - 1])
    return np.interp(times, [0.0, vowel.start, last], [0.0, -2.0, 6.0])


def statement(times: np.ndarray, said: Assessment, sentence: Sentence) -> np.ndarray:
    vowel = stressed_vowel(said.words[sentence.centre], said)
    last = max(word.end for word in said.words[slice(*sentence.words)])
    return np.interp(times, [0.0, vowel.start, vowel.end, last], [2.0, 0.5, -3.0, -5.0])


def measured(language: Language, folder: Path, most: int) -> Iterator[tuple[str, str, Any]]:
    """Figures of one clip each: half, name, value."""
    scorer = Program(Options(keep=False, threads=1)).scorer
    rows = list(csv.DictReader((folder / "clips.tsv").open(encoding="utf-8", newline=""), delimiter="\t"))
    speakers = sorted({row["speaker"] for row in rows})
    for row in rows[:most]:
        half = "limits" if speakers.index(row["speaker"]) % 2 else "measured"
        try:
            known = with_drafts(row["text"], lexicon(language))
            wanted = expect(row["text"], language, known)
            samples = read(folder / row["path"]).samples
            said = scorer.score_piece(Recording(samples, row["path"], SAMPLE_RATE), wanted)
        except UserError as error:
            print(row["path"], error, file=sys.stderr)
            continue
        world = World(samples)
        for name, value in _pitch(world):
            yield half, name, value
        (sentence, *others) = sentences(row["text"], language, known)
        words = said.words[slice(*sentence.words)]
        if said.verdict != "scored" or others or any(word.end is None or not word.phones for word in words):
            continue
        for name, value in (
            *_rhythm(said, sentence, known),
            *_tunes(world, said, sentence, row["text"].rstrip()),
        ):
            yield half, name, value


def _pitch(world: World) -> Iterator[tuple[str, Any]]:
    times, ours = track(world.samples.astype(np.float32), SAMPLE_RATE)
    theirs = world.pitch[np.minimum(np.round(times / (FRAME / 1000)).astype(int), len(world.pitch) - 1)]
    both = (ours > 0) & (theirs > 0)
    if both.sum() < 10:
        return
    cents = np.abs(1200 * np.log2(ours[both] / theirs[both]))
    yield "pitch: error, cents, median of a clip's windows", float(np.median(cents))
    yield "pitch: windows within a fifth", float(np.mean(np.abs(ours[both] / theirs[both] - 1) < NEAR))
    yield "pitch: correlation", float(np.corrcoef(np.log(ours[both]), np.log(theirs[both]))[0, 1])
    yield "voicing: windows alike", float(np.mean((ours > 0) == (theirs > 0)))
    yield "voicing: of theirs found", float(np.mean(ours[theirs > 0] > 0))
    yield "voicing: of ours theirs", float(np.mean(theirs[ours > 0] > 0))


def _rhythm(said: Assessment, sentence: Sentence, known: Lexicon) -> Iterator[tuple[str, Any]]:
    """What natives say is not to be blamed."""
    unstressed = sum(
        inventory(said.language)[phone.phone].stressed is False for word in said.words for phone in word.phones
    )
    blamed = len(full_vowels(said))
    yield from (("natives' reduced vowels blamed", float(at < blamed)) for at in range(unstressed))
    forms = len(full_forms(said, [sentence], known))
    yield from (("natives' weak words blamed", float(at < forms)) for at in range(len(sentence.weak)))


def _tunes(world: World, said: Assessment, sentence: Sentence, text: str) -> Iterator[tuple[str, Any]]:
    def heard(samples: np.ndarray, rises: bool, centre: int) -> Heard | None:
        tune = {True: {"ru": "IK-3", "en": "rise"}, False: {"ru": "IK-1", "en": "fall"}}[rises][said.language]
        meant = replace(sentence, tune=tune, centre=centre)
        return next(iter(tunes(contour(samples, SAMPLE_RATE), said, [meant])), None)

    def went(found: Heard | None, direction: Direction) -> float | None:
        return None if found is None else float(found.direction == direction)

    natural = world.samples.astype(np.float32)
    if sentence.tune in ("IK-1", "fall") and not text.endswith(("?", "...", "…")):
        yield "natives' statements: fall", went(heard(natural, False, sentence.centre), "fall")
    stated = world.said(statement(world.times, said, sentence))
    yield "planted statements: fall", went(heard(stated, False, sentence.centre), "fall")
    full = [at for at in range(*sentence.words) if at not in sentence.weak and stressed_vowel(said.words[at], said)]
    for centre in dict.fromkeys((sentence.centre, *full[:: max(1, len(full) // 2)])):
        asked = world.said(question(world.times, said, sentence, centre))
        yield "planted questions: rise", went(heard(asked, True, centre), "rise")
        found = heard(asked, True, sentence.centre)
        if found is None or (found.direction == "fall" and found.place is None):
            continue
        if centre == sentence.centre:
            yield "planted questions at the centre: misplaced", float(found.misplaced)
        else:
            yield "planted questions elsewhere: misplaced", float(found.misplaced)
            if found.misplaced:
                yield "planted questions elsewhere, misplaced: the word", float(found.place == centre)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("language", choices=("ru", "en"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clips", type=int, default=1_000)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    figures: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    unheard: defaultdict[tuple[str, str], int] = defaultdict(int)
    for half, name, value in measured(arguments.language, arguments.folder, arguments.clips):
        for part in (half, "all"):
            if value is None:
                unheard[part, name] += 1
            else:
                figures[part, name].append(value)
    for (half, name), values in sorted(figures.items()):
        row = {
            "language": arguments.language, "half": half, "figure": name, "n": len(values),
            "mean": round(float(np.mean(values)), 4), "median": round(float(np.median(values)), 4),
            "too little heard": unheard[half, name],
        }  # fmt: skip
        print(json.dumps(row, ensure_ascii=False) if arguments.json else row)


if __name__ == "__main__":
    main()
