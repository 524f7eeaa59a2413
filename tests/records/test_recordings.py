"""Recordings are kept only where the learner allows it, only for as long, and nothing of them stays behind."""

import os
import time
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from trainer.audio.files import SAMPLE_RATE, Recording, read
from trainer.bundled import bundled
from trainer.records import recordings
from trainer.records.store import Store

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


def test_files_that_the_store_does_not_know_go_but_no_other_stores(store, drill, call, data, tmp_path):
    plan = drill.new(store)
    store.consent("leonov", True, 30)
    kept = recordings.keep(store, plan.session, "soyuz", 0, call)
    with Store.open(str(tmp_path / "other.sqlite")) as other:
        mine = drill.new(other)
        other.consent("leonov", True, 30)
        theirs = recordings.keep(other, mine.session, "soyuz", 0, call)
    folder = (data / kept).parent
    (folder / "deleted-elsewhere.flac").write_bytes(b"x")
    (folder / ".half.flac.123.tmp").write_bytes(b"x")
    old = time.time() - 7200
    os.utime(folder / ".half.flac.123.tmp", (old, old))
    (folder / ".now.flac.124.tmp").write_bytes(b"x")
    assert recordings.purge(store) == 2
    assert {path.name for path in files(data)} == {(data / kept).name, (data / theirs).name, ".now.flac.124.tmp"}


def test_no_room_for_a_recording_leaves_nothing_behind(store, drill, call, data):
    plan = drill.new(store)
    store.consent("leonov", True, 30)
    (data / "recordings").parent.mkdir(parents=True, exist_ok=True)
    (data / "recordings").write_text("in the way")
    with pytest.raises(OSError, match=r"recordings"):
        recordings.keep(store, plan.session, "soyuz", 0, call)
    assert store.info()["recordings"] == 0
