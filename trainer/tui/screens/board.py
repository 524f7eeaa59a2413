"""The mission board: phases on the timeline, how far each is mastered, what is due, and which kind of drill."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from trainer.drill.plan import MODES, Mode
from trainer.errors import UserError
from trainer.live.board import PhaseRow
from trainer.messages import N_, interface_language, ngettext
from trainer.messages import gettext as _
from trainer.tui.bands import bar
from trainer.tui.keys import bind
from trainer.tui.page import Page
from trainer.tui.screens.phase import with_phase
from trainer.tui.widgets.choices import Choices
from trainer.tui.widgets.masthead import Masthead
from trainer.tui.widgets.modes import ModeBar
from trainer.wording import (
    assignment_told,
    clock,
    comment_told,
    mode_name,
    mode_words,
    names_in,
    today_told,
    unfinished_told,
)

if TYPE_CHECKING:
    from trainer.drill.offers import Offer
    from trainer.live.today import Today
    from trainer.records.inbox import Inbox

ALL = "all-phases"
BAR = 10
NAME = 34  # cells of a phase's name
FIRST_DUE = 2  # assignments that are told here; the page of all of them is one key away


class Board(Page):
    heading = N_("Mission board")
    AUTO_FOCUS = "#phases"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("enter", "drill", N_("Start the drill")),
        *(bind(str(i + 1), f"mode('{mode}')", "", show=False) for i, mode in enumerate(MODES)),
        bind("tab", "next_mode", N_("Kind of drill")),
        bind("r", "take_up", N_("Go on"), show=False),
        bind("w", "pair", N_("In pairs")),
        bind("t", "app.open('training')", N_("Train")),
        bind("m", "mouth", N_("Mouth"), show=False),
        bind("e", "ear", N_("Ear"), show=False),
        bind("i", "inbox", N_("From the instructor"), show=False),
        bind("p", "app.open('progress')", N_("Progress")),
        bind("b", "app.open('phrasebook')", N_("Phrasebook")),
        bind("c", "app.open('audio')", N_("Audio check")),
        bind("s", "app.open('settings')", N_("Settings")),
        bind("d", "app.demo", N_("Demo"), show=False),
        bind("o", "sign_off", N_("Sign off")),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[PhaseRow, ...] = ()
        self._offers: tuple[Offer, ...] = ()
        self._inbox: Inbox | None = None
        self._today: Today | None = None

    @property
    def _phase(self) -> str:
        """The row that is pointed at; on a board that is opened anew, that of the one before."""
        return self.console.pointed or ALL

    @property
    def mode(self) -> Mode:
        known = self.console.preferences.mode
        return next((mode for mode in MODES if mode == known), "echo")

    def body(self) -> Iterable[Widget]:
        yield ModeBar(self.mode)
        yield Static(id="today")
        with Vertical(id="given"):
            yield Static(id="given-head")
            yield Static(id="asked")
            yield Static(id="said")
        with Horizontal(id="board"):
            with Vertical(id="phase-box"):
                yield Choices(id="phases")
            with VerticalScroll(id="phase-about", can_focus=False):
                yield Static(id="about")

    def fill(self) -> None:
        if self._rows:
            self._show_rows()
        self._show_today()
        self._show_inbox()
        self.run_worker(self._load, thread=True, exclusive=True, group="board")

    def on_screen_resume(self) -> None:
        if self.is_mounted:
            self._opening("")
            self.run_worker(self._load, thread=True, exclusive=True, group="board")

    def _load(self) -> None:
        try:
            rows, self._offers = self.program.board(), self.program.offers()
            self._inbox, self._today = self.program.inbox(), self.program.today(rows)
        except UserError as error:
            self.app.call_from_thread(self.notify, str(error), severity="error", timeout=10)
        else:
            self.app.call_from_thread(self._loaded, rows)

    def _loaded(self, rows: tuple[PhaseRow, ...]) -> None:
        self._rows = rows
        if not self.query("#phases"):  # just being left
            return
        self._show_rows()
        self._show_today()
        self._show_inbox()
        self.refresh_bindings()

    def _show_rows(self) -> None:
        options = self.query_one("#phases", OptionList)
        wanted = self._phase
        options.clear_options()
        options.add_option(Option(self._all(), id=ALL))
        options.add_options(Option(self._line(row), id=row.id) for row in self._rows)
        known = [option.id for option in options.options]
        options.highlighted = known.index(wanted) if wanted in known else 0
        self._show_about()

    def _show_today(self) -> None:
        """What to do today, and the drill that was broken off."""
        line = self.query_one("#today", Static)
        line.display = self._today is not None
        if self._today is not None:
            line.update(Content("\n").join([*_told(self._today), *self._needs()]))

    def _show_inbox(self) -> None:
        """What is asked, the earliest due first, and the newest of what was said."""
        box, now = self._inbox, self.program.options.now()
        self.query_one("#given").display = self._given
        if box is None or not self._given:
            return
        head = _("From the instructor ({n})").format(n=len(box.assignments) + len(box.comments))
        self.query_one("#given-head", Static).update(
            Content.assemble(("I ", "bold $accent"), (head, "$foreground 70%"))
        )
        names = names_in(self.program.book)
        asked, said = self.query_one("#asked", Static), self.query_one("#said", Static)
        asked.update(
            Content("\n").join(
                Content.styled(
                    f"◇ {assignment_told(progress, now, names)}",
                    "$text-warning" if progress.standing(now) == "overdue" else "",
                )
                for progress in box.assignments[:FIRST_DUE]
            )
        )
        said.update(Content(f"● {comment_told(box.comments[0], names)}" if box.comments else ""))
        asked.display, said.display = bool(box.assignments), bool(box.comments)

    @property
    def _given(self) -> bool:
        """Whether an instructor asked or said anything."""
        return self._inbox is not None and bool(self._inbox.assignments or self._inbox.comments)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "inbox":
                return self._given
            case "take_up":
                return self._today is not None and self._today.unfinished is not None
            case _:
                return True

    def action_take_up(self) -> None:
        if self._today is not None and self._today.unfinished is not None:
            self.console.take_up(self._today.unfinished)

    def action_inbox(self) -> None:
        self.console.action_open("inbox")

    def _all(self) -> Content:
        due = sum(row.due for row in self._rows)
        text = Content.assemble(("▸ ", "$accent"), (_("What is next for me"), "bold"))
        if due:
            text += Content.styled("  " + ngettext("{n} call due", "{n} calls due", due).format(n=due), "$text-warning")
        return text

    def _line(self, row: PhaseRow) -> Content:
        name = row.name[interface_language()]
        style = "" if row.reached else "$foreground 65%"
        get = clock(row.get) if row.get is not None else "·" * 9
        if row.mastery is None:
            return Content.assemble((f"{get} ", "$foreground 40%"), ("  ", ""), (_cut(name, NAME), "$foreground 35%"))
        done, count = row.mastery.known, row.mastery.calls
        mark = "●" if row.mastery.passed else ("◐" if done else "○")
        colour = "$text-success" if row.mastery.passed else ("$text-warning" if done else "$foreground 50%")
        return Content.assemble(
            (f"{get} ", "$foreground 50%"), (f"{mark} ", colour), (_cut(name, NAME), style),
            " ", bar(done / count, BAR, colour), (f"{done:2}/{count:<2}", colour),
            (f"{row.due:3} " + "↻" if row.due else "", "$text-warning"),
        )  # fmt: skip

    @on(OptionList.OptionHighlighted, "#phases")
    def _pointed(self, event: OptionList.OptionHighlighted) -> None:
        self.console.pointed = event.option.id or ALL
        self._show_about()

    @on(OptionList.OptionSelected, "#phases")
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self._begin(event.option.id or ALL)

    @on(ModeBar.Chosen)
    def _chosen(self, event: ModeBar.Chosen) -> None:
        self.action_mode(event.mode)

    def action_mode(self, mode: Mode) -> None:
        self.console.preferences = self.console.preferences.changed(mode=mode)
        self.query_one(ModeBar).mode = mode
        self._show_about()

    def action_next_mode(self) -> None:
        self.action_mode(MODES[(MODES.index(self.mode) + 1) % len(MODES)])

    def _show_about(self) -> None:
        interface = interface_language()
        row = next((row for row in self._rows if row.id == self._phase), None)
        parts: list[Content] = [
            Content.styled(mode_name(self.mode), "bold $accent"),
            Content(mode_words(self.mode).about),
            Content(""),
        ]
        if row is None:
            parts += [
                Content.styled(_("What is next for me"), "bold"),
                Content(_("What is due again, what trains your weak sounds, and new calls, from all open phases.")),
            ]
        else:
            parts.append(Content.styled(row.name[interface], "bold"))
            if row.summary:
                parts.append(Content(row.summary[interface]))
            parts.append(Content(""))
            parts += self._state(row)
        self.query_one("#about", Static).update(Content("\n").join(parts))

    def _needs(self) -> Iterable[Content]:
        """What to train beside calls, in one line."""
        told, target = [], self.program.seat.target
        if mouth := self._offered("mouth"):
            told.append(("M", _("the mouth needs [{item}]").format(item=self.reader.phone(mouth[0], target))))
        if ear := self._offered("ear"):
            pairs = ", ".join(self.reader.contrast(pair, target) for pair in ear)
            told.append(("E", _("the ear needs {item}").format(item=pairs)))
        if told:
            needs = [Content.assemble((f"{key} ", "bold $accent"), (text, "$text-warning")) for key, text in told]
            yield Content("   ").join(needs)

    def _offered(self, kind: str) -> list[str]:
        return [offer.item for offer in self._offers if offer.kind == kind]

    def action_mouth(self) -> None:
        """The ladder of the sound that is offered; where none is, of one that the language is known for."""
        from trainer.tui.screens.mouth import MouthPage

        offered = self._offered("mouth")
        self.app.push_screen(MouthPage(lambda one: one.ladder(offered[0])) if offered else MouthPage())

    def action_ear(self) -> None:
        """What the learner confuses; where nothing is offered, what comes next."""
        from trainer.tui.screens.ear import EarPage

        self.app.push_screen(EarPage(self._offered("ear")))

    def _state(self, row: PhaseRow) -> Iterable[Content]:
        if row.mastery is None:
            yield Content(_("Nothing in this phase is yours to say."))
            return
        yield Content(ngettext("{n} call of yours", "{n} calls of yours", row.calls).format(n=row.calls))
        yield Content(_("{n} of {all} known").format(n=row.mastery.known, all=row.calls))
        if row.mastery.known:
            told = _("{n} of {all} mastered: said well on different days").format(n=row.mastery.mastered, all=row.calls)
            yield Content.styled(told, "$text-success" if row.mastery.passed else "")
        if row.due:
            yield Content.styled(
                ngettext("{n} call due again", "{n} calls due again", row.due).format(n=row.due), "$text-warning"
            )
        if not row.reached:
            yield Content.styled(_("Opens when the phase before is known; you may go ahead."), "$foreground 60%")

    @property
    def _row(self) -> str:
        """The phase that is highlighted now, whether or not the screen has heard of it yet."""
        return self.query_one("#phases", Choices).row or self._phase

    def action_drill(self) -> None:
        self._begin(self._row)

    def _begin(self, row: str) -> None:
        mode = self.mode
        phase = None if row == ALL else row
        with_phase(self.app, self._rows, mode, phase, lambda phase: self._begin_drill(mode, phase))

    def _begin_drill(self, mode: Mode, phase: str | None) -> None:
        def work() -> None:
            try:
                self.console.begin(mode, phase)
            except UserError as error:
                self.app.call_from_thread(self._opening, "")
                self.app.call_from_thread(self.notify, str(error), severity="warning", timeout=8)

        self._opening(_("opening…"))
        self.run_worker(work, thread=True, exclusive=True, group="begin")

    def _opening(self, note: str) -> None:
        self.query_one(Masthead).clock = note

    def action_pair(self) -> None:
        from trainer.tui.screens.partner import PartnerPage

        phase = None if self._row == ALL else self._row
        self.app.push_screen(PartnerPage(self.mode, phase, self._rows))

    def action_sign_off(self) -> None:
        from trainer.tui.screens.sign_on import SignOn

        self.program.who = ""
        self.app.switch_screen(SignOn())


def _told(today: "Today") -> Iterable[Content]:
    week = "".join("●" if drilled else "·" for drilled in today.week)
    yield Content.assemble(
        (_("Today: "), "$foreground 60%"), today_told(today),
        ("   " + _("this week") + " ", "$foreground 60%"), (week, "$text-success"),
    )  # fmt: skip
    if unfinished := today.unfinished:
        yield Content.assemble(("R ", "bold $accent"), (unfinished_told(unfinished), "$text-warning"))


def _cut(text: str, width: int) -> str:
    return f"{text if len(text) <= width else text[: width - 1] + '…':<{width}}"
