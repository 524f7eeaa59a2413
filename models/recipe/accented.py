"""Calls spoken wholly in the sounds of the other language, as somebody does who has never learnt its own.

    python models/recipe/accented.py ru OUT_DIR --flite awb kal [--every 4]
    python models/recipe/accented.py en OUT_DIR --rhvoice LIBRARY DATA anna irina [--every 4]
    python models/recipe/accented.py en OUT_DIR --festival msu_ru_nsh_clunits [--every 7]

American voices of flite are given the sounds of Russian calls as ARPAbet; Russian voices read English calls written in
Cyrillic. OUT_DIR/LANGUAGE.tsv is a table as `ruston bench accent` takes it (path, text, speaker), with the sounds that
were really said. flite's slt and rms and festival's voice are what the program is measured with: nothing is fitted on
them.
"""

import argparse
import csv
import io
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from trainer.bundled import bundled
from trainer.phrasebook.connected import connected
from trainer.phrasebook.lexicon import lexicon
from trainer.phrasebook.load import load
from trainer.phrasebook.text import tokens

RATE = 16_000
WORDS = (3, 12)  # in a call

# What an American says for each Russian sound, in ARPAbet (flite) and in our own IPA.
AMERICAN: dict[str, tuple[str, str]] = {
    "ɐ": ("aa", "ɑː"), "ə": ("ah", "ə"), "ɪ": ("ih", "ɪ"), "ɨ": ("ih", "ɪ"), "u": ("uw", "uː"), "e": ("eh", "ɛ"),
    "o": ("ow", "oʊ"), "ˈa": ("aa", "ɑː"), "ˈe": ("eh", "ɛ"), "ˈi": ("iy", "iː"), "ˈo": ("ow", "oʊ"),
    "ˈu": ("uw", "uː"), "ˈɨ": ("ih", "ɪ"), "b": ("b", "b"), "d": ("d", "d"), "f": ("f", "f"), "j": ("y", "j"),
    "k": ("k", "k"), "l": ("l", "l"), "m": ("m", "m"), "n": ("n", "n"), "p": ("p", "p"), "r": ("r", "ɹ"),
    "s": ("s", "s"), "t": ("t", "t"), "ts": ("t s", "t s"), "tɕ": ("ch", "tʃ"), "v": ("v", "v"), "x": ("hh", "h"),
    "z": ("z", "z"), "ɕː": ("sh", "ʃ"), "ɡ": ("g", "ɡ"), "ʂ": ("sh", "ʃ"), "ʐ": ("zh", "ʒ"), "a": ("aa", "ɑː"),
    "ɘ": ("ih", "ɪ"),
}  # fmt: skip

# What a Russian says for each English sound, in Cyrillic and in our own IPA.
RUSSIAN: dict[str, tuple[str, str]] = {
    "aɪ": ("ай", "ˈa j"), "aʊ": ("ау", "ˈa u"), "b": ("б", "b"), "d": ("д", "d"), "dʒ": ("дж", "d ʐ"),
    "eɪ": ("эй", "ˈe j"), "f": ("ф", "f"), "h": ("х", "x"), "iː": ("и", "ˈi"), "j": ("й", "j"), "k": ("к", "k"),
    "l": ("л", "l"), "m": ("м", "m"), "n": ("н", "n"), "oʊ": ("оу", "ˈo u"), "p": ("п", "p"), "s": ("с", "s"),
    "t": ("т", "t"), "tʃ": ("ч", "tɕ"), "uː": ("у", "ˈu"), "v": ("в", "v"), "w": ("в", "v"), "z": ("з", "z"),
    "æ": ("э", "ˈe"), "ð": ("з", "z"), "ŋ": ("н", "n"), "ɑː": ("а", "ˈa"), "ɔɪ": ("ой", "ˈo j"), "ɔː": ("о", "ˈo"),
    "ɛ": ("э", "ˈe"), "ɝ": ("эр", "ˈe r"), "ɡ": ("г", "ɡ"), "ɪ": ("и", "ˈi"), "ɹ": ("р", "r"), "ʃ": ("ш", "ʂ"),
    "ʊ": ("у", "ˈu"), "ʌ": ("а", "ˈa"), "ʒ": ("ж", "ʐ"), "θ": ("с", "s"), "ə": ("э", "ɨ"), "ɚ": ("эр", "ɨ r"),
}  # fmt: skip
CYRILLIC_VOWELS = "аеёиоуыэюя"

# Who has never learnt the sounds of a language says those of his own. So a native's sentence is, sound by sound,
# also a sentence of the other language in the sounds of the wrong one: natural speech of many people.
AS_RUSSIAN = {
    "ɑː": "ˈa", "ə": "ə", "ɪ": "ɪ", "ɛ": "ˈe", "iː": "ˈi", "uː": "ˈu", "ʊ": "ˈu", "oʊ": "ˈo", "ɔː": "ˈo", "æ": "ˈa",
    "ʌ": "ˈa", "aɪ": "ˈa j", "aʊ": "ˈa u", "eɪ": "ˈe j", "ɔɪ": "ˈo j", "ɝ": "ˈo r", "ɚ": "ə r", "h": "x", "ɹ": "r",
    "ʃ": "ʂ", "ʒ": "ʐ", "tʃ": "tɕ", "dʒ": "d ʐ", "ŋ": "n", "θ": "s", "ð": "z", "w": "v",
}  # fmt: skip
AS_ENGLISH = {
    "ɐ": ("ʌ",), "ə": ("ə",), "ɪ": ("ɪ",), "ɨ": ("ɪ",), "u": ("ʊ",), "e": ("ɛ",), "o": ("ɔː",), "a": ("ʌ",),
    "ɘ": ("ɪ",), "ˈa": ("ɑː",), "ˈe": ("ɛ", "æ"), "ˈi": ("iː", "ɪ"), "ˈo": ("ɔː",), "ˈu": ("uː",), "ˈɨ": ("ɪ",),
    "r": ("ɹ",), "x": ("h",), "ts": ("t s",), "tɕ": ("tʃ",), "ʂ": ("ʃ",), "ɕː": ("ʃ",), "ʐ": ("ʒ",), "v": ("v", "w"),
    "z": ("z", "ð"), "s": ("s", "s", "s", "s", "s", "θ"),
}  # fmt: skip
SOFTENED, FRONT = "bdfklmnprstvzxɡ", ("ɪ", "iː", "ɛ", "eɪ")


def as_other(words: list[tuple[str, ...]], spoken: str, seed: str) -> list[list[tuple[str, ...]]]:
    """A native's words of the language spoken, as words of the other one that he says in his own sounds."""
    draw = random.Random(seed)
    return [[_as_russian(word) if spoken == "en" else _as_english(word, draw)] for word in words]


def _as_russian(word: tuple[str, ...]) -> tuple[str, ...]:
    bare = [phone.lstrip("ˈˌ") for phone in word]
    out: list[str] = []
    for phone, following in zip(bare, [*bare[1:], ""], strict=True):
        meant = AS_RUSSIAN.get(phone, phone)
        if meant in SOFTENED and following in FRONT:
            meant += "ʲ"
        if phone == "ɪ" and not (out and (out[-1].endswith("ʲ") or out[-1] in ("tɕ", "j"))):
            meant = "ɨ"
        out += meant.split()
    return tuple(out)


def _as_english(word: tuple[str, ...], draw: random.Random) -> tuple[str, ...]:
    out: list[str] = []
    for phone, following in zip(word, [*word[1:], ""], strict=True):
        hard = phone.rstrip("ʲ")
        meant = draw.choice(AS_ENGLISH.get(hard, (hard,)))
        out += ["ŋ"] if hard == "n" and following in ("k", "ɡ") else meant.split()
    return tuple(out)


def american(phones: tuple[str, ...]) -> tuple[str, str]:
    said = [AMERICAN[phone if phone in AMERICAN else phone.rstrip("ʲ")] for phone in phones]
    return " ".join(arpabet for arpabet, _ in said), " ".join(ipa for _, ipa in said)


def cyrillic(phones: tuple[str, ...]) -> tuple[str, str]:
    """A word as a Russian would write what he hears, with `+` before its stressed vowel."""
    letters = ""
    for phone in phones:
        spelt = RUSSIAN[phone.lstrip("ˈˌ")][0]
        if phone.startswith("ˈ"):
            at = next(i for i, letter in enumerate(spelt) if letter in CYRILLIC_VOWELS)
            spelt = f"{spelt[:at]}+{spelt[at:]}"
        letters += spelt
    if sum(letter in CYRILLIC_VOWELS for letter in letters) < 2:
        letters = letters.replace("+", "")
    return letters, " ".join(RUSSIAN[phone.lstrip("ˈˌ")][1] for phone in phones)


def calls(language: str, every: int, first: int) -> list[tuple[str, str, list[tuple[str, ...]]]]:
    """Key, text and the phones of each word of the phrasebook's calls."""
    known = lexicon(language)
    found = []
    for phrase in load(bundled("phrasebooks") / "astp").phrases:
        text = phrase.text(language)
        keys = [token.key for token in tokens(text, language)]
        if WORDS[0] <= len(keys) <= WORDS[1] and all(key in known for key in keys):
            found.append((phrase.id, text, [way[0] for way in connected([known[key] for key in keys], language)]))
    return found[first::every]


def flite(voice: str, arpabet: str, out: Path) -> None:
    subprocess.run(["flite", "-voice", voice, "-p", f"pau {arpabet} pau", "-o", out], check=True)


def festival(voice: str, text: str, out: Path) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        subprocess.run(["text2wave", "-eval", f"(voice_{voice})", file.name, "-o", out], check=True)


def even_level(path: Path, seed: str) -> None:
    """16 kHz, at one level, with some silence about it as a microphone gives."""
    import soundfile
    import soxr

    samples, rate = soundfile.read(path, dtype="float32")
    samples = soxr.resample(samples, rate, RATE)
    samples *= 0.08 / max(1e-4, float(np.sqrt((samples**2).mean())))
    draw = np.random.default_rng(random.Random(seed).randrange(2**32))
    quiet = [np.zeros(int(RATE * draw.uniform(0.1, 0.4)), dtype=np.float32) for _ in range(2)]
    whole = np.concatenate([quiet[0], samples, quiet[1]])
    whole += draw.normal(0, 10 ** draw.uniform(-4, -3), len(whole)).astype(np.float32)
    soundfile.write(path.with_suffix(".flac"), np.clip(whole, -1, 1), RATE)
    path.unlink()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("language", choices=["en", "ru"])
    parser.add_argument("out", type=Path)
    parser.add_argument("--flite", nargs="*", default=[])
    parser.add_argument("--festival", nargs="*", default=[])
    parser.add_argument("--rhvoice", nargs="*", default=[], metavar="LIBRARY DATA VOICE...")
    parser.add_argument("--every", type=int, default=4)
    parser.add_argument("--first", type=int, default=0)
    arguments = parser.parse_args()
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    voices = [(flite, voice) for voice in arguments.flite] + [(festival, voice) for voice in arguments.festival]
    if arguments.rhvoice:
        from rhvoice_wrapper import TTS

        library, data, *names = arguments.rhvoice
        engine = TTS(threads=1, lib_path=library, data_path=data, config_path=str(out))

        def rhvoice(voice: str, text: str, path: Path) -> None:
            marked = "".join(f"{text[i + 1]}\u0301" if c == "+" else "" if i and text[i - 1] == "+" else c
                             for i, c in enumerate(text))  # fmt: skip
            path.write_bytes(io.BytesIO(engine.get(marked, voice=voice, format_="wav")).read())

        voices += [(rhvoice, name) for name in names]
    rows = []
    for speak, voice in voices:
        for key, text, words in calls(arguments.language, arguments.every, arguments.first):
            spelt = [(american if arguments.language == "ru" else cyrillic)(phones) for phones in words]
            path = out / f"{key}-{voice}.wav"
            if not path.with_suffix(".flac").exists():
                speak(voice, " ".join(written for written, _ in spelt), path)
                even_level(path, path.name)
            rows.append((f"{path.stem}.flac", text, voice, " ".join(ipa for _, ipa in spelt)))
    with (out / f"{arguments.language}.tsv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, quotechar=None)
        writer.writerow(["path", "text", "speaker", "said"])
        writer.writerows(rows)
    print(f"{len(rows)} clips")


if __name__ == "__main__":
    main()
