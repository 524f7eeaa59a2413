"""One person is one learner, whoever is named how: roster, `--crew`, desk."""

import json

import pytest
from program import one_line, ruston

from trainer.bundled import bundled
from trainer.records.store import Store

READINGS = str(bundled("audio") / "reference")
DRILL = (
    "drill",
    "--headless",
    "--mode",
    "echo",
    "--phase",
    "comm-check",
    "--size",
    "1",
    "--seed",
    "1",
    "--mic",
    READINGS,
)


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.setenv("RUSTON_DATA", str(tmp_path))
    roster = tmp_path / "roster.csv"
    roster.write_text("ФИО;Родной язык;Группа\nАнна Петрова;русский;7Б\nИгорь Йодко;русский;7Б\n", "utf-8-sig")
    assert ruston("desk", "roster", roster).returncode == 0
    return tmp_path


def learners(here):
    with Store.open(str(here / "records.sqlite")) as store:
        return [one.key for one in store.learners()]


def test_one_person_is_one_learner_and_needs_no_language(here):
    assert (
        ruston("desk", "assign", "--crew", "7Б", "--phase", "comm-check", "--calls", 1, "--mode", "echo").returncode
        == 0
    )
    for spelled in (["Анна Петрова", "--first", "ru"], ["анна-петрова"], ["Anna Petrova"]):
        run = ruston(*DRILL, "--crew", *spelled, "--json")
        assert run.returncode == 0, run.stderr
        seat = json.loads(run.stdout.splitlines()[0])["plan"]["seats"][0]
        assert (seat["learner"], seat["name"], seat["first"]) == ("anna-petrova", "Анна Петрова", "ru")
    assert learners(here) == ["anna-petrova", "igor-yodko"]
    rows = [json.loads(line) for line in ruston("desk", "list", "--json").stdout.splitlines()]
    assert {row["assignment"]["learner"]: row["done"] for row in rows} == {"anna-petrova": 1, "igor-yodko": 0}
    assert ruston("report", "--crew", "7Б", "--out", here / "r.html").returncode == 0


def test_a_language_that_contradicts_the_records_is_refused(here):
    assert "--newcomer" in one_line(ruston(*DRILL, "--crew", "anna-petrova", "--first", "en"))
    run = ruston(*DRILL, "--crew", "anna-petrova", "--first", "en", "--newcomer", "--json")
    assert run.returncode == 0, run.stderr
    assert learners(here) == ["anna-petrova", "anna-petrova-2", "igor-yodko"]


def test_where_it_is_in_doubt_nobody_is_guessed(here):
    told = one_line(ruston(*DRILL, "--crew", "Petrova, Anna", "--first", "ru"))
    assert "anna-petrova (Анна Петрова)" in told
    assert learners(here) == ["anna-petrova", "igor-yodko"]


def test_known_people_are_found_where_nothing_is_kept(here):
    assert ruston(*DRILL, "--crew", "igor-yodko", "--no-records").returncode == 0
