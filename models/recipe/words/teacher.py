"""What the phone model hears in clips of a corpus, as targets for the small networks of words.

    python -m recipe.words.teacher CORPUS_DIR OUT_DIR --source so762

One run of the encoder serves both languages: what the Russian head makes of English learners teaches the Russian
network what two hundred throats have in common. OUT_DIR/en.f16 and ru.f16: probabilities [frames, classes], 50 frames
a second, one clip after the other; OUT_DIR/index.jsonl: the path of each clip, its first frame and their number. What
is there already is not heard again.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from trainer.audio.recording import Recording
from trainer.languages import LANGUAGES, Language
from trainer.speech.acoustic import AcousticModel

FRAMES_PER_SECOND = 50


class Targets:
    """What was heard in each clip, by its path."""

    def __init__(self, folder: Path, language: Language, classes: int) -> None:
        self._values = np.memmap(folder / f"{language}.f16", dtype=np.float16, mode="r").reshape(-1, classes)
        rows = map(json.loads, (folder / "index.jsonl").read_text(encoding="utf-8").splitlines())
        self._place = {row["path"]: slice(row["start"], row["start"] + row["frames"]) for row in rows}

    def __contains__(self, path: str) -> bool:
        return path in self._place

    def sounds(self, path: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Every sound as probabilities [sounds, classes] without the blank, and the time of its spike in seconds."""
        given = self._values[self._place[path]].astype(np.float32)
        best = np.where(given[:, 0] < 0.5, given[:, 1:].argmax(axis=1) + 1, 0)
        edges = np.flatnonzero(np.diff(best, prepend=-1))
        spans = [(a, b) for a, b in zip(edges, [*edges[1:], len(best)], strict=True) if best[a]]
        sounds = np.array([given[a:b].mean(axis=0) for a, b in spans], dtype=np.float32).reshape(-1, given.shape[1])
        sounds[:, 0] = 0.0
        times = np.array([(a + b - 1) / 2 / FRAMES_PER_SECOND for a, b in spans], dtype=np.float32)
        return sounds / sounds.sum(axis=1, keepdims=True), times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--source", nargs="+", required=True, help="which clips, by their source in the index")
    arguments = parser.parse_args()
    samples = np.memmap(arguments.corpus / "samples.i16", dtype=np.int16, mode="r")
    rows = map(json.loads, (arguments.corpus / "index.jsonl").read_text(encoding="utf-8").splitlines())
    clips = [row for row in rows if row["source"] in arguments.source and row["split"] == "train"]
    arguments.out.mkdir(parents=True, exist_ok=True)
    known = arguments.out / "index.jsonl"
    done = list(map(json.loads, known.read_text(encoding="utf-8").splitlines())) if known.exists() else []
    start = done[-1]["start"] + done[-1]["frames"] if done else 0
    heard_before = {row["path"] for row in done}
    clips = [clip for clip in clips if clip["path"] not in heard_before]
    model = AcousticModel(threads=1)
    files = {language: (arguments.out / f"{language}.f16").open("ab") for language in LANGUAGES}
    with known.open("a", encoding="utf-8") as index:
        for clip in track(clips, "listening"):
            heard = samples[clip["start"] : clip["start"] + clip["length"]].astype(np.float32) / 32768
            posteriors = model.posteriors(Recording(heard, clip["path"], 16_000))
            for language, file in files.items():
                np.exp(posteriors[language].log_probs).astype(np.float16).tofile(file)
            frames = len(posteriors["en"].log_probs)
            index.write(json.dumps({"path": clip["path"], "start": start, "frames": frames}) + "\n")
            start += frames
    for file in files.values():
        file.close()


if __name__ == "__main__":
    main()
