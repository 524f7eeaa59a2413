"""What happens between the key coming up and the score on the screen, step by step: calls of about 4 s in real time,
at a console in a terminal of its own. Times are of the thread that does the step, so steps overlap.

    python -m tests.benchmarks.steps                 # both silences, 12 calls each, nothing kept
    python -m tests.benchmarks.steps --keep          # with records, as in daily use
    python -m tests.benchmarks.steps --calls 24 --json

Run with --pipe it is the console that is looked into.
"""

import argparse
import json
import os
import re
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any, ClassVar

from tests.benchmarks import talking  # before NumPy: it says how many threads that has  # isort: skip
import numpy as np
from numpy.typing import NDArray
from textual.screen import Screen

from tests.benchmarks.drill import Quiet
from tests.benchmarks.processes import heed_sigterm
from tests.benchmarks.talking import SILENCES, VERDICT, Timed, Watched
from tests.benchmarks.terminal import ESCAPES
from trainer.audio.take import TakeStatus
from trainer.live import learning, transceiver
from trainer.live.early_score import EarlyScore
from trainer.live.program import Program
from trainer.live.session_log import SessionLog
from trainer.live.word_listening import Hearing
from trainer.tui import app, keyboard
from trainer.tui.screens.drill import DrillPage

CALLS = 12
LATER = 0.8  # s after the verdict for which steps are still told

Step = tuple[str, float, float, float, str]  # what, from when to when, work of its thread (s), which thread
STEPS: list[Step] = []


def watch(owner: Any, name: str, label: Callable[..., str] | str | None = None) -> None:
    """Note every call of a function from now on. label: what to call it, of its arguments."""
    done = getattr(owner, name)

    @wraps(done)
    def watched(*arguments: Any, **named: Any) -> Any:
        told = label(*arguments) if callable(label) else label or name
        began, work = time.perf_counter(), time.thread_time()
        try:
            return done(*arguments, **named)
        finally:
            work = time.thread_time() - work
            STEPS.append((told, began, time.perf_counter(), work, threading.current_thread().name))

    setattr(owner, name, watched)


def watch_all() -> None:
    watch(EarlyScore, "finish", "await the score")
    watch(Hearing, "finish", "await the words")
    watch(transceiver, "content")
    watch(SessionLog, "append", lambda self, *events: f"log {'+'.join(type(event).__name__ for event in events)}")
    watch(learning, "_reviewed", "what is remembered")
    watch(transceiver.Transceiver, "_score", "score")
    watch(Timed, "measure", "measure the reference")
    watch(Program, "measured", "score the reference")
    watch(DrillPage, "on_logged", lambda self, message: f"page: {type(message.event).__name__}")
    for shown in ("_show_verdict", "_show_call", "_show_state", "_show_live", "_show_scope", "_show_timing"):
        watch(DrillPage, shown, f"page: {shown}")
    watch(Screen, "_refresh_layout", "layout")
    watch(app.Console, "_display", lambda self, screen, update: f"display {type(update).__name__}")
    watch(keyboard.Watched, "flush", "terminal takes it")


def work_of_threads() -> dict[str, float]:
    """Seconds that each kind of thread of this process has worked so far; ONNX Runtime's have no name."""
    named = {str(thread.native_id): re.sub(r"\d+$", "", thread.name) for thread in threading.enumerate()}
    worked: dict[str, float] = defaultdict(float)
    for task in Path("/proc/self/task").iterdir():
        with suppress(OSError):
            worked[named.get(task.name, "libraries")] += int((task / "schedstat").read_text().split()[0]) / 1e9
    return worked


class TracedQuiet(Quiet):
    came_up = went_down = 0.0
    work: ClassVar[dict[str, float]] = {}  # of threads when the key went down
    shares: ClassVar[dict[str, float]] = {}  # of a core, until it came up

    def __init__(self, seconds: float | None, said: float = 0.0) -> None:
        super().__init__(seconds, said)
        TracedQuiet.went_down, TracedQuiet.work = time.perf_counter(), work_of_threads()

    def heard(self, status: TakeStatus, block: NDArray[np.float32]) -> None:
        super().heard(status, block)
        if status.ended:
            now = time.perf_counter()
            STEPS.append(("TAKE OVER", now, now, 0.0, threading.current_thread().name))

    def up(self) -> bool:
        up = super().up()
        if up and not TracedQuiet.came_up:
            TracedQuiet.came_up = time.perf_counter()
            talked = TracedQuiet.came_up - TracedQuiet.went_down
            worked = work_of_threads()
            TracedQuiet.shares = {name: (worked[name] - self.work.get(name, 0)) / talked for name in worked}
        return up


class Traced(Watched):
    """Tells of each call its steps, in seconds since the key came up."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        written = keyboard.Watched.write

        def write(file: Any, text: str) -> None:
            if TracedQuiet.came_up and VERDICT.search(ESCAPES.sub(b"", text.encode()).decode()):
                now = time.perf_counter()
                STEPS.append(("VERDICT WRITTEN", now, now, 0.0, "writer"))
                threading.Timer(LATER, self._tell_steps).start()
            written(file, text)

        keyboard.Watched.write = write  # type: ignore[method-assign]

    def _tell_steps(self) -> None:
        zero = TracedQuiet.came_up
        told = [(what, begun - zero, ended - zero, *rest) for what, begun, ended, *rest in STEPS if ended > zero - 0.3]
        STEPS.clear()
        TracedQuiet.came_up = 0.0
        os.write(self._pipe, f"{json.dumps({'steps': told, 'shares': TracedQuiet.shares})}\n".encode())


def measure(silence: float, calls: int, keep: bool) -> list[dict[str, Any]]:
    reading, writing = os.pipe()
    with tempfile.TemporaryDirectory() as folder, os.fdopen(reading, "rb", buffering=0) as told:
        command = [sys.executable, "-m", "tests.benchmarks.steps", "--pipe", str(writing), "--calls", str(calls + 1)]
        command += ["--silence", str(silence), *(["--keep"] if keep else [])]
        terminal = talking.Terminal(command, Path(folder), writing)
        os.close(writing)
        found = []
        try:
            for _call in range(calls + 1):
                line = talking._next(terminal, told)
                while "steps" not in line:
                    line = json.loads(told.readline())
                found.append(line)
                time.sleep(0.3)
                terminal.press(b"\r")
        finally:
            terminal.close()
    return found[1:]


def table(name: str, calls: list[list[Step]]) -> None:
    begins, lasts, works, threads = defaultdict(list), defaultdict(list), defaultdict(list), {}
    for steps in calls:
        seen: dict[str, int] = defaultdict(int)
        for what, begun, ended, work, thread in sorted(steps, key=lambda step: step[1]):
            seen[what] += 1
            key = f"{what} {seen[what]}" if seen[what] > 1 else what
            begins[key].append(1000 * begun)
            lasts[key].append(1000 * (ended - begun))
            works[key].append(1000 * work)
            threads[key] = thread
    over = [next(begun for what, begun, *_rest in steps if what == "TAKE OVER") for steps in calls]
    seen_at = [next(begun for what, begun, *_rest in steps if what == "VERDICT WRITTEN") for steps in calls]
    for since, zero in (("the key", 0.0), ("the end of the take", np.array(over))):
        half, late = np.percentile(1000 * (np.array(seen_at) - zero), [50, 95])
        print(f"key up {name}: from {since} to the verdict median {half:.0f} ms, 95 % {late:.0f} ms")
    print(f"\nkey up {name}, {len(calls)} calls, ms since the key came up; load {os.getloadavg()[0]:.1f}")
    print(f"{'step':36} {'n':>3} {'begins':>8} {'lasts':>7} {'p95':>7} {'work':>7}  thread")
    for key in sorted(begins, key=lambda key: np.median(begins[key])):
        if len(begins[key]) >= len(calls) / 2:
            half, late = np.percentile(lasts[key], [50, 95])
            begun, work = np.median(begins[key]), np.median(works[key])
            print(f"{key:36} {len(begins[key]):3} {begun:8.1f} {half:7.1f} {late:7.1f} {work:7.1f}  {threads[key]}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pipe", type=int)
    parser.add_argument("--silence", type=float)
    parser.add_argument("--calls", type=int, default=CALLS)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if asked.pipe is not None:
        talking.Quiet = TracedQuiet
        watch_all()
        console = Traced(asked.pipe, asked.silence, asked.calls, asked.keep)
        console.run()
        return
    for name, silence in SILENCES.items():
        calls = measure(silence, asked.calls, asked.keep)
        if asked.json:
            for call in calls:
                print(json.dumps({"key": name, "load": os.getloadavg()[0], **call}))
        else:
            table(name, [call["steps"] for call in calls])
            told = {thread: [call["shares"].get(thread, 0) for call in calls] for thread in calls[0]["shares"]}
            shares = {thread: float(np.median(share)) for thread, share in told.items()}
            print("of a core while talking:", ", ".join(f"{thread} {share:.1%}" for thread, share in shares.items()))


if __name__ == "__main__":
    heed_sigterm()
    main()
