"""What the desk's commands say to an instructor in words, and what they refuse in one line, changing nothing."""

import csv
import json
from datetime import UTC, datetime

import pytest
from program import one_line, ruston
from reports.conftest import LEONOV, STAFFORD, Drill, reading

from trainer.records.assignments import progress
from trainer.records.tables import attempts


def newest(store) -> int:
    with store.reading() as connection:
        return connection.execute(attempts.select().order_by(attempts.c.id.desc()).limit(1)).one().id


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("desk", "compare", "--term", "2026-07-01..2026-07-15", "--at", "2026-07-16"), "say what to compare"),
        (("desk", "compare", "--term", "2026-07-01..", "--term", "2026-07-16..2026-07-17"), "say what to compare"),
        (("desk", "assign", "--everyone", "--crew", "Apollo"), "either --everyone"),
        (("desk", "assign", "--everyone", "--call", "DOC-09", "--phase", "docking"), "either calls or phases"),
        (("desk", "assign", "--everyone", "--call", "DOC-99"), "DOC-99"),
        (("desk", "assign", "--everyone", "--phase", "docking", "--calls", "999"), "999"),
        (("desk", "grades", "--format", "moodle", "--decimal-comma"), "--delimiter ';'"),
        (("desk", "grades", "--format", "canvas"), "no assignments"),
        (("desk", "withdraw"), "say which"),
        (("desk", "review", "999"), "no attempt 999"),
        (("desk", "rate", "1", "--points", "80", "--keep"), "--keep"),
        (("cmi5", "package", "--phase", "docking", "--platform", "training.example.org"), "--platform needs"),
        (
            ("cmi5", "report", LEONOV, "--phase", "launch", "--launch", "https://a.example/?x=1"),
            "has not drilled launch",
        ),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line_and_nothing_is_changed(store, phases, arguments, words):
    before = len(list(store.attempts()))
    assert words in one_line(ruston(*arguments))
    assert not progress(store, phases)
    assert len(list(store.attempts())) == before


def test_a_comparison_says_who_is_compared_and_how_sure_it_is(store):
    one_side = ruston("desk", "compare", "--term", "2026-07-01..2026-07-02", "--term", "2026-07-16..2026-07-17").stdout
    assert "nothing to compare" in one_side
    others = ruston("desk", "compare", "--at", "2026-07-16").stdout.splitlines()
    assert [" ".join(line.split()) for line in others] == [
        "learners answers points passed", "before 2026-07-16 1 3 41.6 33%", "from 2026-07-16 on 1 7 59.0 43%",
        "Other learners on each side; between their means: +17.", "That may be chance.",
    ]  # fmt: skip
    drill = Drill(store, "s-8", "read", LEONOV, "Leonov", "ru", "2026-07-20T12:00:00+00:00")
    for _n in range(8):
        drill.say("DOC-09", reading(95.0))
    drill.end()
    assert (
        "Learners of both sides (1), each with themselves: +32."
        in ruston("desk", "compare", "--at", "2026-07-18").stdout
    )


def test_a_roster_can_be_tried_before_it_is_taken(store, tmp_path):
    known = [one.key for one in store.learners()]
    (tmp_path / "class.csv").write_text("key,name,first,crew\nslayton,Deke Slayton,en,Apollo\n", encoding="utf-8")
    tried = ruston("desk", "roster", tmp_path / "class.csv", "--dry-run").stdout
    assert "added: 1" in tried
    assert "Nothing was changed." in tried
    assert [one.key for one in store.learners()] == known
    assert "added: 1" in ruston("desk", "roster", tmp_path / "class.csv").stdout
    assert "unchanged: 1" in ruston("desk", "roster", tmp_path / "class.csv").stdout


def test_grades_stand_in_the_file_as_the_gradebook_takes_them(store, tmp_path):
    ruston("desk", "assign", "--crew", "Apollo", "--call", "COM-01", "--pass-mark", "70")
    drill = Drill(store, "s-9", "read", STAFFORD, "Stafford", "en", datetime.now(UTC).isoformat())
    drill.say("COM-01", reading(95.0, "ru", "Дым вот"))
    drill.end()
    for gradebook, encoding in (("moodle", "utf-8-sig"), ("canvas", "utf-8")):
        out = tmp_path / f"{gradebook}.csv"
        run = ruston("desk", "grades", "--format", gradebook, "--delimiter", ";", "--decimal-comma", "--out", out)
        assert run.stdout == f"{out}: grades of 1 learner.\n"
        rows = list(csv.reader(out.read_text(encoding=encoding).splitlines(), delimiter=";"))
        assert any(cell.startswith("100") for cell in rows[-1]), rows
    told = json.loads(ruston("desk", "grades", "--format", "canvas", "--out", out, "--json").stdout)
    assert (told["format"], told["learners"]) == ("canvas", 1)


def test_what_was_asked_of_a_crew_is_withdrawn_at_once(store, phases):
    ruston("desk", "assign", "--everyone", "--calls", 2)
    assert ruston("desk", "assign", "--crew", "Apollo", "--calls", 2).stdout.startswith("Asked already of 1 learner")
    (withdrawn,) = map(json.loads, ruston("desk", "withdraw", "--crew", "Apollo", "--json").stdout.splitlines())
    assert withdrawn["withdrawn"] is True
    assert [one.assignment.learner for one in progress(store, phases)] == [LEONOV]
    assert ruston("desk", "withdraw", "--learner", LEONOV).returncode == 0
    assert not progress(store, phases)
    assert "Nothing is asked of" in ruston("desk", "mine", STAFFORD).stdout


def test_an_assignment_is_judged_once_and_can_be_judged_anew(store, phases):
    ruston("desk", "assign", "--learner", STAFFORD, "--calls", 1)
    (asked,) = progress(store, phases)
    judge = ("desk", "sign-off", asked.assignment.id, "--by", "Shatalov")
    assert ruston(*judge, "--not-passed").stdout == "Signed off: more is needed.\n"
    anew = ruston(*judge).stdout.splitlines()
    assert anew == ["Signed off: passed.", "0 of 1 call was passed; signed all the same."]
    assert "already" in ruston(*judge).stdout


def test_a_rating_is_told_as_it_was_given(store):
    number = newest(store)
    kept = ruston("desk", "rate", number, "--keep", "--comment", "As it is", "--by", "Shatalov").stdout
    assert f"Attempt {number}: the machine's 85 points stay." in kept
    assert "will read: As it is" in kept
    blind = ruston("desk", "rate", number, "--points", "77", "--blind", "--by", "Anna")
    assert blind.stdout == f"Attempt {number}: 77 points by Anna, blind.\n"  # nothing by which the machine's is known
    told = json.loads(ruston("desk", "rate", number, "--points", "60", "--again", "--by", "Boris", "--json").stdout)
    assert (told["points"], told["by"], told["keep"]) == (60.0, "Boris", False)
    assert told["assignment"]


def test_nobody_waits_and_nobody_needs_help_is_said(tmp_path):
    empty = {"RUSTON_DATA": str(tmp_path / "new")}
    assert ruston("desk", "today", **empty).stdout == "Nobody needs help today.\n"
    assert "Nothing waits" in ruston("desk", "review", "--list", **empty).stdout
    assert "Nobody is in the class" in ruston("desk", **empty).stdout
    assert ruston("desk", "today", "--json", **empty).stdout == ""
