"""Whether a drill is to end."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from trainer.messages import N_
from trainer.messages import gettext as _


class Leaving(ModalScreen[str | None]):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", N_("Go on"))]

    def __init__(self, leave: str) -> None:
        """leave: what leaving is called here."""
        super().__init__()
        self._leave = leave

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield Static(Content.styled(_("Leave the drill?"), "bold"))
            yield Static(Content(_("What was scored is kept.")))
            yield OptionList(Option(_("Go on"), id="go-on"), Option(self._leave, id="end"))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss("end" if event.option.id == "end" else None)
