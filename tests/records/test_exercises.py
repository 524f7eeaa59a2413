"""Exercises are kept, travel once, are handed over, and go with their learner."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from trainer.drill.exercises import Exercise
from trainer.drill.plan import Seat
from trainer.records import travel
from trainer.records.privacy import delete_learner, export, holdings
from trainer.records.store import Store

ANNA = Seat("soyuz", "anna", "Anna", "ru", "soyuz")
BILL = Seat("apollo", "bill", "Bill", "en", "apollo")
START = datetime(2026, 3, 1, tzinfo=UTC)


def exercise(n, kind="ear", language="en"):
    return Exercise(
        START + timedelta(minutes=n), kind, language, "θ-s", 100.0 * (n % 2), {"talker": "woman", "level": 0.5}
    )


@pytest.fixture
def trained(store):
    for n in range(4):
        store.keep_exercise(ANNA, exercise(n))
    store.keep_exercise(BILL, exercise(9, "mouth", "ru"))
    return store


def test_what_was_kept_comes_back_in_order(trained):
    assert list(trained.exercises("anna", "en", "ear")) == [("anna", exercise(n)) for n in range(4)]
    assert [who for who, _exercise in trained.exercises()] == ["anna"] * 4 + ["bill"]
    assert holdings(trained, "anna").exercises == 4


def test_a_learner_gets_their_own(trained, tmp_path):
    export(trained, "anna", tmp_path / "out")
    lines = (tmp_path / "out" / "exercises.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["details"]["talker"] for line in lines] == ["woman"] * 4
    assert json.loads(lines[0])["schema"] == "ruston.exercise/1"


def test_they_are_handed_in_and_merged_once(trained, tmp_path):
    handed = tmp_path / "anna.zip"
    travel.hand_in(trained, trained.learner("anna"), handed)
    with Store.open(str(tmp_path / "desk.sqlite")) as desk:
        for _time in range(2):
            travel.merge(desk, handed, lambda *_who: None)
        assert list(desk.exercises()) == [("anna", exercise(n)) for n in range(4)]
        delete_learner(desk, "anna")
        assert not list(desk.exercises())
        travel.merge(desk, handed, lambda *_who: None)
        assert not list(desk.exercises())  # what was deleted does not come back
