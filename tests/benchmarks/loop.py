"""Figures of the loop: how late the voice comes, how the floor is shared, what happens when somebody dies.

    python tests/benchmarks/loop.py latency|floor|crowd|cluster [options]

Prints one JSON object a line. Everything stays on this machine: loopback, or network namespaces made for it (root).
"""

import argparse
import asyncio
import itertools
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
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
from trainer.drill.events import KeyDown, KeyUp, Opened
from trainer.drill.plan import Plan, Seat
from trainer.loop import floor, stream
from trainer.loop.code import JoinCode, parse
from trainer.loop.connection import Connection
from trainer.loop.floor import Floor
from trainer.loop.frames import FRAME, LENGTH, Frame, pack, unpack
from trainer.loop.server import Server, nats_server, prepare
from trainer.loop.stream import SharedLog
from trainer.loop.voice import Listening, Passage, Speaking

LEONOV = Seat("soyuz", "leonov", "Leonov", "ru", "soyuz")
STAFFORD = Seat("apollo", "stafford", "Stafford", "en", "apollo")
PLAN = Plan("s", "checklist", "docking", (LEONOV, STAFFORD), (), "2026-01-01T00:00:00+00:00")
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


@contextmanager
def centre(loops: int, servers: int = 1) -> Iterator[tuple[list[dict[str, str]], list[Any]]]:
    """A centre's servers on loopback, as `ruston pair loops` prepares them: every loop's codes, and the processes."""
    with tempfile.TemporaryDirectory() as place:
        ports = [_free() for _server in range(servers)]
        folder = Path(place) / "loops"
        prepare(loops, ",".join(f"nats://127.0.0.1:{port}" for port in ports), folder)
        routes = [_free() for _server in range(servers)]
        running = []
        for i, port in enumerate(ports):
            cluster = {"cluster": {"name": "centre", "listen": f"127.0.0.1:{routes[i]}",
                                   "routes": [f"nats://127.0.0.1:{route}" for route in routes]}}  # fmt: skip
            settings = {"server_name": f"s{i}", "listen": f"127.0.0.1:{port}", "log_file": str(Path(place) / f"{i}.log"),
                        "jetstream": {"store_dir": str(Path(place) / f"kept{i}")},
                        **(cluster if servers > 1 else {})}  # fmt: skip
            configuration = Path(place) / f"{i}.conf"
            configuration.write_text(json.dumps(settings)[1:-1] + f"\ninclude loops/accounts.conf\n")
            running.append(subprocess.Popen([nats_server(), "-c", configuration], stderr=subprocess.DEVNULL))
        header, *lines = (folder / "codes.tsv").read_text().splitlines()
        names = header.split("\t")
        time.sleep(8 if servers > 1 else 2)  # a cluster elects its leaders
        try:
            yield [dict(zip(names, line.split("\t"), strict=True)) for line in lines], running
        finally:
            for one in running:
                one.kill()
                one.wait()


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _clients(codes: list[JoinCode]) -> list[Any]:
    import nats

    return [await nats.connect(code.servers, user=code.user, password=code.password) for code in codes]


def crowd(loops: int, seconds: float) -> None:
    """Somebody talks on every loop at once: what the partners get, and when. Two more processes: talkers, listeners."""
    with centre(loops) as (codes, [server]), tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(codes, file)
        file.flush()
        before = _cpu(server.pid)
        begun = time.monotonic()
        hearer = subprocess.Popen([sys.executable, __file__, "crowd-hears", "--codes", file.name, "--seconds", str(seconds)])
        talker = subprocess.Popen([sys.executable, __file__, "crowd-talks", "--codes", file.name, "--seconds", str(seconds)])
        talker.wait()
        hearer.wait()
        tell(figure="crowd", server_cpu_s=round(_cpu(server.pid) - before, 2), wall_s=round(time.monotonic() - begun, 1))


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def crowd_talks(codes: list[dict[str, str]], seconds: float) -> None:
    async def talk() -> None:
        clients = await _clients([parse(code["host"]) for code in codes])
        await asyncio.sleep(3)  # until all listen
        sound = np.zeros(LENGTH, np.float32)
        begun = time.monotonic()

        async def one(client: Any, number: int) -> None:
            start = begun + FRAME * number / len(clients)
            for frame in range(round(seconds / FRAME)):
                pause = start + frame * FRAME - time.monotonic()
                if pause > 0:
                    await asyncio.sleep(pause)
                await client.publish("voice.host", pack(Frame(number, frame, time.monotonic(), sound)))
            await client.flush(10)

        await asyncio.gather(*(one(client, number) for number, client in enumerate(clients)))
        tell(figure="crowd talks", frames=round(seconds / FRAME) * len(clients),
             late_by_s=round(time.monotonic() - begun - seconds, 2), cpu_s=round(time.process_time(), 1))  # fmt: skip
        for client in clients:
            await client.close()

    asyncio.run(talk())


def crowd_hears(codes: list[dict[str, str]], seconds: float) -> None:
    late: list[float] = []

    async def listen() -> None:
        clients = await _clients([parse(code["guest"]) for code in codes])

        async def heard(message: Any) -> None:
            frame = unpack(message.data)
            if frame:
                late.append(time.monotonic() - frame.sent)

        for client in clients:
            await client.subscribe("voice.host", cb=heard)
            await client.flush()
        await asyncio.sleep(3 + seconds + 6)
        for client in clients:
            await client.close()

    asyncio.run(listen())
    expected = round(seconds / FRAME) * len(codes)
    tell(figure="crowd hears, ms from sending to hearing", loops=len(codes), frames=len(late), lost=expected - len(late),
         **quantiles(late), cpu_s=round(time.process_time(), 1))  # fmt: skip


def cluster(seconds: float) -> None:
    """Three servers, the one that leads the log is killed while two sides write: what is lost, how long it stands."""
    with centre(1, servers=3) as ([code], servers), ExitStack() as stack:
        lines = [stack.enter_context(Connection(parse(code[role]))) for role in ("host", "guest")]
        lines[0].wait(stream.make(lines[0], 3), 20)
        lines[0].wait(floor.make(lines[0], 3), 20)
        logs = [SharedLog(line) for line in lines]
        for log in logs:
            stack.callback(log.close)
            log.open()
        logs[0].append(Opened(at=0.0, plan=PLAN))
        times: list[float] = []

        def write(log: SharedLog, seat: str) -> None:
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                log.append(KeyDown(at=0.1, seat=seat))
                if log.state.keyed == seat:
                    times.append(time.monotonic())
                    log.append(KeyUp(at=0.1, seat=seat))
                time.sleep(0.05)

        threads = [threading.Thread(target=write, args=pair) for pair in zip(logs, ("soyuz", "apollo"), strict=True)]
        for thread in threads:
            thread.start()
        time.sleep(seconds / 3)
        info = lines[0].wait(lines[0].stream.stream_info("log"))
        leader = int(info.cluster.leader[1:])
        connected = [line.client.connected_url.port for line in lines]
        killed = time.monotonic()
        servers[leader].kill()
        for thread in threads:
            thread.join()
        for log in logs:
            log.catch_up()
        gaps = sorted(b - a for a, b in itertools.pairwise(sorted(times)))
        tell(figure="cluster, leader killed", events=len(logs[0].events), equal=logs[0].events == logs[1].events,
             presses=len(times), longest_gap_s=round(gaps[-1], 2), usual_gap_s=round(gaps[len(gaps) // 2], 3),
             after_kill_s=round(min(t for t in times if t > killed) - killed, 2), clients_on=connected)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figure")
    parser.add_argument("--calls", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--loops", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--codes", type=Path)
    arguments = parser.parse_args()
    match arguments.figure:
        case "latency":
            latency(arguments.calls)
        case "speak":
            speak(arguments.calls)
        case "crowd":
            crowd(arguments.loops, arguments.seconds)
        case "crowd-talks":
            crowd_talks(json.loads(arguments.codes.read_text()), arguments.seconds)
        case "crowd-hears":
            crowd_hears(json.loads(arguments.codes.read_text()), arguments.seconds)
        case "cluster":
            cluster(arguments.seconds)
        case "floor":
            press(arguments.rounds, 1000)
        case _:
            parser.error("there is no such figure")


if __name__ == "__main__":
    main()
