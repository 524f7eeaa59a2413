"""Before a drill across the network: the codes to hand out, and who is not there yet."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from trainer.drill.plan import Plan
from trainer.errors import UserError
from trainer.loop.ends import End
from trainer.messages import N_
from trainer.messages import gettext as _
from trainer.tui.keys import bind
from trainer.tui.page import Page


class WaitingPage(Page):
    heading = N_("Paired drill")
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("c", "copy('guest')", N_("Copy the partner's code")),
        bind("i", "copy('instructor')", N_("Copy the instructor's code")),
        bind("escape", "give_up", N_("Give up")),
    ]

    def __init__(self, end: End) -> None:
        super().__init__()
        self._end = end
        self._open = False
        self._begun = False  # the end of the loop is the drill screen's now

    def body(self) -> Iterable[Widget]:
        with VerticalScroll(id="waiting"):
            yield Static(id="codes")

    def on_mount(self) -> None:
        self.fill()
        self.run_worker(self._wait, thread=True, exit_on_error=False)

    def on_unmount(self) -> None:
        if not self._begun:
            self._end.give_up()

    def fill(self) -> None:
        self.query_one("#codes", Static).update(Content("\n").join(self._text()))

    def _text(self) -> Iterable[Content]:
        if not self._open:
            yield Content(_("opening the loop…"))
            return
        if codes := self._end.codes:
            for role, told in (
                ("guest", _("Your partner joins with this code: the console, In pairs, Join with a code.")),
                ("instructor", _("An instructor watches with:  ruston pair watch, and this one:")),
                ("scorer", _("Scoring on another machine:  ruston scorer, and this one:")),
            ):
                yield Content(told)
                yield Content.styled(f"  {codes[role]}", "bold $accent" if role == "guest" else "$foreground 70%")  # type: ignore[index]
                yield Content("")
        if self._end.role == "host":
            yield Content.styled(_("Waiting for the partner…"), "$text-warning")
        else:
            yield Content.styled(_("On the loop. Waiting for the host to open the drill…"), "$text-warning")

    def _wait(self) -> None:
        """In a thread: until both are there, somebody gives up, or it cannot be."""
        try:
            self._end.open()
            self.app.call_from_thread(self._opened)
            plan = self._end.wait()
        except UserError as error:
            self._end.close()
            self.app.call_from_thread(self._failed, str(error))
        except BaseException:
            self._end.close()
            raise
        else:
            if plan is None:
                self._end.close()
            else:
                self.app.call_from_thread(self._begin, plan)

    def _opened(self) -> None:
        self._open = True
        if self.is_mounted and not self.relabelling:
            self.fill()
        self.refresh_bindings()

    def _failed(self, why: str) -> None:
        self.app.notify(why, severity="error", timeout=10)
        if self.is_active:
            self.console.back()

    def _begin(self, plan: Plan) -> None:
        from trainer.tui.loop_operator import LoopOperator
        from trainer.tui.screens.ready import drill_page

        if self.is_active:
            self._begun = True
            self.app.switch_screen(drill_page(LoopOperator(plan, self._end)))
        else:
            self.run_worker(self._end.close, thread=True)

    def action_copy(self, role: str) -> None:
        self.app.copy_to_clipboard(self._end.codes[role])  # type: ignore[index]
        self.notify(_("Copied, where the terminal allows it. Else select it with the mouse."), timeout=4)

    def action_give_up(self) -> None:
        self.console.back()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return bool(self._end.codes) if action == "copy" else True
