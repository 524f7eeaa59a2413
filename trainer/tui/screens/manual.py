"""The manual, page by page, in the language of the interface."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Markdown

from trainer.manual import TOPICS, page
from trainer.messages import N_
from trainer.messages import gettext as _
from trainer.tui.keys import bind
from trainer.tui.page import Page


class ManualPage(Page):
    heading = N_("Manual")
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("right,n", "turn(1)", N_("Next page")),
        bind("left,p", "turn(-1)", N_("Page before")),
        bind("escape,q", "app.pop_screen", N_("Back")),
    ]
    AUTO_FOCUS = "#manual"

    def __init__(self) -> None:
        super().__init__()
        self._number = 0

    def body(self) -> Iterable[Widget]:
        with VerticalScroll(id="manual"):
            yield Markdown(id="manual-page", open_links=False)

    def place(self) -> str:
        return _("page {n} of {all}").format(n=self._number + 1, all=len(TOPICS))

    def fill(self) -> None:
        self.query_one("#manual-page", Markdown).update(page(TOPICS[self._number]).text)
        self.query_one("#manual", VerticalScroll).scroll_home(animate=False)

    async def action_turn(self, by: int) -> None:
        self._number = (self._number + by) % len(TOPICS)
        await self.relabel()
