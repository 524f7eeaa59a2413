"""`ruston phrases` and `ruston check`."""

import json
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner, Result

from trainer.bundled import bundled
from trainer.commands import ruston
from trainer.errors import UserError
from trainer.phrasebook.load import load


def run(*arguments: str) -> Result:
    return CliRunner().invoke(ruston, list(map(str, arguments)), env={"COLUMNS": "100"})


def test_all_calls_are_listed():
    lines = run("phrases", "--json").stdout.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [phrase.id for phrase in load().phrases]


@pytest.mark.parametrize("query", ["shaking hands", "ПОЖИМАЮТ", "пожима́ют", "doc-09"])
def test_search_ignores_case_and_stress_marks(query):
    assert '"DOC-09"' in run("phrases", query, "--json").stdout


def test_one_call_is_shown_with_both_texts_and_its_pronunciation():
    shown = run("phrases", "COM-10").stdout
    assert "I read you loud and clear." in shown
    assert "Слы́шу вас гро́мко и чётко." in shown
    assert "[l ˈaʊ d]" in shown
    assert "[ɡ r ˈo m k ə]" in shown


def test_a_phase_may_be_picked():
    found = [json.loads(line) for line in run("phrases", "--phase", "docking", "--json").stdout.splitlines()]
    assert found
    assert {phrase["phase"] for phrase in found} == {"docking"}


def test_public_domain_only_leaves_quotations_in_copyright_out():
    found = [json.loads(line)["id"] for line in run("phrases", "--public-domain-only", "--json").stdout.splitlines()]
    assert 200 < len(found) < 349


@pytest.mark.parametrize("arguments", [["--phase", "lunch"], ["xyzzy"]])
def test_what_is_not_there_is_said(arguments):
    assert isinstance(run("phrases", *arguments).exception, UserError)


def test_the_shipped_data_is_in_order():
    lexicons = bundled("phrasebooks") / "lexicon"
    outcome = run("check", bundled("phrasebooks") / "astp", lexicons / "en.tsv", lexicons / "ru.tsv")
    assert outcome.exit_code == 0, outcome.output


def test_problems_are_listed_with_file_line_and_field(tmp_path):
    book = tmp_path / "mine.toml"
    book.write_text('[[phrase]]\nen = "Go."\nru = "Закройте."\n[[phrase]]\nen = "Go."\n', encoding="utf-8")
    outcome = run("check", book)
    assert outcome.exit_code == 2
    assert "mine.toml:4: ru:" in outcome.stderr
    as_json = [json.loads(line) for line in run("check", book, "--json").stdout.splitlines()]
    assert (as_json[-1]["line"], as_json[-1]["field"]) == (4, "ru")


def test_the_timeline_runs_on_one_clock():
    events = [json.loads(line) for line in run("timeline", "--json").stdout.splitlines()]
    assert {"first-docking", "soyuz-liftoff"} & {event["id"] for event in events}
    lift_off = datetime(1975, 7, 15, 12, 20)
    for event in events:
        if "get" in event and "utc" in event:
            hours, minutes, *seconds = map(int, event["get"].split(":"))
            elapsed = timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)
            assert abs(datetime.fromisoformat(event["utc"]) - lift_off - elapsed) < timedelta(minutes=1), event["id"]
            assert datetime.fromisoformat(event["moscow"]) - datetime.fromisoformat(event["utc"]) == timedelta(hours=3)
