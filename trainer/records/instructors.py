"""Who sits at the instructor's desk: those who have a PIN there; without any, the account that opened it.

A PIN keeps learners from signing for their instructor on a machine that they share. It keeps nothing secret from
somebody who can read the file of the records. So whoever owns that file may take all PINs away where one was forgotten;
that cannot be done quietly: whose PIN it was is told at the desk until they have a new one.
"""

import getpass
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, insert, select, update

from trainer.errors import UserError
from trainer.identity import same
from trainer.messages import gettext as _
from trainer.records.store import Store
from trainer.records.tables import instructors
from trainer.text_in import line

FEWEST = 4  # characters of a PIN
FORGOTTEN = b""  # instead of a PIN that was taken away
# scrypt (RFC 7914): a try takes some 50 ms and 16 MB.
COST = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}


def names(store: Store) -> tuple[str, ...]:
    """Of those who have a PIN."""
    wanted = select(instructors.c.name).where(instructors.c.mark != FORGOTTEN).order_by(instructors.c.name)
    with store.reading() as connection:
        return tuple(connection.execute(wanted).scalars())


@dataclass(frozen=True)
class Forgotten:
    """Whose PIN was taken away, and when."""

    name: str
    at: datetime


def forgotten(store: Store) -> tuple[Forgotten, ...]:
    """Those who have given themselves no new PIN yet."""
    wanted = select(instructors).where(instructors.c.mark == FORGOTTEN).order_by(instructors.c.name)
    with store.reading() as connection:
        return tuple(Forgotten(row.name, row.since) for row in connection.execute(wanted))


def forget(store: Store) -> tuple[str, ...]:
    """Take all PINs away; returns whose they were. Raises UserError where that is not this account's to do."""
    if not _own(store):
        raise UserError(
            _("{place}: the records belong to another account. Who owns them may take the PINs away.").format(
                place=store.target.place
            )
        )
    known = names(store)
    if not known:
        raise UserError(_("nobody has a PIN at this desk."))
    gone = update(instructors).where(instructors.c.name.in_(known))
    with store.writing() as connection:
        connection.execute(gone.values(salt=FORGOTTEN, mark=FORGOTTEN, since=datetime.now(UTC)))
    return known


def _own(store: Store) -> bool:
    """Whether the records are this account's: the file, or on a server the table."""
    path = store.target.path
    if path is None:
        owned = "SELECT tableowner = current_user FROM pg_tables WHERE tablename = 'instructors'"
        with store.reading() as connection:
            return all(connection.exec_driver_sql(owned).scalars())
    if hasattr(os, "geteuid"):
        return path.stat().st_uid == os.geteuid()
    return os.access(path, os.W_OK)


def set_pin(store: Store, name: str, pin: str) -> None:
    """Give somebody a PIN, or another one. Whoever asks must have been let in. Raises UserError."""
    name = line(name)
    if not name:
        raise UserError(_("say who signs: --by NAME."))
    if len(pin) < FEWEST:
        raise UserError(_("a PIN has at least {n} characters.").format(n=FEWEST))
    salt = secrets.token_bytes(16)
    values = {"name": name, "salt": salt, "mark": _mark(pin, salt), "since": datetime.now(UTC)}
    before = [*names(store), *(one.name for one in forgotten(store))]
    replaced = [known for known in before if same(known, name)]
    with store.writing() as connection:
        connection.execute(delete(instructors).where(instructors.c.name.in_(replaced)))
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


def let_in(store: Store, name: str | None, ask: Callable[[str], str]) -> str | None:
    """Who may do away with what was judged here, or take over what was judged elsewhere: somebody who tells their PIN;
    None where the desk has no need of any. Raises UserError."""
    if not guarded(store):
        return None
    if not names(store):
        raise UserError(_("the PINs of this desk were taken away. First a new one: `ruston desk pin NAME`."))
    return signer(store, name, ask)


def guarded(store: Store) -> bool:
    """Whether there are PINs, or were, until they were taken away as forgotten."""
    return bool(names(store) or forgotten(store))


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
