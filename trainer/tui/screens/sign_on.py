"""Sign-on: who is at the desk, in which language, and whether recordings may be kept.

Whoever is known comes first, the last one on top; typing finds a name in either alphabet. Signing on changes nothing
that was not changed here.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Checkbox, Input, OptionList, Static
from textual.widgets.option_list import Option

from trainer.errors import UserError
from trainer.identity import Recognition, found, free_key
from trainer.languages import Language
from trainer.live.program import RETENTION_DAYS, Acquaintance, Member
from trainer.messages import N_, interface_language, ngettext
from trainer.messages import gettext as _
from trainer.tui.keys import bind
from trainer.tui.page import Page
from trainer.tui.screens.picking import Picking
from trainer.tui.widgets.choices import Choices, Search
from trainer.tui.widgets.tick import Tick

NEW, CREWS = "+new", "+crews"


class SignOn(Page):
    heading = N_("Sign on")
    AUTO_FOCUS = "#wanted"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("enter", "sign_on", N_("Sign on")),
        Binding("ctrl+k", "consent", N_("Keep recordings")),
        Binding("ctrl+d", "app.demo", N_("Demo")),
        Binding("up", "move('cursor_up')", show=False),
        Binding("down", "move('cursor_down')", show=False),
        Binding("pageup", "move('page_up')", show=False),
        Binding("pagedown", "move('page_down')", show=False),
        Binding("ctrl+o", "book", N_("Choose a book"), show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._wanted = ""
        self._people: tuple[Acquaintance, ...] | None = None  # None until the records were read
        self._crew: tuple[Member, ...] = ()
        self._unfolded = False
        self._chosen: str | None = None  # the row whose consent is shown
        self._agreed = False  # as the records have it
        self._ticked: dict[str, bool] = {}  # what was changed here, by row
        self._busy = False
        self._hurried = False  # whether Enter came before there was a row

    def body(self) -> Iterable[Widget]:
        with VerticalScroll(id="sign-on", can_focus=False):
            yield Static(Content(_("Radio drills in two languages")), id="motto")
            yield Static(Content(self._question()), id="question")
            yield Search(self._wanted, placeholder=_("Type your name"), id="wanted", max_length=40)
            yield Choices(id="crew")
            with Vertical(id="consent-box"):
                yield Tick("", self._ticked.get(self._chosen or "", self._agreed), id="consent")
                yield Static(Content(_("Scores are kept. `ruston privacy` shows and deletes all.")), id="privacy")

    def fill(self) -> None:
        if self._people is None:
            self.call_after_refresh(self._ask_who_is_known)
        else:
            self._show_rows()

    # Who there is

    def _ask_who_is_known(self) -> None:
        self.run_worker(self._load, thread=True, exit_on_error=False)

    def _load(self) -> None:
        people: tuple[Acquaintance, ...] = ()
        crew: tuple[Member, ...] = ()
        shown = False
        try:
            crew = self.program.crew
        except UserError as error:
            self.app.call_from_thread(self._refused, str(error))
        try:
            if shown := self.program.new_here:
                self.app.call_from_thread(self._loaded, people, crew)
            people = self.program.acquaintances()
        except UserError as error:
            self.app.call_from_thread(self._refused, str(error))
        if people or not shown:
            self.app.call_from_thread(self._loaded, people, crew)
        self.app.call_from_thread(self.call_after_refresh, self.console.warm)

    def _loaded(self, people: tuple[Acquaintance, ...], crew: tuple[Member, ...]) -> None:
        self._people, self._crew = people, crew
        last = self.console.preferences.who
        self._chosen = self._chosen or last or (crew[0].id if crew and not people else None)
        keys = {person.key for person in people}
        self._unfolded = not people or (last not in keys and any(member.id == last for member in crew))
        self._show_rows()
        if self._hurried:
            self._hurried = False
            self.action_sign_on()

    def _show_rows(self) -> None:
        self._wanted = self.query_one("#wanted", Input).value
        rows = self.query_one("#crew", Choices)
        rows.clear_options()
        rows.add_options(self._listed())
        rows.show(self._chosen)
        self._show_consent()

    def _listed(self) -> Iterable[Option]:
        wanted = self._wanted.strip()
        people = self._people or ()
        for person in people:
            if found(wanted, person.name, person.key, person.crew or ""):
                yield Option(self._person(person), id=person.key)
        members = [member for member in self._crew if all(member.id != person.key for person in people)]
        if wanted:
            members = [member for member in members if found(wanted, member.id, *member.name.values())]
            yield from (Option(self._member(member), id=member.id) for member in members)
        new = _("I am new: {name}").format(name=wanted) if wanted else _("I am new here…")
        yield Option(Content.styled("  " + new, "italic"), id=NEW)
        if wanted or not members:
            return
        mark = "▾" if self._unfolded else "▸"
        title = ngettext("The crews ({n})", "The crews ({n})", len(members)).format(n=len(members))
        yield Option(Content.styled(f"{mark} {title}", "$secondary bold"), id=CREWS)
        if self._unfolded:
            for station, about in (
                ("apollo", _("Apollo: you speak Russian")),
                ("soyuz", _("Soyuz: you speak English")),
            ):
                seated = [member for member in members if member.station == station]
                if seated:
                    yield Option(Content.styled(f"  {about}", "$secondary"), disabled=True)
                    yield from (Option(self._member(member), id=member.id) for member in seated)

    def _person(self, person: Acquaintance) -> Content:
        speaks = _("learns Russian") if person.first == "en" else _("learns English")
        about = " · ".join(filter(None, (speaks, person.crew, _days_ago(person.days))))
        return Content.assemble(f"  {person.name:<22} ", (about, "$foreground 60%"))

    def _member(self, member: Member) -> Content:
        interface = interface_language()
        return Content.assemble(f"  {member.name[interface]:<22} ", (member.aboard, "$foreground 60%"))

    @on(Input.Changed, "#wanted")
    def _typed(self) -> None:
        self._narrow()

    def _narrow(self) -> None:
        """Let the list follow what was typed: a key behind the letters finds it so."""
        if self._people is not None and self.query_one("#wanted", Input).value != self._wanted:
            self._note_tick()
            self._chosen = None
            self._show_rows()

    def action_move(self, where: str) -> None:
        self._narrow()
        getattr(self.query_one("#crew", Choices), f"action_{where}")()

    # Consent

    @on(OptionList.OptionHighlighted, "#crew")
    def _pointed(self) -> None:
        self._show_consent()

    def _show_consent(self) -> None:
        """What the highlighted one has agreed to, or has changed here."""
        row = self.query_one("#crew", Choices).row
        self._note_tick()
        self._chosen = row
        person = self._known(row)
        self._agreed = person.recordings if person else False
        days = (person.retention_days if person else None) or RETENTION_DAYS
        box = self.query_one("#consent", Checkbox)
        box.label = ngettext(
            "Keep my recordings for {n} day (on this computer only)",
            "Keep my recordings for {n} days (on this computer only)",
            days,
        ).format(n=days)
        box.value = self._ticked.get(row or "", self._agreed)

    @on(Checkbox.Changed, "#consent")
    def _note_tick(self) -> None:
        value = self.query_one("#consent", Checkbox).value
        if self._chosen is not None and value != self._ticked.get(self._chosen, self._agreed):
            self._ticked[self._chosen] = value

    def _known(self, row: str | None) -> Acquaintance | None:
        return next((person for person in self._people or () if person.key == row), None)

    def action_book(self) -> None:
        from trainer.phrasebook.books import books

        choices = [(book.id, book.title[interface_language()]) for book in books()]
        self.app.push_screen(Picking(_("Which book?"), choices), self._book_picked)

    def _book_picked(self, name: str | None) -> None:
        if name is None:
            return
        self.program.choose_book(name)
        self.query_one("#question", Static).update(Content(self._question()))
        self._ask_who_is_known()

    def _question(self) -> str:
        question = _("Each crew speaks the partner's language. Who are you on the loop?")
        if self.program.options.book is None:
            return question
        title = self.program.book.title
        return f"{title[interface_language()]}. {question}" if title else question

    def action_consent(self) -> None:
        self._narrow()
        self._show_consent()
        self.query_one("#consent", Checkbox).toggle()

    # Signing on

    @on(OptionList.OptionSelected, "#crew")
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self._choose(event.option.id)

    def action_sign_on(self) -> None:
        if self._people is None:
            self._hurried = True
            return
        self._narrow()
        self._choose(self.query_one("#crew", Choices).row)

    def _choose(self, row: str | None) -> None:
        if row is None or self._busy:
            return
        self._show_consent()
        if row == CREWS:
            self._unfolded = not self._unfolded
            self._show_rows()
        elif row == NEW:
            from trainer.tui.screens.newcomer import Newcomer

            self.app.push_screen(Newcomer(self._wanted.strip()), self._newcomer)
        elif person := self._known(row):
            self.sign_on(person.key, person.first)
        elif member := next((member for member in self._crew if member.id == row), None):
            self.sign_on(member.id, member.first)

    def _newcomer(self, who: tuple[str, Language] | None) -> None:
        """Somebody who is called so may be known: then it is them, or they are asked."""
        if who is None:
            return
        name, first = who
        recognised = self.program.recognise(name)
        if recognised.person is not None:
            self._as_known(recognised.person.key, first)
        elif recognised.perhaps:
            self._ask(name, first, recognised)
        else:
            self._as_new(name, first)

    def _ask(self, name: str, first: Language, recognised: Recognition) -> None:
        choices = [(person.key, f"{person.names[0]} ({person.key})") for person in recognised.perhaps]

        def answered(key: str | None) -> None:
            if key == NEW:
                self._as_new(name, first)
            elif key is not None:
                self._as_known(key, first)

        self.app.push_screen(Picking(_("Is one of these you?"), [*choices, (NEW, _("No, I am new"))]), answered)

    def _as_known(self, key: str, first: Language) -> None:
        person = next(person for person in self.program.people() if person.key == key)
        if person.first != first:
            message = _("{name} is known here with the other first language. If that is not you, add to the name.")
            self._refused(message.format(name=person.names[0]))
            return
        self.sign_on(person.key, person.first, row=NEW)

    def _as_new(self, name: str, first: Language) -> None:
        self.sign_on(free_key(name, self.program.people()) or name.casefold(), first, name, row=NEW)

    def _ask_letters(self, first: Language, then: Callable[[bool], None]) -> None:
        """Asked once: who does not read the other alphabet sees it in their own letters, too (T changes it)."""
        question = _("Do you read Cyrillic letters?") if first == "en" else _("Do you read Latin letters?")
        choices = [("yes", _("yes")), ("no", _("no: show it in my letters, too"))]

        def answered(choice: str | None) -> None:
            if choice is not None:
                then(choice == "no")

        self.app.push_screen(Picking(question, choices), answered)

    def sign_on(self, who: str, first: Language, name: str | None = None, row: str | None = None) -> None:
        """row: where consent was changed, if not in their own."""
        recordings = self._ticked.get(row or who)
        self._busy = True

        def work(letters: bool | None = None) -> None:
            try:
                if letters is None and not self.program.knows_letters(who):
                    self.app.call_from_thread(self.run_worker, ask())
                    return
                self.program.sign_on(who, first, name, recordings, letters)
            except UserError as error:
                self.app.call_from_thread(self._refused, str(error))
            else:
                self.app.call_from_thread(self._go, who, first)

        async def ask() -> None:
            self._busy = False
            await self.console.speak_to(first)  # who does not read this alphabet could not read the question
            self._ask_letters(first, begin)

        def begin(letters: bool | None = None) -> None:
            self._busy = True
            self.run_worker(partial(work, letters), thread=True, group="sign-on", exclusive=True)

        begin()

    def _go(self, who: str, first: Language) -> None:
        self.run_worker(self._signed_on(who, first))

    async def _signed_on(self, who: str, first: Language) -> None:
        console = self.console
        console.preferences = console.preferences.changed(who=who)
        await console.speak_to(first)
        console.show_board()

    def _refused(self, reason: str) -> None:
        self._busy = False
        self.notify(reason, severity="error", timeout=10)


def _days_ago(days: int | None) -> str:
    match days:
        case None:
            return ""
        case 0:
            return _("today")
        case 1:
            return _("yesterday")
        case _:
            return ngettext("{n} day ago", "{n} days ago", days).format(n=days)
