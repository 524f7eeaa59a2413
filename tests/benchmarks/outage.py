"""What an outage does to a loop: `python -m tests.benchmarks.outage cluster | silence SECONDS...`

cluster: three servers of a centre; the leader of the drill's log is killed while both sides say something, and comes
back. silence: the network carries nothing for so many seconds, in either direction and for both sides, and closes
nothing. Told is how long nobody could say anything, what the sides were told, and whether both have the same log.
"""

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from tests.benchmarks.processes import heed_sigterm, started
from trainer.drill.events import Held, Opened, Resumed, to_json
from trainer.drill.plan import Plan, Reason, Seat, Turn
from trainer.errors import UserError
from trainer.loop import stream
from trainer.loop.code import JoinCode
from trainer.loop.connection import Connection
from trainer.loop.pair import Hello, Reception, Visit, fingerprint
from trainer.loop.server import Server, nats_server, prepare, prepared, self_signed
from trainer.loop.stream import SharedLog
from trainer.phrasebook.load import load

SEATS = (Seat("soyuz", "leonov", "Leonov", "ru", "soyuz"), Seat("apollo", "stafford", "Stafford", "en", "apollo"))
AGENDA = (Turn(None, ("DOC-09",), "soyuz", Reason("in-order")),)
PLAN = Plan("s", "checklist", "docking", SEATS, AGENDA, "2026-01-01T00:00:00+00:00")
SERVERS = 3


class Sides:
    """Host and guest, each saying something again and again."""

    def __init__(self, stack: ExitStack, host: JoinCode, guest: JoinCode, replicas: int) -> None:
        self.told: list[str] = []
        self.kept: list[float] = []  # when something was kept, monotonic
        self._over = threading.Event()
        book = load()
        self.hosting = stack.enter_context(Connection(host))
        self.hosting.wait(stream.make(self.hosting, replicas))
        self.host = self._log(stack, self.hosting)
        self.host.follow(lambda _event, _state: self.kept.append(time.monotonic()))
        self.host.append(Opened(at=0.0, plan=PLAN))
        Reception(self.hosting, book, "ru", self.host)
        visiting = stack.enter_context(Connection(guest))
        hello = Hello(name="X", learner="stafford", first="en", book=fingerprint(book), client="guest")
        visit = Visit(visiting, hello)
        visit.wait_for_opening(20)
        self.guest = self._log(stack, visiting)
        visit.compare(self.guest)
        stack.callback(visit.close)
        self._threads = [
            threading.Thread(target=self._say, args=(log, by), daemon=True)
            for log, by in ((self.host, "soyuz"), (self.guest, "apollo"))
        ]
        for thread in self._threads:
            thread.start()

    def _log(self, stack: ExitStack, connection: Connection) -> SharedLog:
        log = SharedLog(connection, tell=lambda why: self.told.append(f"{connection.role}: {why}"))
        stack.callback(log.close)
        log.open()
        return log

    def _say(self, log: SharedLog, by: str) -> None:
        while not self._over.is_set():
            try:
                held = log.state.held_by is not None
                log.append((Resumed if held else Held)(at=0.1, by=by))
            except UserError as error:
                self.told.append(f"{by}: {error}")
                return
            time.sleep(0.05)

    def result(self, since: float) -> str:
        self._over.set()
        for thread in self._threads:
            thread.join(60)
        self.host.catch_up()
        self.guest.catch_up()
        after = [since, *(moment for moment in self.kept if moment > since)]
        gap = max((later - earlier for earlier, later in pairwise(after)), default=float("inf"))
        same = [to_json(event) for event in self.host.events] == [to_json(event) for event in self.guest.events]
        broken = self.host.broken or self.guest.broken
        return (
            f"nothing kept for {gap:.1f} s, {len(after) - 1} events after it, {len(self.host.events)} in all, "
            f"logs equal: {same}, broken: {broken}, told: {sorted(set(self.told))}"
        )


class Wire:
    """A network that may carry nothing for a while: what comes meanwhile waits."""

    def __init__(self, address: str) -> None:
        host, _colon, port = address.rpartition(":")
        self._to = host, int(port)
        self._open = threading.Event()
        self._open.set()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = "{}:{}".format(*self._socket.getsockname())
        threading.Thread(target=self._accept, daemon=True).start()

    def silence(self, seconds: float) -> None:
        self._open.clear()
        time.sleep(seconds)
        self._open.set()

    def _accept(self) -> None:
        while True:
            here, _address = self._socket.accept()
            there = socket.create_connection(self._to)
            for one, other in ((here, there), (there, here)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                self._open.wait()
                other.sendall(data)
        with suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)


def silence(seconds: float, folder: Path) -> str:
    with ExitStack() as stack:
        server = stack.enter_context(Server(folder / "loop"))
        wire = Wire(server.address)
        codes = [replace(server.code(role), address=wire.address) for role in ("host", "guest")]
        sides = Sides(stack, *codes, replicas=1)
        time.sleep(2)
        since = time.monotonic()
        wire.silence(seconds)
        time.sleep(15)
        return sides.result(since)


def _ports(count: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [probe.getsockname()[1] for probe in probes]


def cluster(folder: Path) -> str:
    ports = _ports(2 * SERVERS)
    clients, routes = ports[:SERVERS], ports[SERVERS:]
    address = ",".join(f"tls://127.0.0.1:{port}" for port in clients)
    self_signed(folder, "127.0.0.1")
    loops = folder / "loops"
    prepare(1, address, loops, folder / "certificate.pem")
    shutil.copy(folder / "certificate.pem", loops / "server.pem")
    shutil.copy(folder / "key.pem", loops / "server.key")
    plain = (loops / "server.conf").read_text()
    running: dict[str, subprocess.Popen[bytes]] = {}

    def start(number: int) -> None:
        urls = ", ".join(f'"nats-route://127.0.0.1:{port}"' for port in routes)
        text = plain.replace(f'listen: "0.0.0.0:{clients[0]}"', f'listen: "127.0.0.1:{clients[number]}"')
        text = text.replace('store_dir: "kept"', f'store_dir: "kept{number}"')
        text += (
            f'\nserver_name: s{number}\ncluster {{ name: c, listen: "127.0.0.1:{routes[number]}", routes: [{urls}] }}\n'
        )
        (loops / f"s{number}.conf").write_text(text)
        command = [nats_server(), "-c", f"s{number}.conf", "-l", f"s{number}.log"]
        running[f"s{number}"] = started(stack, command, cwd=loops, stderr=subprocess.DEVNULL)

    with ExitStack() as stack:
        for number in range(SERVERS):
            start(number)
        time.sleep(6)
        codes = prepared(loops)["loop-0001"]
        sides = Sides(stack, codes["host"], codes["guest"], replicas=SERVERS)
        time.sleep(2)

        async def asked() -> str:
            answer = await sides.hosting.client.request("$JS.API.STREAM.INFO.log", b"", 4)
            return str(json.loads(answer.data)["cluster"]["leader"])

        leader = sides.hosting.wait(asked(), 6)
        since = time.monotonic()
        running[leader].kill()
        running[leader].wait()
        time.sleep(20)
        start(int(leader[1:]))
        time.sleep(10)
        return f"leader {leader} killed: " + sides.result(since)


def main() -> None:
    what, *seconds = sys.argv[1:] or ["cluster"]
    for length in seconds if what == "silence" else [""]:
        with tempfile.TemporaryDirectory() as folder:
            done = silence(float(length), Path(folder)) if length else cluster(Path(folder))
            print(f"{what} {length}: {done}", flush=True)


if __name__ == "__main__":
    heed_sigterm()
    main()
