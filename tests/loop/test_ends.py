"""Both ends of a loop as the front ends open them: what is told, and by whose clock records go."""

import os
import signal
import threading
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from trainer.drill.events import Advanced, Cue, Line, Missed
from trainer.drill.plan import Reason
from trainer.errors import UserError
from trainer.live.learning import relearn
from trainer.live.program import Options, Program
from trainer.loop import hosting
from trainer.loop.code import parse
from trainer.loop.connection import Connection
from trainer.loop.ends import GuestEnd, HostEnd, Loop
from trainer.loop.instructor import Watch
from trainer.records.store import Store
from trainer.records.travel import backup, merge

TOLD = 20.0  # s in which something is told
SITS = {"host": ("leonov", "ru"), "guest": ("stafford", "en")}


class Told:
    """What was told at one end."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._changed = threading.Condition()

    def __call__(self, line: str) -> None:
        with self._changed:
            self.lines.append(line)
            self._changed.notify_all()

    def hears(self, part: str) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: any(part in line for line in self.lines), TOLD)


class Pair:
    """Two programs with records of their own. wrong: how far the host's clock is from the right one."""

    def __init__(self, folder, wrong: timedelta) -> None:
        self.folder = folder
        self.clocks = {"host": lambda: datetime.now(UTC) + wrong, "guest": lambda: datetime.now(UTC)}
        self.told = {role: Told() for role in SITS}

    def program(self, role: str, who: str | None = None) -> Program:
        records = str(self.folder / f"{role}.sqlite")
        program = Program(Options(speaker="mute", size=1, records=records, now=self.clocks[role]), self.told[role])
        program.sign_on(who or SITS[role][0], SITS[role][1])
        return program

    def hosting(self, who: str | None = None, *, resume: bool = False) -> HostEnd:
        return HostEnd(self.program("host", who), Loop("respond", "docking", address="127.0.0.1", resume=resume))

    @contextmanager
    def met(self, *, resume: bool = False):
        """Both ends, once both have the drill."""
        host = self.hosting(resume=resume)
        with closing(host.program), closing(host):
            host.open()
            guest = GuestEnd(self.program("guest"), parse(host.codes["guest"]))
            with closing(guest.program), closing(guest):
                guest.open()
                waiting = threading.Thread(target=host.wait)
                waiting.start()
                assert guest.wait() is not None
                waiting.join()
                yield host, guest

    def store(self, role: str) -> Store:
        return Store.open(str(self.folder / f"{role}.sqlite"))


@pytest.fixture
def pair(tmp_path, monkeypatch):
    monkeypatch.setenv("RUSTON_DATA", str(tmp_path / "data"))
    return lambda wrong: Pair(tmp_path, wrong)


def misses(host: HostEnd, seat: str) -> None:
    """A turn of a seat goes by without a word."""
    log = host.log
    turn = log.state.turn + 1
    line = Line("DOC-09", "ru" if seat == "apollo" else "en", "Capture!", "soyuz")
    log.append(Cue(at=0.0, turn=turn, seat=seat, prompt=None, shown=(line,), answers=(line,), reason=Reason("drawn")))
    log.append(Missed(at=log.clock.now(), seat=seat, turn=turn), Advanced(at=log.clock.now(), turn=turn))


@pytest.mark.parametrize("days", [-400, 400])
def test_everybodys_records_go_by_their_own_clock_and_both_are_told(pair, days):
    both = pair(timedelta(days=days))
    with both.met() as (host, guest):
        misses(host, "apollo")
        guest.log.catch_up()
    for role in SITS:
        now = both.clocks[role]()
        [told] = [line for line in both.told[role].lines if "clocks" in line]
        assert f"here it is {now.astimezone():%Y-}" in told
        with both.store(role) as store:
            [session], [answer] = store.sessions(), store.attempts()
            assert abs(session.opened - now) < timedelta(minutes=1)
            assert abs(answer.at - now) < timedelta(minutes=1)
    with both.store("guest") as store:
        memory = store.memory("stafford", "ru")
        assert f"{datetime.now(UTC):%Y-%m}" in memory
        relearn(store, "stafford", "ru")
        assert store.memory("stafford", "ru") == memory


def test_who_comes_back_goes_on_with_the_same_records_and_they_become_one_with_the_partners(pair, tmp_path):
    both = pair(timedelta(days=-400))
    with both.met() as (host, guest):
        misses(host, "apollo")
        guest.log.catch_up()
    with closing(both.hosting("kubasov", resume=True)) as other, pytest.raises(UserError, match="--crew leonov"):
        other.open()
    with both.met(resume=True) as (host, guest):
        misses(host, "soyuz")
        guest.log.catch_up()
        assert guest.log.state == host.log.state
    assert not [line for told in both.told.values() for line in told.lines if "another drill" in line]
    with both.store("host") as ours, both.store("guest") as theirs:
        backup(theirs, tmp_path / "theirs.zip")
        merged = merge(ours, tmp_path / "theirs.zip", relearn)
        assert (merged.sessions, merged.completed) == (0, 1)
        own = {attempt.learner: attempt.at for attempt in ours.attempts()}
        assert abs(own["stafford"] - both.clocks["guest"]()) < timedelta(minutes=1)
        assert abs(own["leonov"] - both.clocks["host"]()) < timedelta(minutes=1)


def test_a_loop_stays_where_who_would_go_on_with_it_is_refused(pair, monkeypatch):
    """Even before anything of its log is known: here its server does not start."""
    both = pair(timedelta())
    with both.met() as (host, _guest):
        session = host.log.state.plan.session
    certificate = hosting.server(resume=True).folder / "certificate.pem"
    whole = certificate.read_bytes()
    certificate.write_bytes(b"")
    with monkeypatch.context() as hurried, closing(both.hosting(resume=True)) as refused:
        hurried.setattr("trainer.loop.server.STARTED", 0.5)
        with pytest.raises(UserError, match="does not start"):
            refused.open()
    certificate.write_bytes(whole)
    with both.met(resume=True) as (host, _guest):
        assert host.log.state.plan.session == session


def test_clocks_that_are_about_the_same_are_one(pair):
    both = pair(timedelta(seconds=-40))
    with both.met() as (host, guest):
        misses(host, "apollo")
        guest.log.catch_up()
    assert [told.lines for told in both.told.values()] == [[], []]
    opened = []
    for role in SITS:
        with both.store(role) as store:
            opened += [session.opened for session in store.sessions()]
    assert opened[0] == opened[1]


@contextmanager
def asleep(host: HostEnd, server: int = signal.SIGCONT):
    """While what guards the loop's server looks at nothing. server: a signal for the server itself."""
    pid = int((host._server.folder / "server.pid").read_text())
    guard = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    os.kill(guard, signal.SIGSTOP)
    os.kill(pid, server)
    try:
        yield
    finally:
        os.kill(guard, signal.SIGCONT)


def asked_to_expel(host: HostEnd) -> None:
    with Connection(parse(host.codes["instructor"])) as line:
        Watch(line, host.program.book, "Kranz").expel()
    for thread in threading.enumerate():
        if thread.name == "expelling":
            thread.join()


def test_a_partner_counts_as_cut_off_once_the_server_has_done_it(pair, monkeypatch):
    both = pair(timedelta())
    told = both.told["host"]
    with both.met() as (host, guest):
        old = host.codes["guest"]
        monkeypatch.setattr(hosting, "TAKEN_UP", 0.5)
        with asleep(host):
            asked_to_expel(host)
            assert told.hears("the old one is still good")
            assert guest.connection.answers()
            assert host.codes["guest"] == old
        monkeypatch.setattr(hosting, "TAKEN_UP", TOLD)
        assert both.told["guest"].hears("the host has drawn a new one")  # late
        asked_to_expel(host)
        assert told.hears(f"has cut the partner off. Whoever is to come now joins with {host.codes['guest']}")
        assert host.codes["guest"] != old
        with pytest.raises(UserError, match="does not know this join code"):
            Connection(parse(old)).__enter__()
        elsewhere = hosting.server(resume=True)  # `ruston pair renew` in another terminal
        assert str(elsewhere.renew("guest")) == host.codes["guest"]


@pytest.mark.parametrize("language, gone, back", [("en", "--resume", "is back"), ("ru", "--resume", "вернулся")])
def test_a_guest_is_told_that_the_host_is_gone_and_that_they_are_back(pair, monkeypatch, language, gone, back):
    monkeypatch.setattr("trainer.loop.pair.SILENT", 0.6)
    monkeypatch.setattr("trainer.messages._language", language)
    both = pair(timedelta())
    with both.met() as (host, guest):
        with asleep(host, signal.SIGKILL):
            assert both.told["guest"].hears(gone)
        assert both.told["guest"].hears(back)
    assert guest.way_back.endswith("ruston pair join --crew stafford")
    assert host.way_back.endswith("ruston pair host --resume --crew leonov")
