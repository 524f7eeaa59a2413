"""What a benchmark starts ends with it, whatever happens: with all that it has started in turn."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack, suppress
from typing import Any


def started(stack: ExitStack, command: list[Any], **how: Any) -> "subprocess.Popen[Any]":
    """A process, until the stack is left."""
    process = subprocess.Popen(command, start_new_session=True, **how)
    stack.callback(end, process)
    return process


def end(process: "subprocess.Popen[Any]") -> None:
    """Of a session of its own."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def heed_sigterm() -> None:
    """`timeout` and CI end a benchmark so: what it started must not go on."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
