"""Calls spoken wholly in the sounds of the other language, as somebody does who has never learnt its own.

    python -m recipe.corpus.accented ru OUT_DIR --flite awb kal [--every 4]
    python -m recipe.corpus.accented en OUT_DIR --rhvoice LIBRARY DATA anna irina [--every 4]
    python -m recipe.corpus.accented en OUT_DIR --festival msu_ru_nsh_clunits [--every 7]

American voices of flite are given the sounds of Russian calls as ARPAbet; Russian voices read English calls written in
Cyrillic. OUT_DIR/LANGUAGE.tsv is a table as `ruston bench accent` takes it (path, text, speaker), with the sounds that
were really said. flite's slt and rms and festival's voice are what the program is measured with: nothing is fitted on
them.
"""

import argparse
import csv
import io
import random
import re
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from recipe.corpus.foreign import ACUTE, cyrillic, of_flite
from recipe.corpus.put_for import AMERICAN_FOR, AS_ENGLISH, AS_RUSSIAN, CYRILLIC_FOR
from recipe.corpus.render import plain_monosyllables
from trainer.bundled import bundled
from trainer.phones.russian import transcribe
from trainer.phrasebook.connected import connected
from trainer.phrasebook.lexicon import lexicon
from trainer.phrasebook.load import load
from trainer.phrasebook.text import tokens

RATE = 16_000
WORDS = (3, 12)  # in a call

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


def american(words: list[tuple[str, ...]]) -> tuple[str, str]:
    """Russian words by flite's names of American sounds, and our own labels of these."""
    phones = [phone for word in words for phone in word]
    names = " ".join(AMERICAN_FOR[phone if phone in AMERICAN_FOR else phone.rstrip("ʲ")][0] for phone in phones)
    return names, " ".join(of_flite(names))


def russian(words: list[tuple[str, ...]]) -> tuple[str, str]:
    """English words as a Russian would write what he hears, the stress marked, and our own labels of what that says."""
    style = {phone: letters[0] for phone, letters in CYRILLIC_FOR.items()}
    spelt = [cyrillic(word, random.Random(0), style) for word in words]
    return " ".join(spelt), " ".join(f"ru:{phone}" for word in spelt for phone in transcribe(word))


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
        file.write(re.sub(f"(.){ACUTE}", r"+\1", text) + "\n")
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
            path.write_bytes(io.BytesIO(engine.get(plain_monosyllables(text), voice=voice, format_="wav")).read())

        voices += [(rhvoice, name) for name in names]
    rows = []
    for speak, voice in voices:
        for key, text, words in calls(arguments.language, arguments.every, arguments.first):
            written, said = (american if arguments.language == "ru" else russian)(words)
            path = out / f"{key}-{voice}.wav"
            if not path.with_suffix(".flac").exists():
                speak(voice, written, path)
                even_level(path, path.name)
            rows.append((f"{path.stem}.flac", text, voice, said))
    with (out / f"{arguments.language}.tsv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, quotechar=None)
        writer.writerow(["path", "text", "speaker", "said"])
        writer.writerows(rows)
    print(f"{len(rows)} clips")


if __name__ == "__main__":
    main()
