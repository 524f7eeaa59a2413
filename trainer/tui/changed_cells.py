"""Only what differs from what the terminal shows already is sent to it: a slow line carries little else."""

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

from rich.cells import get_character_cell_size
from rich.console import COLOR_SYSTEMS, Console
from rich.segment import ControlType
from textual._compositor import CompositorUpdate
from textual.geometry import Region
from textual.strip import Strip

NEAR = 4  # unchanged cells that are sent again rather than jumped over: a jump takes as many bytes

Cell = tuple[str, str]  # a character with its combining marks ("" behind a wide one), and its SGR codes
Place = tuple[int, int]  # row, column


class Shown:
    """What the terminal shows, cell by cell, as far as that is known."""

    def __init__(self) -> None:
        self._cells: dict[Place, Cell] = {}

    def forget(self, region: Region | None = None) -> None:
        """The terminal may show anything there, or anywhere: all of it is to be sent anew."""
        if region is None:
            self._cells.clear()
            return
        for place in _places(region):
            self._cells.pop(place, None)

    def known(self, region: Region) -> bool:
        """Whether anything there was sent since it was forgotten."""
        return any(place in self._cells for place in _places(region))

    def changed(self, cells: Iterable[tuple[Place, Cell]]) -> list[tuple[Place, Cell]]:
        """Those that are to be sent, in their order on the screen; from now on they are shown."""
        fresh = sorted({place: cell for place, cell in cells if self._cells.get(place) != cell}.items())
        sent: list[tuple[Place, Cell]] = []
        at = (-1, 0)  # behind the last one
        for (row, column), cell in fresh:
            if row == at[0] and at[1] < column <= at[1] + NEAR:
                between = [(row, skipped) for skipped in range(at[1], column)]
                if all(place in self._cells for place in between):
                    sent += [(place, self._cells[place]) for place in between]
            sent.append(((row, column), cell))
            at = (row, column + 1)
        self._cells.update(fresh)
        return sent


def _places(region: Region) -> Iterator[Place]:
    return product(range(region.y, region.bottom), range(region.x, region.right))


class ChangedCells(CompositorUpdate):
    """What is left of an update of the screen; it counts as shown when it is rendered."""

    def __init__(self, update: CompositorUpdate, shown: Shown) -> None:
        self._update = update
        self._shown = shown

    def render_segments(self, console: Console) -> str:
        parts: list[str] = []
        row = column = -1
        codes = ""
        for place, (text, wanted) in self._shown.changed(cells(self._update, console)):
            if place != (row, column):
                parts.append(f"\x1b[{place[0] + 1};{place[1] + 1}H")
            if wanted != codes:
                parts.append(f"\x1b[0;{wanted}m" if wanted else "\x1b[0m")
            parts.append(text)
            codes, (row, column) = wanted, (place[0], place[1] + 1)
        return "".join(parts) + ("\x1b[0m" if codes else "")


def cells(update: CompositorUpdate, console: Console) -> Iterator[tuple[Place, Cell]]:
    """An update, cell by cell, as a terminal would take it."""
    colours = COLOR_SYSTEMS[console.color_system or "truecolor"]
    row = column = 0
    drawn: Any = update  # every update of Textual's is a renderable of Rich's, too
    for segment in console.render(drawn):
        for kind, *place in segment.control or ():
            if kind == ControlType.CURSOR_MOVE_TO:
                column, row = map(int, place)
        if segment.control or segment.text == "\n":
            continue
        codes = Strip.render_ansi(segment.style, colours) if segment.style else ""
        if segment.text.isascii() and segment.text.isprintable():  # most are: each takes one cell
            for character in segment.text:
                yield (row, column), (character, codes)
                column += 1
            continue
        last = column
        text = ""
        for character in segment.text:
            width = get_character_cell_size(character)
            if width == 0:
                text += character
                continue
            if text:
                yield (row, last), (text, codes)
            last, text = column, character
            if width == 2:
                yield (row, column + 1), ("", codes)
            column += width
        if text:
            yield (row, last), (text, codes)
