"""Where each sound of a corpus lies, for the training of a small network of words.

    python -m recipe.words.align en|ru CORPUS_DIR TARGETS_DIR OUT_DIR [--network RUN_DIR/model.safetensors]

Of a clip it takes what should be said (the index of the corpus) and what the phone model hears (teacher.py), which
knows how alike sounds are; of clips of the other language the latter alone. A sound of the teacher is a spike of a
frame or two that may stand a tenth of a second off. So without a network each sound reaches halfway to the next one; a
network that was trained on that then tells better where they lie, by Viterbi, and is trained again on what it found.

OUT_DIR: index.jsonl (path, and the rows of its one or two readings), sounds.f16 (probabilities [sounds, classes]),
spans.f32 (their beginnings and ends in seconds).
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import track

from recipe.classes import CLASSES
from recipe.paths import spread, viterbi
from recipe.phones.train import Corpus
from recipe.words.export import prior_of, read
from recipe.words.features import cosines, log_mel
from recipe.words.network import WordNetwork
from recipe.words.teacher import Targets

FRAME = 0.03  # s of output
LONGEST = 12.0  # s
LOUD, QUIET = 6.0, 0.4  # nats a frame of silence where it is louder than this share of the way from soft to loud
PRIOR = 0.7

Array = NDArray[np.float32]
Spans = NDArray[np.float32]  # [sounds, 2] seconds: from and to


class Aligned:
    """Targets by the path of a clip."""

    def __init__(self, folder: Path, classes: int) -> None:
        self._sounds = np.memmap(folder / "sounds.f16", dtype=np.float16, mode="r").reshape(-1, classes)
        self._spans = np.fromfile(folder / "spans.f32", dtype=np.float32).reshape(-1, 2)
        rows = map(json.loads, (folder / "index.jsonl").read_text(encoding="utf-8").splitlines())
        self._readings = {row["path"]: row["readings"] for row in rows}

    def __contains__(self, path: str) -> bool:
        return path in self._readings

    def at(self, path: str, seconds: NDArray[np.float64]) -> Array:
        """Probabilities [len(seconds), classes] at times of the clip: the mean of its readings."""
        readings = self._readings[path]
        targets = np.zeros((len(seconds), self._sounds.shape[1]), dtype=np.float32)
        for first, count in readings:
            spans = self._spans[first : first + count]
            which = np.maximum(np.searchsorted(spans[:, 0], seconds, side="right") - 1, 0)
            inside = (spans[which, 0] <= seconds) & (seconds < spans[which, 1])
            targets[inside] += self._sounds[first + which[inside]] / len(readings)
            targets[~inside, 0] += 1 / len(readings)
        return targets


def placed(network: WordNetwork, prior: Array, samples: Array, readings: list[Array]) -> list[Spans | None]:
    """Where the sounds [sounds, classes] of each reading of a clip lie, by a network. None where they are too many."""
    mel = log_mel(samples)
    with torch.inference_mode():
        log_probs = network(torch.from_numpy(mel @ cosines().T)[None])[0].numpy()
    likely = log_probs - prior
    loudness = np.convolve(np.pad(mel.mean(axis=1), 4, mode="edge"), np.full(9, 1 / 9), "valid")[::3]
    soft, loud = np.percentile(loudness, [5, 95])
    silence = likely[:, 0] - LOUD * (loudness > soft + QUIET * (loud - soft))
    frames = [viterbi(np.log(np.exp(likely) @ sounds.T + 1e-9), silence) for sounds in readings]
    return [None if found is None else (found * FRAME).astype(np.float32) for found in frames]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("language", choices=("en", "ru"))
    parser.add_argument("corpus", type=Path)
    parser.add_argument("targets", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--network", type=Path)
    arguments = parser.parse_args()
    language, classes = arguments.language, len(CLASSES[arguments.language])
    corpus = Corpus(arguments.corpus)
    taught = Targets(arguments.targets, language, classes)
    torch.set_num_threads(1)
    if arguments.network:
        network, heard_of = read(arguments.network)
        prior = prior_of(heard_of, PRIOR)
    lengths = {clip["path"]: clip["length"] for clip in corpus.clips}
    originals = {Path(clip["path"]).stem: clip["path"] for clip in corpus.clips if clip["source"] == "festvox"}
    clips = [clip for clip in corpus.clips if clip["split"] == "train" and clip["length"] <= LONGEST * 16_000]
    arguments.out.mkdir(parents=True, exist_ok=True)
    start = missed = 0
    with (
        (arguments.out / "sounds.f16").open("wb") as sounds_file,
        (arguments.out / "spans.f32").open("wb") as spans_file,
        (arguments.out / "index.jsonl").open("w", encoding="utf-8") as index,
    ):
        for clip in track(clips, "aligning"):
            # a made voice says what its original says, in a tempo of its own
            made = clip["source"] == "converted"
            path = originals.get(Path(clip["path"]).stem.rsplit("-", 1)[0], "") if made else clip["path"]
            heard = [taught.sounds(path)] if path in taught else []
            readings = [sounds for sounds, _times in heard if len(sounds)]
            if arguments.network:
                if clip["language"] == language:
                    readings.append(np.eye(classes, dtype=np.float32)[corpus.target(clip)])
                spans = placed(network, prior, corpus.heard(clip), readings) if readings else []
            else:
                tempo = clip["length"] / lengths[path] if heard else 1.0
                spans = [spread(times * tempo) for _sounds, times in heard if len(times)]
            missed += any(found is None for found in spans)
            rows = []
            for sounds, found in zip(readings, spans, strict=True):
                if found is not None:
                    sounds.astype(np.float16).tofile(sounds_file)
                    found.tofile(spans_file)
                    rows.append((start, len(found)))
                    start += len(found)
            if rows:
                index.write(json.dumps({"path": clip["path"], "readings": rows}) + "\n")
    print(f"{start} sounds; {missed} clips are too short for a reading of theirs")


if __name__ == "__main__":
    main()
