"""Paired drills in the console, with recordings for voices: at one terminal, and between two consoles."""

import asyncio

import pytest
from textual.widgets import OptionList
from tui import stage

from trainer.drill.events import Assessed
from trainer.loop.code import GROUP, parse
from trainer.loop.connection import Connection
from trainer.loop.instructor import Watch
from trainer.messages import interface_language
from trainer.records.store import Store
from trainer.tui.app import Console
from trainer.tui.screens.debrief import Debrief
from trainer.tui.screens.drill import DrillPage
from trainer.tui.screens.joining import Joining
from trainer.tui.screens.leaving import CannotGoOn, Leaving, NewCode
from trainer.tui.screens.partner import PartnerPage
from trainer.tui.screens.ready import ReadyPage
from trainer.tui.screens.waiting import WaitingPage
from trainer.tui.widgets.channel import ChannelBar
from trainer.tui.widgets.crew import CrewBar


def made(**options) -> Console:
    stage.choose_language("en")
    console = Console(stage.options(**options))
    stage.share(console.program)
    return console


async def choose(pilot, selector: str, wanted: str) -> None:
    options = pilot.app.screen.query_one(selector, OptionList)
    options.highlighted = [option.id for option in options.options].index(wanted)
    await pilot.pause()
    await pilot.press("enter")


async def at_partners(pilot, who: str, mode: str, phase: str | None = None) -> Console:
    console = await stage.signed_on(pilot, who)
    if interface_language() != "en":
        await pilot.press("f2")
    await pilot.press(mode)
    if phase:
        phases = console.screen.query_one("#phases", OptionList)
        phases.highlighted = [option.id for option in phases.options].index(phase)
        await pilot.pause()
    await pilot.press("w")
    await stage.until(pilot, lambda: isinstance(console.screen, PartnerPage))
    return console


def shown(page, selector) -> str:
    return str(page.query_one(selector).render())


async def test_two_at_one_terminal_take_turns_and_their_scores_are_kept_apart(here):
    console = made(keep=True, records=str(here / "records.db"), size=4)
    async with console.run_test(size=(120, 40)) as pilot:
        await at_partners(pilot, "leonov", "2")
        await choose(pilot, "#partners", "stafford")
        await stage.begun(pilot)
        await stage.until(pilot, lambda: isinstance(console.screen, DrillPage) and console.screen.state.cue)
        page = console.screen
        turns = []
        for turn in range(4):
            await stage.until(pilot, lambda: page.idle and page.state.cue and page.state.cue.turn == turn)  # noqa: B023
            seat = page.state.seat()
            turns.append(seat.id)
            assert f"▶ {seat.name}" in shown(page, CrewBar)
            assert f"{seat.name}:" in shown(page, "#call")
            await pilot.press("space")
            await stage.until(pilot, lambda: page.state.done and page.idle)
            await pilot.press("enter")
        assert turns == ["soyuz", "apollo"] * 2
        await stage.until(pilot, lambda: isinstance(console.screen, Debrief))
        debrief = console.screen
        names = [seat.name for seat in page.state.plan.seats]
        for part in ("#summary", "#answer-list"):
            assert all(name in shown(debrief, part) for name in names)
        languages = {(e.seat, e.line.language) for e in debrief._events if isinstance(e, Assessed)}
        assert languages == {("soyuz", "en"), ("apollo", "ru")}
    with Store.open(str(here / "records.db")) as store:
        for learner, seat in (("leonov", "soyuz"), ("stafford", "apollo")):
            assert [attempt.seat for attempt in store.attempts(learner=learner)] == [seat] * 2


@pytest.fixture
def loopback(monkeypatch):
    """Loops of this machine alone."""
    monkeypatch.setattr("trainer.loop.hosting.own_address", lambda: "127.0.0.1")


async def both_on_the_loop(at_host, at_guest, mode: str, phase: str) -> tuple[ReadyPage, ReadyPage]:
    """Both before the drill, by way of the board and the code that the host shows."""
    host = await at_partners(at_host, "leonov", mode, phase)
    await choose(at_host, "#partners", "host")
    await stage.until(at_host, lambda: isinstance(host.screen, WaitingPage) and host.screen.query("#codes"))
    waiting = host.screen
    await stage.until(at_host, lambda: waiting._end.codes)
    code = waiting._end.codes["guest"]
    await stage.until(at_host, lambda: code in shown(waiting, "#codes"))
    guest = await at_partners(at_guest, "stafford", mode)
    await choose(at_guest, "#partners", "join")
    await stage.until(at_guest, lambda: isinstance(guest.screen, Joining))
    guest.screen.query_one("#code").value = code.lower()
    await at_guest.press("enter")
    await stage.until(at_host, lambda: isinstance(host.screen, ReadyPage))
    await stage.until(at_guest, lambda: isinstance(guest.screen, ReadyPage))
    return host.screen, guest.screen


async def joined(at_host, at_guest, mode: str, phase: str) -> tuple[DrillPage, DrillPage]:
    """Both on the drill screen, and ready."""
    await both_on_the_loop(at_host, at_guest, mode, phase)
    for pilot in (at_host, at_guest):
        await stage.begun(pilot)
    for pilot in (at_host, at_guest):
        await stage.until(pilot, lambda: isinstance(pilot.app.screen, DrillPage))  # noqa: B023
    return at_host.app.screen, at_guest.app.screen


async def joins_again(at_guest, code: str) -> None:
    """At a console that was just opened, with a code that is known."""
    await stage.signed_on(at_guest, "stafford")
    at_guest.app.action_join()
    await stage.until(at_guest, lambda: isinstance(at_guest.app.screen, Joining))
    at_guest.app.screen.query_one("#code").value = code
    await at_guest.press("enter")


@pytest.mark.parametrize("key, phase", [("4", "docking"), ("6", "separation")], ids=["respond", "whole-checklist"])
async def test_two_consoles_on_one_loop_take_turns_and_see_the_same(here, loopback, key, phase):
    host, guest = (made(keep=True, records=str(here / f"{name}.db"), size=2) for name in ("host", "guest"))
    async with host.run_test(size=(120, 40)) as at_host, guest.run_test(size=(120, 40)) as at_guest:
        pages = await joined(at_host, at_guest, key, phase)
        pilots = {page.operator.own_seat: (pilot, page) for pilot, page in zip((at_host, at_guest), pages, strict=True)}
        said = -1
        while True:
            await stage.until(
                at_host,
                lambda: all(page.state.ended or (page.state.seat() and page.state.turn > said) for page in pages),  # noqa: B023
            )
            if all(page.state.ended for page in pages):
                break
            said = pages[0].state.turn
            seat = pages[0].state.seat()
            assert all(f"▶ {seat.name}" in shown(page, CrewBar) for page in pages)
            asked = [(page.operator.mine(seat.id), shown(page, "#call")) for page in pages]
            assert all((f"{seat.name} speaks, in" in told) != mine for mine, told in asked)
            pilot, _page = pilots[seat.id]
            other, waiting = next(there for id, there in pilots.items() if id != seat.id)
            await other.press("space")  # not theirs: nothing happens
            await stage.until(pilot, lambda: _page.state.keyed is None)  # noqa: B023
            await pilot.press("space")
            await stage.until(pilot, lambda: len(_page.state.attempts) > 0 and _page.state.attempts[-1].turn == said)  # noqa: B023
            assert not waiting.operator.talking
        for console, page in ((host, pages[0]), (guest, pages[1])):
            await stage.until(at_host, lambda: isinstance(console.screen, Debrief))  # noqa: B023
            names = [seat.name for seat in page.state.plan.seats]
            assert all(name in shown(console.screen, "#summary") for name in names)
        spoken = {
            (event.seat, event.line.language) for event in pages[0].drill.log.events if isinstance(event, Assessed)
        }
        assert spoken == {("soyuz", "en"), ("apollo", "ru")}
        assert pages[0].drill.log.events == pages[1].drill.log.events
        await stage.until(at_host, lambda: not list(here.glob("loops/*")))  # no secret is left behind
    for name in ("host", "guest"):
        with Store.open(str(here / f"{name}.db")) as store:
            [session] = store.sessions()
            assert session.ended == "completed"
            assert tuple(store.events(session.id))[1:] == pages[0].drill.log.events[1:]
            theirs = {"host": ("loop/stafford", "leonov"), "guest": ("stafford", "loop/leonov")}
            assert tuple(learner for _seat, learner in session.seats) == theirs[name]


async def test_a_pair_begins_when_both_have_said_that_they_are_ready(here, loopback):
    host, guest = (made(keep=False, size=2) for name in ("host", "guest"))
    async with host.run_test(size=(80, 24)) as at_host, guest.run_test(size=(80, 24)) as at_guest:
        at_home, away = await both_on_the_loop(at_host, at_guest, "6", "docking")
        await stage.begun(at_guest)
        await stage.until(at_host, lambda: "Thomas Stafford  ✓ ready" in shown(at_home, "#ready-seats"))
        assert "Alexey Leonov  … not ready yet" in shown(at_home, "#ready-seats")
        await stage.until(at_guest, lambda: "Waiting for: Alexey Leonov" in shown(away, "#ready-head"))
        assert away.state.held_by == "director"
        assert away.state.turn == -1
        await stage.begun(at_host)
        await stage.until(at_guest, lambda: isinstance(guest.screen, DrillPage) and guest.screen.state.turn == 0)
        await stage.until(at_host, lambda: isinstance(host.screen, DrillPage) and host.screen.state.turn == 0)


async def test_a_question_stays_while_the_drill_begins(here, loopback):
    host, guest = (made(keep=False, size=2) for _console in range(2))
    async with host.run_test(size=(80, 24)) as at_host, guest.run_test(size=(80, 24)) as at_guest:
        _at_home, away = await both_on_the_loop(at_host, at_guest, "4", "docking")
        await at_guest.press("r", "escape")
        await stage.until(at_guest, lambda: isinstance(guest.screen, Leaving))
        await at_host.press("r")
        await stage.until(at_guest, lambda: away.operator.begun)
        await at_guest.pause(0.3)
        assert isinstance(guest.screen, Leaving)
        await at_guest.press("escape")
        await stage.until(at_guest, lambda: isinstance(guest.screen, DrillPage))


async def test_who_comes_back_before_a_pair_begins_is_seen_to_be_there(here, loopback):
    host, guest, back = (made(keep=False, size=2) for _console in range(3))
    async with host.run_test(size=(80, 24)) as at_host:
        async with guest.run_test(size=(80, 24)) as at_guest:
            at_home, _away = await both_on_the_loop(at_host, at_guest, "6", "docking")
            assert "Thomas Stafford  … not ready yet" in shown(at_home, "#ready-seats")
            code = at_home.operator._end.codes["guest"]
        await stage.until(at_host, lambda: "Thomas Stafford  ✕ away" in shown(at_home, "#ready-seats"))
        async with back.run_test(size=(80, 24)) as at_guest:
            await joins_again(at_guest, code)
            await stage.until(at_host, lambda: "Thomas Stafford  … not ready yet" in shown(at_home, "#ready-seats"))


async def test_a_pair_holds_sees_who_is_away_and_takes_a_guest_back(here, loopback):
    host, guest = (made(keep=False, size=2) for name in ("host", "guest"))
    async with host.run_test(size=(120, 40)) as at_host:
        async with guest.run_test(size=(120, 40)) as at_guest:
            at_home, away = await joined(at_host, at_guest, "4", "docking")
            await stage.until(at_host, lambda: at_home.state.seat() and away.state.seat())
            await at_guest.press("h")
            await stage.until(at_host, lambda: at_home.state.held_by == "apollo")
            assert "HELD" in shown(at_home, ChannelBar)
            assert away.plan.seats[1].name in shown(at_home, ChannelBar)
            for page in (at_home, away):
                assert page.active_bindings["h"].binding.description == "Resume"
            await at_host.press("h")
            await stage.until(at_host, lambda: at_home.state.running)
            await at_host.press("h")
            await stage.until(at_host, lambda: away.state.held_by == "soyuz")
            await at_host.pause(0.5)
            assert away.state.held_by == "soyuz"  # the director does not resume what a learner holds
            await at_host.press("h")
            await stage.until(at_host, lambda: away.state.running)
            assert "away" not in shown(at_home, CrewBar)
        await stage.until(at_host, lambda: at_home.state.held_by == "director")
        assert "away" in shown(at_home, CrewBar)
        assert "waiting for the partner" in shown(at_home, ChannelBar)
        code = at_home.operator._end.codes["guest"]
        back = made(keep=False)
        async with back.run_test(size=(120, 40)) as at_guest:
            await joins_again(at_guest, code)
            await stage.begun(at_guest)
            await stage.until(at_guest, lambda: isinstance(back.screen, DrillPage) and back.screen.state.seat())
            await stage.until(at_host, lambda: at_home.state.running)
            assert "away" not in shown(at_home, CrewBar)
            assert back.screen.state.turn == at_home.state.turn


async def test_a_host_cuts_a_guest_off_and_so_does_the_instructor_and_who_has_the_new_code_goes_on(here, loopback):
    host, guest, back = (made(keep=False, size=2) for _console in range(3))
    async with host.run_test(size=(120, 40)) as at_host:
        async with guest.run_test(size=(120, 40)) as at_guest:
            at_home, away = await joined(at_host, at_guest, "4", "docking")
            await stage.until(at_host, lambda: at_home.state.seat() and away.state.seat() and at_home.idle)
            end = at_home.operator._end
            old = end.codes["guest"]
            await at_host.press("escape")
            await stage.until(at_host, lambda: isinstance(host.screen, Leaving))
            await choose(at_host, "OptionList", "guest")
            await stage.until(at_host, lambda: isinstance(host.screen, NewCode))
            assert end.codes["guest"] != old
            assert end.codes["guest"] in shown(host.screen, "#new-code")
            await stage.until(at_guest, lambda: "new one" in (away.drill.log.broken or ""))
            await at_host.press("escape")
            await stage.until(at_host, lambda: at_home.state.held_by == "director")
            await stage.until(at_host, lambda: "cut off" in shown(at_home, ChannelBar))
            await stage.until(at_guest, lambda: isinstance(guest.screen, CannotGoOn))
            await choose(at_guest, "OptionList", "join")
            await stage.until(at_guest, lambda: isinstance(guest.screen, Joining))
        async with back.run_test(size=(120, 40)) as at_guest:
            await stage.signed_on(at_guest, "stafford")
            back.action_join()
            await stage.until(at_guest, lambda: isinstance(back.screen, Joining))
            back.screen.query_one("#code").value = end.codes["guest"]
            await at_guest.press("enter")
            await stage.begun(at_guest)
            await stage.until(at_guest, lambda: isinstance(back.screen, DrillPage) and back.screen.state.seat())
            await stage.until(at_host, lambda: at_home.state.running)
            code = end.codes["guest"]
            with Connection(parse(end.codes["instructor"])) as line:
                await asyncio.to_thread(Watch(line, host.program.book, "Kranz").expel)
            await stage.until(at_host, lambda: end.codes["guest"] != code)
            await stage.until(at_host, lambda: any(end.codes["guest"] in n.message for n in host._notifications))
            await stage.until(at_host, lambda: at_home.state.held_by == "director")
        assert not any("with the same code" in told.message for told in host._notifications)


async def test_what_cannot_be_is_told_before_anybody_waits(here, loopback):
    console = made(keep=False)
    async with console.run_test(size=(80, 24)) as pilot:
        await at_partners(pilot, "leonov", "1")  # nobody echoes across the network
        await choose(pilot, "#partners", "host")
        await stage.until(pilot, lambda: any("Checklist" in told.message for told in console._notifications))
        await stage.until(pilot, lambda: not isinstance(console.screen, WaitingPage))
        assert not list(here.glob("loops/*"))
        await choose(pilot, "#partners", "join")
        await stage.until(pilot, lambda: isinstance(console.screen, Joining))
        code = console.screen.query_one("#code")
        assert {len(group) for group in code.placeholder.split("-")[:2]} == {GROUP}
        code.value = "nonsense"
        await pilot.press("enter")
        await stage.until(pilot, lambda: "no join code" in shown(console.screen, "#code-note"))
