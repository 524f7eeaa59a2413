"""Figures of the loop: how late the voice comes, how the floor is shared, what happens when somebody dies.

    python -m tests.benchmarks.loop latency|pair|floor|crowd|cluster [options]

Prints one JSON object a line. Everything stays on this machine: loopback, or network namespaces made for it (root).
"""

import argparse
import asyncio
import itertools
import json
import os
import selectors
import socket
import ssl
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

from tests.benchmarks.processes import heed_sigterm, started
from trainer.audio.doors import open_loudspeaker, open_microphone
from trainer.audio.radio import Radio
from trainer.bundled import bundled
from trainer.drill.events import KeyDown, KeyUp, Opened
from trainer.drill.plan import Plan, Seat
from trainer.loop import stream
from trainer.loop.code import JoinCode, parse
from trainer.loop.connection import Connection
from trainer.loop.floor import Floor, Keeper
from trainer.loop.frames import FRAME, HEADER, LENGTH, SIZE, Frame, pack
from trainer.loop.server import Server, nats_server, prepare, self_signed
from trainer.loop.stream import SharedLog
from trainer.loop.voice import Listening, Passage, Speaking

LEONOV = Seat("soyuz", "leonov", "Leonov", "ru", "soyuz")
STAFFORD = Seat("apollo", "stafford", "Stafford", "en", "apollo")
PLAN = Plan("s", "checklist", "docking", (LEONOV, STAFFORD), (), "2026-01-01T00:00:00+00:00")
VOICES = bundled("audio") / "reference"


def tell(**figures: Any) -> None:
    print(json.dumps({"load": os.getloadavg()[0], **figures}), flush=True)


@contextmanager
def served() -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "loop") as server:
        yield server


def another(*arguments: str, code: JoinCode) -> "subprocess.Popen[str]":
    """The program once more, in a process of its own."""
    return subprocess.Popen(
        [sys.executable, __file__, *arguments], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "RUSTON_CODE": str(code)},
    )  # fmt: skip


def quantiles(values: "list[float]") -> dict[str, float]:
    return {f"p{share}": round(1000 * float(np.quantile(values, share / 100)), 1) for share in (50, 95, 99)}


def latency(calls: int) -> None:
    """From the mouth (a recording in real time) to the ear, without what sound devices add: frames of some calls."""
    passages: list[Passage] = []
    with (
        served() as server,
        Connection(server.code("guest")) as connection,
        open_loudspeaker("mute") as mute,
        Listening(connection, ["host"], mute, time.monotonic, Radio(0.4), lambda role: True, passages.append),
    ):
        another("speak", "--calls", str(calls), code=server.code("host")).wait()
        time.sleep(2)
    values = [value for passage in passages for value in passage.latency]
    counts = {name: sum(getattr(p.count, name) for p in passages) for name in ("came", "lost", "filled", "skipped")}
    tell(figure="mouth to ear, ms", calls=len(passages), frames=len(values), **quantiles(values), **counts)


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
        Keeper(host)
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
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        ports = [_free() for _server in range(servers)]
        folder = Path(place) / "loops"
        self_signed(Path(place), "127.0.0.1")
        certificate = Path(place) / "certificate.pem"
        prepare(loops, ",".join(f"tls://127.0.0.1:{port}" for port in ports), folder, certificate)
        routes = [_free() for _server in range(servers)]
        running = []
        for i, port in enumerate(ports):
            cluster = {"cluster": {"name": "centre", "listen": f"127.0.0.1:{routes[i]}",
                                   "routes": [f"nats://127.0.0.1:{route}" for route in routes]}}  # fmt: skip
            settings = {"server_name": f"s{i}", "listen": f"127.0.0.1:{port}",
                        "log_file": str(Path(place) / f"{i}.log"),
                        "tls": {"cert_file": str(certificate), "key_file": str(Path(place) / "key.pem")},
                        "jetstream": {"store_dir": str(Path(place) / f"kept{i}"), "sync_interval": "always"},
                        **(cluster if servers > 1 else {})}  # fmt: skip
            configuration = Path(place) / f"{i}.conf"
            configuration.write_text(json.dumps(settings)[1:-1] + "\ninclude loops/accounts.conf\n")
            running.append(started(stack, [nats_server(), "-c", configuration], stderr=subprocess.DEVNULL))
        header, *lines = (folder / "codes.tsv").read_text().splitlines()
        names = header.split("\t")
        time.sleep(8 if servers > 1 else 2)  # a cluster elects its leaders
        yield [dict(zip(names, line.split("\t"), strict=True)) for line in lines], running


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _bare(code: JoinCode) -> ssl.SSLSocket:
    """A connection that speaks just enough of NATS: hundreds of whole clients would cost more than this machine has."""
    host, _colon, port = code.servers[0].removeprefix("tls://").rpartition(":")
    plain = socket.create_connection((host, int(port)))
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while not plain.recv(65536).endswith(b"\r\n"):  # what the server tells of itself
        pass
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # made a moment ago, on this machine
    line = context.wrap_socket(plain)
    hello = {"user": code.user, "pass": code.password, "verbose": False, "protocol": 1}
    line.sendall(f"CONNECT {json.dumps(hello)}\r\nPING\r\n".encode())
    greeting = b""
    while b"PONG" not in greeting:
        greeting += line.recv(65536)
    return line


def crowd(loops: int, seconds: float) -> None:
    """Somebody talks on every loop at once: what the partners get, and when."""
    with (
        centre(loops) as (codes, [server]),
        tempfile.NamedTemporaryFile("w", suffix=".json") as file,
        ExitStack() as stack,
    ):
        json.dump(codes, file)
        file.flush()
        before = _cpu(server.pid)
        begun = time.monotonic()
        asked = ["--codes", file.name, "--seconds", str(seconds)]
        both = [started(stack, [sys.executable, __file__, name, *asked]) for name in ("crowd-hears", "crowd-talks")]
        for one in both:
            one.wait()
        tell(
            figure="crowd", server_cpu_s=round(_cpu(server.pid) - before, 2), wall_s=round(time.monotonic() - begun, 1)
        )


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def crowd_talks(codes: list[dict[str, str]], seconds: float) -> None:
    lines = [_bare(parse(code["host"])) for code in codes]
    time.sleep(3)  # until all listen
    frame = pack(Frame(0, 0, 0.0, np.zeros(LENGTH, np.float32)))
    begun = time.monotonic()
    worst = 0.0
    for number in range(round(seconds / FRAME)):
        for i, line in enumerate(lines):  # spread over the 20 ms, as talkers are
            due = begun + FRAME * (number + i / len(lines))
            now = time.monotonic()
            if due - now > 0.002:
                time.sleep(due - now)
                now = time.monotonic()
            worst = max(worst, now - due)
            head = HEADER.pack(b"RV", 1, 0, i, number, now)
            line.sendall(b"PUB voice.host %d\r\n%b%b\r\n" % (len(frame), head, frame[len(head) :]))
    tell(figure="crowd talks", frames=round(seconds / FRAME) * len(lines), latest_frame_ms=round(1000 * worst, 1),
         cpu_s=round(time.process_time(), 1))  # fmt: skip
    time.sleep(3)


def crowd_hears(codes: list[dict[str, str]], seconds: float) -> None:
    ears = selectors.DefaultSelector()
    for code in codes:
        line = _bare(parse(code["guest"]))
        line.sendall(b"SUB voice.host 1\r\nPING\r\n")
        line.recv(64)
        ears.register(line, selectors.EVENT_READ, bytearray())
    head = b"MSG voice.host 1 %d\r\n" % SIZE
    late: list[float] = []
    end = time.monotonic() + 3 + seconds + 5
    while time.monotonic() < end:
        for key, _events in ears.select(0.5):
            now = time.monotonic()
            waiting = key.data
            waiting += key.fileobj.recv(1 << 16)  # type: ignore[union-attr]
            while key.fileobj.pending():  # type: ignore[union-attr]
                waiting += key.fileobj.recv(1 << 16)  # type: ignore[union-attr]
            while waiting.startswith(b"PING\r\n") or len(waiting) >= len(head) + SIZE + 2:
                if waiting.startswith(b"PING\r\n"):
                    key.fileobj.sendall(b"PONG\r\n")  # type: ignore[union-attr]
                    del waiting[:6]
                    continue
                late.append(now - HEADER.unpack_from(waiting, len(head))[5])
                del waiting[: len(head) + SIZE + 2]
    expected = round(seconds / FRAME) * len(codes)
    tell(figure="crowd hears, ms from sending to hearing", loops=len(codes), frames=len(late),
         lost=expected - len(late), **quantiles(late), cpu_s=round(time.process_time(), 1))  # fmt: skip


def cluster(seconds: float) -> None:
    """Three servers, the one that leads the log is killed while two sides write: what is lost, how long it stands."""
    with centre(1, servers=3) as ([code], servers), ExitStack() as stack:
        lines = [stack.enter_context(Connection(parse(code[role]))) for role in ("host", "guest")]
        lines[0].wait(stream.make(lines[0], 3), 20)
        Keeper(lines[0])
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


def pair(phase: str, line: str | None) -> None:
    """A whole paired checklist in real time, from recordings, between two programs; over a bad line (delay ms, jitter
    ms, loss) with --line: two network namespaces, see badlink.py."""
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        address, inside = "127.0.0.1", [[], []]
        if line:
            names = f"ruston{os.getpid()}"
            bad = subprocess.Popen([sys.executable, Path(__file__).with_name("badlink.py"), names, *line.split()],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # fmt: skip
            stack.callback(bad.communicate)
            assert bad.stdout
            assert bad.stdout.readline() == "ready\n", "this needs root and /dev/net/tun"
            address, inside = "10.77.0.1", [["ip", "netns", "exec", f"{names}-{i}"] for i in (1, 2)]

        def program(number: int, code: str, *arguments: str) -> "subprocess.Popen[str]":
            sound = ["--mic", str(VOICES), "--speaker", "mute", "--json"]
            home = {"RUSTON_DATA": str(Path(place) / str(number)), "RUSTON_CODE": code}
            with said[number].open("w") as out:
                command = [*inside[number], sys.executable, "-m", "trainer", "pair", *arguments, *sound]
                return started(stack, command, stdout=out, env=os.environ | home)

        said = [Path(place) / name for name in ("host.jsonl", "guest.jsonl")]
        host = program(0, "", "host", "--phase", phase, "--address", address)
        while not said[0].read_text().endswith("\n"):
            time.sleep(0.1)
        guest = program(1, json.loads(said[0].read_text().splitlines()[0])["guest"], "join")
        for one in (host, guest):
            one.wait()
        lines = [[json.loads(line) for line in path.read_text().splitlines()] for path in said]
    events = [[told for told in one if told["schema"] == "ruston.event/1"] for one in lines]
    voices = [told for one in lines for told in one if told["schema"] == "ruston.voice/1"]
    halves = [voice["ms"]["p50"] for voice in voices]
    tell(figure="pair", phase=phase, line=line or "loopback", events=len(events[0]), equal=events[0] == events[1],
         answers=sum(event["kind"] == "assessed" for event in events[0]), ended=events[0][-1].get("why"),
         calls_heard=len(voices), lost=sum(voice["lost"] for voice in voices),
         mouth_to_ear_ms={"p50 of calls": [min(halves), sorted(halves)[len(halves) // 2], max(halves)],
                          "worst p95": max(voice["ms"]["p95"] for voice in voices)})  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figure")
    parser.add_argument("--calls", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--loops", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--codes", type=Path)
    parser.add_argument("--phase", default="separation")
    parser.add_argument("--line", help="delay ms, jitter ms, share of packets lost: '40 10 0.01'")
    arguments = parser.parse_args()
    match arguments.figure:
        case "latency":
            latency(arguments.calls)
        case "speak":
            speak(arguments.calls)
        case "pair":
            pair(arguments.phase, arguments.line)
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
    heed_sigterm()
    main()
