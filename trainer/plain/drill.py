"""A drill in lines: what happens is said, what is typed is done. Enter is the key: it talks, and ends the call.

Whoever works a drill behind the console works it here: alone, two at one terminal, or over a loop.
"""

import threading
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from typing import Literal

from trainer.drill import agenda
from trainer.drill.debrief import failed, poor_sounds
from trainer.drill.direction import counted_down
from trainer.drill.events import (
    Assessed,
    Cue,
    Ended,
    Event,
    Held,
    Joined,
    KeyDown,
    KeyUp,
    Left,
    Line,
    Missed,
    Refused,
    Resumed,
)
from trainer.drill.mouth import worst_sound
from trainer.drill.plan import Plan
from trainer.drill.session import DIRECTOR, VOICE, State
from trainer.errors import UserError
from trainer.live.key_socket import KeySocket
from trainer.live.practice import Practising
from trainer.live.program import Program
from trainer.messages import gettext as _
from trainer.plain import mouth, telling
from trainer.plain.lines import Lines, Said
from trainer.reader import Reader
from trainer.scoring.assessment import Assessment
from trainer.tui import call_view
from trainer.tui.operator import SLOW, Operator, Sounding
from trainer.tui.stress import Prominence
from trainer.wording import comment_told, names_in, not_scored, place_name, seat_name, speaker_name

TICK = 0.25  # s between two looks at the clock
AT_MOST = 10.0  # s for what is being done to come to its end

Choice = Literal[
    "leave",
    "hear",
    "hear_me",
    "hear_slowly",
    "hear_me_slowly",
    "again",
    "words",
    "letters",
    "hint",
    "skip",
    "hold",
    "only_word",
]
NUMBERS: dict[Choice, str] = {
    "hear": "1", "hear_me": "2", "hear_slowly": "3", "hear_me_slowly": "4", "again": "5", "words": "6", "letters": "7",
    "hint": "8", "skip": "9", "hold": "10", "only_word": "11", "leave": "0",
}  # fmt: skip


@dataclass(frozen=True)
class Situation:
    """What the learner stands before; when it is another one, it is said what may be done."""

    turn: int
    done: bool
    own: bool
    held: bool


class PlainDrill:
    """The front of an operator, from its opening to the debrief."""

    def __init__(self, program: Program, operator: Operator, lines: Lines) -> None:
        self.program, self.operator, self.lines = program, operator, lines
        self._settled = threading.Condition()
        self._refused: UserError | None = None  # why it cannot be opened
        self._over = False
        self._to_come: tuple[Line | None, ...] | None = None  # calls that were told before it began
        self._situation: Situation | None = None
        self._told: set[Said] = set()  # of this turn's texts
        self._choosing_words = False

    # What happens; told from the operator's threads

    def logged(self, event: Event | None, state: State) -> None:
        self.operator.state = state
        with suppress(StopIteration):
            self._say(event, state)
        if isinstance(event, Ended):
            self._end()
        elif not self._over:
            self._offer(event)
        with self._settled:
            self._settled.notify_all()

    def measured(self, assessed: Assessed, reference: Assessment | None, stress: tuple[Prominence, ...]) -> None: ...

    def sounding(self, sound: Sounding | None) -> None: ...

    def told(self, what: str, severity: Literal["information", "warning", "error"], seconds: float) -> None:
        self.lines.say([(_("Note"), what)])

    def cannot_open(self, why: UserError) -> None:
        self._refused = why
        self._end()

    def lost(self, why: str) -> None:
        self.lines.say([(_("Drill"), _("cannot go on here")), (_("Note"), why)])
        self._end()

    def over(self) -> None:
        self._end()

    def _end(self) -> None:
        with self._settled:  # whoever has just typed waits until the debrief is said
            self._say_debrief()
            self._over = True
            self._settled.notify_all()

    def _say_debrief(self) -> None:
        drill, program = self.operator.drill, self.program
        if drill is None:
            return
        state = drill.state
        before = program.points_before(state.plan) if state.plan else {}
        self.lines.say(telling.debrief(state, drill.log.events, before, program.reader(), program.book))
        if program.signed_on and state.plan is not None:
            names = names_in(program.book)
            comments = program.comments(state.plan.session)
            self.lines.say((_("From the instructor"), comment_told(said, names)) for said in comments)
        self.lines.say([(_("Choices"), debrief_choices(self.program, self.operator))])

    @property
    def _plan(self) -> Plan:
        return self.operator.plan

    def _say(self, event: Event | None, state: State) -> None:
        say, seats = self.lines.say, {seat.id: seat_name(seat) for seat in self._plan.seats}
        several = len(seats) > 1
        match event:
            case Cue():
                self._told.clear()
                self._choosing_words = False
                say(telling.turn(state, self._plan, self.program.book, self.reader, here=self.operator.speaks_here))
                self._say_texts()
            case KeyDown() if event.seat == VOICE:
                say([(_("Voice"), speaker_name(event.line) if event.line else _("Loop"))])
            case KeyDown() if self.operator.mine(event.seat):
                say([(_("Key"), _("open, speak"))])
            case KeyDown():
                say([(_("Voice"), seats.get(event.seat, ""))])
            case KeyUp() if event.seat != VOICE and self.operator.mine(event.seat):
                say([(_("Key"), _("closed"))])
            case Assessed() | Missed():
                if several:
                    say([(_("Answer"), seats.get(event.seat, ""))])
                say(telling.answer(state, self.reader))
                self._say_texts()
            case Refused():
                self._situation = None
                say([(_("Not scored"), not_scored(event, state, here=self.operator.mine(event.seat)))])
            case Held() if event.by == DIRECTOR:
                say([(_("Drill"), _("waits until all are ready"))])
            case Held():
                say([(_("Drill"), _("held by {who}").format(who=place_name(event.by, state)))])
            case Resumed():
                say([(_("Drill"), _("goes on"))])
            case Joined() if event.place in seats:
                say([(_("Ready"), event.name)])
                if self.program.in_real_time and (left := counted_down(state, event.at)) is not None:
                    say([(_("Drill"), call_view.counted_told(left))])
            case Joined():
                say([(_("Loop"), _("on the loop: {name}").format(name=event.name))])
            case Left():
                text = _("{name} has left the loop").format(name=seats.get(event.place, _("the instructor")))
                say([(_("Loop"), text)])

    @property
    def reader(self) -> Reader:
        """Whoever's turn it is, of those at this terminal."""
        state = self.operator.state
        own = state.cue and state.cue.seat and self.operator.mine(state.cue.seat)
        return self.program.reader(self._plan.seat(state.cue.seat) if own and state.cue and state.cue.seat else None)

    def _say_texts(self) -> None:
        """What may be read now and could not before."""
        texts = list(
            telling.texts(
                self.operator.state, self._plan, self.program.book,
                lambda phrase, line: self.program.readings(phrase, line.language), self.operator.hints, self.reader,
            )
        )  # fmt: skip
        self.lines.say(said for said in texts if said not in self._told)
        self._told |= set(texts)

    # What may be done

    def _offer(self, event: Event | None) -> None:
        """Say what may be done, once the learner stands before something new and nothing sounds."""
        state, operator = self.operator.state, self.operator
        if not operator.begun:
            if operator.drill is not None and operator.idle and self._to_come is None:
                self._say_to_come()
            return
        prompted = isinstance(event, Cue) and event.prompt is not None
        if state.cue is None or prompted or state.keyed is not None or operator.talking or not operator.idle:
            return
        own = state.cue.seat is not None and operator.mine(state.cue.seat)
        situation = Situation(state.turn, state.done, own, state.held_by is not None)
        if situation != self._situation:
            self._situation = situation
            self._say_choices()

    def _say_to_come(self) -> None:
        """The calls, before it begins."""
        turns, plan = self.operator.state.queue, self._plan
        self._to_come = agenda.foreseen(self.program.book, plan, turns)
        own = [seat.id for seat in plan.seats if self.operator.mine(seat.id)]
        self.lines.say(telling.to_come(turns, self._to_come, plan, own, self.reader))
        self._say_how_to_begin()

    def _say_how_to_begin(self) -> None:
        ready, leave = _("ready to begin"), _("end the drill")
        begin = [] if self.operator.said_ready else [f"Enter, {ready}"]
        told = [*begin, _("the number of a call, hear it"), f"{NUMBERS['leave']}, {leave}"]
        self.lines.say([(_("Choices"), "; ".join(told))])

    def _say_choices(self) -> None:
        state, open_drill = self.operator.state, self.operator.drill
        choices = self._choices()
        self.lines.say(telling.advised(state, {name: NUMBERS[name] for name in choices}))
        if open_drill is not None and self.operator.speaks_here:
            self.lines.say(telling.haste(state, open_drill.transceiver.clock.now()))
        names = {
            "leave": _("end the drill"), "hear": _("hear the call"), "hear_me": _("hear yourself"),
            "hear_slowly": _("hear it slowly"), "hear_me_slowly": _("hear yourself slowly"),
            "again": _("say it again"), "words": _("word by word"), "letters": _("how it is read"),
            "hint": _("a hint"), "skip": _("leave this call out"),
            "only_word": _("only this word, by itself"),
            "hold": _("hold the drill") if state.held_by is None else _("go on with the drill"),
        }  # fmt: skip
        key = self._key
        told = [*([f"Enter, {key}"] if key else []), *(f"{NUMBERS[name]}, {names[name]}" for name in choices)]
        self.lines.say([(_("Choices"), "; ".join(told))])

    @property
    def _key(self) -> str:
        """What Enter does now; nothing where it is not this terminal's turn."""
        state, operator = self.operator.state, self.operator
        if state.cue is None or state.held_by is not None:
            return ""
        if state.done:
            return _("next") if operator.directs else ""
        own = state.cue.seat is not None and operator.mine(state.cue.seat)
        return _("talk, and Enter again to end") if own else ""

    def _choices(self) -> list[Choice]:
        state, operator = self.operator.state, self.operator
        if state.cue is None:
            return ["hold", "leave"]
        scored = state.done and state.last is not None and operator.mine(state.last.seat)
        said = scored and state.last is not None and state.last.assessment.verdict == "scored"
        own = state.cue.seat is not None and operator.mine(state.cue.seat)
        there: dict[Choice, bool] = {
            "hear": call_view.heard_by_key(state, hints=operator.hints) is not None,
            "hear_me": scored,
            "hear_slowly": scored,
            "hear_me_slowly": scored,
            "again": state.done and own and "again" not in operator.refuses,
            "words": said,
            "only_word": said and not operator.busy and operator.worst_word is not None,
            "letters": True,
            "hint": own and call_view.can_be_helped(state, operator.hints),
            "skip": own and not state.done and "skip" not in operator.refuses,
            "hold": True,
            "leave": True,
        }
        return [name for name in there if there[name]]

    # What is typed

    def run(self) -> str | None:
        """To the end of the drill and its debrief; what is typed then, None where there is no more. Raises UserError
        where it cannot be opened."""
        self.lines.say(telling.opening(self._plan))
        worker = threading.Thread(target=self.operator.work, args=(self.program, self), name="operator", daemon=True)
        ticking = threading.Event()
        typed: str | None = ""
        with ExitStack() as stack:
            stack.callback(worker.join, AT_MOST)
            stack.callback(self.operator.close)
            stack.callback(ticking.set)
            with suppress(UserError):  # without it the keyboard is the key
                stack.enter_context(closing(KeySocket(self.operator.pressed_outside)))
            worker.start()
            threading.Thread(target=self._tick, args=(ticking,), name="clock", daemon=True).start()
            self._wait(lambda: self._situation is not None or self._to_come is not None)
            while not self._over:
                if not self.lines.by_hand:
                    self._wait(self._at_rest)
                typed = self.lines.read()
                if typed is None:
                    self.operator.leave()
                    self._wait(lambda: False)
                elif self._has_ended():  # while somebody typed
                    return typed
                else:
                    self._heed(typed)
        if self._refused is not None:
            raise self._refused
        return self.lines.read() if typed is not None else None

    def _wait(self, reached: Callable[[], bool]) -> None:
        """Until something is so, or the drill is over."""
        with self._settled:
            self._settled.wait_for(lambda: self._over or reached())

    def _has_ended(self) -> bool:
        with self._settled:
            return self._over

    def _at_rest(self) -> bool:
        operator = self.operator
        return operator.idle and not operator.talking and (operator.begun or not operator.said_ready)

    def _tick(self, over: threading.Event) -> None:
        while not over.wait(TICK):
            self.operator.tick()

    def _heed(self, typed: str) -> None:
        operator = self.operator
        if not operator.begun:
            self._before_it_begins(typed)
            return
        if self._choosing_words:
            self._hear_word(typed)
            return
        if not typed:
            if operator.state.done and not operator.talking:
                operator.go_on("next")
            else:
                operator.pressed_outside("toggle")
            return
        choice = next((name for name in self._choices() if NUMBERS[name] == typed), None)
        match choice:
            case None:
                self.lines.misunderstood()
                self._say_choices()
                return
            case "hear" | "hear_slowly":
                operator.hear("reference", 1.0 if choice == "hear" else SLOW)
            case "hear_me" | "hear_me_slowly":
                operator.hear("mine", 1.0 if choice == "hear_me" else SLOW)
            case "again" | "skip":
                operator.go_on(choice)
            case "words":
                self._say_words()
            case "only_word":
                self._only_word()
            case "letters":
                self._say_letters()
            case "hint":
                operator.hint()
                self._say_texts()
            case "hold":
                operator.toggle_hold()
            case "leave":
                operator.stop()
                operator.leave()
        self.lines.understood()

    def _before_it_begins(self, typed: str) -> None:
        operator, lines = self.operator, self._to_come or ()
        if not typed:
            operator.ready()
        elif typed == NUMBERS["leave"]:
            operator.stop()
            operator.leave()
        elif typed.isdecimal() and int(typed) <= len(lines) and (line := lines[int(typed) - 1]) is not None:
            operator.hear_line(line)
        else:
            self.lines.misunderstood()
            self._say_how_to_begin()

    def _only_word(self) -> None:
        """The worst word of the answer, by itself."""
        last, place = self.operator.state.last, self.operator.worst_word
        if last is None or place is None:
            return
        self.operator.hush()
        practising = Practising(self.program, self._plan.seat(last.seat))
        try:
            piece = practising.piece(last.line.call, place, worst_sound(last.assessment, place))
            mouth.run(practising, [piece], self.lines)
        except UserError as error:
            self.lines.say([(_("Note"), str(error))])
        self._say_choices()

    def _say_letters(self) -> None:
        self.lines.say(
            telling.aids(
                self.operator.state, self._plan, self.program.book,
                lambda phrase, line: self.program.readings(phrase, line.language), self.operator.hints,
            )
        )  # fmt: skip

    def _say_words(self) -> None:
        last = self.operator.state.last
        if last is not None:
            self._choosing_words = True
            self.lines.say(telling.words(last.assessment, self.reader))
            self.lines.say([(_("Choices"), _("Enter, back; the number of a word, hear it read and as you said it"))])

    def _hear_word(self, typed: str) -> None:
        last = self.operator.state.last
        if typed.isdecimal() and last is not None and 1 <= int(typed) <= len(last.assessment.words):
            self.operator.hear_difference(int(typed) - 1)
            return
        self._choosing_words = False
        self._say_choices()


def debrief_choices(program: Program, operator: Operator) -> str:
    choices = [_("Enter or 0, leave"), _("the number of an answer, hear its call")]
    if operator.drilled_again:
        choices.append(_("+, another drill like this"))
        choices += [_("=, say the failed ones again")] if _failed(operator.state) else []
    if _weakest(program, operator):
        choices.append(_("*, drill the weakest sound"))
    return "; ".join(choices)


def _failed(state: State) -> tuple[tuple[str, str], ...]:
    return failed(state.attempts, state.plan.pass_mark) if state.plan else ()


def _weakest(program: Program, operator: Operator) -> str | None:
    """The sound that whoever is signed on said most poorly here."""
    drill, own = operator.drill, [seat.id for seat in operator.plan.seats if seat.learner == program.who]
    events = drill.log.events if drill else ()
    poor = poor_sounds([event for event in events if isinstance(event, Assessed) and event.seat in own])
    return poor[0].sound if poor else None


def run(program: Program, operator: Operator, lines: Lines) -> Plan | None:
    """A drill and its debrief; the drill that is wanted then. Raises UserError where it cannot be opened."""
    typed = PlainDrill(program, operator, lines).run()
    assert operator.drill is not None
    state, plan = operator.drill.state, operator.plan
    while typed and typed != "0":
        weakest = _weakest(program, operator)
        if typed == "+" and operator.drilled_again:
            return program.plan(plan.mode, plan.phase, *plan.seats[1:])
        if typed == "=" and operator.drilled_again and _failed(state):
            return program.plan_again(plan, _failed(state))
        if typed == "*" and weakest:
            _drill_sound(program, weakest, lines)
        elif typed.isdecimal() and 1 <= int(typed) <= len(state.attempts):
            _let_hear(program, state, int(typed) - 1, lines)
        else:
            lines.misunderstood()
        if not typed.isdecimal():
            lines.say([(_("Choices"), debrief_choices(program, operator))])
        typed = lines.read()
    return None


def _drill_sound(program: Program, sound: str, lines: Lines) -> None:
    practising = Practising(program, program.seat)
    try:
        mouth.run(practising, practising.ladder(sound), lines)
    except UserError as error:
        lines.say([(_("Note"), str(error))])


def _let_hear(program: Program, state: State, number: int, lines: Lines) -> None:
    assert state.plan is not None
    attempt = state.attempts[number]
    try:
        phrase = agenda.find(program.book, attempt.call or attempt.asked)
        if not program.let_hear(phrase, state.plan.seat(attempt.seat).target):
            lines.say([(_("Note"), _("there is no reading of this call."))])
    except (KeyError, UserError) as error:
        lines.say([(_("Note"), str(error))])
