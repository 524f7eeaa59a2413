"""Does a model's way through espeak's labels keep what the model heard? No test: it prints figures.

    python -m tests.benchmarks.foreign_labels CLIPS_FOLDER...

The built-in model's own posteriors are written in espeak's labels, pairs that espeak writes as one label drawn
together, and read back as those of a model of Hugging Face would be. Then both ways score the same clips (folders with
a clips.tsv). What differs is the reading of the labels, not the hearing.
"""

import os
import sys
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from rich.progress import track

from trainer.audio.files import read
from trainer.audio.manifest import clips
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.live.scorer import Scorer
from trainer.phones.labels import from_espeak
from trainer.phrasebook.load import load
from trainer.scoring.free_decode import decode
from trainer.scoring.posteriors import Posteriors
from trainer.speech.acoustic import AcousticModel
from trainer.speech.hub import reading

# How espeak names the sounds that our inventories write otherwise, and the pairs it writes as one.
NAMES: dict[Language, dict[str, str]] = {
    "en": {"ɝ": "ɜː", "ʌ": "ʌ"},
    "ru": {
        "ɐ": "ʌ", "ˈa": "ɑ", "ˈe": "e", "ˈi": "i", "ˈɨ": "y", "ˈo": "o", "ˈu": "u", "u": "ʊ", "l": "ɭ", "lʲ": "ɭʲ",
        "tɕ": "tʃʲ", "ʂ": "ʃ", "ʐ": "ʒ", "ɕː": "ɕ",
    },
}  # fmt: skip
PAIRS: dict[Language, tuple[str, ...]] = {"en": ("ɑːɹ", "ɔːɹ", "ɪɹ", "ʊɹ", "ɛɹ"), "ru": ("ju", "ja")}


class Rewritten:
    """The built-in model, heard through espeak's labels."""

    name, scale = "rewritten", "plain-gop of rewritten"

    def __init__(self) -> None:
        self.model = AcousticModel()
        self.labels = {
            language: ("", *(NAMES[language].get(label, label) for label in self.model.classes[language].labels[1:]))
            for language in LANGUAGES
        }
        extra = {"en": ("ə", "ɚ"), "ru": ()}
        self.all = {language: (*self.labels[language], *extra[language], *PAIRS[language]) for language in LANGUAGES}
        self.readings = {language: reading(self.all[language], 0, language) for language in LANGUAGES}
        self.classes = {language: found.classes for language, found in self.readings.items()}

    def posteriors(self, recording):
        return {
            language: Posteriors(
                self.readings[language].posteriors(self._written(language, posteriors)), self.classes[language], 50
            )
            for language, posteriors in self.model.posteriors(recording).items()
        }

    def _written(self, language: Language, posteriors: Posteriors) -> np.ndarray:
        """Probabilities by espeak label. Where two sounds of a pair follow each other, the first frame of the first one
        names the pair, and the second one falls silent."""
        labels = self.all[language]
        out = np.zeros((len(posteriors.log_probs), len(labels)))
        out[:, : len(self.labels[language])] = np.exp(posteriors.log_probs)
        heard = decode(posteriors)
        own = posteriors.classes.labels
        for first, second in pairwise(heard):
            for pair in PAIRS[language]:
                if from_espeak(pair, language) == (first.label, second.label):
                    for sound in (first, second):
                        span = slice(sound.start, sound.end)
                        moved = out[span, own.index(sound.label)].copy()
                        out[span, own.index(sound.label)] = 0
                        if sound is first:
                            out[span, labels.index(pair)] += moved
                        else:
                            out[span, 0] += moved
        return out


def main() -> None:
    book = load()
    ways = [Scorer(book, AcousticModel()), Scorer(book, Rewritten())]
    phones, totals, verdicts = [], [], []
    listed = [clip for folder in map(Path, sys.argv[1:]) for clip in clips(folder)]
    for clip in track(listed, "measuring"):
        try:
            phrase = book.find(clip.phrase)
            one, two = (scorer.score(read(clip.path), phrase, clip.language) for scorer in ways)
        except UserError:
            continue
        verdicts.append(one.verdict == two.verdict)
        totals.append((one.score, two.score))
        for left, right in zip(one.words, two.words, strict=True):
            if [p.phone for p in left.phones] == [p.phone for p in right.phones]:
                phones += [(a.score, b.score) for a, b in zip(left.phones, right.phones, strict=True)]
    for name, pairs in (("phones", phones), ("calls", totals)):
        a, b = np.array(pairs).T
        print(
            f"{name:8} n={len(a)} correlation {np.corrcoef(a, b)[0, 1]:.4f} mean difference {np.abs(a - b).mean():.2f}"
        )
        if name == "phones":
            print(f"         flagged (below 60) alike: {((a < 60) == (b < 60)).mean():.4f}")
    print(f"verdict alike: {np.mean(verdicts):.4f} of {len(verdicts)}")


if __name__ == "__main__":
    main()
