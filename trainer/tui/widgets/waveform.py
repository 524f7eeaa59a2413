"""The waveform, in braille dots: as it grows while the key is down, and whole afterwards."""

import math
from collections.abc import Sequence

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

FLOOR = 0.01  # amplitude of the quietest that is drawn: -40 dBFS


class Waveform(Widget):
    columns: reactive[tuple[tuple[float, float], ...]] = reactive(())
    live: reactive[bool] = reactive(False)

    def show(self, columns: Sequence[tuple[float, float]], *, live: bool = False) -> None:
        self.live = live
        self.columns = tuple(columns)

    @property
    def dots(self) -> int:
        """How many columns fit."""
        return max(1, self.size.width) * 2

    def render(self) -> Content:
        if not self.columns:
            return Content("")
        style = "$text-error" if self.live else "$secondary"
        lines = draw(self.columns[-self.dots :], self.size.width, self.size.height)
        return Content("\n").join(Content.styled(line, style) for line in lines)


def draw(columns: Sequence[tuple[float, float]], width: int, height: int) -> list[str]:
    """Rows of braille; a louder half of a column reaches further from the middle line, in decibels, so that quiet
    sounds are seen, too."""
    rows = height * 4
    middle = rows / 2
    cells = [[0] * width for _row in range(height)]
    for x in range(width * 2):
        low, high = columns[x] if x < len(columns) else (0.0, 0.0)
        top = int(middle - 0.5 - _reach(high) * (middle - 1))
        bottom = int(middle + _reach(-low) * (middle - 1))
        for y in range(max(0, top), min(rows - 1, bottom) + 1):
            cells[y // 4][x // 2] |= _BITS[y % 4][x % 2]
    return ["".join(chr(0x2800 + bits) if bits else " " for bits in row) for row in cells]


_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


def _reach(amplitude: float) -> float:
    if amplitude <= FLOOR:
        return 0.0
    return min(1.0, 1 + math.log10(amplitude) / -math.log10(FLOOR))
