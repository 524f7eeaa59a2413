"""How soon what a simulated learner confuses is found, and what training does to it in a model. Synthetic: no people.

    python -m tests.benchmarks.training [--learners N] [--days D] [--json]

A learner hears each contrast up to a threshold of difficulty (logistic, with a guess of one half); three contrasts are
confused, plain or nearly so. In the model every question about a contrast moves its threshold towards what can be
learnt, and nights take a little back. All do twenty questions a day. "Chosen" is what the ear drill asks of its own
accord; "in turn" goes round all contrasts. That questions move thresholds at all is an assumption of the model, drawn
from studies of people, not a finding.
"""

import argparse
import json
import math
import random
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from trainer.audio.contrasts import recorded
from trainer.drill.ear import AT_ONCE, TRIALS, Asking, Ear, next_contrasts
from trainer.languages import LANGUAGES, Language
from trainer.phrasebook.contrasts import contrasts

START = datetime(2026, 1, 5, 18, tzinfo=UTC)
CONFUSED = 3
LEARNT, CEILING, NIGHT = 0.02, 0.85, 0.01  # of the way, each question; what can be heard at best; lost overnight


@dataclass
class Listener:
    seed: int
    names: Sequence[str]
    thresholds: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.draw = random.Random(self.seed)
        self.confused = tuple(self.draw.sample(list(self.names), CONFUSED))
        for name in self.names:
            low, high = (-0.15, 0.05) if name in self.confused else (0.45, 0.8)
            self.thresholds[name] = self.draw.uniform(low, high)

    def hears(self, contrast: str, level: float) -> bool:
        sure = 1 / (1 + math.exp((level - self.thresholds[contrast]) / 0.08))
        right = self.draw.random() < 0.5 + 0.49 * sure
        self.thresholds[contrast] += LEARNT * (CEILING - self.thresholds[contrast])
        return right

    def sleeps(self) -> None:
        for name in self.thresholds:
            self.thresholds[name] -= NIGHT * max(0.0, self.thresholds[name])


Chooser = Callable[[Ear, Sequence[str], datetime, int], Sequence[str]]


def chosen(known: Ear, names: Sequence[str], now: datetime, _day: int) -> Sequence[str]:
    return next_contrasts(known, {}, names, now)


def in_turn(_known: Ear, names: Sequence[str], _now: datetime, day: int) -> Sequence[str]:
    return [names[(day * AT_ONCE + n) % len(names)] for n in range(AT_ONCE)]


def life(language: Language, seed: int, days: int, choose: Chooser) -> dict[str, float]:
    names = tuple(contrast.id for contrast in contrasts(language) if recorded(contrast))
    pairs = {contrast.id: recorded(contrast) for contrast in contrasts(language)}
    talkers = {(a.text, b.text): ("one", "two", "three") for those in pairs.values() for a, b in those}
    listener, known = Listener(seed, names), Ear(language)
    before = statistics.mean(listener.thresholds[name] for name in listener.confused)
    found: dict[str, int] = {}
    asked = 0
    for day in range(days):
        now = START + timedelta(days=day)
        asking = Asking(known, choose(known, names, now, day), pairs, talkers, seed + day)
        for n in range(TRIALS):
            trial = asking.next()
            right = listener.hears(trial.contrast, trial.level)
            asking.answered(trial, trial.answer if right else 1 - trial.answer, now + timedelta(seconds=8 * n))
            asked += 1
            for name in listener.confused:
                if name not in found and asking.ear.of(name).confused:
                    found[name] = asked
        known = asking.ear
        listener.sleeps()
    named = {name for name in names if known.of(name).answers}
    return {
        "found": len(found) / CONFUSED, "questions": statistics.mean(found.values()) if found else math.nan,
        "gain": statistics.mean(listener.thresholds[name] for name in listener.confused) - before,
        "asked of": len(named) / len(names),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learners", type=int, default=20)
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    for language in LANGUAGES:
        for name, choose in (("chosen", chosen), ("in turn", in_turn)):
            lives = [life(language, seed, arguments.days, choose) for seed in range(arguments.learners)]
            means = {
                key: round(statistics.mean(one[key] for one in lives if one[key] == one[key]), 3) for key in lives[0]
            }
            row = {"language": language, "choice": name, "days": arguments.days, "learners": len(lives), **means}
            print(json.dumps(row) if arguments.json else row)


if __name__ == "__main__":
    main()
