"""A strip of sound: time to the right, pitch upwards; the words of the call beneath it. Two pixels a character, or a
real picture where the terminal can."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.geometry import Region
from textual.strip import Strip

from trainer.audio.recording import SAMPLE_RATE
from trainer.tui.widgets.cells import cut, pad
from trainer.tui.widgets.picture import Picture

if TYPE_CHECKING:
    from trainer.tui.graphics import Raster

HIGHEST = 6_000.0  # Hz: what tells the sounds of both languages apart lies below
WINDOW = 400  # samples: 25 ms
RANGE = 45.0  # dB below the loudest that are shown
LEVELS = 12
FINE_LEVELS = 24  # of a real picture


def levels(samples: NDArray[np.float32], width: int, rows: int, count: int = LEVELS) -> NDArray[np.int8]:
    """[rows, width] loudness from 0 to count - 1; the first row is the highest pitch, on the mel scale."""
    if len(samples) < WINDOW or width < 1 or rows < 1:
        return np.zeros((max(rows, 0), max(width, 0)), np.int8)
    starts = np.linspace(0, len(samples) - WINDOW, width).astype(int)
    frames = samples[starts[:, None] + np.arange(WINDOW)] * np.hanning(WINDOW).astype(np.float32)
    power = np.abs(np.fft.rfft(frames, 512)) ** 2
    hertz = np.fft.rfftfreq(512, 1 / SAMPLE_RATE)
    mel = 2595 * np.log10(1 + hertz / 700)
    edges = np.linspace(0, 2595 * np.log10(1 + HIGHEST / 700), rows + 1)
    picture = np.stack(
        [_band(power, (mel >= low) & (mel < high), np.abs(mel - (low + high) / 2)) for low, high in pairwise(edges)]
    )[::-1]
    decibels = 10 * np.log10(picture + 1e-12)
    # Speech falls off towards high pitches: lifted, so that hisses are seen beside vowels.
    decibels += np.linspace(12, 0, rows)[:, None]
    shown = (decibels - decibels.max() + RANGE) / RANGE
    return np.asarray(np.clip(shown * count, 0, count - 1), np.int8)


def _band(power: NDArray[np.float32], inside: NDArray[np.bool_], distance: NDArray[np.float64]) -> NDArray[np.float32]:
    if not inside.any():
        inside = distance == distance.min()
    return np.asarray(power[:, inside].mean(1), np.float32)


class Spectrogram(Picture):
    """Shows nothing until it is given a recording."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._samples: NDArray[np.float32] | None = None
        self._words: Sequence[tuple[str, float | None, float | None]] = ()
        self._picture: NDArray[np.int8] | None = None
        self._cursor: int | None = None  # cell that sounds just now

    def point(self, seconds: float | None) -> None:
        """Where in the recording it sounds just now; only the cells that change are drawn anew."""
        width, height = self.size
        total = 0 if self._samples is None else len(self._samples)
        cell = (
            None if seconds is None or not total else min(width - 1, max(0, int(seconds * SAMPLE_RATE / total * width)))
        )
        if cell != self._cursor:
            self.refresh(*(Region(x, 0, 1, height - 1) for x in (cell, self._cursor) if x is not None and height > 1))
            self._cursor = cell

    def show(
        self, samples: NDArray[np.float32] | None, words: Sequence[tuple[str, float | None, float | None]] = ()
    ) -> None:
        """words: text, start and end in seconds."""
        same = samples is self._samples
        self._words, self._cursor = words, None
        if same:
            self.refresh()
            return
        self._samples, self._picture = samples, None
        self.picture_changed()

    def on_resize(self) -> None:
        self._picture = None

    @property
    def place(self) -> Region:
        return Region(0, 0, self.size.width, max(0, self.size.height - 1))

    def raster(self, width: int, height: int) -> "Raster | None":
        if self._samples is None:
            return None
        ramp = np.array([colour.rgb for colour in self._ramp(self.background_colors[1], FINE_LEVELS)], np.uint8)
        return ramp[levels(self._samples, width, height, FINE_LEVELS)]

    def characters(self, y: int) -> Strip:
        width, height = self.size
        ground = self.background_colors[1]
        if self._samples is None or height < 2:
            return Strip.blank(width, Style(bgcolor=ground.rich_color))
        if y == height - 1:
            return self._labels(width, ground)
        if self._picture is None or self._picture.shape != ((height - 1) * 2, width):
            self._picture = levels(self._samples, width, (height - 1) * 2)
        ramp = [colour.rich_color for colour in self._ramp(ground, LEVELS)]
        upper, lower = self._picture[2 * y], self._picture[2 * y + 1]
        cells = [
            Segment("▀", Style(color=ramp[int(above)], bgcolor=ramp[int(below)]))
            for above, below in zip(upper, lower, strict=True)
        ]
        return Strip(self.with_front(cells), width).simplify()

    def with_front(self, cells: list[Segment]) -> list[Segment]:
        if self._cursor is not None and self._cursor < len(cells):
            ground = self.background_colors[1]
            style = Style(color=self._ramp(ground, LEVELS)[-1].rich_color, bgcolor=ground.rich_color)
            cells[self._cursor] = Segment("┃", style)
        return cells

    @property
    def moves(self) -> bool:
        return self._cursor is not None

    def _labels(self, width: int, ground: Color) -> Strip:
        line = ""
        seconds = 1.0 if self._samples is None else max(len(self._samples) / SAMPLE_RATE, 0.01)
        for text, start, end in self._words:
            if start is None or end is None:
                continue
            place = round(start / seconds * width)
            room = max(0, round(end / seconds * width) - place)
            line = pad(cut(line, place), place)
            line += cut(text, max(1, room - 1)) if room > 1 else ""
        foreground = self.styles.color
        return Strip(
            [Segment(pad(cut(line, width), width), Style(color=foreground.rich_color, bgcolor=ground.rich_color))],
            width,
        )

    def _ramp(self, ground: Color, count: int) -> list[Color]:
        variables = self.app.theme_variables
        warm, bright = Color.parse(variables["accent"]), Color.parse(variables["foreground"])
        half = count * 0.7
        return [
            ground.blend(warm, i / half) if i <= half else warm.blend(bright, (i - half) / (count - half))
            for i in range(count)
        ]
