"""Text measured in cells of the terminal: stress marks take none, wide characters two."""

from rich.cells import cell_len, chop_cells

__all__ = ["at_cell", "cut", "pad", "wide"]


def wide(text: str) -> int:
    return cell_len(text)


def pad(text: str, width: int) -> str:
    return text + " " * max(0, width - cell_len(text))


def cut(text: str, width: int) -> str:
    """At most so many cells, with an ellipsis where something is missing; never apart from its combining marks."""
    if cell_len(text) <= width:
        return text
    if width < 1:
        return ""
    return (chop_cells(text, width - 1)[0] if width > 1 else "") + "…"


def at_cell(text: str, cell: int) -> int:
    """The place of the character that fills a cell (from 0); the length of the text where there is none."""
    filled = 0
    for place, character in enumerate(text):
        filled += cell_len(character)
        if filled > cell:
            return place
    return len(text)
