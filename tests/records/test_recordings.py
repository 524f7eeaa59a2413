"""Recordings are kept only where the learner allows it, only for as long, and nothing of them stays behind."""

import shutil
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import insert, select, update

from trainer.audio.files import read
from trainer.audio.recording import SAMPLE_RATE, Recording
from trainer.bundled import bundled
from trainer.records import recordings, tables
from trainer.records.privacy import delete_learner, holdings
from trainer.records.store import Store
from trainer.records.tables import learners

CLIP = bundled("audio") / "samples" / "en" / "doc-09-accent-man.opus"


@pytest.fixture
def call() -> Recording:
    return read(CLIP)


def files(data):
    return sorted(path for path in (data / "recordings").rglob("*") if path.is_file())


def test_nothing_is_kept_without_consent(store, drill, call, data):
    plan = drill.new(store)
    assert recordings.keep(store, plan.session, "soyuz", 0, call) is None
    store.consent("stafford", True, 30)  # another learner's
    assert recordings.keep(store, plan.session, "soyuz", 0, call) is None
    assert recordings.keep(store, "no such session", "soyuz", 0, call) is None
    assert not files(data)


def test_what_is_kept_is_what_was_said(store, drill, call, data):
    plan = drill.new(store)
    store.consent("leonov", True, 30)
    path = recordings.keep(store, plan.session, "soyuz", 0, call)
    assert [data / path] == files(data)
    again = read(data / path)
    assert again.source_rate == SAMPLE_RATE
    np.testing.assert_allclose(again.samples, call.samples, atol=1 / 32768)


def test_recordings_go_after_their_days(store, drill, call, data):
    plan = drill.new(store)
    store.consent("leonov", True, 30)
    recordings.keep(store, plan.session, "soyuz", 0, call)
    now = datetime.now(UTC)
    assert recordings.purge(store, now + timedelta(days=29)) == 0
    assert files(data)
    assert recordings.purge(store, now + timedelta(days=30, seconds=1)) == 1
    assert not (data / "recordings").exists() or not list((data / "recordings").rglob("*.flac"))
    assert recordings.purge(store, now + timedelta(days=31)) == 0


def test_days_made_fewer_and_consent_withdrawn_count_for_what_was_kept_before(store, drill, call, data):
    plan = drill.new(store)
    store.consent("leonov", True, 30)
    recordings.keep(store, plan.session, "soyuz", 0, call)
    store.consent("leonov", True, 1)
    assert recordings.purge(store, datetime.now(UTC) + timedelta(days=2)) == 1
    recordings.keep(store, plan.session, "soyuz", 1, call)
    store.consent("leonov", False)
    assert recordings.purge(store) == 1
    assert not files(data)


def machine(monkeypatch, folder, name):
    """From here on this is another machine."""
    monkeypatch.setenv("RUSTON_DATA", str(folder))
    monkeypatch.setattr("platform.node", lambda: name)


def test_machines_that_share_records_know_who_holds_what_and_obey(url, drill, call, tmp_path, monkeypatch):
    desk, laptop = tmp_path / "desk", tmp_path / "laptop"
    machine(monkeypatch, laptop, "laptop-2")
    with Store.open(url) as store:
        plan, other = drill.new(store), drill.new(store)
        store.consent("leonov", True, 30)
        for session in (plan.session, plan.session, other.session):
            recordings.keep(store, session, "soyuz", 0, call)
    machine(monkeypatch, desk, "desk")
    with Store.open(url) as store:
        recordings.keep(store, plan.session, "soyuz", 1, call)
        assert holdings(store, "leonov").elsewhere == (("laptop-2", 3),)
        done = delete_learner(store, "leonov")
        assert (done.recordings, done.elsewhere) == (1, (("laptop-2", 3),))
    assert len(files(laptop)) == 3
    machine(monkeypatch, laptop, "laptop-2")
    Store.open(url, read_only=True).close()
    assert not files(laptop)


@pytest.mark.parametrize("read_only", [False, True])
def test_what_is_past_its_days_goes_at_every_opening_and_nothing_else_does(url, drill, call, data, read_only):
    with Store.open(url) as store:
        plan = drill.new(store)
        for learner, seat in (("leonov", "soyuz"), ("stafford", "apollo")):
            store.consent(learner, True, 30)
            recordings.keep(store, plan.session, seat, 0, call)
        unknown = files(data)[0].parent / "of-a-later-copy-of-the-records.flac"
        unknown.write_bytes(b"x")
        month_ago = datetime.now(UTC) - timedelta(days=31)
        with store.writing() as connection:
            number = select(learners.c.id).where(learners.c.key == "leonov").scalar_subquery()
            past = update(tables.recordings).where(tables.recordings.c.learner == number)
            connection.execute(past.values(kept=month_ago))
    Store.open(url, read_only=read_only).close()
    assert len(files(data)) == 2
    with Store.open(url, read_only=True) as store:
        assert (holdings(store, "leonov").recordings, holdings(store, "stafford").recordings_here) == (0, 1)


def test_records_from_elsewhere_have_no_say_about_other_files(url, drill, data, tmp_path):
    (data / "recordings").mkdir(parents=True)
    others = [tmp_path / "thesis.flac", data / "settings.json", data / "recordings" / "mine.flac"]
    for path in others:
        path.write_bytes(b"x")
    with Store.open(url) as store:
        plan = drill.new(store)
        with store.writing() as connection:
            learner = connection.execute(select(learners.c.id).where(learners.c.key == "leonov")).scalar_one()
            keys = tables.sessions.c.key == plan.session
            session = connection.execute(select(tables.sessions.c.id).where(keys)).scalar_one()
            for path in ("../thesis.flac", str(tmp_path / "thesis.flac"), "settings.json", "recordings/mine.flac"):
                values = {"path": path, "learner": learner, "session": session, "kept": datetime.now(UTC)}
                connection.execute(insert(tables.recordings), values)
    Store.open(url, read_only=True).close()
    with Store.open(url) as store:
        delete_learner(store, "leonov")
    assert all(path.exists() for path in others)


def test_a_data_folder_copied_to_another_computer_obeys_as_well(url, drill, call, tmp_path, monkeypatch):
    first, second = tmp_path / "first", tmp_path / "second"
    machine(monkeypatch, first, "old")
    with Store.open(url) as store:
        plan = drill.new(store)
        store.consent("leonov", True, 30)
        recordings.keep(store, plan.session, "soyuz", 0, call)
    shutil.copytree(first, second)
    machine(monkeypatch, second, "new")
    with Store.open(url) as store:
        assert delete_learner(store, "leonov").recordings == 1
    assert not files(second)
    machine(monkeypatch, first, "old")
    Store.open(url).close()
    assert not files(first)


def test_no_room_for_a_recording_leaves_nothing_behind(store, drill, call, data):
    plan = drill.new(store)
    store.consent("leonov", True, 30)
    (data / "recordings").parent.mkdir(parents=True, exist_ok=True)
    (data / "recordings").write_text("in the way")
    with pytest.raises(OSError, match=r"recordings"):
        recordings.keep(store, plan.session, "soyuz", 0, call)
    assert store.info()["recordings"] == 0
