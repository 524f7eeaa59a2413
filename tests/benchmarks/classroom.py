"""A store of a made-up class, any number of attempts, to measure exports and reports with. The scores are drawn, not
spoken: such a store says how fast the program is, and nothing about learners or the scoring.

    python -m tests.benchmarks.classroom STORE.sqlite 200000
"""

import random
import sys
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from trainer.drill.events import Assessed, Cue, KeyDown, KeyUp, Line, Opened, to_json
from trainer.drill.plan import MODES, Plan, Reason, Seat
from trainer.drill.session import points
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language, other
from trainer.phones.inventory import confusions
from trainer.phrasebook.expectation import Expectation, expect
from trainer.phrasebook.lexicon import lexicon
from trainer.phrasebook.load import load
from trainer.records.packing import pack
from trainer.records.store import Store
from trainer.records.tables import attempts, events, learners, seats, sessions, sounds
from trainer.scoring.assessment import Assessment, Fluency, PhoneScore, WordScore

CLASS = 30
TURNS = 20  # of a session
LEVELS = (40, 60, 75, 85, 95)  # typical score of a sound of the readings that are drawn from
PASS_MARK = 70.0
BEGAN = datetime(2026, 1, 5, 8, tzinfo=UTC)
Reading = tuple[Assessment, bytes, list[dict[str, Any]]]


def fill(store: Store, number: int, *, class_size: int = CLASS, seed: int = 1975) -> None:
    """Add `number` attempts of learners l00, l01 ... in crews of three, over about half a year."""
    draw = random.Random(seed)
    readings = _readings(draw)
    with store.writing() as connection:
        people = [
            {
                "key": f"l{i:02}", "name": f"Learner {i}", "first": LANGUAGES[i // 3 % 2], "crew": f"Crew {i // 3 + 1}",
                "added": BEGAN, "recordings": False,
            }
            for i in range(class_size)
        ]  # fmt: skip
        ids = [connection.execute(insert(learners).values(person)).inserted_primary_key[0] for person in people]
        rows: dict[Any, list[dict[str, Any]]] = {table: [] for table in (sessions, seats, events, attempts, sounds)}
        for n in range(-(-number // TURNS)):
            person = n % class_size
            turns = min(TURNS, number - n * TURNS)
            _session(rows, draw, readings, n + 1, people[person], ids[person], turns)
            if len(rows[attempts]) >= 5_000:
                _flush(connection, rows)
        _flush(connection, rows)


def _flush(connection: Any, rows: dict[Any, list[dict[str, Any]]]) -> None:
    for table, those in rows.items():
        if those:
            connection.execute(insert(table), those)
            those.clear()


def _session(
    rows: dict[Any, list[dict[str, Any]]], draw: random.Random, readings: dict[tuple[Language, int], list[Reading]],
    number: int, person: dict[str, Any], learner: int, turns: int,
) -> None:  # fmt: skip
    language = other(person["first"])
    day = number / CLASS / 3
    opened = BEGAN + timedelta(days=day)
    mode = MODES[number % len(MODES)]
    seat = Seat("seat", person["key"], person["name"], person["first"], "soyuz")
    plan = Plan(f"s{number:06}", mode, None, (seat,), (), opened.isoformat(), pass_mark=PASS_MARK)
    rows[sessions].append(
        {
            "id": number, "key": plan.session, "mode": mode, "phase": None, "opened": opened,
            "ended": opened + timedelta(minutes=10), "why": "completed", "pass_mark": PASS_MARK,
        }
    )  # fmt: skip
    rows[seats].append({"session": number, "seat": "seat", "learner": learner})

    def log(seq: int, at: float, kind: str, body: bytes) -> None:
        rows[events].append({"session": number, "seq": seq, "at": at, "kind": kind, "body": body})

    log(0, 0.0, "opened", pack(to_json(Opened(at=0.0, plan=plan))))
    skill = int(person["key"][1:]) % 3 + day / 60  # who begins how well, and that practice helps
    for turn in range(turns):
        level = max(0, min(len(LEVELS) - 1, round(draw.gauss(skill, 0.8))))
        assessment, body, phones = draw.choice(readings[language, level])
        at, seq = turn * 20.0, 1 + turn * 5
        for i, plain in enumerate(_around(turn)):
            log(seq + i, at + i, *plain)
        late = max(0.0, draw.gauss(-2, 2))
        log(seq + 3, at + 8, "assessed", body)
        attempt = (number - 1) * TURNS + turn + 1
        rows[attempts].append(
            {
                "id": attempt, "session": number, "seq": seq + 3, "learner": learner, "seat": "seat", "turn": turn,
                "asked": assessment.phrase, "call": assessment.phrase, "language": language, "verdict": "scored",
                "score": assessment.score, "points": points(assessment.score, late), "late": late, "latency": 0.4,
                "at": opened + timedelta(seconds=at + 8), "recording": None,
                "exact": draw.random() < 0.8 if mode == "readback" else None, "response": draw.uniform(0.5, 5),
                "seconds": assessment.seconds, "completeness": 100.0, "rate": assessment.fluency.articulation_rate,
            }
        )  # fmt: skip
        rows[sounds] += [{"attempt": attempt, **phone} for phone in phones]


def _around(turn: int) -> Iterator[tuple[str, bytes]]:
    """The other events of a turn, whose bodies nothing here reads."""
    line = Line("DOC-09", "en", "Capture!", "soyuz")
    cue = Cue(at=0.0, turn=turn, seat="seat", prompt=line, shown=(line,), answers=(line,), reason=Reason("due"))
    yield "cue", pack(to_json(cue))
    yield "key_down", pack(to_json(KeyDown(at=0.0, seat="seat")))
    yield "key_up", pack(to_json(KeyUp(at=0.0, seat="seat")))


def _readings(draw: random.Random) -> dict[tuple[Language, int], list[Reading]]:
    found: dict[tuple[Language, int], list[Reading]] = {}
    for phrase in load().phrases:
        for language in LANGUAGES:
            try:
                expected = expect(phrase.text(language), language, lexicon(language))
            except UserError:
                continue
            for level, typical in enumerate(LEVELS):
                assessment = _reading(draw, phrase.id, expected, typical)
                line = Line(phrase.id, language, phrase.text(language), "soyuz")
                event = Assessed(at=8.0, seat="seat", turn=0, line=line, assessment=assessment, latency=0.4)
                heard = [phone for word in assessment.words for phone in word.phones]
                found.setdefault((language, level), []).append(
                    (
                        assessment, zlib.compress(to_json(event).encode()),
                        [
                            {"position": i, "phone": p.phone, "score": round(p.score), "heard": p.heard}
                            for i, p in enumerate(heard)
                        ],
                    )
                )  # fmt: skip
    return found


def _reading(draw: random.Random, call: str, expected: Expectation, typical: float) -> Assessment:
    language, at = expected.language, 0.3
    words = []
    for text, ways in zip(expected.words, expected.ways, strict=True):
        phones = []
        for phone in ways[0]:
            score = min(100.0, max(0.0, draw.gauss(typical, 15)))
            instead = _instead(language, phone)
            heard = draw.choice(instead) if score < 60 and instead else None
            phones.append(
                PhoneScore(phone, score, (score - 100) / 12.5, at, at + 0.08, heard, ((heard or phone, 0.5),) * 3)
            )
            at += 0.08
        mean = sum(phone.score for phone in phones) / len(phones)
        words.append(WordScore(text, mean, phones[0].start, at, False, tuple(phones)))
        at += 0.04
    score = sum(word.score for word in words) / len(words)
    flow = Fluency(0.3, at - 0.3, draw.uniform(3, 6), draw.uniform(3, 6), ())
    return Assessment(
        expected.text, language, "scored", score, 100.0, -0.5, tuple(words), (), flow, at + 0.3, phrase=call,
        clip="microphone", model="made-up",
    )  # fmt: skip


def _instead(language: Language, phone: str) -> list[str]:
    """What speakers of the other language are known to say instead; nothing for most sounds."""
    bare = phone.lstrip("ˈˌ")
    return [heard for spoken, expected, heard in confusions() if spoken == language and expected in (phone, bare)]


if __name__ == "__main__":
    with Store.open(sys.argv[1]) as made:
        fill(made, int(sys.argv[2]))
    print(Path(sys.argv[1]).stat().st_size)
