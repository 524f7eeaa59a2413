"""How soon it is there: a command's help, a recording's score from nothing, the console's first screen."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.benchmarks.claims import Measurement
from tests.benchmarks.terminal import Terminal, ruston
from trainer.bundled import bundled
from trainer.languages import LANGUAGES, Language
from trainer.speech import vocabulary
from trainer.speech.vosk import VoskWords

ROUNDS = 7
CALL, CLIP = "DOC-09", bundled("audio") / "samples" / "en" / "doc-09-right-woman.opus"
# What comes after it is run, and the most memory that it took is told, in MB.
PEAK = [sys.executable, "-c", """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000)
"""]  # fmt: skip
FIRST_SCREEN = b"Thomas Stafford"  # one of those who may sign on


def measure() -> Iterator[Measurement]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        score = ruston("score", str(CLIP), "--phrase", CALL, "--language", "en", "--json")
        yield _median("ruston --help, s", [_run(ruston("--help"), folder) for _round in range(ROUNDS)])
        yield _median("first screen of the console, s", [_first_screen(folder) for _round in range(ROUNDS)])
        yield _median("first score of a new process, s", [_run(score, folder) for _round in range(ROUNDS)])
        memory = float(subprocess.run([*PEAK, *score], check=True, capture_output=True, encoding="utf-8").stdout)
        yield Measurement("memory of that process, MB", memory)
    _load("en", _built_in("en"))  # the library itself
    for language in LANGUAGES:
        yield _median(f"loading vosk-{language}, s", [_load(language, _built_in(language)) for _round in range(ROUNDS)])


def _built_in(language: Language) -> Path:
    folder = vocabulary.built_in(language)
    assert folder, language
    return folder


def _load(language: Language, folder: Path) -> float:
    recogniser = VoskWords(folder, language)
    began = time.perf_counter()
    recogniser.load()
    return time.perf_counter() - began


def _median(figure: str, seconds: list[float]) -> Measurement:
    return Measurement(figure, median(seconds), len(seconds))


def _run(command: list[str], folder: Path) -> float:
    began = time.perf_counter()
    environment = {**os.environ, "RUSTON_DATA": str(folder), "RUSTON_INTERFACE": "en"}
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return time.perf_counter() - began


def _first_screen(folder: Path) -> float:
    terminal = Terminal(ruston("console", "--no-records"), folder)
    try:
        return terminal.until(lambda text: FIRST_SCREEN in text)
    finally:
        terminal.close()
