"""How long the trainer takes and how much memory: starting cold, warm, and many recordings on all cores."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import numpy as np

from trainer.audio.files import read
from trainer.audio.manifest import Clip
from trainer.audio.recording import SAMPLE_RATE, Recording
from trainer.bench.report import Figure
from trainer.live.scorer import Scorer
from trainer.phrasebook.load import load
from trainer.phrasebook.phrase import Phrase
from trainer.speech.acoustic import AcousticModel

SECONDS = 4.0  # of the recording that is scored again and again
WARM, COLD = 20, 3

_COLD = """
import sys, time
began = time.perf_counter()
from pathlib import Path
from trainer.audio.files import read
from trainer.phrasebook.load import load
from trainer.live.scorer import Scorer
from trainer.speech.acoustic import AcousticModel
book = load()
folder = Path(sys.argv[1]) if sys.argv[1] else None
Scorer(book, AcousticModel(folder)).score(read(Path(sys.argv[2])), book.find(sys.argv[3]), sys.argv[4])
print(time.perf_counter() - began)
"""


def figures(clips: Sequence[Clip], model: AcousticModel, folder: Path | None) -> list[Figure]:
    """clips: recordings of calls of the mission's phrasebook. Times in seconds, memory in MB."""
    book = load()
    scorer = Scorer(book, model)
    known = [(clip, phrase) for clip in clips if (phrase := book.find(clip.phrase))]
    clip, phrase = min(known, key=lambda pair: abs(read(pair[0].path).seconds - SECONDS))
    recording = _as_long_as(read(clip.path), SECONDS)
    cold = [_cold(clip, folder) for _ in range(COLD)]
    times = []
    for _ in range(WARM):
        began = time.perf_counter()
        scorer.score(recording, phrase, clip.language)
        times.append(time.perf_counter() - began)
    batch, seconds = _batch(book_scorer=Scorer(book, AcousticModel(folder, threads=1)), known=known)
    return [
        Figure("cold_seconds", median(cold), COLD),
        Figure("warm_seconds", median(times), WARM),
        Figure("warm_seconds_worst", max(times), WARM),
        Figure("batch_times_real_time", seconds / batch, len(known)),
        Figure("memory_mb", _memory(), 1),
    ]


def _as_long_as(recording: Recording, seconds: float) -> Recording:
    samples = np.resize(recording.samples, int(seconds * SAMPLE_RATE)) if recording.seconds > seconds else np.pad(
        recording.samples, (0, int(seconds * SAMPLE_RATE) - len(recording.samples))
    )  # fmt: skip
    return Recording(samples, recording.source, recording.source_rate)


def _cold(clip: Clip, folder: Path | None) -> float:
    """A new process, from its first import to its first assessment."""
    command = [sys.executable, "-c", _COLD, str(folder or ""), str(clip.path), clip.phrase, clip.language]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    run = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, env=environment)
    return float(run.stdout)


def _batch(book_scorer: Scorer, known: list[tuple[Clip, Phrase]]) -> tuple[float, float]:
    """Time to score all recordings on all cores, and how long they last."""
    recordings = [read(clip.path) for clip, _phrase in known]
    began = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = zip(recordings, known, strict=True)
        list(pool.map(lambda job: book_scorer.score(job[0], job[1][1], job[1][0].language), jobs))
    return time.perf_counter() - began, sum(recording.seconds for recording in recordings)


def _memory() -> float:
    """The most that this process has used."""
    try:
        import resource  # not on Windows
    except ImportError:  # Windows
        return 0.0
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1_000_000 if sys.platform == "darwin" else 1_000)
