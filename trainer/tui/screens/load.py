"""Under load: calls come while a count must go on or a gauge be held in its band; each is answered without it, too."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from trainer.drill.events import KeyDown, KeyUp
from trainer.drill.load import ALONE, BAND, END, MIDDLE, TASKS, Answer, Key, Other, Task, gauge, outcome, steps
from trainer.drill.session import VOICE
from trainer.messages import N_
from trainer.messages import gettext as _
from trainer.tui.bands import bar, mark, style
from trainer.tui.keys import bind
from trainer.tui.screens.exercise import ExercisePage
from trainer.tui.widgets.cells import pad
from trainer.wording import load_told, task_name

if TYPE_CHECKING:
    from trainer.audio.microphone import Microphone
    from trainer.audio.recording import Recording
    from trainer.drill.events import Event
    from trainer.drill.session import State
    from trainer.live.load import LoadDrill

CELLS = 51  # of the gauge
WIDTH = 28  # cells of a name
BAR = 16


class LoadPage(ExercisePage):
    heading = N_("Under load")
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("down", "press('step')", N_("Count on"), priority=True),
        bind("left", "press('down')", N_("Push it"), priority=True, both="← →"),
        bind("right", "press('up')", N_("Push it"), show=False, priority=True),
        bind("g", "other_task", N_("The other task"), priority=True),
    ]

    def __init__(self, task: Task = "gauge") -> None:
        super().__init__()
        self.chosen: Task = task  # the other task
        self.drill: LoadDrill | None = None
        self.asked = False  # a call was heard and is to be answered
        self.busy = False  # the other task goes on by itself, or a call is on its way
        self._ticks = 0

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "press":
            wanted = "step" if self.chosen == "count" else ("down", "up")
            return parameters[0] in wanted
        if action == "other_task":
            return self.drill is not None and self.drill.alone is None and not self.busy
        if action == "next" and self.busy:
            return False
        return action not in ("hear", "again") and super().check_action(action, parameters)

    def prepare(self) -> None:
        from trainer.live.load import LoadDrill

        drill = LoadDrill(
            self.practising, self.chosen, self.microphone(), self.loudspeaker(), seed=self.program.options.seed
        )
        drill.log.follow(self._happened)
        self.drill = drill

    def _happened(self, event: "Event", _state: "State") -> None:
        """The channel is taken, or free again; in the thread."""
        if isinstance(event, KeyDown | KeyUp) and event.seat == VOICE:
            self.sounding = isinstance(event, KeyDown)
            self.app.call_from_thread(self.fill)

    def on_unmount(self) -> None:
        if self.drill is not None:
            self.drill.stop()
        super().on_unmount()

    def hush(self) -> None:
        super().hush()
        if self.drill is not None:
            self.drill.hush()

    def _frame(self) -> None:
        super()._frame()
        self._ticks += 1
        if self.drill is not None and self.drill.other is not None and self._ticks % 2:
            self.fill()

    def note(self) -> str:
        if self.talking:
            return _("Space or silence ends")
        if self.busy:
            return _("The other task is on")
        if self.asked:
            return _("Space, then read it back; ↵ leaves it out")
        return _("↵ or Esc leaves") if self.leaves else _("↵ goes on")

    @property
    def leaves(self) -> bool:
        return self.drill is not None and self.drill.over

    # What is shown

    def rows(self) -> Iterable[Content]:
        drill = self.drill
        if drill is None:
            return
        yield Content.styled(self._what_now(drill), "bold $accent")
        yield Content("")
        yield from self._instrument(drill)
        yield Content("")
        if drill.alone is not None:
            yield _points(task_name(self.chosen), drill.alone)
        for number, answer in enumerate(drill.answers):
            yield from _answered(number, answer)
        if (found := outcome(drill.pairs)) is not None and self.leaves:
            yield Content("")
            yield Content.styled(load_told(found, drill.alone), "bold")

    def _what_now(self, drill: "LoadDrill") -> str:
        if drill.alone is None:
            if self.busy:
                return _("Now the other task alone, for {seconds:.0f} s.").format(seconds=ALONE)
            return _("First the other task alone, for {seconds:.0f} s. G takes the other one.").format(seconds=ALONE)
        if self.leaves:
            return _("Done.")
        kind = _("a call while the other task goes on") if drill.loaded else _("the call only")
        return f"{len(drill.answers) + 1}/{drill.size} · {kind}"

    def _instrument(self, drill: "LoadDrill") -> Iterable[Content]:
        """Both lines are always there, so that nothing jumps."""
        if self.chosen == "count":
            told = _("A step every {beat:.1f} s with ↓, evenly, while you listen and speak.")
            yield Content.styled(told.format(beat=drill.beat), "$foreground 70%")
            yield _count(drill.other, drill) if drill.other else Content.styled(_("at rest"), "$foreground 60%")
        else:
            told = _("Hold the mark between the brackets with ← and →, while you listen and speak.")
            yield Content.styled(told, "$foreground 70%")
            yield _gauge(gauge(drill.other, drill.presses, drill.now())[-1] if drill.other else None)

    # What is done

    def may_talk(self) -> bool:
        return self.asked and not self.busy

    def record(self, microphone: "Microphone") -> "Recording | None":
        assert self.drill is not None
        answer = self.drill.answer(self.released, self.tape.feed, self._dropped.is_set)
        self.asked = False
        return None if answer is None else self.drill.recording

    def action_press(self, key: Key) -> None:
        if self.drill is not None and self.drill.other is not None:
            self.drill.press(key)
            self.fill()

    def action_next(self) -> None:
        if self.preparing or self.busy or self.talking or self.drill is None:
            return
        if self.asked:
            self.work(self._missed)
            return
        if self.leaves:
            self.console.back()
            return
        self.busy = True
        self.fill()
        self.work(self._go_on)

    def _go_on(self) -> None:
        assert self.drill is not None
        try:
            if self.drill.alone is None:
                self.drill.by_itself()
            else:
                self.drill.call()
                self.asked = not self.drill.stopped
        finally:
            self.busy = False
        self.app.call_from_thread(self.refresh_bindings)

    def _missed(self) -> None:
        """Whoever has no answer goes on without one."""
        assert self.drill is not None
        if self.asked:
            self.asked = False
            self.drill.missed()

    def action_other_task(self) -> None:
        self.chosen = next(task for task in TASKS if task != self.chosen)
        self.work(self.prepare)
        self.refresh_bindings()

    def describe(self, binding: Binding) -> str:
        if binding.action == "next" and (self.asked or not self._begun):
            return N_("Leave it out") if self.asked else N_("Begin")
        return super().describe(binding)

    @property
    def _begun(self) -> bool:
        return self.drill is not None and self.drill.alone is not None


def _gauge(value: float | None) -> Content:
    """The band stands in brackets; where the mark is, its shape tells, too. value: None at rest."""

    def cell(units: float) -> int:
        return round(units / END * (CELLS - 1))

    row = ["·"] * CELLS
    row[cell(MIDDLE - BAND)], row[cell(MIDDLE + BAND)] = "[", "]"
    if value is None:
        return Content.styled("".join(row), "$foreground 60%")
    inside = abs(value - MIDDLE) <= BAND
    at = cell(value)
    colour = "bold $text-success" if inside else "bold $text-error"
    return Content.assemble(
        "".join(row[:at]), ("●" if inside else "○", colour), "".join(row[at + 1 :]), (f"  {value:3.0f}", colour)
    )


def _count(other: Other, drill: "LoadDrill") -> Content:
    return Content.styled(str(len(steps(other, drill.presses, drill.now()))), "bold")


def _answered(number: int, answer: Answer) -> Iterable[Content]:
    kind = _("with the other task") if answer.held is not None else _("the call only")
    row = _points(f"{number + 1}  {kind}", answer.points)
    yield row if answer.held is None else Content.assemble(row, "   ", _of(answer.held))


def _points(name: str, points: float) -> Content:
    return Content.assemble(pad(name, WIDTH), bar(points / 100, BAR, style(points)), " ", _of(points))


def _of(points: float) -> Content:
    return Content.styled(f"{mark(points)} {points:.0f}", style(points))
