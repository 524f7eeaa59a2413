"""How much simulated learners recall for each minute of drilling, by what chooses their calls. Synthetic: no people.

    python -m tests.benchmarks.schedule [--learners N] [--days D] [--minutes M] [--first SEED] [--json]

The constants of the scheduler were chosen on learners 0 to 3 of each model; the figures reported are of others.

The calls and their phones are the mission phrasebook's. The learners forget by one of three models, none of which the
scheduler can see into: activation (ACT-R with the spacing effect: Pavlik & Anderson 2005), half-life (exponential
forgetting) and FSRS with parameters of their own. Each has some sounds, typical of the first language, that mostly go
wrong, and that get better with use and a little worse overnight. What the scorer says of a sound said well or badly is
drawn from what the real one said (RIGHT, WRONG).

All drill the same minutes on the same days, and in every session a call that was not good enough comes again once.
"""

import argparse
import json
import math
import random
import statistics
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Literal, Protocol

import fsrs
from rich.console import Console
from rich.progress import track
from rich.table import Table

from trainer.drill.memory import Memory, review, sound_of, weak_sounds
from trainer.drill.schedule import Candidate, choose
from trainer.drill.session import AGAIN_AFTER
from trainer.languages import Language
from trainer.phones.inventory import confusions
from trainer.phrasebook.expectation import expect
from trainer.phrasebook.lexicon import lexicon
from trainer.phrasebook.load import load
from trainer.scoring.assessment import Assessment, Fluency, PhoneScore, WordScore

# Phone scores by decile (5th, 15th .. 95th percentile), measured with the embedded model: of 13,000 phones of
# synthetic native speakers of English, and of 375 that five experts heard as wrong (speechocean762 train, mean < 0.9 of
# 2).
RIGHT = (51, 81, 92, 97, 99, 100, 100, 100, 100, 100)
WRONG = (0, 20, 37, 49, 59, 68, 77, 88, 96, 100)

START = datetime(2026, 1, 5, 18, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TURN = 5.0  # s of a turn beside the speech: the cue, thinking, the score
PHONE = 0.085  # s of speech
SIZE = 20  # calls chosen at a time
PASS = 70.0  # points
WEAK_SOUNDS = 6
UNTRIED = 0.1  # probability of getting a call right that was never drilled

Model = Literal["activation", "half-life", "fsrs"]
MODELS: tuple[Model, ...] = ("activation", "half-life", "fsrs")
LANGUAGES: tuple[Language, ...] = ("en", "ru")


class Forgetting(Protocol):
    """How one learner remembers one call. Times in days."""

    def recall(self, at: float) -> float: ...

    def practise(self, at: float, recalled: bool) -> None: ...


@dataclass
class Activation:
    """ACT-R: a call is recalled when the sum of its decaying traces is above a threshold; traces laid while the call is
    still active fade faster. Pavlik & Anderson (2005), their parameters; time between sessions counts 0.025."""

    threshold: float
    traces: list[tuple[float, float]] = field(default_factory=list)

    def activation(self, at: float) -> float:
        total = 0.0
        for when, decay in self.traces:
            total += max(1.0, _psychological(at - when)) ** -decay
        return math.log(total) if total else -math.inf

    def recall(self, at: float) -> float:
        if not self.traces:
            return 0.0
        return 1 / (1 + math.exp((self.threshold - self.activation(at)) / 0.255))

    def practise(self, at: float, recalled: bool) -> None:
        self.traces.append((at, 0.217 * math.exp(self.activation(at)) + 0.177))


def _psychological(days: float) -> float:
    """Seconds that count: an hour in full, the rest a fortieth."""
    return min(days, 1 / 24) * 86400 + max(0.0, days - 1 / 24) * 86400 * 0.025


@dataclass
class HalfLife:
    """Exponential forgetting. The half-life (days) grows the more, the more had been forgotten when it was recalled."""

    first: float
    growth: float
    half: float | None = None
    last: float = 0.0

    def recall(self, at: float) -> float:
        return 0.0 if self.half is None else 0.5 ** ((at - self.last) / self.half)

    def practise(self, at: float, recalled: bool) -> None:
        if self.half is None:
            self.half = self.first
        elif recalled:
            self.half *= 1 + self.growth * (1 - self.recall(at))
        else:
            self.half = max(self.first, 0.4 * self.half)
        self.last = at


@dataclass
class Fsrs:
    """FSRS-6 with the learner's own parameters; time in full, not in whole days."""

    scheduler: fsrs.Scheduler
    card: fsrs.Card | None = None
    last: float = 0.0

    def recall(self, at: float) -> float:
        if self.card is None or self.card.stability is None:
            return 0.0
        decay = -self.scheduler.parameters[20]
        return (1 + (0.9 ** (1 / decay) - 1) * (at - self.last) / self.card.stability) ** decay

    def practise(self, at: float, recalled: bool) -> None:
        now = START + round(at - self.last) * DAY
        card = self.card or fsrs.Card(card_id=1, due=START)
        if self.card:
            card.last_review = START
        self.card, _ = self.scheduler.review_card(card, fsrs.Rating.Good if recalled else fsrs.Rating.Again, now)
        self.last = at


@dataclass
class Learner:
    """right: probability that each sound is said well, by phone."""

    language: Language
    calls: dict[str, Candidate]
    forgetting: dict[str, Forgetting]
    right: dict[str, float]
    weak: frozenset[str]
    instead: dict[str, str]
    rate: float
    chance: random.Random

    def say(self, call: str, at: float) -> tuple[Assessment, float]:
        """Try a call: what the scorer makes of it, and the seconds that it took."""
        phones = self.calls[call].phones
        recalled = self.chance.random() < self.recall(call, at)
        self.forgetting[call].practise(at, recalled)  # one who did not know it hears the model answer
        length = PHONE * len(phones)
        if not recalled:
            return _assessment(self.language, "not_recognised", ()), TURN + 3 * length
        scores = []
        for phone in phones:
            well = self.chance.random() < self.right[phone]
            score = float(self.chance.choice(RIGHT if well else WRONG))
            heard = None if well else self.instead.get(phone, "")
            scores.append(PhoneScore(phone, score, 0.0, 0.0, 0.0, heard, ()))
            self.right[phone] += self.rate * (1 - self.right[phone])
        return _assessment(self.language, "scored", tuple(scores)), TURN + 2 * length

    def recall(self, call: str, at: float) -> float:
        return max(UNTRIED, self.forgetting[call].recall(at))

    def sleep(self, started: dict[str, float]) -> None:
        for phone, right in self.right.items():
            self.right[phone] = right - 0.02 * max(0.0, right - started[phone])

    def recalled(self, at: float) -> float:
        """Calls that would be recalled."""
        return sum(self.recall(call, at) for call in self.calls)

    def said_well(self, at: float) -> float:
        """Calls that would be recalled, each by the share of its sounds that would be said well."""
        return sum(
            self.recall(call, at) * statistics.fmean(self.right[phone] for phone in candidate.phones)
            for call, candidate in self.calls.items()
        )


def _assessment(
    language: Language, verdict: Literal["scored", "not_recognised"], phones: tuple[PhoneScore, ...]
) -> Assessment:
    score = statistics.fmean(phone.score for phone in phones) if phones else 0.0
    words = (WordScore("", score, 0.0, 0.0, not phones, phones),)
    fluency = Fluency(0.1, 0.8, 4.0, 3.5, ())
    return Assessment("", language, verdict, score, 100.0 if phones else 0.0, 0.0, words, (), fluency, 1.0)


@cache
def book(language: Language) -> tuple[Candidate, ...]:
    phrases = load().phrases
    return tuple(
        Candidate(
            phrase.id,
            phrase.phase,
            tuple(sound_of(language, p) for p in expect(phrase.text(language), language, lexicon(language)).citation),
        )
        for phrase in phrases
    )


def learner(model: Model, language: Language, seed: int) -> Learner:
    draw = random.Random(f"{model} {language} {seed}")
    calls = {candidate.call: candidate for candidate in book(language)}
    able = draw.gauss(0, 0.3)
    if model == "fsrs":
        own = [
            min(max(p * math.exp(draw.gauss(0, 0.25)), low), high)
            for p, low, high in zip(
                fsrs.scheduler.DEFAULT_PARAMETERS,
                fsrs.scheduler.LOWER_BOUNDS_PARAMETERS,
                fsrs.scheduler.UPPER_BOUNDS_PARAMETERS,
                strict=True,
            )
        ]
    forgetting: dict[str, Forgetting] = {}
    for call in calls:
        hard = draw.gauss(0, 0.3) - able
        if model == "activation":
            forgetting[call] = Activation(-1.63 + 0.6 * hard)
        elif model == "half-life":
            forgetting[call] = HalfLife(1.36 * math.exp(-1.5 * hard), 4.0 * math.exp(-hard))
        else:
            first = tuple(p * math.exp(-1.5 * hard) for p in own[:4])
            low, high = fsrs.scheduler.STABILITY_MIN, fsrs.scheduler.INITIAL_STABILITY_MAX
            parameters = (*(min(max(p, low), high) for p in first), *own[4:])
            forgetting[call] = Fsrs(fsrs.Scheduler(parameters, 0.9, (), (), enable_fuzzing=False))
    used = {phone for candidate in calls.values() for phone in candidate.phones}
    common = {p for p in used if sum(p in candidate.phones for candidate in calls.values()) >= 8}
    typical = [
        (sound_of(language, c.expected), sound_of(language, c.heard)) for c in confusions().values()
        if c.language == language
    ]  # fmt: skip
    weak = frozenset(draw.sample(sorted({expected for expected, _ in typical} & common), WEAK_SOUNDS))
    right = {p: draw.uniform(0.2, 0.55) if p in weak else draw.uniform(0.92, 0.99) for p in sorted(used)}
    rate = draw.uniform(0.001, 0.004)
    return Learner(language, calls, forgetting, right, weak, dict(typical), rate, draw)


class Policy(Protocol):
    def choose(self, now: datetime, seed: int) -> list[str]: ...

    def learn(self, call: str, assessment: Assessment, now: datetime) -> None: ...


@dataclass
class Ours:
    language: Language
    memory: Memory = field(default_factory=Memory)

    def choose(self, now: datetime, seed: int) -> list[str]:
        return [choice.call for choice in choose(self.memory, self.language, book(self.language), now, SIZE, seed)]

    def learn(self, call: str, assessment: Assessment, now: datetime) -> None:
        self.memory = review(self.memory, call, assessment, assessment.score, now)


@dataclass
class RandomOrder:
    language: Language

    def choose(self, now: datetime, seed: int) -> list[str]:
        return random.Random(seed).sample([candidate.call for candidate in book(self.language)], SIZE)

    def learn(self, call: str, assessment: Assessment, now: datetime) -> None:
        pass


@dataclass
class Intervals:
    """The days of `steps` between reviews; with `boxes` (Leitner) a failed call goes back to the first. Due calls, the
    longest overdue first, fill all places but a share kept for new calls; with no more new ones, the next due."""

    language: Language
    boxes: bool
    fresh: float
    steps: tuple[int, ...] = (1, 3, 7, 14, 30)
    state: dict[str, tuple[int, datetime]] = field(default_factory=dict)

    def choose(self, now: datetime, seed: int) -> list[str]:
        ordered = sorted(self.state, key=lambda call: self.state[call][1])
        overdue = [call for call in ordered if self.state[call][1] <= now + 6 * HOUR]
        new = [candidate.call for candidate in book(self.language) if candidate.call not in self.state]
        fresh = new[: max(round(self.fresh * SIZE), SIZE - len(overdue))]
        return ([*overdue[: SIZE - len(fresh)], *fresh] + [c for c in ordered if c not in overdue])[:SIZE]

    def learn(self, call: str, assessment: Assessment, now: datetime) -> None:
        step, due = self.state.get(call, (-1, now))
        failed = self.boxes and assessment.verdict != "scored"
        if call in self.state and due > now + 6 * HOUR and not failed:
            return  # ahead of time, or once more in the same session
        step = 0 if failed else min(step + 1, len(self.steps) - 1)
        self.state[call] = (step, now + self.steps[step] * DAY)


@dataclass(frozen=True)
class Outcome:
    """per_minute: calls recalled a day after the last drill beyond those known before, for each minute of drilling;
    over_weeks: the same, averaged over the evenings; said_well: with the share of sounds said well; weak_right: how
    often the weak sounds are said well in the end. found: per day, precision of the weak sounds named, and share of the
    true ones among them."""

    policy: str
    model: Model
    language: Language
    seed: int
    minutes: float
    attempts: int
    per_minute: float
    over_weeks: float
    said_well: float
    weak_right: float
    found: tuple[tuple[float, float, float], ...] = ()


RUSTON = "ruston"
POLICIES: dict[str, Callable[[Language], Policy]] = {
    RUSTON: Ours,
    "random order": RandomOrder,
    "fixed days, new 1/10": lambda language: Intervals(language, boxes=False, fresh=0.1),
    "fixed days, new 1/4": lambda language: Intervals(language, boxes=False, fresh=0.25),
    "Leitner, new 1/10": lambda language: Intervals(language, boxes=True, fresh=0.1),
    "Leitner, new 1/4": lambda language: Intervals(language, boxes=True, fresh=0.25),
}


def drill(name: str, model: Model, language: Language, seed: int, days: int = 28, minutes: float = 10.0) -> Outcome:
    pupil = learner(model, language, seed)
    policy = POLICIES[name](language)
    started = dict(pupil.right)
    calendar = random.Random(seed)
    spent, attempts, evenings, found = 0.0, 0, [], []
    begun = pupil.recalled(0.0), pupil.said_well(0.0)
    for day in range(days):
        at = day + calendar.uniform(-2, 2) / 24
        if day and calendar.random() < 0.15:
            pupil.sleep(started)
            continue
        left = minutes * 60
        while left > 0:
            queue = [(call, False) for call in policy.choose(START + at * DAY, 1000 * seed + day)]
            while queue and left > 0:
                call, again = queue.pop(0)
                assessment, seconds = pupil.say(call, at)
                policy.learn(call, assessment, START + at * DAY)
                if assessment.score < PASS and not again:
                    queue.insert(AGAIN_AFTER, (call, True))
                at += seconds / 86400
                left -= seconds
                spent += seconds / 60
                attempts += 1
        evenings.append((pupil.recalled(day + 1.0) - begun[0]) / spent)
        if isinstance(policy, Ours):
            found.append((spent, *_found(policy.memory, pupil)))
        pupil.sleep(started)
    return Outcome(
        name, model, language, seed, spent, attempts, (pupil.recalled(days) - begun[0]) / spent,
        statistics.fmean(evenings), (pupil.said_well(days) - begun[1]) / spent,
        statistics.fmean(pupil.right[phone] for phone in pupil.weak), tuple(found),
    )  # fmt: skip


def _found(memory: Memory, pupil: Learner) -> tuple[float, float]:
    named = {weak.phone for weak in weak_sounds(memory, pupil.language, WEAK_SOUNDS)}
    return (len(named & pupil.weak) / len(named) if named else 1.0), len(named & pupil.weak) / len(pupil.weak)


def _run(job: tuple[str, Model, Language, int, int, float]) -> Outcome:
    return drill(*job)


def quartiles(values: Sequence[float]) -> str:
    """Median and, in brackets, the quartiles."""
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return f"{middle:.3f} ({low:.3f} {high:.3f})"


def compared(outcomes: Sequence[Outcome]) -> Table:
    """Each policy with each model; and, learner by learner, what ours recalls of what the other does."""
    columns = (
        "forgetting", "chosen by", "recalled per minute", "mean of the evenings", "said well per minute",
        "weak sounds right", "ruston recalls", "more for",
    )  # fmt: skip
    table = Table(*columns, title="calls recalled a day after the last drill, median (quartiles) over learners")
    for model in MODELS:
        ours = {(o.language, o.seed): o for o in outcomes if (o.policy, o.model) == (RUSTON, model)}
        for policy in POLICIES:
            of = [o for o in outcomes if (o.policy, o.model) == (policy, model)]
            ratios = [ours[o.language, o.seed].per_minute / o.per_minute for o in of]
            wins = sum(ours[o.language, o.seed].per_minute > o.per_minute for o in of)
            table.add_row(
                model, policy, quartiles([o.per_minute for o in of]), quartiles([o.over_weeks for o in of]),
                quartiles([o.said_well for o in of]), quartiles([o.weak_right for o in of]),
                *(("", "") if policy == RUSTON else (f"x {statistics.median(ratios):.2f}", f"{wins} of {len(of)}")),
            )  # fmt: skip
    return table


def finding(outcomes: Sequence[Outcome], days: Iterable[int] = (0, 1, 2, 4, 6, 9)) -> Table:
    """How soon and how surely the weak sounds are found. Later on they get better, so there are fewer to find."""
    table = Table("evening", "minutes drilled", "named that are weak", "weak that are named")
    ours = [o for o in outcomes if o.found]
    for day in days:
        of = [o.found[day] for o in ours if day < len(o.found)]
        if of:
            minutes, precision, share = (statistics.fmean(column) for column in zip(*of, strict=True))
            table.add_row(str(day + 1), f"{minutes:.0f}", f"{precision:.0%}", f"{share:.0%}")
    return table


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--learners", type=int, default=10, help="of each model")
    asked.add_argument("--days", type=int, default=28)
    asked.add_argument("--minutes", type=float, default=10.0, help="of drilling a day")
    asked.add_argument("--first", type=int, default=100, help="number of the first learner")
    asked.add_argument("--json", action="store_true", help="one line for each learner and policy")
    options = asked.parse_args()
    learners = range(options.first, options.first + options.learners)
    jobs = [
        (policy, model, LANGUAGES[seed % 2], seed, options.days, options.minutes)
        for seed in learners
        for model in MODELS
        for policy in POLICIES
    ]
    outcomes = []
    with ProcessPoolExecutor() as pool:
        for outcome in track(pool.map(_run, jobs), "drilling", total=len(jobs), console=Console(stderr=True)):
            outcomes.append(outcome)
            if options.json:
                print(json.dumps({"schema": "ruston.schedule-benchmark/1", **asdict(outcome)}), flush=True)
    if options.json:
        return
    console = Console(width=190)
    console.print(compared(outcomes), finding(outcomes))


if __name__ == "__main__":
    main()
