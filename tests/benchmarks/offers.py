"""How soon the board offers mouth and ear to learners who say one sound for another, and what the mouth does to them in
a model. No people: the errors are recordings, judged by the phone model that ships.

    python -m tests.benchmarks.offers [--learners N] [--words N] [--json]

Somebody who says s for θ says "sink" where "think" is asked: such words lie in the recordings of the ear. Of each
contrast of two sounds and in both ways, a learner says calls as the program's readings say them, with one such word in
each, and three times in five it is the other word of its pair. Counted are calls until mouth and ear are offered, and
what else is.

The model of the mouth: at every try that is scored the error gets LEARNT of itself rarer, at night NIGHT of what was
won comes back, and all drill MINUTES a day; either calls only, or first a ladder as long as the board offers one. That
tries make errors rarer is an assumption of the model, not a finding. Times are of the drill's recordings: CALL for a
call, LADDER for a ladder, in which a sound is scored TRIES times.
"""

import argparse
import json
import random
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from trainer.audio.contrasts import recorded, talkers, word
from trainer.audio.recording import SAMPLE_RATE, Recording
from trainer.drill.ear import Ear
from trainer.drill.events import Line
from trainer.drill.memory import Memory, review
from trainer.drill.offers import Offer, offers
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.live.practice import Practising
from trainer.live.program import Options, Program
from trainer.live.scorer import Scorer
from trainer.phrasebook.contrasts import Contrast, Word, contrasts
from trainer.phrasebook.expectation import Expectation
from trainer.scoring.assessment import Assessment

START = datetime(2026, 1, 5, 18, tzinfo=UTC)
WRONG = 0.6  # of the tries, at first
CALLS = 60  # at most
READ = 60  # calls that are read
LEARNER: dict[Language, str] = {"ru": "stafford", "en": "leonov"}
DAYS, MINUTES = 14, 10
CALL, LADDER, TRIES = 12.0, 62.0, 11
IN_CALLS = 0.3  # of the calls have the sound
LEARNT, NIGHT = 0.02, 0.1


@dataclass(frozen=True)
class Said:
    """One sound of a contrast, as judged: said right, and the other one in its place."""

    contrast: Contrast
    sound: str
    right: tuple[Assessment, ...]
    wrong: tuple[Assessment, ...]


def judged(scorer: Scorer, language: Language, most: int) -> Iterator[Said]:
    """most: words of each contrast."""

    def scored(wanted: Word, said: Word, talker: str) -> Assessment | None:
        recording = Recording(word(language, talker, said.text), said.text, SAMPLE_RATE)
        try:
            expected = Expectation(wanted.text, language, (wanted.text,), ((wanted.phones,),))
            found = scorer.score_piece(recording, expected)
        except UserError:
            return None
        return found if found.verdict == "scored" else None

    for contrast in contrasts(language):
        if contrast.sounds is None:
            continue
        spoken = [(pair, talker) for pair in recorded(contrast) for talker in talkers(contrast, *pair)]
        random.Random(contrast.id).shuffle(spoken)
        for at, sound in enumerate(contrast.sounds):
            right = [scored(pair[at], pair[at], talker) for pair, talker in spoken[:most]]
            wrong = [scored(pair[at], pair[1 - at], talker) for pair, talker in spoken[:most]]
            yield Said(contrast, sound, *(tuple(one for one in those if one) for those in (right, wrong)))


def readings(program: Program, language: Language, most: int) -> list[Assessment]:
    """Calls as they are read, in the voice that is preferred."""
    calls = Practising(program, program.seat_of(LEARNER[language])).calls()
    chosen = random.Random(language).sample(list(calls), most)
    lines = [Line(one.id, language, one.text(language), one.speaker) for one in chosen]
    return [found.assessment for line in lines if (found := program.measured(line))]


def call(draw: random.Random, said: Said, others: list[Assessment], wrong: float) -> Assessment:
    chosen = draw.choice(said.wrong if draw.random() < wrong else said.right)
    return replace(chosen, words=draw.choice(others).words + chosen.words)


def found(said: Said, others: list[Assessment], seed: int) -> dict[Offer, int]:
    """In which call each offer comes first."""
    draw, memory, language = random.Random(seed), Memory(), said.contrast.language
    first: dict[Offer, int] = {}
    for number in range(1, CALLS + 1):
        at = START + timedelta(minutes=number)
        memory = review(memory, f"C-{number % 9}", call(draw, said, others, WRONG), 70.0, at)
        for offer in offers(memory, language, Ear(language), at):
            first.setdefault(offer, number)
    return first


def after(said: Said, others: list[Assessment], seed: int, ladders: bool) -> float:
    """How often the sound goes wrong, in the mean of the days' ends. ladders: whether the mouth is drilled where it is
    offered."""
    draw, memory, language, wrong = random.Random(seed), Memory(), said.contrast.language, WRONG
    ends = []
    for day in range(DAYS):
        spent = 0.0
        while spent < 60.0 * MINUTES:
            at = START + timedelta(days=day, seconds=spent)
            if ladders and not spent and any(_is(one, said) for one in offers(memory, language, Ear(language), at)):
                wrong *= (1 - LEARNT) ** TRIES
                spent += LADDER
                continue
            spent += CALL
            if draw.random() < IN_CALLS:
                memory = review(memory, f"C-{draw.randrange(40)}", call(draw, said, others, wrong), 70.0, at)
                wrong *= 1 - LEARNT
        ends.append(wrong)
        wrong += NIGHT * (WRONG - wrong)
    return statistics.mean(ends)


def measured(program: Program, language: Language, learners: int, most: int) -> Iterator[dict[str, Any]]:
    others = readings(program, language, READ)
    for said in judged(program.scorer, language, most):
        lives = [found(said, others, seed) for seed in range(learners)]
        mouth = [min([at for offer, at in one.items() if _is(offer, said)], default=CALLS + 1) for one in lives]
        ear = [one.get(Offer("ear", said.contrast.id), CALLS + 1) for one in lives]
        elsewhere = [
            [offer.kind for offer in one if not _is(offer, said) and offer.item != said.contrast.id] for one in lives
        ]
        yield {
            "language": language, "contrast": said.contrast.id, "sound": said.sound, "learners": learners,
            "mouth": statistics.median(mouth), "mouth missed": sum(at > CALLS for at in mouth),
            "ear": statistics.median(ear), "ear missed": sum(at > CALLS for at in ear),
            "other mouths": statistics.mean(kinds.count("mouth") for kinds in elsewhere),
            "other ears": statistics.mean(kinds.count("ear") for kinds in elsewhere),
            "wrong after calls": round(statistics.mean(after(said, others, n, ladders=False) for n in range(2)), 3),
            "wrong after calls and mouth": round(
                statistics.mean(after(said, others, n, ladders=True) for n in range(2)), 3
            ),
        }  # fmt: skip


def _is(offer: Offer, said: Said) -> bool:
    return offer.kind == "mouth" and offer.item.lstrip("ˈˌ") == said.sound.lstrip("ˈˌ")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learners", type=int, default=20)
    parser.add_argument("--words", type=int, default=12, help="of a contrast, each with its talker")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    program = Program(Options(keep=False, threads=1))
    for language in LANGUAGES:
        rows = []
        for row in measured(program, language, arguments.learners, arguments.words):
            rows.append(row)
            print(json.dumps(row, ensure_ascii=False) if arguments.json else row, flush=True)
        total: dict[str, Any] = {"language": language, "contrast": "all", "learners": arguments.learners * len(rows)}
        for key in ("mouth", "ear", "wrong after calls", "wrong after calls and mouth"):
            total[key] = statistics.median(row[key] for row in rows)
        total |= {key: sum(row[key] for row in rows) for key in ("mouth missed", "ear missed")}
        total |= {key: statistics.mean(row[key] for row in rows) for key in ("other mouths", "other ears")}
        print(json.dumps(total, ensure_ascii=False) if arguments.json else total, flush=True)


if __name__ == "__main__":
    main()
