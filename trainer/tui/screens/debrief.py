"""The debrief: every answer of the drill, what was good enough, and the sounds to work on."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from trainer.drill.debrief import poor_sounds
from trainer.drill.events import Assessed, Event
from trainer.drill.plan import Plan, Seat
from trainer.drill.session import Attempt, State
from trainer.errors import UserError
from trainer.messages import N_, interface_language, ngettext
from trainer.messages import gettext as _
from trainer.phones.inventory import sound
from trainer.tui.bands import MISSING, bar, mark, style
from trainer.tui.keys import bind
from trainer.tui.page import Page
from trainer.tui.widgets.cells import cut, pad
from trainer.wording import clock, comment_told, mode_name, nothing_poor, remark

if TYPE_CHECKING:
    from trainer.records.inbox import Comment


class Debrief(Page):
    heading = N_("Debrief")
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("enter,escape", "board", N_("Mission board")),
        bind("a", "again", N_("Another drill like this")),
        bind("p", "app.open('progress')", N_("Progress")),
    ]

    def __init__(self, state: State, events: Sequence[Event], *, again: bool = True) -> None:
        """again: whether another drill like this can be opened from here."""
        super().__init__()
        self._again = again
        self._state = state
        self._events = events
        self._comments: tuple[Comment, ...] = ()

    def body(self) -> Iterable[Widget]:
        yield Static(id="summary")
        with Container(id="debrief"):
            with VerticalScroll(id="answers"):
                yield Static(id="answer-list")
            with VerticalScroll(id="work-on", can_focus=False):
                yield Static(id="sound-list")

    def on_mount(self) -> None:
        if self.program.signed_on and self._state.plan is not None:
            self.run_worker(partial(self._load, self._state.plan.session), thread=True)

    def _load(self, session: str) -> None:
        try:
            comments = self.program.comments(session)
        except UserError as error:
            self.app.call_from_thread(self.notify, str(error), severity="error", timeout=10)
        else:
            self.app.call_from_thread(self._loaded, comments)

    def _loaded(self, comments: "tuple[Comment, ...]") -> None:
        self._comments = comments
        if comments and self.is_attached and not self.relabelling:
            self.fill()

    def fill(self) -> None:
        self.query_one("#summary", Static).update(Content("\n").join(self._summary()))
        self.query_one("#answer-list", Static).update(Content("\n").join(self._answers()))
        self.query_one("#sound-list", Static).update(Content("\n").join(self._sounds()))

    def _summary(self) -> Iterable[Content]:
        plan, tries = self._state.plan, self._state.attempts
        if plan is None or not tries:
            yield Content(_("Nothing was said in this session."))
            return
        if len(plan.seats) > 1:
            for seat in plan.seats:
                if own := self._state.of(seat.id):
                    yield _mean(own, f"{seat.name} · {seat.target.upper()} · {_good(own, plan.pass_mark)}")
            yield Content.styled(f"{mode_name(plan.mode)} · {clock(self._state.at)[1:]}", "$foreground 70%")
            return
        yield _mean(tries, _("points on average"))
        yield Content.styled(
            f"{mode_name(plan.mode)} · {_good(tries, plan.pass_mark)} · {clock(self._state.at)[1:]}", "$foreground 70%"
        )

    @property
    def _seats(self) -> tuple[Seat, ...]:
        """Those whose scores are kept apart."""
        seats = self._state.plan.seats if self._state.plan else ()
        return seats if len(seats) > 1 else ()

    def _answers(self) -> Iterable[Content]:
        lines = {(event.turn, event.at): event for event in self._events if isinstance(event, Assessed)}
        if self._comments:
            yield Content.styled(_("From the instructor"), "bold $secondary")
            names = {phase.id: phase.name[interface_language()] for phase in self.program.book.phases}
            yield from (Content.styled(f"● {comment_told(comment, names)}", "$accent") for comment in self._comments)
            yield Content("")
        title = _("Answers")
        for seat in self._seats or (None,):
            yield Content.styled(f"{title} · {seat.name}" if seat else title, "bold $secondary")
            for attempt in self._state.of(seat.id) if seat else self._state.attempts:
                event = lines.get((attempt.turn, attempt.at))
                yield self._answer(attempt, event.assessment.text if event else "")

    def _answer(self, attempt: Attempt, text: str) -> Content:
        colour = style(attempt.points)
        score = f"{attempt.points:3.0f} {mark(attempt.points)}" if attempt.call else f"  – {MISSING}"
        late = "  " + _("{late:.1f} s late").format(late=attempt.late) if attempt.late else ""
        note = remark(attempt, self._state.plan.pass_mark if self._state.plan else None)
        return Content.assemble(
            (f"{score} ", colour), (pad(cut(attempt.asked, 10), 11), "$foreground 60%"), text,
            (late + (f"  {note}" if note else ""), "$text-warning"),
        )  # fmt: skip

    def _sounds(self) -> Iterable[Content]:
        said = [event for event in self._events if isinstance(event, Assessed)]
        title = _("Work on")
        if not self._seats:
            yield Content.styled(title, "bold $secondary")
            yield from self._weak(said, len(self._state.attempts))
        for seat in self._seats:
            if own := [event for event in said if event.seat == seat.id]:
                yield Content.styled(f"{title} · {seat.name}", "bold $secondary")
                yield from self._weak(own, len(self._state.of(seat.id)))

    def _weak(self, said: Sequence[Assessed], answers: int) -> Iterable[Content]:
        """answers: how many were asked for, those that did not come included."""
        interface = interface_language()
        poor = poor_sounds(said)
        if not poor:
            yield Content(nothing_poor(said, answers))
        for each in poor:
            known = sound(each.language, each.sound)
            others = [f"[{other}]" if other else _("nothing") for other in each.heard]
            yield Content.assemble(
                ("○ ", "$text-error"), (f"[{each.sound}] ", "bold"), known.name[interface] if known else "",
                (f"  ×{each.times}", "$foreground 60%"),
                ("  " + _("heard: ") + ", ".join(others) if others else "", "$text-error"),
            )  # fmt: skip

    def action_board(self) -> None:
        if self.program.signed_on:
            self.console.show_board()
        else:
            self.app.pop_screen()

    def action_again(self) -> None:
        plan = self._state.plan
        if plan is None or not self.program.signed_on:
            return

        def work() -> None:
            try:
                new = self.program.plan(plan.mode, plan.phase, *plan.seats[1:])
            except UserError as error:
                self.app.call_from_thread(self.notify, str(error), severity="warning")
            else:
                self.app.call_from_thread(self._start, new)

        self.run_worker(work, thread=True, exclusive=True)

    def _start(self, plan: object) -> None:
        from trainer.tui.operator import Operator
        from trainer.tui.screens.drill import DrillPage

        assert isinstance(plan, Plan)
        self.app.switch_screen(DrillPage(Operator(plan)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "again":
            return self.program.signed_on and self._again
        return self.program.signed_on if action == "app.open" else True


def _mean(attempts: Sequence[Attempt], of: str) -> Content:
    mean = sum(attempt.points for attempt in attempts) / len(attempts)
    return Content.assemble(
        (f"{mean:.0f} {mark(mean)}  ", f"bold {style(mean)}"), bar(mean / 100, 20, style(mean)),
        "  ", (of, "$foreground 70%"),
    )  # fmt: skip


def _good(attempts: Sequence[Attempt], pass_mark: float) -> str:
    passed = sum(attempt.passed(pass_mark) for attempt in attempts)
    count = ngettext("{n} answer", "{n} answers", len(attempts)).format(n=len(attempts))
    good = _("{n} good enough").format(n=passed)
    return f"{count} · {good}"
