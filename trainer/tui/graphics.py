"""Real pictures in a terminal that says that it can: which protocol it speaks, and a picture in it.

What a terminal is gets asked once, before the first screen, by requests that each terminal ignores or answers: its name
(XTVERSION), the size of a cell, its attributes (DA1). Inside tmux it is tmux that answers, so nothing is ever sent that
somebody on the way would print. Where the answer is no, or none comes, pictures are drawn in characters.

kitty: sw.kovidgoyal.net/kitty/graphics-protocol (the picture is sent once; its cells hold placeholders). iTerm2:
iterm2.com/documentation-images.html. Sixel: DEC STD 070, chapter 9.
"""

import base64
import re
import struct
import unicodedata
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # the first screen does without
    import numpy as np
    from numpy.typing import NDArray

    Raster = NDArray[np.uint8]  # [height, width, 3], red, green, blue

Protocol = Literal["kitty", "iterm", "sixel"]

REQUEST = "\x1b[>0q\x1b[16t\x1b[c"
CHUNK = 4096  # bytes of one kitty message
KITTY_PLACEHOLDERS = (0, 28)  # the first version that knows them
MOST_COLOURS = 250  # of a sixel picture
_PLAIN_TERMS = ("dumb", "linux", "screen", "vt", "ansi", "cons", "sun")  # print some of what they do not know
_UNKNOWING_PROGRAMS = ("Apple_Terminal",)

PLACEHOLDER = "\U0010eeee"
# Number a row or column of a placeholder: combining marks above that make no letter together with another.
_COMPOSING = "\u0306\u0307\u0308\u0309\u030a\u030b\u030c\u030f\u0311\u0313\u0314\u0342\u0653\u0654"
_NUMBERS = tuple(
    mark
    for mark in map(chr, range(0x305, 0x82E))
    if unicodedata.combining(mark) == 230 and not unicodedata.decomposition(mark) and mark not in _COMPOSING
)
WIDEST = len(_NUMBERS)  # columns and rows that placeholders can number


@dataclass(frozen=True)
class Graphics:
    """What a terminal can: its protocol, and the size of a cell in pixels."""

    protocol: Protocol
    cell_width: int = 10
    cell_height: int = 20


def recognised(answer: str, cell: tuple[int, int] | None = None) -> Graphics | None:
    """What a terminal can, by what it answered. cell: the size of a cell, where that is known otherwise."""
    name = match[1].lower() if (match := re.search(r"\x1bP>\|([^\x1b]*)\x1b\\", answer)) else ""
    attributes = match[1].split(";") if (match := re.search(r"\x1b\[\?([\d;]*)c", answer)) else []
    size = re.search(r"\x1b\[6;(\d{1,3});(\d{1,3})t", answer)
    if size and int(size[1]) and int(size[2]):
        cell = (int(size[2]), int(size[1]))
    protocol: Protocol
    if name.startswith("ghostty") or _version(name, "kitty") >= KITTY_PLACEHOLDERS:
        protocol = "kitty"
    elif name.startswith(("iterm2", "wezterm")):
        protocol = "iterm"
    elif "4" in attributes[1:] and cell:
        protocol = "sixel"
    else:
        return None
    return Graphics(protocol, *cell) if cell else Graphics(protocol)


def _version(name: str, program: str) -> tuple[int, ...]:
    found = re.match(rf"{program}\W(\d+)\.(\d+)", name)
    return tuple(map(int, found.groups())) if found else ()


def may_ask(environment: Mapping[str, str]) -> bool:
    """Whether the terminal surely prints nothing of a request that it does not know."""
    term = environment.get("TERM", "")
    known = bool(term) and not term.startswith(_PLAIN_TERMS)
    return known and environment.get("TERM_PROGRAM") not in _UNKNOWING_PROGRAMS and "NO_COLOR" not in environment


# --- pictures ---


def kitty(number: int, raster: "Raster", columns: int, rows: int) -> str:
    """Sends a picture by a number; its cells show it where they hold placeholders of that number."""
    height, width = raster.shape[:2]
    data = base64.standard_b64encode(zlib.compress(raster.tobytes(), 6)).decode()
    chunks = [data[at : at + CHUNK] for at in range(0, len(data), CHUNK)]
    head = f"a=T,U=1,q=2,f=24,o=z,s={width},v={height},i={number},c={columns},r={rows},"
    return "".join(
        f"\x1b_G{head if n == 0 else ''}m={int(n + 1 < len(chunks))};{chunk}\x1b\\" for n, chunk in enumerate(chunks)
    )


def kitty_forget(number: int) -> str:
    return f"\x1b_Ga=d,d=I,q=2,i={number}\x1b\\"


def placeholder(row: int, column: int) -> str:
    """The text of a cell that shows its piece of the picture whose number is the colour of the text."""
    return PLACEHOLDER + _NUMBERS[row] + _NUMBERS[column]


def iterm(raster: "Raster", columns: int, rows: int) -> str:
    data = png(raster)
    settings = f"inline=1;size={len(data)};width={columns};height={rows};preserveAspectRatio=0;doNotMoveCursor=1"
    return f"\x1b]1337;File={settings}:{base64.standard_b64encode(data).decode()}\a"


def png(raster: "Raster") -> bytes:
    import numpy as np

    height, width = raster.shape[:2]
    lines = np.concatenate([np.zeros((height, 1), np.uint8), raster.reshape(height, width * 3)], axis=1)
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(lines.tobytes(), 6)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in parts
    )


def sixel(raster: "Raster") -> str:
    import numpy as np

    height, width = raster.shape[:2]
    palette, indices = _palette(raster)
    colours = (
        f"#{n};2;{r * 100 // 255};{g * 100 // 255};{b * 100 // 255}" for n, (r, g, b) in enumerate(palette.tolist())
    )
    padded = np.full((-(-height // 6) * 6, width), -1, np.int16)
    padded[:height] = indices
    bands = ("$".join(_band(band)) for band in padded.reshape(-1, 6, width))
    return f'\x1bP0;1q"1;1;{width};{height}' + "".join(colours) + "-".join(bands) + "\x1b\\"


def _palette(raster: "Raster") -> "tuple[Raster, NDArray[np.int16]]":
    """Colours, and for each pixel which one it has; coarser where there are too many."""
    import numpy as np

    for bits in (8, 6, 5, 4, 3, 2):  # of the last there are at most 64
        kept = (raster >> (8 - bits)) << (8 - bits)
        palette, indices = np.unique(kept.reshape(-1, 3), axis=0, return_inverse=True)
        if len(palette) <= MOST_COLOURS:
            break
    return palette, indices.reshape(raster.shape[:2]).astype(np.int16)


def _band(pixels: "NDArray[np.int16]") -> Iterator[str]:
    """Six rows, colour by colour, in runs."""
    import numpy as np

    weights = (1 << np.arange(6, dtype=np.uint8))[:, None]
    for colour in np.unique(pixels):
        if colour < 0:
            continue
        bits = ((pixels == colour) * weights).sum(axis=0)
        starts = np.flatnonzero(np.r_[True, bits[1:] != bits[:-1]])
        lengths = np.diff(np.r_[starts, len(bits)])
        runs = (
            f"!{length}{chr(63 + bits[start])}" if length > 3 else chr(63 + bits[start]) * int(length)
            for start, length in zip(starts, lengths, strict=True)
        )
        yield f"#{colour}" + "".join(runs)
