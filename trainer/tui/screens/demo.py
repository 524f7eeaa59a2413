"""The guided drill: the same screen, worked by a script, with a line that tells what is going on."""

from collections.abc import Iterable
from typing import ClassVar, cast

from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from trainer.live import demo
from trainer.messages import N_
from trainer.messages import gettext as _
from trainer.tui.keys import bind
from trainer.tui.screens.drill import DrillPage
from trainer.tui.screens.drilling import Logged
from trainer.tui.script_operator import ScriptOperator
from trainer.wording import in_language, seat_name

OWN = ("on", "leave", "aid", "view", "app.help", "help", "language", "command_palette", "quit", "app.quit")


class DemoPage(DrillPage):
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("enter", "on", N_("Go on"), priority=True),
        bind("escape", "leave", N_("Leave the demo"), priority=True),
    ]

    def __init__(self) -> None:
        super().__init__(ScriptOperator())
        self._step = -1

    @property
    def script(self) -> ScriptOperator:
        return cast("ScriptOperator", self.operator)

    @property
    def finished(self) -> bool:
        return self.script.finished

    def body(self) -> Iterable[Widget]:
        yield Static(id="told")
        yield from super().body()

    def place(self) -> str:
        seat = self.state.seat()
        return f"{seat_name(seat)} · {in_language(seat.target)}" if seat else _("recorded voices")

    def fill(self) -> None:
        super().fill()
        self._tell()

    def on_logged(self, message: Logged) -> None:
        super().on_logged(message)
        if self.script.step != self._step:
            self._step = self.script.step
            if not self.finished:
                self.show_view(demo.SCRIPT[self._step].view)
            self._tell()
            self.refresh_bindings()

    def _tell(self) -> None:
        if self.finished:
            text, place = _("That was the demo. ↵ signs on: now you."), ""
        else:
            text, place = demo.SCRIPT[self.script.step].text(), f"{self.script.step + 1}/{len(demo.SCRIPT)}  "
        self.query_one("#told", Static).update(Content.assemble((place, "$foreground 60%"), (text, "bold")))

    def action_on(self) -> None:
        if self.finished:
            self.action_leave()
        else:
            self.script.hurry()

    def action_leave(self) -> None:
        from trainer.tui.screens.sign_on import SignOn

        self.script.close()
        if len(self.app.screen_stack) > 2:
            self.app.pop_screen()
        else:
            self.app.switch_screen(SignOn())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action in OWN
