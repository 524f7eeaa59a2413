"""Real stores: SQLite files, and a PostgreSQL server of our own in a temporary folder (skipped only where none is
installed)."""

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from trainer.drill.events import Assessed, Cue, Line
from trainer.drill.plan import Plan, Reason, Seat, Turn
from trainer.records.store import Store
from trainer.scoring.assessment import Assessment, Fluency, PhoneScore, WordScore

PASSWORD = "Kubasov-1975"
SEATS = (Seat("soyuz", "leonov", "Leonov", "ru", "soyuz"), Seat("apollo", "stafford", "Stafford", "en", "apollo"))
AGENDA = tuple(Turn(None, (call,), "soyuz", Reason("new")) for call in "ABCDE")
PLAN = Plan("s", "read", "docking", SEATS, AGENDA, "2026-01-01T00:00:00+00:00", within=5.0)
LINE = Line("DOC-09", "en", "Capture!", "soyuz")


def assessment(score: float = 80.0, phones: str = "kæptʃəɹ") -> Assessment:
    heard = tuple(
        PhoneScore(phone, score, -1.0, i / 10, i / 10 + 0.1, "x" if i == 0 else None, (("x", 0.1),))
        for i, phone in enumerate(phones)
    )
    word = WordScore("Capture", score, 0.1, 0.5, False, heard)
    return Assessment("Capture!", "en", "scored", score, 100.0, -0.2, (word,), (), Fluency(0.1, 0.8, 4.0, 3.5, ()), 1.0)


def cue(turn: int, at: float = 0.0, seat: str = "soyuz", within: float | None = None) -> Cue:
    return Cue(
        at=at, turn=turn, seat=seat, prompt=None, shown=(LINE,), answers=(LINE,), reason=Reason("new"), within=within
    )


def scored(turn: int, score: float = 80.0, at: float = 0.0, seat: str = "soyuz", clip: str | None = None) -> Assessed:
    return Assessed(
        at=at, seat=seat, turn=turn, line=LINE, assessment=assessment(score), latency=0.1, recording=clip
    )  # fmt: skip


@pytest.fixture(scope="session")
def drill() -> "type[Drill]":
    return Drill


class Drill:
    """What a drill is made of, for tests."""

    plan = PLAN
    line = LINE
    assessment = staticmethod(assessment)
    cue = staticmethod(cue)
    scored = staticmethod(scored)

    @staticmethod
    def new(store: Store, **changes: object) -> Plan:
        plan = replace(PLAN, **{"session": uuid.uuid4().hex, **changes})
        store.create(plan)
        return plan


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test comes near the user's own records."""
    monkeypatch.setenv("RUSTON_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("RUSTON_RECORDS", raising=False)
    return tmp_path / "data"


@pytest.fixture
def server(postgresql: Path) -> Iterator[Callable[[], str]]:
    """Makes a new database, which is there to the end of the test; its URL."""
    made: list[str] = []

    def new() -> str:
        made.append(f"d{uuid.uuid4().hex}")
        _ask(postgresql, f'CREATE DATABASE "{made[-1]}"')
        return f"postgresql://ruston:{PASSWORD}@/{made[-1]}?host={postgresql}"

    yield new
    for name in made:  # a hundred of them would take long to clear away at the end
        _ask(postgresql, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Path]:
    """A server that listens on a socket in this folder."""
    binaries = _postgresql()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="ruston-pg-"))
    user = _unprivileged()
    password = folder / "password"
    password.write_text(PASSWORD)
    if user:
        for path in (folder, password):
            shutil.chown(path, user)

    def run(*command: str | Path) -> None:
        subprocess.run(
            [binaries / str(command[0]), *command[1:]], check=True, cwd=folder, user=user, stdout=subprocess.DEVNULL
        )

    run("initdb", "-D", folder / "data", "-U", "ruston", "-A", "scram-sha-256", f"--pwfile={password}", "-E", "UTF8",
        "--no-sync", "--locale=C")  # fmt: skip
    # On a socket in the folder, no port: nothing to collide with. It need not survive a power cut.
    run("pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log",
        "-o", f"-k {folder} -c listen_addresses='' -c fsync=off", "start")  # fmt: skip
    try:
        yield folder
    finally:
        run("pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)


def _postgresql() -> Path | None:
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((place for place in reversed(places) if (place / "initdb").exists()), None)


def _unprivileged() -> str | None:
    """The server refuses to run as root."""
    if os.getuid():
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _ask(folder: Path, statement: str) -> None:
    import psycopg

    with psycopg.connect(
        host=str(folder), user="ruston", password=PASSWORD, dbname="postgres", autocommit=True
    ) as main:
        main.execute(statement)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An address where no store is yet, on either database."""
    if request.param == "sqlite":
        return str(tmp_path / "records.sqlite")
    return str(request.getfixturevalue("server")())


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store.open(url) as opened:
        yield opened
