"""To whom a command speaks that works for nobody in particular: who is named, else who signed on last, else anybody."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.errors import UserError
from trainer.messages import interface_language
from trainer.reader import Reader
from trainer.settings import settings

if TYPE_CHECKING:
    from trainer.records.learners import Learner
    from trainer.records.store import Store


def addressee(named: str | None, url: str | None, book: Path | None) -> Reader:
    """named: a learner of the records at `url`. Raises UserError for one whom they do not know."""
    if named is not None:
        return _of(named, url, book)
    chosen = settings().console
    if isinstance(who := chosen.get("who"), str):
        with suppress(UserError):  # records that cannot be read are told where they are asked for
            return _of(who, url, book)
    return Reader(interface_language(), chosen.get("letters") is True, book)


def _of(named: str, url: str | None, book: Path | None) -> Reader:
    from trainer.records.store import Store

    with Store.open(url, read_only=True) as store:
        return reader_of(store, named, book)


def reader_of(store: "Store", named: str, book: Path | None) -> Reader:
    """Raises UserError for somebody whom the records do not know."""
    one = store.learner(named)
    return Reader(one.first, bool(letters_of(one)), book)


def letters_of(one: "Learner") -> bool | None:
    """Whether a learner sees the other alphabet in letters of their own, None where they were never asked. What was
    chosen for all on this machine, once, holds for whoever was not."""
    before = settings().console.get("letters")
    if one.letters is None and isinstance(before, bool):
        return before
    return one.letters
