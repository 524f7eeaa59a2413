"""What a partner, a scorer or a server of bad will or bad luck can do: no more than be told of."""

import io
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from crew import CUE, LEONOV, PLAN, STAFFORD
from pydantic import TypeAdapter

from trainer.audio.files import read
from trainer.audio.manifest import clips
from trainer.audio.recording import SAMPLE_RATE
from trainer.bundled import bundled
from trainer.drill.events import Ended, Held, Joined, KeyDown, Missed, Opened, Resumed, to_json
from trainer.errors import UserError
from trainer.live.learning import kept_log
from trainer.live.program import Options, Program
from trainer.live.scorer import Scorer
from trainer.loop import stream
from trainer.loop.admission import SHARE
from trainer.loop.connection import Connection
from trainer.loop.floor import AT_MOST, LEASE, Floor, Keeper
from trainer.loop.hosting import Kept
from trainer.loop.pair import Hello, Reception, Visit, fingerprint
from trainer.loop.same_records import proof_of, proven, without_records
from trainer.loop.scoring import ASK, CANNOT, GROUP, SUBJECT, Ask, RemoteScorer, Worker
from trainer.loop.server import Server
from trainer.loop.stream import LogBroken, SharedLog
from trainer.phrasebook.load import load
from trainer.records.store import Store
from trainer.scoring.assessment import Assessment
from trainer.speech.acoustic import AcousticModel

TOLD = 10.0  # s in which every side knows that something is wrong with the log
book = load()


class Sides:
    """Host, guest and instructor in the middle of a drill, with their signs of life, and what each was told."""

    def __init__(self, loop) -> None:
        self.told = {role: [] for role in ("host", "guest", "instructor")}
        self.lines = {"host": loop.host, "guest": loop.join("guest"), "instructor": loop.join("instructor")}
        self.logs = {role: loop.log(line, tell=self.told[role].append) for role, line in self.lines.items()}
        self.host, self.guest, self.instructor = self.logs.values()
        self.host.append(Opened(at=0.0, plan=PLAN))
        Reception(loop.host, book, "ru", self.host)
        self.visits = []
        for role in ("guest", "instructor"):
            hello = Hello(name="X", learner="stafford", first="en", book=fingerprint(book), client=role)
            self.visits.append(Visit(self.lines[role], hello))
            self.visits[-1].wait_for_opening(10)
            self.visits[-1].compare(self.logs[role])
        self.say(10)

    def say(self, times: int) -> None:
        for number in range(times):
            self.host.append((Resumed if number % 2 else Held)(at=0.1, by="soyuz"))

    def broken(self, role: str) -> str:
        log = self.logs[role]
        assert log.wait_for(lambda: log.broken is not None, TOLD) or log.broken
        return log.broken


@pytest.fixture
def sides(loop):
    sides = Sides(loop)
    yield sides
    for visit in sides.visits:
        visit.close()


@contextmanager
def stopped(server):
    """While the server is down, and its watchdog waits."""
    pid = int((server.folder / "server.pid").read_text())
    watchdog = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    os.kill(watchdog, signal.SIGSTOP)
    os.kill(pid, signal.SIGKILL)
    try:
        yield
    finally:
        os.kill(watchdog, signal.SIGCONT)


@pytest.mark.parametrize("left", [True, False], ids=["shorter", "gone"])
def test_a_log_that_got_shorter_is_told_on_every_side_and_nothing_more_is_said(loop, left, tmp_path):
    sides = Sides(loop)
    shutil.copytree(loop.server.folder / "kept", tmp_path / "before")
    sides.say(10)
    for log in sides.logs.values():
        log.catch_up()
    began = time.monotonic()
    with stopped(loop.server):
        shutil.rmtree(loop.server.folder / "kept")
        if left:
            shutil.copytree(tmp_path / "before", loop.server.folder / "kept")
    for role, log in sides.logs.items():
        assert sides.broken(role)
        with pytest.raises(LogBroken):
            log.append(Held(at=1.0, by="soyuz"))
        assert len(sides.told[role]) >= 1
    assert time.monotonic() - began < TOLD
    for visit in sides.visits:
        visit.close()


@pytest.mark.parametrize("language, told", [("en", "not the same"), ("ru", "журнал")])
def test_a_log_that_differs_is_told_by_the_next_sign_of_life(sides, monkeypatch, language, told):
    """A guest who comes back is shown another history by the server than the host has seen."""
    monkeypatch.setattr("trainer.messages._language", language)
    sides.guest._digests[:] = [bytes(8) for _digest in sides.guest._digests]
    assert told in sides.broken("host")
    assert sides.broken("guest")
    assert sides.instructor.broken is None


def test_a_host_who_begins_anew_is_another_drill_to_those_who_were_away(loop, sides):
    position = sides.host.position()
    sides.guest.compare(position, host=True)
    assert sides.guest.broken is None
    sides.guest.compare(position.model_copy(update={"session": "another"}), host=True)
    assert "another drill" in sides.guest.broken


def test_a_log_that_the_records_know_longer_is_told_when_it_is_opened(loop, tmp_path):
    with Store.open(str(tmp_path / "records.sqlite")) as store:
        log = loop.log(loop.host, keep=Kept(store, "host", LEONOV.learner))
        log.append(Opened(at=0.0, plan=PLAN))
        log.append(CUE)
        log.close()
        kept_log(store, PLAN.session, store.events(PLAN.session)).append(Missed(at=0.2, seat="soyuz", turn=0))
        again = loop.log(loop.host, keep=Kept(store, "host", LEONOV.learner))
        assert "lost a part" in again.broken


def raw(line, body: bytes, timeout: float = 3.0):
    """What a guest of one's own making may send."""

    async def ask():
        return await line.client.request(f"log.{line.role}", body, timeout)

    return json.loads(line.wait(ask(), timeout + 2).data)


def test_a_guest_who_fills_the_log_is_shut_out_and_the_host_goes_on(loop, sides):
    line, body = sides.lines["guest"], b"x" * 60_000
    refused = 0
    for _message in range(SHARE // len(body) + 400):
        try:
            refused += "error" in raw(line, body)
        except Exception:  # nobody takes it any more
            break
    else:
        assert refused
    sides.say(2)
    assert any("filled the log" in told for told in sides.told["host"])
    sides.instructor.append(Held(at=0.5, by="instructor"))
    assert sides.instructor.state.held_by == "instructor"


def test_what_is_too_long_for_the_log_is_told_at_once(sides):
    began = time.monotonic()
    with pytest.raises(UserError, match="too long"):
        sides.host.append(Joined(at=0.1, place="soyuz", name="x" * 70_000))
    assert time.monotonic() - began < 1


def test_what_nobody_believes_is_said_once(sides):
    before = sides.host.rejects
    with pytest.raises(UserError, match="does not believe"):
        sides.guest.append(Joined(at=0.1, place="soyuz", name="me"))
    sides.host.catch_up()
    assert sides.host.rejects == before + 1


def test_a_clock_that_is_ahead_bends_nothing(sides):
    """Session time is when the server has kept it, whatever a side says."""
    for side, by in ((sides.host, "soyuz"), (sides.guest, "apollo")):
        side.append(Held(at=1e9, by=by))
        side.append(Resumed(at=1e9, by=by))
    sides.host.catch_up()
    assert sides.host.state.at < 60
    assert sides.host.rejects == sides.guest.rejects == 0


def test_a_partner_never_keeps_the_floor_for_longer_than_a_call_takes(loop):
    now = [0.0]
    keeper = Keeper(loop.host, lambda: now[0])
    while keeper.asked("guest", "take", "a"):
        assert not keeper.asked("host", "take", "b")
        now[0] += 1
    assert now[0] <= AT_MOST + 1
    now[0] += LEASE
    assert keeper.asked("host", "take", "b")
    assert not keeper.asked("guest", "take", "a")


def test_nobody_takes_the_floor_from_its_holder_by_writing_to_the_server(loop):
    Keeper(loop.host)
    guest = loop.join("guest")
    host = Floor(loop.host)
    assert host.take()

    async def write():
        for subject in ("floor.host", "floor.guest", "$KV.floor.holder"):
            for what in (b"take x", b"give x", b"", b"\xff" * 500):
                await guest.client.publish(subject, what)
        await guest.client.flush()

    guest.wait(write())
    assert not Floor(guest).take()
    assert host.held
    host.give()
    assert Floor(guest).take()


def test_only_who_has_the_key_in_the_log_is_on_the_air(sides):
    assert not sides.host.on_air("guest")
    sides.guest.append(KeyDown(at=0.2, seat="apollo"))
    sides.host.catch_up()
    assert sides.host.on_air("guest")
    assert not sides.instructor.on_air("host")
    sides.host.append(Ended(at=0.3))
    assert not sides.host.on_air("guest")


def test_partners_are_kept_under_names_of_their_own(loop, tmp_path):
    """Even one who comes under the name of a learner of this machine."""
    impostor = replace(PLAN, seats=(LEONOV, replace(STAFFORD, learner="leonov")))
    with Store.open(str(tmp_path / "records.sqlite")) as store:
        log = loop.log(loop.host, keep=Kept(store, "host", "leonov"))
        log.append(Opened(at=0.0, plan=impostor))
        log.append(replace(CUE, seat="apollo"))
        log.append(Missed(at=0.2, seat="apollo", turn=0))
        assert [attempt.learner for attempt in store.attempts()] == ["loop/leonov"]
    program = Program(Options(records=str(tmp_path / "records.sqlite")))
    assert [person.key for person in program.people()].count("leonov") == 1
    assert not [known for known in program.acquaintances() if "loop/" in known.key]
    program.close()


@pytest.mark.parametrize("learner", ["victim", "stafford"])
@pytest.mark.parametrize("same_records", [False, True])
def test_a_host_writes_only_into_the_drill_that_it_opened_for_who_sits_here(loop, tmp_path, learner, same_records):
    """Not into an old session whose name it knows, nor about anybody else. Who sits here drills without records."""
    with Store.open(str(tmp_path / "records.sqlite")) as store:
        own = kept_log(store, PLAN.session)
        own.append(Opened(at=0.0, plan=replace(PLAN, seats=(STAFFORD,))))
        before = list(store.events(PLAN.session))
        host = loop.log(loop.host)
        kept, told = Kept(store, "guest", "stafford"), []
        kept.same_records = same_records
        guest = loop.log(loop.join("guest"), keep=kept, tell=told.append)
        seats = (LEONOV, replace(STAFFORD, learner=learner))
        host.append(Opened(at=0.0, plan=replace(PLAN, seats=seats)))
        host.append(CUE)
        guest.catch_up()
        [why] = told
        assert guest.broken == (why if learner == "victim" else None)
        assert learner == "victim" or guest.state == host.state
        assert list(store.events(PLAN.session)) == before
        assert [one.key for one in store.learners()] == ["stafford"]


def test_only_who_reads_the_same_records_proves_it(loop, tmp_path):
    """Neither a stranger, nor by what was shown on another loop or at another visit, nor the host by the guest's."""
    proof, strange = proof_of("ours", "127.0.0.1:4222"), proof_of("theirs", "127.0.0.1:4222")
    elsewhere = proof_of("ours", "127.0.0.1:4223")
    shown = proof("guest", "a")
    assert proven(shown, proof_of("ours", "127.0.0.1:4222")("guest", "a"))
    others = strange("guest", "a"), elsewhere("guest", "a"), proof("guest", "b"), proof("host", "a"), "", "я"
    assert not any(proven(other, shown) for other in others)
    assert not proven("", without_records("guest", "a"))
    Reception(loop.host, book, "ru", loop.log(loop.host), proof)
    for client, shows, same in (("a", proof, True), ("b", strange, False), ("c", without_records, False)):
        hello = Hello(name="X", learner="x", first="en", book=fingerprint(book), client=client)
        visit = Visit(loop.join("guest"), hello, proof=shows)
        with suppress(UserError):
            visit.wait_for_opening(0.1)
        assert visit.same_records == same
        visit.close()


def test_names_from_the_network_command_no_terminal():
    hello = Hello(name="\x1b]52;c;RVZJTA==\x1b\\E\u202eVE\n", learner="e\x00ve", client="a")
    assert (hello.name, hello.learner) == ("]52;c;RVZJTA==\\EVE", "eve")


@pytest.fixture
def scored(loop, scorer):
    """Has a scorer of one's own making answer about a recording: what a terminal makes of it, and who scored."""
    clip = next(clip for clip in clips(bundled("audio") / "samples") if clip.language == "en")
    phrase, recording = book.find(clip.phrase), read(clip.path)
    honest = json.loads(TypeAdapter(Assessment).dump_json(scorer.score(recording, phrase, "en")))
    answer = [b""]

    async def respond(message):
        await message.respond(answer[0])

    loop.join("scorer").hear(SUBJECT, respond, queue=GROUP)
    remote = RemoteScorer(loop.join("guest"), lambda: scorer)

    def ask(changes):
        answer[0] = changes if isinstance(changes, bytes) else json.dumps({**honest, **changes}).encode()
        there = remote.remote
        result = remote.score(recording, phrase, "en")
        assert asdict(result)["phrase"] == phrase.id
        return remote.remote > there

    return ask


def test_a_scorer_is_believed_within_range_and_for_what_was_asked(scored):
    assert scored({})
    lies = [
        {"score": 1e9}, {"score": float("nan")}, {"phrase": "COM-10"}, {"phrase": None}, {"words": []},
        {"text": "\x1b]52;c;QUJD\x1b\\"}, {"warnings": ["\x1b[2J" * 5] * 3000}, b"[" * 100_000,
    ]  # fmt: skip
    assert [lie for lie in lies if scored(lie)] == []


@pytest.fixture
def work(loop):
    """Has a worker do what a terminal asks: its answer as it stands, and what its owner hears."""
    owner = []

    def ask(scorer, recording):
        worker = Worker(scorer, 1, owner.append)
        worker.serve(loop.join("scorer"))
        asked = Ask(phrases=["COM-10"], language="en", source="call.wav").model_dump_json()
        flac = io.BytesIO()
        soundfile.write(flac, recording, SAMPLE_RATE, "PCM_16", format="FLAC")
        answer = loop.host.ask(SUBJECT, flac.getvalue(), 20, {ASK: asked})
        worker.close()
        return bytes(answer.data), owner[-1]

    return ask


def test_what_is_wrong_at_a_worker_is_for_its_owner_to_know_and_no_verdict(work, tmp_path):
    answer, told = work(Scorer(book, AcousticModel(tmp_path / "nowhere")), np.zeros(SAMPLE_RATE, np.float32))
    assert answer == CANNOT
    assert str(tmp_path) in told


def test_a_worker_says_what_is_wrong_with_a_recording(work, scorer):
    answer, told = work(scorer, np.zeros(SAMPLE_RATE, np.float32))
    assert json.loads(answer) == {"error": told}
    assert "call.wav: no speech" in told


def test_a_log_of_another_make_is_found_as_it_is(loop):
    """A loop that an earlier version has made, or whose guest was shut out, goes on."""

    async def other():
        await loop.host.stream.delete_stream("log")
        configuration = stream._configuration(1, ["guest"], 1000)
        await loop.host.stream.add_stream(configuration)

    loop.host.wait(other())
    loop.host.wait(stream.make(loop.host))
    log = loop.log(loop.host)
    log.append(Opened(at=0.0, plan=PLAN))
    assert log.state.plan == PLAN
    assert to_json(log.events[0])


def test_an_append_ends_when_its_log_is_closed(loop):
    log = loop.log(loop.host)
    log.append(Opened(at=0.0, plan=PLAN))
    with stopped(loop.server):
        saying = threading.Thread(target=log.append, args=(Held(at=0.1, by="soyuz"),))
        saying.start()
        log._closed = True
        saying.join(20)
        assert not saying.is_alive()


@pytest.fixture
def tiny_loop(tmp_path):
    """A loop whose server has a disk of 4 MB of its own."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if os.name == "nt" or os.getuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root can make a tiny disk")
    try:
        with Server(folder / "loop") as server, Connection(server.code("host")) as host:
            host.wait(stream.make(host))
            yield server, host, folder / "other"
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_of_a_loop_is_told_and_with_room_it_goes_on_by_itself(tiny_loop, monkeypatch):
    monkeypatch.setattr(stream, "TELL", 0.5)
    server, host, other = tiny_loop
    told, said = [], threading.Event()

    def tell(trouble: str) -> None:
        told.append(trouble)
        said.set()

    with closing(SharedLog(host, tell=tell, full=lambda: server.full)) as log:
        log.open()
        log.append(Opened(at=0.0, plan=PLAN))
        other.write_bytes(bytes(shutil.disk_usage(other.parent).free))

        def say() -> None:
            for number in range(100):
                log.append((Resumed if number % 2 else Held)(at=0.1, by="soyuz"))

        saying = threading.Thread(target=say)
        saying.start()
        assert said.wait(30)
        assert "disk of the loop's server is full" in told[0]
        other.unlink()
        saying.join(60)
        assert not saying.is_alive()
        assert len(log.events) == 101
        assert log.broken is None
