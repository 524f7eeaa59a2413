"""A certificate: one signed page that says what a learner has passed, and who attests it.

The page ends with a line that holds an Ed25519 signature (RFC 8032) over every byte before it, and the key that checks
it. Whoever knows the key's fingerprint can tell that nobody has changed a letter. The key is made when it is first
needed and lies in the data folder, readable by its owner alone.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.atomic_files import save
from trainer.data_folder import data_folder
from trainer.errors import UserError
from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.messages import interface_language

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY = "certificate-key.pem"
MARK = re.compile(rb"<!-- ruston-certificate/1 key=([A-Za-z0-9+/=]{44}) signature=([A-Za-z0-9+/=]{88}) -->\n?\Z")
LARGEST = 1 << 20  # bytes of a page
DIGITS = 20  # of a fingerprint, hexadecimal


@dataclass(frozen=True)
class Passed:
    """An assignment that was signed off.

    Attributes:
        what: in words.
        done: different calls passed, of as many as were asked for.
        points: mean of all attempts.
    """

    what: str
    done: int
    calls: int
    points: float | None
    by: str
    at: date


@dataclass(frozen=True)
class Certificate:
    """What somebody has shown that they can.

    Attributes:
        language: that was drilled.
        pronunciation: mean points, 0-100.
        level: in words, "" where there is none.
        issuer: who signs.
    """

    name: str
    language: Language
    passed: tuple[Passed, ...]
    answers: int
    pronunciation: float | None
    level: str
    issuer: str
    day: date


@dataclass(frozen=True)
class Check:
    """What a look at a signed certificate tells.

    Attributes:
        whole: nobody has changed it since it was signed.
        fingerprint: of the key.
        ours: it is this machine's.
    """

    whole: bool
    fingerprint: str
    ours: bool


STYLE = """@page{size:A4;margin:20mm}body{font:11pt/1.5 system-ui,"DejaVu Sans",sans-serif;max-width:42rem;
margin:2rem auto;padding:0 1rem;color:#111;background:#fff}
h1{font-size:1.6rem;margin:.2rem 0 1.2rem}h1+p{font-size:1.3rem}
table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{text-align:left;padding:.3rem .6rem .3rem 0;
border-bottom:1px solid #bbb;vertical-align:top}.mark{letter-spacing:.35em;font-size:.8rem;color:#555}
.small{font-size:.8rem;color:#444;overflow-wrap:anywhere}@media print{body{margin:0;max-width:none}}"""


def page(content: Certificate, fingerprint: str) -> str:
    """In the language of the interface, with nothing that a browser would fetch or run."""
    target = _("Russian") if content.language == "ru" else _("English")
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}" for cell in _cells(one)) + "\n" for one in content.passed
    )  # fmt: skip
    headings = "".join(
        f"<th>{escape(text)}" for text in (_("passed"), _("calls"), _("points"), _("signed by"), _("date"))
    )
    measured = ""
    if content.pronunciation is not None:
        measured = _("{n} answers, pronunciation {points:.0f} of 100 in the last four weeks.").format(
            n=content.answers, points=content.pronunciation
        )
    title, drilled = _("Certificate of radio drills"), _("Drilled calls in {language}.").format(language=target)
    attested = _("Attested by {name}, {day}.").format(name=content.issuer, day=content.day.isoformat())
    lines = [
        f'<p class="mark">RUSTON\n<h1>{escape(title)}</h1>',
        f"<p><strong>{escape(content.name)}</strong>",
        f"<p>{escape(drilled)}",
        f"<table><thead><tr>{headings}</thead><tbody>\n{rows}</tbody></table>",
        f"<p>{escape(measured)}" if measured else "",
        f"<p>{escape(content.level)}" if content.level else "",
        f"<p>{escape(attested)}",
        '<p class="small">'
        + escape(
            _(
                "This describes drilled calls and is no licence. Signed with the key {key}; `ruston desk verify FILE` "
                "says whether this page is as it was signed."
            ).format(key=fingerprint)
        ),
    ]
    return (
        f'<!doctype html>\n<html lang="{interface_language()}"><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(content.name)}</title>\n<style>{STYLE}</style>\n"
        + "\n".join(filter(None, lines))
        + "\n</html>\n"
    )


def _cells(one: Passed) -> Sequence[str]:
    points = "–" if one.points is None else f"{one.points:.0f}"
    return one.what, _("{done} of {n}").format(done=one.done, n=one.calls), points, one.by, one.at.isoformat()


def signed(content: Certificate) -> bytes:
    """The whole file. Raises UserError where the key cannot be read."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = _own_key()
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    body = page(content, fingerprint(public)).encode()
    told = [base64.b64encode(part).decode() for part in (public, key.sign(body))]
    return body + f"<!-- ruston-certificate/1 key={told[0]} signature={told[1]} -->\n".encode()


def check(path: Path) -> Check:
    """Raises UserError for a file that is no certificate."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise UserError(_("{path}: cannot be read ({reason}).").format(path=path, reason=error.strerror)) from error
    found = MARK.search(content) if len(content) <= LARGEST else None
    if found is None:
        raise UserError(_("{path}: this is no certificate of RUSTON, or its signature is gone.").format(path=path))
    public, signature = (base64.b64decode(part) for part in found.groups())
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, content[: found.start()])
    except (InvalidSignature, ValueError):
        return Check(False, fingerprint(public), False)
    own = (data_folder() / KEY).exists()
    ours = own and _own_key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw) == public
    return Check(True, fingerprint(public), ours)


def fingerprint(public: bytes) -> str:
    """80 bits, in groups of four that can be read out."""
    return _grouped(hashlib.sha256(public).hexdigest()[:DIGITS])


def typed_fingerprint(text: str) -> str:
    """As `fingerprint` writes it, however it was typed. Raises UserError for what is none."""
    digits = re.sub(r"[\s:\u2010-\u2015-]", "", text)
    if not re.fullmatch(f"[0-9A-Fa-f]{{{DIGITS}}}", digits):
        message = _("{text}: this is not a fingerprint. It has {n} hex digits, as {example}.")
        raise UserError(message.format(text=text, n=DIGITS, example=_grouped("0123456789abcdef0123")))
    return _grouped(digits)


def _grouped(digits: str) -> str:
    return "-".join(digits[i : i + 4] for i in range(0, DIGITS, 4)).upper()


def _own_key() -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        load_pem_private_key,
    )

    path = data_folder() / KEY
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        new = Ed25519PrivateKey.generate()
        save(path, new.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), private=True)
    message = _("{path}: the key of certificates cannot be read. Put a copy back, or remove it for a new one.")
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise UserError(message.format(path=path)) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UserError(message.format(path=path))
    return key
