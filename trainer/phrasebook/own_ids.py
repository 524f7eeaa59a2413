"""Ids of calls of one's own that have none in the file: by what they say, so that what a learner knows of a call stays
with it when others are put before it, when it is moved, when the file is renamed, and in every other book.

Their place in the file, OURS-01, OURS-02 and so on, names them for people: on the command line and in a clips.tsv.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from trainer.languages import Language
from trainer.phrasebook.phrase import Phrase
from trainer.phrasebook.text import folded
from trainer.text_in import clean

OWN = "OWN-"
LENGTH = 8  # letters and figures: of 5,000 calls, two have the same by a chance of 1 in 90,000


def own_id(en: str, ru: str) -> str:
    """The id of a call that says so. Case, punctuation, stress marks and Unicode forms make no other call of it."""
    digest = hashlib.sha256(f"{words(en)}\n{words(ru)}".encode()).digest()
    return OWN + base64.b32encode(digest).decode()[:LENGTH]


def words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", folded(clean(text).casefold())))


def place(path: Path, number: int) -> str:
    """What people call a phrase without an id, by its place among the phrases of a file or folder."""
    return f"{stem(path).upper()}-{number:02}"


def stem(path: Path) -> str:
    return re.sub(r"[^\w-]+", "-", clean(path.stem)).strip("-") or "own"


def by_text(phrases: Iterable[Phrase]) -> Mapping[tuple[Language, str], str]:
    """The ids of calls that are known by their texts, by language and words; of twins, the first."""
    found: dict[tuple[Language, str], str] = {}
    for phrase in phrases:
        if phrase.id.startswith(OWN):
            found.setdefault(("en", words(phrase.en)), phrase.id)
            found.setdefault(("ru", words(phrase.ru)), phrase.id)
    return found
