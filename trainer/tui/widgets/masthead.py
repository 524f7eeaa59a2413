"""The line above every screen: the program, the screen, who is there, and the mission clock where one runs."""

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

BRAND = " RUSTON "


class Masthead(Widget):
    clock: reactive[str] = reactive("")

    def __init__(self, heading: str, place: str = "") -> None:
        super().__init__()
        self._heading = heading
        self._place = place

    def render(self) -> Content:
        left = Content.assemble((BRAND, "bold $on-accent on $accent"), ("  " + self._heading, "bold"))
        right = Content.assemble(
            (self._place, "$foreground 70%"), ("  " + self.clock if self.clock else "", "bold $accent"), " "
        )
        gap = self.size.width - left.cell_length - right.cell_length
        if gap < 1:
            right = Content.assemble((self.clock, "bold $accent"), " ")
            gap = max(1, self.size.width - left.cell_length - right.cell_length)
        return Content.assemble(left, " " * gap, right)
