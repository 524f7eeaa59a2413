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

    def __init__(self, leave: str, expels: "Sequence[Role]" = (), *, codes: bool = False) -> None:
        """leave: what leaving is called here. expels: who may be sent away instead; the answer is their role then.
        codes: whether there are join codes to be seen again."""
        super().__init__()
        self._leave, self._expels, self._codes = leave, expels, codes

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield Static(Content.styled(_("Leave the drill?"), "bold"))
            yield Static(Content(_("What was scored is kept.")))
            expelling = (
                Option(_("Cut off {who} and draw a new code").format(who=role_name(role)), id=role)
                for role in self._expels
            )
            seeing = [Option(_("See the partner's join code"), id="code")] if self._codes else []
            yield OptionList(Option(_("Go on"), id="go-on"), Option(self._leave, id="end"), *seeing, *expelling)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(None if event.option.id == "go-on" else event.option.id)


class CannotGoOn(ModalScreen[str | None]):
    """Why a drill cannot go on here."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", N_("Debrief"))]

    def __init__(self, why: str, *, joins: bool) -> None:
        """joins: whether another join code may help."""
        super().__init__()
        self._why, self._joins = why, joins

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield Static(Content.styled(_("The drill cannot go on here."), "bold"))
            yield Static(Content(self._why[:1].upper() + self._why[1:]))
            joining = [Option(_("Enter a new join code"), id="join")] if self._joins else []
            yield OptionList(*joining, Option(_("See the debrief"), id="end"))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)


class SeenCode(ModalScreen[None]):
    """A join code, to be told or copied."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter", "dismiss(None)", N_("Go on")),
        Binding("c", "copy", N_("Copy the code")),
    ]

    def __init__(self, code: str) -> None:
        super().__init__()
        self._code = code

    def told(self) -> tuple[str, str]:
        """What the code is, and what it is for."""
        return _("The partner's join code"), _("Whoever drops out comes back with the same code.")

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog", classes="-picking"):
            title, purpose = self.told()
            yield Static(Content.styled(title, "bold"))
            yield Static(Content(purpose))
            yield Static(Content.styled(f"\n{self._code}\n", "bold $accent"), id="new-code")
            yield Static(Content.styled(_("C copies the code, Esc goes back"), "$foreground 60%"))

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self._code)


class NewCode(SeenCode):
    """Somebody was cut off; the code for who is to come in their place."""

    def __init__(self, role: "Role", code: str) -> None:
        super().__init__(code)
        self._role = role

    def told(self) -> tuple[str, str]:
        cut_off = _("Cut off: {who}").format(who=role_name(self._role))
        return cut_off, _("The drill waits. Whoever is to come now joins with this code:")
