"""Before a checklist or a pair begins: the calls that are to come, any of them to be heard, until all are ready."""

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from trainer.drill import agenda
from trainer.drill.direction import missing
from trainer.drill.events import Ended, Line
from trainer.live.key_socket import Press
from trainer.messages import N_, interface_language
from trainer.messages import gettext as _
from trainer.tui import call_view
from trainer.tui.keys import bind
from trainer.tui.operator import Operator
from trainer.tui.page import Page
from trainer.tui.screens.drill import DrillPage
from trainer.tui.screens.drilling import DrillingPage, Logged
from trainer.tui.widgets.call_card import Aids, CallCard
from trainer.tui.widgets.cells import cut, pad, wide
from trainer.tui.widgets.choices import Choices
from trainer.wording import seat_name

TICK = 0.1  # s between two looks at the clock
NAME = 18  # cells of who says a call, at most


def drill_page(operator: Operator) -> Page:
    """The screen with which a drill begins."""
    return ReadyPage(operator) if operator.gathers else DrillPage(operator)


class ReadyPage(DrillingPage):
    AUTO_FOCUS = "#to-come"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("r", "ready", N_("Ready"), priority=True),
        bind("enter", "hear_row", N_("Hear it"), show=False, priority=True),
        bind("space", "hear_row", N_("Hear it"), priority=True, both="space enter"),
        bind("i", "aid('ipa')", N_("IPA"), show=False, priority=True),
        bind("t", "letters", N_("My letters"), priority=True),
        bind("m", "aid('meaning')", N_("Meaning"), priority=True),
        bind("escape", "leave", N_("Leave"), priority=True),
    ]

    def __init__(self, operator: Operator) -> None:
        super().__init__(operator)
        self._lines: tuple[Line | None, ...] = ()
        self._handed_over = False
        self._told = ("", "")  # above the list
        self._gone: tuple[str, ...] = ()  # as it is shown

    def body(self) -> Iterable[Widget]:
        yield Static(id="ready-head")
        yield Static(id="ready-seats")
        yield Choices(id="to-come")
        with VerticalScroll(id="ready-call", can_focus=False):
            yield CallCard(id="call")

    def place(self) -> str:
        return call_view.place(self.plan, self.state)

    def on_mount(self) -> None:
        self.fill()
        self.take_over()
        self.set_interval(TICK, self._tick)

    def on_unmount(self) -> None:
        if not self._handed_over:
            self.operator.close()

    def fill(self) -> None:
        self._told = ("", "")
        self._show_list()
        self._show_seats()
        self._show_row()

    # What happens

    def on_logged(self, message: Logged) -> None:
        opened = self.state.plan is None and message.state.plan is not None
        self.operator.state = message.state
        if isinstance(message.event, Ended):
            self._ended()
        elif not self._go_on() and not self.relabelling:
            if opened:
                self._show_list()
            self._show_seats()
            self.refresh_bindings()

    def on_screen_resume(self) -> None:
        self._go_on()

    def _tick(self) -> None:
        self.operator.tick()
        if not self.relabelling:
            self._show_head()
            if self.operator.gone != self._gone:  # nobody writes down who comes or goes before they were ready
                self._show_seats()

    def _go_on(self) -> bool:
        """Once nobody is waited for, to the screen of the drill."""
        if self.is_active and not self._handed_over and self.operator.begun:
            self._handed_over = True
            self.app.switch_screen(DrillPage(self.operator))
        return self._handed_over

    # What the learner wants

    def action_ready(self) -> None:
        self.operator.ready()
        self._show_seats()
        self.refresh_bindings()

    def action_hear_row(self) -> None:
        if self.operator.counted_down is not None:
            self.operator.press()  # tells when the microphone opens
        elif (line := self._line) is not None:
            self.operator.hear_line(line)

    def show_aids(self) -> None:
        self._show_list()
        self._show_row()

    def pressed_outside(self, press: Press) -> bool:
        heeded = self.operator.pressed_outside(press)
        self._show_seats()
        return heeded

    def close_microphone(self) -> None:
        self.operator.stop()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "ready":
                return self.drill is not None and not self.operator.said_ready
            case "hear_row":
                return self._line is not None or self.operator.counted_down is not None
            case _:
                return True

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        if action == "hear_row":
            return _("What is answered here is no secret only afterwards: there is nothing to hear yet.")
        return ""

    # What is shown

    @property
    def _line(self) -> Line | None:
        row = self.query_one("#to-come", Choices).row
        return self._lines[int(row)] if row is not None and int(row) < len(self._lines) else None

    def _show_list(self) -> None:
        """The calls, whose each is, and which are to be said here."""
        rows, turns = self.query_one("#to-come", Choices), self.state.queue or self.plan.agenda
        self._lines = agenda.foreseen(self.program.book, self.plan, turns)
        highlighted = rows.highlighted
        rows.clear_options()
        names = [
            cut(call_view.sayer(turn.seat, line, self.plan), NAME)
            for turn, line in zip(turns, self._lines, strict=True)
        ]
        width = max(map(wide, names), default=0) + 2
        for number, (turn, line, who) in enumerate(zip(turns, self._lines, names, strict=True)):
            own = turn.seat is not None and self.operator.mine(turn.seat)
            text = self.reader.call(line.text, line.language) if line else _("your answer") if own else _("an answer")
            rows.add_option(
                Option(
                    Content.assemble(
                        ("▶ " if own else "  ", "bold $accent"), (f"{number + 1:2}  ", "$foreground 55%"),
                        (pad(who, width), "bold" if own else "$foreground 60%"),
                        (text, ("bold" if own else "$foreground 75%") if line else "italic $foreground 60%"),
                    ),
                    id=str(number),
                )
            )  # fmt: skip
        rows.highlighted = highlighted or 0

    def _show_head(self) -> None:
        head, left = self.query_one("#ready-head", Static), self.operator.counted_down
        if self.drill is None:
            text, style = _("opening the loop…"), "$foreground 60%"
        elif left is not None:
            text, style = call_view.counted_told(left), "bold reverse $accent"
        elif self.operator.said_ready:
            names = [seat_name(self.plan.seat(seat)) for seat in missing(self.state) if not self.operator.mine(seat)]
            text, style = _("You are ready. Waiting for: {names}").format(names=", ".join(names)), "$text-warning"
            if not names:
                text = _("You are ready.")
        else:
            text, style = _("What is to come; your calls have ▶. Hear any, then say that you are ready."), "bold"
            if sum(map(self.operator.mine, (seat.id for seat in self.plan.seats))) > 1:
                text = _("What is to come. Hear any; R says that everybody at this terminal is ready.")
        if (text, style) != self._told:
            self._told = text, style
            head.update(Content.styled(f" {text} ", style))

    def _show_seats(self) -> None:
        """Who is ready, of several."""
        bar, self._gone = self.query_one("#ready-seats", Static), self.operator.gone
        bar.display = len(self.plan.seats) > 1
        absent, parts = missing(self.state), []
        for seat in self.plan.seats:
            ready = seat.id not in absent or (self.operator.said_ready and self.operator.mine(seat.id))
            told = "✓ " + _("ready") if ready else "… " + _("not ready yet")
            if not ready and seat.id in self._gone:
                told = "✕ " + _("away")
            colour = "$text-success" if ready else "$text-warning"
            parts.append(Content.assemble(f"  {seat_name(seat)}  ", (told, colour)))
        bar.update(Content("    ").join(parts))
        self._show_head()

    @on(OptionList.OptionHighlighted, "#to-come")
    def _pointed(self, event: OptionList.OptionHighlighted) -> None:
        self._show_row()
        self.refresh_bindings()

    def _show_row(self) -> None:
        """The call that is highlighted, with what helps to read it."""
        card, chosen, line = self.query_one("#call", CallCard), self.console.preferences, self._line
        if line is None:
            card.show("", "", (), Aids())
            return
        text = call_view.plainly(line, self.program.book, self.reading)
        phrase = self.program.book.find(line.call)
        phase = self.program.book.phase(phrase.phase).name[interface_language()] if phrase else ""
        card.show(
            " · ".join(filter(None, (self.program.book.name_of(line.call), phase))),
            "",
            (text,),
            Aids(chosen.ipa, chosen.meaning),
        )
