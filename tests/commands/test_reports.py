"""`ruston export`, `ruston report` and `ruston desk` as an instructor runs them."""

import csv
import io
import json
import os
import shutil
from pathlib import Path

import pytest
from program import one_line, ruston

from trainer.audio.manifest import clips
from trainer.bundled import bundled
from trainer.records.store import Store

SAMPLES = bundled("audio") / "samples"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Three recordings with their manifest, the newest first, and one that cannot be scored."""
    made = tmp_path_factory.mktemp("recordings")
    chosen = [clip for clip in clips(SAMPLES) if clip.reading in ("right", "planted: w for v")][:3]
    lines = ["path\tphrase\tlanguage\tspeaker"]
    for age, clip in enumerate(chosen):
        shutil.copy(clip.path, made / clip.path.name)
        os.utime(made / clip.path.name, (1e9 - age, 1e9 - age))
        lines.append(f"{clip.path.name}\t{clip.phrase}\t{clip.language}\t=Anna Ivanova")
    (made / "bad.wav").write_text("not sound")
    lines.append("bad.wav\tDOC-09\ten\t=Anna Ivanova")
    (made / "clips.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return made


def test_a_folder_of_recordings_becomes_a_table_on_standard_output(folder):
    run = ruston("export", "csv", folder, "--rows", "phone")
    assert run.returncode == 2  # all but one
    assert "bad.wav" in run.stderr
    rows = list(csv.DictReader(io.StringIO(run.stdout)))
    assert {row["asked"] for row in rows} == {clip.phrase for clip in clips(folder) if clip.path.suffix != ".wav"}
    assert all(0 <= float(row["phone_score"]) <= 100 for row in rows)
    assert "Anna" not in run.stdout
    assert len({row["learner"] for row in rows}) == 1


def test_a_folder_of_recordings_becomes_a_report_with_its_sound(folder, tmp_path):
    run = ruston("report", folder, "--names", "--interface", "ru", "--out", tmp_path / "r.html", "--json")
    assert "bad.wav" in run.stderr
    done = json.loads(run.stdout)
    assert (done["schema"], done["attempts"], done["learners"]) == ("ruston.report/1", 3, 1)
    content = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "=Anna Ivanova" in content
    assert "data:audio/ogg" in content
    assert '<html lang="ru">' in content


def test_what_was_exported_with_its_recordings_can_be_scored_again(folder, tmp_path):
    run = ruston("export", "textgrid", folder, "--out", tmp_path / "praat", "--json")
    assert json.loads(run.stdout)["recordings"] == 3
    assert len(list((tmp_path / "praat").rglob("*.TextGrid"))) == 3
    again = ruston("export", "jsonl", tmp_path / "praat")
    first = ruston("export", "jsonl", folder)
    scores = [[json.loads(line)["score"] for line in run.stdout.splitlines()] for run in (first, again)]
    assert scores[0] == scores[1]
    assert "exists already" in one_line(ruston("export", "textgrid", folder, "--out", tmp_path / "praat"))


@pytest.fixture
def records(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("RUSTON_RECORDS", str(tmp_path / "records.sqlite"))
    return tmp_path


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("export", "csv"), "no such attempts"),
        (("export", "xlsx"), "--out PATH"),
        (("export", "xapi", "--platform", "here"), "https://training.example.org"),
        (("export", "csv", "--learner", "nobody"), "no learner nobody"),
        (("export", "csv", "--since", "yesterday"), "2026-07-15"),
        (("report",), "no such attempts"),
        (("desk", "assign"), "--everyone"),
        (("desk", "assign", "--crew", "none"), "no crew none"),
        (("desk", "assign", "--phase", "moon", "--everyone"), "no phase moon"),
        (("desk", "roster", "nowhere.csv"), "cannot be read"),
        (("desk", "sign-off", "--by", "Ivanov"), "--session"),
        (("desk", "sign-off", "7", "--by", "Ivanov"), "no assignment 7"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(records, arguments, words):
    assert words in one_line(ruston(*arguments))


def test_the_desk_from_roster_to_sign_off(records):
    (records / "roster.csv").write_text("name;first;crew\nЛеонов А.;ru;Союз\nКубасов В.;ru;Союз\n", encoding="utf-8")
    run = ruston("desk", "roster", records / "roster.csv", "--json")
    assert [json.loads(line)["learner"] for line in run.stdout.splitlines()] == ["leonov-a", "kubasov-v"]
    with Store.open() as store:
        assert [one.crew for one in store.learners()] == ["Союз", "Союз"]
    run = ruston("desk", "assign", "--crew", "Союз", "--phase", "docking", "--calls", 3, "--due", "2030-01-01")
    assert run.stdout.startswith("Assigned to 2 learners")
    asked = [json.loads(line) for line in ruston("desk", "list", "--json").stdout.splitlines()]
    assert {(one["standing"], one["done"], one["assignment"]["calls"]) for one in asked} == {("open", 0, 3)}
    number = asked[0]["assignment"]["id"]
    assert ruston("desk", "sign-off", number, "--by", "Ivanov", "--comment", "Well done").returncode == 0
    shown = ruston("desk").stdout
    assert "Well done" in shown
    assert "2030-01-01" in shown


def test_columns_and_schema_are_documented_on_request():
    run = ruston("export", "csv", "--columns", "--rows", "phone", "--json")
    assert "gop" in [json.loads(line)["name"] for line in run.stdout.splitlines()]
    assert json.loads(ruston("export", "jsonl", "--columns").stdout)["$id"] == "urn:ruston:schema:ruston.attempt/1"


def test_the_rows_of_all_tables_join_and_a_folder_is_named_by_its_clips(folder):
    tables = {
        level: list(csv.DictReader(io.StringIO(ruston("export", "csv", folder, "--rows", level).stdout)))
        for level in ("attempt", "word", "phone")
    }
    clips_of = {row["attempt"]: row["clip"] for row in tables["attempt"]}
    assert set(clips_of.values()) == {path.name for path in folder.iterdir() if path.suffix == ".opus"}
    for level in ("word", "phone"):
        assert {row["attempt"] for row in tables[level]} == set(clips_of)
    words = {(row["attempt"], row["word"]) for row in tables["word"] if row["missing"] == "false"}
    assert {(row["attempt"], row["word"]) for row in tables["phone"]} == words
