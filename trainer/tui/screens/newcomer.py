"""Somebody who is of no crew: a name and a first language."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, RadioSet, Static

from trainer.languages import Language
from trainer.messages import N_, interface_language
from trainer.messages import gettext as _
from trainer.tui.widgets.field import Field
from trainer.tui.widgets.tick import Choice


class Newcomer(ModalScreen[tuple[str, Language] | None]):
    def __init__(self, name: str = "") -> None:
        super().__init__()
        self._name_so_far = name

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", N_("Back"))]
    AUTO_FOCUS = "#name"

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield Static(Content.styled(_("Who are you?"), "bold"))
            yield Field(self._name_so_far, placeholder=_("Your name or call sign"), id="name", max_length=40)
            yield Static(Content(_("Your first language")))
            with RadioSet(id="first"):
                yield Choice("English", value=interface_language() == "en", id="first-en")
                yield Choice("Русский", value=interface_language() == "ru", id="first-ru")
            yield Static(Content.styled(_("↵ in the name signs on, Esc goes back"), "$foreground 60%"))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        name = " ".join(event.value.split())
        if not name:
            return
        pressed = self.query_one(RadioSet).pressed_button
        self.dismiss((name, "ru" if pressed is not None and pressed.id == "first-ru" else "en"))
