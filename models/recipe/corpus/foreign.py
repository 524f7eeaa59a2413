"""Speech in the sounds of the other language, with the sounds that are really said, and Russian with planted errors.

    python -m recipe.corpus.foreign flite ru TEXTS.tsv OUT_DIR        # Russian in American sounds
    python -m recipe.corpus.foreign rhvoice en TEXTS.tsv OUT_DIR --library libRHVoice.so --data RHVOICE_DATA
    python -m recipe.corpus.foreign rhvoice ru ...                    # Russian with hard for soft, soft for hard, ...

flite speaks rows of American sounds and tells where each ends: Russian words get an American's sounds (`kal16`, `awb`;
`slt` and `rms` in Russian are what the project is measured with and are never used). Russian voices of RHVoice read
English written in Cyrillic, in one of many spellings. What they say follows from the spelling by the rules of
trainer/phones/russian.py, which these voices keep.

TEXTS.tsv has the columns key and text. OUT_DIR/clips.tsv: path, text, language, kind (native, accent, planted), said
(labels of `classes.UNION`), ends (s of each sound, where they are known), voice, split: a tenth of the texts is held.
"""

import argparse
import csv
import io
import random
import re
import subprocess
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr

from recipe.corpus.put_for import AMERICAN_FOR, CYRILLIC_FOR
from recipe.corpus.render import RATE, plain_monosyllables
from trainer.errors import UserError
from trainer.languages import Language
from trainer.phones.labels import ARPABET
from trainer.phones.russian import CONSONANTS, PAIRED, transcribe
from trainer.phrasebook.connected import connected
from trainer.phrasebook.drafting import drafted
from trainer.phrasebook.lexicon import lexicon
from trainer.phrasebook.text import tokens

COLUMNS = ("path", "text", "language", "kind", "said", "ends", "voice", "split")
ACUTE = "\u0301"
AMERICAN, RUSSIAN = ("kal16", "awb"), ("anna", "elena", "irina", "aleksandr")
MEAN_PITCH = {"kal16": (75, 130), "awb": (90, 160)}  # Hz
AFTER_J = {"а": "я", "о": "ё", "у": "ю", "э": "е", "и": "и"}
VOWELS = "аеёиоуыэюя"
HARD_FOR_SOFT = str.maketrans("еяюёи", "эауоы")
SOFT_FOR_HARD = str.maketrans("эауоы", "еяюёи")


@dataclass(frozen=True)
class Utterance:
    """What is to be spoken. said: the sounds by labels of the union; spelling: flite's sounds, or Cyrillic."""

    kind: str
    spelling: str
    said: tuple[str, ...]


def usual(text: str, language: Language) -> list[tuple[str, ...]]:
    """The phones of every word of a text in its usual form, assimilated to its neighbours. Raises UserError."""
    known = lexicon(language)
    entries = {**drafted([text], known), **known.entries}
    keys = [token.key for token in tokens(text, language)]
    forms = [[*(way for way in entries[key] if "weak" in way.tags), entries[key][0]][:1] for key in keys]
    return [way[-1] for way in connected([tuple(form) for form in forms], language)]


def of_flite(names: str) -> tuple[str, ...]:
    """Labels of a row of flite's sounds."""
    return tuple(f"en:{'ə' if name == 'ax' else ARPABET[name.upper()]}" for name in names.split())


def american(text: str, draw: random.Random) -> Iterator[Utterance]:
    names = []
    for phones in usual(text, "ru"):
        for phone in phones:
            ways = AMERICAN_FOR[phone if phone in AMERICAN_FOR else phone.removesuffix("ʲ")]
            name = ways[0] if draw.random() < 0.65 else draw.choice(ways)
            if phone.endswith("ʲ") and draw.random() < 0.2:
                name += " y"
            names += name.split()
    names = [name for n, name in enumerate(names) if n == 0 or name != names[n - 1]]
    yield Utterance("accent", " ".join(names), of_flite(" ".join(names)))


def cyrillic(phones: tuple[str, ...], draw: random.Random, style: dict[str, str]) -> str:
    """An English word in Russian letters, its stress marked."""
    out = ""
    stressed = any(phone.startswith("ˈ") for phone in phones)
    for phone in phones:
        bare = phone.lstrip("ˈˌ")
        letters = style.get(bare) or style.setdefault(bare, draw.choice(CYRILLIC_FOR[bare]))
        if letters[0] in VOWELS:
            if out.endswith("й"):
                out, letters = out[:-1], AFTER_J.get(letters[0], letters[0]) + letters[1:]
            if (phone.startswith("ˈ") or not stressed) and ACUTE not in out:
                letters = letters[0] + ACUTE + letters[1:]
        out += letters
    return out.replace("йь", "й")


def russian_english(text: str, draw: random.Random) -> Iterator[Utterance]:
    style: dict[str, str] = {}
    words = [cyrillic(phones, draw, style) for phones in usual(text, "en")]
    said = [f"ru:{phone}" for word in words for phone in transcribe(word)]
    said = [phone for n, phone in enumerate(said) if n == 0 or phone != said[n - 1]]
    yield Utterance("accent", " ".join(words), tuple(said))


def misspelt(word: str, kind: str, draw: random.Random) -> str:
    """A word as it would be written with one error in it, or as it is where the error has no place."""
    before = "".join(letter for letter in CONSONANTS if CONSONANTS[letter] in PAIRED)
    if kind == "hard for soft":
        places = [m.start() for m in re.finditer(f"(?<=[{before}])[еяюёиь]", word)]
    elif kind == "soft for hard":
        places = [m.start() for m in re.finditer(f"(?<=[{before}])[эауоы]", word)]
    else:
        places = [m.start() for m in re.finditer(f"[{kind}]", word)]
    if not places:
        return word
    at = draw.choice(places)
    letter = word[at]
    if kind == "hard for soft":
        return word[:at] + ("" if letter == "ь" else letter.translate(HARD_FOR_SOFT)) + word[at + 1 :]
    if kind == "soft for hard":
        return word[:at] + letter.translate(SOFT_FOR_HARD) + word[at + 1 :]
    if letter == "ц" and word[at + 1 : at + 2] in VOWELS and word[at + 1 :]:
        return word[:at] + "тс" + word[at + 1].translate(SOFT_FOR_HARD) + word[at + 2 :]
    return word[:at] + {"ч": draw.choice(["тш", "тш", "щ"]), "ц": "тсь", "ш": "щ", "щ": "ш"}[letter] + word[at + 1 :]


def planted(text: str, draw: random.Random) -> Iterator[Utterance]:
    """Russian with one kind of an American's errors in one word of two."""
    written = [token for token in re.findall(rf"[а-яё{ACUTE}]+", text.lower()) if re.search(f"[{VOWELS}]", token)]
    kinds = [kind for kind in "чцш" if any(kind in word for word in written)]
    kind = draw.choice(["hard for soft", "soft for hard", *kinds, *kinds])
    words = [misspelt(word, kind, draw) if draw.random() < 0.7 else word for word in written]
    words = [re.sub(f"([ёЁ]){ACUTE}", r"\1", word) for word in words]
    if words == written or any(sum(c in VOWELS for c in w) > 1 and ACUTE not in w and "ё" not in w for w in words):
        return
    said: list[str] = []
    for before, word in zip(written, words, strict=True):
        phones = [f"ru:{phone}" for phone in transcribe(word)]
        row = " ".join(phones)
        if before != word and "тш" in word:
            row = row.replace("ru:t ru:ʂ", "tʂ")
        if before != word and re.search("тс[еяюёиь]", word) and not re.search("тс[еяюёиь]", before):
            row = re.sub("ru:tʲ? ru:sʲ|ru:ts ru:sʲ|ru:ts(?= |$)", "tsʲ", row, count=1)
        said += row.split()
    said = [phone for n, phone in enumerate(said) if n == 0 or phone != said[n - 1]]
    yield Utterance("planted", " ".join(words), tuple(said))


def flite(utterance: Utterance, voice: str, path: Path, draw: random.Random) -> list[float]:
    """Speak with flite; the ends of the sounds in seconds. Raises ValueError where it did not say these."""
    low, high = MEAN_PITCH[voice]
    done = subprocess.run(
        ["flite", "-voice", voice, "--setf", f"duration_stretch={draw.uniform(0.8, 1.25):.2f}", "--setf",
         f"int_f0_target_mean={draw.uniform(low, high):.0f}", "-psdur", "-p", utterance.spelling, "-o", path],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    pairs = [pair.rsplit(":", 1) for pair in done.stdout.split()]
    if of_flite(" ".join(name for name, _end in pairs if name != "pau")) != utterance.said:
        raise ValueError(utterance.spelling)
    return [float(end) for name, end in pairs if name != "pau"]


MAKERS = {
    ("flite", "ru"): american, ("rhvoice", "en"): russian_english, ("rhvoice", "ru"): planted,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engine", choices=("flite", "rhvoice"))
    parser.add_argument("language", choices=("en", "ru"), help="of the texts")
    parser.add_argument("texts", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--library")
    parser.add_argument("--data")
    parser.add_argument("--limit", type=int, default=100_000)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    with arguments.texts.open(encoding="utf-8", newline="") as file:
        texts = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[: arguments.limit]
    engine = None
    if arguments.engine == "rhvoice":
        from rhvoice_wrapper import TTS

        engine = TTS(threads=1, lib_path=arguments.library, data_path=arguments.data, config_path=str(arguments.out))
    dropped = 0
    with (arguments.out / "clips.tsv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, quotechar=None)
        writer.writerow(COLUMNS)
        for row in texts:
            draw = random.Random(row["key"] + arguments.engine)
            split = "held" if zlib.crc32(row["key"].encode()) % 10 == 0 else "train"
            voice = draw.choice(RUSSIAN if engine else AMERICAN)
            path = arguments.out / f"{row['key']}-{voice}.flac"
            ends: list[float] = []
            try:
                utterance = next(MAKERS[arguments.engine, arguments.language](row["text"], draw))
                if engine:
                    settings = {"absolute_rate": draw.uniform(-0.5, 0.5), "absolute_pitch": draw.uniform(-0.5, 0.5)}
                    spoken = plain_monosyllables(utterance.spelling)
                    wav = io.BytesIO(engine.get(spoken, voice=voice, format_="wav", sets=settings))
                    samples, rate = soundfile.read(wav, dtype="float32")
                else:
                    ends = flite(utterance, voice, arguments.out / "last.wav", draw)
                    samples, rate = soundfile.read(arguments.out / "last.wav", dtype="float32")
            except (UserError, ValueError, KeyError, StopIteration):  # cannot be read aloud, or has no such error
                dropped += 1
                continue
            samples = soxr.resample(samples, rate, RATE) if rate != RATE else samples
            samples *= 0.1 / max(1e-4, float(np.sqrt((samples**2).mean())))
            soundfile.write(path, np.clip(samples, -1, 1), RATE)
            times = " ".join(f"{end:.3f}" for end in ends)
            said = " ".join(utterance.said)
            writer.writerow((path.name, row["text"], arguments.language, utterance.kind, said, times, voice, split))
    if engine:
        engine.join()
    print(f"{len(texts) - dropped} clips, {dropped} texts dropped")


if __name__ == "__main__":
    main()
