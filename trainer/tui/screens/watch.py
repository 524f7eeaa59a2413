"""The instructor's screen: many loops at a glance, one of them in hand, which is the one that is heard."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from trainer.drill.direction import awaited, missing
from trainer.drill.plan import Plan, Seat
from trainer.drill.session import Attempt, State
from trainer.errors import UserError
from trainer.loop.ends import Watching
from trainer.loop.instructor import cues, injects
from trainer.loop.overview import asked, on_the_loop, turns, who
from trainer.messages import N_, interface_language
from trainer.messages import gettext as _
from trainer.phrasebook.text import without_stress
from trainer.tui.bands import mark, style
from trainer.tui.keys import bind
from trainer.tui.page import Page
from trainer.tui.screens.picking import Picking
from trainer.tui.widgets.cells import cut, pad
from trainer.tui.widgets.crew import CrewBar
from trainer.wording import clock, language_mark, mode_name, seat_name

if TYPE_CHECKING:
    from trainer.loop.code import JoinCode
    from trainer.loop.instructor import Watch
    from trainer.phrasebook.phrase import Phrase

LOOK = 0.25  # s between two looks at the loops
SHOWN = 12  # answers of the loop in hand, the newest
DIM = "$foreground 60%"


@dataclass(frozen=True)
class Columns:
    """Widths in cells; a line of the table has them all, and a cell between two."""

    phase: int
    turn: int
    loop: int
    name: int


NARROW, WIDE = Columns(13, 5, 16, 10), Columns(20, 7, 26, 19)
WIDE_FROM = 110  # cells


class WatchPage(Page):
    heading = N_("Instructor on the loops")
    AUTO_FOCUS = "#loops"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("h", "hold", N_("Hold")),
        bind("f", "fail", N_("Failed readback")),
        bind("i", "inject", N_("Put a call in")),
        bind("c", "cue", N_("Have a call said")),
        bind("x", "expel", N_("Cut off the partner"), show=False),
        bind("m", "mute", N_("Mute")),
        bind("a", "add", N_("Add a loop")),
        bind("escape", "leave", N_("Leave")),
    ]

    def __init__(self, watching: Watching, codes: "Sequence[JoinCode]" = ()) -> None:
        super().__init__()
        self._watching = watching
        self._codes = list(codes)
        self._asked = self._opening = 0  # loops that were asked for, and that are being opened
        self._picked = 0
        self._muted = False
        self._listened: Watch | None = None
        self._told = ""  # why nothing is heard, once it was said
        self._drawn: list[object] = []  # what the lines of the table show

    def body(self) -> Iterable[Widget]:
        yield Static(id="loops-heading")
        yield OptionList(id="loops")
        with VerticalScroll(id="loop", can_focus=False):
            yield Static(id="loop-state")
            yield CrewBar(id="loop-crew")
            yield Static(id="loop-turn")

    def on_mount(self) -> None:
        self.fill()
        self.set_interval(LOOK, self._look)
        for code in self._codes:
            self._open(code)

    def on_unmount(self) -> None:
        # A worker would end with the screen, and nobody would be told that the instructor has gone.

        Thread(target=self._watching.close).start()

    def on_resize(self, _event: events.Resize) -> None:
        self.fill()

    @property
    def _columns(self) -> Columns:
        return WIDE if self.app.size.width >= WIDE_FROM else NARROW

    @property
    def loop(self) -> "Watch | None":
        """The one in hand."""
        loops = self._watching.loops
        return loops[self._picked] if self._picked < len(loops) else None

    @property
    def _state(self) -> State:
        return self.loop.state if self.loop else State()

    # In threads

    def _open(self, code: "JoinCode") -> None:
        self._asked += 1
        self._opening += 1
        self.run_worker(partial(self._opened, code, self._asked), thread=True, exit_on_error=False)

    def _opened(self, code: "JoinCode", place: int) -> None:
        try:
            self._watching.open(code, place)
        except UserError as error:
            self.app.call_from_thread(self.notify, str(error), severity="error", timeout=15)
        finally:
            self._opening -= 1

    def _listen(self) -> None:
        self._listened = None if self._muted else self.loop
        try:
            self._watching.listen(self._listened)
        except UserError as error:
            if str(error) != self._told:
                self._told = str(error)
                self.app.notify(self._told, severity="warning", timeout=8)

    def _do(self, what: Callable[[], None]) -> None:
        """Have the loop in hand told something; that waits for its server."""

        def work() -> None:
            try:
                what()
            except UserError as error:
                self.app.call_from_thread(self.notify, str(error), severity="warning", timeout=8)

        self.run_worker(work, thread=True, exit_on_error=False)

    # What the instructor wants

    @on(OptionList.OptionHighlighted, "#loops")
    def _pointed(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_index != self._picked:
            self._picked = event.option_index
            self.fill()

    def action_hold(self) -> None:
        if loop := self.loop:
            self._do(loop.hold if loop.state.held_by is None else loop.resume)

    def action_fail(self) -> None:
        if loop := self.loop:
            self._do(loop.fail)

    def action_expel(self) -> None:
        if loop := self.loop:
            self._do(loop.expel)

    def action_inject(self) -> None:
        loop = self.loop
        if loop is None or loop.state.plan is None:
            return

        def picked(call: str | None) -> None:
            if call:
                self._do(partial(loop.inject, call))

        calls = injects(self.program.book, loop.state.plan)
        self.app.push_screen(Picking(_("Put a call in: heard by both"), _choices(calls)), picked)

    def action_cue(self) -> None:
        loop = self.loop
        if loop is None or loop.state.plan is None:
            return
        plan = loop.state.plan

        def seated(seat_id: str | None) -> None:
            if seat_id:
                seat = plan.seat(seat_id)
                title, calls = _("{who} is to say").format(who=seat_name(seat)), cues(self.program.book, plan, seat)
                self.app.push_screen(Picking(title, _choices(calls)), partial(said, seat_id))

        def said(seat_id: str, call: str | None) -> None:
            if call:
                self._do(partial(loop.cue, call, seat_id))

        self.app.push_screen(
            Picking(_("Who is to say a call?"), [(seat.id, seat_name(seat)) for seat in plan.seats]), seated
        )  # fmt: skip

    def action_mute(self) -> None:
        self._muted = not self._muted
        self.fill()

    def action_add(self) -> None:
        from trainer.tui.screens.joining import Joining

        self.app.push_screen(Joining("instructor"), self._add)

    def _add(self, code: "JoinCode | None") -> None:
        if code:
            self._open(code)

    def action_leave(self) -> None:
        if self.program.signed_on:
            self.console.back()
        else:
            self.app.exit()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("hold", "fail", "inject", "cue", "expel"):
            return self._state.plan is not None and self._state.ended is None
        return True

    def describe(self, binding: Binding) -> str:
        if binding.action == "hold" and self._state.held_by is not None:
            return N_("Resume")
        if binding.action == "mute" and self._muted:
            return N_("Listen")
        return super().describe(binding)

    # What is shown

    def fill(self) -> None:
        self._drawn = []
        if self.query("#loops"):
            self._look()

    def _look(self) -> None:
        """Draw what has changed."""
        if self.relabelling:
            return
        if self._listened is not (None if self._muted else self.loop):
            self.run_worker(self._listen, thread=True, exclusive=True, group="listen", exit_on_error=False)
        loops = self._watching.loops
        lines = [(loop.state, loop.broken, loop.reachable, self._heard(number)) for number, loop in enumerate(loops)]
        seen = [*lines, self._picked, self._opening]
        if seen == self._drawn:
            return
        before, self._drawn = self._drawn, seen
        listed = self.query_one("#loops", OptionList)
        if listed.option_count != len(loops):
            listed.clear_options()
            listed.add_options(Option("", id=str(number)) for number in range(len(loops)))
            listed.highlighted = self._picked if self._picked < len(loops) else None
            before = []
        for number, (state, broken, reachable, heard) in enumerate(lines):
            if not before or before[number] != lines[number]:
                listed.replace_option_prompt_at_index(number, self._line(number, state, broken, reachable, heard))
        self.query_one("#loops-heading", Static).update(self._heading())
        self._show_loop()
        self.refresh_bindings()

    def _heard(self, number: int) -> bool:
        return number == self._picked and not self._muted

    def _heading(self) -> Content:
        columns = self._columns
        cells = ((_("phase"), columns.phase), (_("turn"), columns.turn), (_("on the loop"), columns.loop))
        text = " ".join(pad(cut(text, width), width) for text, width in cells)
        return Content.styled(f"{'':5}{text} {_('crew')}", DIM)

    def _line(self, number: int, state: State, broken: str | None, reachable: bool, heard: bool) -> Content:
        columns = self._columns
        parts = [Content.styled(f"{number + 1:2}", DIM), Content.styled(" ♪ " if heard else "   ", "$accent")]
        phase = self._phase(state.plan) if state.plan else ""
        turn = "{}/{}".format(*turns(state)) if state.plan else ""
        parts.append(Content(f"{pad(cut(phase, columns.phase), columns.phase)} {pad(turn, columns.turn)} "))
        text, colour = _standing(state, broken, reachable)
        parts.append(Content.styled(pad(cut(text, columns.loop), columns.loop), colour))
        for seat in state.plan.seats if state.plan else ():
            parts += _seat(seat, state, columns.name)
        return Content.assemble(*parts)

    def _phase(self, plan: Plan) -> str:
        found = next((phase for phase in self.program.book.phases if phase.id == plan.phase), None)
        return found.name[interface_language()] if found else plan.phase or mode_name(plan.mode)

    def _show_loop(self) -> None:
        loop = self.loop
        state = self._state
        self.query_one("#loop-state", Static).update(Content("\n").join(self._about(loop)))
        crew = self.query_one("#loop-crew", CrewBar)
        crew.display = state.plan is not None
        crew.show(state, away=_away(state), awaited=awaited(state))
        self.query_one("#loop-turn", Static).update(Content("\n").join(_turn(state)))

    def _about(self, loop: "Watch | None") -> Iterable[Content]:
        if loop is None:
            told = _("opening the loop…") if self._opening else _("No loop yet: A adds one, by its instructor's code.")
            yield Content.styled(told, DIM)
            return
        state = loop.state
        if plan := state.plan:
            get = state.get(state.at)
            words = [self._phase(plan), mode_name(plan.mode), _("turn {n} of {all}").format(
                n=min(turns(state)[0] + 1, turns(state)[1]), all=turns(state)[1])]  # fmt: skip
            yield Content.styled(" · ".join([*words, *([clock(get)] if get is not None else [])]), "bold")
        text, colour = _standing(state, loop.broken, loop.reachable)
        heard = _("muted") if self._muted else _("♪ you hear this loop")
        yield Content.assemble((text, colour), (f"   {heard}", DIM))


def _choices(phrases: "Iterable[Phrase]") -> list[tuple[str, str]]:
    return [(phrase.id, f"{phrase.id:<8}{without_stress(phrase.text(interface_language()))}") for phrase in phrases]


def _standing(state: State, broken: str | None, reachable: bool) -> tuple[str, str]:
    """What goes on on a loop, with a mark of its own, and its colour."""
    text = on_the_loop(state)
    if broken:
        return f"✕ {broken}", "$text-error"
    if not reachable:
        return "✕ " + _("out of reach"), "$text-error"
    if state.plan is None or state.ended:
        return ("· " if state.plan is None else "■ ") + text, DIM
    if state.held_by is not None:
        return f"‖ {text}", "bold $text-warning"
    return (f"◀ {text}", "bold $secondary") if text else ("○ " + _("clear"), DIM)


def _away(state: State) -> set[str]:
    """Seats whose holders have gone."""
    return set(missing(state)) - set(awaited(state)) if state.ended is None else set()


def _seat(seat: Seat, state: State, width: int) -> Iterable[Content]:
    """A crew member: whose turn it is, who speaks, who is away or not ready yet, and what the answers are worth."""
    turn = state.cue is not None and state.cue.seat == seat.id
    absent = "✕" if seat.id in _away(state) else "…" if seat.id in awaited(state) and state.ended is None else ""
    name = pad(cut(seat_name(seat), width), width)
    sign = absent or ("▶" if turn else " ")
    yield Content.styled(f" {sign}", "bold $text-warning" if absent else "bold $accent")
    yield Content.styled(name, "bold reverse" if state.keyed == seat.id else "bold" if turn else "")
    if attempts := state.of(seat.id):
        mean = sum(attempt.points for attempt in attempts) / len(attempts)
        yield Content.styled(f" {mean:3.0f} {mark(mean)}", style(mean))
    else:
        yield Content(f" {'–':>3}  ")


def _turn(state: State) -> Iterable[Content]:
    """What is asked now, what is to come, and what came before."""
    if call := asked(state):
        yield Content.assemble((f"{call.call} ", DIM), (call.text, "bold"), (f"  {language_mark(call.language)}", DIM))
    if state.heard and state.heard.words and not state.done:
        yield Content.styled("… " + " ".join(state.heard.words), "italic")
    if state.injected:
        calls = [turn.prompt or turn.answers[0] for _by, turn in state.injected]
        yield Content.styled(_("to come: {calls}").format(calls=", ".join(calls)), "$text-warning")
    for attempt in reversed(state.attempts[-SHOWN:]):
        yield _answer(attempt, state)


def _answer(attempt: Attempt, state: State) -> Content:
    parts: list[Content | tuple[str, str]] = [
        (f"{attempt.points:3.0f} {mark(attempt.points)} ", style(attempt.points)),
        (f"{attempt.call or attempt.asked:<8} ", ""),
        (who(state, attempt.seat), DIM),
    ]
    if attempt.call is None:
        parts.append(("  " + _("nothing was said"), DIM))
    if attempt.late:
        parts.append(("  " + _("{late:.1f} s late").format(late=attempt.late), DIM))
    return Content.assemble(*parts)
