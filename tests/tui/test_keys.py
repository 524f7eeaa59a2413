"""The key by which one talks: another of the keyboard, and one that is no key of this keyboard at all."""

import asyncio
import json
import os
import socket
import stat
import struct
import sys

import pytest
from program import one_line, ruston, started
from tui import stage
from tui.test_drills import in_drill, made

from trainer.live import key_socket
from trainer.settings import settings
from trainer.tui.widgets.keybar import KeyBar

unix = pytest.mark.skipif(sys.platform == "win32", reason="pedals come by a socket that Windows lacks")


def keys_shown(page) -> str:
    return str(page.query_one(KeyBar).render())


async def heeded(press: key_socket.Press, console: int | None = None) -> bool:
    return await asyncio.to_thread(key_socket.press, press, console)


@unix
async def test_a_pedal_talks_and_a_lost_release_keeps_nothing_open(here):
    console = made()
    async with console.run_test(size=(80, 24)) as pilot:
        assert not await heeded("down")  # nobody has signed on
        page = await in_drill(pilot)
        assert not await heeded("up")  # nothing was pressed
        assert await heeded("down")
        await stage.until(pilot, lambda: page.state.done and page.idle)  # nobody let go, and the call is over
        assert not page.operator.talking
        assert not await heeded("toggle")  # scored: there is nothing to say
        await pilot.press("enter")
        await stage.until(pilot, lambda: page.idle and page.state.cue.turn == 1 and not page.state.done)
        assert await heeded("toggle", os.getpid())
        await stage.until(pilot, lambda: page.state.done and page.idle)
        [there] = (here / "keys").iterdir()
        assert stat.S_IMODE(there.stat().st_mode) == 0o600
    assert not list((here / "keys").iterdir())


@unix
async def test_a_release_ends_the_call(here):
    console = made(pace="real")
    async with console.run_test(size=(80, 24)) as pilot:
        page = await in_drill(pilot)
        assert page.pressed_outside("down")
        await stage.until(pilot, lambda: page.operator.tape.status.seconds > 0.4)
        assert page.pressed_outside("down")  # a pedal that bounces is no second press
        assert page.operator.talking
        assert page.pressed_outside("up")
        await stage.until(pilot, lambda: not page.operator.talking and page.idle)


@unix
async def test_an_input_device_of_linux_is_heard_whatever_has_the_focus(here):
    event = struct.Struct("llHHi")
    os.mkfifo(here / "event7")
    console = made()
    async with console.run_test(size=(80, 24)) as pilot:
        page = await in_drill(pilot)
        listening = asyncio.create_task(
            asyncio.to_thread(started, "key", "listen", here / "event7", "--code", "57", "--json")
        )
        device = await asyncio.to_thread((here / "event7").open, "wb", 0)
        for code, value in ((30, 1), (57, 1), (57, 2)):  # another key; this one; its repeat
            device.write(event.pack(0, 0, 1, code, value))
        await stage.until(pilot, lambda: page.state.done and page.idle)
        device.close()  # unplugged while it is down
        run = await listening
        assert [json.loads(line)["press"] for line in run.stdout.splitlines()] == ["down"]
        assert "the device is gone" in one_line(run)


def test_where_there_is_no_console_or_device_one_line_says_so(tmp_path):
    assert "no console is open" in one_line(ruston("key", "down", RUSTON_DATA=str(tmp_path)))
    assert "event99" in one_line(ruston("key", "listen", tmp_path / "event99", RUSTON_DATA=str(tmp_path)))


@unix
def test_what_a_killed_console_left_is_cleared_and_one_of_several_is_named(here):
    (here / "keys").mkdir()
    pressed = []
    mine = key_socket.KeySocket(lambda press: bool(pressed.append(press)) or True)
    other = here / "keys" / "1.sock"
    mine.path.rename(other)  # as of another process
    newest = key_socket.KeySocket(lambda press: False)
    assert key_socket.consoles() == [os.getpid(), 1]
    assert not key_socket.press("down")
    assert key_socket.press("toggle", 1)
    assert pressed == ["toggle"]
    newest.close()
    mine._socket.shutdown(socket.SHUT_RDWR)  # killed: the file stays
    mine._socket.close()
    (here / "keys" / "2.sock").touch()
    assert "no console" in one_line(ruston("key", "up"))


async def test_a_key_of_ones_own_talks_and_is_shown(here):
    assert ruston("key", "map", "talk=v", "hold=f5").returncode == 0
    assert settings().keys == {"talk": "v", "hold": "f5"}
    console = made()
    async with console.run_test(size=(120, 40)) as pilot:
        page = await in_drill(pilot, "stafford")
        assert "V Talk" in keys_shown(page)
        assert "Space" not in keys_shown(page)
        await pilot.press("space")
        assert not page.operator.talking
        await pilot.press("м")  # the same key of a Russian keyboard
        await stage.until(pilot, lambda: page.state.done and page.idle)


@pytest.mark.parametrize(
    "keys, why", [({"talk": "h"}, "talk and hold"), ({"dance": "v"}, "dance"), ({"talk": "blurb"}, "blurb is no key")]
)
async def test_keys_that_cannot_be_are_told_and_the_usual_ones_are_in_force(here, keys, why):
    (here / "settings.json").write_text(json.dumps({"keys": keys}))
    console = made()
    async with console.run_test(size=(120, 40)) as pilot:
        page = await in_drill(pilot, "stafford")
        assert any(why in told.message for told in console._notifications)
        assert "Space Talk" in keys_shown(page)
    (name, key), *_none = keys.items()
    assert why in one_line(ruston("key", "map", f"{name}={key}"))


async def test_a_screen_is_laid_out_for_its_terminal_before_it_is_painted(here, monkeypatch):
    console, seen = made(), []
    mounted = KeyBar.on_mount
    async with console.run_test(size=(80, 24)) as pilot:
        await stage.signed_on(pilot, "stafford")
        monkeypatch.setattr(KeyBar, "on_mount", lambda bar: seen.append(set(bar.screen.classes)) or mounted(bar))
        console.action_open("settings")
        await stage.until(pilot, lambda: seen)
    assert {"-narrow", "-short"} <= seen[0]
