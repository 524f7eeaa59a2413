"""Key releases by the kitty keyboard protocol: what such a terminal sends, and what one without it does."""

import os
import pty
import signal
import subprocess
import sys
import threading
import tty

import pytest
from textual import events
from textual.keys import Keys

from trainer.tui.keyboard import RELEASED, REPEATED, ReleaseDriver, ReleaseParser
from trainer.tui.terminal_query import ask


def keys(sent: str) -> list[str]:
    found = []
    for event in ReleaseParser().feed(sent):
        assert isinstance(event, events.Key)
        found.append(event.key)
    return found


@pytest.mark.parametrize(
    "sent, understood",
    [
        (" ", ["space"]),  # a terminal without the protocol
        ("\x1b[32;;32u", ["space"]),
        ("\x1b[32;1:1;32u", ["space"]),
        ("\x1b[32;1:2;32u", [REPEATED]),
        ("\x1b[32;1:3u", [RELEASED]),
        ("\x1b[97;1:3u", []),  # other keys come up unnoticed
        ("\x1b[97;;97u", ["a"]),
        ("\x1b[1;1:1A", ["up"]),
        ("\x1b[1;1:2A", ["up"]),
        ("\x1b[1;1:3A", []),
        ("\x1b[112;5:1u", ["ctrl+p"]),
        ("\x1b[27;1:3u", []),
        ("\x1b[27u", ["escape"]),
        ("\x1b[1080;;1080u", ["и"]),
        ("\x1b[32;1:1;32u\x1b[32;1:2;32u\x1b[32;1:3u", ["space", REPEATED, RELEASED]),
    ],
)
def test_presses_repeats_and_releases_are_told_apart(sent, understood):
    assert [key for key in keys(sent) if key != Keys.Ignore.value] == understood


def test_a_console_whose_terminal_is_gone_ends_even_where_the_hang_up_is_not_heard(tmp_path):
    ours, theirs = pty.openpty()
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        console = subprocess.Popen(
            [sys.executable, "-m", "trainer", "console", "--speaker", "mute", "--no-records"],
            stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
            env={**os.environ, "RUSTON_DATA": str(tmp_path), "TERM": "xterm-256color"},
        )  # fmt: skip
    finally:
        signal.signal(signal.SIGHUP, before)
    os.close(theirs)
    written = b""
    while b"Thomas Stafford" not in written:
        written += os.read(ours, 65536)
    os.close(ours)
    try:
        console.wait(timeout=60)
    finally:
        console.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_keys_that_are_pressed_while_the_terminal_is_asked_are_not_lost(monkeypatch):
    for name in ("TERM_PROGRAM", "TMUX", "STY", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-kitty")
    ours, theirs = pty.openpty()
    try:
        os.write(ours, "\x1bOP\rж".encode() + b"\x1bP>|kitty(0.35.2)\x1b\\" + b"t\x1b[6;20;10t\x1b[?62;4c")
        graphics, pressed = ask(theirs, theirs)
    finally:
        os.close(ours)
        os.close(theirs)
    assert graphics is not None
    assert graphics.protocol == "kitty"
    assert pressed == "\x1bOP\rжt"
    keys = [event.key for event in ReleaseParser().feed(pressed) if isinstance(event, events.Key)]
    assert keys == ["f1", "enter", "ж", "t"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_byte_that_is_no_text_is_passed_over():
    came: list[str] = []

    class Heard(ReleaseDriver):
        def __init__(self, keyboard):
            self.fileno, self._debug, self.exit_event = keyboard, False, threading.Event()

        def process_message(self, message):
            if isinstance(message, events.Key):
                came.append(message.key)
            if came[-1:] == ["z"]:
                self.exit_event.set()

    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    try:
        os.write(ours, b"a\xd0b\xff\xfe" + "ж".encode() + b"z")
        Heard(theirs).run_input_thread()
    finally:
        os.close(ours)
        os.close(theirs)
    assert came == ["a", "b", "ж", "z"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_keys_that_are_pressed_before_a_terminal_that_is_not_asked_are_not_lost_either():
    ours, theirs = pty.openpty()
    try:
        os.write(ours, b"\r\x1bOP")
        assert ask(theirs, theirs, pictures=False) == (None, "\r\x1bOP")
    finally:
        os.close(ours)
        os.close(theirs)
