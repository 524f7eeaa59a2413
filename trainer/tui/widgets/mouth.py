"""The mouth from the side: how the sound is made, and, dotted, what was made instead."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from textual.color import Color
from textual.content import Content
from textual.widgets import Static

from trainer.phones.inventory import Phone
from trainer.phones.sagittal import COLUMNS, HEIGHT, ROWS, WIDTH, Curve, outline, section, smooth
from trainer.tui.widgets.picture import Picture

if TYPE_CHECKING:
    from trainer.tui.graphics import Raster

FINER = 2  # each pixel is drawn as so many by so many, so that lines are even
STROKE = 0.3  # dots: half the width of a line
SAMPLES = 60  # points of a curve between two of its own
DOTS_EVERY = 12  # of those points: a dotted line

Mask = NDArray[np.bool_]


class Mouth(Picture, Static):
    _sounds: tuple[Phone | None, Phone | None] = (None, None)

    def show(self, expected: Phone | None, heard: Phone | None = None) -> None:
        self._sounds = (expected, heard)
        self.update(drawing(expected, heard) if expected else Content(""))
        self.picture_changed()

    def raster(self, width: int, height: int) -> "Raster | None":
        expected, heard = self._sounds
        if expected is None:
            return None
        ground = self.background_colors[1]
        shape = (height * FINER, width * FINER)
        picture = np.full((*shape, 3), ground.rgb, np.float32)
        for name, share, mask in _masks(expected, heard, shape):
            colour = ground.blend(Color.parse(self.app.theme_variables[name]), share)
            picture[mask] = colour.rgb
        return np.asarray(picture.reshape(height, FINER, width, FINER, 3).mean(axis=(1, 3)), np.uint8)


def _masks(expected: Phone, heard: Phone | None, shape: tuple[int, int]) -> Iterator[tuple[str, float, Mask]]:
    """What is drawn, from back to front: a colour of the theme, how much of it, and where."""
    right = outline(expected)
    yield "success", 0.3, _filled(right.body, shape)
    for curve in right.still:
        yield "foreground", 0.7, _line(curve, shape)
    if heard is not None:
        yield "error", 1.0, _line(outline(heard).tongue, shape, dotted=True)
    yield "success", 1.0, _line(right.tongue, shape)
    if right.glide:
        yield "success", 1.0, _line(right.glide, shape, dotted=True)


def _line(curve: Curve, shape: tuple[int, int], *, dotted: bool = False) -> Mask:
    mask = np.zeros(shape, bool)
    scale = np.array(shape) / (HEIGHT, WIDTH)
    radius = STROKE * scale[1] * (2.0 if dotted else 1.0)
    reach = int(radius) + 1
    disc = np.argwhere(np.hypot(*np.mgrid[-reach : reach + 1, -reach : reach + 1]) <= radius) - reach
    points = np.array(list(smooth(curve, SAMPLES)))[:: DOTS_EVERY if dotted else 1, ::-1]
    pixels = (np.round((points + 0.5) * scale).astype(int)[:, None] + disc).reshape(-1, 2)
    inside = ((pixels >= 0) & (pixels < shape)).all(axis=1)
    mask[tuple(pixels[inside].T)] = True
    return mask


def _filled(curve: Curve, shape: tuple[int, int]) -> Mask:
    """Inside of a closed curve: where a line to the right crosses it an odd number of times."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    corners = (np.array(curve) + 0.5) * (shape[1] / WIDTH, shape[0] / HEIGHT)
    mask = np.zeros(shape, bool)
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if ay != by:
            mask ^= ((ay > y) != (by > y)) & (x < ax + (y - ay) / (by - ay) * (bx - ax))
    return mask


def drawing(expected: Phone, heard: Phone | None = None) -> Content:
    right = section(expected)
    wrong = section(heard, dotted=True) if heard else None
    rows = []
    for y in range(ROWS):
        cells: list[tuple[str, str]] = []
        for x in range(COLUMNS):
            still, tongue, body = right.mouth[y][x], right.tongue[y][x], right.body[y][x]
            other = wrong.tongue[y][x] if wrong else " "
            if tongue != " ":
                glyph, colour = _merged(still, tongue, body), "bold $text-success"
            elif other != " ":
                glyph, colour = _merged(still, other), "bold $text-error"
            else:
                glyph, colour = _merged(still, body), "$foreground 60%" if body == " " else "$text-success 70%"
            cells.append((glyph, colour))
        rows.append(Content.assemble(*cells))
    return Content("\n").join(rows)


def _merged(*glyphs: str) -> str:
    bits = 0
    for glyph in glyphs:
        bits |= ord(glyph) - 0x2800 if glyph != " " else 0
    return chr(0x2800 + bits) if bits else " "
