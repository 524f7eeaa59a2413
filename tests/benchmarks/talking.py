"""A drill at the console in a terminal of its own, calls of about 4 s in real time: what talking costs, and how long
after the key has come up the score is on the screen.

Run as a program it is the console that is measured: `python -m tests.benchmarks.talking PIPE SILENCE CALLS`.
"""

import json
import os
import re
import select
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from io import RawIOBase
from itertools import islice
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the program does, before NumPy is there

import numpy as np
import soundfile
from numpy.typing import NDArray

from tests.benchmarks.claims import Measurement
from tests.benchmarks.drill import Quiet
from tests.benchmarks.terminal import ESCAPES, Terminal
from trainer.audio.files import read
from trainer.audio.manifest import clips
from trainer.audio.recorded_microphone import REACTION
from trainer.audio.recording import SAMPLE_RATE
from trainer.audio.take import TakeStatus
from trainer.audio.voice import VoiceActivity
from trainer.bundled import bundled
from trainer.drill.events import Assessed, Refused
from trainer.drill.plan import Plan
from trainer.errors import UserError
from trainer.live.program import Options, Program
from trainer.tui import app, keyboard
from trainer.tui.app import Console
from trainer.tui.operator import Operator
from trainer.tui.screens.drill import DrillPage

READINGS = bundled("audio") / "reference"
LENGTHS = (3.3, 4.7)  # s, of the readings
NEARLY = 0.1  # s by which the detector may find the end of a call sooner than in its file
SILENCES = {"after .45 s of silence": 0.45, "at once": 0.05}  # s without speech, then the key comes up
VERDICT = re.compile("SAID RIGHT|SOUND:|STRESS:|LEFT OUT|FIGURE:|ANOTHER CALL")
CALLS = 12
TRIES = 60
TALKING = b"talking\n"


def measure(calls: int = CALLS) -> Iterator[Measurement]:
    shares: list[float] = []
    for name, silence in SILENCES.items():
        told = list(_drill(silence, calls + 1))[1:]  # at the first one all is new
        painted = 1000 * np.array([one["painted"] for one in told])
        shares += [100 * one["share"] for one in told]
        late, half = np.percentile(painted, [95, 50]).tolist()
        yield Measurement(f"key up {name} to painted score, 95 % in ms", late, len(told), half)
    yield Measurement("of a core while talking, %", float(np.median(shares)), len(shares))


def _drill(silence: float, calls: int) -> Iterator[dict[str, float]]:
    """Press the keys of a console in a terminal; what it tells of each call."""
    reading, writing = os.pipe()
    with tempfile.TemporaryDirectory() as folder, os.fdopen(reading, "rb", buffering=0) as told:
        command = [sys.executable, "-m", "tests.benchmarks.talking", str(writing), str(silence), str(calls)]
        terminal = Terminal(command, Path(folder), writing)
        os.close(writing)
        try:
            for _call in range(calls):
                yield _next(terminal, told)
                time.sleep(1.0)  # the page draws what belongs to a score
                terminal.press(b"\r")
        finally:
            terminal.close()


def _next(terminal: Terminal, told: RawIOBase) -> dict[str, float]:
    for _try in range(TRIES):
        if select.select([told], [], [], 1.5)[0]:
            break
        terminal.press(b" ")  # it may have been opening, or drawing
    for line in told:
        if line != TALKING:
            return json.loads(line)
    raise UserError(f"the console says no more:\n{terminal.text[-500:].decode(errors='replace')}")


class Timed(Operator):
    """An operator whose key comes up by itself, and that looks at clock and work while it is down."""

    def __init__(
        self, plan: Plan, silence: float, said: Mapping[str, float], tell: Callable[[bytes], object]
    ) -> None:  # fmt: skip
        """said: by call, seconds after the key went down when it has been said. tell: hears when it begins to talk, and
        when a score is to be seen what came before (a line of JSON)."""
        super().__init__(plan)
        self._silence, self._said, self._tell = silence, said, tell
        self._down = self._comes_up = (0.0, 0.0)
        self._heard = False  # the take is over, and its verdict not written yet

    def say(self) -> Assessed | Refused | None:
        cue = self._open_drill.state.cue
        quiet = Quiet(self._silence, self._said[cue.answers[0].call] if cue else 0.0)

        def heard(status: TakeStatus, block: NDArray[np.float32]) -> None:
            quiet.heard(status, block)
            self.tape.feed(status, block)
            if status.ended:
                self._comes_up = _now()
                self._heard = True

        self._tell(TALKING)
        self._down = _now()
        try:
            transceiver = self._open_drill.transceiver
            return transceiver.talk(lambda: self._up.is_set() or quiet.up(), heard, self._dropped.is_set)
        finally:
            self.talking = False

    def written(self, text: str) -> None:
        """The terminal has this now."""
        if self._heard and VERDICT.search(ESCAPES.sub(b"", text.encode()).decode()):
            self._heard = False
            work, clock = (up - down for up, down in zip(self._comes_up, self._down, strict=True))
            line = {"share": work / clock, "painted": time.perf_counter() - self._comes_up[1]}
            self._tell(f"{json.dumps(line)}\n".encode())


def _now() -> tuple[float, float]:
    """Work of this process and the clock, s."""
    return time.process_time(), time.perf_counter()


class Watched(Console):
    """The console with a drill of calls of about 4 s, each of which it tells into a pipe."""

    CSS_PATH = Path(app.__file__).with_name(str(Console.CSS_PATH))

    def __init__(self, pipe: int, silence: float, calls: int, keep: bool = False) -> None:
        super().__init__(Options(
            mic=str(READINGS), speaker="mute", keep=keep, seed=7, who="leonov", mode="read", phase="docking", size=1
        ))  # fmt: skip
        self._pipe, self._silence, self._calls = pipe, silence, calls
        self.timed: Timed | None = None
        write = keyboard.Watched.write

        def written(file: keyboard.Watched, text: str) -> None:
            write(file, text)
            file.flush()
            if self.timed:
                self.timed.written(text)

        keyboard.Watched.write = written  # type: ignore[method-assign]

    def start(self, plan: Plan) -> None:
        turn = plan.agenda[0]
        said = dict(islice(of_four_seconds(self.program), self._calls))
        agenda = tuple(replace(turn, prompt=None, answers=(call,)) for call in said)
        self.timed = Timed(replace(plan, agenda=agenda), self._silence, said, partial(os.write, self._pipe))
        self.push_screen(DrillPage(self.timed))


def of_four_seconds(program: Program) -> Iterator[tuple[str, float]]:
    """The calls whose English reading, as the microphone says it first, lasts about 4 s, and how long after the key
    went down it has been said; Leonov says them."""
    first: dict[str, Path] = {}
    for clip in clips(READINGS):
        if clip.language == "en":
            first.setdefault(clip.phrase, clip.path)
    voice = VoiceActivity()
    for phrase in program.book.phrases:
        path = first.get(phrase.id)
        if path and LENGTHS[0] <= soundfile.info(path).duration <= LENGTHS[1]:
            voice.reset()
            voice.feed(read(path).samples)
            yield phrase.id, REACTION + voice.segments[-1][1] / SAMPLE_RATE - NEARLY


if __name__ == "__main__":
    Watched(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), keep=True).run()
