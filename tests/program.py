"""The program as a user types it, in the process of the tests: they need no new Python, and what is loaded stays so."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import click
from click.testing import CliRunner

from trainer.cli import FAULTS, main
from trainer.messages import choose_language, interface_language

USUAL = {"COLUMNS": "120", "RUSTON_INTERFACE": "en"}


@dataclass(frozen=True)
class Run:
    returncode: int
    stdout: str
    stderr: str


class _Program(click.Command):
    """All of it, with what goes before a command and comes after it."""

    def main(self, args, prog_name=None, **_settings):
        return main(list(args))


def ruston(*arguments: object, typed: str = "", **environment: str) -> Run:
    """Run a command. typed: what its questions are answered; environment: variables changed for it."""
    language = interface_language()
    try:
        program = _Program("ruston")
        done = CliRunner().invoke(program, list(map(str, arguments)), input=typed, env={**USUAL, **environment})
    finally:
        choose_language(language)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    if FAULTS in done.stderr:  # the last net caught what no test may miss
        written = re.search(rf"/.*{re.escape(FAULTS)}", done.stderr)
        raise AssertionError(done.stderr + (Path(written[0]).read_text(encoding="utf-8") if written else ""))
    return Run(done.exit_code, done.stdout, done.stderr)


def started(*arguments: object, **environment: str) -> Run:
    """The same in a process of its own: what libraries write past Python is seen, too."""
    run = subprocess.run(
        [sys.executable, "-m", "trainer", *map(str, arguments)], capture_output=True, encoding="utf-8",
        env={**os.environ, **USUAL, **environment}, check=False,
    )  # fmt: skip
    return Run(run.returncode, run.stdout, run.stderr)


def one_line(run: Run) -> str:
    """The refusal: one line on standard error, no traceback, exit code 2."""
    assert run.returncode == 2, run.stderr
    assert "Traceback" not in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1, run.stderr
    return run.stderr
