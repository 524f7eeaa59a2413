"""Gather all speech to train on into one file of samples and one index with the phones of every clip.

    python -m recipe.corpus.gather OUT_DIR --so762 DIR --lj DIR --festvox DIR --texts TEXTS.tsv --converted DIR \
        --rhvoice-ru DIR... --rhvoice-en DIR... --made DIR... --natives DIR... --reference DIR

Phones are those of the program's lexicon (IPA, without English stress). Texts go through the lexicon, or are drafted,
and `connected`; among several ways to say a word the aligner picks the one that was said, with the model at hand.
Learners' phones are the canonical ones: nobody's judgement of how they were said is looked at. What was made by
foreign.py and kokoro.py has the sounds that are really said: its language is theirs, not that of the words.

OUT_DIR/samples.i16: all clips, one after the other, 16 kHz, 16 bits. OUT_DIR/index.jsonl: start, length, language,
source, speaker, phones, said (the same as labels of the union), spans (from and to in seconds, where they are known),
split. Every fifth speaker of so762 is held out (strangers.py).
"""

import argparse
import csv
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from rich.progress import track

from recipe.classes import ACCEPT, CLASSES
from recipe.corpus.strangers import unknown
from recipe.corpus.texts import SINGLE_KEY, spoken
from trainer.audio.files import read
from trainer.errors import UserError
from trainer.languages import Language
from trainer.phones.labels import ARPABET
from trainer.phrasebook.connected import connected
from trainer.phrasebook.drafting import drafted
from trainer.phrasebook.lexicon import lexicon
from trainer.phrasebook.text import tokens
from trainer.scoring.align import align
from trainer.speech.acoustic import AcousticModel

MISHEARD = 0.5  # share of the letters that Whisper hears otherwise: another text was said
TWO_FOR = {"tsʲ": ("t", "sʲ"), "tʂ": ("t", "ʂ")}  # what a sound of the union is to the head of one language

WEAK_WORDS = frozenset(
    [
        "A",
        "AN",
        "THE",
        "OF",
        "TO",
        "BUT",
        "FROM",
        "WAS",
        "AND",
        "AS",
        "AT",
        "FOR",
        "THAN",
        "THAT",
        "CAN",
        "US",
        "SOME",
        "MUST",
        "DOES",
        "JUST",
    ]
)


@dataclass(frozen=True)
class Clip:
    path: Path
    language: Language
    source: str
    speaker: str
    phones: tuple[str, ...] = ()
    text: str = ""
    said: tuple[str, ...] = ()  # labels of the union, where they are not the phones
    spans: tuple[tuple[float, float], ...] = ()
    same_as: str = ""  # path of the clip whose phones it has
    choose: bool = False
    split: str = "train"


@cache
def model() -> AcousticModel:
    return AcousticModel(threads=1)


def class_of(phone: str, language: Language) -> str:
    return phone if phone in CLASSES[language] else ACCEPT[language][phone][0]


def bare(phones: tuple[str, ...], language: Language) -> tuple[str, ...]:
    return tuple(p.lstrip("ˈˌ") for p in phones) if language == "en" else phones


def said(clip: Clip, samples: object) -> tuple[str, ...] | None:
    """The phones of a text. None where it cannot be read aloud or does not fit the recording."""
    known = lexicon(clip.language)
    try:
        entries = {**drafted([clip.text], known), **known.entries}
    except UserError:
        return None
    keys = [token.key for token in tokens(clip.text, clip.language)]
    if not keys:
        return None
    if clip.choose:
        ways = connected([entries[key] for key in keys], clip.language)
        found = align(ways, model().posteriors(samples)[clip.language])
        if None in found.variants or found.fit < -2.0:
            return None
        chosen = [ways[w][v] for w, v in enumerate(found.variants) if v is not None]
    else:  # a synthesiser: the usual form of every word, assimilated to its neighbours
        usual = [[*(way for way in entries[key] if "weak" in way.tags), entries[key][0]][:1] for key in keys]
        chosen = [way[-1] for way in connected([tuple(way) for way in usual], clip.language)]
    return bare(tuple(p for way in chosen for p in way), clip.language)


def load(clip: Clip) -> tuple[np.ndarray, tuple[str, ...] | None]:
    try:
        recording = read(clip.path)
    except UserError:  # too short
        return np.zeros(0, np.int16), None
    phones = clip.phones or (None if clip.same_as else said(clip, recording))
    return (np.clip(recording.samples, -1, 1) * 32767).astype(np.int16), phones


def so762(folder: Path) -> Iterator[Clip]:
    labels = json.loads((folder / "train.json").read_text(encoding="utf-8"))
    held = set(unknown(one["speaker"] for one in labels.values()))
    for key, one in labels.items():
        phones = tuple(
            canonical(phone, word["text"], word["phones"]) for word in one["words"] for phone in word["phones"]
        )
        split = "held" if one["speaker"] in held else "train"
        yield Clip(folder / "train" / f"{key}.opus", "en", "so762", one["speaker"], phones, split=split)


def canonical(phone: str, word: str, phones: list[str]) -> str:
    """Our phone of the corpus' ARPAbet. Words of one syllable all bear the digit 0 there, so it decides nothing."""
    one_syllable = sum(p[-1].isdigit() for p in phones) == 1
    weak = phone.endswith("0") and (word in WEAK_WORDS if one_syllable else True)
    return (
        {"AH": "ə", "ER": "ɚ"}.get(phone[:-1], ARPABET[phone.rstrip("012")]) if weak else ARPABET[phone.rstrip("012")]
    )


def lj(folder: Path) -> Iterator[Clip]:
    for line in (folder / "metadata.csv").read_text(encoding="utf-8").splitlines():
        key, _written, text = line.split("|")
        yield Clip(folder / f"{key}.opus", "en", "lj", "lj", text=text, choose=True)


def labelled(path: Path) -> tuple[tuple[float, float], ...]:
    """Where the sounds lie by a label file of festvox-ru."""
    spans, start = [], 0.0
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        end, _number, name = line.split()
        if name != "pau":
            spans.append((start, float(end)))
        start = float(end)
    return tuple(spans)


def festvox(voice: Path, converted: Path | None, texts: Path) -> Iterator[Clip]:
    with texts.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    for n, row in enumerate(row for row in rows if row["key"].startswith("ru_")):
        path = voice / "wav" / f"{row['key']}.wav"
        split = "held" if n % 20 == 19 else "train"
        spans = labelled(voice / "lab" / f"{row['key']}.lab")
        yield Clip(path, "ru", "festvox", "nsh", text=row["text"], spans=spans, choose=True, split=split)
        for made in sorted(converted.glob(f"{row['key']}-*.flac") if converted else ()):
            yield Clip(made, "ru", "converted", made.stem, same_as=str(path), split=split)


def natives(folder: Path) -> Iterator[Clip]:
    """Words and sentences by natives on their own microphones (manifest.tsv)."""
    from silero_stress import load_accentor

    accent = load_accentor()
    with (folder / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["annotation"] or float(row["asr_cer"] or 0) > MISHEARD or row["language"] not in ("en", "ru"):
                continue
            language: Language = "en" if row["language"] == "en" else "ru"
            text = spoken(accent(row["text"])) if language == "ru" else row["text"]
            yield Clip(folder / row["path"], language, "natives", row["speaker"], text=text, choose=True)


def made(folder: Path) -> Iterator[Clip]:
    """What foreign.py, errors.py and kokoro.py made; where sounds of both languages are said, phones are not used."""
    with (folder / "clips.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            said = tuple(row["said"].split())
            ends = [float(end) for end in row["ends"].split()]
            language: Language = "en" if said[0].startswith("en:") else "ru"
            phones = tuple(p for label in said for p in TWO_FOR.get(label, (label.partition(":")[2],)))
            source = f"{folder.name}-{row['kind']}"
            yield Clip(
                folder / row["path"], language, source, row["voice"], phones, said=said,
                spans=tuple(zip([0.0, *ends[:-1]], ends, strict=True)) if ends else (), split=row["split"],
            )  # fmt: skip


def rhvoice(folder: Path, language: Language) -> Iterator[Clip]:
    with (folder / "clips.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            path = folder / row["path"]
            if path.exists():
                source = "word" if path.name.startswith(SINGLE_KEY) else "rhvoice"
                yield Clip(path, language, source, row["voice"], text=row["text"])


def reference(folder: Path) -> Iterator[Clip]:
    from trainer.bundled import bundled
    from trainer.phrasebook.load import load

    texts = {phrase.id: phrase for phrase in load(bundled("phrasebooks") / "astp").phrases}
    with (folder / "clips.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["phrase"] in texts:
                language: Language = "en" if row["language"] == "en" else "ru"
                text = texts[row["phrase"]].text(language)
                yield Clip(folder / row["path"], language, "reference", row["speaker"], text=text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--so762", type=Path)
    parser.add_argument("--lj", type=Path)
    parser.add_argument("--festvox", type=Path)
    parser.add_argument("--converted", type=Path)
    parser.add_argument("--texts", type=Path, help="those of texts.py, with the sentences of festvox")
    parser.add_argument("--rhvoice-ru", type=Path, nargs="*", default=[])
    parser.add_argument("--rhvoice-en", type=Path, nargs="*", default=[])
    parser.add_argument("--made", type=Path, nargs="*", default=[])
    parser.add_argument("--natives", type=Path, nargs="*", default=[])
    parser.add_argument("--reference", type=Path)
    arguments = parser.parse_args()
    clips = [
        *(so762(arguments.so762) if arguments.so762 else ()),
        *(lj(arguments.lj) if arguments.lj else ()),
        *(festvox(arguments.festvox, arguments.converted, arguments.texts) if arguments.festvox else ()),
        *(clip for folder in arguments.rhvoice_ru for clip in rhvoice(folder, "ru")),
        *(clip for folder in arguments.rhvoice_en for clip in rhvoice(folder, "en")),
        *(clip for folder in arguments.made for clip in made(folder)),
        *(clip for folder in arguments.natives for clip in natives(folder)),
        *(reference(arguments.reference) if arguments.reference else ()),
    ]
    arguments.out.mkdir(parents=True, exist_ok=True)
    start, dropped = 0, 0
    phones_of: dict[str, tuple[str, ...]] = {}
    known = arguments.out / "index.jsonl"
    if known.exists():  # what was aligned once need not be aligned again
        rows = map(json.loads, known.read_text(encoding="utf-8").splitlines())
        aligned = {(row["path"], row["text"]): tuple(row["phones"]) for row in rows if row["text"]}
        clips = [replace(clip, phones=aligned.get((str(clip.path), clip.text), clip.phones)) for clip in clips]
    with (
        (arguments.out / "samples.i16").open("wb") as samples_file,
        (arguments.out / "index.tmp").open("w", encoding="utf-8") as index,
        ProcessPoolExecutor(2) as pool,
    ):
        loaded = pool.map(load, clips, chunksize=16)
        for clip, (samples, phones) in track(zip(clips, loaded, strict=True), "gathering", total=len(clips)):
            phones = phones_of.get(clip.same_as) if clip.same_as else phones
            if not phones or len(samples) > 30 * 16_000:
                dropped += 1
                continue
            phones_of[str(clip.path)] = phones
            samples.tofile(samples_file)
            row = asdict(clip) | {"path": str(clip.path), "phones": phones, "start": start, "length": len(samples)}
            row["said"] = clip.said or [f"{clip.language}:{class_of(phone, clip.language)}" for phone in phones]
            if len(clip.spans) != len(row["said"]):  # other sounds than those whose times are known
                row["spans"] = ()
            del row["choose"], row["same_as"]
            index.write(json.dumps(row, ensure_ascii=False) + "\n")
            start += len(samples)
    (arguments.out / "index.tmp").rename(known)
    print(f"{len(clips) - dropped} clips, {start / 16_000 / 3600:.2f} h; {dropped} dropped")


if __name__ == "__main__":
    main()
