"""Under load: a call that arrives while another task is on, and what that costs.

The other task is one of two of the laboratory. A count that must go on: a step on every beat, evenly, without anybody
who beats (its unevenness measures load: Michon 1966). A gauge to watch: it runs away from its middle, the faster the
farther, and pushes bring it back (critical tracking: Jex, McDonnell & Phatak 1966). Each call is answered twice, once
with and once without the other task; which comes first changes from call to call, so that hearing a call for the second
time helps both alike.

Pure: the other task is a fold over presses of keys, and the same seed drifts the same.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import fmean
from typing import Literal

from trainer.drill.exercises import Exercise
from trainer.drill.plan import Reason, Turn
from trainer.languages import Language
from trainer.scoring.points import PASS_MARK, share_above

Task = Literal["count", "gauge"]
TASKS: tuple[Task, ...] = ("count", "gauge")
Key = Literal["step", "down", "up"]

CALLS = 3  # of an exercise that is not told otherwise
ALONE = 12.0  # s of the other task by itself
LEAD = (2.0, 5.0)  # s of the other task before a call arrives

BEATS = (2.0, 1.0)  # s from step to step, at levels 0 and 1
EVEN = 0.4  # of a beat by which a step may come too early or too late
MIDDLE, BAND, END = 50.0, 15.0, 100.0  # of the gauge, which begins at 0
PUSH = 5.0  # units that a press moves it
AWAY = (0.25, 0.6)  # of its distance from the middle that it runs away in a second, at levels 0 and 1
WIND = 4.0  # units a second that push it, now up, now down
GUST = (3.0, 6.0)  # s that the wind holds
TICK = 0.1  # s between two values of the gauge

UP, DOWN = 0.1, 0.1  # steps of the level: both tasks held, or not


@dataclass(frozen=True)
class Press:
    """A key that was pressed for the other task.

    Attributes:
        at: s of the drill's clock.
    """

    at: float
    key: Key


@dataclass(frozen=True)
class Other:
    """One stretch of the other task.

    Attributes:
        level: how hard, from 0 to 1.
        began: s of the drill's clock.
        seed: of the wind.
    """

    task: Task
    level: float
    began: float
    seed: int

    @property
    def beat(self) -> float:
        """S from step to step."""
        return _at(BEATS, self.level)


@dataclass(frozen=True)
class Answer:
    """A call that was answered.

    Attributes:
        points: of the readback, 0-100; 0 where its figures came back wrong.
        response: s from the end of the call to the first sound, None where nothing was said.
        held: points of the other task meanwhile, None where it was off.
    """

    call: str
    points: float
    response: float | None
    held: float | None


@dataclass(frozen=True)
class Pair:
    """A call with the other task and without.

    Attributes:
        first: whether it was answered under load first.
    """

    loaded: Answer
    free: Answer
    first: bool

    @property
    def loss(self) -> float:
        """Points of the readback that the other task cost."""
        return self.free.points - self.loaded.points

    @property
    def slower(self) -> float | None:
        """S by which the answer came later."""
        if self.loaded.response is None or self.free.response is None:
            return None
        return self.loaded.response - self.free.response

    @property
    def points(self) -> float:
        """What it is worth: the poorer of both tasks, so that nobody gains by letting one go."""
        return min(self.loaded.points, self.loaded.held or 0.0)


@dataclass(frozen=True)
class Outcome:
    """Means over calls that were answered both ways.

    Attributes:
        readback, without: points of the readback with and without the other task.
        held: points of the other task meanwhile.
        slower: s by which answers came later (None: not known).
    """

    readback: float
    without: float
    held: float
    slower: float | None

    @property
    def loss(self) -> float:
        return self.without - self.readback


def outcome(pairs: Sequence[Pair]) -> Outcome | None:
    """None where no call was answered both ways."""
    if not pairs:
        return None
    slower = [pair.slower for pair in pairs if pair.slower is not None]
    return Outcome(
        fmean(pair.loaded.points for pair in pairs), fmean(pair.free.points for pair in pairs),
        fmean(pair.loaded.held or 0.0 for pair in pairs), fmean(slower) if slower else None,
    )  # fmt: skip


def gauge(other: Other, presses: Iterable[Press], until: float) -> tuple[float, ...]:
    """The gauge from the beginning of a stretch, every TICK, 0 to END."""
    away, wind = _at(AWAY, other.level), _wind(other.seed)
    pushes = sorted((press.at, PUSH if press.key == "up" else -PUSH) for press in presses if press.key != "step")
    pushes = [push for push in pushes if push[0] >= other.began]
    value, values, next_push = MIDDLE, [MIDDLE], 0
    for tick in range(1, int((until - other.began) / TICK + 1e-9) + 1):
        value += TICK * (away * (value - MIDDLE) + next(wind))
        while next_push < len(pushes) and pushes[next_push][0] <= other.began + tick * TICK:
            value += pushes[next_push][1]
            next_push += 1
        value = min(END, max(0.0, value))
        values.append(value)
    return tuple(values)


def steps(other: Other, presses: Iterable[Press], until: float) -> tuple[float, ...]:
    """When the count went on, s."""
    return tuple(sorted(press.at for press in presses if press.key == "step" and other.began <= press.at <= until))


def held(other: Other, presses: Sequence[Press], since: float, until: float) -> float:
    """Points (0-100) of the other task from one moment of a stretch to another: the share of the time that the gauge
    was in its band; of the time that passed in even steps of the count."""
    if until - since < TICK:
        return 0.0
    if other.task == "gauge":
        values = gauge(other, presses, until)[int((since - other.began) / TICK + 1e-9) :]
        return 100.0 * sum(abs(value - MIDDLE) <= BAND for value in values) / len(values)
    least, most = (1 - EVEN) * other.beat, (1 + EVEN) * other.beat
    marks = (other.began, *steps(other, presses, until), until)  # what is open at either end cannot be too short
    even = 0.0
    for number, (start, end) in enumerate(pairwise(marks)):
        open_ended = number in (0, len(marks) - 2)
        if end - start <= most and (open_ended or end - start >= least):
            even += max(0.0, end - max(start, since))
    return 100.0 * min(1.0, even / (until - since))


def twice(turns: Sequence[Turn], seed: int) -> tuple[tuple[Turn, bool], ...]:
    """Every turn two times, one after the other, each with whether it comes under load; the first one does by lot, and
    then in turn."""
    first = random.Random(seed).random() < 0.5
    asked: list[tuple[Turn, bool]] = []
    for number, turn in enumerate(turns):
        again = replace(turn, reason=Reason("again"))
        loaded = first != bool(number % 2)
        asked += [(again, loaded), (again, not loaded)]
    return tuple(asked)


def lead(seed: int, number: int) -> float:
    """S of the other task before the call of so many arrives."""
    return random.Random(f"{seed}/{number}").uniform(*LEAD)


def level(exercises: Iterable[Exercise], language: Language, task: Task) -> float:
    """How hard the other task is next, from all that was done, in the order of time: harder where both tasks were held,
    easier where not."""
    now = 0.0
    for exercise in exercises:
        if exercise.kind == "load" and exercise.language == language and exercise.details.get("task") == task:
            now = min(1.0, max(0.0, now + (UP + DOWN) * share_above(exercise.points, PASS_MARK) - DOWN))
    return round(now, 3)


def _at(ends: tuple[float, float], level: float) -> float:
    return ends[0] + (ends[1] - ends[0]) * level


def _wind(seed: int) -> Iterator[float]:
    """Units a second, every TICK: it holds for a while, then turns."""
    draw = random.Random(seed)
    blows = WIND if draw.random() < 0.5 else -WIND
    while True:
        for _tick in range(round(draw.uniform(*GUST) / TICK)):
            yield blows
        blows = -blows if draw.random() < 0.7 else blows
