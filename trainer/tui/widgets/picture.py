"""A widget that is a picture: in characters, or a real one where the terminal can."""

from itertools import count
from typing import TYPE_CHECKING

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from trainer.tui import graphics
from trainer.tui.graphics import Graphics

if TYPE_CHECKING:
    from trainer.tui.graphics import Raster

_NUMBERS = count(0x52_0001)  # of pictures in the terminal: a colour each, and no other program's


class Picture(Widget):
    """Draws itself in characters; a subclass that knows its pixels gives a raster of the same, too.

    In kitty's protocol the cells hold placeholders. In the others the picture is laid over the cells, while nothing
    else covers them: whoever draws the screen asks for it with `over`.
    """

    _number: int | None = None
    _drawn: tuple[Region, str] | None = None  # what lays it, and where

    def raster(self, width: int, height: int) -> "Raster | None":
        """The picture in so many pixels; None while there is none."""
        raise NotImplementedError

    @property
    def place(self) -> Region:
        """The cells of the picture, in those of the widget."""
        return Region(0, 0, *self.size)

    def characters(self, y: int) -> Strip:
        return super().render_line(y)

    def picture_changed(self) -> None:
        """What it shows is another one now."""
        if self._number is not None:
            self._send(graphics.kitty_forget(self._number))
            self._number = None
        self._drawn = None
        self.refresh()

    def render_line(self, y: int) -> Strip:
        place, able = self.place, self._able()
        if able is None or able.protocol != "kitty" or not place.contains(0, y):
            return self.characters(y)
        if self._number is None and (raster := self._raster(able)) is not None:
            self._number = next(_NUMBERS)
            self._send(graphics.kitty(self._number, raster, place.width, place.height))
        if self._number is None:
            return self.characters(y)
        number = RichColor.from_rgb(*self._number.to_bytes(3))
        style = Style(color=number, bgcolor=self.background_colors[1].rich_color)
        cells = [Segment(graphics.placeholder(y, x), style) for x in range(place.width)]
        return Strip(self.with_front(cells), place.width)

    def with_front(self, cells: list[Segment]) -> list[Segment]:
        """The cells of a line with what is shown in front of the picture."""
        return cells

    @property
    def moves(self) -> bool:
        """Whether something moves in front of the picture just now."""
        return False

    @property
    def on_screen(self) -> Region:
        """The cells of the picture, in those of the screen."""
        return self.place.translate(self.content_region.offset)

    def over(self) -> str:
        """What lays the picture over its cells on the screen; empty where that cannot be."""
        able = self._able()
        if self.moves or able is None or able.protocol == "kitty" or not self._in_full_view():
            return ""
        place = self.on_screen
        if self._drawn is None or self._drawn[0] != place:
            raster = self._raster(able)
            if raster is None:
                return ""
            iterm = able.protocol == "iterm"
            drawn = graphics.iterm(raster, place.width, place.height) if iterm else graphics.sixel(raster)
            self._drawn = (place, f"\x1b7\x1b[{place.y + 1};{place.x + 1}H{drawn}\x1b8")
        return self._drawn[1]

    def _in_full_view(self) -> bool:
        place = self.on_screen
        if not place or not self.screen.is_current or self.screen.find_widget(self).clip.intersection(place) != place:
            return False
        corners = (place.offset, (place.right - 1, place.y), (place.x, place.bottom - 1))
        return all(self.screen.get_widget_at(*corner)[0] is self for corner in corners)

    def _raster(self, able: Graphics) -> "Raster | None":
        place = self.place
        if not place or max(place.width, place.height) > graphics.WIDEST:
            return None
        return self.raster(place.width * able.cell_width, place.height * able.cell_height)

    def _able(self) -> Graphics | None:
        able: Graphics | None = getattr(self.app, "graphics", None)
        return able

    def _send(self, commands: str) -> None:
        if self.app._driver is not None:
            self.app._driver.write(commands)

    def on_unmount(self) -> None:
        if self._number is not None:
            self._send(graphics.kitty_forget(self._number))

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self.picture_changed())

    def on_resize(self) -> None:
        self.picture_changed()
