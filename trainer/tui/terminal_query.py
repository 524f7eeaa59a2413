"""The terminal is asked what it can draw, before it shows the first screen (not on Windows, which tells nothing)."""

import fcntl
import os
import re
import select
import struct
import termios
import time
import tty

from trainer.tui.graphics import REQUEST, Graphics, may_ask, recognised

PATIENCE = 1.0  # s: all terminals answer the last request, a slow line later
_TOLD = re.compile(r"\x1bP>\|[^\x1b]*\x1b\\|\x1b\[[\d;]*t|\x1b\[\?[\d;]*c")
_ANSWERED = re.compile(r"\x1b\[\?[\d;]*c")


def ask(keyboard: int, screen: int, pictures: bool = True) -> tuple[Graphics | None, str]:
    """Ask the terminal behind two file descriptors. None where it is none, does not answer or cannot, or where no
    pictures are wanted. And the keys that were pressed before and meanwhile."""
    if not (os.isatty(keyboard) and os.isatty(screen)):
        return None, ""
    asked = pictures and may_ask(os.environ)
    before = termios.tcgetattr(keyboard)
    try:
        tty.setcbreak(keyboard, termios.TCSANOW)
        if asked:
            os.write(screen, REQUEST.encode())
        answer = _answer(keyboard, PATIENCE if asked else 0.0)
        return recognised(answer, _cell(screen)) if asked else None, _pressed(answer)
    finally:
        termios.tcsetattr(keyboard, termios.TCSANOW, before)


def _pressed(answer: str) -> str:
    """What of it no terminal says: keys, Enter as a terminal that reads them one by one has it."""
    keys = _TOLD.sub("", answer).encode("latin-1").decode("utf-8", "ignore")
    return keys.replace("\n", "\r")


def _cell(screen: int) -> tuple[int, int] | None:
    """The size of a cell in pixels, as the terminal told its line."""
    rows, columns, width, height = struct.unpack("HHHH", fcntl.ioctl(screen, termios.TIOCGWINSZ, bytes(8)))
    return (width // columns, height // rows) if width and height and columns and rows else None


def _answer(keyboard: int, patience: float) -> str:
    """All that comes until the last request is answered, or what has come already."""
    answer = ""
    end = time.monotonic() + patience
    while not _ANSWERED.search(answer) and select.select([keyboard], [], [], max(0.0, end - time.monotonic()))[0]:
        read = os.read(keyboard, 1024)
        if not read:
            break
        answer += read.decode("latin-1")
    return answer
