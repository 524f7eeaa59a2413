"""What can go wrong with a store that its owner can mend, each told in one line. Nothing is ever written to mend it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from trainer.errors import UserError
from trainer.messages import gettext as _

# PostgreSQL's classes and codes of trouble that is not a mistake of ours (appendix A of its manual).
SERVER_TROUBLE = ("08", "28", "3D", "53", "55P03", "57", "58", "25006", "42501")
# What SQLite says, without a code of its own, of a header or a text with flipped bits.
DAMAGE = ("unsupported file format", "Could not decode to UTF-8")


class BrokenStore(UserError):
    """The file is damaged or no SQLite file at all."""


@contextmanager
def told(place: str) -> Iterator[None]:
    """Turn trouble with the store at `place` (a path, or a URL without its password) into UserError."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if trouble := _sqlite(place, cause) if isinstance(cause, sqlite3.Error) else _server(place, cause):
            raise trouble from error
        raise


def damaged(place: str, reason: object) -> BrokenStore:
    message = _(
        "{place}: the records are damaged ({reason}). Nothing was changed. `ruston records recover` saves what "
        "can be read and keeps the damaged file."
    )
    return BrokenStore(message.format(place=place, reason=" ".join(str(reason).split())))


def _sqlite(place: str, error: sqlite3.Error) -> UserError | None:
    code = getattr(error, "sqlite_errorname", "")
    if code.startswith(("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_TRUNCATE",
                        "SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_SHMMAP")):  # fmt: skip
        message = _("{place}: no room to write. Free some space and go on; what was recorded before is kept.")
    elif code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        message = _("{place}: another program keeps the records locked. Let it finish, or close it, and try again.")
    elif code.startswith(("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_CANTOPEN")):
        message = _(
            "{place}: the records cannot be opened for writing. Make the file and its folder writable, or name other "
            "records with --records."
        )
    elif code.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_IOERR_SHORT_READ")) or any(
        sign in str(error) for sign in DAMAGE
    ):
        return damaged(place, error)
    elif code.startswith("SQLITE_IOERR"):
        message = _("{place}: the disk fails ({reason}). What was recorded before is kept.")
    else:
        return None
    return UserError(message.format(place=place, reason=error))


def _server(place: str, error: BaseException | None) -> UserError | None:
    code = getattr(error, "sqlstate", None)
    if code == "42P07":
        message = _("{place}: other tables there have names that RUSTON needs. Give it a database of its own.")
    elif code == "42501" or code == "25006":
        message = _("{place}: the server does not let this user do that ({reason}). Ask its administrator.")
    elif code and code.startswith("53"):
        message = _("{place}: the server has no room or no connection left ({reason}). What was recorded is kept.")
    elif code and code.startswith(("55P03", "40")):
        message = _("{place}: another program keeps the records locked. Let it finish, or close it, and try again.")
    elif code is None and type(error).__name__ == "ProgrammingError":  # never sent: the driver refuses the address
        message = _("{place}: that address cannot be used ({reason}).")
    elif (code is None and type(error).__name__ == "OperationalError") or (code or "").startswith(SERVER_TROUBLE):
        message = _(
            "{place}: the server cannot be used ({reason}). Check that it runs, and the host, the database, the user "
            "and the password."
        )
    else:
        return None
    return UserError(message.format(place=place, reason=_reason(error)))


def _reason(error: object) -> str:
    """The last line of what the server says; the lines before repeat the address."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1].rpartition("FATAL:")[2].strip().rstrip(".") if lines else type(error).__name__
