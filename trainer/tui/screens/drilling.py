"""What the screens of a drill share: the operator behind them, how a drill cannot be opened, is left, and ends."""

from functools import partial
from typing import Literal

from textual.message import Message
from textual.screen import ModalScreen

from trainer.audio.devices import NoMicrophone
from trainer.drill.events import Assessed, Event, Line
from trainer.drill.plan import Plan
from trainer.drill.session import State
from trainer.errors import UserError
from trainer.live.program import Drill
from trainer.loop.roles import Role
from trainer.phrasebook.phrase import Phrase
from trainer.reader import Reader
from trainer.scoring.assessment import Assessment
from trainer.tui.operator import Operator, Sounding
from trainer.tui.page import Page
from trainer.tui.stress import Prominence

READINGS = 50  # calls whose IPA and letters are remembered


class Logged(Message):
    """Something happened on the loop; None: the operator has come to rest."""

    def __init__(self, event: Event | None, state: State) -> None:
        super().__init__()
        self.event = event
        self.state = state


class Lost(Message):
    """The drill cannot go on here."""

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why


class DrillingPage(Page):
    """The front of an operator."""

    def __init__(self, operator: Operator) -> None:
        super().__init__()
        self.operator = operator
        self.heading = operator.heading
        self._readings: dict[tuple[str, str], tuple[str, str]] = {}
        self._readers: dict[str, Reader] = {}  # of partners at this terminal, by seat

    def take_over(self) -> None:
        """From now on the drill is shown here; where nobody has, it is opened."""
        if self.operator.drill is not None:
            self.operator.goes_on_at(self)
            return
        # The drill outlives the screen that opens it: it is the app's.
        work = partial(self.operator.work, self.program, self)
        self.app.run_worker(work, thread=True, exit_on_error=False, name="operator")

    # What is there

    @property
    def plan(self) -> Plan:
        return self.operator.plan

    @property
    def state(self) -> State:
        return self.operator.state

    @property
    def drill(self) -> Drill | None:
        return self.operator.drill

    @property
    def idle(self) -> bool:
        return self.operator.idle

    # How calls are read

    @property
    def reader(self) -> Reader:
        """Whoever's turn it is, of those at this terminal."""
        seat = self.state.cue.seat if self.state.cue else None
        if seat is None or seat == self.plan.seats[0].id or not self.operator.mine(seat):
            return self.program.reader()
        if seat not in self._readers:
            self._readers[seat] = self.program.reader(self.plan.seat(seat))
        return self._readers[seat]

    def reading(self, phrase: Phrase, line: Line) -> tuple[str, str]:
        """IPA of a call, and its letters for whoever does not read it."""
        key = (line.call, line.language)
        if key not in self._readings:
            if len(self._readings) > READINGS:
                self._readings.clear()
            self._readings[key] = self.program.readings(phrase, line.language)
        ipa, letters = self._readings[key]
        return ipa, letters if self.reader.needs(line.language) else ""

    def action_letters(self) -> None:
        try:
            self.program.show_letters(not self.program.letters)
        except UserError as error:
            self.notify(str(error), severity="warning")
        self.show_aids()

    def action_aid(self, which: str) -> None:
        chosen = self.console.preferences
        self.console.preferences = chosen.changed(**{which: not getattr(chosen, which)})
        self.show_aids()

    def show_aids(self) -> None:
        """What helps to read a call has changed."""

    # What the operator tells, from its thread and from those of the loop

    def logged(self, event: Event | None, state: State) -> None:
        self.post_message(Logged(event, state))

    def measured(self, assessed: Assessed, reference: Assessment | None, stress: tuple[Prominence, ...]) -> None: ...

    def sounding(self, sound: Sounding | None) -> None: ...

    def told(self, what: str, severity: Literal["information", "warning", "error"], seconds: float) -> None:
        if self.is_attached:  # a side may end later than the page whose drill it was
            self.app.notify(what, severity=severity, timeout=seconds)

    def cannot_open(self, why: UserError) -> None:
        if isinstance(why, NoMicrophone):
            self.app.call_from_thread(self.console.back)
            self.app.call_from_thread(self.console.offer_ear, str(why), self.plan.phase)
            return
        self.told(str(why), "error", 10)
        self.app.call_from_thread(self.console.back)

    def lost(self, why: str) -> None:
        self.post_message(Lost(why))

    def on_lost(self, message: Lost) -> None:
        """It stays until it was read: what is shown of the drill is not true any more."""
        from trainer.tui.screens.leaving import CannotGoOn

        if self.state.ended is None:
            self.app.push_screen(CannotGoOn(message.why, joins=self.operator.joins), self._given_up)

    def _given_up(self, how: str | None) -> None:
        if how == "join":
            self.console.back()
            self.console.action_join()
        else:
            self._ended()

    def over(self) -> None:
        self.app.call_from_thread(self._ended)

    # How it is left

    def action_leave(self) -> None:
        from trainer.tui.screens.leaving import Leaving

        if self.state.ended is not None or self.drill is None:
            self.console.back()
            return
        operator = self.operator
        dialog = Leaving(operator.leaving, operator.expels, codes=operator.partners_code is not None)
        self.app.push_screen(dialog, self._left)

    def _left(self, how: str | None) -> None:
        from trainer.tui.screens.leaving import SeenCode

        if how == "end":
            self.operator.leave()
        if how == "code" and self.operator.partners_code is not None:
            self.app.push_screen(SeenCode(self.operator.partners_code))
        for role in self.operator.expels:
            if how == role:
                self.run_worker(partial(self._expel, role), thread=True, exit_on_error=False)

    def _expel(self, role: Role) -> None:
        from trainer.tui.screens.leaving import NewCode

        try:
            code = self.operator.expel(role)
        except UserError as error:
            self.app.call_from_thread(self.notify, str(error), severity="warning", timeout=8)
        else:
            self.app.call_from_thread(self.app.push_screen, NewCode(role, code))

    def _ended(self) -> None:
        from trainer.tui.screens.debrief import Debrief

        while self.app.screen is not self and isinstance(self.app.screen, ModalScreen):
            self.app.pop_screen()  # what was asked there is over with the drill
        events = self.drill.log.events if self.drill else ()
        self.app.switch_screen(Debrief(self.state, events, again=self.operator.drilled_again))
