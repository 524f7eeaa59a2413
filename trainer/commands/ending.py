"""How a command is ended that goes on until somebody ends it."""

import os
import signal
import threading
import time
from types import FrameType

STOPPED = 130  # the exit code after Ctrl-C, as shells have it
GRACE = 8.0  # s in which what is open is closed, and the others on a loop are told


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
