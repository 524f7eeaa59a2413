"""What keeping records costs: python -m tests.benchmarks.records cost|writers FOLDER|URL [MINUTES].

`cost` (a new folder, about 1.5 GB): the latency of `append` with all flushing as configured, the size of an attempt and
what it is made of, a store of 200,000 attempts streamed and queried, memory. `writers`: two programs drill at one store
for some minutes at the pace of two quick learners; every acknowledged event must be there. Prints JSON lines.
"""

import json
import os
import random
import resource
import sqlite3
import statistics
import sys
import time
import uuid
from contextlib import closing
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from trainer.drill.events import Advanced, Assessed, Cue, Event, Heard, KeyDown, KeyUp, Line
from trainer.drill.plan import Plan, Reason, Seat, Turn
from trainer.records.packing import pack
from trainer.records.store import Store
from trainer.scoring.assessment import Assessment

CALLS = 20  # in a session
GOAL = 200_000  # attempts
SEAT = Seat("soyuz", "leonov", "Leonov", "ru", "soyuz")
REASON = Reason("due")


def real_assessments() -> list[Assessment]:
    """Those of the sample recordings, scored by the embedded model."""
    from trainer.audio.files import read
    from trainer.audio.manifest import clips
    from trainer.bundled import bundled
    from trainer.commands import find_phrase
    from trainer.live.scorer import Scorer
    from trainer.phrasebook.load import load
    from trainer.speech.acoustic import AcousticModel

    book = load()
    scorer = Scorer(book, AcousticModel())
    listed = clips(bundled("audio") / "samples")
    return [scorer.score(read(clip.path), find_phrase(book, clip.phrase), clip.language) for clip in listed]


def new_session(store: Store, learner: str = "leonov") -> str:
    agenda = tuple(Turn(None, (f"DOC-{i:02}",), "soyuz", REASON) for i in range(CALLS))
    seat = replace(SEAT, learner=learner)
    plan = Plan(uuid.uuid4().hex, "read", "docking", (seat,), agenda, "2026-01-01T00:00:00+00:00")
    store.create(plan)
    return plan.session


def call(turn: int, assessment: Assessment) -> list[Event]:
    line = Line(f"DOC-{turn % CALLS:02}", assessment.language, assessment.text, "soyuz")
    words = tuple(word.text for word in assessment.words)
    at = turn * 10.0
    return [
        Cue(at=at, turn=turn, seat="soyuz", prompt=None, shown=(line,), answers=(line,), reason=REASON),
        KeyDown(at=at + 1, seat="soyuz"),
        *(Heard(at=at + 2, seat="soyuz", words=words[:i], final=False, engine="vosk") for i in range(1, len(words))),
        KeyUp(at=at + 4, seat="soyuz"),
        Heard(at=at + 4.1, seat="soyuz", words=words, final=True, engine="vosk"),
        Assessed(at=at + 4.2, seat="soyuz", turn=turn, line=line, assessment=assessment, latency=0.12),
        Advanced(at=at + 6, turn=turn),
    ]


def say(**figures: object) -> None:
    print(json.dumps(figures), flush=True)


def percentiles(seconds: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(seconds, n=100)
    return {"p50_ms": round(1000 * cuts[49], 2), "p95_ms": round(1000 * cuts[94], 2), "n": len(seconds)}


def cost(folder: Path) -> None:
    folder.mkdir(parents=True)
    path = folder / "records.sqlite"
    assessments = real_assessments()
    phones = [sum(len(word.phones) for word in assessment.words) for assessment in assessments]
    bodies = [json.dumps(json.loads(_json(assessment)), ensure_ascii=False).encode() for assessment in assessments]
    say(what="assessment", phones=statistics.mean(phones), json_bytes=statistics.mean(map(len, bodies)),
        packed_bytes=statistics.mean(len(pack(body.decode())) for body in bodies))  # fmt: skip
    memory = json.dumps(
        {"cards": [{"id": i, "due": random.random(), "stability": random.random()} for i in range(300)]}
    )
    times: dict[str, list[float]] = {}
    with Store.open(str(path)) as store:
        for _session in range(25):
            session = new_session(store)
            for turn in range(CALLS):
                for event in call(turn, assessments[turn % len(assessments)]):
                    memories = {("leonov", "en"): lambda _before: memory} if event.kind == "assessed" else None
                    start = time.perf_counter()
                    store.append(session, event, memories=memories)
                    times.setdefault(event.kind, []).append(time.perf_counter() - start)
    for kind, seconds in times.items():
        say(what="append", kind=kind, **percentiles(seconds))
    grow(path, 25 * CALLS)
    size = path.stat().st_size
    say(what="size", attempts=GOAL, file_mb=round(size / 1e6), bytes_per_attempt=round(size / GOAL), **_parts(path))
    with Store.open(str(path), read_only=True) as store:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for whole in (False, True):
            start, cpu = time.perf_counter(), time.process_time()
            number = sum(1 for _attempt in store.attempts(assessments=whole))
            rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            say(what="stream", attempts=number, assessments=whole, seconds=round(time.perf_counter() - start, 1),
                cpu_seconds=round(time.process_time() - cpu, 1), memory_before_mb=before // 1024,
                memory_peak_mb=rss // 1024)  # fmt: skip
        start = time.perf_counter()
        store.sounds("leonov", "en")
        say(what="weak sounds over all", seconds=round(time.perf_counter() - start, 2))
        start = time.perf_counter()
        sessions = store.sessions(learner="leonov")
        say(what="list of sessions", sessions=len(sessions), seconds=round(time.perf_counter() - start, 2))
    with Store.open(str(path)) as store:
        session = new_session(store)
        seconds = []
        for turn in range(CALLS):
            for event in call(turn, assessments[turn]):
                start = time.perf_counter()
                store.append(session, event)
                seconds.append(time.perf_counter() - start)
        say(what="append to a full store", **percentiles(seconds))


def _json(assessment: Assessment) -> bytes:
    from pydantic import TypeAdapter

    return TypeAdapter(Assessment).dump_json(assessment)


def grow(path: Path, have: int) -> None:
    """Copy what was drilled, session by session, until there are GOAL attempts."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")
        (sessions,) = db.execute("SELECT max(id) FROM sessions").fetchone()
        db.execute("BEGIN")
        for copy in range(1, GOAL // have):
            shift, first = copy * sessions, copy * have
            db.execute(f"INSERT INTO sessions SELECT id + {shift}, key || '-{copy}', mode, phase, opened, ended, why "
                       f"FROM sessions WHERE id <= {sessions}")  # fmt: skip
            db.execute(
                f"INSERT INTO seats SELECT session + {shift}, seat, learner FROM seats WHERE session <= {sessions}"
            )
            db.execute(f"INSERT INTO events SELECT session + {shift}, seq, at, kind, body FROM events "
                       f"WHERE session <= {sessions}")  # fmt: skip
            db.execute(f"INSERT INTO attempts SELECT id + {first}, session + {shift}, seq, learner, seat, turn, asked, "
                       f"call, language, verdict, score, points, late, latency, at, recording, exact FROM attempts "
                       f"WHERE id <= {have}")  # fmt: skip
            db.execute(f"INSERT INTO sounds SELECT attempt + {first}, position, phone, score, heard FROM sounds "
                       f"WHERE attempt <= {have}")  # fmt: skip
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _parts(path: Path) -> dict[str, int]:
    """Bytes of payload per attempt, table by table."""
    with closing(sqlite3.connect(path)) as db:
        events = db.execute("SELECT sum(length(body)), count(*) FROM events").fetchone()
        assessed = db.execute("SELECT sum(length(body)) FROM events WHERE kind = 'assessed'").fetchone()
        sounds = db.execute("SELECT count(*) FROM sounds").fetchone()
    return {
        "event_bodies": round(events[0] / GOAL), "assessed_bodies": round(assessed[0] / GOAL),
        "events_per_attempt": round(events[1] / GOAL), "sounds_per_attempt": round(sounds[0] / GOAL),
    }  # fmt: skip


def drilling(url: str, learner: str, shared: str, end: float, told: str) -> None:
    """Drill until the time is up; write every acknowledged (session, seq) into `told`."""
    assessments = _stored_assessments(url, shared)
    with Store.open(url) as store, Path(told).open("w", encoding="utf-8") as file:
        while time.time() < end:
            session = new_session(store, learner)
            for turn in range(CALLS):
                for event in call(turn, random.choice(assessments)):
                    start = time.perf_counter()
                    number = store.append(session, event, memories={(learner, "en"): lambda _before: "{}"})
                    file.write(f"{session} {number} {time.perf_counter() - start}\n")
                    time.sleep(0.02)  # far quicker than people, and no hog
                number = store.append(shared, KeyUp(at=turn, seat="soyuz"))
                file.write(f"{shared} {number} 0\n")
                file.flush()


def _stored_assessments(url: str, shared: str) -> list[Assessment]:
    with Store.open(url) as store:
        return [event.assessment for event in store.events(shared) if isinstance(event, Assessed)]


def writers(url: str, minutes: float) -> None:
    with Store.open(url) as store:
        shared = new_session(store)
        for turn, assessment in enumerate(real_assessments()):
            store.append(shared, call(turn, assessment)[-2])
        already = len(list(store.events(shared)))
    context = get_context("spawn")
    logs = [f"{os.getpid()}-{name}.log" for name in ("one", "two")]
    end = time.time() + 60 * minutes
    programs = [
        context.Process(target=drilling, args=(url, f"learner-{i}", shared, end, log)) for i, log in enumerate(logs)
    ]
    for program in programs:
        program.start()
    for program in programs:
        program.join()
    lines = [line.split() for log in logs for line in Path(log).read_text(encoding="utf-8").splitlines()]
    acknowledged = {(session, int(seq)) for session, seq, _seconds in lines}
    with Store.open(url) as store:
        store.check()
        kept = {(session.id, seq) for session in store.sessions() for seq in range(len(list(store.events(session.id))))}
        attempts = sum(1 for _attempt in store.attempts())
    for log in logs:
        Path(log).unlink()
    say(what="writers", minutes=minutes, exit_codes=[program.exitcode for program in programs],
        acknowledged=len(acknowledged), acknowledged_twice=len(lines) - len(acknowledged),
        lost=len(acknowledged - kept), kept=len(kept), before=already, attempts=attempts,
        **percentiles([float(seconds) for *_, seconds in lines if seconds != "0"]))  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1] == "cost":
        cost(Path(sys.argv[2]))
    else:
        writers(sys.argv[2], float(sys.argv[3]))
