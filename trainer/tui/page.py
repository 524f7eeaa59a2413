"""What all screens share: the line above, the keys below, and texts that change their language at once."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from textual.actions import parse
from textual.app import ComposeResult
from textual.binding import Binding
from textual.events import Key, Resize
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget

from trainer.messages import gettext as _
from trainer.tui.widgets.keybar import KeyBar
from trainer.tui.widgets.masthead import Masthead

if TYPE_CHECKING:
    from textual.binding import ActiveBinding
    from textual.content import Content

    from trainer.languages import Language
    from trainer.live.key_socket import Press
    from trainer.live.program import Program
    from trainer.phrasebook.phrase import Phrase
    from trainer.reader import Reader
    from trainer.tui.app import Console


# Actions that every screen of Textual's has, with English names.
TEXTUALS = frozenset({"app.focus_next", "app.focus_previous", "screen.copy_text"})
TINY = 16  # rows: fewer have room for what matters only


class Page(Screen[Any]):
    """A screen is composed of what it knows (its own attributes), so composing it again says the same in the language
    that was chosen meanwhile."""

    heading = ""  # marked with N_
    relabelling = False  # its widgets are just being made anew: what comes in meanwhile is only remembered

    @property
    def console(self) -> "Console":
        return cast("Console", self.app)

    @property
    def program(self) -> "Program":
        return self.console.program

    def compose(self) -> ComposeResult:
        self._fit(self.app.size)
        yield Masthead(_(self.heading), self.place())
        yield from self.body()
        yield KeyBar()

    def body(self) -> Iterable[Widget]:
        return ()

    def place(self) -> str:
        """Who is at the desk, or what the screen is about; at the right of the line above."""
        return self.console.whereabouts

    def paint(self, widget: Widget) -> None:
        """Send what a widget shows to the terminal at once: not with the next frame, nor after the page is laid out."""
        others = self._dirty_widgets - {widget}
        self._compositor.update_widgets({widget})
        self._compositor_refresh()
        self._dirty_widgets |= others

    def fill(self) -> None:
        """Put what the screen knows into its widgets; called when they are there, and there anew."""

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """Why a key of this screen does nothing just now; empty where nobody would ask."""
        return ""

    def on_key(self, event: Key) -> None:
        """A key whose action cannot be done now is not silent."""
        for binding in self._bindings.key_to_bindings.get(event.key, ()):
            action, parameters = parse(binding.action)[1:]
            if not self.check_action(action, parameters) and (reason := self.why_not(action, parameters)):
                self.notify(reason, timeout=3)
                return

    def explained(self) -> Iterable[tuple[str, str]]:
        """Marks that stand on this screen just now, and what they mean."""
        return ()

    @property
    def reader(self) -> "Reader":
        """To whom this screen speaks."""
        return self.program.reader()

    def beside(self, phrase: "Phrase", language: "Language") -> "list[Content]":
        """What stands below a call to help whoever is signed on to read it: letters of their own, its meaning."""
        from trainer.tui.widgets.call_card import Aids, Text, aided

        chosen, first = self.console.preferences, self.reader.first
        ipa, _letters = self.program.readings(phrase, language)
        letters, meaning = self.reader.read(phrase.text(language), language), phrase.plain(first)
        text = Text("", "", ipa, letters, meaning if language != first else "")
        return aided(text, Aids(chosen.ipa, chosen.meaning))

    def close_microphone(self) -> None:
        """Where one is open, whatever it heard is dropped."""

    def on_mount(self) -> None:
        self.fill()

    def on_screen_suspend(self) -> None:
        self.set_class(True, "-covered")  # its keys do nothing under a dialog

    def on_screen_resume(self) -> None:
        self.set_class(False, "-covered")

    def pressed_outside(self, press: "Press") -> bool:
        """The key was pressed or released from outside (a pedal, a button of a headset). Whether it means anything
        here."""
        return False

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.height < TINY, "-tiny")

    def _fit(self, size: Size) -> None:
        """As Textual does when a screen hears of its size: later than it is painted first, on a busy machine."""
        laid = ((self.app.HORIZONTAL_BREAKPOINTS, size.width), (self.app.VERTICAL_BREAKPOINTS, size.height))
        for points, cells in laid:
            now = self._get_breakpoint_classes(cells, points or [])
            for _least, name in points or []:
                self.set_class(name in now, name)
        self.set_class(size.height < TINY, "-tiny")

    async def relabel(self) -> None:
        focused = self.focused.id if self.focused else None
        self.relabelling = True
        try:
            await self.recompose()
        finally:
            self.relabelling = False
        self.fill()
        if focused and (widgets := self.query(f"#{focused}")):
            widgets.first().focus()

    def describe(self, binding: Binding) -> str:
        """What a key does now, marked with N_: whoever shows it says it in the language of the interface."""
        return binding.description

    @property
    def active_bindings(self) -> dict[str, "ActiveBinding"]:
        """As Textual has them, with what they do now."""
        return {
            key: active._replace(
                binding=replace(active.binding, description=self.describe(active.binding)),
                tooltip="",
            )
            for key, active in super().active_bindings.items()
        }
