"""The instructor's desk: who is in the class, how far they are, what they are to drill, and sign-off."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from trainer.data_folder import at_home
from trainer.errors import UserError
from trainer.messages import N_, interface_language, ngettext
from trainer.messages import gettext as _
from trainer.phrasebook.phases import Phases
from trainer.records import assignments, instructors, roster
from trainer.records.assignments import Progress, SignOff
from trainer.records.learners import Learner
from trainer.records.queries import SessionSummary
from trainer.records.review import LENGTH
from trainer.records.store import Store
from trainer.reports.needs import Need, what_to_do, why
from trainer.scoring.points import PASS_MARK
from trainer.tui.keys import bind
from trainer.tui.page import Page
from trainer.tui.screens.question import Question
from trainer.tui.widgets.cells import cut, pad
from trainer.tui.widgets.field import Field
from trainer.wording import (
    asked_already,
    asked_told,
    forgotten_told,
    language_mark,
    mode_name,
    names_in,
    signed_off_already,
    standing_name,
)

SESSIONS = 8  # of a learner that are shown, the newest


@dataclass(frozen=True)
class Class:
    """All that the desk shows, read at one moment. learners: those who need help first; needs: theirs, by key."""

    learners: tuple[Learner, ...]
    sessions: tuple[SessionSummary, ...]
    assigned: tuple[Progress, ...]
    signed: tuple[SignOff, ...]
    needs: Mapping[str, Need]

    def sessions_of(self, key: str) -> list[SessionSummary]:
        return [one for one in self.sessions if key in (learner for _seat, learner in one.seats)]

    def assigned_to(self, key: str) -> list[Progress]:
        return [one for one in self.assigned if one.assignment.learner == key]


class DeskPage(Page):
    heading = N_("Instructor's desk")
    AUTO_FOCUS = "#desk-filter"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("escape", "app.pop_screen", N_("Back")),
        Binding("down", "to_list", N_("To the list"), show=False),
        Binding("ctrl+o", "roster", N_("Import a roster"), priority=True),
        Binding("ctrl+g", "assign", N_("Assign a drill"), priority=True),
        Binding("ctrl+s", "sign_off", N_("Sign off an assignment"), priority=True),
        Binding("ctrl+r", "review", N_("Review"), priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._class: Class | None = None
        self._who = ""
        self._locked = False  # whoever sits here has told a PIN, and signs by that name alone
        self._wanted = ""
        self._shown: str | None = None

    def body(self) -> Iterable[Widget]:
        with Container(id="class"):
            with Vertical(id="class-list"):
                yield Field(self._wanted, placeholder=_("Filter by name, crew or standing"), id="desk-filter")
                yield Static(id="class-count")
                yield OptionList(id="learners")
            with VerticalScroll(id="class-one", can_focus=False):
                yield Static(id="learner")

    def fill(self) -> None:
        if self._class is not None:
            self._show()
        elif self.program.store is not None and not self._who and (known := instructors.names(self.program.store)):
            self._ask_who(known)
        else:
            self._who = self._who or instructors.account()
            self._tell_forgotten()
            self.run_worker(self._load, thread=True, exclusive=True)

    def _ask_who(self, known: tuple[str, ...]) -> None:
        """Those who have a PIN, and nobody else."""

        def chosen(values: tuple[str, ...] | None) -> None:
            if values is None:
                self.app.pop_screen()
                return
            name, pin = values
            try:
                self._who = instructors.signer(self._store(), name, lambda _name: pin)
                self._locked = True
            except UserError as error:
                self.notify(str(error), severity="error")
            self.fill()

        name = known[0] if len(known) == 1 else ""
        self.app.push_screen(
            Question(_("The desk is the instructor's"), ((_("Name"), name), (_("PIN"), "")), secret=1), chosen
        )

    def _tell_forgotten(self) -> None:
        if self.program.store is not None and (gone := instructors.forgotten(self.program.store)):
            self.notify(forgotten_told(gone), severity="warning", timeout=20)

    def _load(self) -> None:
        try:
            found = read(self._store(), Phases.of(self.program.book))
        except UserError as error:
            self.app.call_from_thread(self.notify, str(error), severity="error", timeout=10)
            return
        self.app.call_from_thread(self._loaded, found)

    def _store(self) -> Store:
        """Raises UserError where this console keeps nothing."""
        if (store := self.program.store) is None:
            raise UserError(_("this console keeps no records, so there is no class."))
        return store

    def _loaded(self, found: Class) -> None:
        self._class = found
        self._show()

    def _show(self) -> None:
        assert self._class is not None
        listed = self.query_one("#learners", OptionList)
        found = [one for one in self._class.learners if self._fits(one)]
        listed.clear_options()
        listed.add_options(Option(self._row(one), id=one.key) for one in found)
        text = ngettext("{n} learner", "{n} learners", len(found)).format(n=len(found))
        self.query_one("#class-count", Static).update(Content.styled(text, "$foreground 60%"))
        keys = [one.key for one in found]
        if found:
            listed.highlighted = keys.index(self._shown) if self._shown in keys else 0
        else:
            self.query_one("#learner", Static).update(Content(_("Nobody yet: ^O imports a roster.")))

    def _fits(self, one: Learner) -> bool:
        assert self._class is not None
        standings = [_standing(progress) for progress in self._class.assigned_to(one.key)]
        needs = _("needs help") if one.key in self._class.needs else ""
        haystack = " ".join([one.name, one.key, one.crew or "", needs, *standings]).casefold()
        return all(word in haystack for word in self._wanted.casefold().split())

    def _row(self, one: Learner) -> Content:
        assert self._class is not None
        asked = self._class.assigned_to(one.key)
        standing = f"{asked[0].done}/{asked[0].assignment.calls} {_standing(asked[0])}" if asked else ""
        return Content.assemble(
            ("▲ " if one.key in self._class.needs else "  ", "$text-warning"),
            pad(cut(one.name, 22), 23),
            (pad(cut(one.crew or "", 14), 15), "$foreground 60%"),
            (standing, "$accent"),
        )

    @on(Input.Changed, "#desk-filter")
    def _filtered(self, event: Input.Changed) -> None:
        if event.value != self._wanted:
            self._wanted = event.value
            if self._class is not None:
                self._show()

    @on(Input.Submitted, "#desk-filter")
    def action_to_list(self) -> None:
        self.query_one("#learners").focus()

    @on(OptionList.OptionHighlighted, "#learners")
    def _pointed(self, event: OptionList.OptionHighlighted) -> None:
        self._shown = event.option.id
        one = next((one for one in self._class.learners if one.key == self._shown), None) if self._class else None
        if one is not None:
            self.query_one("#learner", Static).update(Content("\n").join(self._about(one)))

    def _about(self, one: Learner) -> Iterable[Content]:
        assert self._class is not None
        dim = "$foreground 60%"
        yield Content.styled(one.name, "bold")
        allowed = _("recordings are kept") if one.recordings else _("no recordings are kept")
        yield Content.styled(" · ".join(filter(None, (one.key, language_mark(one.first), one.crew, allowed))), dim)
        yield Content("")
        if need := self._class.needs.get(one.key):
            yield Content.styled(f"▲ {_('needs help')}: {why(need)}", "$text-warning")
            yield Content(f"→ {what_to_do(need)}")
            yield Content("")
        yield Content.styled(_("Assignments"), "bold")
        asked = self._class.assigned_to(one.key)
        for progress in asked:
            yield Content(f"{progress.done}/{progress.assignment.calls}  {self._asked(progress)}")
            points = "" if progress.points is None else _("{n} points on average").format(n=f"{progress.points:.0f}")
            yield Content.styled("     " + " · ".join(filter(None, (_standing(progress), points))), dim)
        if not asked:
            yield Content.styled(_("None: ^G assigns a drill."), dim)
        yield Content("")
        yield Content.styled(_("Sessions"), "bold")
        sat = self._class.sessions_of(one.key)[:SESSIONS]
        for session in sat:
            points = "–" if session.points is None else f"{session.points:.0f}"
            phase = next(
                (one.name[interface_language()] for one in self.program.book.phases if one.id == session.phase), ""
            )
            where = " · ".join(filter(None, (mode_name(session.mode), phase)))
            yield Content(f"{session.opened.astimezone():%Y-%m-%d %H:%M}  {points:>3}  {cut(where, 24)}")
        if not sat:
            yield Content.styled(_("No sessions yet."), dim)
        for judged in (judged for judged in self._class.signed if judged.learner == one.key):
            yield Content("")
            result = _("passed") if judged.passed else _("more is needed")
            yield Content.styled(f"{judged.at.astimezone():%Y-%m-%d}  {judged.by}: {result}", dim)
            if judged.comment:
                yield Content(judged.comment)

    def _asked(self, progress: Progress) -> str:
        asked = progress.assignment
        return asked_told(asked.phases, asked.call_ids, None, names_in(self.program.book))

    # What an instructor does

    def action_roster(self) -> None:
        def chosen(values: tuple[str, ...] | None) -> None:
            if values and values[0]:
                self._do(lambda store: roster.enrol(store, roster.read(at_home(values[0]))))

        question = Question(_("Import a roster"), ((_("CSV file: name, first (en or ru), crew, key"), ""),))
        self.app.push_screen(question, chosen)

    def action_assign(self) -> None:
        shown = [option.id for option in self.query_one("#learners", OptionList).options if option.id]
        if not shown:
            return
        who = ngettext("To {n} learner in the list", "To all {n} learners in the list", len(shown))

        def chosen(values: tuple[str, ...] | None) -> None:
            if values:
                self._do(lambda store: self._assign(store, shown, *values))

        fields = (
            (_("Phases, with spaces between; none: any"), ""), (_("How many different calls"), "10"),
            (_("Pass mark"), f"{PASS_MARK:.0f}"),
        )  # fmt: skip
        self.app.push_screen(Question(f"{_('Assign a drill')}: {who.format(n=len(shown))}", fields), chosen)

    def _assign(self, store: Store, who: list[str], phases: str, calls: str, mark: str) -> None:
        wanted = phases.replace(",", " ").split()
        known = [phase.id for phase in self.program.book.phases]
        for phase in wanted:
            if phase not in known:
                message = _("there is no phase {phase}. There are: {phases}.")
                raise UserError(message.format(phase=phase, phases=", ".join(known)))
        try:
            number, points = int(calls), float(mark.replace(",", "."))
        except ValueError as error:
            raise UserError(
                _("an assignment needs at least one call and a pass mark from 0 to 100.")
            ) from error  # fmt: skip
        given = assignments.assign(store, who, phases=wanted, calls=number, pass_mark=points)
        if before := [one.learner for one in given if one.already]:
            self.app.call_from_thread(self.notify, asked_already(before))

    def action_sign_off(self) -> None:
        asked = self._class.assigned_to(self._shown) if self._class and self._shown else []
        if not asked:
            self.notify(_("None: ^G assigns a drill."), severity="warning")
            return

        one = next((one for one in asked if not one.closed), asked[0])  # what still waits goes first

        def chosen(values: tuple[str, ...] | None) -> None:
            if values:
                comment, passed = values[-2:]
                by = self._who if self._locked else values[0]
                said = passed.strip().casefold() not in ("n", "no", "н", "нет")
                number = one.assignment.id
                self._do(lambda store: self._sign_off(store, by, number, said, comment))

        who = () if self._locked else ((_("Who signs"), self._who),)
        fields = (*who, (_("Comment"), ""), (_("Passed? yes or no"), _("yes")))
        self.app.push_screen(Question(f"{_('Sign off an assignment')}: {self._asked(one)}", fields), chosen)

    def _sign_off(self, store: Store, by: str, number: int, passed: bool, comment: str) -> None:
        if not assignments.sign_off(store, by, assignment=number, passed=passed, comment=comment):
            self.app.call_from_thread(self.notify, signed_off_already(by))

    def action_review(self) -> None:
        from trainer.tui.screens.review import Review, ReviewPage

        self.app.push_screen(ReviewPage(Review(self._who, LENGTH)))

    def _do(self, what: Callable[[Store], object]) -> None:
        """In a thread, and show the class anew."""

        def work() -> None:
            try:
                what(self._store())
            except UserError as error:
                self.app.call_from_thread(self.notify, str(error), severity="error", timeout=10)
                return
            self._load()

        self.run_worker(work, thread=True, group="desk")


def read(store: Store, phases: Phases) -> Class:
    from trainer.reports.gather import class_needs  # NumPy

    needs = {need.person.key: need for need in class_needs(store, phases, (), datetime.now(UTC))}
    urgency = {key: n for n, key in enumerate(needs)}
    listed = sorted(store.learners(), key=lambda one: (urgency.get(one.key, len(needs)), one.crew or "", one.name))
    return Class(
        tuple(listed), tuple(store.sessions()), assignments.progress(store, phases), assignments.signed(store), needs
    )


def _standing(progress: Progress) -> str:
    return standing_name(progress.standing(datetime.now(UTC)))
