"""The keys that work now, the most important first. On a wide screen on as many lines as they need, two at most; on a
narrow one on one, with those that lead out and to all the others at its end. They are the same ones in each language:
those that find room in all. A click on one is a press."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget

from trainer.languages import LANGUAGES
from trainer.messages import gettext as _
from trainer.messages import interface_language, said_in
from trainer.tui.keys import display
from trainer.tui.widgets.cells import wide

LINES = 2
GAP = 2
ALWAYS = ("escape", "f1")


@dataclass(frozen=True)
class ShownKey:
    """A key that works, as it stands here.

    Attributes:
        name: what the key is called.
        text: what it does.
        lengths: cells that both take in each language of LANGUAGES, with the gap to the next.
    """

    key: str
    name: str
    text: str
    lengths: tuple[int, ...]


def _length(name: str, text: str) -> int:
    return wide(name) + 1 + wide(text) + GAP


def _shown(binding: Binding) -> ShownKey:
    key, text = binding.key_display or binding.key, binding.description
    spoken = [partial(said_in, language) for language in LANGUAGES]
    lengths = tuple(_length(display(key, say), say(text)) for say in spoken)
    return ShownKey(binding.key, display(key), _(text), lengths)


class KeyBar(Widget):
    _drawn: list[ShownKey] | None = None

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def on_unmount(self) -> None:
        self.screen.bindings_updated_signal.unsubscribe(self)

    def _changed(self, _screen: Screen[object]) -> None:
        keys = list(self._keys())
        if keys != self._drawn:
            self._drawn = keys
            self.refresh(layout=len(self._lines(self.size.width)) != self.size.height)

    def _keys(self) -> Iterable[ShownKey]:
        seen = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.show and active.enabled and binding.description and binding.action not in seen:
                seen.add(binding.action)
                yield _shown(binding)

    def _lines(self, width: int) -> list[list[ShownKey]]:
        keys = list(self._keys())
        if self.screen.has_class("-narrow"):
            return [_one_line(keys, width)]
        while any(len(_laid(keys, width, spoken)) > LINES for spoken in range(len(LANGUAGES))):
            keys.remove(next(shown for shown in reversed(keys) if shown.key not in ALWAYS))
        return _laid(keys, width, LANGUAGES.index(interface_language()))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def render(self) -> Content:
        return Content("\n").join(
            Content.assemble(
                " ", *(part for shown in line for part in ((shown.name, "bold $accent"), f" {shown.text}{' ' * GAP}"))
            )
            for line in self._lines(self.size.width)
        )

    def on_click(self, event: events.Click) -> None:
        lines = self._lines(self.size.width)
        if not 0 <= event.y < len(lines):
            return
        place = 1
        for shown in lines[event.y]:
            place += _length(shown.name, shown.text)
            if event.x < place:
                self.app.simulate_key(shown.key)
                return


def _one_line(keys: Sequence[ShownKey], width: int) -> list[ShownKey]:
    last = [shown for shown in keys if shown.key in ALWAYS]
    line: list[ShownKey] = []
    for shown in keys:
        if shown not in last and all(
            1 + sum(lengths) - GAP <= width
            for lengths in zip(*(one.lengths for one in [*line, shown, *last]), strict=True)
        ):
            line.append(shown)
    return [*line, *last]


def _laid(keys: Iterable[ShownKey], width: int, spoken: int) -> list[list[ShownKey]]:
    """On lines, each as full as it can be. spoken: which of LANGUAGES."""
    lines: list[list[ShownKey]] = [[]]
    used = 1
    for shown in keys:
        if used + shown.lengths[spoken] - GAP > width and lines[-1]:
            lines.append([])
            used = 1
        lines[-1].append(shown)
        used += shown.lengths[spoken]
    return lines
