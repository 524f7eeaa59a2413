"""Several programs at one store, and programs that die: what was acknowledged is there."""

import os
import random
import select
import signal
import sys
from collections.abc import Callable

import pytest

from trainer.drill.events import KeyUp
from trainer.records.store import Store

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
KILLS = {"sqlite": 50, "postgresql": 10}  # the server looks after its own durability


def program(work: Callable[[int], None]) -> tuple[int, int]:
    """Run `work` in a process of its own; its id, and a pipe of what it writes."""
    reads, writes = os.pipe()
    if pid := os.fork():
        os.close(writes)
        return pid, reads
    code = 1
    try:
        os.close(reads)
        work(writes)
        code = 0
    except BaseException as error:
        print(repr(error), file=sys.stderr)
    finally:
        os._exit(code)


def ends(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def rest(pipe: int) -> bytes:
    with os.fdopen(pipe, "rb") as file:
        return file.read()


def test_kill_9_at_random_moments_takes_nothing_that_was_acknowledged(url, drill):
    chance = random.Random(1975)
    with Store.open(url) as store:
        plan = drill.new(store)

    def drilling(acknowledge: int) -> None:
        with Store.open(url) as mine:
            while True:
                for event in (drill.cue(0), drill.scored(0)):
                    os.write(acknowledge, b"%6d" % mine.append(plan.session, event))

    last = 0
    for _kill in range(KILLS["postgresql" if "://" in url else "sqlite"]):
        pid, pipe = program(drilling)
        seen = os.read(pipe, 6 * chance.randint(1, 12))
        select.select([], [], [], chance.uniform(0, 0.01))  # a moment inside a later transaction
        os.kill(pid, signal.SIGKILL)
        ends(pid)
        seen += rest(pipe)
        last = max(last, int(seen[len(seen) // 6 * 6 - 6 :][:6]))
        with Store.open(url) as store:
            (session,) = store.sessions()
            assert session.events in (last + 1, last + 2)  # the last one may be kept, though nobody was told
    with Store.open(url) as store:
        store.check()
        assert len(list(store.events(plan.session))) == session.events


def test_programs_that_write_at_once_lose_nothing(url, drill):
    each = 50
    with Store.open(url) as store:
        shared = drill.new(store)

    def writing(acknowledge: int) -> None:
        with Store.open(url) as mine:
            own = drill.new(mine)
            for i in range(each):
                mine.append(
                    own.session, drill.cue(0), memories={("leonov", "en"): lambda _before, i=i: f'{{"i": {i}}}'}
                )
                os.write(acknowledge, b"%6d" % mine.append(shared.session, KeyUp(at=1.0, seat="soyuz")))

    programs = [program(writing) for _ in range(3)]
    acknowledged = [
        int(text[i : i + 6]) for _pid, pipe in programs if (text := rest(pipe)) for i in range(0, len(text), 6)
    ]
    assert [ends(pid) for pid, _pipe in programs] == [0, 0, 0]
    assert sorted(acknowledged) == list(range(1, 3 * each + 1))
    with Store.open(url) as store:
        assert sorted(session.events for session in store.sessions()) == [each + 1] * 3 + [3 * each + 1]


def test_programs_that_open_a_fresh_store_at_once_all_succeed(url):
    programs = [program(lambda pipe: os.write(pipe, Store.open(url).id.encode()) and None) for _ in range(5)]
    ids = {rest(pipe) for _pid, pipe in programs}
    assert [ends(pid) for pid, _pipe in programs] == [0] * 5
    assert len(ids) == 1


def test_a_reader_sees_one_moment_while_others_write(url, drill):
    with Store.open(url) as writer, Store.open(url, read_only=True) as reader:
        plan = drill.new(writer)
        events = reader.events(plan.session)
        next(events)
        writer.append(plan.session, drill.cue(0))
        assert not list(events)
        assert len(list(reader.events(plan.session))) == 2
