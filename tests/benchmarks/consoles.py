"""The console beside other programs of its kind, in terminals of 120x40: how soon the first screen stands, what a key
and doing nothing cost, what they send, the memory they take.

    python -m tests.benchmarks.consoles                                       # this one alone
    python -m tests.benchmarks.consoles ~/peers/bin/posting ~/peers/bin/harlequin   # and others, one command each
"""

import os
import re
import shlex
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.benchmarks.processes import heed_sigterm
from tests.benchmarks.terminal import Terminal, ruston

STARTS = 5
KEYS = 20
APART = 0.25  # s between two keys
MOST = 0.9  # of the bytes of a screen: with them it is seen, though a cursor or a hint may come later
LEAST = 2000  # bytes of a first screen: before it come questions to the terminal
STILL = 0.4  # s without output after which a screen stands; cursors blink every half
IDLE = 10.0  # s
PATIENCE = 60.0  # s for a first screen
DOWN, LETTER = b"\x1b[B", b"a"  # our first screen is a list, theirs are fields


@dataclass(frozen=True)
class Cost:
    """What one program took.

    Attributes:
        start: from its start until its first screen is seen, s.
        first: bytes of that screen.
        echo: from a key to the first byte that it draws, s; median.
        key: bytes for a key; median.
        idle: bytes a second while nothing happens.
        work: of a core meanwhile.
        memory: resident by then, MB.
    """

    start: float
    first: int
    echo: float
    key: float
    idle: float
    work: float
    memory: float


def cost(command: list[str], key: bytes) -> Cost:
    with tempfile.TemporaryDirectory() as name:
        starts = []
        for _start in range(STARTS - 1):
            with closing(Terminal(command, Path(name))) as terminal:
                starts.append(_seen(terminal))
        with closing(Terminal(command, Path(name))) as terminal:
            starts.append(_seen(terminal))
            first = len(terminal.written)
            echoes, sent = zip(*(_pressed(terminal, key) for _key in range(KEYS)), strict=True)
            before, worked = len(terminal.written), _work(terminal)
            time.sleep(IDLE)
            idle, work = (len(terminal.written) - before) / IDLE, (_work(terminal) - worked) / IDLE
            if terminal.process.poll() is not None:
                raise RuntimeError(terminal.text[-300:].decode(errors="replace"))
            memory = _memory(terminal)
    return Cost(median(starts), first, median(echoes), median(sent), idle, work, memory)


def _seen(terminal: Terminal) -> float:
    """Seconds from its start until its first screen is seen."""
    came: list[tuple[float, int]] = [(0.0, 0)]  # when, how many bytes by then
    while came[-1][1] < LEAST or time.perf_counter() - terminal.began - came[-1][0] < STILL:
        if time.perf_counter() - terminal.began > PATIENCE:
            raise TimeoutError(terminal.text[-300:].decode(errors="replace"))
        if len(terminal.written) != came[-1][1]:
            came.append((time.perf_counter() - terminal.began, len(terminal.written)))
        time.sleep(0.002)
    return next(at for at, length in came if length >= MOST * came[-1][1])


def _pressed(terminal: Terminal, key: bytes) -> tuple[float, int]:
    """How soon something came of it, and how much."""
    before, began = len(terminal.written), time.perf_counter()
    terminal.press(key)
    while len(terminal.written) == before and time.perf_counter() - began < APART:
        time.sleep(0.0005)
    echo = time.perf_counter() - began
    time.sleep(max(0.0, APART - echo))
    return echo, len(terminal.written) - before


def _work(terminal: Terminal) -> float:
    """Seconds that it has worked so far."""
    fields = Path(f"/proc/{terminal.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(terminal: Terminal) -> float:
    status = Path(f"/proc/{terminal.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


def table(others: list[str]) -> Iterator[str]:
    programs = [("ruston", ruston("console", "--no-records"), DOWN)]
    programs += [(Path(shlex.split(other)[0]).name, shlex.split(other), LETTER) for other in others]
    yield f"120x40, load {os.getloadavg()[0]:.1f}"
    yield f"{'':12} {'start s':>8} {'KB':>6} {'echo ms':>8} {'bytes/key':>10} {'idle B/s':>9} {'idle CPU':>9} {'MB':>5}"
    for name, command, key in programs:
        try:
            one = cost(command, key)
        except (RuntimeError, TimeoutError):
            yield f"{name:12} ended by itself, or showed no screen"
            continue
        yield (
            f"{name:12} {one.start:8.2f} {one.first / 1000:6.1f} {1000 * one.echo:8.1f} {one.key:10.0f} "
            f"{one.idle:9.0f} {one.work:9.2%} {one.memory:5.0f}"
        )


if __name__ == "__main__":
    heed_sigterm()
    for line in table(sys.argv[1:]):
        print(line, flush=True)
