"""The key of a running console, pressed from outside: by a pedal, a headset's button, a shortcut of the desktop.

A console listens at a socket of its own in the data folder. Whoever may read that folder writes a line, `down`, `up` or
`toggle`, and reads one: `ok`, or `idle` where the key means nothing now. So any program can press, and none needs to be
ours. A release that gets lost holds nothing: silence after speech and the longest recording end a call as ever.
"""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal, get_args

from trainer.data_folder import data_folder
from trainer.errors import UserError
from trainer.messages import gettext as _

Press = Literal["down", "up", "toggle"]
PRESSES: tuple[Press, ...] = get_args(Press)
OK, IDLE = b"ok\n", b"idle\n"
PATIENCE = 5.0  # s for a console to answer
LINE = 16  # bytes, more than any word
LONGEST_ADDRESS = 100  # bytes of a path that every system takes


def folder() -> Path:
    return data_folder() / "keys"


class KeySocket:
    """A console's, until it is closed."""

    def __init__(self, pressed: Callable[[Press], bool]) -> None:
        """pressed: called in a thread of its own; whether the key meant anything. Raises UserError."""
        self._pressed = pressed
        self.path = folder() / f"{os.getpid()}.sock"
        try:
            folder().mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.unlink(missing_ok=True)
            self._socket = socket.socket(socket.AF_UNIX)
            with _address(self.path) as address:
                self._socket.bind(address)
            self.path.chmod(0o600)
            self._socket.listen()
        except (OSError, AttributeError) as error:  # Python for Windows has no such sockets
            message = _("a pedal or button cannot reach this console ({reason}).")
            raise UserError(message.format(reason=error)) from error
        threading.Thread(target=self._serve, name="key socket", daemon=True).start()

    def close(self) -> None:
        self.path.unlink(missing_ok=True)
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _sender = self._socket.accept()
            except OSError:  # closed
                return
            with client, suppress(OSError):
                client.settimeout(PATIENCE)
                word = client.makefile("rb").readline(LINE).strip().decode("ascii", "replace")
                client.sendall(OK if word in PRESSES and self._heeded(word) else IDLE)

    def _heeded(self, press: Press) -> bool:
        try:
            return self._pressed(press)
        except RuntimeError:  # the console is just ending
            return False


def consoles() -> list[int]:
    """The consoles that run, by their processes' numbers, the newest first. What ended ones have left is cleared."""
    there = []
    for path in folder().glob("*.sock"):
        with suppress(OSError, ValueError):
            there.append((path.stat().st_mtime, int(path.stem)))
    return [number for _made, number in sorted(there, reverse=True) if _runs(number)]


def _runs(number: int) -> bool:
    path = folder() / f"{number}.sock"
    try:
        with socket.socket(socket.AF_UNIX) as client, _address(path) as address:
            client.connect(address)
    except ConnectionRefusedError:
        path.unlink(missing_ok=True)
        return False
    except (OSError, AttributeError):
        return False
    return True


def press(what: Press, console: int | None = None) -> bool:
    """Press the key of the newest console, or of the one that is named. Whether it meant anything there.

    Raises UserError where there is no such console."""
    running = consoles()
    if console is None and not running:
        raise UserError(_("no console is open: `ruston` opens one."))
    if console is not None and console not in running:
        there = ", ".join(map(str, running)) or "-"
        raise UserError(_("there is no console {number}. Open are: {numbers}.").format(number=console, numbers=there))
    path = folder() / f"{running[0] if console is None else console}.sock"
    try:
        with socket.socket(socket.AF_UNIX) as client, _address(path) as address:
            client.settimeout(PATIENCE)
            client.connect(address)
            client.sendall(f"{what}\n".encode())
            return client.makefile("rb").readline(LINE) == OK
    except OSError as error:
        raise UserError(_("the console does not answer ({reason}).").format(reason=error)) from error


@contextmanager
def _address(path: Path) -> Iterator[str]:
    """A path as sockets take it: where it is too long for them, by way of its folder, opened."""
    if len(os.fsencode(path)) <= LONGEST_ADDRESS:
        yield str(path)
        return
    opened = os.open(path.parent, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{opened}/{path.name}"
    finally:
        os.close(opened)
