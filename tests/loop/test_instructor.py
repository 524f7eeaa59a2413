"""The instructor sees what the pair sees, and has a say."""

import os

import pytest
from crew import CUE, PLAN
from nursery import PIPE, begun
from rich.console import Console

from trainer.commands.overview import Overview
from trainer.drill.events import Advanced, Joined, Opened
from trainer.errors import UserError
from trainer.loop.instructor import Watch
from trainer.loop.pair import Reception
from trainer.phrasebook.load import load

book = load()


@pytest.fixture
def watched(loop):
    """The host's log, and a wall with this one loop."""
    host = loop.log(loop.host)
    Reception(loop.host, book, "ru", host)
    host.append(Opened(at=0.0, plan=PLAN))
    host.append(Joined(at=0.0, place="soyuz", name="Leonov"))
    host.append(CUE)
    with Watch(loop.join("instructor"), book, "Kranz") as watch:
        watch.join(10)
        host.catch_up()
        yield host, Overview([watch])


def test_what_is_watched_into_a_pipe_comes_as_it_happens(watched, loop, tmp_path):
    environment = {**os.environ, "RUSTON_CODE": str(loop.server.code("instructor")), "RUSTON_INTERFACE": "en",
                   "RUSTON_DATA": str(tmp_path), "COLUMNS": "120"}  # fmt: skip
    watching = begun("pair", "watch", "--headless", "--speaker", "mute", stdin=PIPE, stdout=PIPE, env=environment)
    with watching.stdout as told, watching.stdin as commands:
        assert any("the turn of Leonov: Capture!" in line for line in told)
        commands.write("quit\n")
    assert watching.wait(30) == 0


def test_words_of_command_reach_the_pair(watched):
    host, wall = watched
    wall.command("hold")
    host.catch_up()
    assert host.state.held_by == "instructor"
    wall.command("1 resume")
    wall.command("inject emg-01")
    wall.command("fail")
    wall.command("cue com-10 apollo")
    host.catch_up()
    assert host.state.held_by is None
    waiting = [(turn.prompt, turn.answers[:1], turn.seat) for by, turn in host.state.injected if by == "instructor"]
    assert waiting == [
        ("EMG-01", (), None), (None, ("EMG-02",), "soyuz"),
        ("PRO-07", (), None), (None, ("DOC-09",), "soyuz"),
        (None, ("COM-10",), "apollo"),
    ]  # fmt: skip


@pytest.mark.parametrize("line", ["dance", "inject", "inject NO-1", "7 hold", "cue COM-10 houston", "0 hold"])
def test_what_cannot_be_done_is_said_and_nothing_happens(watched, line):
    host, wall = watched
    before = host.events
    with pytest.raises(UserError):
        wall.command(line)
    host.catch_up()
    assert host.events == before


def test_a_name_that_looks_like_markup_is_a_name_on_the_wall(watched, capsys):
    _host, wall = watched
    wall.said = "[/x] [link=file:///etc/passwd]Eve[/link]"
    with wall.shown():
        pass
    assert wall.said in capsys.readouterr().out


def test_the_wall_shows_who_is_at_it_and_how_they_do(watched):
    host, wall = watched
    host.append(Advanced(at=0.2, turn=0))
    wall.command("hold")
    wall.said = "hold"
    console = Console(width=140, record=True, file=None, quiet=False)
    with console.capture() as capture:
        console.print(wall.picture())
    shown = capture.get()
    for text in ("docking", "1/2", "held by Kranz", "Leonov", "?-", "hold"):
        assert text in shown
