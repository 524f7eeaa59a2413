"""Figures of the loop: how late the voice comes, how the floor is shared, what happens when somebody dies.

    python tests/benchmarks/loop.py latency|floor|crowd|kill|network|cluster [options]

Prints one JSON object a line. Everything stays on this machine: loopback, or network namespaces made for it (root).
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from trainer.audio.microphone import open_microphone
from trainer.audio.playback import open_loudspeaker
from trainer.audio.radio import Radio
from trainer.bundled import bundled
from trainer.loop import floor
from trainer.loop.code import JoinCode, parse
from trainer.loop.connection import Connection
from trainer.loop.floor import Floor
from trainer.loop.server import Server
from trainer.loop.voice import Listening, Passage, Speaking

VOICES = bundled("audio") / "reference"


def tell(**figures: Any) -> None:
    print(json.dumps({"load": os.getloadavg()[0], **figures}), flush=True)


@contextmanager
def served(**options: Any) -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "loop", **options) as server:
        yield server


def another(*arguments: str, code: JoinCode, prefix: tuple[str, ...] = ()) -> "subprocess.Popen[str]":
    """This program once more, in a process of its own."""
    return subprocess.Popen(
        [*prefix, sys.executable, __file__, *arguments], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "RUSTON_CODE": str(code)},
    )  # fmt: skip


def quantiles(values: "list[float]") -> dict[str, float]:
    return {f"p{share}": round(1000 * float(np.quantile(values, share / 100)), 1) for share in (50, 95, 99)}


def latency(calls: int, prefix: tuple[str, ...] = (), where: str = "loopback", **options: Any) -> None:
    """From the mouth (a recording in real time) to the ear, without what sound devices add: all frames of some calls."""
    passages: list[Passage] = []
    with served(**options) as server, Connection(server.code("guest")) as connection, open_loudspeaker("mute") as mute:
        with Listening(connection, ["host"], mute, time.monotonic, Radio(0.4), passages.append):
            speaker = another("speak", "--calls", str(calls), code=server.code("host"), prefix=prefix)
            speaker.wait()
            time.sleep(2)
    values = [value for passage in passages for value in passage.latency]
    counts = {name: sum(getattr(p.count, name) for p in passages) for name in ("came", "lost", "filled", "skipped")}
    tell(figure="mouth to ear, ms", where=where, calls=len(passages), frames=len(values), **quantiles(values), **counts)


def speak(calls: int) -> None:
    """The talker of `latency`."""
    code = parse(os.environ["RUSTON_CODE"])
    with Connection(code) as connection, open_microphone(str(VOICES), "real") as microphone:
        for _call in range(calls):
            microphone.key_down()
            speaking = Speaking(connection, time.monotonic)
            end = time.monotonic() + 3.0
            while time.monotonic() < end:
                block = microphone.read(0.1)
                if block is not None:
                    speaking.feed(block)
            speaking.finish()
            time.sleep(0.7)


def press(rounds: int, hands: int) -> None:
    """All hands press at the same moment: who has the floor?"""

    async def all_at_once(floors: list[Floor]) -> list[bool]:
        return list(await asyncio.gather(*(one.taking() for one in floors)))

    with served() as server, ExitStack() as stack:
        host, guest = (stack.enter_context(Connection(server.code(role))) for role in ("host", "guest"))
        host.wait(floor.make(host))
        two = (Floor(host), Floor(guest))
        holders: dict[int, int] = {}
        first = 0
        began = time.perf_counter()
        for _round in range(rounds):
            answers = [asyncio.run_coroutine_threadsafe(one.taking(), one._connection._loop) for one in two]
            got = [answer.result() for answer in answers]
            holders[sum(got)] = holders.get(sum(got), 0) + 1
            first += got[0]
            two[got.index(True)].give()
        tell(figure="floor", presses="2 at once", rounds=rounds, holders=holders, host_won=first,
             ms_a_round=round(1000 * (time.perf_counter() - began) / rounds, 2))  # fmt: skip
        many = [Floor(host if i % 2 else guest) for i in range(hands)]
        halves = [many[0::2], many[1::2]]
        asked = [asyncio.run_coroutine_threadsafe(all_at_once(half), half[0]._connection._loop) for half in halves]
        got = [answer for half in asked for answer in half.result()]
        tell(figure="floor", presses=f"{hands} at once", holders=sum(got))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figure")
    parser.add_argument("--calls", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--loops", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=10.0)
    arguments = parser.parse_args()
    match arguments.figure:
        case "latency":
            latency(arguments.calls)
        case "speak":
            speak(arguments.calls)
        case "floor":
            press(arguments.rounds, 1000)
        case _:
            parser.error("there is no such figure")


if __name__ == "__main__":
    main()
