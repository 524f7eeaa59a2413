"""`ruston` alone: the console, the whole of it in the terminal."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trainer.tui.desk import Options


def open_console(options: "Options | None" = None) -> None:
    """Needs a terminal. Raises UserError where there is none."""
    import sys

    from trainer.errors import UserError
    from trainer.messages import gettext as _

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UserError(_("the console needs a terminal. `ruston --help` lists commands that do without."))
    from trainer.tui.app import Console

    Console(options).run()


__all__ = ["Path", "open_console"]
