"""Who works the drill behind the screen: the thread in which sound goes by, the key, and the cycle of hear, say, see.

An operator shows nothing and decides no rule: it does what the learner wants and what `drill.direction` says is due,
one job after the other in a thread of its own, and tells its screen. How a drill is worked differs (alone, on a loop,
by a script), so each kind is an operator of its own; the screen is the same.
"""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from trainer.audio.excerpt import excerpt
from trainer.audio.recording import SAMPLE_RATE
from trainer.audio.stretch import stretch
from trainer.drill.direction import COUNT, Manner, counted_down, due, gathers, missing
from trainer.drill.events import Assessed, Event, Line, Refused
from trainer.drill.plan import Plan
from trainer.drill.session import DIRECTOR, State
from trainer.drill.verdict import verdict, worst_word
from trainer.errors import UserError
from trainer.live.key_socket import Press
from trainer.live.program import Drill, Program
from trainer.loop.roles import Role
from trainer.messages import N_
from trainer.messages import gettext as _
from trainer.scoring.assessment import Assessment
from trainer.tui import call_view
from trainer.tui.stress import Prominence, prominences
from trainer.tui.widgets.tape import Tape

HELD_FOR = 0.35  # s: a Space that stays down longer is held to talk, a shorter one is a switch
ANSWERING = 0.7  # s after the key went down in which another Space is the same finger (keyboards repeat)
REPEATING = 0.15  # s between the repeats of a key that is held
LOOKING = 3.0  # s to look at a score before the cycle goes on
SLOW = 0.5  # half speed
MARGIN = 0.06  # s around a word that is heard by itself: its sounds begin before and end behind its border

Half = Literal["mine", "reference"]
HALVES: tuple[Half, ...] = ("reference", "mine")  # in the order in which they are compared
How = Literal["next", "again", "skip"]


@dataclass(frozen=True)
class Sounding:
    """What is heard just now of an answer and its reference, in seconds of its own recording. word: its place, None for
    the whole call; speed: 1 is as recorded."""

    which: Half
    start: float
    end: float
    word: int | None
    speed: float


class Front(Protocol):
    """The screen, as its operator sees it: may be told from any thread."""

    def logged(self, event: Event | None, state: State) -> None:
        """Something happened on the loop, or (None) the operator has come to rest."""

    def measured(self, assessed: Assessed, reference: Assessment | None, stress: tuple[Prominence, ...]) -> None:
        """The reference reading has been measured, for comparison with an answer."""

    def sounding(self, sound: Sounding | None) -> None:
        """A recording begins to be heard, or (None) is over."""

    def told(self, what: str, severity: Literal["information", "warning", "error"], seconds: float) -> None: ...

    def cannot_open(self, why: UserError) -> None:
        """Nothing can go on without sound."""

    def lost(self, why: str) -> None:
        """The drill cannot go on here, though it may elsewhere."""

    def over(self) -> None:
        """The drill is left from here, though it goes on elsewhere."""


class Operator:
    """One learner, or several at one terminal, whose key is Space."""

    heading = N_("Drill")
    refuses: frozenset[str] = frozenset()  # actions of the screen that this way of working does not have
    drilled_again = True  # whether the debrief offers to drill the same once more
    directs = True  # whether it is told here when a turn is over

    def __init__(self, plan: Plan, opened: Callable[[Program, Plan], Drill] = Program.open_drill) -> None:
        self.plan = plan
        self.manner = Manner()
        self.drill: Drill | None = None
        self.state = State()  # as the screen has been told
        self.tape = Tape()
        self.talking = False  # from the key press to the score
        self.said_ready = False
        self.begun = False  # whoever sits here had nothing to wait for any more
        self.holds: bool | None = None  # whether this terminal tells of key releases: None until one was seen
        self._opened_by = opened
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._hushes = 0  # how often silence was asked for
        self._waiting = 0  # jobs that are not done yet
        self._closing = False  # the screen has gone
        self._up = threading.Event()  # the key is to come up
        self._dropped = threading.Event()  # the call is taken back
        self._cycling = threading.Event()
        self._looked = threading.Event()  # long enough at the score
        self._key_down_at = 0.0
        self._last_space = 0.0

    # Before it begins

    @property
    def gathers(self) -> bool:
        """Whether it begins when those who drill say that they are ready."""
        return gathers(self.plan)

    @property
    def counted_down(self) -> float | None:
        """Seconds until the drill begins or goes on; None where it stands still for another reason, or runs."""
        return counted_down(self.state, self.drill.transceiver.clock.now()) if self.drill else None

    # Who sits here

    @property
    def own_seat(self) -> str:
        """The seat whose key is at this terminal: of several, the one whose turn it is."""
        return (self.state.cue.seat if self.state.cue else None) or ""

    def mine(self, seat: str) -> bool:
        """Whether a seat's sound is this terminal's."""
        return True

    @property
    def speaks_here(self) -> bool:
        """Whether whoever is to speak now sits at this terminal."""
        cue = self.state.cue
        return cue is not None and cue.seat is not None and self.mine(cue.seat)

    @property
    def presence(self) -> tuple[str | None, tuple[str, ...]]:
        """The one seat at this terminal, None where all are; the seats that are empty."""
        return None, ()

    @property
    def gone(self) -> tuple[str, ...]:
        """Seats whose holders are out of reach."""
        return ()

    @property
    def speaker(self) -> str:
        """Who is heard on the loop."""
        return call_view.speaker(self.state)

    @property
    def note(self) -> str:
        """What to do now, or what is going on."""
        if self.drill is None:
            return _("opening the loop…")
        if self.cycling:
            return _("cycle: hear, say, see; L or Esc stops it")
        return call_view.note(self.state, talking=self.talking, holds=bool(self.holds))

    @property
    def leaving(self) -> str:
        return _("End the drill and see the debrief")

    @property
    def joins(self) -> bool:
        """Whether whoever sits here has come with a join code."""
        return False

    @property
    def partners_code(self) -> str | None:
        """With which a partner joins, where it is for this terminal to tell."""
        return None

    @property
    def expels(self) -> tuple[Role, ...]:
        """Whom this terminal can cut off the loop."""
        return ()

    def expel(self, role: Role) -> str:
        """Blocks. The new join code of the role. Raises UserError."""
        raise NotImplementedError

    # The thread

    @property
    def idle(self) -> bool:
        """Nothing sounds, nothing is being said or scored."""
        return self._waiting == 0

    @property
    def busy(self) -> bool:
        return self.talking or self.cycling or not self.idle

    @property
    def cycling(self) -> bool:
        return self._cycling.is_set()

    def work(self, program: Program, front: Front) -> None:
        """Open the drill and do one job after the other, until `close`; then close the drill."""
        self.program, self.front = program, front
        self._waiting += 1
        job: Callable[[], None] | None = self.open
        while job is not None:
            try:
                job()
            except UserError as error:
                if self.drill is None:
                    front.cannot_open(error)
                else:
                    front.told(str(error), "error", 10)
            self._waiting -= 1
            if not self._waiting:
                front.logged(None, self.drill.state if self.drill else self.state)
            job = self._jobs.get()
        if self.drill is not None:
            self.drill.close()

    def do(self, job: Callable[[], None]) -> None:
        self._waiting += 1
        self._jobs.put(job)

    def close(self) -> None:
        self._closing = True
        self.stop()
        self._jobs.put(None)

    def open(self) -> None:
        from trainer.live.transceiver import stand_still

        self.drill = self._opened_by(self.program, self.plan)
        self.drill.log.follow(self._logged)
        self.state = self.drill.state
        if self.gathers:
            self.manner = replace(self.manner, count=COUNT if self.program.in_real_time else 0.0)
            stand_still(self.drill.transceiver, [seat.id for seat in self.plan.seats])
        else:
            self.begun = True
            self._show_last()
            self.lead()

    def goes_on_at(self, front: Front) -> None:
        """Another screen shows the drill from now on."""
        self.front = front
        self.state = self._open_drill.state
        self.do(self._show_last)

    def _show_last(self) -> None:
        """The score of a drill that is taken up again where it was left."""
        state = self._open_drill.state
        if state.cue is not None and state.last is not None:
            self.front.logged(state.last, state)
            self.measure(state.last)

    def _logged(self, event: Event, state: State) -> None:
        if self.said_ready and state.running and state.turn >= 0:
            self.begun |= not any(self.mine(seat) for seat in missing(state))
        self.front.logged(event, state)

    @property
    def _open_drill(self) -> Drill:
        assert self.drill is not None
        return self.drill

    def lead(self) -> None:
        """Whatever is due: the next turn, and over those that are only to be heard."""
        transceiver = self._open_drill.transceiver
        if not self.gathers:
            self._hear_once_more()
        while (step := due(transceiver.state, transceiver.clock.now(), self.manner)) != "wait":
            match step:
                case "hold":
                    transceiver.hold(DIRECTOR)
                case "resume":
                    transceiver.resume(DIRECTOR)
                    self._hear_once_more()
                case "cue":
                    if transceiver.next_cue() is None:
                        break
                case "advance":
                    transceiver.advance()
                case "miss":
                    transceiver.miss()
        threading.Thread(target=self.prepare, name="reference", daemon=True).start()

    def prepare(self) -> None:
        """Measure the reference of what is to be said now, while nobody waits: after the score that would hold up its
        drawing."""
        cue = self._open_drill.state.cue
        if cue is not None and cue.seat is not None and self.mine(cue.seat) and cue.answers:
            self.program.measured(cue.answers[0])

    def _hear_once_more(self) -> None:
        """A turn that is taken up again after a break."""
        transceiver = self._open_drill.transceiver
        if transceiver.state.cue is not None and not transceiver.state.done:
            transceiver.next_cue()

    def tick(self) -> None:
        """Time goes by: nobody answers for ever, and what is counted down comes to its end."""
        if self.drill is None or not self.directs or self.talking or not self.idle:
            return
        transceiver = self.drill.transceiver
        match due(self.state, transceiver.clock.now(), self.manner):
            case "miss":
                self.do(transceiver.miss)
            case "resume":
                self.do(self.lead)

    def say(self) -> Assessed | Refused | None:
        """One press of the key."""
        self.tape.clear()
        try:
            outcome = self._open_drill.transceiver.talk(self._up.is_set, self.tape.feed, self._dropped.is_set)
        finally:
            self.talking = False
        if outcome is None and self._dropped.is_set() and not self._closing:
            self.front.told(withdrawn(), "information", 4)
        return outcome

    def talk(self) -> None:
        hushes = self._hushes
        if isinstance(outcome := self.say(), Assessed):
            self.measure(outcome)
            if self.program.compare and self.program.speaker != "mute" and hushes == self._hushes:
                self.compare(None)

    def measure(self, assessed: Assessed) -> None:
        """Compare an answer with the reference reading."""
        mine = self._open_drill.transceiver.last_recording
        measured = self.program.measured(assessed.line)
        stress: tuple[Prominence, ...] = ()
        if measured and mine and assessed.assessment.verdict == measured.assessment.verdict == "scored":
            stress = prominences(assessed.assessment, mine.samples, measured.assessment, measured.samples)
        self.front.measured(assessed, measured.assessment if measured else None, stress)

    def compare(self, word: int | None) -> None:
        """Hear the difference: a word of the reference, then mine; of none in particular, what the verdict is about."""
        word = self.worst_word if word is None else word
        hushes = self._hushes
        for which in HALVES:
            if word is not None and hushes == self._hushes:
                self.play(which, 1.0, word)

    @property
    def worst_word(self) -> int | None:
        """The place of the word that the verdict is about, where there is one."""
        state = self._open_drill.state
        judged = verdict(state)
        return worst_word(state.last.assessment, judged) if state.last and judged else None

    def play(self, which: Half, speed: float, word: int | None = None) -> None:
        """word: the place of one word of the call that was answered; None: the whole call."""
        assessed, samples = self._heard(which)
        sound = _sounding(which, assessed, len(samples) / SAMPLE_RATE, speed, word) if assessed else None
        if word is not None and sound is None:
            if which == "mine":
                self.front.told(_("You left this word out."), "information", 3)
            return
        self.front.sounding(sound)
        try:
            if word is not None and sound is not None:
                piece = excerpt(samples, SAMPLE_RATE, sound.start - MARGIN, sound.end + MARGIN)
                transceiver = self._open_drill.transceiver
                transceiver.play(piece if speed == 1 else stretch(piece, SAMPLE_RATE, speed), SAMPLE_RATE)
            elif which == "mine":
                self.play_mine(speed)
            else:
                self.play_reference(speed)
        finally:
            self.front.sounding(None)

    def _heard(self, which: Half) -> "tuple[Assessment | None, NDArray[np.float32]]":
        """The answer to this turn, or its reference, with its sound at 16 kHz; nothing before there is one."""
        transceiver = self._open_drill.transceiver
        last, nothing = transceiver.state.last, np.zeros(0, np.float32)
        if last is None:
            return None, nothing
        if which == "mine":
            own = transceiver.last_recording
            return (last.assessment, own.samples) if own else (None, nothing)
        measured = self.program.measured(last.line)
        return (measured.assessment, measured.samples) if measured else (None, nothing)

    def play_reference(self, speed: float) -> None:
        if (line := call_view.heard_by_key(self._open_drill.state, hints=self.hints)) is not None:
            transceiver = self._open_drill.transceiver
            if transceiver.reading(line) is None:
                self.front.told(no_recording(), "information", 3)
            transceiver.voice(line, speed)

    def play_mine(self, speed: float) -> None:
        transceiver = self._open_drill.transceiver
        if transceiver.last_recording is not None:
            samples = transceiver.last_recording.samples
            transceiver.play(samples if speed == 1 else stretch(samples, SAMPLE_RATE, speed), SAMPLE_RATE)

    @property
    def hints(self) -> int:
        """Steps of help that were asked for in this turn."""
        return self.drill.transceiver.hints if self.drill else 0

    def hint(self) -> None:
        if self.drill is not None and not self.talking and not self.state.done:
            self.drill.transceiver.hint()

    def cycle(self) -> None:
        """Hear, say, see, again, until somebody stops it."""
        transceiver = self._open_drill.transceiver
        while self.cycling and transceiver.state.running:
            if transceiver.state.done:
                transceiver.advance("again")
            if transceiver.state.cue is None:
                transceiver.next_cue()
            if self.plan.mode != "echo":
                self.play("reference", 1.0)
            if not self.cycling:
                break
            self.key_goes_down()
            self.talk()
            if self._dropped.is_set() or not transceiver.state.done:
                break
            self._looked.clear()
            self._looked.wait(LOOKING if self.program.options.pace == "real" else 0.0)
        self._cycling.clear()

    # What the learner wants; called by the screen, never blocks

    def ready(self) -> None:
        """Whoever sits here is ready."""
        if self.drill is not None and not self.said_ready:
            self.said_ready = True
            self.hush()
            self.do(self._take_seats)

    def _take_seats(self) -> None:
        transceiver = self._open_drill.transceiver
        for seat in missing(transceiver.state):
            transceiver.join(self.plan.seat(seat))
        self.lead()

    def hear_line(self, line: Line) -> None:
        """Any call, at this terminal alone."""
        if self.drill is not None and not self.talking:
            self.hush()
            self.do(lambda: self._let_hear(line))

    def _let_hear(self, line: Line) -> None:
        if not self._open_drill.transceiver.let_hear(line):
            self.front.told(no_recording(), "information", 3)

    def press(self) -> None:
        """Space: the key goes down, or comes up."""
        now = time.monotonic()
        since, self._last_space = now - self._last_space, now
        if self.drill is None or not self.state.running:
            self._tell_why_closed()
            return
        if self.talking:
            # Terminals that tell no releases repeat the key instead: that is no second press.
            if now - self._key_down_at > ANSWERING and since > REPEATING:
                self._up.set()
            return
        if since < REPEATING and self.holds is None:
            return
        if not self.may_talk():
            return
        self.hush()
        self.key_goes_down()
        self.take_turn()

    def _tell_why_closed(self) -> None:
        """Why Space opens no microphone where the drill does not run."""
        if self.counted_down is not None:
            self.front.told(_("The microphone opens when the count is over."), "information", 3)
        elif self.state.held_by not in (None, DIRECTOR):
            self.front.told(_("The drill is held: H goes on."), "information", 3)

    def pressed_outside(self, press: Press) -> bool:
        """The key of a pedal or a button, which tells both ways and never repeats. Whether it means anything now."""
        if not self.begun:
            if press != "up":
                self.ready()
            return press != "up"
        if self.talking:
            if press != "down":
                self._up.set()
            return True
        if press == "up":
            return False
        self._last_space = -ANSWERING
        self.press()
        return self.talking

    def may_talk(self) -> bool:
        """Whether there is something to say now; tells why not."""
        state = self.state
        if state.done and state.cue is not None:
            self.front.told(_("Scored. ↵ goes on, A says it again."), "information", 3)
        return state.cue is not None and state.cue.seat is not None and not state.done

    def key_goes_down(self) -> None:
        self._up.clear()
        self._dropped.clear()
        self.talking = True
        self._key_down_at = time.monotonic()

    def take_turn(self) -> None:
        self.do(self.talk)

    def released(self) -> None:
        """Space came up; only terminals that report it say so."""
        self.holds = True
        if self.talking and time.monotonic() - self._key_down_at >= HELD_FOR:
            self._up.set()

    def repeated(self) -> None:
        self._last_space = time.monotonic()

    def stop(self) -> None:
        """Whatever is open is closed, the call taken back, whatever sounds is hushed."""
        self._cycling.clear()
        self._looked.set()
        self._dropped.set()
        self._up.set()
        self.hush()

    def hush(self) -> None:
        self._hushes += 1
        if self.drill is not None:
            self.drill.transceiver.hush()

    def hear(self, which: Half, speed: float, word: int | None = None) -> None:
        if self.talking or self.cycling or self.drill is None:
            return
        self.hush()
        self.do(lambda: self.play(which, speed, word))

    def hear_difference(self, word: int | None) -> None:
        """See `compare`."""
        if not self.talking and not self.cycling and self.drill is not None:
            self.hush()
            self.do(lambda: self.compare(word))

    def go_on(self, how: How) -> None:
        """To the next turn, the same again, or on without an answer."""
        if self.cycling:
            self.stop()
        if self.talking or self.drill is None or not self.state.running or self.state.cue is None:
            return
        if not self.state.done and how != "skip":
            return
        self.hush()
        turn = self.state.turn
        self.do(lambda: self._go_on(how, turn))

    def _go_on(self, how: How, turn: int) -> None:
        transceiver = self._open_drill.transceiver
        if transceiver.state.turn == turn and transceiver.state.cue is not None:  # the key was pressed twice
            transceiver.advance(how)
            self.lead()

    def toggle_cycle(self) -> None:
        if self.cycling:
            self.stop()
            return
        if self.talking or self.drill is None or self.state.cue is None or self.state.cue.seat is None:
            return
        self.hush()
        self._cycling.set()
        self.do(self.cycle)

    holder = "learner"  # who holds the drill, where this terminal does

    def toggle_hold(self) -> None:
        if self.drill is None or self.talking or self.state.held_by == DIRECTOR:  # until all are there
            return
        self.hush()
        transceiver, held = self.drill.transceiver, self.state.held_by is not None
        self.do((lambda: transceiver.resume(self.holder)) if held else (lambda: transceiver.hold(self.holder)))

    def end(self) -> None:
        """The drill is over."""
        if self.drill is not None and self.drill.state.ended is None:
            self.drill.transceiver.end("stopped")

    def leave(self) -> None:
        self.do(self.end)


def no_recording() -> str:
    """What is said of a call that nobody has read."""
    return _("There is no recording of this call.")


def withdrawn() -> str:
    """What is said of a call that was taken back."""
    return _("Taken back: nothing of it is scored or kept.")


def _sounding(which: Half, assessed: Assessment, seconds: float, speed: float, word: int | None) -> Sounding | None:
    """None for a word that was not said."""
    if word is None:
        return Sounding(which, 0.0, seconds, None, speed)
    scored = assessed.words[word] if word < len(assessed.words) else None
    if scored is None or scored.start is None or scored.end is None:
        return None
    return Sounding(which, scored.start, scored.end, word, speed)
