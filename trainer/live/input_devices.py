"""Pedals and buttons that Linux knows as input devices, read as they are: whatever has the focus, the key is heard.

Linux, Documentation/input/input.rst: an event is a time, a type, a code and a value; of type 1 (a key) the value is 1
where it goes down, 2 where it repeats, 0 where it comes up.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from trainer.errors import UserError
from trainer.live.key_socket import Press
from trainer.messages import gettext as _

LISTED = Path("/proc/bus/input/devices")
FOLDER = Path("/dev/input")
EVENT = struct.Struct("llHHi")
KEY, DOWN, UP = 1, 1, 0


@dataclass(frozen=True)
class InputDevice:
    """A device that may have the key of the radio: a pedal, a button.

    Attributes:
        readable: whether we may hear it.
    """

    path: Path
    name: str
    readable: bool


def devices() -> list[InputDevice]:
    """What has keys or buttons on this machine; nothing where it is no Linux."""
    try:
        listed = LISTED.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    found = []
    for block in listed.split("\n\n"):
        name, event = re.search(r'^N: Name="(.*)"$', block, re.MULTILINE), re.search(r"\bevent\d+\b", block)
        if name and event and "EV=" in block and " kbd" in block:
            path = FOLDER / event[0]
            found.append(InputDevice(path, name[1], _readable(path)))
    return found


def _readable(path: Path) -> bool:
    try:
        with path.open("rb"):
            return True
    except OSError:
        return False


def presses(path: Path, code: int | None = None) -> Iterator[Press]:
    """Every press and release of a device's keys, or of the one with a code, until the device is gone.

    Raises UserError where it may not be read."""
    try:
        with path.open("rb") as device:
            while len(event := device.read(EVENT.size)) == EVENT.size:
                _seconds, _micros, kind, pressed, value = EVENT.unpack(event)
                if kind == KEY and code in (None, pressed) and value in (DOWN, UP):
                    yield "down" if value == DOWN else "up"
    except PermissionError as error:
        message = _("{path}: you may not hear this device. `sudo usermod -aG input $USER` lets you, after a new login.")
        raise UserError(message.format(path=path)) from error
    except OSError as error:
        raise UserError(_("{path}: {reason}.").format(path=path, reason=error.strerror or error)) from error
