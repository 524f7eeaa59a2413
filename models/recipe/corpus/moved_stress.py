"""English calls with the stress of one word on another syllable, by espeak-ng, festival and Kokoro.

    python -m recipe.corpus.moved_stress espeak|festival|kokoro TEXTS.tsv OUT_DIR --every 3
    ... kokoro TEXTS.tsv OUT_DIR --model MODEL.onnx --voices VOICES_DIR    # as for corpus/kokoro.py

Writes OUT_DIR/clips.tsv with the columns path, text, speaker, word (number of the one whose stress was moved, empty in
every fourth call, where none was) and moved (to which syllable). The new vowel is full, of the old one half are weak.
Debian's packages are espeak-ng, festvox-kdlpc16k and festvox-us-slt-hts.
"""

import argparse
import csv
import random
import subprocess
import zlib
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnxruntime
import soundfile
import soxr

from recipe.corpus.errors import MORE_NUMBERS
from recipe.corpus.foreign import usual
from recipe.corpus.kokoro import NUMBERS, SYMBOLS
from recipe.corpus.render import RATE
from trainer.errors import UserError
from trainer.phones.inventory import inventory

Word = tuple[str, ...]
Speak = Callable[[Sequence[Word], str, Path, random.Random], None]

ESPEAK = {
    "aɪ": "aI", "aʊ": "aU", "eɪ": "eI", "iː": "i:", "oʊ": "oU", "uː": "u:", "æ": "a", "ɑː": "A:", "ɔɪ": "OI",
    "ɔː": "O:", "ɛ": "E", "ɝ": "3:", "ɚ": "3", "ɪ": "I", "ʊ": "U", "ʌ": "V", "ə": "@", "θ": "T", "ð": "D", "ʃ": "S",
    "ʒ": "Z", "tʃ": "tS", "dʒ": "dZ", "ŋ": "N", "ɹ": "r", "ɡ": "g",
}  # fmt: skip
FESTIVAL = {
    "aɪ": "ay", "aʊ": "aw", "eɪ": "ey", "iː": "iy", "oʊ": "ow", "uː": "uw", "æ": "ae", "ɑː": "aa", "ɔɪ": "oy",
    "ɔː": "ao", "ɛ": "eh", "ɝ": "er", "ɚ": "er", "ɪ": "ih", "ʊ": "uh", "ʌ": "ah", "ə": "ax", "θ": "th", "ð": "dh",
    "ʃ": "sh", "ʒ": "zh", "tʃ": "ch", "dʒ": "jh", "ŋ": "ng", "ɹ": "r", "ɡ": "g", "h": "hh", "j": "y",
}  # fmt: skip
FULL = ("æ", "ɛ", "ʌ", "ɑː", "oʊ", "ɪ")  # what a weak vowel may become
DIPHTHONGS = ("aɪ", "aʊ", "ɔɪ")  # stay full
ESPEAK_VOICES = ("m1", "m3", "m4", "m7", "f1", "f2", "f4", "f5")
VOICES = {
    "espeak": [f"{accent}+{voice}" for accent in ("en-us", "en-gb") for voice in ESPEAK_VOICES],
    "festival": ["ked_diphone", "cmu_us_slt_arctic_hts"],
    "kokoro": [
        "af_heart", "af_bella", "af_nova", "af_sarah", "am_fenrir", "am_michael", "am_puck", "am_adam", "bf_emma",
        "bf_lily", "bm_george", "bm_lewis",
    ],
}  # fmt: skip
LONGEST = 90  # symbols of Kokoro
LOUD, NOISE = 0.1, 3e-4


def bare(phone: str) -> str:
    return phone.lstrip("ˈˌ")


def vowels(word: Word) -> list[int]:
    return [i for i, phone in enumerate(word) if inventory("en")[phone].kind == "vowel"]


def moved(word: Word, draw: random.Random) -> tuple[Word, int] | None:
    """The word with its stress elsewhere, and the syllable; None where there is no choice."""
    places = vowels(word)
    stressed = [i for i in places if word[i].startswith("ˈ")]
    if len(places) < 2 or len(stressed) != 1:
        return None
    to = draw.choice([i for i in places if i != stressed[0]])
    out = [phone if not phone.startswith("ˌ") or draw.random() < 0.5 else bare(phone) for phone in word]
    new, old = bare(word[to]), bare(word[stressed[0]])
    out[to] = "ˈ" + (draw.choice(FULL) if new == "ə" else "ɝ" if new == "ɚ" else new)
    weak = {"ɪ": "ɪ", "iː": "ɪ", "ɝ": "ɚ"}.get(old, old if old in DIPHTHONGS else "ə")
    out[stressed[0]] = draw.choice((weak, old))
    return tuple(out), places.index(to)


def espeak(words: Sequence[Word], voice: str, path: Path, draw: random.Random) -> None:
    marks = {"ˈ": "'", "ˌ": ","}
    said = " ".join("".join(marks.get(p[0], "") + ESPEAK.get(bare(p), bare(p)) for p in word) for word in words)
    rate, pitch = str(draw.randint(135, 185)), str(draw.randint(30, 70))
    command = ["espeak-ng", "-v", voice, "-s", rate, "-p", pitch, "-w", str(path), f"[[{said}]]"]
    subprocess.run(command, check=True, capture_output=True)


def festival(words: Sequence[Word], voice: str, path: Path, draw: random.Random) -> None:
    names = [f"zz{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(len(words))]
    entries = "\n".join(f'(lex.add.entry \'("{n}" n {_syllables(w)}))' for n, w in zip(names, words, strict=True))
    stretch = f"(Parameter.set 'Duration_Stretch {draw.uniform(0.85, 1.2):.2f})"
    utterance = f'(set! u (utt.synth (Utterance Text "{" ".join(names)}")))\n(utt.save.wave u "{path}")'
    script = path.with_suffix(".scm")
    script.write_text(f"(voice_{voice})\n{entries}\n{stretch}\n{utterance}\n", encoding="utf-8")
    subprocess.run(["festival", "--batch", str(script)], check=True, capture_output=True)
    script.unlink()


def _syllables(word: Word) -> str:
    places = vowels(word)
    cuts = [0, *(b if b - a == 1 else b - 1 for a, b in pairwise(places)), len(word)]
    parts = []
    for a, b in pairwise(cuts):
        stress = int(any(phone[0] in "ˈˌ" for phone in word[a:b]))
        parts.append(f"(({' '.join(FESTIVAL.get(bare(phone), bare(phone)) for phone in word[a:b])}) {stress})")
    return f"({' '.join(parts)})"


def kokoro(model: Path, folder: Path) -> Speak:
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    numbers = NUMBERS | MORE_NUMBERS

    def speak(words: Sequence[Word], voice: str, path: Path, draw: random.Random) -> None:
        said = " ".join(
            "".join(p[: len(p) - len(bare(p))] + SYMBOLS.get(bare(p), bare(p)) for p in word) for word in words
        )
        if len(said) > LONGEST:
            raise ValueError("too long")
        tokens = np.array([[0, *(numbers[c] for c in said if c in numbers), 0]], np.int64)
        styles = np.fromfile(folder / f"{voice}.bin", np.float32).reshape(-1, 1, 256)
        speed = np.array([draw.uniform(0.85, 1.1)], np.float32)
        samples = session.run(None, {"tokens": tokens, "style": styles[len(said)], "speed": speed})[0].ravel()
        soundfile.write(path, soxr.resample(samples, 24_000, RATE), RATE)

    return speak


def kept(wave: Path, key: str) -> Path:
    """At one level, with a little silence and noise about it."""
    samples, rate = soundfile.read(wave, dtype="float32")
    samples = soxr.resample(samples, rate, RATE) if rate != RATE else samples
    samples = samples * (LOUD / max(1e-4, float(np.sqrt((samples**2).mean()))))
    silence = np.zeros(RATE // 5, np.float32)
    whole = np.concatenate([silence, samples, silence])
    whole += np.random.default_rng(zlib.crc32(key.encode())).normal(0, NOISE, len(whole))
    path = wave.with_suffix(".flac")
    soundfile.write(path, np.clip(whole, -1, 1), RATE)
    wave.unlink()
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engine", choices=list(VOICES))
    parser.add_argument("texts", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--voices", type=Path)
    a = parser.parse_args()
    speak = kokoro(a.model, a.voices) if a.engine == "kokoro" else {"espeak": espeak, "festival": festival}[a.engine]
    a.out.mkdir(parents=True, exist_ok=True)
    with a.texts.open(encoding="utf-8") as file:
        texts = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[:: a.every]
    with (a.out / "clips.tsv").open("w", encoding="utf-8") as table:
        table.write("path\ttext\tspeaker\tword\tmoved\n")
        for row in texts:
            draw = random.Random(row["key"] + a.engine)
            try:
                words = [tuple(word) for word in usual(row["text"], "en")]
            except UserError:
                continue
            places = [i for i, word in enumerate(words) if moved(word, random.Random(0))]
            if not places or not 2 <= len(words) <= 9:
                continue
            at = draw.choice(places)
            changed = moved(words[at], draw) if draw.random() < 0.75 else None
            said = [changed[0] if changed and i == at else word for i, word in enumerate(words)]
            voice = draw.choice(VOICES[a.engine])
            wave = a.out / f"{row['key']}-{voice.replace('+', '_')}.wav"
            try:
                speak(said, voice, wave, draw)
            except (ValueError, subprocess.CalledProcessError) as error:
                print(row["key"], error)
                continue
            told = (str(at), str(changed[1])) if changed else ("", "")
            table.write("\t".join((kept(wave, row["key"]).name, row["text"], voice, *told)) + "\n")


if __name__ == "__main__":
    main()
