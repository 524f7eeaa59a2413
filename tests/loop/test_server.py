"""Who gets in, and that the server ends with its host."""

import asyncio
import gc
import json
import os
import queue
import signal
import socket
import ssl
import stat
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from crew import PLAN

from trainer.drill.events import Joined, Opened
from trainer.errors import UserError
from trainer.loop import stream
from trainer.loop.code import JoinCode, parse
from trainer.loop.connection import NOBODY, Connection
from trainer.loop.hosting import doubts
from trainer.loop.roles import ROLES
from trainer.loop.server import Keys, Server, nats_server, prepare, prepared, renew, self_signed
from trainer.loop.stream import SharedLog
from trainer.manual import page


def test_neither_strangers_nor_guests_of_another_loop_get_in(loop, tmp_path):
    server = loop.server
    with Server(tmp_path / "other", port=None) as other:
        for secret in (Keys.drawn().secrets["guest"], other.keys.secrets["guest"]):
            with pytest.raises(UserError, match="does not know this join code"):
                Connection(JoinCode("guest", server.address, secret, server.pin)).__enter__()


def test_another_server_in_the_hosts_place_is_told_nothing(loop, tmp_path):
    with Server(tmp_path / "impostor", port=None) as impostor:
        code = loop.server.code("guest")
        moved = JoinCode("guest", impostor.address, code.secret, code.pin)
        with pytest.raises(UserError, match="somebody else answers"):
            Connection(moved).__enter__()
        log = (tmp_path / "impostor" / "server.log").read_text(encoding="utf-8")
        assert code.user not in log


def test_where_nobody_is_the_guest_is_told_so(loop):
    code = loop.server.code("guest")
    with pytest.raises(UserError, match="cannot be reached"):
        Connection(JoinCode("guest", "127.0.0.1:1", code.secret, code.pin)).__enter__()


def test_whoever_asks_while_a_connection_closes_is_told_so_and_leaves_nothing_behind(loop, recwarn):
    def ask(connection: Connection) -> None:
        while True:
            try:
                connection.ask(NOBODY, b"", 1.0)
            except ConnectionError:
                break
            except Exception:  # no answer
                continue

    for _round in range(4):
        with Connection(loop.server.code("guest")) as connection:
            asking = [threading.Thread(target=ask, args=(connection,)) for _number in range(4)]
            for thread in asking:
                thread.start()
        for thread in asking:
            thread.join(30)
            assert not thread.is_alive()
    gc.collect()
    assert not [str(warning.message) for warning in recwarn if "never awaited" in str(warning.message)]


def test_what_the_server_needs_is_its_owners_and_no_secret_is_in_sight(loop):
    folder = loop.server.folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in ("loop.json", "server.conf", "key.pem"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    secrets = [
        code for role in ("host", "guest") for code in (str(loop.server.code(role)), loop.server.code(role).password)
    ]
    seen = (folder / "server.log").read_text(encoding="utf-8") + processes()
    assert not [secret for secret in secrets if secret in seen]


def processes() -> str:
    return subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout


HOST = """
import sys, time
from pathlib import Path
from trainer.loop.server import Server
with Server(Path(sys.argv[1])) as server:
    print(server.address, flush=True)
    time.sleep(60)
"""


def gone(pid: int) -> bool:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
            status = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (ProcessLookupError, FileNotFoundError):
            return True
        if status == "Z":
            return True
        time.sleep(0.02)
    return False


def number(path) -> int:
    return int(path.read_text())


def test_the_server_ends_with_a_host_that_is_killed_and_goes_on_with_the_next(tmp_path):
    folder = tmp_path / "loop"
    with subprocess.Popen([sys.executable, "-c", HOST, folder], stdout=subprocess.PIPE, text=True) as host:
        assert host.stdout
        address = host.stdout.readline().strip()
        server = number(folder / "server.pid")
        host.kill()
    assert gone(server)
    with Server(folder) as again, Connection(again.code("guest")):
        assert again.address == address


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell a process of its parent's end")
def test_no_server_outlives_who_looks_after_it(tmp_path):
    with Server(tmp_path / "loop"):
        server = number(tmp_path / "loop" / "server.pid")
        guard = int(Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[1])
        os.kill(guard, signal.SIGKILL)
        assert gone(server)


def test_a_server_that_is_killed_is_back_at_once_and_its_clients_with_it(loop):
    guest = loop.join("guest")
    log, other = loop.log(loop.host), loop.log(guest)
    before = number(loop.server.folder / "server.pid")
    os.kill(before, signal.SIGKILL)
    opened = json.dumps({"not": "an event"}).encode()

    async def publish():
        return await loop.host.stream.publish("log.host", opened, 2)

    end = time.monotonic() + 20
    kept = None
    while kept is None and time.monotonic() < end:
        try:
            kept = loop.host.wait(publish(), 3)
        except Exception:
            loop.host.connected.wait(1)
    assert kept is not None
    log.catch_up()
    other.catch_up()
    assert log.rejects == other.rejects == 1


def test_every_server_of_a_machine_has_its_own_port(tmp_path):
    with ExitStack() as stack:
        addresses = {stack.enter_context(Server(tmp_path / str(i))).address for i in range(2)}
    assert len(addresses) == 2


@pytest.fixture
def centre(tmp_path):
    """A centre's own server with two loops, as `ruston pair loops` prepares it: the codes of each."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path / "loops"
    self_signed(tmp_path, "127.0.0.1")
    prepare(2, f"tls://127.0.0.1:{port}", folder, tmp_path / "certificate.pem")
    (tmp_path / "certificate.pem").rename(folder / "server.pem")
    (tmp_path / "key.pem").rename(folder / "server.key")
    server = subprocess.Popen([nats_server(), "-c", "server.conf"], cwd=folder, stderr=subprocess.PIPE, text=True)
    assert server.stderr
    assert any("Server is ready" in line for line in server.stderr)
    header, *lines = (folder / "codes.tsv").read_text().splitlines()
    yield [dict(zip(header.split("\t"), line.split("\t"), strict=True)) for line in lines]
    server.kill()
    server.communicate()


def test_at_a_centre_every_loop_is_alone_with_itself(centre):
    heard = []

    async def listen(message):
        heard.append((message.subject, message.data))

    with ExitStack() as stack:
        hosts = [stack.enter_context(Connection(parse(codes["host"]))) for codes in centre]
        guest = stack.enter_context(Connection(parse(centre[1]["guest"])))
        for line in hosts:
            line.wait(stream.make(line))
        for subject in (">", "voice.>", "feed.>", "*.host"):
            guest.hear(subject, listen)
        for number, line in enumerate(hosts):
            line.send("voice.host", b"voice %d" % number)
            line.wait(line.stream.publish("log.host", b"event %d" % number))
            line.wait(line.client.flush())
        logs = [stack.enter_context(closing(SharedLog(line))) for line in hosts]
        for log in logs:
            log.open()
        assert [log.rejects for log in logs] == [1, 1]  # each has its own event, which is none
        guest.wait(guest.client.flush())
        guest.wait(asyncio.sleep(0.1))
    assert {data for _subject, data in heard} >= {b"voice 1", b"event 1"}
    assert not [data for _subject, data in heard if data.endswith(b"0")]


def test_a_centres_loops_are_prepared_once_and_for_real_addresses(tmp_path):
    with pytest.raises(UserError, match="--address"):
        prepare(1, "loop.example", tmp_path / "a")
    prepare(1, "tls://loop.example:4222", tmp_path / "b")
    with pytest.raises(UserError, match="new folder"):
        prepare(1, "tls://loop.example:4222", tmp_path / "b")


class ClearText:
    """A server in the way that speaks no TLS, and keeps what it is told; until it is `cut` it only passes on what goes
    to the true server, where there is one."""

    INFO: ClassVar = {"server_id": "X", "version": "2.11.0", "proto": 1, "headers": True, "auth_required": True}

    def __init__(self, true: tuple[str, int] | None = None) -> None:
        self.told = b""
        self.asked = threading.Event()
        self._true, self._lines, self._threads = true, [], []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._begin(self._serve)

    def _begin(self, work, *args) -> None:
        self._threads.append(threading.Thread(target=work, args=args, daemon=True))
        self._threads[-1].start()

    def _serve(self) -> None:
        with suppress(OSError):  # closed
            while True:
                line, _address = self._socket.accept()
                self._lines.append(line)
                if self._true:
                    server = socket.create_connection(self._true)
                    self._lines.append(server)
                    for one, other in ((line, server), (server, line)):
                        self._begin(self._pass_on, one, other)
                    continue
                line.sendall(b"INFO " + json.dumps(self.INFO).encode() + b"\r\n")
                with suppress(OSError):
                    while data := line.recv(4096):
                        self.told += data
                self.asked.set()

    @staticmethod
    def _pass_on(one, other) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)

    def cut(self) -> None:
        self._true = None
        for line in self._lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # whoever waits in accept is told
        self.cut()
        for thread in self._threads:
            thread.join()
        for line in (self._socket, *self._lines):
            line.close()


@pytest.mark.parametrize("pin", [bytes(11), b""], ids=["pinned", "known by an authority"])
def test_a_server_that_speaks_no_tls_is_told_nothing_at_a_centre_too(pin):
    with closing(ClearText()) as server:
        code = JoinCode("host", f"tls://{server.address}", bytes(10), pin)
        with pytest.raises(UserError, match="speaks no TLS"):
            Connection(code).__enter__()
        assert server.asked.wait(10)
        assert server.told == b""


def test_whoever_takes_the_servers_place_later_is_told_nothing_either(centre):
    code = parse(centre[0]["host"])
    host, _colon, port = code.address.removeprefix("tls://").rpartition(":")
    with closing(ClearText((host, int(port)))) as server:
        with Connection(replace(code, address=f"tls://{server.address}")) as connection:
            assert connection.connected.is_set()
            server.cut()
            assert server.asked.wait(10)
            assert not connection.connected.is_set()
        assert server.told == b""


def test_a_message_without_end_is_not_hoarded(tmp_path):
    """A server of bad will, to which a code leads, sends gigabytes as one message."""
    pin = self_signed(tmp_path, "127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
    sent, kept_on = queue.SimpleQueue(), 200_000_000

    def serve(plain):
        with plain, suppress(OSError), context.wrap_socket(plain, server_side=True) as line:
            line.sendall(b"INFO " + json.dumps(ClearText.INFO).encode() + b"\r\n")
            line.recv(9999)
            line.sendall(b"PONG\r\nMSG x 1 9999999999\r\n")
            number = 0
            with suppress(OSError):
                while number < kept_on:
                    line.sendall(bytes(100_000))
                    number += 100_000
            sent.put(number)

    def accept(server):
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=accept, args=(server,), daemon=True).start()
        code = JoinCode("guest", f"127.0.0.1:{server.getsockname()[1]}", bytes(10), pin)
        with Connection(code):  # which tries once before it stays
            assert max(sent.get(timeout=30) for _connection in range(2)) < kept_on / 4


def test_a_loop_may_have_an_address_of_ipv6(tmp_path):
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        pytest.skip("this machine has no IPv6")
    with Server(tmp_path / "loop", "::1") as server:
        code = parse(str(server.code("guest")))
        assert code.address.startswith("[::1]:")
        with Connection(code) as guest:
            assert guest.connected.is_set()


def test_whoever_is_expelled_is_cut_off_and_the_others_go_on(loop):
    guest = loop.join("guest")
    log = loop.log(loop.host)
    log.append(Opened(at=0.0, plan=PLAN))
    old, seen_by_guest = loop.server.code("guest"), loop.log(guest)
    new = Server(loop.server.folder).renew("guest")  # from another terminal
    end = time.monotonic() + 20
    while (guest.client.is_connected or not loop.host.client.is_connected) and time.monotonic() < end:
        loop.host.wait(asyncio.sleep(0.05))
    with Connection(new) as another:
        with pytest.raises(UserError, match="does not know this join code"):
            Connection(old).__enter__()
        with closing(SharedLog(another)) as seen:
            seen.open()
            assert seen.state.plan == PLAN
    assert not guest.client.is_connected
    assert seen_by_guest.wait_for(lambda: seen_by_guest.broken is not None, 20)
    assert "new one" in seen_by_guest.broken
    log.append(Joined(at=0.1, place="soyuz", name="Leonov"))
    assert "soyuz" in log.state.present


def test_strangers_who_say_nothing_keep_nobody_out(loop):
    host, _colon, port = loop.server.address.rpartition(":")
    with ExitStack() as stack:
        for _stranger in range(70):
            stack.enter_context(socket.create_connection((host, int(port))))
        began = time.monotonic()
        with Connection(loop.server.code("guest")):
            assert time.monotonic() - began < 4


def test_a_centre_renews_one_code_and_leaves_the_others(tmp_path):
    folder = tmp_path / "loops"
    prepare(3, "tls://loop.example:4222", folder)
    before, accounts = prepared(folder), (folder / "accounts.conf").read_text()
    new = renew(folder, "loop-0002", "guest")
    after = prepared(folder)
    assert after["loop-0002"]["guest"] == new
    assert before["loop-0002"]["guest"].user in accounts
    changed = [(loop, role) for loop in before for role in ROLES if before[loop][role] != after[loop][role]]
    assert changed == [("loop-0002", "guest")]
    now = (folder / "accounts.conf").read_text()
    assert new.user in now
    assert before["loop-0002"]["guest"].user not in now
    for name in ("accounts.conf", "codes.tsv"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    with pytest.raises(UserError, match="no loop"):
        renew(folder, "loop-0009", "guest")
    with pytest.raises(UserError, match="pair loops"):
        renew(tmp_path, "loop-0001", "guest")


def test_what_the_servers_promise_is_asked_of_them(loop, centre, tmp_path):
    """What `pair loops` writes, and a host's own server, keep at once what they say they keep."""
    assert doubts(loop.host) == ()
    with Connection(parse(centre[0]["host"])) as host:
        assert doubts(host) == ()
    configuration = (tmp_path / "loops" / "server.conf").read_text()
    assert "sync_interval: always" in configuration
    with Connection(parse(centre[0]["guest"])) as guest:
        assert len(doubts(guest)) == 1  # that is not theirs to ask


def test_a_centre_that_keeps_later_what_it_says_it_keeps_is_told(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path / "loops"
    self_signed(tmp_path, "127.0.0.1")
    prepare(1, f"tls://127.0.0.1:{port}", folder, tmp_path / "certificate.pem")
    (tmp_path / "certificate.pem").rename(folder / "server.pem")
    (tmp_path / "key.pem").rename(folder / "server.key")
    configuration = (folder / "server.conf").read_text().replace(", sync_interval: always", "")
    (folder / "server.conf").write_text(configuration)
    server = subprocess.Popen([nats_server(), "-c", "server.conf"], cwd=folder, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr
        assert any("Server is ready" in line for line in server.stderr)
        with Connection(prepared(folder)["loop-0001"]["host"]) as host:
            [told] = doubts(host)
        assert "sync_interval: always" in told
    finally:
        server.kill()
        server.communicate()


def test_the_manuals_centre_is_the_one_that_keeps_at_once():
    centre = page("centre", "en").text
    for block in centre.split("```")[1::2]:
        if "jetstream" in block:
            assert "sync_interval: always" in block


def test_hosts_that_begin_in_the_same_moment_take_different_ports(tmp_path):
    first, second = Server(tmp_path / "first"), Server(tmp_path / "second")  # neither server runs yet
    with first, second:
        assert first.address != second.address
