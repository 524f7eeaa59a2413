"""Keeps a nats-server running for as long as somebody holds the other end of its standard input, and no longer.

A script of its own: `server_watchdog.py NATS-SERVER CONFIGURATION`. When the host ends, even by kill -9, the system
closes the pipe, and the server is ended here, on every platform. A server that dies is started again at once: its
clients reconnect, and what they had been told is kept, is kept. The same where the configuration
changes: whoever is no longer in it is cut off; and where there is room again on a disk that was full: a server that
could not write keeps nothing any more until it is started anew.

It runs in a session of its own: closing the terminal would end it, and only make the server read its configuration
again.
"""

import ctypes
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

AGAIN = 0.1  # s between two starts
HEALTHY = 5.0  # s after which a server counts as having run
TRIES = 20  # starts in a row that fail
ROOM = 1_000_000  # bytes; with less the disk counts as full


def _end_with_me() -> None:
    """Linux: the server gets a SIGTERM if this process is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


PR_SET_PDEATHSIG = 1
END_WITH_ME = _end_with_me if sys.platform == "linux" else None


def main(binary: str, configuration: str) -> None:
    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: over.set())
    threading.Thread(target=_until_closed, args=(over,), daemon=True).start()
    tries = 0
    while not over.is_set() and tries < TRIES:
        started = time.monotonic()
        read = _written(configuration)
        server = subprocess.Popen([binary, "-c", configuration], stdin=subprocess.DEVNULL, preexec_fn=END_WITH_ME)
        was_full = False
        while server.poll() is None and not over.wait(0.05) and _written(configuration) == read:
            free = _free(configuration)
            if was_full and free > 2 * ROOM:
                break
            was_full = was_full or free < ROOM
        died = server.poll() is not None
        if not died:
            server.terminate()
            try:
                server.wait(5)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        tries = tries + 1 if died and time.monotonic() - started < HEALTHY else 0
        over.wait(AGAIN)


def _written(configuration: str) -> int:
    """When; 0 where it is gone."""
    try:
        return Path(configuration).stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _free(configuration: str) -> int:
    try:
        return shutil.disk_usage(Path(configuration).parent).free
    except FileNotFoundError:  # the loop is over
        return ROOM


def _until_closed(over: threading.Event) -> None:
    while sys.stdin.buffer.read(1):
        pass
    over.set()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
