"""`ruston` alone: the console, all of it in the terminal."""

import sys
from typing import TYPE_CHECKING

from trainer.errors import UserError
from trainer.messages import gettext as _

if TYPE_CHECKING:
    from trainer.tui.desk import Options


def open_console(options: "Options | None" = None) -> None:
    """Raises UserError where there is no terminal."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UserError(_("the console needs a terminal. `ruston --help` lists the commands that need none."))
    from trainer.tui.app import Console

    Console(options).run()
