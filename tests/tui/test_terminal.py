"""The console in a real terminal: tmux, a pseudo-terminal, real keys, a real process."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack

import pytest
from nursery import PIPE, begun
from tui.test_watch import Host

from trainer.bundled import bundled

tmux = shutil.which("tmux")
pytestmark = pytest.mark.skipif(tmux is None, reason="tmux is not installed")
PATIENCE = 60.0  # s until something must be on the screen


class Terminal:
    def __init__(self, folder, size=(80, 24)):
        self._socket = str(folder / "tmux")
        self._folder = folder
        self._status = folder / "status"
        self._size = size

    def tmux(self, *arguments):
        run = subprocess.run(
            [tmux, "-S", self._socket, "-f", os.devnull, *arguments], capture_output=True, encoding="utf-8", check=False
        )
        return run.stdout

    def start(self, *arguments):
        command = [sys.executable, "-m", "trainer", "--interface", "en", *arguments]
        width, height = map(str, self._size)
        environment = ["-e", f"RUSTON_DATA={self._folder}", "-e", f"PYTHONPATH={os.environ.get('PYTHONPATH', '')}"]
        # tmux now and then forgets the status of what ran in it, so a shell keeps it.
        kept = ["sh", "-c", f'"$@"; echo $? > {self._status}', "sh", *command]
        self.tmux("new-session", "-d", "-s", "t", "-x", width, "-y", height, *environment, *kept)
        self.tmux("set-option", "-g", "remain-on-exit", "on")

    def screen(self):
        return self.tmux("capture-pane", "-p", "-t", "t")

    def sees(self, *texts):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            shown = self.screen()
            if all(text in shown for text in texts):
                return shown
        raise AssertionError(f"{texts} not on the screen:\n{self.screen()}")

    def ended(self):
        """The exit status of the console."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self._status.exists() and (status := self._status.read_text().strip()):
                return status
        raise AssertionError("the console did not end")

    def press(self, *keys):
        self.tmux("send-keys", "-t", "t", *keys)

    def close(self):
        self.tmux("kill-server")


@pytest.fixture
def terminal(tmp_path):
    opened = Terminal(tmp_path)
    yield opened
    opened.close()


def test_a_drill_in_a_real_terminal(terminal):
    readings = str(bundled("audio") / "reference")
    terminal.start("console", "--mic", readings, "--speaker", "mute", "--pace", "fast", "--seed", "7", "--size", "1")
    terminal.sees("Sign on", "Thomas Stafford")
    terminal.press("Enter")
    terminal.sees("Do you read Cyrillic letters?")
    terminal.press("Enter")
    terminal.sees("Mission board", "Comm check")
    terminal.press("2", "Enter")
    terminal.sees("CLEAR", "mic closed", "Say it, in Russian")
    terminal.press("Space")
    shown = terminal.sees("next", "●")
    assert "́" in shown  # stress marks reach the screen
    terminal.press("Enter")
    terminal.sees("Debrief", "1 answer")
    terminal.press("C-q")
    assert terminal.ended() == "0"


@pytest.mark.parametrize("number", ["TERM", "HUP"])
def test_a_console_that_is_told_to_end_gives_the_terminal_back(terminal, number):
    terminal.start("console", "--no-records")
    terminal.sees("Thomas Stafford")
    console = terminal.tmux("display-message", "-p", "-t", "t", "#{pane_pid}").strip()
    subprocess.run(["pkill", f"-{number}", "-P", console], check=True)
    assert terminal.ended() == "130"
    shown = "#{alternate_on} #{mouse_any_flag}"
    assert terminal.tmux("display-message", "-p", "-t", "t", shown).split() == ["0", "0"]
    terminal.sees("ruston: stopped.")


def test_escape_closes_the_microphone_in_a_real_terminal(terminal):
    clip = str(bundled("audio") / "samples" / "ru" / "com-10-right-man.opus")
    terminal.start("console", "--mic", clip, "--speaker", "mute", "--seed", "7", "--size", "1", "--no-records")
    terminal.sees("Thomas Stafford")
    terminal.press("Enter")
    terminal.sees("Do you read Cyrillic letters?")
    terminal.press("Enter")
    terminal.sees("Comm check")
    terminal.press("2", "Enter")
    terminal.sees("Say it, in Russian")
    terminal.press("Space")
    terminal.sees("TRANSMIT", "MIC OPEN")
    terminal.press("Escape")
    terminal.sees("CLEAR", "mic closed", "Space, then speak")


def test_a_hot_seat_from_the_command_line_opens_the_console(terminal):
    readings = str(bundled("audio") / "reference")
    sound = ("--mic", readings, "--speaker", "mute", "--pace", "fast")
    terminal.start("pair", "here", "--mode", "respond", "--phase", "docking", "--size", "2", "--seed", "7", *sound)
    terminal.sees("What is to come", "Leonov", "Stafford")
    terminal.press("r")
    terminal.sees("Leonov", "Stafford", "▶", "CLEAR", "Space, then speak")
    terminal.press("Space")
    terminal.sees("next", "×1")
    terminal.press("Enter")
    terminal.sees("CLEAR", "Space, then speak")


def test_a_host_in_the_console_drills_with_a_partner_who_has_no_screen(terminal, tmp_path):
    sound = ("--mic", str(bundled("audio") / "reference"), "--speaker", "mute", "--pace", "fast")
    drill = ("--mode", "respond", "--phase", "docking", "--size", "2", "--seed", "7")
    terminal.start("pair", "host", "--address", "127.0.0.1", *drill, *sound)
    shown = terminal.sees("Waiting for the partner", "this code")
    code = re.findall(r"(?:[0-9A-Z]{5}-){6,}[0-9A-Z]{5}", shown)[0]
    environment = {**os.environ, "RUSTON_DATA": str(tmp_path / "guest"), "RUSTON_CODE": code}
    guest = begun("pair", "join", *sound, "--json", stdout=PIPE, env=environment)
    with guest.stdout as lines:
        try:
            terminal.sees("What is to come", "✓ ready")
            terminal.press("r")
            for turn in ("2/4", "3/4"):
                terminal.sees(turn, "▶ Alexey Leonov EN (you)", "Space, then speak")
                terminal.press("Space")
            terminal.sees("Debrief")
            said = lines.read()
        finally:
            guest.kill()
            guest.wait()
    assert guest.returncode == 0
    kinds = [json.loads(line)["kind"] for line in said.splitlines() if "ruston.event" in line]
    assert kinds[-1] == "ended"
    assert kinds.count("assessed") >= 2


def test_an_instructor_at_a_terminal_has_the_screen_and_no_code_stays_on_the_command_line(terminal, tmp_path):
    with ExitStack() as stack:
        host = Host(tmp_path / "loop", stack)
        terminal.start("pair", "watch", "--speaker", "mute", str(host.code))
        terminal.sees("Instructor on the loops", "waits for")
        running = subprocess.run(["ps", "-eo", "args"], capture_output=True, encoding="utf-8", check=True).stdout
        own = [line for line in running.splitlines() if line.startswith(sys.executable) and "-m trainer" in line]
        assert own
        assert not any(str(host.code) in line for line in own)
        host.begin()
        terminal.sees("Docking", "▶ Leonov EN", "Capture!", "H Hold")
        terminal.press("h")
        terminal.sees("‖ held by", "H Resume")
        assert host.state.held_by == "instructor"
        terminal.press("Escape")
        assert terminal.ended() == "0"
