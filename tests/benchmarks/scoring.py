"""What a score takes: one after the other, many at once, and the memory of a drill."""

import json
import subprocess
import sys
from collections.abc import Iterator

from tests.benchmarks.claims import Measurement

CALLS = 100


def measure() -> Iterator[Measurement]:
    speed = _lines("-m", "trainer", "bench", "speed", "--json")
    figures = {line["measure"]: line for line in speed}
    warm, batch = figures["warm_seconds"], figures["batch_times_real_time"]
    yield Measurement("score of 4 s in a process of its own, ms", 1000 * warm["value"], warm["n"])
    yield Measurement("recordings scored on all cores, times real time", batch["value"], batch["n"])
    (drill,) = _lines("-m", "tests.benchmarks.drill", "calls", str(CALLS))
    yield Measurement(f"memory of a drill of {CALLS} calls, MB", drill["peak_mb"])


def _lines(*arguments: str) -> list[dict]:
    run = subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.PIPE, encoding="utf-8")
    return [json.loads(line) for line in run.stdout.splitlines()]
