"""The code of a partner's loop, to be pasted or typed."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from trainer.errors import UserError
from trainer.loop.code import JoinCode, parse_as
from trainer.loop.roles import Role
from trainer.messages import N_
from trainer.messages import gettext as _
from trainer.tui.widgets.field import Field


class Joining(ModalScreen[JoinCode | None]):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", N_("Back"))]
    AUTO_FOCUS = "#code"

    def __init__(self, role: Role = "guest") -> None:
        """role: whose code is asked for."""
        super().__init__()
        self._role: Role = role

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            title = _("The instructor's code of a loop") if self._role == "instructor" else _("Join code")
            yield Static(Content.styled(title, "bold"))
            yield Field(placeholder="XXXXX-XXXXX-…", id="code", max_length=400)
            yield Static(Content.styled(_("↵ joins, Esc goes back"), "$foreground 60%"), id="code-note")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        try:
            self.dismiss(parse_as(self._role, event.value))
        except UserError as error:
            self.query_one("#code-note", Static).update(Content.styled(str(error), "$text-error"))
