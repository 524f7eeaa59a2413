"""The mouth from the side: how the sound is made, and, dotted, what was made instead."""

from textual.content import Content
from textual.widgets import Static

from trainer.phones.inventory import Phone
from trainer.phones.sagittal import COLUMNS, ROWS, section


class Mouth(Static):
    def show(self, expected: Phone | None, heard: Phone | None = None) -> None:
        self.update(drawing(expected, heard) if expected else Content(""))


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
