"""Exercises beside the attempts of the same learners: exported to be joined, told in the report, chosen alike."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from program import one_line, ruston
from reports.conftest import LEONOV

from trainer.drill.exercises import Exercise
from trainer.drill.plan import Seat

WHEN = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def trained(store):
    seat = Seat("soyuz", LEONOV, "Leonov", "ru", "soyuz")
    done = (
        ("ear", "θ-s", 100.0, {"said": "thick"}), ("ear", "θ-s", 0.0, {"said": "sick"}),
        ("mouth", "θ", 83.0, {"call": "DOC-09"}), ("melody", "PRO-13", 100.0, {}),
    )  # fmt: skip
    for number, (kind, item, points, details) in enumerate(done):
        store.keep_exercise(seat, Exercise(WHEN + timedelta(minutes=number), kind, "en", item, points, details))
    return store


def rows(*arguments):
    run = ruston("export", *arguments)
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


@pytest.mark.usefixtures("trained")
def test_they_are_joined_to_attempts_by_learner_and_call():
    kept = rows("exercises")
    assert [row["call"] for row in kept] == [None, None, "DOC-09", "PRO-13"]
    attempts = rows("jsonl")
    same = {(row["learner"], row["crew"], row["first"]) for row in kept}
    assert same <= {(row["learner"], row["crew"], row["first"]) for row in attempts}
    (who,) = {row["learner"] for row in kept}
    assert rows("exercises", "--learner", who) == kept
    assert rows("exercises", "--until", "2026-03-01T12:01:30+00:00") == kept[:2]
    assert {row["name"] for row in kept} == {None}
    assert "no learner" in one_line(ruston("export", "exercises", "--learner", "nobody"))
    assert "--phase" in one_line(ruston("export", "exercises", "--phase", "docking"))


@pytest.mark.usefixtures("trained")
def test_the_report_says_what_was_trained(tmp_path):
    run = ruston("report", "--out", tmp_path / "r.html", "--no-clips")
    assert run.returncode == 0, run.stderr
    content = (tmp_path / "r.html").read_text(encoding="utf-8")
    section = content[content.index("What was trained most") :]
    cells = section[: section.index("</table>")]
    for told in ("θ-s", "50", "83", "PRO-13", "2026-03-01"):
        assert told in cells
