"""Who sits at the instructor's desk."""

import getpass

from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.records.store import Store
from trainer.text_in import line


def signer(_store: Store, name: str | None) -> str:
    """Who says what is said at the desk: a name, or the account on this machine. Raises UserError."""
    who = line(name) if name is not None else account()
    if not who:
        raise UserError(_("say who signs: --by NAME."))
    return who


def account() -> str:
    """The name of whoever is logged in here; "" where the system does not tell."""
    try:
        return line(getpass.getuser())
    except (OSError, KeyError, ImportError):
        return ""
