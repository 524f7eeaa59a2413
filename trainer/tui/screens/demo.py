"""The guided drill: the same console, run by a script, with a line that tells what is going on."""

import threading
from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from trainer.drill.plan import Plan
from trainer.live import demo
from trainer.live.program import Drill, Program
from trainer.messages import gettext as _
from trainer.messages import interface_language
from trainer.tui.keys import N_, bind
from trainer.tui.screens.drill import VIEWS, DrillPage


class Told(Message):
    """The script has come to a step."""

    def __init__(self, step: int) -> None:
        super().__init__()
        self.step = step


def _open(program: Program, plan: Plan) -> Drill:
    return program.open_drill(plan, demo.ScriptedMicrophone(demo.clips(), program.options.pace), keep=False)


class DemoPage(DrillPage):
    heading = N_("Demo")
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("enter", "on", N_("Go on"), priority=True),
        bind("escape", "leave", N_("Leave the demo"), priority=True),
    ]

    def __init__(self) -> None:
        super().__init__(Plan("demo", "read", None, (), (), demo.OPENED), _open)
        self._step = 0
        self._on = threading.Event()
        self._over = threading.Event()
        self.finished = False

    def body(self) -> Iterable[Widget]:
        yield Static(id="told")
        yield from super().body()

    def place(self) -> str:
        seat = self.state.seat()
        return f"{seat.name} · {seat.target.upper()}" if seat else _("recorded voices")

    def fill(self) -> None:
        super().fill()
        self._tell()

    def _opened(self) -> None:
        self._plan = demo.plan(self.program.book, interface_language())
        super()._opened()
        for number, step in enumerate(demo.SCRIPT):
            if self._over.is_set():
                return
            self.post_message(Told(number))
            self._act(step.act)
            if step.seconds and self.program.options.pace == "real":
                self._on.clear()
                self._on.wait(step.seconds)
        self.post_message(Told(len(demo.SCRIPT)))

    def _act(self, act: demo.Act) -> None:
        assert self.drill is not None
        transceiver = self.drill.transceiver
        match act:
            case "say":
                self._up.clear()
                self._dropped.clear()
                self._talking = True
                self._talk()
            case "hear":
                self._play("reference", 1.0)
            case "again" | "next":
                transceiver.advance(act)
                self._cue()
            case "tell":
                pass

    def on_told(self, message: Told) -> None:
        self._step = message.step
        self.finished = message.step == len(demo.SCRIPT)
        if not self.finished:
            view = demo.SCRIPT[message.step].view
            if view in VIEWS and self._last is not None:
                self._view = view
                self._show_view()
        self._tell()
        self.refresh_bindings()

    def _tell(self) -> None:
        if self.finished:
            text, place = _("That was the demo. ↵ signs on: now you."), ""
        else:
            text, place = demo.SCRIPT[self._step].text(), f"{self._step + 1}/{len(demo.SCRIPT)}  "
        self.query_one("#told", Static).update(Content.assemble((place, "$foreground 60%"), (text, "bold")))

    def _note(self) -> str:
        return "" if self.state.done or self.state.keyed is None else super()._note()

    def action_on(self) -> None:
        if self.finished:
            self.action_leave()
            return
        self._up.set()
        self._hush()
        self._on.set()

    def action_leave(self) -> None:
        from trainer.tui.screens.sign_on import SignOn

        self._over.set()
        self._on.set()
        self._stop()
        if len(self.app.screen_stack) > 2:
            self.app.pop_screen()
        else:
            self.app.switch_screen(SignOn())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        own = ("on", "leave", "aid", "view", "app.help", "help", "language", "command_palette", "quit", "app.quit")
        return action in own
