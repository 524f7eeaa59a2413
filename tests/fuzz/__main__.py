"""The long pass: `python -m tests.fuzz [INPUTS] [SEED] [COMMAND LINES]`, as any user; as root it gives up its rights.

Every target gets its share of the inputs. An input that ends in anything but a value or a refusal of ours, or takes
more than five seconds, is kept in the folder that is told at the end; the exit code is 1 then.
"""

import hashlib
import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.fuzz import commands
from tests.fuzz.mutations import mutated
from tests.fuzz.targets import Target, survives, targets

SLOW = 5.0  # s, an input that hangs
MOST_MEMORY = 1 << 30  # bytes


class Hangs(BaseException):
    """No handler of the program is to take it for its own."""


def _hangs(_signal: int, _frame: object) -> None:
    raise Hangs


def run(target: Target, count: int, seed: int, folder: Path, found: Path) -> tuple[int, float]:
    """How many inputs failed, and how long the slowest took (s of computing)."""
    failed, slowest = 0, 0.0
    for number in range(count):
        content = mutated(random.Random(f"{target.name} {seed} {number}"), target.seeds)
        began = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, SLOW)
        try:
            survives(target, content, folder)
        except (Exception, Hangs) as fault:
            failed += 1
            name = f"{target.name}-{type(fault).__name__}-{hashlib.sha256(content).hexdigest()[:8]}"
            (found / name.replace(" ", "-").replace("/", "-")).write_bytes(content)
            if failed <= 3:
                print(f"{name}: {''.join(traceback.format_exception(fault)[-3:])}", flush=True)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        slowest = max(slowest, time.process_time() - began)
    return failed, slowest


def main() -> int:
    inputs, seed, command_lines = (*map(int, sys.argv[1:]), *(100_000, 1, 200)[len(sys.argv) - 1 :])
    commands.load_everything()
    root = Path(tempfile.mkdtemp(prefix="ruston-fuzz-"))
    folder, found = root / "work", root / "found"
    for path in (folder, found):
        path.mkdir()
    root.chmod(0o755)
    commands.furnish(folder)
    failed, slowest = 0, 0.0
    draw = random.Random(seed)
    for line in commands.lines(draw, command_lines):
        around = {name: draw.choice(values) for name, values in commands.SURROUNDINGS.items() if draw.random() < 0.1}
        began = time.monotonic()
        if fault := commands.ending(line, folder, around):
            failed += 1
            print(f"{line} {around}: {fault}", flush=True)
        slowest = max(slowest, time.monotonic() - began)
    print(f"{command_lines:9} command lines, {failed} failed, slowest {slowest:.1f} s", flush=True)
    everything = targets()  # only now: what libraries start threads for does not survive a fork
    for target in everything:  # what is loaded on first use is loaded while it may be read
        with tempfile.TemporaryDirectory() as first:
            os.environ["RUSTON_DATA"] = first
            for content in target.seeds:
                survives(target, content, Path(first))
    if os.geteuid() == 0:
        for path in (root, *root.rglob("*")):
            os.chown(path, commands.NOBODY, commands.NOBODY)
        os.setgid(commands.NOBODY)
        os.setuid(commands.NOBODY)
    os.environ["RUSTON_DATA"] = str(folder / "own")
    signal.signal(signal.SIGPROF, _hangs)
    shares = sum(target.weight for target in everything)
    for target in everything:
        count = -(-inputs * target.weight // shares)
        bad, slowest = run(target, count, seed, folder, found)
        failed += bad
        print(f"{count:9} {target.name}, {bad} failed, slowest {slowest:.2f} s", flush=True)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"at most {memory / 1e6:.0f} MB; failing inputs in {found}")
    return int(bool(failed) or memory > MOST_MEMORY)


if __name__ == "__main__":
    sys.exit(main())
