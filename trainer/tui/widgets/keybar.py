"""The keys that work now. On a wide screen on as many lines as they need, two at most; on a narrow one on one, with
those that lead out and to all the others at its end. A click on one is a press."""

from collections.abc import Iterable

from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget

from trainer.tui.widgets.cells import wide

LINES = 2
GAP = 2
ALWAYS = ("escape", "f1")


def _length(name: str, text: str) -> int:
    return wide(name) + 1 + wide(text) + GAP


class KeyBar(Widget):
    _shown: list[tuple[str, str, str]] | None = None

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def on_unmount(self) -> None:
        self.screen.bindings_updated_signal.unsubscribe(self)

    def _changed(self, _screen: Screen[object]) -> None:
        keys = list(self._keys())
        if keys != self._shown:
            self._shown = keys
            self.refresh(layout=len(self._lines(self.size.width)) != self.size.height)

    def _keys(self) -> Iterable[tuple[str, str, str]]:
        """Key, what it is called, what it does."""
        seen = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.show and active.enabled and binding.description and binding.action not in seen:
                seen.add(binding.action)
                yield binding.key, self.app.get_key_display(binding), binding.description

    def _lines(self, width: int) -> list[list[tuple[str, str, str]]]:
        if self.screen.has_class("-narrow"):
            return [self._line(width)]
        lines: list[list[tuple[str, str, str]]] = [[]]
        used = 1
        for key, name, text in self._keys():
            length = _length(name, text)
            if used + length - GAP > width and lines[-1]:
                lines.append([])
                used = 1
            lines[-1].append((key, name, text))
            used += length
        return lines[:LINES]

    def _line(self, width: int) -> list[tuple[str, str, str]]:
        keys = list(self._keys())
        left = width - 1 + GAP - sum(_length(name, text) for key, name, text in keys if key in ALWAYS)
        line = []
        for key, name, text in keys:
            length = _length(name, text)
            if key not in ALWAYS and length <= left:
                left -= length
                line.append((key, name, text))
        return [*line, *(shown for shown in keys if shown[0] in ALWAYS)]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def render(self) -> Content:
        return Content("\n").join(
            Content.assemble(
                " ", *(part for _key, name, text in line for part in ((name, "bold $accent"), f" {text}{' ' * GAP}"))
            )
            for line in self._lines(self.size.width)
        )

    def on_click(self, event: events.Click) -> None:
        lines = self._lines(self.size.width)
        if not 0 <= event.y < len(lines):
            return
        place = 1
        for key, name, text in lines[event.y]:
            place += _length(name, text)
            if event.x < place:
                self.app.simulate_key(key)
                return
