"""Whole paired drills between programs on this machine, from recordings: synthetic voices, real models, real server."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sysconfig
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from nursery import PIPE, begun
from program import ruston

from trainer.bundled import bundled
from trainer.drill.events import from_json, to_json
from trainer.drill.session import fold
from trainer.errors import UserError
from trainer.live.learning import relearn
from trainer.loop.code import JoinCode, parse
from trainer.loop.connection import Connection
from trainer.loop.server import nats_server, prepare
from trainer.records.store import Store

VOICES = str(bundled("audio") / "reference")
SOUND = ["--mic", VOICES, "--speaker", "mute", "--pace", "fast", "--json"]
SEATS = {"soyuz": "leonov", "apollo": "stafford"}
ELSE = [["--mic", str(bundled("audio") / "samples" / language / "hrd-01-right-man.opus")] for language in ("en", "ru")]
PATIENCE = 150  # s: a test machine may be busy


class Program:
    """A `ruston` of its own, with what it has said so far."""

    def __init__(self, folder, *arguments: str, code: str = "", **more: str) -> None:
        """more: of the environment."""
        environment = {**os.environ, "RUSTON_DATA": str(folder), "RUSTON_CODE": code, "RUSTON_INTERFACE": "en", **more}
        self.process = begun(*arguments, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment)
        self.lines: list[dict] = []
        self.complaints = ""
        self._changed = threading.Condition()
        self._readers = [threading.Thread(target=self._read), threading.Thread(target=self._complain)]
        for reader in self._readers:
            reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            with self._changed:
                self.lines.append(json.loads(line))
                self._changed.notify_all()

    def _complain(self) -> None:
        assert self.process.stderr
        self.complaints = self.process.stderr.read()

    def wait_for(self, seen: Callable[[dict], bool]) -> dict:
        with self._changed:
            assert self._changed.wait_for(lambda: any(map(seen, self.lines)), PATIENCE), self.lines[-3:]
            return next(filter(seen, self.lines))

    def say(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def end(self, how: int | None = None) -> int:
        if how is not None:
            self.process.send_signal(how)
        status = self.process.wait(PATIENCE)
        for reader in self._readers:
            reader.join()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert pipe
            with suppress(BrokenPipeError):
                pipe.close()
        return status

    @property
    def events(self) -> list[dict]:
        return [line for line in self.lines if line["schema"] == "ruston.event/1"]


def turn_over(number: int) -> Callable[[dict], bool]:
    return lambda line: line.get("kind") == "advanced" and line["turn"] == number


@pytest.fixture(scope="module")
def drill(tmp_path_factory):
    """A checklist between two programs, watched by a third and scored by a fourth; on the way the guest is killed and
    comes back, the server is killed, and the instructor puts an alarm in between."""
    homes = tmp_path_factory.mktemp("host"), tmp_path_factory.mktemp("guest")
    host = Program(homes[0], "pair", "host", "--phase", "separation", "--address", "127.0.0.1", *SOUND)
    codes = host.wait_for(lambda line: line["schema"] == "ruston.loop/1")
    scorer = Program(homes[1], "scorer", "--json", code=codes["scorer"])
    guest = Program(homes[1], "pair", "join", *SOUND, "--score-remotely", code=codes["guest"])
    watch = Program(homes[1], "pair", "watch", "--speaker", "mute", "--json", code=codes["instructor"])
    watch.wait_for(lambda line: line.get("kind") == "joined" and line["place"] == "instructor")
    watch.say("inject EMG-01")
    host.wait_for(turn_over(1))
    guest.end(signal.SIGKILL)
    back = Program(homes[1], "pair", "join", *SOUND, "--score-remotely", code=codes["guest"])
    host.wait_for(turn_over(3))
    [server] = homes[0].glob("loops/*/server.pid")
    os.kill(int(server.read_text()), signal.SIGKILL)
    programs = {"host": host, "guest": back, "watch": watch}
    ended = {name: program.end() for name, program in programs.items()}
    scorer.end(signal.SIGTERM)
    return {**programs, "first guest": guest, "scorer": scorer, "ended": ended, "homes": homes, "codes": codes}


def test_every_side_has_every_event_the_same(drill):
    assert drill["ended"] == {"host": 0, "guest": 0, "watch": 0}, [drill[name].complaints for name in drill["ended"]]
    logs = [drill[name].events for name in ("host", "guest", "watch")]
    assert logs[0] == logs[1] == logs[2]
    assert drill["first guest"].events == logs[0][: len(drill["first guest"].events)]
    assert logs[0][-1]["why"] == "completed"


def state_of(program):
    return fold(from_json(json.dumps({k: v for k, v in e.items() if k not in ("schema", "session", "seq")}))
                for e in program.events)  # fmt: skip


def test_the_whole_checklist_was_said_each_in_the_partners_language_and_scored(drill):
    state = state_of(drill["host"])
    assert state.plan is not None
    own = [attempt for attempt in state.attempts if not attempt.asked.startswith("EMG")]
    assert [attempt.asked for attempt in own] == [turn.answers[0] for turn in state.plan.agenda if turn.seat]
    said = [event for event in drill["host"].events if event["kind"] == "assessed"]
    assert {(e["seat"], e["line"]["language"]) for e in said} == {("soyuz", "en"), ("apollo", "ru")}
    for seat in ("soyuz", "apollo"):
        scores = [attempt.score for attempt in state.of(seat) if attempt.verdict == "scored"]
        assert len(scores) > 3
        assert min(scores) > 50  # native readings


def test_the_instructors_alarm_was_heard_and_answered(drill):
    cues = [event for event in drill["host"].events if event["kind"] == "cue" and event["by"] == "instructor"]
    assert [cue["prompt"]["call"] if cue["prompt"] else cue["answers"][0]["call"] for cue in cues] == [
        "EMG-01",
        "EMG-02",
    ]
    voiced = [e["line"]["call"] for e in drill["host"].events if e["kind"] == "key_down" and e["seat"] == "voice"]
    assert voiced == ["EMG-01"]


def test_the_guests_calls_were_scored_by_the_worker(drill):
    done = {line["what"] for line in drill["scorer"].lines}
    asked = {e["line"]["call"] for e in drill["host"].events if e["kind"] == "assessed" and e["seat"] == "apollo"}
    assert asked <= done


def test_the_guest_who_was_killed_is_noted_and_taken_back(drill):
    kinds = [event["kind"] for event in drill["host"].events]
    joined = [e for e in drill["host"].events if e["kind"] == "joined" and e["place"] == "apollo"]
    assert len(joined) >= 2
    assert kinds.count("held") == kinds.count("resumed")


def test_both_records_keep_the_session(drill):
    kept = []
    for home in drill["homes"]:
        with Store.open(str(home / "records.sqlite"), read_only=True) as store:
            [session] = store.sessions()
            kept.append(list(store.events(session.id)))
            assert session.ended == "completed"
    assert kept[0][1:] == kept[1][1:]
    assert len(kept[0]) == len(drill["host"].events)
    learners = [[seat.learner for seat in log[0].plan.seats] for log in kept]
    assert learners == [
        ["leonov", "loop/stafford"],
        ["loop/leonov", "stafford"],
    ]


def test_nothing_secret_is_left_behind(drill):
    assert not list(drill["homes"][0].glob("loops/*"))
    for name in ("host", "guest", "watch", "scorer"):
        assert not any(code in drill[name].complaints for code in drill["codes"].values())


@pytest.mark.parametrize(
    "mode", [["--phase", "separation"], ["--mode", "respond", "--phase", "docking", "--size", "2"]]
)
def test_hot_seat_both_speak_the_partners_language_and_scores_are_kept_apart(tmp_path, mode):
    program = Program(tmp_path, "pair", "here", *mode, *SOUND)
    assert program.end() == 0, program.complaints
    state = state_of(program)
    assert state.ended == "completed"
    assert {attempt.seat for attempt in state.attempts} == {"soyuz", "apollo"}
    said = [event for event in program.events if event["kind"] == "assessed"]
    assert {(e["seat"], e["line"]["language"]) for e in said} == {("soyuz", "en"), ("apollo", "ru")}
    with Store.open(str(tmp_path / "records.sqlite"), read_only=True) as store:
        for seat, learner in SEATS.items():
            own = {attempt.seat for attempt in store.attempts(learner=learner)}
            assert own == {seat}


@pytest.mark.parametrize("code, told", [("nonsense", "no join code"), ("", "join code")])
def test_a_wrong_code_is_told_in_one_line(tmp_path, code, told):
    program = Program(tmp_path, "pair", "join", "--mic", VOICES, code=code or "0" * 48)
    assert program.end() == 2
    assert told in program.complaints
    assert "Traceback" not in program.complaints


def test_a_code_on_the_command_line_does_not_stay_there(tmp_path):
    code = str(JoinCode("guest", "127.0.0.1:1", bytes(10), bytes(11)))
    program = Program(tmp_path, "pair", "join", code, "--headless")
    assert program.end() == 2
    told, refused = program.complaints.splitlines()
    assert "Leave it out" in told
    assert "cannot be reached" in refused


def test_what_is_no_code_is_told_in_one_line_wherever_it_stands(tmp_path):
    program = Program(tmp_path, "pair", "join", "2000-WRNG")
    assert program.end() == 2
    [refused] = program.complaints.splitlines()
    assert "no join code" in refused


@pytest.mark.parametrize("command", [["pair", "join"], ["pair", "host", "--nats"], ["pair", "watch"], ["scorer"]])
def test_a_code_is_read_no_further_than_a_line_can_be_long(command):
    refused = ruston(*command, typed="\0" * 20_000, RUSTON_CODE="")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "no text in lines" in refused.stderr


def test_nothing_in_the_current_folder_is_run(tmp_path):
    """A code on the command line makes the program begin anew: not with what lies about."""
    for name in ("click.py", "trainer.py", "json.py"):
        (tmp_path / name).write_text('open("RAN", "w").write("")')
    command = Path(sysconfig.get_path("scripts")) / "ruston"
    environment = {**os.environ, "RUSTON_DATA": str(tmp_path / "data"), "RUSTON_INTERFACE": "en"}
    program = subprocess.run(
        [command, "pair", "join", str(JoinCode("guest", "127.0.0.1:1", bytes(10), bytes(11))), "--headless"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert program.returncode == 2
    assert "cannot be reached" in program.stderr
    assert "Leave it out" in program.stderr
    assert not (tmp_path / "RAN").exists()


def test_a_code_may_come_by_standard_input(tmp_path):
    code = JoinCode("guest", "127.0.0.1:1", bytes(10), bytes(11))
    program = Program(tmp_path, "pair", "join", "--headless")
    program.say(str(code).replace("-", "", 3).lower())
    assert program.end() == 2
    assert "cannot be reached" in program.complaints


def test_a_mistyped_group_is_named(tmp_path):
    text = str(JoinCode("guest", "127.0.0.1:1", bytes(10), bytes(11)))
    program = Program(tmp_path, "pair", "join", "--headless")
    program.say(text[:13] + ("7" if text[13] != "7" else "8") + text[14:])
    assert program.end() == 2
    assert "in the group: 3 (" in program.complaints


def test_a_host_who_waits_ends_at_sigterm_with_a_word(tmp_path):
    host = Program(tmp_path, "pair", "host", "--phase", "separation", "--address", "127.0.0.1", *SOUND)
    host.wait_for(lambda line: line["schema"] == "ruston.loop/1")
    assert host.end(signal.SIGTERM) == 130
    assert host.complaints.strip() == "ruston: stopped."
    assert not list(tmp_path.glob("loops/*"))


@pytest.fixture
def centre(tmp_path):
    """A centre as the README has it: its own server, with a certificate of its own authority, and two loops. The codes
    of each, and the environment of a terminal that knows the authority."""
    port = free_port()
    authority = certified(tmp_path)
    made = ruston("pair", "loops", "2", "--address", f"tls://localhost:{port}", "--out", tmp_path / "out")
    assert made.returncode == 0, made.stderr
    with served(tmp_path, port):
        yield codes_of(tmp_path / "out"), authority


@contextmanager
def served(folder, port: int):
    """A centre's server of the loops in `out`, as the README has it."""
    for name in ("server.pem", "server.key"):
        shutil.copy(folder / name, folder / "out")
    server = subprocess.Popen([nats_server(), "-c", "server.conf"], cwd=folder / "out", stderr=subprocess.DEVNULL)
    try:
        answering(port)
        yield
    finally:
        server.kill()
        server.wait()


def codes_of(folder) -> list[dict[str, str]]:
    header, *lines = (folder / "codes.tsv").read_text(encoding="utf-8").splitlines()
    return [dict(zip(header.split("\t"), line.split("\t"), strict=True)) for line in lines]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answering(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
    raise AssertionError("the centre's server does not start")


def certified(folder) -> dict[str, str]:
    """An authority and a server's certificate that it has signed; what tells a program of the authority."""
    now = datetime.now(UTC)

    def certificate(name, key, issuer, signer, extension):
        return (
            x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
            .add_extension(extension, critical=True)
            .sign(signer, hashes.SHA256())
        )  # fmt: skip

    keys = [ec.generate_private_key(ec.SECP256R1()) for _key in range(2)]
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("Centre", "localhost")]
    authority = certificate(names[0], keys[0], names[0], keys[0], x509.BasicConstraints(ca=True, path_length=0))
    hosts = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    server = certificate(names[1], keys[1], names[0], keys[0], hosts)
    pem = serialization.Encoding.PEM
    (folder / "authority.pem").write_bytes(authority.public_bytes(pem))
    (folder / "server.pem").write_bytes(server.public_bytes(pem))
    (folder / "server.key").write_bytes(
        keys[1].private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return {"SSL_CERT_FILE": str(folder / "authority.pem")}


def test_at_a_centre_one_loop_has_one_drill_after_the_other_and_no_stranger_gets_in(tmp_path, centre):
    [codes, others], authority = centre
    # Nobody has recorded the figures of readbacks: something else is said, and no readback may count.
    drills = (
        (["--mode", "respond", "--phase", "docking", "--size", "2"], [], []),
        (["--mode", "readback", "--size", "4"], *ELSE),
    )
    sessions = []
    watch = Program(
        tmp_path / "watch", "pair", "watch", "--speaker", "mute", "--json", code=codes["instructor"], **authority
    )
    for number, (mode, *mics) in enumerate(drills):
        homes = [tmp_path / f"{side}-{number}" for side in ("host", "guest")]
        hosting = ["pair", "host", "--nats", *mode, *SOUND, *mics[0]]
        host = Program(homes[0], *hosting, code=codes["host"], **authority)
        guest = Program(homes[1], "pair", "join", *SOUND, *mics[1], code=codes["guest"], **authority)
        assert (host.end(), guest.end()) == (0, 0), (host.complaints, guest.complaints)
        assert host.events == guest.events
        assert host.events[-1]["why"] == "completed"
        said = [event for event in host.events if event["kind"] == "assessed"]
        assert {(e["seat"], e["line"]["language"]) for e in said} == {("soyuz", "en"), ("apollo", "ru")}
        assert state_of(host).plan.mode == mode[1]
        if number == 1:
            assert not any(attempt.passed(70) for attempt in state_of(host).attempts)
        sessions.append(host.events[0]["session"])
        if number == 0:
            assert watch.end() == 0
            assert watch.events == host.events
    assert len(set(sessions)) == 2
    unknown = Program(tmp_path, "pair", "join", *SOUND, code=codes["guest"])  # a terminal without the authority
    assert unknown.end() == 2
    assert "SSL_CERT_FILE" in unknown.complaints
    stranger = Program(tmp_path, "pair", "watch", "--json", code=changed(others["instructor"]), **authority)
    assert stranger.end() == 2
    assert "does not know this join code" in stranger.complaints
    for program in (host, guest, watch, unknown, stranger):
        assert "Traceback" not in program.complaints


def test_codes_that_know_the_centres_certificate_need_no_authority_and_trust_no_other(tmp_path):
    certified(tmp_path)
    port = free_port()
    prepare(1, f"tls://localhost:{port}", tmp_path / "out", tmp_path / "server.pem")
    prepare(1, f"tls://localhost:{port}", tmp_path / "wrong", tmp_path / "authority.pem")
    with served(tmp_path, port):
        code, wrong = (codes_of(tmp_path / folder)[0]["host"] for folder in ("out", "wrong"))
        with Connection(parse(code)) as connection:
            assert connection.connected.is_set()
        with pytest.raises(UserError, match="somebody else answers"):
            Connection(parse(wrong)).__enter__()
    with pytest.raises(UserError, match="no certificate"):
        prepare(1, f"tls://localhost:{port}", tmp_path / "none", tmp_path / "server.key")


def changed(text: str) -> str:
    """The code of a loop that there is not, on the same servers."""
    code = parse(text)
    return str(replace(code, secret=bytes(len(code.secret))))


def test_a_drill_that_its_host_left_is_gone_on_with_or_gives_way_to_a_new_one(tmp_path, centre):
    [codes, _others], authority = centre
    drill = ["pair", "host", "--nats", "--mode", "respond", "--phase", "docking", "--size", "4", *SOUND]
    host = Program(tmp_path / "host", *drill, "--crew", "kubasov", code=codes["host"], **authority)
    guest = Program(tmp_path / "guest", "pair", "join", *SOUND, code=codes["guest"], **authority)
    host.wait_for(turn_over(1))
    host.end(signal.SIGKILL)
    again = Program(tmp_path / "host", *drill, "--resume", code=codes["host"], **authority)
    again.wait_for(turn_over(2))
    assert again.events[0] == guest.events[0]
    again.end(signal.SIGKILL)
    new = Program(tmp_path / "host", *drill, code=codes["host"], **authority)
    assert guest.end() == 0
    assert guest.events[-1]["why"] == "stopped"
    back = Program(tmp_path / "guest", "pair", "join", *SOUND, code=codes["guest"], **authority)
    assert (new.end(), back.end()) == (0, 0), (new.complaints, back.complaints)
    assert new.events == back.events
    assert new.events[0]["session"] != guest.events[0]["session"]


def test_two_programs_with_the_same_records_keep_one_session_of_two_learners(tmp_path):
    """In two terminals of one machine; a guest who is killed comes back to it."""
    drill = ["--mode", "respond", "--phase", "docking", "--size", "4", "--address", "127.0.0.1"]
    host = Program(tmp_path, "pair", "host", *drill, *SOUND)
    code = host.wait_for(lambda line: line["schema"] == "ruston.loop/1")["guest"]
    first = Program(tmp_path, "pair", "join", *SOUND, code=code)
    host.wait_for(turn_over(0))
    first.end(signal.SIGKILL)
    guest = Program(tmp_path, "pair", "join", *SOUND, code=code)
    complaints = [program.end() or program.complaints for program in (host, guest)]
    assert not any(word in str(complaints) for word in ("records", "Error", "lost")), complaints
    assert host.events == guest.events
    with Store.open(str(tmp_path / "records.sqlite")) as store:
        [session] = store.sessions()
        events = list(store.events(session.id))
        state = fold(events)
        assert [json.loads(to_json(event)) for event in events] == [
            {k: v for k, v in event.items() if k not in ("schema", "session", "seq")} for event in host.events
        ]
        assert sorted(one.key for one in store.learners()) == ["leonov", "stafford"]
        assert len(list(store.attempts())) == len(state.attempts)
        for seat in state.plan.seats:
            attempts = state.of(seat.id)
            memory = store.memory(seat.learner, seat.target)
            relearn(store, seat.learner, seat.target)
            assert attempts
            assert store.memory(seat.learner, seat.target) == memory


def test_a_host_that_is_killed_comes_back_to_where_the_drill_stands(tmp_path):
    """Its server dies with it; the guest waits, and both go on with the same log."""
    homes = tmp_path / "host", tmp_path / "guest"
    hosting = ["pair", "host", "--mode", "respond", "--phase", "docking", "--size", "2", *SOUND]
    host = Program(homes[0], *hosting, "--address", "127.0.0.1", "--crew", "kubasov")
    codes = host.wait_for(lambda line: line["schema"] == "ruston.loop/1")
    guest = Program(homes[1], "pair", "join", *SOUND, code=codes["guest"])
    host.wait_for(turn_over(1))
    host.end(signal.SIGKILL)
    other = Program(homes[0], *hosting, "--resume", "--crew", "leonov")
    assert other.end() == 2
    assert [line for line in other.complaints.splitlines() if "--crew kubasov" in line] == [other.complaints.strip()]
    back = Program(homes[0], *hosting, "--resume")
    assert (back.end(), guest.end()) == (0, 0), (back.complaints, guest.complaints)
    assert back.wait_for(lambda line: line["schema"] == "ruston.loop/1") == codes
    assert back.events == guest.events
    assert back.events[: len(host.events)] == host.events
    assert back.events[-1]["why"] == "completed"
    state = state_of(back)
    assert [attempt.verdict for attempt in state.attempts] == ["scored"] * len(state.plan.agenda)
    for home in homes:
        with Store.open(str(home / "records.sqlite"), read_only=True) as store:
            [session] = store.sessions()
            assert len(list(store.events(session.id))) == len(back.events)
    assert not list(homes[0].glob("loops/*"))
