"""`ruston demo` and `ruston` where there is no terminal."""

import json

import pytest
from click.testing import CliRunner

from trainer.cli import main
from trainer.commands import ruston
from trainer.drill.events import Assessed, from_json


def test_the_demo_is_told_as_text_where_there_is_no_terminal():
    run = CliRunner().invoke(ruston, ["demo"])
    assert run.exit_code == 0, run.output
    assert "each crew speaks the partner's language" in run.output
    assert run.output.count("Слы́шу") + run.output.count("Открыва́ю") >= 2
    assert "Work on" in run.output


def test_the_demo_as_json_is_the_log_of_a_drill():
    run = CliRunner().invoke(ruston, ["demo", "--json"])
    events = []
    for number, line in enumerate(run.output.splitlines()):
        told = json.loads(line)
        assert (told.pop("schema"), told.pop("session"), told.pop("seq")) == ("ruston.event/1", "demo", number)
        events.append(from_json(json.dumps(told)))
    scores = [event.assessment.score for event in events if isinstance(event, Assessed)]
    assert len(scores) == 4
    assert scores[0] < scores[1]
    assert scores[2] < scores[3]


def test_the_console_needs_a_terminal(capsys):
    with pytest.raises(SystemExit) as left:
        main([])
    assert left.value.code == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "--help" in line
