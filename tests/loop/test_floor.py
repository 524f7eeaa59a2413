"""One holder at a time, and none for ever."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.loop.floor import LEASE, Floor, Keeper


@pytest.fixture(autouse=True)
def keeper(loop):
    """The host gives the floor."""
    return Keeper(loop.host)


def both_press(*floors: Floor) -> list[bool]:
    asked = [asyncio.run_coroutine_threadsafe(one.taking(), one._connection._loop) for one in floors]
    return [answer.result(10) for answer in asked]


def test_of_two_who_press_at_once_exactly_one_has_the_floor(loop):
    host, guest = Floor(loop.host), Floor(loop.join("guest"))
    for _press in range(200):
        got = both_press(host, guest)
        assert sum(got) == 1
        assert [host.held, guest.held] == got
        (host if got[0] else guest).give()


def test_a_hundred_hands_and_one_holder(loop):
    guest = loop.join("guest")
    hands = [Floor(loop.host if i % 2 else guest) for i in range(100)]
    assert sum(both_press(*hands)) == 1


def test_presses_and_releases_in_any_order_never_make_two_holders(loop):
    guest = loop.join("guest")

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.tuples(st.integers(0, 1), st.booleans()), max_size=15))
    def check(moves):
        floors = (Floor(loop.host), Floor(guest))
        holder = None
        for who, press in moves:
            if press:
                assert floors[who].take() == (holder in (None, who))
                holder = who if holder is None else holder
            else:
                floors[who].give()
                holder = None if holder == who else holder
        for one in floors:
            one.give()

    check()


def test_a_holder_who_vanishes_frees_the_floor_and_is_told(loop):
    line = loop.join("guest")
    guest, host = Floor(line), Floor(loop.host)
    assert guest.take()
    assert not host.take()
    line.__exit__(None, None, None)  # nobody renews any more
    passed = 0.0
    while not host.take():
        loop.host.wait(asyncio.sleep(0.05))
        passed += 0.05
        assert passed < 4 * LEASE
    assert host.held


def test_a_holder_keeps_the_floor_for_longer_than_a_lease(loop):
    host, guest = Floor(loop.host), Floor(loop.join("guest"))
    assert host.take()
    loop.host.wait(asyncio.sleep(1.5 * LEASE))
    assert host.held
    assert not guest.take()
