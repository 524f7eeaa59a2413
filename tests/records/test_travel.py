"""Records that travel arrive as they were: copied, merged, backed up, handed in; nothing twice, nothing of others."""

import shutil
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import asdict, replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from trainer.audio.files import read
from trainer.bundled import bundled
from trainer.drill.events import Advanced, Ended, Joined, Opened, to_json
from trainer.drill.plan import Reason
from trainer.errors import UserError
from trainer.identity import PARTNER
from trainer.live.learning import kept_log, relearn
from trainer.records import recordings, travel
from trainer.records.instructors import set_pin
from trainer.records.privacy import delete_learner
from trainer.records.store import Store
from trainer.records.tables import metadata

CLIP = bundled("audio") / "samples" / "en" / "doc-09-accent-man.opus"


def machine(monkeypatch, folder):
    monkeypatch.setenv("RUSTON_DATA", str(folder))
    monkeypatch.setattr("platform.node", lambda: folder.name)


def drilled(store, drill, *seats, session=None, clip=True):
    """A session in which every seat answers, with what is remembered of it, and recordings where they are allowed."""
    plan = replace(drill.plan, **({"session": session} if session else {}), seats=seats or drill.plan.seats)
    for seat in plan.seats:
        store.add_learner(seat.learner, seat.name, seat.first)
        store.consent(seat.learner, True, 30)
    log = kept_log(store, plan.session)
    log.append(Opened(at=0, plan=plan))
    for turn, seat in enumerate(plan.seats):
        log.append(Joined(at=turn, place=seat.id, name=seat.name))
        log.append(replace(drill.cue(turn, at=turn, seat=seat.id), reason=Reason("weak-sound", "k")))
        path = recordings.keep(store, plan.session, seat.id, turn, read(CLIP)) if clip else None
        log.append(drill.scored(turn, 60.0 + turn, at=turn, seat=seat.id, clip=path))
        log.append(Advanced(at=turn, turn=turn))
    log.append(Ended(at=9))
    return plan


def rows(store):
    with store.reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in metadata.sorted_tables
        }


def told(store):
    """What is in the records, whatever numbers its rows have."""
    sessions = [
        (asdict(session), [to_json(event) for event in store.events(session.id)]) for session in store.sessions()
    ]
    attempts = sorted(store.attempts(assessments=True), key=lambda attempt: (attempt.session, attempt.seq))
    memories = {
        (learner.key, language): store.memory(learner.key, language)
        for learner in store.learners()
        for language in ("en", "ru")
    }
    return sessions, attempts, memories


def test_a_copy_is_equal_row_by_row_there_and_back(server, drill, tmp_path):
    first, second = str(tmp_path / "first.sqlite"), str(tmp_path / "second.sqlite")
    url = server()
    with Store.open(first) as store:
        drilled(store, drill)
        before = rows(store)
        travel.copy(store, url)
    with Store.open(url) as middle:
        assert rows(middle) == before
        travel.copy(middle, second)
        drilled(middle, drill, session="later")  # new rows get new numbers
    with Store.open(second) as store:
        assert rows(store) == before
        with pytest.raises(UserError, match="there are records already"):
            travel.copy(store, first)
        with pytest.raises(UserError, match="these are the same records"):
            travel.copy(store, second)


def test_a_backup_brings_everything_back_and_is_private(drill, tmp_path, monkeypatch):
    machine(monkeypatch, tmp_path / "old")
    with Store.open() as store:
        drilled(store, drill)
        before = rows(store)
        done = travel.backup(store, tmp_path / "b.zip")
    assert (done.sessions, done.attempts, done.recordings, done.elsewhere) == (1, 2, 2, 0)
    assert (tmp_path / "b.zip").stat().st_mode & 0o077 == 0
    machine(monkeypatch, tmp_path / "new")
    with Store.open() as store:
        merged = travel.merge(store, tmp_path / "b.zip", relearn)
        assert (merged.sessions, merged.recordings) == (1, 2)
        after = rows(store)
        assert {name: found for name, found in after.items() if name not in ("recordings", "machines")} == {
            name: found for name, found in before.items() if name not in ("recordings", "machines")
        }
        again = travel.merge(store, tmp_path / "b.zip", relearn)
        assert (again.learners, again.sessions, again.skipped, again.recordings) == (0, 0, 1, 0)
        assert rows(store) == after
        assert all((tmp_path / "new" / attempt.recording).is_file() for attempt in store.attempts())


def test_records_merge_by_session_and_what_is_remembered_is_that_of_all_answers(url, drill, tmp_path):
    laptop, whole = str(tmp_path / "laptop.sqlite"), str(tmp_path / "whole.sqlite")
    earlier = {"session": "a", "clip": False}
    with Store.open(laptop) as store:
        drilled(store, drill, **earlier)
    with Store.open(whole) as store:
        drilled(store, drill, **earlier)
        drilled(store, drill, session="b", clip=False)
        expected = told(store)
    with Store.open(url) as store:
        drilled(store, drill, session="b", clip=False)
        done = travel.merge(store, tmp_path / "laptop.sqlite", relearn)
        assert (done.learners, done.sessions, done.skipped) == (0, 1, 0)
        sessions, attempts, memories = told(store)
        assert sorted(sessions, key=str) == sorted(expected[0], key=str)
        assert attempts == expected[1]
        assert memories == expected[2]
        assert travel.merge(store, tmp_path / "laptop.sqlite", relearn).skipped == 1
        assert told(store)[1:] == (attempts, memories)


def test_a_partner_of_a_loop_becomes_the_learner_who_hands_in(drill, tmp_path, monkeypatch):
    """Each end of a loop keeps the other under a name of its own."""
    leonov, stafford = drill.plan.seats
    for own, other in ((leonov, stafford), (stafford, leonov)):
        machine(monkeypatch, tmp_path / own.learner)
        sat = [seat if seat is own else replace(seat, learner=PARTNER + other.learner) for seat in (leonov, stafford)]
        with Store.open() as store:
            drilled(store, drill, *sat, clip=False)
            travel.hand_in(store, store.learner(own.learner), tmp_path / f"{own.learner}.zip")
            travel.backup(store, tmp_path / f"{own.learner}-all.zip")
    machine(monkeypatch, tmp_path / "whole")
    with Store.open() as store:
        drilled(store, drill, clip=False)
        whole = told(store)
    for first in ("leonov.zip", "leonov-all.zip"):
        machine(monkeypatch, tmp_path / f"desk-{first}")
        with Store.open() as store:
            travel.merge(store, tmp_path / first, relearn)
            assert travel.merge(store, tmp_path / "stafford.zip", relearn).completed == 1
            sessions, attempts, _memories = told(store)
            assert sessions == whole[0]
            assert attempts == whole[1]
            assert store.memory("stafford", "ru") == whole[2]["stafford", "ru"]


def test_what_was_deleted_does_not_come_back(drill, tmp_path):
    with Store.open(str(tmp_path / "r.sqlite")) as store:
        drilled(store, drill, drill.plan.seats[0], session="hers")
        drilled(store, drill, drill.plan.seats[1], session="his")
        travel.backup(store, tmp_path / "b.zip")
        delete_learner(store, "leonov")
        before = told(store)
        assert travel.merge(store, tmp_path / "b.zip", relearn).skipped == 2
        assert told(store) == before


def test_whoever_left_a_shared_session_for_good_does_not_come_back_into_it(drill, tmp_path):
    with Store.open(str(tmp_path / "r.sqlite")) as store:
        drilled(store, drill)
        travel.backup(store, tmp_path / "b.zip")
        travel.hand_in(store, store.learner("leonov"), tmp_path / "h.zip")
        delete_learner(store, "leonov")
        before = told(store)
        for file in ("b.zip", "h.zip"):
            assert travel.merge(store, tmp_path / file, relearn).skipped == 1
            assert told(store) == before
            assert [one.key for one in store.learners()] == ["stafford"]


@pytest.mark.parametrize(
    "change, place",
    [
        ("UPDATE attempts SET points = 'many'", "attempts.points"),
        ("UPDATE attempts SET score = 9e999", "attempts.score"),
        ("UPDATE learners SET retention_days = 1000000000000", "learners.retention_days"),
        ("UPDATE learners SET first = 'de'", "learners.first"),
        ("UPDATE learners SET added = '2026-02-31 00:00:00.000000'", "learners.added"),
        ("UPDATE learners SET consented = 0", "learners.consented"),
        ("UPDATE events SET body = 'text'", "events.body"),
        ("UPDATE seats SET seat = x'ff' WHERE seat = 'soyuz'", "seats.seat"),
        ("CREATE TRIGGER t AFTER INSERT ON learners BEGIN DELETE FROM sessions; END", "t"),
        ("DROP TABLE memories; CREATE VIEW memories AS SELECT 1 AS learner", "memories"),
    ],
)
def test_a_file_with_what_no_records_hold_is_refused_whole(drill, tmp_path, change, place):
    with Store.open(str(tmp_path / "theirs.sqlite")) as store:
        drilled(store, drill, clip=False)
    with closing(sqlite3.connect(tmp_path / "theirs.sqlite")) as connection:
        connection.executescript(change)
    with Store.open(str(tmp_path / "r.sqlite")) as store:
        before = told(store)
        with pytest.raises(UserError, match=f"{place} holds"):
            travel.merge(store, tmp_path / "theirs.sqlite", relearn)
        assert told(store) == before


def test_nobody_hands_in_what_others_said(drill, tmp_path):
    with Store.open(str(tmp_path / "theirs.sqlite")) as store:
        drilled(store, drill, clip=False)
        travel.backup(store, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as good, zipfile.ZipFile(tmp_path / "forged.zip", "w") as forged:
        forged.writestr("about.json", good.read("about.json").replace(b"backup", b"hand-in"))
        forged.writestr("records.sqlite", good.read("records.sqlite"))
    with Store.open(str(tmp_path / "r.sqlite")) as store:
        with pytest.raises(UserError, match="leonov, stafford"):
            travel.merge(store, tmp_path / "forged.zip", relearn)
        assert not store.sessions()


def test_nobody_else_says_whether_a_voice_may_be_kept(drill, tmp_path, data):
    """Where the desk has a PIN: their own hand-in may, what somebody else put together may not; no clock is ahead."""
    with Store.open(str(tmp_path / "theirs.sqlite")) as store:
        drilled(store, drill, clip=False)
        store.consent("leonov", False)
        travel.hand_in(store, store.learner("leonov"), tmp_path / "own.zip")
    with Store.open(str(tmp_path / "r.sqlite")) as store:
        store.add_learner("leonov", "Leonov", "ru")
        store.consent("leonov", True, 30)
        with store.writing() as connection:
            connection.execute(metadata.tables["learners"].update().values(consented=datetime(2020, 1, 1, tzinfo=UTC)))
        set_pin(store, "Shatalov", "4321")
        travel.merge(store, tmp_path / "theirs.sqlite", relearn)
        assert store.learner("leonov").recordings
        travel.merge(store, tmp_path / "own.zip", relearn)
        assert not store.learner("leonov").recordings
        assert store.learner("leonov").consented < datetime.now(UTC)


def test_what_two_learners_hand_in_becomes_their_session_again(drill, tmp_path, monkeypatch):
    leonov, stafford = drill.plan.seats
    machine(monkeypatch, tmp_path / "learner")
    with Store.open() as store:
        drilled(store, drill)
        whole = told(store)
        for learner in store.learners():
            travel.hand_in(store, learner, tmp_path / f"{learner.key}.zip")
        assert told(store) == whole
    with zipfile.ZipFile(tmp_path / "leonov.zip") as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
        assert len([name for name in archive.namelist() if name.endswith(".flac")]) == 1
    assert b"Leonov" in content
    assert not [name for name in (b"Stafford", b"stafford") if name in content]
    machine(monkeypatch, tmp_path / "desk")
    with Store.open() as store:
        first = travel.merge(store, tmp_path / "leonov.zip", relearn)
        assert (first.sessions, first.recordings) == (1, 1)
        assert {attempt.learner for attempt in store.attempts()} == {leonov.learner}
        second = travel.merge(store, tmp_path / "stafford.zip", relearn)
        assert (second.learners, second.completed, second.recordings) == (1, 1, 1)
        sessions, attempts, memories = told(store)
        assert attempts == whole[1]
        assert memories == whole[2]
        assert [log for _summary, log in sessions] == [log for _summary, log in whole[0]]
        assert {learner.key for learner in store.learners()} == {leonov.learner, stafford.learner}
        for name in ("leonov.zip", "stafford.zip"):
            assert travel.merge(store, tmp_path / name, relearn).skipped == 1


def test_a_hostile_file_reaches_no_other_place(drill, tmp_path, monkeypatch):
    machine(monkeypatch, tmp_path / "learner")
    with Store.open() as store:
        drilled(store, drill, drill.plan.seats[0])
        travel.hand_in(store, store.learner("leonov"), tmp_path / "good.zip")
    with zipfile.ZipFile(tmp_path / "good.zip") as good, zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        (tmp_path / "x.sqlite").write_bytes(good.read("records.sqlite"))
        with sqlite3.connect(tmp_path / "x.sqlite") as connection:
            connection.execute("UPDATE recordings SET path = 'recordings/../../evil.flac'")
        connection.close()
        bad.writestr("about.json", good.read("about.json"))
        bad.write(tmp_path / "x.sqlite", "records.sqlite")
        bad.writestr("recordings/../../evil.flac", b"fLaC")
    machine(monkeypatch, tmp_path / "desk")
    with Store.open() as store:
        assert travel.merge(store, tmp_path / "bad.zip", relearn).recordings == 0
        assert not list(tmp_path.rglob("evil.flac"))
    for content in (b"", b"no zip at all", b"PK\3\4"):
        (tmp_path / "wrong").write_bytes(content)
        with Store.open() as store, pytest.raises(UserError):
            travel.merge(store, tmp_path / "wrong", relearn)
    with zipfile.ZipFile(tmp_path / "nested.zip", "w") as nested:
        nested.writestr("about.json", "[" * 50_000)
        nested.writestr("records.sqlite", b"")
    with Store.open() as store, pytest.raises(UserError):
        travel.merge(store, tmp_path / "nested.zip", relearn)


def test_a_file_that_would_fill_the_disk_is_refused(drill, tmp_path, monkeypatch):
    machine(monkeypatch, tmp_path / "learner")
    with Store.open() as store:
        drilled(store, drill, drill.plan.seats[0])
        travel.hand_in(store, store.learner("leonov"), tmp_path / "good.zip")
        usage = shutil.disk_usage(tmp_path)
        monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=10_000))
        with pytest.raises(UserError):
            travel.merge(store, tmp_path / "good.zip", relearn)


def test_a_big_file_that_holds_no_records_is_refused_by_its_first_bytes(store, tmp_path):
    with (tmp_path / "big").open("wb") as file:
        file.truncate(1 << 42)  # nobody has room for a copy
    with pytest.raises(UserError, match="no records"):
        travel.merge(store, tmp_path / "big", relearn)
