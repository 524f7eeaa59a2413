"""What is stored about a person can be seen, handed over without anybody else's, and deleted to the last byte."""

import json
import zipfile
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from trainer.audio.files import read
from trainer.bundled import bundled
from trainer.drill.events import (
    Advanced,
    Ended,
    Event,
    Heard,
    Held,
    Injected,
    Joined,
    KeyDown,
    KeyUp,
    Left,
    Missed,
    Opened,
    Refused,
    Resumed,
    Unreadable,
    from_json,
    to_json,
)
from trainer.drill.plan import Reason, Seat, Turn
from trainer.drill.session import fold
from trainer.errors import UserError
from trainer.records import connecting, recordings
from trainer.records.privacy import delete_learner, export, holdings
from trainer.records.store import Store
from trainer.records.tables import events, memories

CLIP = bundled("audio") / "samples" / "en" / "doc-09-accent-man.opus"
WORD = "Zwischenrufwort"
ANNA = Seat("soyuz", "anna-qx", "Anna Quixotova-Žď", "ru", "soyuz")
BILL = Seat("apollo", "bill-qx", "Bill Quagmire", "en", "apollo")


def drilled(store, drill, *seats):
    """A session in which every seat answers, with a recording where it is allowed."""
    plan = drill.new(store, seats=seats)
    for turn, seat in enumerate(seats):
        clip = recordings.keep(store, plan.session, seat.id, turn, read(CLIP))
        kept = json.dumps({"memory of": seat.name, "cards": list(range(300))})
        for event in (
            drill.cue(turn, seat=seat.id), Heard(at=0.5, seat=seat.id, words=(WORD, seat.name), final=True, engine="x"),
            Held(at=0.6, by=seat.learner), Resumed(at=0.8, by=seat.name),
        ):  # fmt: skip
            store.append(plan.session, event)
        store.append(
            plan.session,
            drill.scored(turn, 60.0 + turn, seat=seat.id, clip=clip),
            memories={(seat.learner, "en"): lambda _before, kept=kept: kept},
        )
        store.append(plan.session, Advanced(at=1.0, turn=turn))
    return plan


@pytest.fixture
def both(store, drill):
    """Anna alone, Bill alone, and the two together; both allow recordings."""
    store.add_learner(ANNA.learner, ANNA.name, "ru")
    store.add_learner(BILL.learner, BILL.name, "en")
    for seat in (ANNA, BILL):
        store.consent(seat.learner, True, 30)
    return [drilled(store, drill, *seats) for seats in ((ANNA,), (BILL,), (ANNA, BILL))]


def everything(*folders) -> bytes:
    return b"".join(path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file())


def test_what_is_stored_is_counted(store, both):
    about = holdings(store, ANNA.learner)
    assert (about.learner.name, about.sessions, about.attempts, about.memories) == (ANNA.name, 2, 2, ("en",))
    assert (about.recordings, about.recordings_here) == (2, 2)
    assert about.recordings_bytes > 10_000
    with pytest.raises(UserError, match="no learner eve"):
        holdings(store, "eve")


@pytest.mark.parametrize("name", ["anna", "anna.zip"])
def test_a_learner_gets_all_of_theirs_and_nothing_of_others(store, both, tmp_path, name):
    out = tmp_path / name
    number = export(store, ANNA.learner, out)
    if out.suffix:
        with zipfile.ZipFile(out) as archive:
            archive.extractall(tmp_path / "unpacked")
        out = tmp_path / "unpacked"
    found = {path.relative_to(out).as_posix(): path for path in out.rglob("*") if path.is_file()}
    assert len(found) == number
    assert sum(path.endswith(".flac") for path in found) == 2
    assert json.loads(found["learner.json"].read_text())["learner"]["name"] == ANNA.name
    attempts = [json.loads(line) for line in found["attempts.jsonl"].read_text().splitlines()]
    assert [attempt["assessment"]["score"] for attempt in attempts] == [60.0, 60.0]
    for plan in (both[0], both[2]):
        log = [from_json(line) for line in found[f"sessions/{plan.session}.jsonl"].read_text().splitlines()]
        assert [attempt.score for attempt in fold(log).of("soyuz")] == [60.0]
    assert f"sessions/{both[1].session}.jsonl" not in found
    assert "Quixotova" in found["memory/en.json"].read_text()
    assert not any(name in everything(out) for name in (b"Quagmire", b"bill-qx"))
    with pytest.raises(UserError, match="exists already"):
        export(store, ANNA.learner, tmp_path / name)


def test_a_partner_keeps_their_part_of_a_shared_session(store, both):
    shared = both[2].session
    before = fold(store.events(shared))
    bills = list(store.attempts(learner=BILL.learner, assessments=True))
    done = delete_learner(store, ANNA.learner)
    assert (done.sessions, done.shared, done.attempts, done.recordings) == (1, 1, 2, 2)
    after = fold(store.events(shared))
    assert after.of("apollo") == before.of("apollo")
    assert after.of("soyuz") == ()
    assert after.turn == before.turn
    assert list(store.attempts(learner=BILL.learner, assessments=True)) == bills
    assert {session.id for session in store.sessions()} == {both[1].session, shared}
    assert [learner.key for learner in store.learners()] == [BILL.learner]
    assert holdings(store, BILL.learner).recordings_here == 2


def test_deleted_is_gone_to_the_last_byte(tmp_path, data, drill):
    folder = tmp_path / "store"
    with Store.open(str(folder / "records.sqlite")) as store:
        drilled(store, drill, replace(BILL, learner="c", name="c"))
        store.add_learner(ANNA.learner, ANNA.name, "ru")
        store.consent(ANNA.learner, True, 30)
        alone, shared = drilled(store, drill, ANNA), drilled(store, drill, ANNA, replace(BILL, learner="c", name="c"))
        with store.reading() as connection:
            bodies = [*connection.execute(select(events.c.body)).scalars()]
            packed = [*connection.execute(select(memories.c.body)).scalars()]
        hers = [body for body in bodies if b"Quixotova" in body or body[:1] == b"x"]
        marks = [b"Quixotova", b"anna-qx", "Žď".encode()]
        assert all(mark in everything(folder) for mark in marks)
        kept = everything(data)
        assert kept.count(b"fLaC") == 2
        delete_learner(store, ANNA.learner)
        left = {*everything_of(store)}
        # Compressed bodies are looked for by their middle.
        gone = [body for body in (*hers, *packed) if body not in left]
        assert len(gone) >= 4
        for _while_open_and_after_closing in range(2):
            content = everything(folder, data)
            assert not [mark for mark in marks if mark in content]
            assert not [body for body in gone if body[len(body) // 2 :][:24] in content]
            assert b"fLaC" not in content
            store.close()
        assert alone.session.encode() not in content
        assert shared.session.encode() in content
        with store.reading() as connection:
            noted = [what for (what,) in connection.exec_driver_sql("SELECT what FROM deletions")]
        assert json.loads(noted[0]) == {"learners": 1, "sessions": 1, "shared": 1, "attempts": 2, "recordings": 2}


def everything_of(store):
    with store.reading() as connection:
        yield from connection.execute(select(events.c.body)).scalars()
        yield from connection.execute(select(memories.c.body)).scalars()


def test_while_another_program_reads_the_last_bytes_stay_and_that_is_said(tmp_path, drill, monkeypatch):
    monkeypatch.setattr(connecting, "PATIENCE", 0.1)
    path = str(tmp_path / "records.sqlite")
    with Store.open(path) as store, Store.open(path, read_only=True) as reader:
        plan = drilled(store, drill, ANNA)
        log = reader.events(plan.session)
        next(log)
        assert not delete_learner(store, ANNA.learner).erased
        log.close()
        assert store.compact()
        assert b"Quixotova" not in everything(tmp_path)


def test_a_drill_that_still_runs_keeps_nothing_more_of_a_deleted_learner(url, drill):
    with Store.open(url) as running, Store.open(url) as other:
        alone, shared = drilled(running, drill, ANNA), drilled(running, drill, ANNA, BILL)
        delete_learner(other, ANNA.learner)
        for session in (alone.session, shared.session):
            with pytest.raises(UserError, match="was deleted"):
                running.append(session, Heard(at=2.0, seat="soyuz", words=(WORD,), final=True, engine="x"))
        running.append(shared.session, drill.cue(2, seat="apollo"))
        running.append(shared.session, drill.scored(2, seat="apollo"))
        assert {attempt.learner for attempt in running.attempts()} == {BILL.learner}


def every_kind(drill, plan, gone, stays):
    """A log with every kind of event, in which whoever goes stands wherever a name can stand."""
    turn = replace(plan.agenda[0], seat=gone.id, reason=Reason("weak-sound", gone.name))
    cue = drill.cue(0, seat=gone.id)
    return (
        Joined(at=0, place=gone.id, name=gone.name), Joined(at=0, place=stays.id, name=stays.name),
        Joined(at=0, place="instructor", name=gone.name), replace(cue, reason=turn.reason, by=gone.name),
        KeyDown(at=1, seat=gone.id, line=cue.answers[0]), KeyUp(at=2, seat=gone.id),
        Heard(at=2, seat=gone.id, words=(gone.name, gone.learner), final=True, engine="x"),
        Refused(at=2, seat=gone.id, turn=0, reason=gone.name), drill.scored(0, 50, at=2, seat=gone.id),
        Advanced(at=3, turn=0), Held(at=3, by=gone.name), Resumed(at=3, by=gone.learner),
        Injected(at=3, by=gone.name, turn=turn), Left(at=3, place=gone.id, why="lost"), drill.cue(1, 4, seat=stays.id),
        drill.scored(1, 70, at=5, seat=stays.id), Advanced(at=6, turn=1), drill.cue(2, 6, seat=gone.id),
        Missed(at=7, seat=gone.id, turn=2), Unreadable(at=7), Ended(at=8),
    )  # fmt: skip


@pytest.mark.parametrize(("gone", "stays"), [(ANNA, BILL), (BILL, ANNA)])
def test_no_kind_of_event_keeps_a_name(tmp_path, drill, gone, stays):
    with Store.open(str(tmp_path / "records.sqlite")) as store:
        home = f"/home/{gone.learner}/ours.toml"
        agenda = (Turn(None, ("A",), gone.id, Reason("weak-sound", gone.name)),)
        plan = drill.new(store, seats=(ANNA, BILL), agenda=agenda, book=home)
        log = every_kind(drill, plan, gone, stays)
        assert {type(event) for event in log} | {Opened} == set(Event.__args__)
        for event in log:
            store.append(plan.session, event)
        # In the drill of somebody else, as its instructor.
        other = drill.new(store, seats=(stays,))
        for event in (Joined(at=0, place="instructor", name=gone.name), Held(at=1, by=gone.name)):
            store.append(other.session, event)
        with store.writing() as connection:  # what cannot be read may be anything
            broken = f'{{"kind":"joined","name":"{gone.name}"'.encode()
            connection.execute(
                update(events).where(events.c.kind == "left", events.c.at == 3).values(body=broken)
            )  # fmt: skip
        before = fold(store.events(plan.session)).of(stays.id)
        delete_learner(store, gone.learner)
        assert fold(store.events(plan.session)).of(stays.id) == before != ()
        store.close()
        content = everything(tmp_path)
        assert not [name for name in (gone.name, gone.learner) if name.encode() in content]
        assert stays.name.encode() in content
        texts = " ".join(to_json(event) for session in store.sessions() for event in store.events(session.id))
        assert not [name for name in (gone.name, gone.learner) if name in texts]
