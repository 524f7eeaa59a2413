"""SIGTERM ends a command that goes on and on: in order where that can be, and in any case."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from trainer.errors import STOPPED

BEGIN = """
import sys, threading, time
from trainer.commands import ending
ending.GRACE = {grace}
ending.end_at_sigterm()
try:
    {work}
finally:
    {closing}
    print("closed", flush=True)
"""
HANGS = "print('ready', flush=True); threading.Event().wait()"
# In a library that no signal wakes: a lock that it holds itself.
DEAF = """import ctypes; lock, library = ctypes.create_string_buffer(64), ctypes.CDLL(None)
    library.pthread_mutex_lock(lock); print('ready', flush=True); library.pthread_mutex_lock(lock)"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs SIGTERM, and to know the system's library")
@pytest.mark.parametrize(
    "work, closing, grace, says, code",
    [
        (HANGS, "pass", 60, "closed\n", -signal.SIGINT),
        (HANGS, "threading.Event().wait()", 0.1, "", STOPPED),
        (DEAF, "pass", 0.1, "", STOPPED),
    ],
    ids=["in order", "closing hangs", "a library hangs"],
)
def test_sigterm_ends_it_whatever_it_waits_for(work, closing, grace, says, code):
    script = BEGIN.format(work=work, closing=closing, grace=grace)
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        while not waits(process.pid):
            os.sched_yield()
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        assert process.stdout.read() == says
        process.wait()
    assert time.monotonic() - began < 20
    assert process.returncode == code


def waits(process: int) -> bool:
    """Whether its main thread hangs in what it was to hang in."""
    return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "S"
