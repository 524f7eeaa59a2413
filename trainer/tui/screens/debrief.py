"""The debrief: every answer of the drill, heard and looked at again; what failed is said again from here."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.geometry import Region
from textual.widget import Widget
from textual.widgets import Static

from trainer.drill.debrief import Answer, PoorSound, answers, confused, failed, poor_sounds, summary
from trainer.drill.events import Assessed, Event
from trainer.drill.plan import Plan, Seat
from trainer.drill.session import State
from trainer.errors import UserError
from trainer.messages import N_
from trainer.messages import gettext as _
from trainer.phones.inventory import sound
from trainer.tui.bands import MISSING, bar, mark, style
from trainer.tui.keys import bind
from trainer.tui.page import Page
from trainer.tui.playback import hear
from trainer.tui.widgets.cells import cut, pad
from trainer.wording import (
    clock,
    comment_told,
    language_mark,
    mode_name,
    names_in,
    nothing_poor,
    remark,
    seat_name,
    summary_briefly,
)

if TYPE_CHECKING:
    from trainer.records.inbox import Comment
    from trainer.tui.operator import Half


class Debrief(Page):
    heading = N_("Debrief")
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("escape", "board", N_("Mission board")),
        bind("a", "failed", N_("Failed ones again")),
        bind("n", "another", N_("Another drill")),
        bind("enter", "look", N_("Open")),
        Binding("up", "walk(-1)", N_("Answers"), show=False),
        Binding("down", "walk(1)", N_("Answers"), key_display="↑ ↓"),
        bind("1", "hear('reference')", N_("Hear it")),
        bind("2", "hear('mine')", N_("Hear me")),
        bind("w", "weakest", N_("Weakest sound")),
        bind("e", "ear", N_("By ear")),
        bind("p", "app.open('progress')", N_("Progress")),
    ]

    def __init__(self, state: State, events: Sequence[Event], *, again: bool = True) -> None:
        """again: whether another drill like this can be opened from here."""
        super().__init__()
        self._again = again
        self._state = state
        self._events = events
        self._comments: tuple[Comment, ...] = ()
        self._recordings: dict[str, Path] = {}  # that may be heard, by their names
        self._answers = self._compared({})
        self._at = 0  # the answer that is marked

    def body(self) -> Iterable[Widget]:
        yield Static(id="summary")
        with Container(id="debrief"):
            with VerticalScroll(id="answers", can_focus=False):
                yield Static(id="answer-list")
            with VerticalScroll(id="work-on", can_focus=False):
                yield Static(id="sound-list")

    def on_mount(self) -> None:
        if self.program.signed_on and self._state.plan is not None:
            self.run_worker(partial(self._load, self._state.plan), thread=True)

    def _load(self, plan: Plan) -> None:
        try:
            comments = self.program.comments(plan.session)
            before, recordings = self.program.points_before(plan), self.program.kept_recordings(plan.session)
        except UserError as error:
            self.app.call_from_thread(self.notify, str(error), severity="error", timeout=10)
        else:
            self.app.call_from_thread(self._loaded, comments, before, recordings)

    def _loaded(
        self, comments: "tuple[Comment, ...]", before: dict[tuple[str, str], float], recordings: dict[str, Path]
    ) -> None:
        self._comments, self._recordings, self._answers = comments, recordings, self._compared(before)
        if self.is_attached and not self.relabelling:
            self.fill()

    def _compared(self, before: Mapping[tuple[str, str], float]) -> tuple[Answer, ...]:
        """The answers in the order in which they are listed: each seat's own together."""
        listed = [a for seat in self._seats for a in self._state.of(seat.id)] or self._state.attempts
        return answers(listed, self._events, before)

    @property
    def _answer(self) -> Answer | None:
        """The one that is marked."""
        return self._answers[self._at] if self._answers else None

    def fill(self) -> None:
        self.query_one("#summary", Static).update(Content("\n").join(self._summary()))
        self._show_answers()
        self.query_one("#sound-list", Static).update(Content("\n").join(self._sounds()))

    def _summary(self) -> Iterable[Content]:
        plan, tries = self._state.plan, self._state.attempts
        if plan is None or not tries:
            yield Content(_("Nothing was said in this session."))
            return
        drill = [mode_name(plan.mode), clock(self._state.at)[1:]]
        for seat in self._seats:
            if self._state.of(seat.id):
                found = summary(self._state, seat.id)
                yield _mean(found.mean, f"{seat_name(seat)} · {language_mark(seat.target)} · {summary_briefly(found)}")
        if not self._seats:
            found = summary(self._state)
            yield _mean(found.mean, _("points on average"))
            drill.insert(1, summary_briefly(found))
        yield Content.styled(" · ".join(drill), "$foreground 70%")

    @property
    def _seats(self) -> tuple[Seat, ...]:
        """Those whose scores are kept apart."""
        seats = self._state.plan.seats if self._state.plan else ()
        return seats if len(seats) > 1 else ()

    def _show_answers(self) -> None:
        above, rows = list(self._above()), [row for part in self._listed() for row in part]
        listed, side = self.query_one("#answer-list", Static), self.query_one("#answers", VerticalScroll)
        listed.update(Content("\n").join([*above, *(row for row, _at in rows)]))
        if not self._at:
            side.scroll_home(animate=False)
        elif width := listed.size.width:
            heights = [row.get_height({}, width) for row in above]
            for row, at in rows:
                if at == self._at:
                    side.scroll_to_region(Region(0, sum(heights), width, row.get_height({}, width)), animate=False)
                heights.append(row.get_height({}, width))
        self.refresh_bindings()

    def _above(self) -> Iterable[Content]:
        if self._comments:
            yield Content.styled(_("From the instructor"), "bold $secondary")
            names = names_in(self.program.book)
            yield from (Content.styled(f"● {comment_told(comment, names)}", "$accent") for comment in self._comments)
            yield Content("")

    def _listed(self) -> Iterable[list[tuple[Content, int | None]]]:
        """Rows of the list, and which answer each is of."""
        title = _("Answers")
        for seat in self._seats or (None,):
            yield [(Content.styled(f"{title} · {seat_name(seat)}" if seat else title, "bold $secondary"), None)]
            for at, answer in enumerate(self._answers):
                if seat is None or answer.attempt.seat == seat.id:
                    yield [(self._row(answer, marked=at == self._at), at)]

    def _row(self, answer: Answer, *, marked: bool) -> Content:
        attempt, said = answer.attempt, answer.assessed.assessment if answer.assessed else None
        text = self.reader.call(said.text, said.language) if said else ""
        colour = style(attempt.points)
        score = f"{attempt.points:3.0f} {mark(attempt.points)}" if attempt.call else f"  – {MISSING}"
        late = "  " + _("{late:.1f} s late").format(late=attempt.late) if attempt.late else ""
        note = remark(attempt, self._state.plan.pass_mark if self._state.plan else None)
        call = pad(cut(self.program.book.name_of(attempt.asked), 10), 11)
        return Content.assemble(
            ("▸ " if marked else "  ", "$accent"),
            (f"{score} ", colour), (f"{changed(answer.change)} ", "$foreground 70%"),
            (call, "$foreground 60%"), (text, "bold" if marked else ""),
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
                yield Content.styled(f"{title} · {seat_name(seat)}", "bold $secondary")
                yield from self._weak(own, len(self._state.of(seat.id)))

    def _weak(self, said: Sequence[Assessed], answers: int) -> Iterable[Content]:
        """answers: how many were asked for, those that did not come included."""
        poor = poor_sounds(said)
        if not poor:
            yield Content(nothing_poor(said, answers))
        for each in poor:
            known = sound(each.language, each.sound)
            apart = [self.reader.phones(each.sound, other, each.language)[1] for other in each.heard]
            others = [f"[{other}]" if other else _("nothing") for other in apart]
            yield Content.assemble(
                ("○ ", "$text-error"), (f"[{self.reader.phone(each.sound, each.language)}] ", "bold"),
                self.reader.sound(known) if known else "",
                (f"  ×{each.times}", "$foreground 60%"),
                ("  " + _("heard: ") + ", ".join(others) if others else "", "$text-error"),
            )  # fmt: skip

    def action_board(self) -> None:
        if self.program.signed_on:
            self.console.show_board()
        else:
            self.app.pop_screen()

    def action_walk(self, step: int) -> None:
        if self._answers:
            self._at = max(0, min(self._at + step, len(self._answers) - 1))
            self._show_answers()

    def action_look(self) -> None:
        from trainer.tui.screens.answer import AnswerPage

        if (answer := self._answer) and answer.assessed:
            self.app.push_screen(AnswerPage(answer.assessed, answer.attempt, self._recording(answer)))

    def action_hear(self, which: "Half") -> None:
        if answer := self._answer:
            attempt, plan = answer.attempt, self._state.plan
            language = plan.seat(attempt.seat).target if plan else "en"
            self.run_worker(
                partial(hear, self, attempt.call or attempt.asked, language, self._recording(answer), which),
                thread=True, group="hear", exclusive=True,
            )  # fmt: skip

    def _recording(self, answer: Answer) -> Path | None:
        name = answer.assessed.recording if answer.assessed else None
        return self._recordings.get(name) if name else None

    @property
    def _failed(self) -> tuple[tuple[str, str], ...]:
        return failed(self._state.attempts, self._state.plan.pass_mark) if self._state.plan else ()

    def action_failed(self) -> None:
        if (plan := self._state.plan) and self._failed:
            self._start(self.program.plan_again(plan, self._failed))

    @property
    def _poor(self) -> tuple[PoorSound, ...]:
        """The sounds that whoever is signed on said poorly here."""
        plan, learner = self._state.plan, self.program.who
        own = {seat.id for seat in plan.seats if seat.learner == learner} if plan and learner else set()
        return poor_sounds([event for event in self._events if isinstance(event, Assessed) and event.seat in own])

    @property
    def _weakest(self) -> str | None:
        return self._poor[0].sound if self._poor else None

    def action_ear(self) -> None:
        from trainer.tui.screens.ear import EarPage

        if found := confused(self._poor):
            self.app.push_screen(EarPage(found))

    def action_weakest(self) -> None:
        from trainer.tui.screens.mouth import MouthPage

        if sound := self._weakest:
            self.app.push_screen(MouthPage(lambda practising: practising.ladder(sound)))

    def action_another(self) -> None:
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
        assert isinstance(plan, Plan)
        self.console.start(plan, instead=True)

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        match action:
            case "failed" if not self._failed:
                return _("Nothing failed here.")
            case "weakest" | "ear" if not self._poor:
                return _("No sound was poor here.")
            case "ear":
                return _("None of the poor sounds was taken for one that the ear drill has.")
            case "hear" if self._answer is not None:
                return _("No recording of this answer was kept.")
            case "look" if self._answer is not None:
                return _("Nothing was said there.")
        return ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        signed_on, answer = self.program.signed_on, self._answer
        match action:
            case "another":
                return signed_on and self._again
            case "failed":
                return signed_on and self._again and bool(self._failed)
            case "weakest":
                return signed_on and self._weakest is not None
            case "ear":
                return signed_on and bool(confused(self._poor))
            case "walk":
                return bool(self._answers)
            case "look":
                return answer is not None and answer.assessed is not None
            case "hear":
                return answer is not None and (parameters != ("mine",) or self._recording(answer) is not None)
        return self.program.signed_on if action == "app.open" else True


def changed(change: float | None) -> str:
    """Points more or less than the time before, as wide as any."""
    return "    " if change is None else pad(f"{change:+4.0f}".replace("-", "−"), 4)


def _mean(mean: float | None, of: str) -> Content:
    if mean is None:
        return Content.styled(f"–  {of}", "$foreground 70%")
    return Content.assemble(
        (f"{mean:.0f} {mark(mean)}  ", f"bold {style(mean)}"), bar(mean / 100, 20, style(mean)),
        "  ", (of, "$foreground 70%"),
    )  # fmt: skip
