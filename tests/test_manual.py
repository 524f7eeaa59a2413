"""The manual: the same in both languages, true to the commands, read offline."""

import json
import re

import click
import program
import pytest
from click.testing import CliRunner

from trainer.commands import ruston
from trainer.manual import FOLDER, TOPICS, page

SHELL = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def commands(text: str) -> list[str]:
    lines = "\n".join(SHELL.findall(text)).splitlines()
    return [line.partition("  #")[0].strip() for line in lines]


def options(words: list[str]) -> tuple[str, set[str]]:
    """A command line's command, and all options of it, of its subcommand and of the program."""
    with click.Context(ruston) as context:
        command = ruston.get_command(context, words[1])
        assert command, words
        known = {option for parameter in (*ruston.params, *command.params) for option in parameter.opts}
        if isinstance(command, click.Group):
            named = command.get_command(context, words[2] if words[2:] else "")
            sub = named or command.get_command(context, "show") or command  # `reference DOC-09` shows it
            known |= {option for parameter in sub.params for option in parameter.opts}
    return words[1], known


@pytest.mark.parametrize("topic", TOPICS)
def test_both_languages_show_the_same_commands(topic):
    english, russian = page(topic, "en"), page(topic, "ru")
    assert commands(english.text) == commands(russian.text)
    assert set(re.findall(r"--[a-z-]+", english.text)) == set(re.findall(r"--[a-z-]+", russian.text))
    assert len(russian.text) > len(english.text) / 2


@pytest.mark.parametrize("topic", TOPICS)
def test_every_option_in_a_command_is_one_that_its_help_lists(topic):
    for line in commands(page(topic, "en").text):
        words = re.sub(r"[\"'][^\"']*[\"']", "TEXT", line).split()
        if words and words[0] == "ruston":
            _command, known = options(words)
            assert {word for word in words if word.startswith("--")} <= known, line


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("topic", TOPICS)
def test_no_command_is_broken_by_a_narrow_terminal(topic, language):
    shown = commands(f"```sh\n{program.ruston('--interface', language, 'manual', topic, COLUMNS='80').stdout}```")
    assert set(commands(page(topic, language).text)) <= set(shown)


def test_no_page_is_left_out():
    for language in ("en", "ru"):
        assert {path.stem for path in (FOLDER / language).glob("*.md")} == set(TOPICS)


def test_it_is_read_by_command_in_either_language_and_by_programs():
    read = CliRunner().invoke(ruston, ["manual", "pairs", "--json"])
    assert json.loads(read.output)["title"] == page("pairs", "en").title
    listed = CliRunner().invoke(ruston, ["manual"]).output
    assert all(topic in listed for topic in TOPICS)
    wrong = CliRunner().invoke(ruston, ["manual", "moon"])
    assert "moon" in str(wrong.exception)


async def test_it_is_behind_f1_and_turned_page_by_page(tmp_path, monkeypatch):
    from trainer.live.program import Options
    from trainer.tui.app import Console
    from trainer.tui.screens.manual import ManualPage

    monkeypatch.setenv("RUSTON_DATA", str(tmp_path))
    console = Console(Options(speaker="mute", keep=False))
    async with console.run_test(size=(80, 24)) as pilot:
        await pilot.press("f1", "m")
        await pilot.pause()
        assert isinstance(console.screen, ManualPage)
        for topic in (TOPICS[1], TOPICS[0], TOPICS[-1]):
            await pilot.press("right" if topic == TOPICS[1] else "left")
            await pilot.pause()
            assert console.screen.query_one("#manual-page").source.startswith(f"# {page(topic, 'en').title}")
