"""Scores as the console shows them: the marks of `trainer.wording`, in the colours of the theme."""

from textual.content import Content

from trainer.scoring.points import FLAGGED
from trainer.wording import BANDS, GOOD, MISSING, band

STYLES = {"green": "$text-success", "yellow": "$text-warning", "red": "$text-error"}

__all__ = ["BANDS", "FLAGGED", "GOOD", "MISSING", "bar", "mark", "style"]


def style(score: float) -> str:
    return STYLES[band(score)[0]]


def mark(score: float) -> str:
    return band(score)[1]


def bar(share: float, width: int, colour: str = "$foreground 60%") -> Content:
    """A thin bar, filled to a share of 0 to 1; eighths of a cell are too fine to be told apart."""
    filled = round(max(0.0, min(1.0, share)) * width)
    return Content.assemble(("━" * filled, colour), ("─" * (width - filled), "$foreground 20%"))
