"""Pick one of many: typing narrows the list, the arrows move in it."""

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

from trainer.messages import gettext as _
from trainer.tui.keys import N_


class Picking(ModalScreen[str | None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", N_("Back")),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
    ]
    AUTO_FOCUS = "#wanted"

    def __init__(self, title: str, choices: Sequence[tuple[str, str]]) -> None:
        """choices: each with what it is known by and how it reads; the first ones are the likely ones."""
        super().__init__()
        self._heading, self._choices = title, choices

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog", classes="-picking"):
            yield Static(Content.styled(self._heading, "bold"))
            yield Input(placeholder=_("Type to search"), id="wanted", max_length=80)
            yield OptionList(*self._options(""), id="choices")
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
    def _narrowed(self, event: Input.Changed) -> None:
        choices = self.query_one("#choices", OptionList)
        choices.clear_options()
        choices.add_options(self._options(event.value))
        choices.highlighted = 0 if choices.option_count else None

    def action_move(self, by: int) -> None:
        choices = self.query_one("#choices", OptionList)
        if by > 0:
            choices.action_cursor_down()
        else:
            choices.action_cursor_up()

    @on(Input.Submitted, "#wanted")
    def _submitted(self) -> None:
        choices = self.query_one("#choices", OptionList)
        if choices.highlighted is not None:
            self.dismiss(choices.get_option_at_index(choices.highlighted).id)

    @on(OptionList.OptionSelected, "#choices")
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)
