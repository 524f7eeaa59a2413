"""The list of commands: complete, in groups, nothing cut off, and only what is asked for is read."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from program import started

import trainer.commands
from trainer.commands import ruston
from trainer.commands.listed import COMMANDS

FILES = {path.stem for path in Path(trainer.commands.__file__).parent.glob("[a-z]*.py")}


def test_every_file_of_a_command_is_in_the_table():
    for name in FILES:
        import_module(f"trainer.commands.{name}")
    assert set(ruston.commands) == {name for group in COMMANDS.values() for name in group}


def test_the_list_is_in_groups_and_no_text_is_cut_off():
    told = CliRunner().invoke(ruston, ["--help"], terminal_width=80).output
    assert all(f"{heading}:" in told for heading in COMMANDS)
    assert "..." not in told.partition("[ARGS]...")[2]
    flat = " ".join(told.split())
    with click.Context(ruston) as context:
        for name in ruston.list_commands(context):
            command = ruston.get_command(context, name)
            first, _more, _rest = " ".join(command.help.split()).partition(". ")
            assert f"{name} {first.rstrip('.')}" in flat.replace("- ", "-"), name


def commands_read_by(*arguments: str) -> list[str]:
    code = (
        "import sys; from trainer.cli import main\n"
        f"try: main({[*arguments]!r})\n"
        "finally: print(*sorted(name for name in sys.modules if name.startswith('trainer.commands.')))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    return run.stdout.splitlines()[-1].split()


def test_a_command_is_all_that_is_read_of_the_commands():
    assert commands_read_by("timeline", "--help") == ["trainer.commands.listed", "trainer.commands.timeline"]
    assert commands_read_by("--help") == ["trainer.commands.listed"]


@pytest.mark.parametrize(
    "interface, usage", [("en", "[OPTIONS] [ID]..."), ("ru", "[ПАРАМЕТРЫ] [КОД]...")], ids=["en", "ru"]
)
def test_what_stands_for_arguments_is_in_the_language_of_the_interface(interface, usage):
    told = started("--interface", interface, "own-list", "--help").stdout
    assert usage in told.splitlines()[0]
    assert ("NAME" in told, "ИМЯ" in told) == (interface == "en", interface == "ru")
    calls = started("--interface", interface, "phrasebook", "--help").stdout
    assert "deck" in calls
    assert "..." not in calls.partition("deck")[2]
    assert "doctor" not in calls  # its own commands, not those of all
    group = started("--interface", interface, "reference", "record", "--help").stdout
    assert ("OPTIONS" in group, "ПАРАМЕТРЫ" in group) == (interface == "en", interface == "ru")
