"""What is exported is what was recorded, as programs that are not ours read it."""

import csv
import io
import json
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from jsonschema import Draft202012Validator
from praatio import textgrid as praat
from pydantic import TypeAdapter

from trainer.audio.manifest import clips as manifest
from trainer.errors import UserError
from trainer.local_time import moment
from trainer.records.assignments import assign, progress, sign_off
from trainer.reports import clips, figures, jsonl, textgrid, xapi, xlsx
from trainer.reports import csv as tables
from trainer.reports.attempt import LEFT_OUT, Attempt
from trainer.reports.names import Names, cell
from trainer.reports.selection import Selection
from trainer.scoring.points import DOUBT

HERE = Path(__file__).parent


def csv_rows(attempts, level="attempt") -> list[dict[str, str]]:
    file = io.StringIO(newline="")
    tables.write(attempts, file, level)
    file.seek(0)
    return list(csv.DictReader(file))


def test_a_row_of_csv_holds_an_attempt_number_for_number(store, attempts):
    rows = csv_rows(attempts(assessments=False))
    kept = list(store.attempts())
    assert len(rows) == len(kept) == 11
    for row, one in zip(rows, kept, strict=True):
        assert (float(row["score"]), float(row["points"]), float(row["late"])) == (one.score, one.points, one.late)
        assert datetime.fromisoformat(row["at"]) == one.at
        assert (row["call"] or None, row["verdict"], row["mode"]) == (one.call and row["call"], one.verdict, one.mode)
    late, missed = rows[1], rows[2]
    assert float(late["late"]) == 2.0
    assert float(late["response"]) == pytest.approx(7.2)
    assert (missed["verdict"], missed["call"], missed["response"], missed["passed"]) == ("missed", "", "", "false")
    assert [row["exact"] for row in rows[4:6]] == ["true", "false"]
    assert [row["passed"] for row in rows[4:6]] == ["true", "false"]
    sure = [row for row in rows if row["exact"] == "false" or not row["call"] or row["judged"]]
    assert all(row["doubtful"] == "false" for row in sure)
    others = [row for row in rows if row not in sure and row["pass_mark"]]
    near = [abs(float(row["points"]) - float(row["pass_mark"])) < DOUBT for row in others]
    assert [row["doubtful"] == "true" for row in others] == near
    assert [row["phase"] for row in rows[:3]] == ["docking", "docking", "comm-check"]


def test_words_and_phones_hold_the_assessment_number_for_number(attempts):
    ones = attempts()
    scored = [one.assessment for one in ones if one.assessment and one.assessment["verdict"] == "scored"]
    words = csv_rows(ones, "word")
    assert [float(row["word_score"]) for row in words] == [w["score"] for a in scored for w in a["words"]]
    phones = csv_rows(ones, "phone")
    expected = [p for a in scored for w in a["words"] for p in w["phones"]]
    assert [(row["phone"], float(row["phone_score"]), float(row["gop"])) for row in phones] == [
        (p["phone"], p["score"], p["gop"]) for p in expected
    ]
    assert [row["heard"] for row in phones] == [
        LEFT_OUT if p["heard"] == "" else p["heard"] or "" for p in expected
    ]  # fmt: skip


@pytest.mark.parametrize("level", tables.LEVELS)
def test_every_column_says_what_it_holds(attempts, level):
    assert list(csv_rows(attempts(), level)[0]) == [column.name for column in tables.layout(level)]
    assert all(column.about() for column in tables.layout(level))


def test_json_lines_follow_the_schema_that_is_shipped(attempts):
    shipped = json.loads((HERE.parents[1] / "trainer/reports/attempt.schema.json").read_text(encoding="utf-8"))
    assert shipped == jsonl.schema(), "python -m trainer export jsonl --columns > trainer/reports/attempt.schema.json"
    file = io.StringIO()
    jsonl.write(attempts(), file)
    lines = file.getvalue().splitlines()
    assert len(lines) == 11
    validator = Draft202012Validator(shipped, format_checker=Draft202012Validator.FORMAT_CHECKER)
    for line in lines:
        validator.validate(json.loads(line))
    read = [TypeAdapter(Attempt).validate_json(line) for line in lines]
    assert [replace(one, assessment=None) for one in read] == [one.attempt for one in attempts()]
    dumped = [TypeAdapter(Attempt).dump_python(one, mode="json")["assessment"] for one in read]
    assert dumped == [one.assessment for one in attempts()]


def workbook(store, attempts, phases, real=False):
    names = Names(None) if real else Names(store.id.encode())
    file = io.BytesIO()
    made = figures.figures(store, [], names, phases)
    texts = lambda call, language: f"{call} in {language}"  # noqa: E731
    xlsx.write(attempts(real=real, assessments=False), made, file, texts, progress(store, phases), names)
    file.seek(0)
    return openpyxl.load_workbook(file)


def test_a_workbook_holds_the_attempts_and_their_sums(store, attempts, phases):
    book = workbook(store, attempts, phases)
    assert book.sheetnames == ["Summary", "Attempts", "Sounds", "About"]
    assert all(book[name].freeze_panes == "A2" for name in book.sheetnames)
    head, *rows = book["Attempts"].iter_rows(values_only=True)
    seen: list[object] = []
    for row, one in zip(rows, attempts(assessments=False), strict=True):
        values = dict(zip(head, row, strict=True))
        # Excel keeps times to the millisecond, numbers to 16 digits.
        assert abs(values.pop("at").replace(tzinfo=UTC) - one.attempt.at).total_seconds() < 0.001
        assert values.pop("attempt") == len(seen) + 1
        assert values.pop("text") == f"{one.attempt.asked} in {one.attempt.language}"
        seen.append(one)
        for name, value in values.items():
            expected = getattr(one.attempt, name)
            assert value == (pytest.approx(expected, rel=1e-14) if isinstance(expected, float) else expected), name
    summary = {row[0]: row for row in book["Summary"].iter_rows(min_row=2, values_only=True) if row[0]}
    columns = [cell.value for cell in book["Summary"][1]]
    total = summary["all"]
    assert total[columns.index("attempts")] == 11
    assert total[columns.index("no answer")] == 1
    assert total[columns.index("mean points")] == pytest.approx(sum(one.points for one in store.attempts()) / 10)
    assert total[columns.index("readbacks with every figure right")] == 0.5


def test_a_workbook_holds_assignments_and_comments_only_with_names(store, attempts, phases):
    task = assign(store, ["stafford"], calls=2, pass_mark=80, call_ids=["COM-01", "COM-02"])[0].assignment
    sign_off(store, "=Shatalov", assignment=task, comment="+Good")
    for real in (False, True):
        sheet = workbook(store, attempts, phases, real)["Assignments"]
        head, row = sheet.iter_rows(values_only=True)
        told = dict(zip(head, row, strict=True))
        assert (told["what"], told["calls"], told["pass mark"], told["standing"]) == ("COM-01, COM-02", 2, 80, "passed")
        assert (told["signed by"], told["comment"]) == (("=Shatalov", "+Good") if real else (None, None))
        assert sheet.row_dimensions[1].height >= 15


def test_the_sums_of_the_sounds_are_those_of_the_store(store, phases):
    found = figures.figures(store, [], Names(None), phases)
    for learner, language in (("leonov", "en"), ("stafford", "ru")):
        kept = {one.phone: one for one in store.sounds(learner, language)}
        mine = {one.phone: one for one in found.sounds if one.key == learner}
        assert mine.keys() == kept.keys()
        for symbol, one in mine.items():
            assert (one.times, one.mean, dict(one.heard)) == (
                kept[symbol].times, pytest.approx(kept[symbol].score), dict(kept[symbol].heard),
            )  # fmt: skip


def test_praatio_reads_the_sounds_with_their_times(attempts, tmp_path):
    one = attempts()[1].assessment
    path = tmp_path / "a.TextGrid"
    path.write_text(textgrid.textgrid(one), encoding="utf-8")
    grid = praat.openTextgrid(str(path), includeEmptyIntervals=False)
    phones = [p for w in one["words"] for p in w["phones"]]
    assert grid.maxTimestamp == one["seconds"]
    tier = grid.getTier("phones").entries
    assert [entry.label for entry in tier] == [p["phone"] for p in phones]
    assert [entry.start for entry in tier] == pytest.approx([p["start"] for p in phones])
    assert [entry.label for entry in grid.getTier("heard").entries] == ["?", "ʌ", "p", "n", LEFT_OUT]
    assert [float(entry.label) for entry in grid.getTier("gop").entries] == pytest.approx(
        [p["gop"] for p in phones], abs=0.005
    )
    assert [entry.label for entry in grid.getTier("words").entries] == ["Capture", "now"]


@pytest.mark.skipif(shutil.which("praat") is None, reason="Praat is not installed")
def test_praat_reads_the_sounds_too(attempts, tmp_path):
    one = attempts()[10].assessment  # with quotation marks and Cyrillic
    (tmp_path / "a.TextGrid").write_text(textgrid.textgrid(one), encoding="utf-8")
    (tmp_path / "s.praat").write_text(
        'Read from file: "a.TextGrid"\nn = Get number of tiers\nwriteInfoLine: n\n'
        "i = Get number of intervals: 2\nfor k to i\n  l$ = Get label of interval: 2, k\n  appendInfoLine: l$\nendfor\n"
        "l$ = Get label of interval: 1, 4\nappendInfoLine: l$\n",
        encoding="utf-8",
    )
    run = subprocess.run(
        ["praat", "--run", "--utf8", "s.praat"], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True
    )
    tiers, *labels, word = run.stdout.splitlines()
    assert tiers == "6"
    assert [label for label in labels if label] == [p["phone"] for w in one["words"] for p in w["phones"]]
    assert word == "«вот»"


def test_statements_follow_the_rules_of_xapi(store, attempts):
    rules = json.loads((HERE / "xapi.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(rules)
    validator = Draft202012Validator(rules, format_checker=Draft202012Validator.FORMAT_CHECKER)
    file = io.StringIO()
    xapi.write(attempts(assessments=False), file, store.id.encode(), "https://training.example.org/")
    statements = json.loads(file.getvalue())
    assert len(statements) == 11
    for statement in statements:
        validator.validate(statement)
    kept = list(store.attempts())
    for statement, one in zip(statements, kept, strict=True):
        result = statement["result"]
        assert result["score"]["scaled"] == pytest.approx(one.points / 100, abs=1e-6)
        assert datetime.fromisoformat(statement["timestamp"]) == one.at
    assert [s["result"]["success"] for s in statements] == [one.attempt.passed for one in attempts(assessments=False)]
    assert statements[0]["result"]["duration"] == "PT1.00S"
    assert len({s["id"] for s in statements}) == 11
    assert len({s["context"]["registration"] for s in statements}) == 3
    again = io.StringIO()
    xapi.write(attempts(assessments=False), again, store.id.encode(), "https://training.example.org/")
    assert again.getvalue() == file.getvalue()


def test_an_id_of_xapi_belongs_to_what_is_said_and_to_nothing_else(store, attempts):
    secret = store.id.encode()

    def ids(found, platform="https://training.example.org"):
        return [xapi.statement(one, secret, platform)["id"] for one in found]

    pseudonyms, names = attempts(assessments=False), attempts(assessments=False, real=True)
    every = [*ids(pseudonyms), *ids(names), *ids(pseudonyms, "https://other.example.org")]
    assert len(set(every)) == 3 * len(pseudonyms)
    assert ids(attempts(assessments=False)) == ids(pseudonyms)
    first, second = pseudonyms[0], replace(pseudonyms[0], attempt=replace(pseudonyms[0].attempt, learner="L-OTHER"))
    assert ids([first]) != ids([second])  # what took the row of somebody who was deleted


def test_the_rules_of_xapi_are_strict_enough_to_refuse(store, attempts):
    rules = json.loads((HERE / "xapi.schema.json").read_text(encoding="utf-8"))
    validator = Draft202012Validator(rules, format_checker=Draft202012Validator.FORMAT_CHECKER)
    good = xapi.statement(attempts()[0], store.id.encode())
    assert validator.is_valid(good)
    result, actor = good["result"], good["actor"]
    wrong = (
        {**good, "actor": {**actor, "mbox": "mailto:a@example.org"}},
        {**good, "verb": {"id": "passed"}},
        {**good, "result": {**result, "score": {"scaled": 1.5}}},
        {**good, "result": {**result, "duration": "1 s"}},
        {**good, "timestamp": "yesterday"},
        {**good, "points": 3},
        {key: value for key, value in good.items() if key != "object"},
    )
    assert not any(validator.is_valid(one) for one in wrong)


def test_recordings_go_out_only_where_their_learner_allows(store, attempts, tmp_path):
    (tmp_path / "out").mkdir()
    assert clips.write(attempts(), tmp_path / "out", grids=True) == (5, 9)
    listed = manifest(tmp_path / "out")
    assert {clip.phrase for clip in listed} >= {"DOC-09", "RBK-15R.7"}
    assert all(clip.path.is_file() for clip in listed)
    assert len({clip.speaker for clip in listed}) == 1
    store.consent("leonov", False)
    (tmp_path / "later").mkdir()
    assert clips.write(attempts(), tmp_path / "later", grids=False) == (0, 0)
    assert list((tmp_path / "later").iterdir()) == []
    assert not any(one.attempt.recording for one in attempts())


@pytest.mark.parametrize(
    "selection, number",
    [
        (Selection(learners=("leonov",)), 6),
        (Selection(crews=("Apollo",)), 5),
        (Selection(sessions=("s-2", "s-3")), 7),
        (Selection(since=moment("2026-07-16T00:00:00+00:00")), 7),
        (Selection(until=moment("2026-07-15T12:00:20+00:00")), 2),
        (Selection(phases=("docking",)), 3),
        (Selection(phases=("numbers",)), 2),
        (Selection(learners=("leonov",), phases=("comm-check",)), 1),
        (Selection(phases=("nowhere",)), 0),
    ],
)
def test_filters(attempts, selection, number):
    assert len(attempts(selection, assessments=False)) == number


def test_a_pseudonym_selects_too(attempts, pseudonyms):
    assert len(attempts(Selection(learners=(pseudonyms.learner("stafford"),)))) == 5
    assert len(attempts(Selection(sessions=(pseudonyms.session("s-2"),)))) == 2


@pytest.mark.parametrize(
    "selection", [Selection(learners=("nobody",)), Selection(crews=("none",)), Selection(sessions=("s-9",))]
)
def test_who_is_not_there_is_said(attempts, selection):
    with pytest.raises(UserError):
        attempts(selection)


def test_a_day_is_included_to_its_end():
    assert (moment("2026-07-15", end=True) - moment("2026-07-15")).total_seconds() == 86_400
    assert moment("2026-07-15T12:00", end=True) == moment("2026-07-15T12:00")
    with pytest.raises(UserError, match="2026-07-15"):
        moment("15 July")


def test_a_spreadsheet_of_russia_reads_the_same_numbers(attempts):
    file = io.StringIO(newline="")
    tables.write(attempts(assessments=False), file, decimal_comma=True)
    file.seek(0)
    rows, usual = list(csv.DictReader(file, delimiter=";")), csv_rows(attempts(assessments=False))
    assert [row["points"].replace(",", ".") for row in rows] == [row["points"] for row in usual]
    assert any("," in row["points"] for row in rows)


def test_no_cell_commands_the_terminal_that_a_csv_is_printed_on():
    assert cell("\x1b]52;c;QUJD\x07Ivan\x9b2J") == "]52;c;QUJDIvan2J"
    assert cell("\u202e=1+1") == "'=1+1"
