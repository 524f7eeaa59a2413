"""The one file of settings: a damaged one is told of, never replaced, and what is usual is in force meanwhile."""

import json

import pytest
from program import one_line, ruston

from trainer.errors import UserError
from trainer.live.program import Options
from trainer.settings import Settings, save_settings, settings
from trainer.tui import preferences
from trainer.tui.app import Console

DAMAGED = [b"{", b"\xff\xfe{}", b"[]", b'{"words": ["en"]}', b'{"words": {"de": "x"}}', b'{"phones": 7}',
           b'{"console": "dark"}', b"[" * 100_000]  # fmt: skip


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("RUSTON_DATA", str(tmp_path))
    return tmp_path / "settings.json"


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_file_stays_as_it_is_and_is_told_of(file, content):
    file.write_bytes(content)
    assert str(file) in settings().trouble
    assert settings() == Settings(trouble=settings().trouble)
    with pytest.raises(UserError, match="Mend or delete the file"):
        save_settings(Settings(phones="mine"))
    assert file.read_bytes() == content


def test_the_commands_say_so_and_go_on_with_what_is_usual(file):
    file.write_text("{")
    run = ruston("phrases", "DOC-09")
    assert run.returncode == 0
    assert "settings cannot be read" in run.stderr
    assert ruston("models", "use", "built-in").returncode == 2
    assert file.read_text() == "{"


async def test_the_console_says_so_and_replaces_nothing(file):
    file.write_text("{")
    console = Console(Options())
    async with console.run_test() as pilot:
        await pilot.pause()
        assert any("settings cannot be read" in told.message for told in console._notifications)
        await pilot.press("f2")
        console.use_theme("ruston-day")
        await pilot.pause()
    assert file.read_text() == "{"


def test_what_the_console_chose_stays_beside_what_others_keep_there(file):
    file.write_text(json.dumps({"words": {"en": "own"}, "console": {"radio": "loud", "who": "anna", "new": 1}, "x": 2}))
    console = Console(Options())
    assert (console.preferences.who, console.preferences.radio) == ("anna", 0.4)
    console.preferences.changed(who="brad")
    kept = json.loads(file.read_text())
    assert (kept["words"], kept["x"]) == ({"en": "own"}, 2)
    assert (kept["console"]["who"], kept["console"]["new"]) == ("brad", 1)
    save_settings(Settings(phones="mine", others=settings().others))
    assert json.loads(file.read_text())["x"] == 2


def test_each_language_has_its_voice_and_one_chosen_before_counts_for_both(file):
    file.write_text(json.dumps({"console": {"voice": "woman"}}))
    console = Console(Options())
    assert console.program.voices == {"en": "woman", "ru": "woman"}
    console.preferences = console.preferences.changed(voice_en="man")
    preferences.apply(console.preferences, console.program)
    assert console.program.voices == {"en": "man", "ru": "woman"}
    assert Console(Options()).program.voices == {"en": "man", "ru": "woman"}


def test_a_data_folder_that_is_none_is_told_once(tmp_path):
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    for command in (("records", "info"), ("ear", "--list")):
        assert "RUSTON_DATA is to name a folder" in one_line(ruston(*command, RUSTON_DATA=str(tmp_path / "file")))
