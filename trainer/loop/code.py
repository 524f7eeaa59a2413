"""Join codes: where a loop is, who one is on it, and how to know its server, in one line to paste or to read out.

Base 32 without I, L, O and U (Crockford), in groups of five: four letters and a check letter, which tells which group
was mistyped. Bytes: version and kind, the address, the secret, the pin of the certificate, two bytes of checksum, zeros
to the end of the last group.
"""

import hashlib
import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from trainer.errors import UserError
from trainer.loop.roles import ROLES, Role, role_name
from trainer.messages import gettext as _
from trainer.text_in import harmless, on_latin_keys

VERSION = 2
SECRET = 10  # bytes: guessed only by asking the server
PIN = 11  # bytes of the SHA-256 of the server's certificate
NAMED, PINNED, ROLE = (
    8,
    4,
    3,
)  # bits of the first byte: the address is a name, with its length before it; there is a pin

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans("ILOUАВЕКМНОРСТХ", "110VABEKMH0PCTX")  # the last ones are typed on a Russian keyboard
GROUP = 5  # letters, with the check letter
TOLD = 3  # wrong groups that are told one by one


@dataclass(frozen=True)
class JoinCode:
    """What somebody needs who wants to join a loop.

    Attributes:
        address: an IPv4 address with a port, or the URLs of a centre's servers.
        pin: first bytes of the certificate's SHA-256; empty where the server is known by an authority of this machine.
    """

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
        named, address = _packed(self.address)
        kind = VERSION << 4 | named | (PINNED if self.pin else 0) | ROLES.index(self.role)
        body = bytes([kind]) + address + self.secret + self.pin
        letters = _base32(body + _checksum(body))
        fours = [letters[i : i + GROUP - 1] for i in range(0, len(letters), GROUP - 1)]
        return "-".join(four + _check_letter(number, four) for number, four in enumerate(fours))

    def __repr__(self) -> str:
        return f"JoinCode({self.role} at {self.address})"  # never the secret: reprs end up in logs


def parse(text: str) -> JoinCode:
    """Forgives spaces, small letters and letters that are easily misread. Raises UserError for what is no code; where
    single groups are wrong, it says which."""
    groups, wrong = _looked_over(text)
    if wrong and len(wrong) < len(groups) / 2:
        raise UserError(_mistyped(groups, wrong))
    try:
        code = None if wrong else _read(_bytes("".join(group[:-1] for group in groups)))
    except (ValueError, IndexError):
        code = None
    if code is None:
        raise UserError(_("that is no join code: it was mistyped or cut short. Copy the whole of it again."))
    return code


def parse_as(role: Role, text: str) -> JoinCode:
    """Raises UserError for what is no code, or another role's."""
    code = parse(text)
    if code.role != role:
        raise UserError(_("that is the join code of another role: {role}.").format(role=role_name(code.role)))
    return code


def _looked_over(text: str) -> tuple[list[str], list[int]]:
    """The groups, as they were typed or, where spaces stand anywhere, cut anew; and the numbers of those that are
    wrong. Russian letters are what they look like or what stands on their keys: what makes fewer groups wrong."""
    return min(map(_grouped, (text, on_latin_keys(text))), key=lambda found: len(found[1]))


def _grouped(text: str) -> tuple[list[str], list[int]]:
    typed = re.split(r"[\s\-\u2010-\u2015\u2212]+", text.upper().translate(MISREAD).strip(" -\n\t"))
    letters = "".join(typed)
    cut = [letters[i : i + GROUP] for i in range(0, len(letters), GROUP)]
    wrong = _wrong(typed)
    return (typed, wrong) if len(wrong) < len(typed) / 2 else (cut, _wrong(cut))


def _wrong(groups: Sequence[str]) -> list[int]:
    return [number for number, group in enumerate(groups) if not _whole(number, group)]


def _whole(number: int, group: str) -> bool:
    return len(group) == GROUP and set(group) <= set(ALPHABET) and group[-1] == _check_letter(number, group[:-1])


def _mistyped(groups: Sequence[str], wrong: Sequence[int]) -> str:
    told = ", ".join(f"{number + 1} ({groups[number][: 2 * GROUP]})" for number in wrong[:TOLD])
    if len(wrong) > TOLD:
        told += ", …"
    return _("the join code was mistyped in the group: {groups}. Compare it with the host's.").format(groups=told)


def _check_letter(number: int, letters: str) -> str:
    """Every wrong letter, any two that changed places and any two groups that did change it: a sum over GF(32), each
    place with its own weight."""
    values = (number % 31 + 1, *(ALPHABET.index(letter) for letter in letters))
    return ALPHABET[reduce(lambda total, value: _doubled(total ^ value), values, 0)]


def _doubled(value: int) -> int:
    """Times x in GF(32), modulo x⁵ + x² + 1."""
    return (value << 1) ^ (0b100101 if value & 16 else 0)


def _read(data: bytes) -> JoinCode | None:
    named, pinned, role = data[0] & NAMED, data[0] & PINNED, ROLES[data[0] & ROLE]
    address, start = _unpacked(named, data)
    end = start + SECRET + (PIN if pinned else 0)
    body, check, rest = data[:end], data[end : end + 2], data[end + 2 :]
    if data[0] >> 4 != VERSION or _checksum(body) != check or any(rest):
        return None
    return JoinCode(role, address, body[start : start + SECRET], body[start + SECRET :])


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()[:2]


def _derived(what: bytes, secret: bytes) -> str:
    return hashlib.blake2b(secret, key=what, digest_size=16).hexdigest()


def _packed(address: str) -> tuple[int, bytes]:
    host, _colon, port = address.rpartition(":")
    try:
        return 0, ipaddress.IPv4Address(host).packed + int(port).to_bytes(2, "big")
    except ValueError:
        name = address.encode()
        return NAMED, bytes([len(name)]) + name


def _unpacked(named: int, data: bytes) -> tuple[str, int]:
    """The address, and where it ends."""
    if named:
        end = 2 + data[1]
        name = data[2:end].decode()
        if harmless(name) != name:
            raise ValueError
        return name, end
    return f"{ipaddress.IPv4Address(data[1:5])}:{int.from_bytes(data[5:7], 'big')}", 7


def _base32(data: bytes) -> str:
    """Letters for whole groups, the last one filled up with zeros."""
    count = -(-len(data) * 8 // (5 * (GROUP - 1))) * (GROUP - 1)
    bits = int.from_bytes(data, "big") << count * 5 - len(data) * 8
    return "".join(ALPHABET[bits >> 5 * place & 31] for place in reversed(range(count)))


def _bytes(letters: str) -> bytes:
    """With the zeros at the end, but for bits that are no whole byte, which must be zero, too."""
    bits = reduce(lambda total, letter: total << 5 | ALPHABET.index(letter), letters, 0)
    spare = len(letters) * 5 % 8
    if bits & ((1 << spare) - 1):
        raise ValueError
    return (bits >> spare).to_bytes(len(letters) * 5 // 8, "big")
