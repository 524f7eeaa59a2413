"""What the benchmarks count, without any input or output."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def correlation(a: ArrayLike, b: ArrayLike) -> float:
    """Pearson's correlation; 0 where one of the two never changes."""
    x, y = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if len(x) < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return 0.0
    return float(np.corrcoef(x, y)[0, 1])


def rank_correlation(a: ArrayLike, b: ArrayLike) -> float:
    """Spearman's correlation, ties at their mean rank; 0 where one of the two never changes."""
    return correlation(_ranks(a), _ranks(b))


def _ranks(values: ArrayLike) -> NDArray[np.float64]:
    _sorted, place, count = np.unique(np.asarray(values, dtype=float), return_inverse=True, return_counts=True)
    return (np.cumsum(count) - (count - 1) / 2)[place]


def area_under_curve(low: ArrayLike, high: ArrayLike) -> float:
    """How often a value that should be low is below one that should be high; ties count half. 0.5 is guessing."""
    a, b = np.asarray(low, dtype=float), np.sort(np.asarray(high, dtype=float))
    if not len(a) or not len(b):
        return 0.5
    above, not_below = np.searchsorted(b, a, side="right"), np.searchsorted(b, a, side="left")
    return float(1 - (above + not_below).mean() / 2 / len(b))


def edits(expected: Sequence[frozenset[int]], heard: Sequence[int], optional: Sequence[bool] = ()) -> int:
    """Levenshtein distance, where any class that counts as the expected phone is the right one, and a phone that is
    optional may be left out."""
    row = list(range(len(heard) + 1))
    for i, classes in enumerate(expected):
        cost = 0 if optional and optional[i] else 1
        diagonal, row[0] = row[0], row[0] + cost
        for j, label in enumerate(heard, start=1):
            diagonal, row[j] = row[j], min(row[j] + cost, row[j - 1] + 1, diagonal + (label not in classes))
    return row[-1]


def precision_recall_f1(flagged: ArrayLike, wrong: ArrayLike) -> tuple[float, float, float]:
    """Of items flagged and items truly wrong (booleans of the same length); 0 where nothing was."""
    f, w = np.asarray(flagged, dtype=bool), np.asarray(wrong, dtype=bool)
    hits = int((f & w).sum())
    precision = hits / int(f.sum()) if f.any() else 0.0
    recall = hits / int(w.sum()) if w.any() else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if hits else 0.0
