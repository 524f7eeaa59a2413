"""Pick one of many: the arrows move in the list, and typing narrows it where it is long."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from trainer.messages import N_
from trainer.messages import gettext as _
from trainer.tui.widgets.choices import Choices, Search

FEW = 6  # choices that are seen at once: nobody searches among them


class Picking(ModalScreen[str | None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", N_("Back")),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("enter", "pick", show=False),
    ]
    AUTO_FOCUS = "#wanted, #choices"

    def __init__(self, title: str, choices: Sequence[tuple[str, str]]) -> None:
        """choices: each with what it is known by and how it reads; the first ones are the likely ones. title: may say
        more than a line."""
        super().__init__()
        self._heading, self._choices = title, choices
        self._wanted = ""

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog", classes="-picking"):
            yield Static(Content.styled(self._heading, "bold"))
            if len(self._choices) > FEW:
                yield Search(placeholder=_("Type to search"), id="wanted", max_length=80)
            yield Choices(*self._options(""), id="choices")
            yield Static(Content.styled(_("↑ ↓ move, ↵ picks, Esc goes back"), "$foreground 60%"))

    def on_mount(self) -> None:
        self.query_one("#choices", OptionList).highlighted = 0

    def _options(self, wanted: str) -> list[Option]:
        words = wanted.casefold().split()
        return [
            Option(Content(text), id=known)
            for known, text in self._choices
            if all(word in f"{known} {text}".casefold() for word in words)
        ]

    @on(Input.Changed, "#wanted")
    def _narrow(self) -> None:
        """Let the list follow what was typed: a key behind the letters finds it so."""
        line = next(iter(self.query("#wanted").results(Input)), None)
        wanted = line.value if line else ""
        if wanted == self._wanted:
            return
        self._wanted = wanted
        choices = self.query_one("#choices", OptionList)
        choices.clear_options()
        choices.add_options(self._options(wanted))
        choices.highlighted = 0 if choices.option_count else None

    def action_move(self, by: int) -> None:
        self._narrow()
        choices = self.query_one("#choices", OptionList)
        if by > 0:
            choices.action_cursor_down()
        else:
            choices.action_cursor_up()

    def action_pick(self) -> None:
        self._narrow()
        if row := self.query_one("#choices", Choices).row:
            self.dismiss(row)

    @on(OptionList.OptionSelected, "#choices")
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)
