"""Who is who in what leaves the records: pseudonyms, unless names were asked for; and texts made harmless.

A pseudonym is a keyed hash whose key is the store's own random id, so it stays the same from export to export and
tells nothing to anybody who has not got the store.
"""

import base64
import hmac
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from trainer.text_in import harmless

# What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection), the wide forms included.
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
LONGEST_NAME = 60  # characters of one part of a file name
RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\.|$)")  # Windows' devices


@dataclass(frozen=True)
class Names:
    """How learners are called in what leaves the records.

    Attributes:
        secret: the key of the pseudonyms; None: real names.
    """

    secret: bytes | None

    @property
    def real(self) -> bool:
        return self.secret is None

    def learner(self, key: str) -> str:
        return key if self.secret is None else _pseudonym(self.secret, "L", key)

    def crew(self, name: str | None) -> str | None:
        return name if self.secret is None or not name else _pseudonym(self.secret, "C", name)

    def session(self, key: str) -> str:
        return key if self.secret is None else _pseudonym(self.secret, "S", key)


@lru_cache(65_536)
def _pseudonym(secret: bytes, kind: str, key: str) -> str:
    """Forty bits: among a thousand learners two are called the same once in two million stores."""
    digest = hmac.digest(secret, f"{kind}\0{key}".encode(), "sha256")
    return f"{kind}-{base64.b32encode(digest[:5]).decode()}"


@lru_cache(65_536)
def cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula, and no terminal for a command: an apostrophe goes before one that
    a spreadsheet would take for it."""
    text = harmless(text)
    return f"'{text}" if text.lstrip(" \u00a0\ufeff").startswith(FORMULA) else text


def file_name(*parts: str) -> str:
    """One name for a file, of letters, digits, dots, dashes and underscores, whatever the parts hold. Never empty, a
    way to another folder, hidden, or the name of a device."""
    safe = (
        re.sub(r"[^\w.-]+|\.{2,}", "_", unicodedata.normalize("NFC", part))[:LONGEST_NAME].strip("._-")
        for part in parts
    )
    name = "-".join(part for part in safe if part) or "unnamed"
    return f"_{name}" if RESERVED.match(name) else name
