"""How a command is ended that goes on until somebody ends it."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import click

from trainer.errors import STOPPED
from trainer.messages import gettext as _

GRACE = 8.0  # s in which what is open is closed, and the others on a loop are told


@contextmanager
def stoppable(kept: Callable[[], str]) -> Iterator[None]:
    """Whoever ends the command, by Ctrl-C or SIGTERM, is told what is kept of it."""
    end_at_sigterm()
    try:
        yield
    except KeyboardInterrupt:
        click.echo(_("Stopped.") + " " + kept(), err=True)
        sys.exit(STOPPED)


def nothing_kept() -> str:
    """Of a command that only shows."""
    return _("Nothing was being kept.")


def end_at_sigterm() -> None:
    """From now on SIGTERM is Ctrl-C. Whatever closing then waits for (a device, a server, who reads the output), the
    process is over after GRACE: what was told is kept by then, and a loop's server ends with us."""
    signal.signal(signal.SIGTERM, _interrupt)
    reads, writes = os.pipe()
    os.set_blocking(writes, False)
    # Python's own handlers wait for the main thread, which may be where it hears of nothing.
    signal.set_wakeup_fd(writes, warn_on_full_buffer=False)
    threading.Thread(target=_end, args=(reads,), name="ending", daemon=True).start()


def _end(signals: int) -> None:
    while signal.SIGTERM not in os.read(signals, 64):
        pass
    time.sleep(GRACE)
    os._exit(STOPPED)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
