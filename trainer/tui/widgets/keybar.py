"""The keys that work now, on as many lines as they need, two at most. A click on one is a press."""

from collections.abc import Iterable

from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget

from trainer.tui.widgets.cells import wide

LINES = 2
GAP = 2


class KeyBar(Widget):
    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def on_unmount(self) -> None:
        self.screen.bindings_updated_signal.unsubscribe(self)

    def _changed(self, _screen: Screen[object]) -> None:
        self.refresh(layout=True)

    def _keys(self) -> Iterable[tuple[str, str, str]]:
        """Key, what it is called, what it does."""
        seen = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.show and active.enabled and binding.description and binding.action not in seen:
                seen.add(binding.action)
                yield binding.key, self.app.get_key_display(binding), binding.description

    def _lines(self, width: int) -> list[list[tuple[str, str, str]]]:
        lines: list[list[tuple[str, str, str]]] = [[]]
        used = 1
        for key, name, text in self._keys():
            length = wide(name) + 1 + wide(text) + GAP
            if used + length - GAP > width and lines[-1]:
                lines.append([])
                used = 1
            lines[-1].append((key, name, text))
            used += length
        return lines[:LINES]

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
            place += wide(name) + 1 + wide(text) + GAP
            if event.x < place:
                self.app.simulate_key(key)
                return
