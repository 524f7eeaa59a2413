"""A terminal of this process's own, as wide as the console wants it: what runs there, what it wrote, keys for it."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.processes import end

SIZE = (40, 120)  # rows, columns
ATTRIBUTES = b"\x1b[c"  # a request
ESCAPES = re.compile(rb"\x1b(?:\[[0-9;:?<>=]*[ -/]*[@-~]|[\]P_][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-~])")


class Terminal:
    """Runs one command; `close` it."""

    def __init__(
        self, command: list[str], folder: Path, pipe: int | None = None, size: tuple[int, int] = SIZE,
        interface: str = "en", **variables: str,
    ) -> None:  # fmt: skip
        """folder: of its data. pipe: a descriptor that the command may write into. size: rows, columns."""
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
        environment = {
            **os.environ,
            "RUSTON_DATA": str(folder),
            "RUSTON_INTERFACE": interface,
            "TERM": "xterm-256color",
        }
        environment |= variables
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True,
            pass_fds=[] if pipe is None else [pipe], preexec_fn=_own_terminal,
        )  # fmt: skip
        os.close(theirs)
        self.written = b""
        self._more = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while True:
            try:
                some = os.read(self._ours, 1 << 16)
            except OSError:  # whoever wrote has ended
                return
            if ATTRIBUTES in some:
                os.write(
                    self._ours, b"\x1b[?62c"
                )  # as all terminals answer; who asks waits a second for those that do not
            with self._more:
                self._take(some)
                self._more.notify_all()

    def _take(self, some: bytes) -> None:
        self.written += some

    @property
    def text(self) -> bytes:
        return ESCAPES.sub(b"", self.written)

    def until(self, there: Callable[[bytes], bool], patience: float = 60.0) -> float:
        """Seconds from its start until what it wrote is so."""
        with self._more:
            if not self._more.wait_for(lambda: there(self.text), patience):
                raise TimeoutError(self.text[-300:].decode(errors="replace"))
            return time.perf_counter() - self.began

    def press(self, keys: bytes) -> None:
        os.write(self._ours, keys)

    def close(self) -> None:
        end(self.process)
        os.close(self._ours)


def _own_terminal() -> None:
    """Whoever runs there is hung up on where this process ends without closing it."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def ruston(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "trainer", *arguments]
