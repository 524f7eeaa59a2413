"""The phrasebook: every call of the mission in both languages, with search."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from trainer.errors import UserError
from trainer.languages import Language, other
from trainer.live.planning import of_others, of_others_told
from trainer.messages import N_, interface_language, ngettext
from trainer.messages import gettext as _
from trainer.phrasebook.phrase import Phrase
from trainer.tui.keys import bind
from trainer.tui.page import Page
from trainer.tui.screens.own_reading import OwnReadingPage
from trainer.tui.widgets.cells import cut, pad
from trainer.tui.widgets.field import Field
from trainer.wording import ATTESTED, SPEAKERS, held_name, letters_key

if TYPE_CHECKING:
    from trainer.drill.schedule import Held

# Mark and colour
HELD: "dict[Held, tuple[str, str]]" = {
    "new": ("· ", "$foreground 55%"), "begun": ("◐ ", "$text-warning"), "mastered": ("● ", "$text-success"),
    "due": ("↻ ", "$text-warning"),
}  # fmt: skip
ON_LIST = "list:"  # before the id of a row that stands in one's own list, too
MARGIN = 12  # cells before the call: star, mark and id


class PhrasebookPage(Page):
    heading = N_("Phrasebook")
    AUTO_FOCUS = "#search"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("escape", "app.pop_screen", N_("Back")),
        Binding("down", "to_list", N_("To the list"), show=False),
        Binding("ctrl+e", "hear('en')", N_("Hear"), key_display="^E ^R", priority=True),
        Binding("ctrl+r", "hear('ru')", N_("Hear it in Russian"), show=False, priority=True),
        Binding("ctrl+s", "say", N_("Say it"), priority=True),
        Binding("ctrl+t", "list", N_("List it"), priority=True),
        Binding("ctrl+y", "drill_list", N_("Drill my list"), priority=True),
        Binding("ctrl+n", "record", N_("Own voice"), priority=True),
        bind("slash", "search", N_("Search"), show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._wanted = ""
        self._shown: str | None = None
        self._held: dict[str, Held] = {}
        self._listed: tuple[str, ...] = ()

    def body(self) -> Iterable[Widget]:
        with Container(id="book"):
            with Vertical(id="book-list"):
                yield Field(self._wanted, placeholder=_("Search in both languages, or by id"), id="search")
                yield Static(id="count")
                yield OptionList(id="calls")
            with VerticalScroll(id="book-call", can_focus=False):
                yield Static(id="one")

    def fill(self) -> None:
        self.run_worker(self._load, thread=True, exclusive=True)

    def _load(self) -> None:
        try:
            _book = self.program.book
            self._held = self.program.held()
            self._listed = self.program.listed() if self.program.signed_on else ()
        except UserError as error:
            self.app.call_from_thread(self.notify, str(error), severity="error", timeout=10)
            return
        self.app.call_from_thread(self._show_list)

    def _show_list(self) -> None:
        book, calls = self.program.book, self.query_one("#calls", OptionList)
        searched = self._wanted.strip()
        found = list(book.search(self._wanted)) if searched else list(book.phrases)
        calls.clear_options()
        calls.add_options(map(self._row, found) if searched else self._by_phase())
        self.query_one("#count", Static).update(
            Content.styled(ngettext("{n} call", "{n} calls", len(found)).format(n=len(found)), "$foreground 60%")
        )
        ids = [option.id for option in calls.options]
        if found:
            first = next(at for at, option in enumerate(calls.options) if not option.disabled)
            calls.highlighted = ids.index(self._shown) if self._shown and self._shown in ids else first
        else:
            self.query_one("#one", Static).update(Content(_("Nothing fits. Try fewer letters.")))

    def _by_phase(self) -> Iterable[Option]:
        """One's own list, then all calls under the names of their phases."""
        book, interface = self.program.book, interface_language()
        if self._listed:
            yield Option(Content.styled(_("My list"), "bold $secondary"), disabled=True)
            for call in self._listed:
                if phrase := book.find(call):
                    yield self._row(phrase, ON_LIST)
        phase = None
        for phrase in book.phrases:
            if phrase.phase != phase:
                phase = phrase.phase
                yield Option(Content.styled(book.phase(phase).name[interface], "bold $secondary"), disabled=True)
            yield self._row(phrase)

    def _row(self, phrase: Phrase, before: str = "") -> Option:
        """A call and what it means, side by side. before: of its id, where the call stands in the list twice."""
        interface, narrow = interface_language(), self.has_class("-narrow")
        room = self.app.size.width - 6 if narrow else (self.app.size.width - 6) * 3 // 5
        half = max(10, (room - MARGIN) // 2)
        said = self.reader.call(phrase.text(other(interface)), other(interface))
        star = ("★", "$accent") if phrase.id in self._listed else (" ", "")
        name = pad(cut(self.program.book.name_of(phrase.id), 8), 9)
        row = Content.assemble(
            star, self._mark(phrase), (name, "$foreground 55%"), pad(cut(said, half - 1), half),
            (cut(phrase.text(interface), half), "$foreground 70%"),
        )  # fmt: skip
        return Option(row, id=before + phrase.id)

    def _mark(self, phrase: Phrase) -> tuple[str, str]:
        """How a call of one's own sits."""
        return HELD[self._held[phrase.id]] if phrase.id in self._held else ("  " if self._held else "", "")

    @on(Input.Changed, "#search")
    def _searched(self, event: Input.Changed) -> None:
        if event.value != self._wanted:
            self._wanted = event.value
            self._show_list()

    @on(Input.Submitted, "#search")
    def action_to_list(self) -> None:
        self.query_one("#calls").focus()

    def action_search(self) -> None:
        self.query_one("#search").focus()

    @on(OptionList.OptionHighlighted, "#calls")
    def _pointed(self, event: OptionList.OptionHighlighted) -> None:
        self._shown = event.option.id
        self.refresh_bindings()
        phrase = self.program.book.find(self._call)
        if phrase is not None:
            self.query_one("#one", Static).update(Content("\n").join(self._about(phrase)))

    def _about(self, phrase: Phrase) -> Iterable[Content]:
        interface = interface_language()
        book = self.program.book
        phase = book.phase(phrase.phase).name[interface]
        yield Content.styled(f"{book.name_of(phrase.id)} · {phase} · {SPEAKERS[phrase.speaker]()}", "$foreground 60%")
        if held := self._held.get(phrase.id):
            mark, colour = HELD[held]
            yield Content.assemble((mark, colour), held_name(held))
        for language in (other(interface), interface):
            yield Content("")
            yield Content.styled(phrase.text(language), "bold")
            ipa, _letters = self.program.readings(phrase, language)
            letters = self.reader.read(phrase.text(language), language)
            if ipa:
                yield Content.styled(f"[{ipa}]", "$foreground 80%")
            if letters:
                yield Content.styled(letters, "italic $foreground 80%")
                yield Content.styled(letters_key(letters, language), "$foreground 60%")
            if phrase.status == "historic":
                attested = phrase.attested.en if language == "en" else phrase.attested.ru
                yield Content.styled(ATTESTED[attested](), "$foreground 55%")
        yield Content("")
        if phrase.status == "reconstructed":
            yield Content.styled(
                _("Reconstructed: a call of this kind belongs here, these words are ours."), "$foreground 55%"
            )
        for key in phrase.source:
            if key in book.sources:
                yield Content.styled(_("source") + f": {book.sources[key].title}", "$foreground 55%")
        if phrase.note:
            yield Content.styled(phrase.note[interface], "$foreground 70%")
        for answered in phrase.answers:
            if cue := book.find(answered):
                yield Content.styled(_("answers") + f" {cue.id}: {cue.text(interface)}", "$foreground 55%")

    def action_say(self, *, listed: bool = False) -> None:
        from trainer.tui.operator import Operator
        from trainer.tui.screens.drill import DrillPage

        try:
            plan = self.program.plan_listed() if listed else self.program.plan_call(self._call)
        except UserError as error:
            self.notify(str(error), severity="warning")
        else:
            self.app.push_screen(DrillPage(Operator(plan)))

    def action_drill_list(self) -> None:
        self.action_say(listed=True)

    def action_list(self) -> None:
        """On one's own list, or off it again."""
        call = self._call
        try:
            if call in self._listed:
                self.program.take_off_list(call)
            else:
                self.program.put_on_list(call)
                if others := of_others(self.program.book, self.program.seat, [call]):
                    self.notify(of_others_told(self.program.book, others))
            self._listed = self.program.listed()
        except UserError as error:
            self.notify(str(error), severity="warning")
            return
        self._shown = call
        self._show_list()
        self.refresh_bindings()

    @property
    def _call(self) -> str:
        """The call that is highlighted."""
        return (self._shown or "").removeprefix(ON_LIST)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "say":
                return self._call in self._held
            case "list":
                return self.program.signed_on and bool(self._call)
            case "drill_list":
                return bool(self._listed)
        return True

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        match action:
            case "drill_list" if self.program.signed_on:
                return _("No call is on your list yet: ^T puts the marked one there.")
            case "say" if self._call and self.program.signed_on:
                return _("This call is not yours to say.")
        return _("Sign on first.") if action in ("say", "list", "drill_list") and not self.program.signed_on else ""

    def action_record(self) -> None:
        """In the language of whoever is signed on: they are the native."""
        phrase = self.program.book.find(self._call)
        if phrase is not None:
            language = self.program.first if self.program.signed_on else interface_language()
            self.app.push_screen(OwnReadingPage(phrase, language))

    def action_hear(self, language: str) -> None:
        phrase = self.program.book.find(self._call)
        if phrase is None:
            return
        wanted: Language = "ru" if language == "ru" else "en"

        def play() -> None:
            try:
                heard = self.program.let_hear(phrase, wanted)
            except UserError as error:
                self.app.call_from_thread(self.notify, str(error), severity="warning")
                return
            if not heard:
                self.app.call_from_thread(self.notify, _("There is no recording of this call."), severity="warning")

        self.run_worker(play, thread=True, group="hear", exclusive=True)
