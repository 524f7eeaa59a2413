"""What an instructor fills in before something is done."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from trainer.messages import N_
from trainer.messages import gettext as _
from trainer.tui.widgets.field import Field


class Question(ModalScreen[tuple[str, ...] | None]):
    """A few lines to fill in; ↵ in the last one answers."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", N_("Back"))]

    def __init__(self, title: str, fields: tuple[tuple[str, str], ...], secret: int | None = None) -> None:
        """fields: what is asked, and what stands there before anybody types; secret: the one that nobody may read."""
        super().__init__()
        self._secret = secret
        self._heading, self._fields = title, fields

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield Static(Content.styled(self._heading, "bold"))
            for n, (asked, value) in enumerate(self._fields):
                yield Static(Content(asked))
                yield Field(value, id=f"field-{n}", max_length=500, password=n == self._secret)
            yield Static(Content.styled(_("↵ goes on, Esc goes back"), "$foreground 60%"))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        inputs = list(self.query(Input))
        last = inputs.index(event.input) == len(inputs) - 1
        if last:
            self.dismiss(tuple(one.value for one in inputs))
        else:
            inputs[inputs.index(event.input) + 1].focus()
