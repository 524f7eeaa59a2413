"""Speak texts with the free voices of RHVoice: Russian (Anna, Elena, Irina, Aleksandr), American (Bdl, Clb).

Slt is the speaker of flite's voice of that name, whose Russian the project is measured with, and is left out.

    python -m recipe.corpus.render TEXTS.tsv OUT_DIR --language ru --library libRHVoice.so --data RHVOICE_DATA

TEXTS.tsv has the columns key and text; Russian stress marks are obeyed. Every text is spoken by `--voices` voices, with
rate and pitch drawn by lot; OUT_DIR/clips.tsv says what came out (path, text, voice). README.md tells how to build the
library. It is used at build time only.
"""

import argparse
import csv
import io
import random
import re
from pathlib import Path

import numpy as np
import soundfile
import soxr

RATE = 16_000
VOICES = {"ru": ("anna", "elena", "irina", "aleksandr"), "en": ("bdl", "clb")}
RUSSIAN_VOWELS = "аеёиоуыэюя"


def plain_monosyllables(text: str) -> str:
    """Stress is marked only where there is a choice: the voice then decides itself which short words lean on others."""

    def bare(match: re.Match[str]) -> str:
        word = match.group()
        return word.replace("\u0301", "") if sum(c in RUSSIAN_VOWELS for c in word.lower()) < 2 else word

    return re.sub(r"[а-яёА-ЯЁ\u0301]+", bare, text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--language", choices=VOICES, required=True)
    parser.add_argument("--library", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--voices", type=int, default=1, help="voices that speak each text")
    arguments = parser.parse_args()
    from rhvoice_wrapper import TTS

    arguments.out.mkdir(parents=True, exist_ok=True)
    engine = TTS(threads=1, lib_path=arguments.library, data_path=arguments.data, config_path=str(arguments.out))
    with arguments.texts.open(encoding="utf-8", newline="") as file:
        texts = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    with (arguments.out / "clips.tsv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, quotechar=None)
        writer.writerow(["path", "text", "voice"])
        for text in texts:
            for voice in random.Random(text["key"]).sample(VOICES[arguments.language], arguments.voices):
                writer.writerow((f"{text['key']}-{voice}.flac", text["text"], voice))
    for text in texts:
        draw = random.Random(text["key"])
        for voice in draw.sample(VOICES[arguments.language], arguments.voices):
            settings = {"absolute_rate": draw.uniform(-0.5, 0.5), "absolute_pitch": draw.uniform(-0.5, 0.5)}
            path = arguments.out / f"{text['key']}-{voice}.flac"
            if path.exists():
                continue
            wav = engine.get(plain_monosyllables(text["text"]), voice=voice, format_="wav", sets=settings)
            samples, rate = soundfile.read(io.BytesIO(wav), dtype="float32")
            samples = soxr.resample(samples, rate, RATE)
            samples *= 0.1 / max(1e-4, float(np.sqrt((samples**2).mean())))
            soundfile.write(path, np.clip(samples, -1, 1), RATE)
    engine.join()


if __name__ == "__main__":
    main()
