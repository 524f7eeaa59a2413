"""The operator of a drill across the network: the key asks for the floor, and a side leads the turns or follows."""

import threading
from typing import TYPE_CHECKING, Any

from trainer.drill.events import Assessed, Cue, Event, Left
from trainer.drill.plan import Plan
from trainer.drill.session import DIRECTOR, VOICE, State
from trainer.loop.admission import INSTRUCTOR
from trainer.loop.ends import End, HostEnd
from trainer.loop.roles import Role
from trainer.messages import N_
from trainer.messages import gettext as _
from trainer.tui import call_view
from trainer.tui.operator import How, Operator
from trainer.wording import place_name, seat_name

if TYPE_CHECKING:
    from trainer.loop.pair import LoopTransceiver

PRESS = 0.25  # s to wait for a press of the key, until the side looks around again
NOT_PRESSED = False


class LoopOperator(Operator):
    """The key of one terminal asks for the floor; everybody's turns and scores are seen."""

    heading = N_("Paired drill")
    drilled_again = False

    def __init__(self, plan: Plan, end: End) -> None:
        super().__init__(plan)
        self._end = end
        self.directs = end.role == "host"
        self.refuses = frozenset({"again", "skip", "cycle", "only_word"} | (set() if self.directs else {"next"}))
        self._seat, self._partner = (plan.seats if self.directs else plan.seats[::-1])[:2]
        self.holder = self._seat.id
        self._pressed = threading.Event()

    # Who sits here

    @property
    def own_seat(self) -> str:
        return self._seat.id

    def mine(self, seat: str) -> bool:
        return seat == self.own_seat

    @property
    def presence(self) -> tuple[str | None, tuple[str, ...]]:
        away = self.gone or (self.drill is not None and self._partner.id not in self.state.present)
        return self.own_seat, (self._partner.id,) if away else ()

    @property
    def gone(self) -> tuple[str, ...]:
        return () if self.drill is None or self._end.partner_here() else (self._partner.id,)

    @property
    def speaker(self) -> str:
        keyed = self.state.keyed
        return seat_name(self.plan.seat(keyed)) if keyed not in (None, VOICE, self.own_seat) else super().speaker

    @property
    def note(self) -> str:
        state = self.state
        if self.drill is None or state.cue is None:
            return super().note if self.drill is None else ""
        if isinstance(self._end, HostEnd) and self._end.cut_off:
            return _("the partner is cut off · Esc shows the new code")
        if self.gone and state.held_by is None:
            return _("waiting for the partner")
        if state.held_by is not None:
            if state.held_by == DIRECTOR:
                left = self.counted_down
                return _("waiting for the partner") if left is None else call_view.counted_told(left)
            return _("held by {who}").format(who=place_name(state.held_by, state))
        if state.done:
            return (
                _("goes on by itself · ↵ at once")
                if self.directs
                else _("goes on by itself, or at the host's ↵ · H holds")
            )
        if not self.speaks_here and state.cue.seat:
            return _("the turn of {who}").format(who=seat_name(self.plan.seat(state.cue.seat)))
        return super().note

    @property
    def leaving(self) -> str:
        return super().leaving if self.directs else _("Leave the loop and see the debrief")

    @property
    def joins(self) -> bool:
        return not self.directs

    @property
    def partners_code(self) -> str | None:
        return self._end.codes.get("guest")

    @property
    def expels(self) -> tuple[Role, ...]:
        there = {"guest": self._partner.id, "instructor": INSTRUCTOR}
        able = self._end.expels if isinstance(self._end, HostEnd) else ()
        return tuple(role for role in able if there[role] in self.state.present)

    def expel(self, role: Role) -> str:
        assert isinstance(self._end, HostEnd)
        return self._end.expel(role)

    # In the threads of the operator and of the side

    def open(self) -> None:
        try:
            drill = self._end.drill(self.plan, self._take_key, lambda: self.said_ready)
        except BaseException:
            self._end.close()
            raise
        self.drill = drill
        drill.log.follow(self._logged)
        self.state = drill.state
        drill.begin(lambda why: self.front.lost(why))  # whoever is the front then

    def _logged(self, event: Event, state: State) -> None:
        if isinstance(event, Cue) and self._pressed.is_set():  # a press for a turn that is over
            self._pressed.clear()
            self.talking = False
        if isinstance(event, Left) and event.place == self._partner.id:
            message = _("{who} is not on the loop. The drill waits.")
            self.front.told(message.format(who=seat_name(self._partner)), "warning", 5)
        super()._logged(event, state)
        if isinstance(event, Cue):
            self.do(self.prepare)

    def _take_key(self, transceiver: "LoopTransceiver") -> Any:
        """One press of the key, where there is one."""
        if not self._pressed.wait(PRESS):
            return NOT_PRESSED
        self._pressed.clear()
        outcome = self.say()
        state = transceiver.state
        if isinstance(outcome, Assessed):
            self.do(lambda: self.measure(outcome))
        elif outcome is None and not self._dropped.is_set() and state.running and not state.done:
            self._busy()
        return outcome

    def play_reference(self, speed: float) -> None:
        """Heard at this terminal alone: the loop stays free."""
        transceiver = self._open_drill.transceiver
        line = call_view.heard_by_key(transceiver.state, hints=self.hints)
        if line is not None:
            transceiver.let_hear(line, speed)

    def tick(self) -> None:
        """The host's side says when somebody has waited too long."""

    def end(self) -> None:
        if self.directs:
            super().end()
        else:
            self.front.over()

    # What the learner wants

    def ready(self) -> None:
        if self.drill is not None:
            self.said_ready = True  # the side takes the seat
            self.hush()

    def may_talk(self) -> bool:
        state = self.state
        if state.keyed is not None:
            self._busy()
            return False
        if state.cue is not None and state.cue.seat and not self.speaks_here and not state.done:
            who = seat_name(self.plan.seat(state.cue.seat))
            self.front.told(_("It is the turn of {who}.").format(who=who), "information", 3)
            return False
        return super().may_talk()

    def take_turn(self) -> None:
        self._pressed.set()

    def _busy(self) -> None:
        who = self.speaker or _("somebody else")
        self.front.told(_("The loop is busy: {who} speaks.").format(who=who), "warning", 3)

    def stop(self) -> None:
        super().stop()
        if self._pressed.is_set():
            self._pressed.clear()
            self.talking = False

    def go_on(self, how: How) -> None:
        if self.directs and how == "next" and self.state.done:
            self.hush()
            self._end.go_on(self.state.turn)
