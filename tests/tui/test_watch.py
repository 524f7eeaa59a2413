"""The instructor's screen on real loops: what is seen, heard and said there, and what comes of it."""

import asyncio
from contextlib import ExitStack

import numpy as np
import pytest
import soundfile
from crew import CUE, PLAN
from textual.widgets import Input, OptionList
from tui import stage
from tui.test_pairs import at_partners, choose, made, shown

from trainer.drill.events import Ended, Joined, KeyDown, KeyUp, Opened
from trainer.loop import hosting
from trainer.loop.connection import Connection
from trainer.loop.ends import Watching
from trainer.loop.pair import Reception
from trainer.loop.server import Server
from trainer.loop.stream import SharedLog
from trainer.loop.voice import Speaking
from trainer.tui.app import Console
from trainer.tui.screens.joining import Joining
from trainer.tui.screens.picking import Picking
from trainer.tui.screens.watch import WatchPage
from trainer.tui.widgets.crew import CrewBar


class Host:
    """A loop with its host on it."""

    def __init__(self, folder, stack: ExitStack) -> None:
        self.server = stack.enter_context(Server(folder))
        self.connection = stack.enter_context(Connection(self.server.code("host")))
        self._stack = stack
        self.reception: Reception | None = None
        self.take_place()

    def take_place(self) -> None:
        """For a new drill."""
        hosting.furnish(self.connection)
        self.log = SharedLog(self.connection)
        self._stack.callback(self.log.close)
        self.log.open()
        self.reception = self.reception or Reception(self.connection, made().program.book, "ru", self.log)
        self.reception.log = self.log

    def begin(self) -> None:
        self.log.append(Opened(at=0.0, plan=PLAN))
        self.log.append(Joined(at=0.0, place="soyuz", name="Leonov"))
        self.log.append(CUE)

    @property
    def code(self):
        return self.server.code("instructor")

    @property
    def state(self):
        return self.log.state


@pytest.fixture
def hosts(here):
    """Two loops; the drill of the first has begun."""
    with ExitStack() as stack:
        both = Host(here / "first", stack), Host(here / "second", stack)
        both[0].begin()
        yield both


async def watching(pilot, hosts, count: int = 2) -> WatchPage:
    console = pilot.app
    console.push_screen(WatchPage(Watching(console.program, "Kranz"), [host.code for host in hosts[:count]]))
    await stage.until(pilot, lambda: isinstance(console.screen, WatchPage) and console.screen.query("#loops"))
    page = console.screen
    await stage.until(pilot, lambda: page.query_one("#loops", OptionList).option_count == count)
    return page


async def picks(pilot, question: str, text: str) -> None:
    def asked() -> bool:
        screen = pilot.app.screen
        return isinstance(screen, Picking) and question in screen._heading and bool(screen.query("#choices"))

    await stage.until(pilot, asked)
    if lines := pilot.app.screen.query("#wanted"):
        lines.first(Input).value = text
    else:
        choices = pilot.app.screen.query_one("#choices", OptionList)
        choices.highlighted = next(at for at, row in enumerate(choices.options) if text in str(row.prompt))
    await pilot.pause()
    await pilot.press("enter")


def line(page, number: int) -> str:
    return str(page.query_one("#loops", OptionList).get_option_at_index(number).prompt)


async def test_the_instructor_sees_all_loops_and_has_a_say_on_the_one_in_hand(hosts):
    first, second = hosts
    console = made(keep=False)
    async with console.run_test(size=(120, 40)) as pilot:
        page = await watching(pilot, hosts)
        await stage.until(pilot, lambda: "instructor" in first.state.present)
        await stage.until(pilot, lambda: "Docking" in line(page, 0))
        assert "waits for the host" in line(page, 1)
        await pilot.press("h")
        await stage.until(pilot, lambda: first.state.held_by == "instructor" and "held by" in line(page, 0))
        await pilot.press("h")
        await stage.until(pilot, lambda: first.state.running)
        await pilot.press("i")
        await picks(pilot, "heard by both", "pressure falling")
        await stage.until(pilot, lambda: len(first.state.injected) == 2)
        await pilot.press("f")
        await stage.until(pilot, lambda: len(first.state.injected) == 4)
        await pilot.press("c")
        await picks(pilot, "Who is to say", "Stafford")
        await picks(pilot, "Stafford is to say", "COM-05")
        await stage.until(pilot, lambda: len(first.state.injected) == 5)
        waiting = [(turn.prompt, turn.answers[:1], turn.seat) for _by, turn in first.state.injected]
        assert waiting == [
            ("EMG-01", (), None), (None, ("EMG-02",), "soyuz"),
            ("PRO-07", (), None), (None, ("DOC-09",), "soyuz"),
            (None, ("COM-05",), "apollo"),
        ]  # fmt: skip
        await stage.until(pilot, lambda: "EMG-01" in shown(page, "#loop-turn"))
        second.begin()
        await stage.until(pilot, lambda: "instructor" in second.state.present)
        await pilot.press("down", "h")
        await stage.until(pilot, lambda: second.state.held_by == "instructor")
        assert first.state.running
    await asyncio.to_thread(first.log.wait_for, lambda: "instructor" not in first.state.present, 10)
    assert "instructor" not in first.state.present  # leaving is told


async def test_the_next_drill_on_a_loop_takes_the_place_of_the_last(hosts):
    host = hosts[0]
    console = made(keep=False)
    async with console.run_test(size=(80, 24)) as pilot:
        page = await watching(pilot, hosts, 1)
        await stage.until(pilot, lambda: "instructor" in host.state.present)
        host.log.append(Ended(at=1.0))
        await stage.until(pilot, lambda: "over" in line(page, 0))
        await asyncio.to_thread(host.take_place)
        assert "over" in line(page, 0)  # what it came to can still be looked at
        host.begin()
        await stage.until(pilot, lambda: "instructor" in host.state.present)
        await stage.until(pilot, lambda: "clear" in line(page, 0))
        await pilot.press("h")
        await stage.until(pilot, lambda: host.state.held_by == "instructor")


async def test_who_speaks_who_is_away_and_a_server_that_is_gone_are_seen(hosts):
    console = made(keep=False)
    async with console.run_test(size=(80, 24)) as pilot:
        page = await watching(pilot, hosts)
        await stage.until(pilot, lambda: "▶ Leonov" in shown(page, CrewBar))
        hosts[0].log.append(KeyDown(at=0.2, seat="soyuz"))
        await stage.until(pilot, lambda: "◀ Leonov" in line(page, 0))
        hosts[1].server.__exit__()
        await stage.until(pilot, lambda: "out of reach" in line(page, 1))
        hosts[1].server.__enter__()
        await stage.until(pilot, lambda: "out of reach" not in line(page, 1))


async def test_the_loop_in_hand_is_heard_and_no_other(hosts, here):
    hosts[1].begin()
    clock = np.arange(9600) / 16_000

    async def say(pilot, host, hertz: int) -> None:
        """More than half a second of a tone, with the key."""
        host.log.append(KeyDown(at=0.2, seat="soyuz"))
        tone = 0.3 * np.sin(2 * np.pi * hertz * clock).astype(np.float32)
        speaking = Speaking(host.connection, lambda: 1.0)
        for block in np.split(tone, 10):
            speaking.feed(block)
            await pilot.pause(0.06)
        speaking.finish()
        await pilot.pause(0.5)
        host.log.append(KeyUp(at=0.3, seat="soyuz"))

    console = made(keep=False, speaker=str(here / "ear.wav"), pace="real")
    console.program.radio = 0.0
    async with console.run_test(size=(80, 24)) as pilot:
        page = await watching(pilot, hosts)
        await stage.until(pilot, lambda: page._watching._ear)
        await say(pilot, hosts[1], 500)
        await say(pilot, hosts[0], 900)
        await pilot.press("down")
        await pilot.pause(0.5)
        await say(pilot, hosts[0], 1400)
        await say(pilot, hosts[1], 2000)
        await pilot.press("m")
        await pilot.pause(0.5)
        await say(pilot, hosts[1], 2600)
    samples, rate = soundfile.read(here / "ear.wav")
    spectrum = np.abs(np.fft.rfft(samples)) / len(samples)
    loud = {hertz: spectrum[abs(np.fft.rfftfreq(len(samples), 1 / rate) - hertz) < 50].max() > 0.01
            for hertz in (500, 900, 1400, 2000, 2600)}  # fmt: skip
    assert loud == {500: False, 900: True, 1400: False, 2000: True, 2600: False}


async def test_from_the_board_with_a_code_and_one_more_and_a_wrong_one(hosts):
    console = made(keep=False)
    async with console.run_test(size=(80, 24)) as pilot:
        await at_partners(pilot, "stafford", "6")
        await choose(pilot, "#partners", "watch")
        for number, host in enumerate(hosts):
            await stage.until(pilot, lambda: isinstance(console.screen, Joining))
            console.screen.query_one("#code").value = str(host.code)
            await pilot.press("enter")
            await stage.until(
                pilot,
                lambda: (
                    isinstance(console.screen, WatchPage)
                    and console.screen.query_one("#loops", OptionList).option_count == number + 1  # noqa: B023
                ),
            )
            await pilot.press("a")
        await stage.until(pilot, lambda: isinstance(console.screen, Joining))
        console.screen.query_one("#code").value = str(hosts[0].server.code("guest"))
        await pilot.press("enter")
        await stage.until(pilot, lambda: "another role" in shown(console.screen, "#code-note"))
        console.screen.query_one("#code").value = str(hosts[0].code)
        await pilot.press("enter")
        await stage.until(pilot, lambda: any("already" in told.message for told in console._notifications))
        assert console.screen.query_one("#loops", OptionList).option_count == 2
        await pilot.press("f2")
        await stage.until(pilot, lambda: "Стыковка" in line(console.screen, 0))
        await pilot.press("escape")
        await stage.until(pilot, lambda: not isinstance(console.screen, WatchPage))
        assert isinstance(console, Console)
