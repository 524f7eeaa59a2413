"""`ruston listen`: calls by ear, without a microphone, kept apart from what is said."""

import json

import pytest
from program import one_line, ruston

OPTIONS = (
    "--crew",
    "stafford",
    "--phase",
    "docking",
    "--size",
    "2",
    "--seed",
    "5",
    "--speaker",
    "mute",
    "--pace",
    "fast",
)


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.setenv("RUSTON_DATA", str(tmp_path))


def told(run):
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_meanings_are_chosen_kept_as_exercises_and_are_no_attempts(tmp_path):
    first = told(ruston("listen", *OPTIONS, "--json", typed="1\n1\n"))
    right = {answer["text"]: answer["meaning"] for answer in first if answer["event"] == "answer"}
    questions = [event for event in first if event["event"] == "question"]
    assert all(len(question["meanings"]) == 4 for question in questions)
    for question, answer in zip(first[::2], first[1::2], strict=True):
        assert answer["right"] == (question["meanings"][0] == right[answer["text"]])
    ruston("export", "exercises", "--out", tmp_path / "kept.jsonl")
    kept = [json.loads(line) for line in (tmp_path / "kept.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [one["kind"] for one in kept] == ["listen", "listen"]
    assert {one["item"] for one in kept} == {question["call"] for question in questions}
    assert "no sessions" in ruston("sessions").stdout.lower()


def test_a_typed_meaning_is_graded_by_oneself():
    run = told(ruston("listen", *OPTIONS, "--typed", "--json", typed="?\nready\n4\nno idea\n1\n"))
    assert [event["points"] for event in run if event["event"] == "answer"] == [100.0, 0.0]


def test_what_makes_no_sense_is_refused_in_one_line():
    wrong, early = ruston("listen", *OPTIONS, typed="7\n").stderr.splitlines()
    assert "1 to 4" in wrong
    assert "0 of 2" in early
    assert "docking" in one_line(ruston("listen", "--phase", "moon", "--speaker", "mute"))


def test_calls_that_nobody_has_read_are_not_asked(tmp_path):
    (tmp_path / "ours.toml").write_text('[[phrase]]\nen = "Close the valve."\nru = "Закро́йте кла́пан."\n', "utf-8")
    run = ruston(
        "listen",
        "--crew",
        "stafford",
        "--first",
        "en",
        "--phrasebook",
        tmp_path / "ours.toml",
        "--no-records",
        typed="1\n",
    )
    assert "ruston reference record" in one_line(run)
    assert not run.stdout
