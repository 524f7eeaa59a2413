"""Trouble with a store is told in one line that says what to do; what was kept before stays."""

import os
import random
import resource
import signal
import sqlite3
import subprocess
from contextlib import closing

import pytest

from trainer.errors import UserError
from trainer.records import connecting
from trainer.records.privacy import delete_learner
from trainer.records.problems import BrokenStore
from trainer.records.recovery import recover
from trainer.records.store import Store

SESSIONS = 150  # far more than the tables themselves take
PAGE = 8192


def refused(use) -> str:
    with pytest.raises(UserError) as refusal:
        use()
    message = str(refusal.value)
    assert "\n" not in message
    return message


@pytest.fixture(scope="module")
def records(tmp_path_factory, drill) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "records.sqlite"
    with Store.open(str(path)) as store:
        for _ in range(SESSIONS):
            plan = drill.new(store)
            for event in (drill.cue(0), drill.scored(0)):
                store.append(plan.session, event)
    return path.read_bytes()


@pytest.fixture
def path(tmp_path, records):
    (tmp_path / "records.sqlite").write_bytes(records)
    return tmp_path / "records.sqlite"


@pytest.fixture
def tiny_disk(tmp_path):
    folder = tmp_path / "tiny"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(folder)]
    if os.getuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root can make a tiny disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def no_growth():
    """No file of this process may grow beyond 600 kB."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    signal.signal(signal.SIGXFSZ, before)


def fill(store, drill, plan) -> int:
    """Append until there is no room; the number of the last event that was acknowledged."""
    kept = 0
    heard = drill.assessment(phones="".join(random.Random(1).choices("bdfhjklmnpstvwzæ", k=400)))

    def more() -> None:
        nonlocal kept
        while True:
            event = drill.scored(0)
            kept = store.append(plan.session, type(event)(**{**vars(event), "assessment": heard}))

    message = refused(more)
    assert "no room to write. Free some space and go on; what was recorded before is kept" in message
    return kept


def test_a_full_disk_takes_nothing_and_once_there_is_room_it_goes_on(tiny_disk, drill):
    (tiny_disk / "other").write_bytes(bytes(50_000))
    with Store.open(str(tiny_disk / "records.sqlite")) as store:
        plan = drill.new(store)
        kept = fill(store, drill, plan)
        assert len(list(store.events(plan.session))) == kept + 1
        (tiny_disk / "other").unlink()
        assert store.append(plan.session, drill.cue(0)) == kept + 1
    with Store.open(str(tiny_disk / "records.sqlite")) as store:
        store.check()
        assert len(list(store.events(plan.session))) == kept + 2


def test_a_file_that_may_not_grow_takes_nothing(tmp_path, drill, no_growth):
    with Store.open(str(tmp_path / "records.sqlite")) as store:
        plan = drill.new(store)
        kept = fill(store, drill, plan)
        assert len(list(store.events(plan.session))) == kept + 1
        store.check()


def test_read_only_records_can_be_read_and_say_so_when_written_to(path, drill):
    if not os.getuid():
        pytest.skip("root may write everywhere")
    _read_only(path)


def test_records_on_a_read_only_disk_can_be_read(path, tmp_path, drill):
    disk = tmp_path / "disk"
    (disk / "inside").mkdir(parents=True)
    path = path.rename(disk / "inside" / path.name)
    bind = ["mount", "--bind", "-o", "ro", str(path.parent), str(path.parent)]
    if os.getuid() or subprocess.run(bind, capture_output=True, check=False).returncode:
        pytest.skip("only root can mount")
    try:
        _read_only(path)
    finally:
        subprocess.run(["umount", str(path.parent)], check=True)


def _read_only(path) -> None:
    for end in ("", "-wal", "-shm"):
        if os.getuid() and os.path.exists(f"{path}{end}"):  # noqa: PTH110
            os.chmod(f"{path}{end}", 0o400)  # noqa: PTH101
    if os.getuid():
        path.parent.chmod(0o500)
    with Store.open(str(path), read_only=True) as store:
        assert len(store.sessions()) == SESSIONS

    def write() -> None:
        with Store.open(str(path)) as store:
            store.add_learner("x", "x", "en")

    message = refused(write)
    assert "cannot be opened for writing. Make the file and its folder writable" in message
    if os.getuid():
        path.parent.chmod(0o700)


def test_a_place_where_nothing_can_be_made(tmp_path):
    (tmp_path / "file").touch()
    assert "the records cannot be made there" in refused(lambda: Store.open(str(tmp_path / "file" / "records.sqlite")))


def test_others_on_the_machine_cannot_read_the_records(path, tmp_path):
    with Store.open(str(tmp_path / "new" / "records.sqlite")) as store:
        store.add_learner("x", "x", "en")
        assert {file.stat().st_mode & 0o077 for file in (tmp_path / "new").iterdir()} == {0}


def test_a_reader_does_not_write(path):
    with Store.open(str(path), read_only=True) as store:
        assert "cannot be opened for writing" in refused(lambda: store.add_learner("x", "x", "en"))


def test_locked_records(path, drill, monkeypatch):
    monkeypatch.setattr(connecting, "PATIENCE", 0.1)
    with closing(sqlite3.connect(path, isolation_level=None)) as other, Store.open(str(path)) as store:
        other.execute("BEGIN IMMEDIATE")
        assert "another program keeps the records locked" in refused(lambda: store.add_learner("x", "x", "en"))
        other.execute("ROLLBACK")
        store.add_learner("x", "x", "en")


@pytest.mark.parametrize("content", [b"This is no database. " * 500, b"SQLite format 3\0" + b"\1" * 9000, b"\0" * 4096])
def test_garbage_is_refused_not_overwritten(tmp_path, content):
    path = tmp_path / "records.sqlite"
    path.write_bytes(content)
    for read_only in (False, True):
        message = refused(lambda read_only=read_only: Store.open(str(path), read_only=read_only))
        assert f"{path}: the records are damaged" in message
        assert "`ruston records recover`" in message
    assert path.read_bytes() == content
    # It may be anybody's file.
    assert f"{path}: nothing in it is of RUSTON" in refused(lambda: recover(str(path)))
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [(path.name, content)]


def test_the_database_of_another_program_is_not_recovered(tmp_path):
    path = tmp_path / "theirs.sqlite"
    with closing(sqlite3.connect(path)) as theirs, theirs:
        theirs.execute("CREATE TABLE sessions (theirs)")
    content = path.read_bytes()
    assert "nothing in it is of RUSTON" in refused(lambda: recover(str(path)))
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [(path.name, content)]


def test_a_truncated_file_is_refused_and_what_is_left_is_recovered(path, drill):
    whole = path.read_bytes()
    with Store.open(str(path)) as store:
        before = store.sessions()
    path.write_bytes(whole[: len(whole) * 3 // 4 // PAGE * PAGE])
    with pytest.raises(BrokenStore, match="the records are damaged"):
        Store.open(str(path))
    done = recover(str(path))
    assert not done.complete
    assert done.damaged.stat().st_size < len(whole)
    with Store.open(str(path)) as store:
        store.check()
        assert store.sessions()
        assert {session.id for session in store.sessions()} <= {session.id for session in before}
        plan = drill.new(store)
        store.append(plan.session, drill.cue(0))


def test_pages_of_garbage_inside_are_found_and_the_rest_is_recovered(path):
    with Store.open(str(path)) as store:
        store_id = store.id
    damaged = bytearray(path.read_bytes())
    pages = [i for i in range(0, len(damaged), PAGE) if damaged[i] == 13 and b"assessed" in damaged[i : i + PAGE]]
    assert len(pages) > 2
    for page in pages[1:-1]:
        damaged[page : page + PAGE] = random.Random(7).randbytes(PAGE)
    path.write_bytes(damaged)
    with Store.open(str(path), read_only=True) as store, pytest.raises(BrokenStore):
        store.check()
    done = recover(str(path))
    assert not done.complete
    with Store.open(str(path)) as store:
        store.check()
        assert store.id == store_id
        sessions = store.sessions()
        assert 0 < sum(session.events for session in sessions) < 3 * SESSIONS
        assert all(len(list(store.events(session.id))) == session.events for session in sessions)
        assert all(attempt.assessment for attempt in store.attempts(assessments=True))


def body_of(path, kind):
    """Where in the file the body of the last event of a kind lies."""
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT body FROM events WHERE kind = ? ORDER BY session DESC, seq DESC"
        body = connection.execute(query, [kind]).fetchone()[0]
    return path.read_bytes().rindex(body), body


@pytest.mark.parametrize("kind", ["opened", "assessed", "cue"])
@pytest.mark.parametrize("place", [0, 9, -3])
def test_a_flipped_bit_in_a_body_is_found_and_stops_nothing_else(path, kind, place):
    start, body = body_of(path, kind)
    damaged = bytearray(path.read_bytes())
    damaged[start + place % len(body)] ^= 0x80
    path.write_bytes(damaged)
    with Store.open(str(path)) as store:
        with pytest.raises(BrokenStore, match=r"the records are damaged \(event \d+ of session"):
            store.check()
        logs = [list(store.events(session.id)) for session in store.sessions()]
        assert [event.kind for log in logs for event in log].count("unreadable") == 1
        assert len(list(store.attempts(assessments=True))) == SESSIONS
        delete_learner(store, "leonov")
        assert not list(store.attempts())
    recover(str(path))


@pytest.mark.parametrize("place", [18, 19, 47])
def test_a_flipped_bit_in_the_header_is_told_and_mended(path, place):
    with Store.open(str(path)) as store:
        before = list(store.attempts(assessments=True))
    damaged = bytearray(path.read_bytes())
    damaged[place] ^= 0x40
    path.write_bytes(damaged)
    try:
        Store.open(str(path)).close()
    except BrokenStore:
        assert recover(str(path)).complete
    with Store.open(str(path)) as store:
        assert list(store.attempts(assessments=True)) == before


def test_a_body_that_became_text_or_a_number_is_told_and_left_out(path):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE events SET body = CAST(X'C328' AS TEXT) WHERE seq = 1 AND session = 1")
        connection.execute("UPDATE events SET body = 7 WHERE seq = 1 AND session = 2")
    with Store.open(str(path)) as store:
        with pytest.raises(BrokenStore):
            store.check()
        kinds = [event.kind for session in store.sessions() for event in store.events(session.id)]
        assert kinds.count("unreadable") == 2
    assert not recover(str(path)).complete
    with Store.open(str(path)) as store:
        store.check()


@pytest.mark.parametrize("damage", [b"{", b"x\x9c\x00", b"\xff"])
def test_a_damaged_memory_is_no_memory(path, damage):
    with Store.open(str(path)) as store:
        store.remember("leonov", "en", "{}")
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE memories SET body = ?", [damage])
        assert store.memory("leonov", "en") is None
        with pytest.raises(BrokenStore, match="what a learner remembers"):
            store.check()


def test_a_sound_store_is_left_as_it_is(path):
    with Store.open(str(path)) as store:
        store.compact()  # all of it is in one file
        before = list(store.attempts(assessments=True))
    content = path.read_bytes()
    done = recover(str(path))
    assert (done.damaged, done.complete) == (None, True)
    assert path.read_bytes() == content
    assert [
        other.name for other in path.parent.iterdir() if other.name.startswith((".recovering", f"{path.name}."))
    ] == []
    with Store.open(str(path)) as store:
        assert list(store.attempts(assessments=True)) == before


@pytest.mark.parametrize("address", ["mysql://me:geheim@here/there", "postgresql://me:geheim@here:port/x", "sqlite://"])
def test_an_address_that_is_none(address):
    message = refused(lambda: Store.open(address))
    assert "postgresql://USER@HOST/DATABASE" in message
    assert "geheim" not in message


def test_no_such_server(tmp_path):
    message = refused(lambda: Store.open(f"postgresql://me:geheim@/x?host={tmp_path}"))
    assert "the server cannot be used" in message
    assert "Check that it runs" in message
    assert "geheim" not in message


@pytest.mark.parametrize("hidden", ["://ruston:Wrong-1@", "://ruston@&password=Wrong-1"])
def test_a_wrong_password_is_not_repeated(server, hidden):
    place, _, extra = hidden.partition("&")
    url = server().replace("://ruston:Kubasov-1975@", place) + (f"&{extra}" if extra else "")
    message = refused(lambda: Store.open(url))
    assert "password authentication failed" in message
    assert "Wrong-1" not in message


def test_no_such_database(server):
    head, _, tail = server().partition("/d")
    url = f"{head}/nowhere?{tail.partition('?')[2]}"
    assert 'database "nowhere" does not exist' in refused(lambda: Store.open(url))


def test_a_user_who_may_not(server):
    import psycopg

    url = server()
    Store.open(url).close()
    with psycopg.connect(url, autocommit=True) as main:
        main.execute("DROP ROLE IF EXISTS visitor")
        main.execute("CREATE ROLE visitor LOGIN PASSWORD 'v'")
        main.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO visitor")
    with Store.open(url.replace("ruston:Kubasov-1975", "visitor:v")) as store:
        assert not store.sessions()
        assert "does not let this user do that" in refused(lambda: store.add_learner("x", "x", "en"))
    with psycopg.connect(url, autocommit=True) as main:
        main.execute("DROP OWNED BY visitor")
        main.execute("DROP ROLE visitor")


def test_a_server_that_comes_back_is_used_again(server, drill):
    import psycopg

    url = server()
    with Store.open(url) as store:
        plan = drill.new(store)
        with psycopg.connect(url, autocommit=True) as main:
            main.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        assert store.append(plan.session, drill.cue(0), seq=1) == 1


def test_an_address_that_the_driver_refuses_is_told():
    assert "foo" in refused(lambda: Store.open("postgresql://nobody@127.0.0.1:1/x?foo=bar"))
