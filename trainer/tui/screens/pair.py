"""The drill console on a loop: this terminal's key asks for the floor, and everybody's turns and scores are seen."""

import threading
import time
from typing import TYPE_CHECKING, Any, Literal

from trainer.audio.stretch import stretch
from trainer.drill.events import Assessed, Cue, KeyUp, Left
from trainer.drill.plan import Plan
from trainer.drill.session import DIRECTOR, VOICE, State
from trainer.loop.ends import End
from trainer.loop.roles import role_name
from trainer.messages import gettext as _
from trainer.tui.keys import N_
from trainer.tui.screens.drill import HALF, DrillPage, Logged

if TYPE_CHECKING:
    from trainer.loop.pair import LoopTransceiver

PRESS = 0.25  # s to wait for a press of the key, until the side looks around again
LOOKING = 10.0  # s to look at a score before the loop goes on by itself
NOT_PRESSED = False


class PairPage(DrillPage):
    heading = N_("Paired drill")

    def __init__(self, plan: Plan, end: End) -> None:
        super().__init__(plan)
        self._end_of_loop = end
        self._pressed = threading.Event()
        self._over: tuple[int, float] = (-1, 0.0)  # turn, and when it was over
        self._go_on_from = -1  # turn after which the host wants the next
        self._partner_here = True

    @property
    def directs(self) -> bool:
        return self._end_of_loop.role == "host"

    @property
    def own_seat(self) -> str:
        return self._plan.seats[0 if self.directs else 1].id

    @property
    def _my_turn(self) -> bool:
        return self.state.cue is not None and self.state.cue.seat == self.own_seat

    def _mine(self, seat: str) -> bool:
        return seat == self.own_seat

    def _holder(self) -> str:
        return self.own_seat

    # In the threads of the station and of the side

    def _opened(self) -> None:
        try:
            drill = self._end_of_loop.drill(self._plan, self._take_key, self._may_go_on)
        except BaseException:
            self._end_of_loop.close()
            raise
        self.drill = drill
        drill.log.follow(self._follow)
        self.state = drill.state
        self.post_message(Logged(KeyUp(at=self.state.at, seat=""), self.state))
        drill.begin(self._side_failed)

    def _side_failed(self, why: str) -> None:
        self.app.call_from_thread(self.notify, why, severity="error", timeout=20)

    def _take_key(self, transceiver: "LoopTransceiver") -> Any:
        """One press of the key, where there is one."""
        if not self._pressed.wait(PRESS):
            return NOT_PRESSED
        self._pressed.clear()
        outcome = self._say()
        if isinstance(outcome, Assessed):
            self._do(lambda: self._measure(outcome))
        elif (
            outcome is None and not self._dropped.is_set() and transceiver.state.running and not transceiver.state.done
        ):
            self.app.call_from_thread(self._busy)
        return outcome

    def _may_go_on(self, state: State) -> bool:
        """The host goes on; else the loop does, when there was time to look at the score."""
        if self._over[0] != state.turn:
            self._over = (state.turn, time.monotonic())
        listened = state.cue is not None and not state.cue.answers
        looked = time.monotonic() - self._over[1] > (LOOKING if self.program.options.pace == "real" else 0.0)
        return listened or looked or self._go_on_from == state.turn

    def _play(self, which: HALF, speed: float) -> None:
        """Heard at this terminal alone: the loop stays free."""
        if which == "mine":
            super()._play(which, speed)
            return
        assert self.drill is not None
        line = self._line()
        if line is not None and (found := self.drill.transceiver.reading(line)):
            samples = found.samples if speed == 1 else stretch(found.samples, found.rate, speed)
            self.drill.transceiver.play(samples, found.rate)

    def _end(self) -> None:
        if self.directs:
            super()._end()
        else:
            self.app.call_from_thread(self._ended)

    # What the learner wants

    def action_talk(self) -> None:
        state = self.state
        if self.drill is not None and state.running and not self._talking:
            if state.keyed is not None:
                self._busy()
                return
            if state.cue is not None and state.cue.seat and not self._my_turn and not state.done:
                who = self._plan.seat(state.cue.seat).name
                self.notify(_("It is the turn of {who}.").format(who=who), timeout=3)
                return
        super().action_talk()

    def _press(self) -> None:
        self._pressed.set()

    def _busy(self) -> None:
        who = self._speaker() or _("somebody else")
        self.notify(_("The loop is busy: {who} speaks.").format(who=who), severity="warning", timeout=3)

    def _stop(self) -> None:
        super()._stop()
        if self._pressed.is_set():
            self._pressed.clear()
            self._talking = False

    def _advance(self, how: Literal["next", "again", "skip"]) -> None:
        if self.directs and how == "next" and self.state.done:
            self._hush()
            self._go_on_from = self.state.turn

    def action_loop(self) -> None:
        """Nobody else could speak meanwhile."""

    def _leaving(self) -> str:
        return super()._leaving() if self.directs else _("Leave the loop and see the debrief")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "again" | "skip" | "loop":
                return False
            case "next" if not self.directs:
                return False
            case _:
                return super().check_action(action, parameters)

    # What happened

    def on_logged(self, message: Logged) -> None:
        if isinstance(message.event, Cue) and self._pressed.is_set():  # a press for a turn that is over
            self._pressed.clear()
            self._talking = False
        if isinstance(message.event, Left) and message.event.place != self.own_seat:
            seats = {seat.id: seat.name for seat in self._plan.seats}
            if who := seats.get(message.event.place):
                self.notify(_("{who} is not on the loop. The drill waits.").format(who=who), severity="warning")
        super().on_logged(message)

    def _ended(self) -> None:
        from trainer.tui.screens.debrief import Debrief

        events = self.drill.log.events if self.drill else ()
        self.app.switch_screen(Debrief(self.state, events, again=False))

    # What is shown

    def _tick(self) -> None:
        super()._tick()
        if self.drill is not None and not self.relabelling:
            here = self._end_of_loop.partner_here(self.state)
            if here != self._partner_here:
                self._partner_here = here
                self._show_state()

    def _presence(self) -> tuple[str | None, tuple[str, ...]]:
        partner = self._plan.seats[1 if self.directs else 0].id
        away = not self._partner_here or partner not in self.state.present
        return self.own_seat, (partner,) if away else ()

    def _speaker(self) -> str:
        keyed = self.state.keyed
        return self._plan.seat(keyed).name if keyed not in (None, VOICE, self.own_seat) else super()._speaker()

    def _note(self) -> str:
        state = self.state
        if self.drill is None or state.cue is None:
            return super()._note() if self.drill is None else ""
        if state.held_by is not None:
            if state.held_by == DIRECTOR:
                return _("waiting for the partner")
            names = {seat.id: seat.name for seat in self._plan.seats}
            return _("held by {who}").format(who=names.get(state.held_by) or role_name("instructor"))
        if state.done:
            return _("↵ next, or wait") if self.directs else _("the host goes on · H holds")
        if not self._my_turn and state.cue.seat:
            return _("the turn of {who}").format(who=self._plan.seat(state.cue.seat).name)
        return super()._note()
