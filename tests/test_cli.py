"""How a command ends: in its answer, in one line, or because somebody stopped it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from tests.program import USUAL, one_line, ruston
from trainer.commands import click_texts
from trainer.messages import choose_language
from trainer.records.store import Store


@pytest.fixture
def control_c_heard():
    """What a shell starts in the background is deaf to Ctrl-C, and all that it starts: not so here."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a file that is open without an end")
@pytest.mark.parametrize("interface, told", [("en", "ruston: stopped."), ("ru", "ruston: остановлено.")])
def test_control_c_stops_with_one_line_and_the_exit_code_of_shells(tmp_path, interface, told, control_c_heard):
    os.mkfifo(tmp_path / "class.csv")
    command = subprocess.Popen(
        [sys.executable, "-m", "trainer", "desk", "roster", tmp_path / "class.csv"], stderr=subprocess.PIPE,
        encoding="utf-8", env={**os.environ, **USUAL, "RUSTON_INTERFACE": interface, "RUSTON_DATA": str(tmp_path)},
    )  # fmt: skip
    with (tmp_path / "class.csv").open("w"):  # opens as soon as the command reads
        command.send_signal(signal.SIGINT)
        _out, errors = command.communicate(timeout=60)
    assert (command.returncode, errors.strip()) == (130, told)


def test_a_question_that_nobody_answers_changes_nothing(tmp_path):
    records = tmp_path / "records.sqlite"
    with Store.open(str(records)) as store:
        anna = store.add_learner("anna", "Anna", "en")
    unanswered = ruston("privacy", "delete", "anna", "--records", records)
    assert (unanswered.returncode, unanswered.stderr.splitlines()[-1]) == (2, "ruston: no answer came.")
    with Store.open(str(records)) as store:
        assert store.learners() == [anna]


def test_options_of_the_console_open_it_without_its_name():
    for options in (["--mic", "talk.wav"], ["--interface", "en", "--seed=7"]):
        assert "the console needs a terminal" in one_line(ruston(*options))
    assert "No such option" in ruston("--json", "phrases").stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("words", "x"), "Не указан параметр '--language'. Выберите одно из: en, ru."),
        (("drill", "--mode", "x"), "Недопустимое значение '--mode': 'x' не годится, бывает: 'echo', 'read'"),
        (("ear", "--nothing"), "Нет такого параметра: '--nothing'."),
        (("nothing",), "Нет такой команды: 'nothing'."),
        (("rules", "a", "b"), "Лишний аргумент (b)."),
    ],
)
def test_a_command_that_is_not_understood_is_told_in_one_line_of_the_interface(arguments, told):
    refused = ruston("--interface", "ru", *arguments)
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"ruston: {told}")
    assert refused.stderr.count("\n") == 1
    assert "Как надо, показывает `ruston" in refused.stderr


def test_what_is_named_as_clicks_own_text_is_what_click_says():
    said = "".join(path.read_text(encoding="utf-8") for path in Path(click.__file__).parent.glob("*.py"))
    written = [text.encode("unicode_escape").decode() for text in click_texts.ONE]
    assert [text for text in written if f'"{text}"' not in said and text != "required"] == []
    choose_language("en")
    assert [text for text in click_texts.counted(1) if f'"{text}"' not in said] == []


INTERRUPTED = """
import sys
class Interrupted:
    def find_spec(self, name, path=None, target=None):
        if name == "trainer.cli":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupted())
from trainer.start import main
main()
"""


def test_control_c_while_the_program_is_loaded_is_one_line(tmp_path):
    done = subprocess.run([sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "ruston: stopped.\n")


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGTERM")
def test_sigterm_says_that_nothing_was_being_kept(tmp_path):
    command = subprocess.Popen(
        [sys.executable, "-m", "trainer", "score", "audio/samples", "--json"], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, encoding="utf-8", env={**os.environ, **USUAL, "RUSTON_DATA": str(tmp_path)},
    )  # fmt: skip
    assert command.stdout
    assert command.stdout.readline()
    command.send_signal(signal.SIGTERM)
    _out, errors = command.communicate(timeout=60)
    assert command.returncode == 130
    assert errors.strip() == "Stopped. Nothing was being kept."
