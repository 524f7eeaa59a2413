"""What came from the microphone since the key went down, as the meter and the scope need it. Written by the thread that
records, read by the one that draws."""

import threading

import numpy as np
from numpy.typing import NDArray

from trainer.audio.decibels import QUIETEST
from trainer.audio.take import TakeStatus

FRAME = 1 / 10  # s between two pictures of what comes
COLUMN = 320  # samples drawn as one dot column: 20 ms
LONGEST = 400  # columns that are kept: 8 s


class Tape:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rest = np.zeros(0, np.float32)
        self._columns: list[tuple[float, float]] = []
        self._count = 0  # of all columns since the key went down
        self.status = TakeStatus(QUIETEST, QUIETEST, clipped=False, speech=False, spoken=False, seconds=0.0)

    def clear(self) -> None:
        with self._lock:
            self._rest = np.zeros(0, np.float32)
            self._columns.clear()
            self._count = 0
            self.status = TakeStatus(QUIETEST, QUIETEST, clipped=False, speech=False, spoken=False, seconds=0.0)

    def feed(self, status: TakeStatus, block: NDArray[np.float32]) -> None:
        waiting = np.concatenate([self._rest, block])
        whole = len(waiting) // COLUMN
        columns = waiting[: whole * COLUMN].reshape(whole, COLUMN)
        with self._lock:
            self.status = status
            self._rest = waiting[whole * COLUMN :]
            self._columns += [
                (float(low), float(high)) for low, high in zip(columns.min(1), columns.max(1), strict=True)
            ]
            self._count += whole
            del self._columns[:-LONGEST]

    def columns(self, most: int) -> list[tuple[float, float]]:
        """The newest columns, lowest and highest sample of each, at most so many. They stand still: when the page is
        full, its newer half goes to the front, and little changes between two pictures."""
        half = max(1, most // 2)
        with self._lock:
            past = -(-max(0, self._count - most) // half) * half  # of all columns, those before the page
            return self._columns[past - self._count :] if past < self._count else []


def columns(samples: NDArray[np.float32], count: int) -> list[tuple[float, float]]:
    """A whole recording as so many columns."""
    edges = np.linspace(0, len(samples), count + 1).astype(int)[:-1]
    if not len(samples) or count < 1:
        return []
    edges = np.minimum(edges, len(samples) - 1)
    return list(
        zip(np.minimum.reduceat(samples, edges).tolist(), np.maximum.reduceat(samples, edges).tolist(), strict=True)
    )


__all__ = ["COLUMN", "FRAME", "Tape", "columns"]
