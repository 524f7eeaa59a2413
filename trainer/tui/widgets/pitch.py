"""Pitch over time, the learner's over the reading's, in plain characters: no colour is needed to tell them apart."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mark = Literal["mine", "reading", "both"]

MARKS: dict[Mark, str] = {"mine": "●", "reading": "·", "both": "◉"}
LEAST_SPAN = 8.0  # semitones from bottom to top


def plotted(mine: Array | None, reading: Array | None, columns: int, rows: int) -> list[list[Mark | None]]:
    """[rows][columns] from the top; None where there is nothing."""
    grid: list[list[Mark | None]] = [[None] * columns for _row in range(rows)]
    drawn = [curve for curve in (mine, reading) if curve is not None]
    voiced = np.concatenate([curve[np.isfinite(curve)] for curve in drawn]) if drawn else np.zeros(0)
    if not len(voiced):
        return grid
    middle = (np.percentile(voiced, 98) + np.percentile(voiced, 2)) / 2
    span = max(LEAST_SPAN, float(np.percentile(voiced, 98) - np.percentile(voiced, 2)))
    named: tuple[tuple[Mark, Array | None], ...] = (("reading", reading), ("mine", mine))
    for mark, curve in named:
        if curve is None:
            continue
        for column, part in enumerate(np.array_split(curve, columns)):
            here = part[np.isfinite(part)]
            if not len(here):
                continue
            height = (float(np.median(here)) - middle) / span + 0.5
            row = min(rows - 1, max(0, round((1 - height) * (rows - 1))))
            grid[row][column] = "both" if grid[row][column] not in (None, mark) else mark
    return grid


def lines(mine: Array | None, reading: Array | None, columns: int, rows: int) -> list[str]:
    return [
        "".join(MARKS[mark] if mark else " " for mark in row).rstrip() for row in plotted(mine, reading, columns, rows)
    ]
