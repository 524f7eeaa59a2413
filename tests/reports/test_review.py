"""The queue for an instructor's ear: least certain first; blind evenly over the scale, the same for everybody."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from program import one_line, ruston
from reports.conftest import LEONOV, Drill, reading

from trainer.records.assignments import progress
from trainer.records.ratings import Rating, rate, rated
from trainer.records.review import blind_sample, doubt, queue
from trainer.records.tables import learners


def test_doubt_is_the_chance_that_the_mark_lies_between_score_and_truth():
    assert doubt(70.0, 70.0, 5.0) == 0.5
    assert doubt(75.0, 70.0, 5.0) == pytest.approx(0.1587, abs=1e-4)  # one standard deviation
    assert doubt(75.0, 70.0, 10.0) > doubt(75.0, 70.0, 5.0) > doubt(85.0, 70.0, 5.0)
    assert doubt(0.0, 70.0, None, "other_phrase") == 0.5  # nothing says how sure that verdict is


@pytest.fixture
def many(store):
    """Twelve more recordings of Leonov, all over the scale, with margins; two that were not recognised."""
    drill = Drill(store, "s-9", "read", LEONOV, "Leonov", "ru", (datetime.now(UTC) - timedelta(days=1)).isoformat())
    for score in (5.0, 30.0, 45.0, 60.0, 66.0, 69.0, 74.0, 78.0, 83.0, 88.0, 93.0, 99.0):
        drill.say("DOC-09", replace(reading(score), margin=1.0 if score == 69.0 else 8.0))
    drill.say("DOC-09", replace(reading(1.0), verdict="not_recognised"))
    return store


def test_what_the_machine_is_least_certain_of_comes_first_until_it_is_rated(many):
    first = queue(many, "me", length=5)
    assert [one.verdict for one in first[:2]] == ["not_recognised", "other_phrase"]
    assert [one.score for one in first[2:]] == [74.0, 66.0, 69.0]  # by margins: 69 is surer than it looks
    assert [one.doubt for one in first] == sorted((one.doubt for one in first), reverse=True)
    assert all(one.path and one.path.is_file() and one.assessment for one in first)
    kept = (Rating(one.number, "me", "keep") for one in first[:2])
    rate(many, *kept, Rating(first[2].number, "me", "comment", comment="?"))
    assert [one.score for one in queue(many, "me", length=3)] == [74.0, 66.0, 69.0]
    assert queue(many, "me", [learners.c.key == "stafford"]) == ()  # no recordings were allowed
    many.consent(LEONOV, False)
    assert queue(many, "me") == ()


def test_where_something_else_was_said_an_ear_is_asked_and_crowds_no_doubtful_score_out(many):
    drill = Drill(many, "s-10", "read", LEONOV, "Leonov", "ru", datetime.now(UTC).isoformat())
    for verdict in ("other_phrase", "other_language") * 4:
        drill.say("DOC-09", replace(reading(0.0), verdict=verdict))
    first = queue(many, "me", length=6)
    assert sorted(one.verdict for one in first) == [
        "not_recognised", "other_language", "other_phrase", "scored", "scored", "scored",
    ]  # fmt: skip
    assert [one.score for one in first if one.verdict == "scored"] == [74.0, 66.0, 69.0]
    other = next(one for one in first if one.verdict == "other_phrase")
    assert other.path
    rate(many, Rating(other.number, "me", "score", 80.0))
    assert other.number not in {one.number for one in queue(many, "me", length=100)}


def test_a_blind_sample_is_even_over_the_scale_and_the_same_for_all_raters(many):
    one = blind_sample(many, "Anna", 6)
    ranges = sorted(one_.score for one_ in one)
    assert all(low <= score < high for score, low, high in zip(
        ranges, (0, 40, 55, 70, 80, 90), (40, 55, 70, 80, 90, 101), strict=True))  # fmt: skip
    assert [x.number for x in blind_sample(many, "Boris", 6)] == [x.number for x in one]
    rate(many, *(Rating(x.number, "Anna", "score", 50.0, blind=True) for x in one))
    assert not {x.number for x in one} & {x.number for x in blind_sample(many, "Anna", 6)}
    assert {x.number for x in blind_sample(many, "Boris", 6)} == {x.number for x in one}  # so that raters meet


def test_headless_a_call_is_heard_rated_commented_on_and_asked_for_again(many, phases, tmp_path):
    waiting = [json.loads(line) for line in ruston("desk", "review", "--json", "--by", "me").stdout.splitlines()]
    first = next(one for one in waiting if one["verdict"] == "scored")
    assert (first["schema"], first["asked"], first["learner"]) == ("ruston.desk/1", "DOC-09", LEONOV)
    sound = tmp_path / "heard.wav"
    shown = ruston("desk", "review", first["number"], "--play", "--speaker", sound)
    assert "Capture" in shown.stdout
    assert sound.stat().st_size > 2 * 16_000 * 2  # a second of recording, and the reference after it
    run = ruston(
        "desk", "rate", first["number"], "--by", "Shatalov", "--points", "81", "--comment", "Good ʌ", "--again"
    )
    assert "81 points by Shatalov; the machine gave 74" in run.stdout
    assert [one.rating.points for one in rated(many)] == [81.0]
    (task,) = progress(many, phases, LEONOV)
    assert (task.assignment.call_ids, task.assignment.calls, task.done) == (("DOC-09",), 1, 0)
    assert "Good ʌ" in ruston("desk", "review", first["number"]).stdout
    hidden = json.loads(ruston("desk", "review", "--json", "--blind", "3").stdout.splitlines()[0])
    assert not {"score", "points", "judged", "doubt", "verdict", "assessment"} & set(hidden)
    footer = ruston("desk", "review", "--list", "--blind", "3").stdout.splitlines()[-1]
    assert "review --blind 3 NUMBER --play" in footer
    assert "rate NUMBER --blind" in footer
    shown = ruston("desk", "review", "--blind", "3", hidden["number"], "--play", "--speaker", sound).stdout
    assert not any(character in shown.splitlines()[-1] for character in "0123456789%")
    assert len(shown.splitlines()) == 2  # what it is and what was asked for
    alone = json.loads(ruston("desk", "review", "--blind", "3", hidden["number"], "--json").stdout)
    assert alone == hidden
    assert first["number"] not in {one.number for one in blind_sample(many, "Shatalov", 100)}
    refused = one_line(ruston("desk", "rate", first["number"], "--blind", "--points", "60", "--by", "Shatalov"))
    assert "has seen the score" in refused
    for wrong in (["--keep", "--points", "3"], [], ["--blind"], ["--blind", "--keep"]):
        one_line(ruston("desk", "rate", first["number"], *wrong))
    assert "no attempt 999" in one_line(ruston("desk", "rate", "999", "--keep"))
