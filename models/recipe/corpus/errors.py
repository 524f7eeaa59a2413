"""English with a Russian's errors planted, one kind or several, now and then or always; and with sounds swapped by lot.

    python -m recipe.corpus.errors kokoro TEXTS.tsv OUT_DIR --model MODEL.onnx --voices VOICES_DIR
    python -m recipe.corpus.errors flite TEXTS.tsv OUT_DIR
    python -m recipe.corpus.errors festival TEXTS.tsv OUT_DIR
    python -m recipe.corpus.errors flite TEXTS.tsv OUT_DIR --single slt rms

The voices speak rows of sounds, so that what was asked for is what sounds: flite's kal16 and awb, festival's ked, and
Kokoro's, those made for Spanish, Italian and Portuguese among them, which have a Russian's r, x and vowels. Sounds
swapped by lot keep the network from guessing a sound by the word that it is in.

OUT_DIR/clips.tsv is as foreign.py writes it. `--single`: every held text as it is and with one sound wrong, by voices
that nothing is trained on (flite's slt and rms, Kokoro's HELD ones): OUT_DIR/pairs.tsv, as `ruston bench pairs` takes
it, with the place of the wrong sound.
"""

import argparse
import csv
import random
import subprocess
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import soundfile
import soxr

from recipe.corpus.foreign import COLUMNS, MEAN_PITCH, of_flite, usual
from recipe.corpus.kokoro import NUMBERS, SYMBOLS
from recipe.corpus.put_for import DEVOICED, FLITE_OF, RUSSIAN_ERRORS, RUSSIAN_SOUNDS
from recipe.corpus.render import RATE
from trainer.errors import UserError

FAITHFUL = {
    "t": "ru:t", "d": "ru:d", "p": "ru:p", "k": "ru:k", "n": "ru:n", "iː": "ru:ˈi", "uː": "ru:ˈu",
}  # fmt: skip  # what Kokoro's other voices make of English sounds
SYMBOL_OF = {
    "ru:r": "r", "ru:x": "x", "ru:ˈe": "e", "ru:ˈo": "o", "ru:ˈa": "a", "ru:ɐ": "ɐ", "ru:t": "t", "ru:d": "d",
    "ru:p": "p", "ru:k": "k", "ru:ˈi": "i", "ru:ˈu": "u", "ru:n": "n",
}  # fmt: skip
MORE_NUMBERS = {"a": 43, "e": 47, "o": 57, "r": 60, "x": 66, "ɐ": 70}  # as in kokoro.py
VOWELS = ("ɑː", "æ", "ʌ", "ɔː", "ɛ", "ɝ", "eɪ", "ɪ", "iː", "oʊ", "ʊ", "uː", "aɪ", "aʊ")
LIKE_VOWELS = (*VOWELS, "ə", "ɚ", "ɔɪ")
CONSONANTS = (
    "b", "d", "f", "h", "k", "l", "m", "n", "p", "s", "t", "v", "w", "z", "ð", "ŋ", "ɡ", "θ", "ɹ", "ʃ", "tʃ", "dʒ",
)  # fmt: skip
# One at a time, to measure with: of the errors those that a listener cannot take for a native's.
SINGLE = {
    "θ": ["s", "t", "f"], "ð": ["z", "d"], "w": ["v"], "ŋ": ["n", "ŋ ɡ"], "ɪ": ["iː"], "iː": ["ɪ"], "æ": ["ɛ"],
    "ɛ": ["æ"], "ɝ": ["ɛ ɹ", "oʊ ɹ"], "ʌ": ["ɑː"], "oʊ": ["ɔː"], "eɪ": ["ɛ"], "ɑː": ["oʊ"], "ʊ": ["uː"], "v": ["w"],
}  # fmt: skip
SINGLE_BY_KOKORO = SINGLE | {"h": ["ru:x"], "ɹ": ["ru:r"]}
SINGLE_WORDS = (3, 10)
HELD = ("af_nova", "am_fenrir", "bf_lily", "bm_lewis")
KOKORO_VOICES = ("af", "am", "bf", "bm", "ef", "em", "if", "im", "pf", "pm")  # first letters of their names
PITCHES = {**MEAN_PITCH, "slt": (150, 210), "rms": (80, 130), "ked": (80, 130)}
LONGEST = 70  # symbols

Row = list[tuple[str, str, bool]]  # of a word: each sound that ought to be, the labels that are said, whether stressed
Voice = tuple[str, np.ndarray, list[float], list[str]]  # name, samples, ends, labels that sound
Speak = Callable[[list[Row], random.Random], Voice]


def as_labels(sounds: str) -> str:
    return " ".join(one if one.startswith("ru:") else f"en:{one}" for one in sounds.split())


def plain(words: Sequence[tuple[str, ...]]) -> list[Row]:
    return [[(f"en:{p.lstrip('ˈˌ')}", f"en:{p.lstrip('ˈˌ')}", p.startswith("ˈ")) for p in word] for word in words]


def planted(rows: list[Row], draw: random.Random, russian: bool) -> tuple[str, list[Row]]:
    """Kind of the clip and its sounds, some of them wrong."""
    table = RUSSIAN_ERRORS | RUSSIAN_SOUNDS if russian else RUSSIAN_ERRORS
    there = {expected[3:] for row in rows for expected, _said, _stress in row} & table.keys()
    if any(row[-1][0][3:] in DEVOICED for row in rows):
        there.add("end")
    dice = draw.random()
    if dice < 0.25 or not there:
        return "native", rows
    if dice < 0.8:
        count = 1 if dice < 0.6 else min(len(there), draw.randint(2, 5))
        chosen = {kind: draw.choice(table.get(kind, [""])) for kind in draw.sample(sorted(there), count)}
        often = draw.choice((0.4, 1.0))
        return "planted", [_with_errors(row, chosen, often, draw) for row in rows]
    often = draw.choice((0.1, 0.2))
    return "swapped", [[_swapped(*sound, draw) if draw.random() < often else sound for sound in row] for row in rows]


def _with_errors(row: Row, chosen: dict[str, str], often: float, draw: random.Random) -> Row:
    out: Row = []
    for n, (expected, said, stressed) in enumerate(row):
        phone = expected[3:]
        if phone in chosen and draw.random() < often:
            said = as_labels(chosen[phone])
        elif n + 1 == len(row) and "end" in chosen and phone in DEVOICED and draw.random() < often:
            said = as_labels(DEVOICED[phone])
        out.append((expected, said, stressed))
    return out


def _swapped(expected: str, _said: str, stressed: bool, draw: random.Random) -> tuple[str, str, bool]:
    return expected, as_labels(draw.choice(VOWELS if expected[3:] in LIKE_VOWELS else CONSONANTS)), stressed


def single(rows: list[Row], draw: random.Random, table: dict[str, list[str]]) -> tuple[list[Row], int, str] | None:
    """With one sound wrong; its number in the call, and expected>said. None where none has a place."""
    flat = [(w, n) for w, row in enumerate(rows) for n in range(len(row))]
    ways = {}
    for w, n in flat:
        phone = rows[w][n][0][3:]
        ends = [DEVOICED[phone]] if n + 1 == len(rows[w]) and phone in DEVOICED else []
        ways[w, n] = [*table.get(phone, []), *ends]
    places = [place for place in flat if ways[place]]
    if not places:
        return None
    w, n = draw.choice(places)
    said = draw.choice(ways[w, n])
    expected, _said, stressed = rows[w][n]
    row = [*rows[w][:n], (expected, as_labels(said), stressed), *rows[w][n + 1 :]]
    return [*rows[:w], row, *rows[w + 1 :]], flat.index((w, n)), f"{expected[3:]}>{'+'.join(said.split())}"


def sounding(rows: list[Row]) -> list[str]:
    said = [label for row in rows for _expected, labels, _stress in row for label in labels.split()]
    return [label for n, label in enumerate(said) if n == 0 or label != said[n - 1]]


def kokoro(model: Path, folder: Path, only: Sequence[str]) -> Speak:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model), options)
    known = {path.stem: path for path in sorted(folder.glob("*.bin")) if path.stem.startswith(KOKORO_VOICES)}
    names = [name for name in known if name in (only or known.keys() - HELD) and not name.endswith("santa")]
    voices = {name: np.fromfile(known[name], np.float32).reshape(-1, 1, 256) for name in names}
    native, others = ([name for name in names if (name[0] in "ab") is side] for side in (True, False))
    numbers = NUMBERS | MORE_NUMBERS

    def speak(rows: list[Row], draw: random.Random) -> Voice:
        said = sounding(rows)
        russian = sum(label.startswith("ru:") for label in said) > 1
        voice = draw.choice(others if others and russian and draw.random() < 0.5 else native)
        words = []
        for row in rows:
            word = ""
            for _expected, labels, stressed in row:
                symbols = [SYMBOL_OF.get(one) or SYMBOLS.get(one[3:], one[3:]) for one in labels.split()]
                word += ("ˈ" if stressed and symbols else "") + "".join(symbols)
            words.append(word)
        written = " ".join(words)
        if len(written) > LONGEST:
            raise ValueError(written)
        tokens = np.array([[0, *(numbers[symbol] for symbol in written), 0]], np.int64)
        speed = np.array([draw.uniform(0.8, 1.15)], np.float32)
        given = {"tokens": tokens, "style": voices[voice][len(written)], "speed": speed}
        samples = soxr.resample(session.run(None, given)[0].ravel(), 24_000, RATE)
        if voice in others:
            said = [FAITHFUL.get(label[3:], label) if label.startswith("en:") else label for label in said]
        return voice, samples, [], said

    return speak


def flite(voices: Sequence[str]) -> Speak:
    def speak(rows: list[Row], draw: random.Random) -> Voice:
        voice, said = draw.choice(voices), sounding(rows)
        names = " ".join(FLITE_OF[label[3:]] for label in said)
        with tempfile.NamedTemporaryFile(suffix=".wav") as file:
            command = [
                "flite", "-voice", voice, "--setf", f"duration_stretch={draw.uniform(0.8, 1.25):.2f}",
                "--setf", f"int_f0_target_mean={draw.uniform(*PITCHES[voice]):.0f}", "-psdur", "-p", names,
                "-o", file.name,
            ]  # fmt: skip
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            return voice, *_spoken(Path(file.name), done.stdout, said)

    return speak


def festival(rows: list[Row], draw: random.Random) -> Voice:
    said = sounding(rows)
    names = " ".join(FLITE_OF[label[3:]] for label in said)
    with tempfile.TemporaryDirectory() as folder:
        script, wave = Path(folder) / "say.scm", Path(folder) / "out.wav"
        script.write_text(
            f"(voice_ked_diphone)\n(Parameter.set 'Duration_Stretch {draw.uniform(0.85, 1.25):.2f})\n"
            f"(set! FP_F0 {draw.uniform(*PITCHES['ked']):.0f})\n"
            f"(set! said (utt.synth (Utterance Phones (pau {names} pau))))\n"
            f'(utt.save.wave said "{wave}")\n'
            '(mapcar (lambda (s) (format t "%s:%f\\n" (item.name s) (item.feat s "end")))\n'
            " (utt.relation.items said 'Segment))\n"
        )
        done = subprocess.run(["festival", "--batch", str(script)], check=True, capture_output=True, text=True)
        return "ked", *_spoken(wave, done.stdout, said)


def _spoken(wave: Path, told: str, said: list[str]) -> tuple[np.ndarray, list[float], list[str]]:
    """told: name:end of every sound. Raises ValueError where it did not say these."""
    samples, rate = soundfile.read(wave, dtype="float32")
    pairs = [pair.rsplit(":", 1) for pair in told.split()]
    pairs = [(name, end) for name, end in pairs if name not in ("pau", "#")]
    if list(of_flite(" ".join(name for name, _end in pairs))) != said:
        raise ValueError(said)
    return soxr.resample(samples, rate, RATE), [float(end) for _name, end in pairs], said


def keep(samples: np.ndarray, path: Path) -> None:
    samples = samples * (0.1 / max(1e-4, float(np.sqrt((samples**2).mean()))))
    soundfile.write(path, np.clip(samples, -1, 1), RATE)


def held(key: str) -> bool:
    return zlib.crc32(key.encode()) % 10 == 0


def train(texts: list[dict[str, str]], speak: Speak, a: argparse.Namespace) -> Iterator[tuple[object, ...]]:
    for row in texts:
        draw = random.Random(row["key"] + a.engine + "errors")
        try:
            rows = plain(usual(row["text"], "en"))
            kind, rows = planted(rows, draw, a.engine == "kokoro" and draw.random() < 0.4)
            voice, samples, ends, said = speak(rows, draw)
        except (UserError, ValueError, KeyError, subprocess.CalledProcessError):
            continue  # cannot be read aloud, or is too long
        path = a.out / f"{row['key']}-{voice}.flac"
        keep(samples, path)
        times = " ".join(f"{end:.3f}" for end in ends)
        split = "held" if held(row["key"]) else "train"
        yield path.name, row["text"], "en", kind, " ".join(said), times, voice, split


def measure(texts: list[dict[str, str]], speak: Speak, a: argparse.Namespace) -> Iterator[tuple[object, ...]]:
    table = SINGLE_BY_KOKORO if a.engine == "kokoro" else SINGLE
    for row in texts:
        draw = random.Random(row["key"] + a.engine + "single")
        try:
            right = plain(usual(row["text"], "en"))
        except UserError:
            continue
        found = single(right, draw, table) if SINGLE_WORDS[0] <= len(right) <= SINGLE_WORDS[1] else None
        if not held(row["key"]) or found is None:
            continue
        wrong, place, pair = found
        for name, rows, said in (("wrong", wrong, pair.replace("ru:", "")), ("right", right, "ok")):
            try:
                voice, samples, _ends, _said = speak(rows, random.Random(row["key"] + name))
            except (ValueError, KeyError, subprocess.CalledProcessError):
                continue
            path = a.out / f"{row['key']}-{name}-{voice}.flac"
            quiet = np.zeros(RATE // 5, np.float32)
            keep(np.concatenate([quiet, samples.astype(np.float32), quiet]), path)
            yield path.name, row["text"], voice, said, pair, place


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engine", choices=("kokoro", "flite", "festival"))
    parser.add_argument("texts", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--voices", type=Path)
    parser.add_argument("--single", nargs="*", default=[], metavar="VOICE")
    parser.add_argument("--minutes", type=float, default=1e9)
    a = parser.parse_args()
    a.out.mkdir(parents=True, exist_ok=True)
    with a.texts.open(encoding="utf-8", newline="") as file:
        texts = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    if a.engine == "kokoro":
        speak = kokoro(a.model, a.voices, a.single)
    else:
        speak = flite(a.single or tuple(MEAN_PITCH)) if a.engine == "flite" else festival
    table = a.out / ("pairs.tsv" if a.single else "clips.tsv")
    until, made = time.monotonic() + 60 * a.minutes, 0
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, quotechar=None)
        writer.writerow(("path", "text", "speaker", "said", "pair", "place") if a.single else COLUMNS)
        for row in measure(texts, speak, a) if a.single else train(texts, speak, a):
            writer.writerow(row)
            made += 1
            if time.monotonic() > until:
                break
    print(f"{made} clips")


if __name__ == "__main__":
    main()
