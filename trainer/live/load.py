"""Under load at the edges: a call heard and answered at the radio while another task goes on at the keys."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from trainer.audio.microphone import NoRecording
from trainer.drill import agenda
from trainer.drill.events import KeyUp, Opened, Refused
from trainer.drill.load import ALONE, CALLS, Answer, Key, Other, Pair, Press, Task, held, lead, level, twice
from trainer.drill.plan import Mode, Plan
from trainer.errors import UserError
from trainer.live import planning
from trainer.live.seed import seed_or_drawn
from trainer.live.session_log import SessionLog
from trainer.live.transceiver import Clock, Meter, SoundClock, Transceiver, WallClock

if TYPE_CHECKING:
    from trainer.audio.loudspeaker import Loudspeaker
    from trainer.audio.microphone import Microphone
    from trainer.audio.recording import Recording
    from trainer.drill.session import State
    from trainer.live.practice import Practising


class LoadDrill:
    """Calls that are answered twice each, with the other task and without. Presses may come from any thread.

    Attributes:
        log: of the calls; kept nowhere.
        other: the stretch of the other task that is on; None: it is off.
        live: whether time goes by as for people.
        alone: points of the other task by itself; None before it was done.
        pairs: the calls that were answered both ways.
    """

    def __init__(
        self, practising: "Practising", task: Task, microphone: "Microphone", loudspeaker: "Loudspeaker", *,
        calls: int = CALLS, seed: int | None = None,
    ) -> None:  # fmt: skip
        """Raises UserError where there is nothing to answer."""
        program = practising.program
        self.practising = practising
        self.task: Task = task
        self.seed = seed_or_drawn(seed)
        self.level = level(program.exercises(practising.seat, "load"), practising.language, task)
        plan = self._plan(calls)
        for call in (turn.answers[0] for turn in plan.agenda if turn.answers):
            if not microphone.has(call, practising.language):
                raise NoRecording(microphone.name, program.book.name_of(call))
        asked = twice(plan.agenda, self.seed)
        self._loaded = tuple(loaded for _turn, loaded in asked)
        self._clock: Clock = WallClock() if program.in_real_time else SoundClock()
        self.live = program.in_real_time
        self.log = log = SessionLog()  # an exercise is no session: nothing of it counts as an answer to a call
        self._radio = Transceiver(
            log, program.book, program.scorer, microphone, loudspeaker, self._clock, voicing=program.voicing,
            words=program.scorer.words, live=program.in_real_time, tell=program.tell,
        )  # fmt: skip
        log.append(Opened(at=0.0, plan=replace(plan, agenda=tuple(turn for turn, _loaded in asked))))
        self.other: Other | None = None
        self.alone: float | None = None
        self.answers: list[Answer] = []
        self.pairs: list[Pair] = []
        self._presses: list[Press] = []
        self._called = 0.0  # when the call began to be heard
        self._stopped = threading.Event()

    def _plan(self, calls: int) -> Plan:
        """Readbacks, where the book has some for this seat; else calls to repeat."""
        program, seat = self.practising.program, self.practising.seat

        def planned(mode: Mode) -> Plan:
            memory = program.memory(seat)
            return planning.plan(
                program.book, mode, [seat], program.options.now(), size=calls, memory=memory, seed=self.seed
            )

        try:
            plan = planned("readback")
        except UserError:
            plan = planned("echo")
        return replace(plan, within=agenda.CHECKLIST_WITHIN)

    # Where it stands

    @property
    def state(self) -> "State":
        return self.log.state

    @property
    def recording(self) -> "Recording | None":
        """What was said last."""
        return self._radio.last_recording

    @property
    def size(self) -> int:
        """Answers in all: two for each call."""
        return len(self._loaded)

    @property
    def over(self) -> bool:
        return len(self.answers) == self.size

    @property
    def loaded(self) -> bool:
        """Whether the next answer comes under load."""
        return not self.over and self._loaded[len(self.answers)]

    def now(self) -> float:
        """S of the drill's clock."""
        return self._clock.now()

    @property
    def beat(self) -> float:
        """S from step to step of the count."""
        return Other(self.task, self.level, 0.0, 0).beat

    @property
    def presses(self) -> tuple[Press, ...]:
        return tuple(self._presses)

    # The other task

    def press(self, key: Key, at: float | None = None) -> None:
        """at: s of the drill's clock; None: now."""
        self._presses.append(Press(self.now() if at is None else at, key))

    def by_itself(self) -> float:
        """The other task alone: what it is worth without any call."""
        other = self._begin()
        self._wait(ALONE)
        self.other = None
        self.alone = held(other, self.presses, other.began, self.now())
        return self.alone

    def stop(self) -> None:
        """Nothing is waited for any more, and nothing sounds."""
        self._stopped.set()
        self.hush()

    @property
    def stopped(self) -> bool:
        return self._stopped.is_set()

    def hush(self) -> None:
        self._radio.hush()

    # The call

    def call(self) -> None:
        """The next call arrives: after a while of the other task, where it is on; heard to its end."""
        if self.loaded:
            self._begin()
        self._wait(lead(self.seed, len(self.answers)))
        if not self._stopped.is_set():
            self._called = self.now()
            self._radio.next_cue()

    def answer(
        self, released: Callable[[], bool] = lambda: False, meter: Meter | None = None,
        dropped: Callable[[], bool] = lambda: False,
    ) -> Answer | None:  # fmt: skip
        """Press the key and answer. None where it was dropped; then the call is to be heard again. Raises UserError
        where there is nothing to score."""
        done = self._radio.talk(released, meter, dropped)
        if isinstance(done, Refused):
            raise UserError(done.reason)
        return None if done is None else self._answered()

    def missed(self) -> Answer:
        """It was not answered."""
        self._radio.miss()
        return self._answered()

    def _answered(self) -> Answer:
        attempt, other = self.state.attempts[-1], self.other
        released = [event.at for event in self.log.events if isinstance(event, KeyUp)]
        until = self.now() if attempt.call is None or not released else released[-1]
        right = attempt.verdict == "scored" and attempt.exact is not False
        answer = Answer(
            attempt.asked, attempt.points if right else 0.0, attempt.response,
            held(other, self.presses, self._called, until) if other else None,
        )  # fmt: skip
        self.other = None
        self._radio.advance()
        if len(self.answers) % 2:
            self._keep(self.answers[-1], answer)
        self.answers.append(answer)
        return answer

    def _keep(self, first: Answer, second: Answer) -> None:
        pair = Pair(first, second, True) if first.held is not None else Pair(second, first, False)
        details: dict[str, str | float] = {
            "task": self.task, "level": self.level, "readback": round(pair.loaded.points, 1),
            "without": round(pair.free.points, 1), "loss": round(pair.loss, 1),
            "other": round(pair.loaded.held or 0.0, 1), "first": "under load" if pair.first else "without",
        }  # fmt: skip
        if self.alone is not None:
            details["other alone"] = round(self.alone, 1)
        if pair.slower is not None:
            details["slower"] = round(pair.slower, 2)
        self.practising.keep("load", pair.loaded.call, round(pair.points, 1), details)
        self.pairs.append(pair)  # whoever sees it finds it kept

    def _begin(self) -> Other:
        self.other = other = Other(self.task, self.level, self.now(), self.seed + len(self.answers))
        return other

    def _wait(self, seconds: float) -> None:
        if self.live:
            self._stopped.wait(seconds)
        self._clock.passes(seconds)
