"""The drill console: the call, the loop, the key, and what came of it."""

import queue
import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Static

from trainer.audio.files import SAMPLE_RATE
from trainer.audio.stretch import stretch
from trainer.drill.events import Advanced, Assessed, Cue, Ended, Event, KeyDown, KeyUp, Line, Refused
from trainer.drill.plan import Plan
from trainer.drill.session import LATE_AT_MOST, LATE_COST, VOICE, State, apply
from trainer.errors import UserError
from trainer.languages import other
from trainer.live.program import Drill, Program, spoken
from trainer.messages import gettext as _
from trainer.messages import interface_language
from trainer.phrasebook.phrase import Phrase
from trainer.scoring.assessment import Assessment
from trainer.transcript import clock, mode_name, speaker_name, why
from trainer.tui.keyboard import RELEASED, REPEATED
from trainer.tui.keys import N_, bind
from trainer.tui.page import Page
from trainer.tui.stress import Prominence, prominences
from trainer.tui.widgets.call_card import Aids, CallCard, Text
from trainer.tui.widgets.channel import ChannelBar
from trainer.tui.widgets.crew import CrewBar
from trainer.tui.widgets.masthead import Masthead
from trainer.tui.widgets.sounds_view import SoundsView
from trainer.tui.widgets.spectrogram import Spectrogram
from trainer.tui.widgets.tape import Tape
from trainer.tui.widgets.timing_view import TimingView
from trainer.tui.widgets.waveform import Waveform
from trainer.tui.widgets.words_view import WordsView

if TYPE_CHECKING:
    from trainer.drill.events import Heard

FRAME = 1 / 20  # s between two pictures of the meter
SLOW = 0.5  # half speed
HELD_FOR = 0.35  # s: a Space that stays down longer is held to talk, a shorter one is a switch
ANSWERING = 0.7  # s after the key went down in which another Space is the same finger (keyboards repeat)
REPEATING = 0.15  # s between the repeats of a key that is held
LOOKING = 3.0  # s to look at a score before the loop goes on
VIEWS = ("words", "sounds", "timing")

HALF = Literal["mine", "reference"]


class Logged(Message):
    """Something happened on the loop."""

    def __init__(self, event: Event, state: State) -> None:
        super().__init__()
        self.event = event
        self.state = state


class Measured(Message):
    """The reference reading has been measured, for comparison with an answer."""

    def __init__(self, assessed: Assessed, result: Assessment | None, stress: tuple[Prominence, ...]) -> None:
        super().__init__()
        self.assessed = assessed
        self.result = result
        self.stress = stress


def when_composed(show: Callable[["DrillPage"], None]) -> Callable[["DrillPage"], None]:
    """Showing waits while the widgets are made anew: all is shown when they are there."""

    def shown(page: "DrillPage") -> None:
        if not page.relabelling:
            show(page)

    return shown


class DrillPage(Page):
    heading = N_("Drill")
    BINDINGS: ClassVar[list[BindingType]] = [  # all at once at the top: keys typed fast are to act in their order
        bind("space", "talk", N_("Talk"), priority=True),
        Binding(RELEASED, "released", "", show=False, priority=True),
        Binding(REPEATED, "repeated", "", show=False, priority=True),
        bind("escape", "close_mic", N_("Close the mic"), priority=True),
        bind("enter", "next", N_("Next"), priority=True),
        bind("a", "again", N_("Again"), priority=True),
        bind("1", "hear('reference')", N_("Hear it"), priority=True),
        bind("2", "hear('mine')", N_("Hear me"), priority=True),
        bind("3", "hear_slowly('reference')", N_("It ½"), priority=True),
        bind("4", "hear_slowly('mine')", N_("Me ½"), priority=True),
        bind("l", "loop", N_("Cycle"), priority=True),
        bind("tab", "view", N_("View"), priority=True),
        bind("i", "aid('ipa')", N_("IPA"), priority=True),
        bind("t", "aid('letters')", N_("My letters"), priority=True),
        bind("m", "aid('meaning')", N_("Meaning"), priority=True),
        bind("x", "peek", N_("Peek"), priority=True),
        bind("s", "skip", N_("Skip"), show=False, priority=True),
        bind("h", "hold", N_("Hold"), show=False, priority=True),
    ]  # fmt: skip

    def __init__(self, plan: Plan, opened: Callable[[Program, Plan], Drill] = Program.open_drill) -> None:
        super().__init__()
        self._plan = plan
        self._open = opened
        self.drill: Drill | None = None
        self.state = State()
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._waiting = 0  # jobs that are not done yet
        self._up = threading.Event()  # the key is to come up
        self._dropped = threading.Event()  # the call is taken back
        self._looping = threading.Event()
        self._looked = threading.Event()  # long enough at the score
        self._talking = False  # from the key press to the score
        self._key_down_at = 0.0
        self._last_space = 0.0
        self._holds: bool | None = None  # whether this terminal tells of key releases: None until one was seen
        self._peeking = False
        self._view = VIEWS[0]
        self.tape = Tape()
        self._recording: NDArray[np.float32] | None = None
        self._last: Assessed | None = None
        self._heard: Heard | None = None
        self._reference: Assessment | None = None
        self._stress: tuple[Prominence, ...] = ()
        self._frames: Timer | None = None
        self._seconds: Timer | None = None
        self._readings: dict[tuple[str, str], tuple[str, str]] = {}
        self.key_up_at = 0.0  # perf_counter of the newest end of a take, and of the newest score on the screen
        self.painted_at = 0.0

    # What is there

    @property
    def directs(self) -> bool:
        """Whether it is told here when a turn is over."""
        return True

    @property
    def own_seat(self) -> str:
        """The seat whose key is at this terminal: of several, the one whose turn it is."""
        return (self.state.cue.seat if self.state.cue else None) or ""

    def body(self) -> Iterable[Widget]:
        yield ChannelBar()
        if len(self._plan.seats) > 1:
            yield CrewBar(id="seats")
        with Container(id="stage"):
            with VerticalScroll(id="call-side", can_focus=False):
                yield CallCard(id="call")
                yield Static(id="live")
                with ContentSwitcher(initial="waveform", id="scope"):
                    yield Waveform(id="waveform")
                    yield Spectrogram(id="spectrogram")
                yield TimingView(id="timing-beside")
            with Vertical(id="verdict-side"):
                yield Static(id="views")
                with VerticalScroll(id="verdict", can_focus=False):
                    yield WordsView(id="words", classes="view")
                    yield SoundsView(id="sounds", classes="view")
                    yield TimingView(id="timing", classes="view")

    def place(self) -> str:
        if len(self._plan.seats) > 1:
            return f"{mode_name(self._plan.mode)} · {' · '.join(seat.name for seat in self._plan.seats)}"
        seat = self._plan.seat(self.state.cue.seat) if self.state.cue and self.state.cue.seat else self._plan.seats[0]
        return f"{mode_name(self._plan.mode)} · {seat.name} · {seat.target.upper()}"

    def on_mount(self) -> None:
        self._frames = self.set_interval(FRAME, self._frame, pause=True)
        self._seconds = self.set_interval(0.25, self._tick)
        self.fill()
        self._work()
        self._do(self._opened)

    def on_unmount(self) -> None:
        self._stop()
        self._jobs.put(None)

    def fill(self) -> None:
        self._show_state()
        self._show_call()
        self._show_live()
        self._show_verdict()
        self._show_scope()

    # The thread in which sound goes by: one job after the other

    @work(thread=True, exit_on_error=False, name="station")
    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except UserError as error:
                self.app.call_from_thread(self._refused, str(error))
            self._waiting -= 1
            if not self._waiting:
                self.post_message(
                    Logged(KeyUp(at=self.state.at, seat=""), self.drill.state if self.drill else self.state)
                )
        if self.drill is not None:
            self.drill.close()

    def _do(self, job: Callable[[], None]) -> None:
        self._waiting += 1
        self._jobs.put(job)

    @property
    def idle(self) -> bool:
        """Nothing sounds, nothing is being said or scored."""
        return self._waiting == 0

    def _opened(self) -> None:
        self.drill = self._open(self.program, self._plan)
        self.drill.log.follow(self._follow)
        self.state = self.drill.state
        if self.state.cue is not None and self.state.last is not None:  # taken up again where it was left
            self.post_message(Logged(self.state.last, self.state))
            self._measure(self.state.last)
            return
        self._cue()

    def logged(self, event: Event) -> Logged:
        """An event as if it had just been logged, on top of what is known."""
        return Logged(event, apply(self.state, event))

    def _follow(self, event: Event, state: State) -> None:
        self.post_message(Logged(event, state))

    def _cue(self) -> None:
        """The next turn; what is only to be heard passes by itself."""
        assert self.drill is not None
        transceiver = self.drill.transceiver
        while (cue := transceiver.next_cue()) is not None and not cue.answers:
            transceiver.advance()
        if transceiver.trouble:
            self.app.call_from_thread(self.notify, transceiver.trouble, severity="warning", timeout=8)
            transceiver.trouble = None

    def _talk(self) -> None:
        if isinstance(outcome := self._say(), Assessed):
            self._measure(outcome)

    def _say(self) -> Assessed | Refused | None:
        """One press of the key."""
        assert self.drill is not None
        self.tape.clear()
        try:
            return self.drill.transceiver.talk(self._up.is_set, self.tape.feed, self._dropped.is_set)
        finally:
            self._talking = False

    def _measure(self, assessed: Assessed) -> None:
        assert self.drill is not None
        mine = self.drill.transceiver.last_recording
        measured = self.program.measured(assessed.line)
        stress: tuple[Prominence, ...] = ()
        if measured and mine and assessed.assessment.verdict == measured.assessment.verdict == "scored":
            stress = prominences(assessed.assessment, mine.samples, measured.assessment, measured.samples)
        self.post_message(Measured(assessed, measured.assessment if measured else None, stress))

    def _play(self, which: HALF, speed: float) -> None:
        assert self.drill is not None
        transceiver = self.drill.transceiver
        if which == "mine":
            if transceiver.last_recording is not None:
                samples = transceiver.last_recording.samples
                transceiver.play(samples if speed == 1 else stretch(samples, SAMPLE_RATE, speed), SAMPLE_RATE)
            return
        line = self._line()
        if line is not None:
            transceiver.voice(line, speed)

    def _line(self) -> Line | None:
        """The call that the reference keys let be heard: the right answer once it is no secret, else the prompt."""
        state = self.drill.state if self.drill else self.state
        if state.cue is None:
            return None
        if state.done and state.last is not None:
            return state.last.line
        if state.done or self._plan.mode in ("echo", "read", "checklist") or self._peeking:
            return state.cue.answers[0] if state.cue.answers else state.cue.prompt
        return state.cue.prompt or (state.cue.shown[0] if state.cue.shown else None)

    def _loop(self) -> None:
        """Hear, say, see, again, until somebody stops it."""
        assert self.drill is not None
        transceiver = self.drill.transceiver
        while self._looping.is_set() and transceiver.state.running:
            if transceiver.state.done:
                transceiver.advance("again")
            if transceiver.state.cue is None:
                transceiver.next_cue()
            if self._plan.mode != "echo":
                self._play("reference", 1.0)
            if not self._looping.is_set():
                break
            self._up.clear()
            self._dropped.clear()
            self._talking = True
            self._key_down_at = time.monotonic()
            self._talk()
            if self._dropped.is_set() or not transceiver.state.done:
                break
            self._looked.clear()
            self._looked.wait(LOOKING if self.program.options.pace == "real" else 0.0)
        self._looping.clear()

    # What the learner wants

    def action_talk(self) -> None:
        now = time.monotonic()
        since, self._last_space = now - self._last_space, now
        if self.drill is None or not self.state.running:
            return
        if self._talking:
            # Terminals that tell no releases repeat the key instead: that is no second press.
            if now - self._key_down_at > ANSWERING and since > REPEATING:
                self._up.set()
            return
        if since < REPEATING and self._holds is None:
            return
        if self.state.done or self.state.cue is None or self.state.cue.seat is None:
            if self.state.done and self.state.cue is not None:
                self.notify(_("Scored. ↵ goes on, A says it again."), timeout=3)
            return
        self._hush()
        self._up.clear()
        self._dropped.clear()
        self._talking = True
        self._key_down_at = now
        self._press()

    def _press(self) -> None:
        self._do(self._talk)

    def action_released(self) -> None:
        """Only terminals that report it come here."""
        self._holds = True
        if self._talking and time.monotonic() - self._key_down_at >= HELD_FOR:
            self._up.set()

    def action_repeated(self) -> None:
        self._last_space = time.monotonic()

    def action_close_mic(self) -> None:
        """Whatever is open is closed, whatever sounds is hushed; where nothing is, leave."""
        was_busy = self._talking or self._looping.is_set() or not self.idle
        self._stop()
        if not was_busy:
            self.action_leave()

    def _stop(self) -> None:
        self._looping.clear()
        self._looked.set()
        self._dropped.set()
        self._up.set()
        self._hush()

    def _hush(self) -> None:
        if self.drill is not None:
            self.drill.transceiver.hush()

    def action_leave(self) -> None:
        from trainer.tui.screens.leaving import Leaving

        if self.state.ended is not None or self.drill is None:
            self.console.back()
            return
        self.app.push_screen(Leaving(self._leaving()), self._left)

    def _leaving(self) -> str:
        return _("End the drill and see the debrief")

    def _left(self, how: str | None) -> None:
        if how == "end":
            self._do(self._end)

    def _end(self) -> None:
        if self.drill is not None and self.drill.state.ended is None:
            self.drill.transceiver.end("stopped")

    def action_next(self) -> None:
        self._advance("next")

    def action_again(self) -> None:
        self._advance("again")

    def action_skip(self) -> None:
        self._advance("skip")

    def _advance(self, how: Literal["next", "again", "skip"]) -> None:
        if self._looping.is_set():
            self._stop()
        if self._talking or self.drill is None or not self.state.running or self.state.cue is None:
            return
        if not self.state.done and how != "skip":
            return
        self._hush()
        self._do(lambda: self._go_on(how, self.state.turn))

    def _go_on(self, how: Literal["next", "again", "skip"], turn: int) -> None:
        assert self.drill is not None
        transceiver = self.drill.transceiver
        if transceiver.state.turn == turn and transceiver.state.cue is not None:  # the key was pressed twice
            transceiver.advance(how)
            self._cue()

    def action_hear(self, which: HALF) -> None:
        self._hear(which, 1.0)

    def action_hear_slowly(self, which: HALF) -> None:
        self._hear(which, SLOW)

    def _hear(self, which: HALF, speed: float) -> None:
        if self._talking or self._looping.is_set() or self.drill is None:
            return
        self._hush()
        self._do(lambda: self._play(which, speed))

    def action_loop(self) -> None:
        if self._looping.is_set():
            self._stop()
            return
        if self._talking or self.drill is None or self.state.cue is None or self.state.cue.seat is None:
            return
        self._hush()
        self._looping.set()
        self._do(self._loop)
        self._show_state()

    def action_hold(self) -> None:
        if self.drill is None or self._talking:
            return
        self._hush()
        transceiver, who = self.drill.transceiver, self._holder()
        self._do((lambda: transceiver.resume(who)) if self.state.held_by else (lambda: transceiver.hold(who)))

    def _holder(self) -> str:
        """Who holds the drill, where this terminal does."""
        return "learner"

    def action_view(self) -> None:
        self._view = VIEWS[(VIEWS.index(self._view) + 1) % len(VIEWS)]
        self._show_view()

    def action_aid(self, which: str) -> None:
        chosen = self.console.preferences
        self.console.preferences = chosen.changed(**{which: not getattr(chosen, which)})
        self._show_call()

    def action_peek(self) -> None:
        self._peeking = not self._peeking
        self._show_call()

    def describe(self, binding: Binding) -> str:
        if binding.action == "close_mic":
            if self._talking:
                return _("Close the mic")
            return _("Leave") if self.idle else _("Hush")
        if binding.action == "talk" and self._talking:
            return _("End the call")
        return super().describe(binding)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        scored = self.state.done and self.state.cue is not None
        match action:
            case "talk":
                return not scored
            case "next" | "again":
                return scored
            case "hear_slowly" | "hear" if parameters[0] == "mine":
                return self._recording is not None
            case "hear_slowly":
                return scored
            case "peek":
                return not scored and any(text.hidden or self._peeking for text in self._texts())
            case "view":
                return self._last is not None and self.app.screen.has_class("-narrow")
            case "peek" | "aid" if self._talking:
                return False
            case _:
                return True

    # What happened

    def _mine(self, seat: str) -> bool:
        """Whether a seat's sound is this terminal's."""
        return True

    def on_logged(self, message: Logged) -> None:
        before, self.state = self.state, message.state
        match message.event:
            case Cue():
                self._last = self._reference = self._recording = None
                self._stress = ()
                self._peeking = False
                self._show_verdict()
                self._show_scope()
            case KeyDown() if message.event.seat not in (VOICE, "") and self._mine(message.event.seat):
                self._recording = None
                self._show_scope()
                if self._frames:
                    self._frames.resume()
            case KeyUp() if message.event.seat not in (VOICE, "") and self._mine(message.event.seat):
                self.key_up_at = time.perf_counter()
                if self._frames:
                    self._frames.pause()
            case Assessed():
                self._assessed(message.event)
            case Refused():
                self.notify(message.event.reason, severity="warning", timeout=8)
            case Ended():
                self._ended()
                return
            case Advanced():
                self._last = None
        if (
            self.state.cue is not before.cue
            or self.state.done != before.done
            or isinstance(message.event, KeyDown | KeyUp)
        ):
            self._show_call()
        self._show_state()
        self._show_live()

    def _assessed(self, event: Assessed) -> None:
        self._last = event
        recording = self.drill.transceiver.last_recording if self.drill and self._mine(event.seat) else None
        self._recording = recording.samples if recording else None
        self._view = VIEWS[0]
        self._show_verdict()
        self._show_scope()
        self.call_after_refresh(self._painted)

    def _painted(self) -> None:
        self.painted_at = time.perf_counter()

    def on_measured(self, message: Measured) -> None:
        if message.assessed is not self._last:
            return
        self._reference, self._stress = message.result, message.stress
        self._show_timing()

    def _refused(self, reason: str) -> None:
        self.notify(reason, severity="error", timeout=10)
        if self.drill is None:  # nothing can go on without sound
            self.console.back()

    def _ended(self) -> None:
        from trainer.tui.screens.debrief import Debrief

        state, events = self.state, self.drill.log.events if self.drill else ()
        self.app.switch_screen(Debrief(state, events))

    # What is shown

    def _frame(self) -> None:
        if self.relabelling:
            return
        status = self.tape.status
        bar = self.query_one(ChannelBar)
        bar.level, bar.clipped, bar.seconds = status.level, status.clipped, status.seconds
        waveform = self.query_one(Waveform)
        waveform.show(self.tape.columns(waveform.dots), live=True)

    def _tick(self) -> None:
        """The clocks."""
        if self.relabelling or self.drill is None or self.state.plan is None:
            return
        now = self.drill.transceiver.clock.now()
        get = self.state.get(now)
        self.query_one(Masthead).clock = f"GET {clock(get)}" if get is not None else ""
        self._countdown(now)

    def _countdown(self, now: float) -> None:
        state, cue = self.state, self.state.cue
        waiting = cue is not None and cue.within is not None and state.running and not state.done
        if not waiting or cue is None or cue.within is None or state.keyed or state.late is not None or not self.idle:
            return
        left = cue.within - (state.clock(now) - state.cued)
        self.query_one(ChannelBar).note = (
            _("answer within {left:.0f} s").format(left=left) if left > 0 else _("{late:.0f} s late").format(late=-left)
        )
        if -left > LATE_AT_MOST / LATE_COST and self.drill is not None and not self._talking and self.directs:
            self._do(self.drill.transceiver.miss)

    @when_composed
    def _show_state(self) -> None:
        state, bar = self.state, self.query_one(ChannelBar)
        bar.channel = state.channel(self.own_seat)
        bar.held = state.held_by is not None
        bar.speaker = self._speaker()
        for seats in self.query(CrewBar):
            seats.show(state, *self._presence())
        if bar.channel != "transmit":
            bar.level, bar.clipped, bar.seconds = None, False, 0.0
        bar.note = self._note()
        self.refresh_bindings()

    def _speaker(self) -> str:
        return speaker_name(self.state.keyed_line) if self.state.keyed_line else ""

    def _presence(self) -> tuple[str | None, tuple[str, ...]]:
        """The one seat at this terminal, None where all are; the seats that are empty."""
        return None, ()

    def _note(self) -> str:
        state = self.state
        if self.drill is None:
            return _("opening the loop…")
        if self._looping.is_set():
            return _("cycle: hear, say, see; L or Esc stops it")
        if (
            state.keyed is None
            and self._talking
            and state.cue is not None
            and not state.done
            and state.late is not None
        ):
            return _("scoring…")
        if state.keyed is not None and state.keyed != VOICE:
            return (
                _("release Space, or fall silent, to end")
                if self._holds
                else _("Space or silence ends, Esc takes back")
            )
        if state.refused and not state.done:
            return _("not scored: say it again")
        if state.done:
            return _("↵ next · A again")
        if state.cue is not None and state.keyed is None:
            return _("hold Space and speak") if self._holds else _("Space, then speak")
        return ""

    @when_composed
    def _show_call(self) -> None:
        state = self.state
        cue = state.cue
        if cue is None:
            self.query_one(CallCard).show("", "", (), self._aids())
            return
        figures = " · ".join(f"{value}" for _name, value in cue.values) if state.done else ""
        self.query_one(CallCard).show(self._head(cue), self._ask(cue), tuple(self._texts()), self._aids(), figures)

    def _aids(self) -> Aids:
        chosen = self.console.preferences
        return Aids(chosen.ipa, chosen.letters, chosen.meaning)

    def _head(self, cue: Cue) -> str:
        own = [turn for turn in self._plan.agenda if turn.seat is not None]
        said = len({attempt.turn for attempt in self.state.attempts} | ({cue.turn} if not self.state.done else set()))
        calls = list(spoken(cue.answers[:1] or cue.shown, self.program.book))
        phase = self.program.book.phase(calls[0].phase).name[interface_language()] if calls else ""
        call = cue.answers[0].call if cue.answers else cue.shown[0].call if cue.shown else ""
        parts = [f"{said}/{max(len(own), said)}", call, phase, why(cue.reason)]
        return " · ".join(part for part in parts if part)

    def _ask(self, cue: Cue) -> str:
        if self.state.done or cue.seat is None:
            return ""
        target = self._plan.seat(cue.seat).target
        language = {"en": _("in English"), "ru": _("in Russian")}[target]
        verb = {
            "echo": _("Repeat what you hear, {language}."),
            "read": _("Say it, {language}."),
            "relay": _("Pass it on, {language}."),
            "respond": _("Answer, {language}."),
            "readback": _("Read it back, {language}."),
            "checklist": _("Your call, {language}."),
        }[self._plan.mode]
        asked = verb.format(language=language)
        return f"▸ {self._plan.seat(cue.seat).name}: {asked}" if len(self._plan.seats) > 1 else f"▸ {asked}"

    def _texts(self) -> list[Text]:
        cue, state = self.state.cue, self.state
        if cue is None:
            return []
        open_now = state.done or self._peeking
        found = []
        if (
            cue.prompt is not None
            and cue.prompt not in cue.shown
            and not (cue.answers and cue.prompt == cue.answers[0] and state.done)
        ):
            found.append(self._text(cue.prompt, speaker_name(cue.prompt), hidden=not open_now and bool(cue.answers)))
        found += [
            self._text(line, speaker_name(line) if line.speaker != "any" else "", main=True) for line in cue.shown
        ]
        if state.done:
            right = state.last.line if state.last else cue.answers[0] if cue.answers else None
            if right is not None and right not in cue.shown:
                found.append(self._text(right, self._who(cue), main=True))
        elif self._peeking and cue.answers and cue.answers[0] not in (*cue.shown, cue.prompt):
            found.append(self._text(cue.answers[0], self._who(cue), main=True))
        return found

    def _who(self, cue: Cue) -> str:
        """Whose answer a call is."""
        return self._plan.seat(cue.seat).name if cue.seat and len(self._plan.seats) > 1 else _("You")

    def _text(self, line: Line, who: str, *, hidden: bool = False, main: bool = False) -> Text:
        phrase = next(spoken([line], self.program.book), None)
        if phrase is None:
            return Text(who, line.text, hidden=hidden, main=main)
        ipa, letters = self._reading(phrase, line)
        return Text(who, line.text, ipa, letters, phrase.plain(other(line.language)), hidden, main)

    def _reading(self, phrase: Phrase, line: Line) -> tuple[str, str]:
        key = (line.call, line.language)
        if key not in self._readings:
            if len(self._readings) > 50:
                self._readings.clear()
            self._readings[key] = self.program.readings(phrase, line.language)
        return self._readings[key]

    @when_composed
    def _show_live(self) -> None:
        heard = self.state.heard
        live = self.query_one("#live", Static)
        if heard is None or self._last is not None:
            live.update(Content(""))
            return
        live.update(
            Content.assemble((_("heard: "), "$foreground 60%"), " ".join(heard.words), "" if heard.final else " …")
        )

    @when_composed
    def _show_scope(self) -> None:
        spectrogram, waveform = self.query_one(Spectrogram), self.query_one(Waveform)
        if self._recording is None or self._last is None:
            self.query_one("#scope", ContentSwitcher).current = "waveform"
            waveform.show((), live=False)
            spectrogram.show(None)
            return
        self.query_one("#scope", ContentSwitcher).current = "spectrogram"
        words = [(word.text, word.start, word.end) for word in self._last.assessment.words]
        spectrogram.show(self._recording, words)

    @when_composed
    def _show_verdict(self) -> None:
        last = self._last
        result = last.assessment if last else None
        attempt = self.state.attempts[-1] if last and self.state.attempts else None
        said = None
        if self.state.heard is not None and last is not None:
            said = Content.assemble(
                (_("words heard: "), "$foreground 60%"), " ".join(self.state.heard.words),
                (f"  ({self.state.heard.engine})", "$foreground 60%"),
            )  # fmt: skip
        self.query_one(WordsView).show(
            result, attempt.points if attempt else None, attempt.late if attempt else 0.0, said
        )
        self.query_one(SoundsView).show(result)
        self._show_timing()
        self._show_view()
        self.query_one("#verdict", VerticalScroll).scroll_home(animate=False)

    @when_composed
    def _show_timing(self) -> None:
        for view in self.query(TimingView):
            view.show(self._last.assessment if self._last else None, self._reference, self._stress)

    @when_composed
    def _show_view(self) -> None:
        side = self.query_one("#verdict-side")
        for view in VIEWS:
            side.set_class(view == self._view, f"-{view}")
        names = {"words": _("Words"), "sounds": _("Sounds"), "timing": _("Timing")}
        parts = [
            Content.styled(f" {names[view]} ", "reverse bold" if view == self._view else "$foreground 60%")
            for view in VIEWS
        ]
        self.query_one("#views", Static).update(Content(" ").join(parts) if self._last else Content(""))
