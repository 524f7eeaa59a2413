"""How large the program and its models are, and how much they know."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.claims import Measurement
from trainer.phrasebook.stress_dictionary import marked_words

ROOT = Path(__file__).parents[2]
MODELS = ROOT / "models"
MB = 1_000_000


def measure() -> Iterator[Measurement]:
    yield from of_files()
    yield _wheel()


def of_files() -> Iterator[Measurement]:
    yield Measurement("model.onnx, MB", (MODELS / "phones" / "model.onnx").stat().st_size / MB)
    for language, name in (("en", "English"), ("ru", "Russian")):
        yield Measurement(f"raters of {name}, MB", (MODELS / "phones" / f"ratings-{language}.npz").stat().st_size / MB)
    for model in ("vosk-en", "vosk-ru"):
        files = (path for path in (MODELS / model).rglob("*") if path.is_file() and path.suffix != ".md")
        yield Measurement(f"{model}, MB", sum(path.stat().st_size for path in files) / MB)
        rows = (MODELS / model / "words.tsv").read_text(encoding="utf-8").splitlines()
        yield Measurement(f"words of {model}", len({row.split("\t")[0] for row in rows}))
        yield Measurement(f"pronunciations of {model}", len(rows))
    yield Measurement("Russian words with their stress", len(marked_words()))


def _wheel() -> Measurement:
    with tempfile.TemporaryDirectory() as folder:
        build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, str(ROOT)]
        subprocess.run(build, check=True)
        return Measurement("wheel, MB", next(Path(folder).glob("*.whl")).stat().st_size / MB)
