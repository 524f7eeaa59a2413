"""With whom a drill is run: at this terminal turn by turn, or across the network."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from trainer.drill.plan import Mode
from trainer.errors import UserError
from trainer.languages import Language
from trainer.live.program import crew
from trainer.messages import N_, interface_language
from trainer.messages import gettext as _
from trainer.tui.keys import bind
from trainer.tui.page import Page
from trainer.tui.screens.phase import with_phase
from trainer.tui.widgets.choices import Choices
from trainer.wording import mode_name

if TYPE_CHECKING:
    from trainer.drill.plan import Seat
    from trainer.live.board import PhaseRow

SOMEBODY, HOST, JOIN, WATCH = "somebody-else", "host", "join", "watch"


class PartnerPage(Page):
    heading = N_("Drill in pairs")
    AUTO_FOCUS = "#partners"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("enter", "choose", N_("Choose")),
        bind("escape", "app.pop_screen", N_("Mission board")),
    ]

    def __init__(self, mode: Mode, phase: str | None, rows: "Sequence[PhaseRow]" = ()) -> None:
        """rows: the phases there are; where the drill needs one and none was chosen, it is asked for."""
        super().__init__()
        self._mode, self._phase, self._rows = mode, phase, rows

    def body(self) -> Iterable[Widget]:
        with VerticalScroll(id="sign-on", can_focus=False):
            yield Static(Content(_("Who is your partner?")), id="motto")
            yield Static(Content(self._drilled()), id="question")
            yield Choices(*self._options(), id="partners")

    def fill(self) -> None:
        partners = self.query_one("#partners", OptionList)
        partners.highlighted = partners.highlighted or 1

    def _drilled(self) -> str:
        if self._phase is None and self._mode == "checklist":
            return mode_name(self._mode)
        phase = self.program.book.phase(self._phase).name[interface_language()] if self._phase else _("all open phases")
        return f"{mode_name(self._mode)} · {phase}"

    def _options(self) -> Iterable[Option]:
        yield Option(Content.styled(_("At this terminal, turn by turn"), "$secondary bold"), disabled=True)
        interface = interface_language()
        for member in crew():
            if member.station != self.program.seat.station:
                role = Content.styled(member.aboard, "$foreground 60%")
                yield Option(Content.assemble(f"  {member.name[interface]:<22} ", role), id=member.id)
        yield Option(Content.styled("  " + _("Somebody else…"), "italic"), id=SOMEBODY)
        yield Option(Content.styled(_("Across the network"), "$secondary bold"), disabled=True)
        yield Option("  " + _("Host a paired drill"), id=HOST)
        yield Option("  " + _("Join with a code"), id=JOIN)
        yield Option("  " + _("Watch as instructor"), id=WATCH)

    def action_choose(self) -> None:
        self._choose(self.query_one("#partners", Choices).row)

    def _choose(self, row: str | None) -> None:
        match row:
            case None:
                return
            case "somebody-else":
                from trainer.tui.screens.newcomer import Newcomer

                self.app.push_screen(Newcomer(), self._named)
            case "host":
                self._of_a_phase(lambda phase: self.console.host(self._mode, phase))
            case "join":
                self.console.action_join()
            case "watch":
                self.console.action_watch()
            case who:
                self._begin(who, None, None)

    @on(OptionList.OptionSelected, "#partners")
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self._choose(event.option.id)

    def _named(self, newcomer: tuple[str, Language] | None) -> None:
        if newcomer:
            name, first = newcomer
            self._begin(name, first, None)

    def _of_a_phase(self, go_on: Callable[[str | None], None]) -> None:
        with_phase(self.app, self._rows, self._mode, self._phase, go_on)

    def _begin(self, who: str, first: Language | None, name: str | None) -> None:
        def begin(phase: str | None) -> None:
            self.run_worker(partial(self._open, phase, who, first, name), thread=True, exclusive=True, group="begin")

        self._of_a_phase(begin)

    def _open(self, phase: str | None, who: str, first: Language | None, name: str | None) -> None:
        from trainer.live import planning

        try:
            seat: Seat = self.program.seat_of(who, first, name)
            planning.of_two_crews(self.program.seat, seat)
            self.console.begin(self._mode, phase, seat)
        except UserError as error:
            self.app.call_from_thread(self.notify, str(error), severity="warning", timeout=8)
