"""Who the host lets in as a partner, and how a guest learns the time."""

import pytest
from crew import PLAN

from trainer.drill.events import Opened
from trainer.errors import UserError
from trainer.loop.pair import Hello, Reception, Visit, fingerprint
from trainer.phrasebook.load import load

book = load()


def hello(**changes) -> Hello:
    told = {"name": "Stafford", "learner": "stafford", "first": "en", "book": fingerprint(book), "client": "a"}
    return Hello.model_validate(told | changes)


@pytest.fixture
def visit():
    """Makes visits, and ends them."""
    made = []

    def begin(line, **changes):
        made.append(Visit(line, hello(**changes)))
        return made[-1]

    yield begin
    for one in made:
        one.close()


@pytest.fixture
def log(loop):
    log = loop.log(loop.host)
    log.append(Opened(at=0.0, plan=PLAN))
    return log


@pytest.fixture
def reception(loop, log):
    return Reception(loop.host, book, "ru", log)


@pytest.mark.parametrize("changes, told", [({"first": "ru"}, "other crew"), ({"book": "0" * 16}, "another phrasebook")])
def test_a_guest_who_does_not_fit_is_told_why_and_the_host_waits_on(loop, reception, visit, changes, told):
    line = loop.join("guest")
    with pytest.raises(UserError, match=told):
        visit(line, **changes).wait_for_opening(5)
    assert reception.wait_for_guest(0) is None
    visit(line).wait_for_opening(5)
    assert reception.wait_for_guest(5).learner == "stafford"


def test_one_seat_is_for_one_guest(loop, reception, visit):
    visit(loop.join("guest")).wait_for_opening(5)
    with pytest.raises(UserError, match="seat already"):
        visit(loop.join("guest"), client="b").wait_for_opening(30)


@pytest.mark.parametrize("data", [b"", b"{}", b"[" * 3000, b'{"name": "' + b"x" * 5000 + b'", "client": "a"}'])
def test_a_hello_that_is_none_is_not_answered_and_another_is(loop, reception, visit, data):
    line = loop.join("guest")
    line.wait(line.client.publish("hello.guest", data))
    visit(line).wait_for_opening(5)
    assert reception.wait_for_guest(5).name == "Stafford"


def test_the_guest_knows_the_sessions_time(loop, log, reception, visit):
    guest = visit(loop.join("guest"))
    guest.wait_for_opening(5)
    assert guest.now() == pytest.approx(log.now(), abs=0.05)
