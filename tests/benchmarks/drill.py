"""Figures of the drill engine: `python -m tests.benchmarks.drill calls [N]`, `keyup [N]` or `kills [N]`.

calls: N calls from the reference readings (synthetic voices) through one transceiver; the time from the end of the
take to the score for calls of 3.3 to 4.7 s, by the clock and of all cores, and the memory as the calls go by. keyup:
N calls in real time; from the key coming up to the score, where it comes up at once, after 0.45 s of silence, or is
left down until silence ends the call; each with the score begun early and without. kills: a drill is killed N times
at random moments and resumed each time; every event that was told must be in the records.
"""

import json
import os
import random
import resource
import select
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

from tests.benchmarks.processes import heed_sigterm, started
from trainer.bundled import bundled
from trainer.drill.events import Assessed

READINGS = bundled("audio") / "reference"


def calls(count: int) -> None:
    import numpy as np

    from trainer.audio.doors import open_loudspeaker, open_microphone
    from trainer.drill.events import KeyUp, Opened
    from trainer.drill.plan import Reason, Turn
    from trainer.live import learning, planning
    from trainer.live.scorer import Scorer
    from trainer.live.transceiver import SoundClock, Transceiver, run
    from trainer.phrasebook.load import load
    from trainer.records.store import Store
    from trainer.speech.choosing import phone_model

    book = load()
    scorer = Scorer(book, phone_model(None))
    seat = planning.seat(book, "anybody", first="ru", station="any")
    plan = planning.plan(book, "read", [seat], datetime.now(UTC), size=1, phase="docking", pass_mark=0.0)
    latencies, worked, memory = [], [], {}
    with tempfile.TemporaryDirectory() as folder, Store.open(f"{folder}/records.sqlite") as store:
        log = learning.kept_log(store, plan.session)
        agenda = [Turn(None, (call.id,), seat.id, Reason("new")) for call, _n in zip(cycle(book.phrases), range(count))]
        plan = replace(plan, agenda=tuple(agenda))

        key_up = 0.0

        def watch(event, state) -> None:
            nonlocal key_up
            if isinstance(event, KeyUp):
                key_up = time.process_time()
            if isinstance(event, Assessed):
                if 3.3 <= event.assessment.seconds <= 4.7:
                    latencies.append(1000 * event.latency)
                    worked.append(1000 * (time.process_time() - key_up))
                done = len(state.attempts)
                if done in (1, 10, 100) or done % 250 == 0:
                    memory[done] = _resident()
                    print(done, "calls", memory[done], "MB", file=sys.stderr)

        log.follow(watch)
        with open_microphone(str(READINGS), "fast") as microphone, open_loudspeaker("mute", "fast") as loudspeaker:
            transceiver = Transceiver(
                log, book, scorer, microphone, loudspeaker, SoundClock(), words=scorer.words, live=False
            )  # fmt: skip
            log.append(Opened(at=0.0, plan=plan))
            run(transceiver)
    p50, p95 = np.percentile([latencies, worked], [50, 95], axis=1).round(1).tolist()
    print(json.dumps({
        "calls": len(log.state.attempts), "measured": len(latencies), "load": os.getloadavg()[0],
        "latency_ms": {"p50": p50[0], "p95": p95[0]}, "cpu_ms": {"p50": p50[1], "p95": p95[1]},
        "resident_mb": memory, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }))  # fmt: skip


SILENCES = {"at once": 0.05, "after 0.45 s": 0.45, "by silence": None}  # s without speech after which the key comes up


def keyup(count: int) -> None:
    import numpy as np

    from trainer.live.early_score import EarlyScore
    from trainer.live.program import Options, Program

    program = Program(Options(mic=str(READINGS), speaker="mute", keep=False, size=count, seed=7))
    seat = program.seat_of("leonov")
    look = EarlyScore.look
    for early in (True, False):
        EarlyScore.look = look if early else lambda self: None
        for name, silence in SILENCES.items():
            latencies = []
            drill = program.open_drill(program.plan("read", "docking", seat=seat))
            with closing(drill):
                while drill.transceiver.next_cue():
                    quiet = Quiet(silence)
                    assessed = drill.transceiver.talk(quiet.up, quiet.heard)
                    if isinstance(assessed, Assessed):
                        latencies.append(1000 * assessed.latency)
                    drill.transceiver.advance("skip")
            half, most = np.percentile(latencies[1:], [50, 95]).round(1).tolist()
            told = {"key": name, "early": early, "calls": len(latencies) - 1, "ms": {"p50": half, "p95": most}}
            print(json.dumps({**told, "load": os.getloadavg()[0]}))


class Quiet:
    """Brings the key up after so many seconds without speech; None: never."""

    def __init__(self, seconds: float | None, said: float = 0.0) -> None:
        """said: seconds after the key went down before which a pause is not the end of the call."""
        self._seconds, self._since = seconds, 0.0
        self._said = said
        self._spoken = False

    def heard(self, status, block) -> None:
        self._spoken = status.spoken and status.seconds >= self._said
        self._since = 0.0 if status.speech else self._since + len(block) / 16_000

    def up(self) -> bool:
        return self._seconds is not None and self._spoken and self._since >= self._seconds


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 2**20


def kills(count: int) -> None:
    moments = random.Random(1975)
    told: dict[str, str] = {}
    ended = 0
    with tempfile.TemporaryDirectory() as folder:
        here = {**os.environ, "RUSTON_DATA": folder}
        base = [sys.executable, "-m", "trainer"]
        sound = ["--mic", str(READINGS), "--json"]
        arguments = ["drill", "--headless", "--mode", "read", "--size", "200", *sound]
        for _kill in range(count):
            with ExitStack() as stack:
                process = started(stack, [*base, *arguments], env=here, stdout=subprocess.PIPE, bufsize=0)
                stack.enter_context(process.stdout)
                output = process.stdout.readline()  # unbuffered: by now it drills
                end = time.monotonic() + moments.uniform(0, 4)
                while time.monotonic() < end:
                    if select.select([process.stdout], [], [], 0.05)[0]:
                        output += os.read(process.stdout.fileno(), 1 << 20)
                process.kill()
                output += process.stdout.read()
            lines = output.decode(errors="ignore").split("\n")[:-1]
            for line in lines:
                event = json.loads(line)
                told[event["seq"]] = line
                session = event["session"]
            arguments = ["sessions", "resume", session, *sound]
            replay = subprocess.run(
                [*base, "sessions", "replay", session, "--json"], env=here, capture_output=True, text=True, check=True
            )
            kept = dict(enumerate(replay.stdout.splitlines()))
            lost = [seq for seq, line in told.items() if kept.get(seq) != line]
            assert not lost, lost
            ended += '"kind":"ended"' in replay.stdout
            print(_kill + 1, "kills", len(told), "events told,", len(kept), "kept, 0 lost", file=sys.stderr)
    print(json.dumps({"kills": count, "told": len(told), "lost": 0, "ended": ended}))


if __name__ == "__main__":
    heed_sigterm()
    {"calls": calls, "keyup": keyup, "kills": kills}[sys.argv[1]](int(sys.argv[2]) if len(sys.argv) > 2 else 50)
