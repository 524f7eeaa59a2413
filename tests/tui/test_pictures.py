"""Real pictures go to terminals that say that they can, and to no others: a pseudo-terminal that answers as they do."""

import base64
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import time
import zlib
from codecs import getincrementaldecoder
from fcntl import ioctl
from termios import TIOCSWINSZ

import numpy as np
import pytest

from trainer.bundled import bundled
from trainer.tui import graphics
from trainer.tui.graphics import Graphics, recognised

KITTY = "\x1bP>|kitty(0.35.2)\x1b\\\x1b[6;20;10t\x1b[?62;c"
FOOT = "\x1bP>|foot(1.16.2)\x1b\\\x1b[6;16;8t\x1b[?62;4;22c"
PATIENCE = 60.0  # s until something must have come


@pytest.mark.parametrize(
    "answer, able",
    [
        (KITTY, Graphics("kitty", 10, 20)),
        ("\x1bP>|ghostty 1.0.1\x1b\\\x1b[?62;22c", Graphics("kitty")),
        ("\x1bP>|iTerm2 3.5.0\x1b\\\x1b[6;30;14t\x1b[?62;4c", Graphics("iterm", 14, 30)),
        ("\x1bP>|WezTerm 20240203\x1b\\\x1b[6;20;10t\x1b[?65;4;6;18;22c", Graphics("iterm", 10, 20)),
        (FOOT, Graphics("sixel", 8, 16)),
        ("\x1b[6;20;10t\x1b[?61;4;6c", Graphics("sixel", 10, 20)),  # no name
        ("\x1b[?62;4;22c", None),  # sixel needs the size of a cell
        ("\x1bP>|kitty(0.26.5)\x1b\\\x1b[6;20;9t\x1b[?62;c", None),  # knows no placeholders yet
        ("\x1b[6;0;0t\x1b[?62;4;22c", None),
        ("\x1bP>|tmux 3.4\x1b\\\x1b[?1;2;c", None),  # kitty may be around it; it passes nothing on
        ("\x1bP>|VTE(7200)\x1b\\\x1b[6;20;10t\x1b[?65;1;9c", None),
        ("\x1b[?6c", None),
        ("4;4;4", None),
        ("", None),
    ],
)
def test_a_terminal_is_what_it_says(answer, able):
    assert recognised(answer) == able


def test_the_size_of_a_cell_may_be_known_otherwise():
    assert recognised("\x1bP>|XTerm(379)\x1b\\\x1b[?63;1;2;4;6c", (6, 13)) == Graphics("sixel", 6, 13)


@pytest.mark.parametrize(
    "environment, may",
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "xterm-kitty", "SSH_TTY": "/dev/pts/1"}, True),
        ({"TERM": "tmux-256color"}, True),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, False),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, False),
        ({"TERM": "linux"}, False),
        ({"TERM": "dumb"}, False),
        ({}, False),
    ],
)
def test_who_would_print_what_it_does_not_know_is_not_asked(environment, may):
    assert graphics.may_ask(environment) == may


def test_every_placeholder_is_one_cell_and_no_two_are_alike():
    from rich.cells import cell_len

    cells = {graphics.placeholder(row, column) for row in range(40) for column in range(graphics.WIDEST)}
    assert len(cells) == 40 * graphics.WIDEST
    assert {cell_len(cell) for cell in cells} == {1}
    assert graphics.placeholder(0, 1) == "\U0010eeee\u0305\u030d"  # as the protocol's table begins
    assert graphics.placeholder(27, 128)[1:] == "\u036d\u082d"


def picture() -> np.ndarray:
    drawn = np.zeros((13, 40, 3), np.uint8)
    drawn[2:9, 5:30] = (250, 100, 0)
    drawn[4:12, 20:38] = (0, 50, 200)
    return drawn


def test_sixels_hold_the_picture():
    read = of_sixels(graphics.sixel(picture())).astype(int)
    assert np.abs(read - picture()).max() <= 3  # colours are in per cent
    noise = np.random.default_rng(1).integers(0, 255, (24, 60, 3), np.uint8)
    assert np.abs(of_sixels(graphics.sixel(noise)).astype(int) - noise).mean() < 40  # coarser, but whole


def of_sixels(text: str) -> np.ndarray:
    """Read as the standard has it, independently of what wrote it."""
    head, body = re.fullmatch(r'\x1bP0;1q"1;1;(\d+;\d+)(.*)\x1b\\', text, re.S).groups()
    width, height = map(int, head.split(";"))
    out = np.zeros((height + 5, width, 3), np.uint8)
    colours: dict[int, list[float]] = {}
    colour = x = y = 0
    for number, red, green, blue, run, cell, sign in re.findall(
        r"#(\d+)(?:;2;(\d+);(\d+);(\d+))?|(?:!(\d+))?([?-~])|([$-])", body
    ):
        if number:
            colour = int(number)
            if red:
                colours[colour] = [int(part) * 2.55 for part in (red, green, blue)]
        elif cell:
            for _time in range(int(run or 1)):
                for bit in range(6):
                    if (ord(cell) - 63) >> bit & 1:
                        out[y + bit, x] = colours[colour]
                x += 1
        else:
            x, y = 0, y + 6 * (sign == "-")
    return out[:height]


def test_a_png_holds_the_picture():
    data = graphics.png(picture())
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, content = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + content)
        chunks[kind] = content
        at += 12 + length
    lines = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(13, 1 + 40 * 3)
    assert not lines[:, 0].any()
    assert (lines[:, 1:].reshape(13, 40, 3) == picture()).all()
    assert struct.unpack(">IIBBBBB", chunks[b"IHDR"]) == (40, 13, 8, 2, 0, 0, 0)


# --- the console in a terminal that answers ---


class Answering:
    """A terminal that answers requests with what it is given and keeps all that is written to it."""

    def __init__(self, folder, answer: str, **environment: str) -> None:
        self._answer, self.written = answer, ""
        self._decoder = getincrementaldecoder("utf-8")()
        self._ours, theirs = pty.openpty()
        ioctl(theirs, TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        clip = str(bundled("audio") / "reference")
        sound = ("--mic", clip, "--speaker", "mute", "--pace", "fast", "--seed", "7", "--size", "1", "--no-records")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "trainer", "--interface", "en", "console", *sound],
            stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
            env={**os.environ, "RUSTON_DATA": str(folder), "TERM": "xterm-256color", "COLORTERM": "truecolor",
                 "TERM_PROGRAM": "", "COLUMNS": "120", "LINES": "40", **environment},
        )  # fmt: skip
        os.close(theirs)
        self._asked = False

    def until(self, *texts: str) -> str:
        """All that was written, when these are among it or on the screen: what stands there is not sent again."""
        end = time.monotonic() + PATIENCE
        while any(text not in self.written and text not in shown(self.written) for text in texts):
            assert time.monotonic() < end, f"{texts} never came: {shown(self.written)}"
            if select.select([self._ours], [], [], 0.5)[0]:
                self.written += self._decoder.decode(os.read(self._ours, 65536))
            if graphics.REQUEST in self.written and not self._asked:
                self._asked = True
                os.write(self._ours, self._answer.encode())
        return self.written

    def press(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def close(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._ours)


PIECE = re.compile(
    r"\x1b\[(?P<row>\d+);(?P<column>\d+)H|\x1b\[[\d;?<=>]*[@-~]|\x1b[P_\]].*?(?:\x1b\\|\x07)|\x1b.|(?P<text>[^\x1b]+)",
    re.DOTALL,
)


def shown(written: str) -> str:
    """The screen, of what places its text and nothing else."""
    cells: dict[tuple[int, int], str] = {}
    row = column = 1
    for piece in PIECE.finditer(written):
        if piece["row"]:
            row, column = int(piece["row"]), int(piece["column"])
        for character in piece["text"] or "":
            cells[row, column] = character
            column += 1
    return "\n".join("".join(cells.get((y, x), " ") for x in range(1, 121)) for y in range(1, 41))


def scored(terminal: Answering, *shown: str) -> str:
    """What was written until an answer was scored and its page shows all this."""
    terminal.until("Thomas Stafford")
    terminal.press("\r")
    terminal.until("Do you read Cyrillic letters?")
    terminal.press("\r")
    terminal.until("Comm check")
    terminal.press("2\r")
    terminal.until("Space, then speak")
    terminal.press(" ")
    return terminal.until("tempo", *shown)


@pytest.fixture
def terminal(tmp_path):
    opened = []

    def open_one(answer: str, **environment: str) -> Answering:
        opened.append(Answering(tmp_path, answer, **environment))
        return opened[0]

    yield open_one
    opened[0].close()


def test_in_kitty_the_cells_of_a_picture_hold_placeholders(terminal):
    kitty = terminal(KITTY)
    written = scored(kitty, "\x1b_Ga=T", graphics.placeholder(0, 0))
    sent = re.search(r"\x1b_Ga=T,U=1,q=2,f=24,o=z,s=(\d+),v=(\d+),i=(\d+),c=(\d+),r=(\d+),", written)
    width, height, number, columns, rows = map(int, sent.groups())
    assert (width, height) == (columns * 10, rows * 20)
    parts = re.findall(r"\x1b_G[^;]*;([A-Za-z0-9+/=]*)\x1b\\", written[sent.start() :])
    whole = base64.b64decode("".join(parts[: next(n + 1 for n, part in enumerate(parts) if len(part) < 4096)]))
    assert len(zlib.decompress(whole)) == width * height * 3
    red, green, blue = number.to_bytes(3)
    assert f"38;2;{red};{green};{blue}" in written
    kitty.until(graphics.placeholder(rows - 1, columns - 1))


def test_elsewhere_sixels_are_laid_over_the_cells(terminal):
    written = scored(terminal(FOOT), "\x1bP0;1q", "\x1b\\\x1b8")
    at, drawn = re.findall(r"\x1b7\x1b\[(\d+;\d+)H(\x1bP0;1q[^\x1b]*\x1b\\)\x1b8", written)[0]
    found = of_sixels(drawn)
    assert found.shape[0] % 16 == found.shape[1] % 8 == 0
    assert len(np.unique(found.reshape(-1, 3), axis=0)) > 10
    assert int(at.split(";")[0]) > 3


def test_where_pictures_are_off_nothing_is_asked_and_all_is_characters(terminal, tmp_path):
    (tmp_path / "settings.json").write_text('{"console": {"pictures": false}}', encoding="utf-8")
    written = scored(terminal(KITTY, COLORTERM=""), "▀")  # 256 colours
    assert not re.search(r"\x1b_G|\x1bP|\x1b\]1337", written)
    assert graphics.REQUEST not in written
