"""Where the program keeps what it learns and what is installed: one folder, the user's own or RUSTON_DATA."""

import os
from pathlib import Path

from trainer.errors import UserError
from trainer.messages import gettext as _


def data_folder() -> Path:
    """The folder need not exist yet. Raises UserError for what can be none."""
    if wanted := os.environ.get("RUSTON_DATA"):
        path = at_home(wanted)
        if os.path.lexists(path) and not path.is_dir():
            raise UserError(_("{path}: RUSTON_DATA is to name a folder.").format(path=path))
        return path
    from platformdirs import user_data_path

    return user_data_path("ruston", appauthor=False)


def at_home(path: str) -> Path:
    """A path that may begin with ~ or ~NAME. Raises UserError where nobody of that name is here."""
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise UserError(_("{path}: nobody of that name is known on this machine.").format(path=path)) from error
