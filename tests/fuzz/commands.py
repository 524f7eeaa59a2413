"""Command lines that nobody would type, each in a process of its own, without rights, in a throw-away folder."""

import codecs
import encodings
import faulthandler
import importlib
import os
import pkgutil
import resource
import signal
import sys
import tempfile
import traceback
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import click
import numpy as np
import soundfile

import trainer
from tests.fuzz.targets import BOOK
from trainer.cli import FAULTS, main
from trainer.commands import ruston
from trainer.errors import STOPPED
from trainer.records.store import Store

LIMIT = 60  # s, of a command that works: scoring and drills are slow on a busy machine
# What waits for a partner, plays in real time or measures for minutes is stopped as by Ctrl-C.
WAITING = {"console", "demo", "pair", "scorer", "bench"}
PATIENCE = 8  # s, until then
MEMORY = 4 << 30  # bytes of addresses
NOBODY = 65534
VALUES = (
    "", "0", "-1", "1e999", "nan", "inf", "99999999999999999999", "9" * 400, "A" * 300, "\u202e", "Ё\u0301", "[/red]",
    "[link=x]y", "{0}", "%s%n", "~", "~nobody-at-all/x", "..", ".", "/", "/dev/null", "/dev/full", "/proc/self/mem",
    "there.toml", "there.csv", "there.wav", "folder", "not-there", "postgresql://nobody@127.0.0.1:1/x?foo=bar",
    "sqlite:///x?y=z", "file:///x", "9999-12-31", "0001-01-01T00:00:00+14:00", "20260715", "2026-02-30", "en", "ru",
    "leonov", "COM-10", "comm-check", "echo", "docking", "a.b", "RBK-03.7", "RBK-03.99999999999999999999", "--", "-",
    "\x1b[2J", "a\nb", "Jos\udce9", "\ud800",
)  # fmt: skip
NOT_LOADED = {"antigravity", "this", "idlelib", "turtle", "turtledemo", "lib2to3", "test"}  # these do something
SURROUNDINGS = {
    "TZ": ("UTC+25", "Asia/Vladivostok", "x", ""),
    "COLUMNS": ("99999999", "0", "-1", "x"),
    "RUSTON_DATA": ("~nobody-at-all/x", "/dev/null", "a/b"),
    "RUSTON_RECORDS": ("postgresql://x", "~nobody-at-all/x", "/dev/null", "folder"),
    "RUSTON_INTERFACE": ("xx", "", "ru"),
    "LANG": ("xx_YY.z", "C", "ru_RU.KOI8-R"),
    "TERM": ("dumb", "", "xterm-x"),
}


def lines(draw: Random, count: int) -> Iterator[list[str]]:
    """So many command lines: a command, some of its options and arguments, and values that do not belong there."""
    known = list(_commands(ruston, ()))
    for _line in range(count):
        path, command = draw.choice(known)
        arguments = list(path)
        for parameter in draw.sample(command.params, draw.randint(0, len(command.params))):
            if isinstance(parameter, click.Option):
                arguments.append(draw.choice(parameter.opts))
                if not parameter.is_flag:
                    arguments.append(_value(draw, parameter))
            else:
                arguments += [_value(draw, parameter) for _value_of_it in range(draw.choice((1, 1, 2)))]
        if draw.random() < 0.1:
            arguments.insert(draw.randrange(len(arguments) + 1), draw.choice(VALUES))
        yield arguments


def _commands(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _commands(inner, (*path, name))
    if path:
        yield path, command


def _value(draw: Random, parameter: Any) -> str:
    if isinstance(parameter.type, click.Choice) and draw.random() < 0.8:
        return str(draw.choice(list(parameter.type.choices)))
    return draw.choice(VALUES)


def furnish(folder: Path) -> None:
    """What some of the values name, so that a command has something to read."""
    (folder / "there.toml").write_bytes(BOOK)
    (folder / "there.csv").write_text("name,first,crew\nAnna,en,A\n", encoding="utf-8")
    (folder / "folder").mkdir(exist_ok=True)
    voice = (0.2 * np.sin(np.arange(16_000) / 5)).astype(np.float32)
    for path in (folder / "there.wav", folder / "folder" / "1.wav"):
        soundfile.write(path, voice, 16_000)
    (folder / "folder" / "clips.tsv").write_text("path\tphrase\tlanguage\n1.wav\tCOM-10\ten\n", encoding="utf-8")


def load_everything() -> None:
    """Before rights are given up: what Python loads later may lie where nobody else may read."""
    for module in pkgutil.walk_packages(trainer.__path__, "trainer."):
        if not module.name.endswith(("__main__", "env")) and ".migrations.versions" not in module.name:
            with suppress(ImportError):
                importlib.import_module(module.name)
    with tempfile.TemporaryDirectory() as first:
        Store.open(f"{first}/records.sqlite").close()  # migrations load more
    for name in sorted(sys.stdlib_module_names - NOT_LOADED):
        with suppress(ImportError, OSError), warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # some of Python's own will go
            importlib.import_module(name)
    for module in pkgutil.iter_modules(encodings.__path__):
        with suppress(LookupError):
            codecs.lookup(module.name)


def ending(arguments: list[str], folder: Path, surroundings: dict[str, str] | None = None) -> str:
    """Empty where a command ended as it may: 0 or 2, or 130 where it was stopped; in time, without a fault of its own.
    Else what went wrong."""
    sys.stdout.flush()
    sys.stderr.flush()
    read, write = os.pipe()
    faulthandler.cancel_dump_traceback_later()  # pytest's: a child would wait for its thread, which it lacks
    if (child := os.fork()) == 0:
        os.close(read)
        _run(arguments, folder, surroundings or {}, write)
    os.close(write)
    with os.fdopen(read, "r", encoding="utf-8", errors="replace") as told:
        fault = told.read()
    _pid, status = os.waitpid(child, 0)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # those that it had started
    if os.WIFSIGNALED(status):
        return f"ended by signal {os.WTERMSIG(status)}\n{fault}"
    code = os.WEXITSTATUS(status)
    may_end = (0, 2, STOPPED) if WAITING.intersection(arguments) else (0, 2)
    return fault or ("" if code in may_end else f"exit code {code}")


def _stop(_signal: int, _frame: object) -> None:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(LIMIT)
    raise KeyboardInterrupt


def _run(arguments: list[str], folder: Path, surroundings: dict[str, str], write: int) -> None:
    """In the child. Never returns."""
    code = 99
    try:
        os.setsid()
        os.chdir(folder)
        data = folder / "data"
        data.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, NOBODY, NOBODY)
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        os.environ.update({"HOME": str(folder), "RUSTON_DATA": str(data), "RUSTON_OFFLINE": "1", "COLUMNS": "80",
                           "RUSTON_INTERFACE": "en", **surroundings})  # fmt: skip
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 28, 1 << 28))
        waits = bool(WAITING.intersection(arguments))
        signal.signal(signal.SIGALRM, _stop if waits else signal.SIG_DFL)
        signal.alarm(PATIENCE if waits else LIMIT)
        faulthandler.dump_traceback_later(PATIENCE + 2 * LIMIT, exit=True, file=write)  # of what heeds no signal
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in range(3):
            os.dup2(null, descriptor)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        for faults in (data / FAULTS, folder / "a" / "b" / FAULTS):
            faults.unlink(missing_ok=True)
        try:
            main(arguments)
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        for faults in (data / FAULTS, folder / "a" / "b" / FAULTS):
            if faults.exists():
                os.write(write, faults.read_bytes()[-3000:])
    except BaseException:
        os.write(write, traceback.format_exc().encode("utf-8", "replace")[-3000:])
    finally:
        os._exit(code)
