"""The console on a line: bytes while one talks, how soon the score is seen, memory after many calls. It runs in a
pseudo-terminal; recordings speak, and nothing is kept.

    python -m tests.benchmarks.console line 80x24            # as fast as it can be read
    python -m tests.benchmarks.console line 120x40 10        # on a line of 10 KB/s
    python -m tests.benchmarks.console memory 500            # resident memory after 1, 10, 50, ... calls
"""

import fcntl
import os
import pty
import re
import signal
import struct
import sys
import tempfile
import termios
import threading
import time
from pathlib import Path

from rich.cells import cell_len

from tests.benchmarks.processes import heed_sigterm
from trainer.bundled import bundled

READINGS = bundled("audio") / "reference"
PATIENCE = 120.0  # s
TALK = 5.0  # s from key to key: the call takes six
CHUNK = 512  # bytes read at once
VERDICT = "SAID RIGHT|SOUND:|STRESS:|LEFT OUT|FIGURE:|ANOTHER CALL"
READY = "Space, then speak"
COUNTS = (1, 10, 50, 100, 200, 300, 400, 500)


class Terminal:
    """The console at the other end of a line. rate: bytes a second, None for as fast as they come."""

    def __init__(self, size: str, rate: float | None, *arguments: str) -> None:
        width, height = map(int, size.split("x"))
        self.reads: list[tuple[float, int]] = []  # when, how many bytes
        self._rate = rate
        self._rows = [[" "] * width for _row in range(height)]
        self._row = self._column = 0
        self._waiting = b""
        self._lock = threading.Lock()
        self._folder = tempfile.TemporaryDirectory()
        self.pid, self._line = pty.fork()
        if self.pid == 0:
            os.environ |= {"RUSTON_DATA": self._folder.name, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
            command = ["-m", "trainer", "--interface", "en", "drill", *arguments]
            os.execv(sys.executable, [sys.executable, *command])
        fcntl.ioctl(self._line, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.began = time.monotonic()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._line, CHUNK)
            except OSError:
                return
            if not data:
                return
            with self._lock:
                self._take(data)
            self.reads.append((time.monotonic(), len(data)))
            if self._rate:
                time.sleep(len(data) / self._rate)

    def press(self, key: str) -> float:
        os.write(self._line, key.encode())
        return time.monotonic()

    def sees(self, wanted: str, but: str = "^$") -> float:
        """When it is on the screen, and what must be gone is not."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            shown = self.screen()
            if re.search(wanted, shown) and not re.search(but, shown):
                return time.monotonic()
            time.sleep(0.01)
        raise SystemExit(f"never seen: {wanted}\n{self.screen()}")

    def screen(self) -> str:
        with self._lock:
            return "\n".join("".join(row) for row in self._rows)

    def _take(self, data: bytes) -> None:
        """As much of a terminal as the console needs: places, text, nothing else."""
        self._waiting += data
        whole = self._waiting.rfind(b"\x1b") if self._waiting.rfind(b"\x1b") > len(self._waiting) - 40 else None
        text, self._waiting = self._waiting[:whole], self._waiting[whole:] if whole is not None else b""
        for part in re.split("(\x1b\\[[0-9;?:<>=]*[A-Za-z])", text.decode(errors="ignore")):
            if match := re.fullmatch("\x1b\\[(\\d+);(\\d+)H", part):
                self._row, self._column = int(match[1]) - 1, int(match[2]) - 1
            elif not part.startswith("\x1b"):
                for character in part:
                    self._put(character)

    def _put(self, character: str) -> None:
        width = cell_len(character)
        if width and self._row < len(self._rows) and self._column < len(self._rows[0]):
            self._rows[self._row][self._column] = character
            self._column += width

    def sent(self, since: float, until: float) -> int:
        return sum(count for at, count in self.reads if since <= at < until)

    def settles(self) -> None:
        """Until nothing has come for half a second."""
        while not self.reads or time.monotonic() - self.reads[-1][0] < 0.5:
            time.sleep(0.05)

    def memory(self) -> float:
        """Resident, MB."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8")
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]

    def close(self) -> None:
        os.killpg(self.pid, signal.SIGKILL)  # whatever it started, too
        os.waitpid(self.pid, 0)
        self._folder.cleanup()


def _drill(*more: str) -> tuple[str, ...]:
    sound = ("--mic", str(READINGS), "--speaker", "mute", "--no-records", "--seed", "7")
    return ("--crew", "stafford", "--mode", "read", *sound, *more)


def line(size: str, rate: float | None) -> None:
    terminal = Terminal(size, rate, *_drill("--phase", "docking", "--size", "1"))
    try:
        opened = terminal.sees(READY)
        terminal.settles()
        print(f"{size}  open: {terminal.sent(0, time.monotonic()) / 1000:.0f} KB, {opened - terminal.began:.1f} s")
        for _call in range(3):
            down = terminal.press(" ")
            time.sleep(TALK)
            up = terminal.press(" ")
            scored = terminal.sees(VERDICT)
            terminal.settles()
            talking, after = terminal.sent(down, up), terminal.sent(up, time.monotonic())
            print(
                f"talking: {talking / TALK / 1000:.1f} KB/s; key-up to verdict on the screen {scored - up:.2f} s; "
                f"{after / 1000:.0f} KB from then on"
            )
            terminal.press("a")
            terminal.sees(READY, but=VERDICT)
            terminal.settles()
    finally:
        terminal.close()


def memory(calls: int) -> None:
    terminal = Terminal("120x40", None, *_drill("--phase", "docking", "--pace", "fast", "--size", "1"))
    try:
        terminal.sees(READY)
        terminal.settles()
        print(f"before the first call: {terminal.memory():.0f} MB")
        for call in range(1, calls + 1):
            terminal.press(" ")
            terminal.sees(VERDICT)
            if call in COUNTS:
                print(f"after {call}: {terminal.memory():.0f} MB", flush=True)
            if call < calls:
                terminal.press("a")
                terminal.sees(READY, but=VERDICT)
    finally:
        terminal.close()


if __name__ == "__main__":
    heed_sigterm()
    what, *rest = sys.argv[1:]
    if what == "line":
        line(rest[0], float(rest[1]) * 1000 if rest[1:] else None)
    else:
        memory(int(rest[0]))
