"""What a power cut leaves of a loop's log at a centre, as `ruston pair loops` sets its server up.

    python -m tests.benchmarks.powercut [--cuts 200] [--without-always]     (root: it mounts a small disk of its own)

The server's disk is a file. While a host tells the loop one event after the other, at a random moment the server is
held and the file is copied: what had reached the disk, without what the system still meant to write. A server on the
copy tells what is left. Every event whose telling had come back before the cut must be there. Prints one JSON object a
line; --without-always shows what the cuts find where the directive is missing.
"""

import argparse
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.processes import heed_sigterm
from trainer.drill.events import Held, Opened, Resumed
from trainer.drill.plan import Plan, Seat
from trainer.loop import stream
from trainer.loop.code import JoinCode
from trainer.loop.connection import Connection
from trainer.loop.server import nats_server, prepare, prepared, self_signed
from trainer.loop.stream import SharedLog

LEONOV = Seat("soyuz", "leonov", "Leonov", "ru", "soyuz")
STAFFORD = Seat("apollo", "stafford", "Stafford", "en", "apollo")
PLAN = Plan("s", "checklist", "docking", (LEONOV, STAFFORD), (), "2026-01-01T00:00:00+00:00")
DISK = 200 << 20  # bytes: the server wants room for the longest log


def tell(**figures: object) -> None:
    print(json.dumps({"load": os.getloadavg()[0], **figures}), flush=True)


@contextmanager
def mounted(image: Path, place: Path) -> Iterator[Path]:
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", "-o", "loop", image, place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)


@contextmanager
def served(folder: Path, kept: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """A centre's server whose log is at `kept`."""
    configuration = (folder / "server.conf").read_text().replace('"kept"', json.dumps(str(kept / "kept")))
    configuration = configuration.replace(json.dumps(f"0.0.0.0:{PORT}"), json.dumps(f"127.0.0.1:{port}"))
    path = folder / f"{port}.conf"
    path.write_text(configuration)
    server = subprocess.Popen([nats_server(), "-c", path], cwd=folder, stderr=subprocess.DEVNULL)
    try:
        for _try in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield server
    finally:
        server.kill()
        server.wait()


def left(folder: Path, image: Path, code: JoinCode, port: int) -> int:
    """How many events a server finds on a copy of the disk; -1 where the log is gone."""
    with mounted(image, folder / "copy") as disk, served(folder, disk, port):
        address = f"tls://127.0.0.1:{port}"
        with Connection(JoinCode(code.role, address, code.secret, code.pin)) as connection:
            if not connection.wait(stream.exists(connection)):
                return -1
            return int(connection.wait(connection.stream.stream_info(stream.STREAM)).state.messages)


def free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


PORT = free()


def cut(cuts: int, always: bool) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "loops"
        self_signed(Path(place), "127.0.0.1")
        prepare(1, f"tls://127.0.0.1:{PORT}", folder, Path(place) / "certificate.pem")
        shutil.move(Path(place) / "certificate.pem", folder / "server.pem")
        shutil.move(Path(place) / "key.pem", folder / "server.key")
        if not always:
            configuration = (folder / "server.conf").read_text().replace(", sync_interval: always", "")
            (folder / "server.conf").write_text(configuration)
        image, copy = Path(place) / "disk", Path(place) / "copied"
        with image.open("wb") as file:
            file.truncate(DISK)
        subprocess.run(["mkfs.ext4", "-q", image], check=True)
        code = prepared(folder)["loop-0001"]["host"]
        with (
            mounted(image, Path(place) / "disk-of-the-server") as disk,
            served(folder, disk, PORT) as server,
            Connection(code) as connection,
        ):
            connection.wait(stream.make(connection))
            log = SharedLog(connection)
            log.open()
            log.append(Opened(at=0.0, plan=PLAN))
            told, over = [1], threading.Event()

            def talk() -> None:
                while not over.is_set():
                    log.append((Held if told[0] % 2 else Resumed)(at=0.1, by="soyuz"))
                    told[0] += 1

            talking = threading.Thread(target=talk)
            talking.start()
            lost = gone = 0
            began = time.monotonic()
            for number in range(cuts):
                time.sleep(random.uniform(0.02, 0.3))
                server.send_signal(signal.SIGSTOP)
                acknowledged = told[0]
                subprocess.run(["cp", "--sparse=always", image, copy], check=True)
                server.send_signal(signal.SIGCONT)
                found = left(folder, copy, code, free())
                lost += max(0, acknowledged - max(found, 0))
                gone += found < 0
                if number % 20 == 19:
                    tell(cuts=number + 1, acknowledged=acknowledged, found=found, lost_in_all=lost, logs_gone=gone)
            over.set()
            talking.join()
            log.close()
        tell(figure="power cuts", always=always, cuts=cuts, events=told[0], acknowledged_events_lost=lost,
             logs_gone=gone, seconds=round(time.monotonic() - began, 1))  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cuts", type=int, default=200)
    parser.add_argument("--without-always", action="store_true")
    arguments = parser.parse_args()
    cut(arguments.cuts, not arguments.without_always)


if __name__ == "__main__":
    heed_sigterm()
    main()
