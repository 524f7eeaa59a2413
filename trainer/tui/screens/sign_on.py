"""Sign-on: who is at the desk, in which language, and whether recordings may be kept."""

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Checkbox, OptionList, Static
from textual.widgets.option_list import Option

from trainer.errors import UserError
from trainer.languages import Language
from trainer.live.program import Member, crew
from trainer.messages import gettext as _
from trainer.messages import interface_language
from trainer.tui.keys import N_, bind
from trainer.tui.page import Page
from trainer.tui.widgets.tick import Tick

SOMEBODY = "somebody-else"
BEHIND = 0.1  # s: the records are opened when the screen has been drawn


class SignOn(Page):
    heading = N_("Sign on")
    AUTO_FOCUS = "#crew"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("enter", "sign_on", N_("Sign on"), priority=True),
        bind("d", "app.demo", N_("Demo")),
        bind("k", "consent", N_("Keep recordings")),
        bind("b", "app.open('phrasebook')", N_("Phrasebook"), show=False),
        bind("c", "app.open('audio')", N_("Audio check")),
        bind("s", "app.open('settings')", N_("Settings")),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._consents: dict[str, bool] = {}
        self._chosen: str | None = None  # None until somebody was pointed at

    def body(self) -> Iterable[Widget]:
        with VerticalScroll(id="sign-on", can_focus=False):
            yield Static(Content(_("Radio drills in two languages")), id="motto")
            yield Static(Content(_("Each crew speaks the partner's language. Who are you on the loop?")), id="question")
            yield OptionList(*self._options(), id="crew")
            with Vertical(id="consent-box"):
                yield Tick(_("Keep my recordings for 30 days (on this computer only)"), id="consent")
                yield Static(Content(_("Scores are kept. `ruston privacy` shows and deletes all.")), id="privacy")

    def fill(self) -> None:
        options = self.query_one("#crew", OptionList)
        wanted = self._chosen or self.console.preferences.who or crew()[0].id
        known = [option.id for option in options.options]
        options.highlighted = known.index(wanted) if wanted in known else 1
        options.focus()
        if not self._consents:
            self.set_timer(BEHIND, self._ask_consents)

    def _ask_consents(self) -> None:
        self.run_worker(self._load_consents, thread=True, exit_on_error=False)

    def _options(self) -> Iterable[Option]:
        for station, title in (("apollo", _("Apollo: you speak Russian")), ("soyuz", _("Soyuz: you speak English"))):
            yield Option(Content.styled(title, "$secondary bold"), id=station, disabled=True)
            for member in crew():
                if member.station == station:
                    yield Option(self._line(member), id=member.id)
        yield Option(Content.styled("  " + _("Somebody else…"), "italic"), id=SOMEBODY)

    def _line(self, member: Member) -> Content:
        interface = interface_language()
        backup = _(", backup") if member.crew == "backup" else ""
        name = member.name[interface]
        return Content.assemble(f"  {name:<22} ", (member.role[interface] + backup, "$foreground 60%"))

    @on(OptionList.OptionHighlighted, "#crew")
    def _pointed(self, event: OptionList.OptionHighlighted) -> None:
        self._chosen = event.option.id
        self._show_consent()

    @on(OptionList.OptionSelected, "#crew")
    def _selected(self) -> None:
        self.action_sign_on()

    def action_consent(self) -> None:
        self.query_one("#consent", Checkbox).toggle()

    def action_sign_on(self) -> None:
        chosen = self._chosen
        member = next((member for member in crew() if member.id == chosen), None)
        if member is not None:
            self.sign_on(member.id, member.first)
        elif chosen == SOMEBODY:
            from trainer.tui.screens.newcomer import Newcomer

            self.app.push_screen(Newcomer(), self._newcomer)

    def _newcomer(self, who: tuple[str, Language] | None) -> None:
        if who is not None:
            name, first = who
            self.sign_on("-".join(name.casefold().split()), first, name)

    def sign_on(self, who: str, first: Language, name: str | None = None) -> None:
        recordings = self.query_one("#consent", Checkbox).value
        self.query_one("#crew").disabled = True

        def work() -> None:
            try:
                self.program.sign_on(who, first, name, recordings)
            except UserError as error:
                self.app.call_from_thread(self._refused, str(error))
            else:
                self.app.call_from_thread(self._go, who, first)

        self.run_worker(work, thread=True, group="sign-on", exclusive=True)

    def _go(self, who: str, first: Language) -> None:
        self.run_worker(self._signed_on(who, first))

    async def _signed_on(self, who: str, first: Language) -> None:
        console = self.console
        console.preferences = console.preferences.changed(who=who)
        if console.preferences.interface is None and interface_language() != first:
            await console.speak(first)  # the interface speaks the learner's own language unless they chose otherwise
        console.show_board()

    def _refused(self, reason: str) -> None:
        self.query_one("#crew").disabled = False
        self.notify(reason, severity="error", timeout=10)

    def _load_consents(self) -> None:
        try:
            known = {member.id: self.program.consents(member.id) for member in crew()}
        except UserError:
            return
        self.app.call_from_thread(self._consents_known, known)

    def _consents_known(self, known: dict[str, bool]) -> None:
        self._consents = known
        self._show_consent()

    def _show_consent(self) -> None:
        if self._chosen in self._consents:
            self.query_one("#consent", Checkbox).value = self._consents[self._chosen]
