"""`ruston privacy`, `ruston sessions`, `ruston records` as a user runs them."""

import json
import uuid
from pathlib import Path

import pytest
from program import Run, one_line, ruston

from trainer.drill.events import Cue, Ended, KeyDown, Line, Missed, Opened, from_json
from trainer.drill.plan import Plan, Reason, Seat, Turn
from trainer.records.store import Store


def printed(run: Run) -> list[dict]:
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RUSTON_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("RUSTON_RECORDS", raising=False)
    return tmp_path / "data"


@pytest.fixture
def session(data: Path) -> str:
    """A session of Leonov's in the user's own records: one call, not answered in time."""
    seat = Seat("soyuz", "leonov", "Alexei Leonov", "ru", "soyuz")
    agenda = (Turn(None, ("DOC-09",), "soyuz", Reason("new")), Turn(None, ("DOC-10",), "soyuz", Reason("new")))
    plan = Plan(uuid.uuid4().hex, "read", "docking", (seat,), agenda, "2026-01-01T00:00:00+00:00")
    line = Line("DOC-09", "en", "Capture!", "soyuz")
    with Store.open() as store:
        store.create(plan)
        for event in (
            Cue(at=1, turn=0, seat="soyuz", prompt=None, shown=(line,), answers=(line,), reason=Reason("new")),
            KeyDown(at=2, seat="soyuz"), Missed(at=9, seat="soyuz", turn=0), Ended(at=10, why="stopped"),
        ):  # fmt: skip
            store.append(plan.session, event, memories={("leonov", "en"): lambda _before: "{}"})
    return plan.session


def test_sessions_are_listed_and_shown(session):
    assert session in ruston("sessions").stdout
    (listed,) = printed(ruston("sessions", "list", "--json", "--learner", "leonov"))
    assert (listed["schema"], listed["id"], listed["ended"], listed["attempts"]) == (
        "ruston.session/1", session, "stopped", 1,
    )  # fmt: skip
    assert not printed(ruston("sessions", "list", "--json", "--open"))
    shown = ruston("sessions", "show", session).stdout
    assert "Alexei Leonov" in shown
    assert "no answer" in shown
    assert "нет ответа" in ruston("sessions", "show", session, "--interface", "ru").stdout
    log = [from_json(line) for line in ruston("sessions", "show", session, "--json").stdout.splitlines()]
    assert [type(event) for event in log] == [Opened, Cue, KeyDown, Missed, Ended]


def test_without_records_there_are_no_sessions(data):
    assert ruston("sessions").stdout == "No sessions yet.\n"
    assert not data.exists()
    refusal = ruston("sessions", "show", "x")
    assert (refusal.returncode, len(refusal.stderr.splitlines())) == (2, 1)


def test_a_learner_sees_takes_and_deletes_what_is_stored(session, data, tmp_path):
    (shown,) = printed(ruston("privacy", "show", "leonov", "--json"))
    assert (shown["learner"]["name"], shown["attempts"], shown["memories"]) == ("Alexei Leonov", 1, ["en"])
    assert "Alexei Leonov" in ruston("privacy", "show", "leonov").stdout
    (taken,) = printed(ruston("privacy", "export", "leonov", "--out", tmp_path / "all.zip", "--json"))
    assert taken["files"] == 4
    refusal = ruston("privacy", "delete", "leonov", typed="n\n")
    assert refusal.returncode == 2
    assert refusal.stderr.endswith("ruston: nothing was deleted.\n")
    assert ruston("privacy", "delete", "leonov", typed="y\n").stdout.endswith(
        "leonov is deleted. Attempts: 1, sessions: 1, recordings: 0.\n"
    )
    assert not any(b"Leonov" in path.read_bytes() for path in data.rglob("*") if path.is_file())
    refusal = ruston("privacy", "show", "leonov")
    assert (refusal.returncode, len(refusal.stderr.splitlines())) == (2, 1)


def test_consent_is_noted(session):
    refusal = ruston("privacy", "consent", "leonov", "--recordings", "yes")
    assert "--days N" in refusal.stderr
    assert ruston("privacy", "consent", "leonov", "--recordings", "yes", "--days", "30").stdout == (
        "Recordings of leonov are kept for 30 days.\n"
    )
    (noted,) = printed(ruston("privacy", "consent", "leonov", "--recordings", "no", "--json"))
    assert (noted["recordings"], noted["retention_days"], noted["deleted"]) == (False, None, 0)


def test_records_say_what_they_hold_and_are_mended(session, data):
    (info,) = printed(ruston("records", "info", "--check", "--json"))
    assert (info["place"], info["sessions"], info["attempts"]) == (str(data / "records.sqlite"), 1, 1)
    assert ruston("records", "compact").returncode == 0
    content = bytearray((data / "records.sqlite").read_bytes())
    content[4096 + 100 : 3 * 4096] = b"\xff" * (2 * 4096 - 100)
    (data / "records.sqlite").write_bytes(content)
    refusal = ruston("sessions")
    assert (refusal.returncode, len(refusal.stderr.splitlines())) == (2, 1)
    assert "`ruston records recover`" in refusal.stderr
    (done,) = printed(ruston("records", "recover", "--json"))
    assert Path(done["kept"]).read_bytes() == bytes(content)
    assert ruston("records", "info", "--check").returncode == 0
    (data / "records.sqlite").write_bytes(b"garbage " * 1000)  # nothing of it is ours: it is left alone
    refusal = ruston("records", "recover")
    assert (refusal.returncode, len(refusal.stderr.splitlines())) == (2, 1)
    assert (data / "records.sqlite").read_bytes().startswith(b"garbage")


def test_the_store_can_be_named(session, data, tmp_path):
    (data / "records.sqlite").rename(tmp_path / "elsewhere.sqlite")
    assert session in ruston("sessions", "list", "--records", tmp_path / "elsewhere.sqlite").stdout
    assert session in ruston("sessions", RUSTON_RECORDS=str(tmp_path / "elsewhere.sqlite")).stdout
    refusal = ruston("sessions", RUSTON_RECORDS=f"postgresql://me:geheim@/x?host={tmp_path}")
    assert (refusal.returncode, len(refusal.stderr.splitlines())) == (2, 1)
    assert "geheim" not in refusal.stderr


def test_records_go_out_and_come_back_by_command(session, data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (packed,) = printed(ruston("records", "backup", "term.zip", "--json"))
    assert (packed["sessions"], packed["attempts"]) == (1, 1)
    (own,) = printed(ruston("hand-in", "--json"))
    assert own == {**packed, "file": "hand-in-leonov.zip"}
    (copied,) = printed(ruston("records", "copy", data / "records.sqlite", "copy.sqlite", "--json"))
    assert copied["copied"]["sessions"] == 1
    for file, sessions in (("hand-in-leonov.zip", 1), ("term.zip", 0), ("copy.sqlite", 0)):
        (merged,) = printed(ruston("records", "merge", file, "--records", "desk.sqlite", "--json"))
        assert (merged["sessions"], merged["skipped"]) == (sessions, 1 - sessions)
    (listed,) = printed(ruston("sessions", "list", "--records", "desk.sqlite", "--json"))
    assert listed["id"] == session
    assert "no such file" in one_line(ruston("records", "merge", "nothing.zip"))
    assert "this is no file" in one_line(ruston("records", "merge", "."))
    assert "no such file" in one_line(ruston("records", "copy", "nothing.sqlite", "new.sqlite"))
    assert "there are records already" in one_line(ruston("records", "copy", "copy.sqlite", "desk.sqlite"))
    assert not Path("new.sqlite").exists()


def test_merging_somebody_elses_sessions_under_a_key_that_is_here_is_told(session, tmp_path):
    desk, handed = tmp_path / "desk.sqlite", tmp_path / "own.zip"
    ruston("hand-in", "--out", handed)
    for name, first, namesakes in (
        ("Brad Leonov", "en", [{"key": "leonov", "here": "Brad Leonov", "came": "Alexei Leonov"}]),
        ("Алексей Леонов", "en", []),
        ("Brad Leonov", "ru", []),
    ):
        with Store.open(str(desk)) as store:
            store.add_learner("leonov", name, first)
        (merged,) = printed(ruston("records", "merge", handed, "--records", desk, "--json"))
        assert merged["namesakes"] == namesakes
        run = ruston("records", "merge", handed, "--records", desk)
        assert ("one person" in run.stderr) == bool(namesakes)
        desk.unlink()
