"""Join codes: where a loop is, who one is on it, and how to know its server, in one line to paste or to read out.

Base 32 without I, L, O and U (Crockford), in groups of four. Bytes: version, kind of address and role, the
address, the secret, the pin of the certificate, two bytes of checksum.
"""

import hashlib
import ipaddress
from dataclasses import dataclass

from trainer.errors import UserError
from trainer.loop.roles import ROLES, Role, role_name
from trainer.messages import gettext as _

VERSION = 1
SECRET = 10  # bytes: guessed only by asking the server
PIN = 11  # bytes of the SHA-256 of the server's certificate
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans("ILOU", "110V")
NAMED = 8  # bit: the address is a name, with its length before it


@dataclass(frozen=True)
class JoinCode:
    """address: an IPv4 address with a port, or the URLs of a centre's servers. pin: first bytes of the certificate's
    SHA-256; empty where the server is known by an authority of this machine."""

    role: Role
    address: str
    secret: bytes
    pin: bytes = b""

    @property
    def own_server(self) -> bool:
        """A host's own server, not a centre's."""
        return "://" not in self.address

    @property
    def servers(self) -> list[str]:
        return [f"tls://{self.address}"] if self.own_server else self.address.split(",")

    @property
    def user(self) -> str:
        return _derived(b"user", self.secret)

    @property
    def password(self) -> str:
        return _derived(b"password", self.secret)

    def __str__(self) -> str:
        kind, address = _packed(self.address)
        body = bytes([VERSION << 4 | kind | ROLES.index(self.role)]) + address + self.secret + self.pin
        text = _base32(body + hashlib.sha256(body).digest()[:2])
        return "-".join(text[i : i + 4] for i in range(0, len(text), 4))

    def __repr__(self) -> str:
        return f"JoinCode({self.role} at {self.address})"  # never the secret: reprs end up in logs


def parse(text: str) -> JoinCode:
    """Forgives spaces, small letters and letters that are easily misread. Raises UserError for what is no code."""
    letters = "".join(text.upper().translate(MISREAD).replace("-", " ").split())
    try:
        found = _read(_bytes(letters))
    except (ValueError, IndexError):
        found = None
    if found is None:
        raise UserError(_("that is no join code: it was mistyped or cut short. Copy the whole of it again."))
    return found


def parse_as(role: Role, text: str) -> JoinCode:
    """Raises UserError for what is no code, or another role's."""
    code = parse(text)
    if code.role != role:
        raise UserError(_("that is the join code of another role: {role}.").format(role=role_name(code.role)))
    return code


def _read(data: bytes) -> JoinCode | None:
    body, check = data[:-2], data[-2:]
    if hashlib.sha256(body).digest()[:2] != check or body[0] >> 4 != VERSION:
        return None
    address, rest = _unpacked(body[0] & NAMED, body[1:])
    secret, pin = rest[:SECRET], rest[SECRET:]
    whole = len(secret) == SECRET and len(pin) in (0, PIN)
    return JoinCode(ROLES[body[0] & 7], address, secret, pin) if whole else None


def _derived(what: bytes, secret: bytes) -> str:
    return hashlib.blake2b(secret, key=what, digest_size=16).hexdigest()


def _packed(address: str) -> tuple[int, bytes]:
    host, _colon, port = address.rpartition(":")
    try:
        return 0, ipaddress.IPv4Address(host).packed + int(port).to_bytes(2, "big")
    except ValueError:
        name = address.encode()
        return NAMED, bytes([len(name)]) + name


def _unpacked(named: int, data: bytes) -> tuple[str, bytes]:
    if named:
        end = 1 + data[0]
        return data[1:end].decode(), data[end:]
    return f"{ipaddress.IPv4Address(data[:4])}:{int.from_bytes(data[4:6], 'big')}", data[6:]


def _base32(data: bytes) -> str:
    bits = int.from_bytes(data, "big") << -len(data) * 8 % 5
    return "".join(ALPHABET[bits >> shift & 31] for shift in range((len(data) * 8 + 4) // 5 * 5 - 5, -1, -5))


def _bytes(text: str) -> bytes:
    bits = 0
    for letter in text:
        bits = bits << 5 | ALPHABET.index(letter)
    spare = len(text) * 5 % 8
    if bits & ((1 << spare) - 1):
        raise ValueError
    return (bits >> spare).to_bytes(len(text) * 5 // 8, "big")
