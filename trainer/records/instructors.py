"""Who sits at the instructor's desk: those who have a PIN there; without any, the account that opened it.

A PIN keeps learners from signing for their instructor on a machine that they share. It keeps nothing secret from
somebody who can read the file of the records.
"""

import getpass
import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import delete, insert, select

from trainer.errors import UserError
from trainer.identity import same
from trainer.messages import gettext as _
from trainer.records.store import Store
from trainer.records.tables import instructors
from trainer.text_in import line

FEWEST = 4  # characters of a PIN
# scrypt (RFC 7914): a try takes some 50 ms and 16 MB.
COST = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}


def names(store: Store) -> tuple[str, ...]:
    """Of those who have a PIN."""
    with store.reading() as connection:
        return tuple(connection.execute(select(instructors.c.name).order_by(instructors.c.name)).scalars())


def set_pin(store: Store, name: str, pin: str) -> None:
    """Give somebody a PIN, or another one. Whoever asks must have been let in. Raises UserError."""
    name = line(name)
    if not name:
        raise UserError(_("say who signs: --by NAME."))
    if len(pin) < FEWEST:
        raise UserError(_("a PIN has at least {n} characters.").format(n=FEWEST))
    salt = secrets.token_bytes(16)
    values = {"name": name, "salt": salt, "mark": _mark(pin, salt), "since": datetime.now(UTC)}
    known = _known(store, name)
    with store.writing() as connection:
        if known is not None:
            connection.execute(delete(instructors).where(instructors.c.name == known))
        connection.execute(insert(instructors).values(**values))


def remove(store: Store, name: str) -> None:
    """Raises UserError for somebody without a PIN."""
    known = _known(store, name)
    if known is None:
        raise _stranger(store, name)
    with store.writing() as connection:
        connection.execute(delete(instructors).where(instructors.c.name == known))


def signer(store: Store, name: str | None, ask: Callable[[str], str]) -> str:
    """Who says what is said at the desk: a name, or the account on this machine; where there are PINs, only somebody
    who has one and tells it. ask: for the PIN of a name. Raises UserError."""
    who = line(name) if name is not None else account()
    if not who:
        raise UserError(_("say who signs: --by NAME."))
    if not names(store):
        return who
    known = _known(store, who)
    if known is None:
        raise _stranger(store, who)
    with store.reading() as connection:
        row = connection.execute(select(instructors).where(instructors.c.name == known)).one()
    if not hmac.compare_digest(_mark(ask(known), row.salt), row.mark):
        raise UserError(_("this is not the PIN of {name}.").format(name=known))
    return known


def account() -> str:
    """The name of whoever is logged in here; "" where the system does not tell."""
    try:
        return line(getpass.getuser())
    except (OSError, KeyError, ImportError):
        return ""


def _known(store: Store, name: str) -> str | None:
    return next((known for known in names(store) if same(known, line(name))), None)


def _stranger(store: Store, name: str) -> UserError:
    message = _("{name} has no PIN at this desk. Who has: {known}. Say who you are: --by NAME.")
    return UserError(message.format(name=name, known=", ".join(names(store)) or "-"))


def _mark(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, **COST)
