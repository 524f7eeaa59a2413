"""Whether a drill is to end, or somebody is to leave it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from trainer.loop.roles import role_name
from trainer.messages import N_
from trainer.messages import gettext as _

if TYPE_CHECKING:
    from trainer.loop.roles import Role


class Leaving(ModalScreen[str | None]):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", N_("Go on"))]

    def __init__(self, leave: str, expels: "Sequence[Role]" = ()) -> None:
        """leave: what leaving is called here. expels: who may be sent away instead; the answer is their role then."""
        super().__init__()
        self._leave, self._expels = leave, expels

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield Static(Content.styled(_("Leave the drill?"), "bold"))
            yield Static(Content(_("What was scored is kept.")))
            expelling = (
                Option(_("Cut off {who} and draw a new code").format(who=role_name(role)), id=role)
                for role in self._expels
            )
            yield OptionList(Option(_("Go on"), id="go-on"), Option(self._leave, id="end"), *expelling)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(None if event.option.id == "go-on" else event.option.id)


class NewCode(ModalScreen[None]):
    """Somebody was cut off; the code for who is to come in their place."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter", "dismiss(None)", N_("Go on")),
        Binding("c", "copy", N_("Copy the code")),
    ]

    def __init__(self, role: "Role", code: str) -> None:
        super().__init__()
        self._role, self._code = role, code

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog", classes="-picking"):
            yield Static(Content.styled(_("Cut off: {who}").format(who=role_name(self._role)), "bold"))
            yield Static(Content(_("The drill waits. Whoever is to come now joins with this code:")))
            yield Static(Content.styled(f"\n{self._code}\n", "bold $accent"), id="new-code")
            yield Static(Content.styled(_("C copies the code, Esc goes back"), "$foreground 60%"))

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self._code)
