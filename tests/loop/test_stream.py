"""One log on all sides: whatever order, delay or malice, everybody folds the same events to the same state."""

import asyncio
import json
import threading

import pytest
from crew import LEONOV, STAFFORD

from trainer.drill.events import Held, Joined, KeyDown, KeyUp, Opened, Resumed, to_json
from trainer.drill.plan import Plan, Reason, Turn

AGENDA = (Turn(None, ("DOC-09",), "soyuz", Reason("in-order")),)
PLAN = Plan("s", "checklist", "docking", (LEONOV, STAFFORD), AGENDA, "2026-01-01T00:00:00+00:00")


@pytest.fixture
def sides(loop):
    """The logs of host, guest and instructor, the session opened."""
    connections = [loop.host, loop.join("guest"), loop.join("instructor")]
    logs = [loop.log(connection) for connection in connections]
    logs[0].append(Opened(at=0.0, plan=PLAN))
    for log in logs:
        log.catch_up()
    return connections, logs


def same(logs):
    for log in logs:
        log.catch_up()
    assert len({tuple(map(to_json, log.events)) for log in logs}) == 1
    assert len({repr(log.state) for log in logs}) == 1
    return logs[0].events


def test_what_all_write_at_once_comes_in_one_order_and_half_duplex_holds(sides):
    _connections, (host, guest, instructor) = sides

    def talk(log, seat):
        for _press in range(15):
            log.append(KeyDown(at=0.1, seat=seat))
            if log.state.keyed == seat:
                log.append(KeyUp(at=0.1, seat=seat))

    def hold():
        for _press in range(8):
            instructor.append(Held(at=0.1, by="instructor"))
            instructor.append(Resumed(at=0.1, by="instructor"))

    work = [(talk, (host, "soyuz")), (talk, (guest, "apollo")), (hold, ())]
    threads = [threading.Thread(target=target, args=arguments) for target, arguments in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    events = same([host, guest, instructor])
    keyed = None
    for event in events:
        if event.kind == "key_down":
            assert keyed is None  # nothing that no longer fitted was kept
            keyed = event.seat
        elif event.kind == "key_up":
            assert keyed == event.seat
            keyed = None


def test_a_late_joiner_replays_what_happened(loop, sides):
    _connections, (host, guest, _instructor) = sides
    for _press in range(300):  # more than is fetched at once
        host.append(KeyDown(at=0.1, seat="soyuz"))
        host.append(KeyUp(at=0.1, seat="soyuz"))
    assert len(same([host, guest, loop.log(loop.join("instructor"))])) == 601


def test_garbage_and_other_peoples_words_are_passed_over_and_the_connection_stays(loop, sides):
    (_host_line, guest_line, _instructor_line), (host, guest, instructor) = sides
    why = []
    late = loop.log(loop.join("instructor"), rejected=lambda role, reason: why.append((role, reason)))
    hostile = [
        b"", b"{", b"null", b"[" * 5000, b'{"kind": "key_down"}', b"\xff\xfe", json.dumps({"kind": "boom"}).encode(),
        to_json(KeyDown(at=0.1, seat="soyuz")).encode(), to_json(Opened(at=0.0, plan=PLAN)).encode(),
        to_json(Held(at=0.1, by="director")).encode(), b'{"at":-1,"seat":"apollo","kind":"key_down"}',
        to_json(Joined(at=0.1, place="soyuz", name="me")).encode(),
        to_json(Joined(at=0.1, place="apollo", name="x" * 65_500)).encode(),
        to_json(Joined(at=0.1, place="apollo", name="x" * 101)).encode(),
    ]  # fmt: skip

    async def send():
        for body in hostile:
            await guest_line.stream.publish("log.guest", body)

    guest_line.wait(send(), 10)
    guest.append(Joined(at=0.1, place="apollo", name="Stafford"))  # and goes on as if nothing had happened
    assert [event.kind for event in same([host, guest, instructor, late])] == ["opened", "joined"]
    assert late.rejects == len(hostile)
    assert len(why) == len(set(why)) == 6  # each kind is told once
    assert {role for role, _reason in why} == {"guest"}


def test_too_long_a_message_is_refused_by_the_server_and_the_connection_stays(sides):
    from nats.errors import MaxPayloadError
    from nats.js.errors import APIError

    (_host_line, guest_line, _instructor_line), (host, guest, _instructor) = sides
    with pytest.raises(APIError):
        guest_line.wait(guest_line.stream.publish("log.guest", bytes(100_000)), 5)
    with pytest.raises(MaxPayloadError):
        guest_line.wait(guest_line.stream.publish("log.guest", bytes(2_000_000)), 5)
    guest.append(Joined(at=0.1, place="apollo", name="Stafford"))
    assert same([host, guest])[-1].kind == "joined"


@pytest.mark.parametrize("answer_to", ["log.host", "feed.host", "voice.host"])
def test_the_server_puts_no_words_into_the_hosts_mouth(sides, answer_to):
    """A reply subject is not checked against permissions: stored words could be had read out under another name."""
    (host_line, guest_line, _instructor_line), (host, guest, _instructor) = sides
    voices = []

    async def heard(message):
        voices.append(message.subject)

    host_line.hear("voice.>", heard)

    async def attack():
        words = to_json(KeyDown(at=0.1, seat="soyuz")).encode()
        kept = await guest_line.stream.publish("log.guest", words)
        await guest_line.client.publish(
            "$JS.API.DIRECT.GET.log", json.dumps({"seq": kept.seq}).encode(), reply=answer_to
        )
        await guest_line.client.publish("log.guest", words, reply=answer_to)
        await guest_line.client.flush()

    guest_line.wait(attack(), 5)
    guest.append(Joined(at=0.1, place="apollo", name="Stafford"))
    assert [event.kind for event in same([host, guest])] == ["opened", "joined"]
    assert voices == []


def test_nobody_reads_or_writes_beyond_their_role(loop, sides):
    """An outsider, another loop's guest, and the scorer: none of them hears or changes anything."""
    connections, (host, guest, _instructor) = sides
    scorer = loop.join("scorer")
    heard = []

    async def listen(message):
        heard.append(message.data)

    for subject in ("feed.>", "voice.>", "log.>", "$KV.>", "$JS.>", ">"):
        scorer.hear(subject, listen)

    async def write(connection, subject):
        try:
            answer = await connection.client.request(subject, b"{}", 0.5)
        except Exception as error:
            return type(error).__name__
        return "refused" if "error" in json.loads(answer.data) else "done"

    subjects = ["log.host", "log.guest", "$JS.API.STREAM.INFO.log", "$JS.API.STREAM.DELETE.log", "$KV.floor.holder"]
    for subject in subjects:
        assert scorer.wait(write(scorer, subject)) != "done"
    guest_line = connections[1]
    for subject in ("log.host", "log.instructor", "$JS.API.STREAM.PURGE.log", "$JS.API.CONSUMER.CREATE.log"):
        assert guest_line.wait(write(guest_line, subject)) != "done"
    loop.host.send("voice.host", b"secret")
    host.append(Joined(at=0.1, place="soyuz", name="Leonov"))
    loop.host.wait(loop.host.client.flush())
    scorer.wait(scorer.client.flush())
    scorer.wait(asyncio.sleep(0.1))
    assert not [data for data in heard if b"secret" in data or b"Leonov" in data]
    same([host, guest])
