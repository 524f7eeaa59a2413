"""Records that an earlier program has made open, and nothing in them is lost.

`tables_0003.sqlite.xz` was written by the program at commit 8f61eb1: drills of seven learners in all modes, two of them
in pairs, one not ended, one whose second learner was deleted; calls of one's own, recordings, assignments, sign-offs.
`tables_0003.json` is what that program read from it.
"""

import hashlib
import json
import lzma
from dataclasses import asdict
from itertools import starmap
from pathlib import Path
from statistics import fmean

import pytest
from sqlalchemy import select

from trainer.drill.events import to_json
from trainer.records.migrations import NEWEST
from trainer.records.packing import unpack
from trainer.records.store import Store
from trainer.records.tables import assignments, events, learners, recordings, sessions, signoffs

HERE = Path(__file__).parent
KEPT = json.loads((HERE / "tables_0003.json").read_text(encoding="utf-8"))


@pytest.fixture
def earlier(tmp_path: Path) -> str:
    path = tmp_path / "earlier.sqlite"
    path.write_bytes(lzma.decompress((HERE / "tables_0003.sqlite.xz").read_bytes()))
    return str(path)


def plain(found: object) -> object:
    """As JSON has it."""
    return json.loads(json.dumps(found, default=lambda value: value.isoformat()))


def holds(now: object, then: object) -> bool:
    """Whether everything that was written then is there now; a program may have learnt more."""
    if isinstance(then, dict) and isinstance(now, dict):
        return all(name in now and holds(now[name], value) for name, value in then.items())
    if isinstance(then, list) and isinstance(now, list):
        return len(now) == len(then) and all(starmap(holds, zip(now, then, strict=True)))
    return now == then


def mean(session: str) -> float | None:
    """Of a session's answers. That program counted a call without an answer as nought."""
    points = [one["points"] for one in KEPT["attempts"] if one["session"] == session and one["verdict"] != "missed"]
    return pytest.approx(fmean(points)) if points else None


@pytest.mark.parametrize("read_only", [False, True])
def test_records_of_an_earlier_program_keep_everything(earlier, read_only):
    with Store.open(earlier, read_only=read_only) as store:
        assert store.info()["tables"] == NEWEST
        assert store.id == KEPT["store"]
        people = plain([asdict(learner) for learner in store.learners()])
        assert all(person.pop("letters") is None for person in people)  # nobody was asked
        assert people == KEPT["learners"]
        found = [plain(asdict(session)) for session in store.sessions()]
        assert [mean(session["id"]) for session in found] == [session.pop("points") for session in found]
        assert found == [{name: session[name] for name in session if name != "points"} for session in KEPT["sessions"]]
        for session in found:
            with store.reading() as connection:
                written = connection.execute(
                    select(events.c.body).join(sessions).where(sessions.c.key == session["id"]).order_by(events.c.seq)
                ).scalars()
                bodies = [json.loads(unpack(body)) for body in written]
            log = [json.loads(to_json(event)) for event in store.events(session["id"])]
            assert len(log) == len(bodies)
            assert all(starmap(holds, zip(log, bodies, strict=True)))
        attempts = [plain(asdict(attempt)) for attempt in store.attempts()]
        assert all(attempt.pop("judged") is None for attempt in attempts)  # nobody could
        assert [{name: value for name, value in attempt.items() if name != "assessment"} for attempt in attempts] == (
            KEPT["attempts"]
        )
        memories = {
            f"{learner.key} {language}": hashlib.sha256(memory.encode()).hexdigest()
            for learner in store.learners()
            for language in ("en", "ru")
            if (memory := store.memory(learner.key, language))
        }
        assert memories == KEPT["memories"]
        with store.reading() as connection:
            assert sorted(connection.execute(select(recordings.c.path)).scalars()) == KEPT["recordings"]
            given = select(learners.c.key, assignments.c.calls, assignments.c.withdrawn).join(learners)
            assert [
                (key, calls, bool(withdrawn))
                for key, calls, withdrawn in connection.execute(given.order_by(assignments.c.id))
            ] == [(row[0], row[2], bool(row[5])) for row in KEPT["assignments"]]
            signed = select(learners.c.key, signoffs.c.by, signoffs.c.passed, signoffs.c.comment).join(learners)
            assert [list(row) for row in connection.execute(signed.order_by(signoffs.c.id))] == [
                [key, by, bool(passed), comment] for key, by, passed, comment in KEPT["signoffs"]
            ]


def test_an_assessment_of_an_earlier_program_is_read_back(earlier):
    with Store.open(earlier, read_only=True) as store:
        scored = [attempt for attempt in store.attempts(assessments=True) if attempt.verdict == "scored"]
    assert scored
    assert all(attempt.assessment and attempt.assessment.score == attempt.score for attempt in scored)
