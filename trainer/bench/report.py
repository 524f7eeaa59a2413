"""A figure that a benchmark measured."""

from collections.abc import Sequence
from dataclasses import dataclass

SCHEMA = "ruston.bench/1"


@dataclass(frozen=True)
class Figure:
    """n: of how many items. scale: "plain-gop" or "calibrated", where that makes a difference."""

    measure: str
    value: float
    n: int
    scale: str = ""


def spread(values: Sequence[bool]) -> float:
    """The share of what is true; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0
