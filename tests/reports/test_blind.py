"""Blind ratings: the bench says how machine and ears agree; given away, they name nobody; a course scale of them."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from program import one_line, ruston
from reports.conftest import LEONOV, Drill, reading

from trainer.live import course_scale
from trainer.records.ratings import Rating, rate
from trainer.records.tables import attempts
from trainer.reports.blind import bench, rated_calls
from trainer.reports.ratings_file import read


@pytest.fixture
def heard(store):
    """Sixty calls of four learners; Anna gives a fifth less than the machine, Boris the same as Anna within two."""
    dice = random.Random(3)
    for learner in ("kubasov", "dzhanibekov", "filipchenko", LEONOV):
        store.add_learner(learner, learner.title(), "ru")
        opened = (datetime.now(UTC) - timedelta(days=1)).isoformat()
        drill = Drill(store, f"blind-{learner}", "read", learner, learner, "ru", opened)
        for _n in range(15):
            drill.say("DOC-09", replace(reading(dice.uniform(20, 100)), scale="anchored-3"))
    with store.reading() as connection:
        rows = connection.execute(attempts.select().where(attempts.c.verdict == "scored").order_by(attempts.c.id)).all()
    for row in rows[-60:]:
        anna = 0.8 * row.score
        rate(store, Rating(row.id, "Anna", "score", anna, blind=True))
        rate(store, Rating(row.id, "Boris", "score", min(100.0, anna + dice.uniform(0, 2)), "Secret!", blind=True))
    return store


def test_the_bench_says_what_was_planted(heard):
    calls = rated_calls(heard)
    found = bench(calls, 70.0)
    anna = found.raters["Anna"]
    assert anna.n == len(calls) == 60
    assert anna.pearson == pytest.approx(1.0)
    assert anna.difference == pytest.approx(0.2 * sum(call.machine for call in calls) / 60)
    assert 0 < anna.kappa < 1  # passes at the machine's 87.5
    assert anna.mark == pytest.approx(87.5, abs=4)
    assert found.alpha > 0.99
    assert all(value > 0.99 for value in found.against_rest.values())
    call, name = found.worst[0]
    assert len(found.worst) == 10
    assert name == "Anna"
    assert call.machine == max(one.machine for one in calls)


def test_headless_the_bench_and_the_course_scale(heard, tmp_path):
    told = json.loads(ruston("desk", "agreement", "--json").stdout)
    assert set(told["raters"]) == {"Anna", "Boris"}
    assert len(told["worst"]) == 10
    one = ruston("desk", "agreement", "--by", "Anna").stdout
    assert "Anna" in one
    assert "Boris" not in one
    tried = json.loads(ruston("calibrate", "--json").stdout)
    before, after = tried["fits"]["en"]["error"]
    assert after < 3 < before
    assert tried["in_force"] is None
    assert course_scale.load() is None
    ruston("calibrate", "--apply")
    assert course_scale.load().points("en", 80.0) == pytest.approx(65.0, abs=3)
    # From the file alone, on another machine without records of its own.
    ruston("desk", "ratings", "--out", tmp_path / "given.jsonl")
    again = ruston("calibrate", "--json", "--ratings", tmp_path / "given.jsonl", "--records", tmp_path / "new.sqlite")
    assert json.loads(again.stdout)["fits"]["en"]["error"] == pytest.approx([before, after], abs=0.8)


def test_what_is_given_away_names_nobody(heard, tmp_path):
    texts = []
    for n in range(2):
        ruston("desk", "ratings", "--out", tmp_path / f"{n}.jsonl")
        texts.append((tmp_path / f"{n}.jsonl").read_text("utf-8"))
    for text in texts:
        for secret in ("Anna", "Boris", "leonov", "Kubasov", "kubasov", "Secret", "2026", "home", heard.id):
            assert secret not in text
    first, second = ([json.loads(line)["machine"] for line in text.splitlines()] for text in texts)
    assert sorted(first) == sorted(second)
    assert first != second  # drawn anew: two files are not laid side by side by their order
    assert {one.scale for one in read(tmp_path / "0.jsonl")} == {"anchored-3"}
    line = json.loads(texts[0].splitlines()[0])
    assert line["words"][0]["phones"][0][0] == "k"
    (tmp_path / "bad.jsonl").write_text(texts[0].splitlines()[0].replace('"rater-1": ', '"rater-1": 1'), "utf-8")
    assert "bad.jsonl:1" in one_line(ruston("calibrate", "--ratings", tmp_path / "bad.jsonl"))


def test_without_blind_ratings_there_is_no_bench(store):
    for command in (("desk", "agreement"), ("desk", "ratings")):
        assert "no blind ratings" in one_line(ruston(*command))
