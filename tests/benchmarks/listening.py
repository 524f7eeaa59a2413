"""Our Vosk model over an hour of what is no speech, and on speech with pauses. Slow, and no test: it prints figures.

    python -m tests.benchmarks.listening en|ru MANIFEST.tsv [--minutes 60] [--folder MODEL]

An hour of hiss, hum, silence and chords goes by as fast as it is heard, with a call of the mission expected: time,
memory, words heard. Then clips of the table, two at a time with pauses of 0.3 to 1.5 s between them and a free
vocabulary: after how much silence the recogniser calls the first one over.
"""

import argparse
import csv
import json
import resource
import time
from pathlib import Path

import numpy as np

from trainer.audio.files import read
from trainer.audio.recording import SAMPLE_RATE
from trainer.bundled import bundled
from trainer.languages import Language
from trainer.phrasebook.load import load
from trainer.scoring.hypothesis import UNKNOWN
from trainer.speech import vocabulary
from trainer.speech.vosk import FULL_SCALE, VoskWords

CALL = 30.0  # s that one key is down
BLOCK = 1600


def no_speech(kind: str, draw: np.random.Generator) -> np.ndarray:
    at = np.arange(int(CALL * SAMPLE_RATE)) / SAMPLE_RATE
    if kind == "silence":
        return np.zeros_like(at, dtype=np.float32)
    if kind == "noise":
        return (draw.normal(size=len(at)) * 10 ** draw.uniform(-3, -1)).astype(np.float32)
    if kind == "hum":
        return (0.05 * np.sin(2 * np.pi * 50 * at) + 0.002 * draw.normal(size=len(at))).astype(np.float32)
    sound = np.zeros_like(at)  # music: four voices, a note of each every half second
    for note in range(int(CALL * 2)):
        part = slice(note * SAMPLE_RATE // 2, (note + 1) * SAMPLE_RATE // 2)
        for pitch in 220 * 2 ** (draw.choice([0, 2, 4, 5, 7, 9, 11, 12], 4) / 12) * draw.choice([0.5, 1, 2], 4):
            tone = sum(np.sin(2 * np.pi * pitch * k * at[part]) / k for k in range(1, 6))
            sound[part] += tone * np.exp(-4 * (at[part] - at[part][0]))
    return (0.2 * sound / np.abs(sound).max()).astype(np.float32)


def memory() -> float:
    """Megabytes at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("language", choices=("en", "ru"))
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--folder", type=Path, help="another Vosk model than the built-in one")
    arguments = parser.parse_args()
    language: Language = arguments.language
    folder = arguments.folder or vocabulary.built_in(language)
    assert folder, "no built-in model for this language"
    recogniser = VoskWords(folder, language)
    recogniser.load()
    draw, calls = np.random.default_rng(1), [p.text(language) for p in load(bundled("phrasebooks") / "astp").phrases]
    kinds, false = ("noise", "hum", "silence", "music"), dict.fromkeys(("noise", "hum", "silence", "music"), 0)
    before, begun, rounds = memory(), time.thread_time(), int(arguments.minutes * 60 / CALL)
    longest = 0.0
    for n in range(rounds):
        kind = kinds[n % len(kinds)]
        sound, started = no_speech(kind, draw), time.thread_time()
        stream = recogniser.listen([calls[n % len(calls)]], calls[:40])
        for at in range(0, len(sound), BLOCK):
            stream.feed(sound[at : at + BLOCK])
        false[kind] += sum(word.text != UNKNOWN for word in stream.finish().words)
        longest = max(longest, time.thread_time() - started)
        if n == len(kinds):
            before = memory()
    spent = time.thread_time() - begun
    print(f"{rounds * CALL / 60:.0f} minutes without speech in {spent:.0f} s of one core")
    print(f"the slowest {CALL:.0f} s took {longest:.1f} s")
    print(f"memory {before:.0f} MB after the first two minutes, {memory():.0f} MB at the end; words heard: {false}")

    import vosk

    with arguments.manifest.open(encoding="utf-8", newline="") as file:
        paths = [arguments.manifest.parent / row["path"] for row in csv.DictReader(file, delimiter="\t")][:24]
    ends: list[float] = []
    split = {0.3: 0, 0.7: 0, 1.0: 0, 1.5: 0}
    for first, second in zip(paths[::2], paths[1::2], strict=False):
        for pause in split:
            hiss = draw.normal(0, 0.0005, int(pause * SAMPLE_RATE)).astype(np.float32)
            left, right = (np.trim_zeros(read(path).samples) for path in (first, second))
            sound = (np.clip(np.concatenate([left, hiss, right]), -1, 1) * FULL_SCALE).astype("<i2")
            heard = vosk.KaldiRecognizer(recogniser.model, float(SAMPLE_RATE))
            for at in range(0, len(sound), BLOCK):
                if heard.AcceptWaveform(sound[at : at + BLOCK].tobytes()) and json.loads(heard.Result())["text"]:
                    after = (at + BLOCK - len(left)) / SAMPLE_RATE
                    if 0 < after < pause + 0.4:
                        split[pause] += 1
                        ends.append(after)
                    break
    n = len(paths) // 2
    print("first clip ended at the pause: " + ", ".join(f"{pause} s {hit}/{n}" for pause, hit in split.items()))
    if ends:
        print(f"silence before the end was called, median {np.median(ends):.2f} s")


if __name__ == "__main__":
    main()
