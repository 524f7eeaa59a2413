"""A course's own scale: never falling, drawn to no change, tried on learners that it has not seen, reversible."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from program import one_line, ruston

from trainer.audio.files import read
from trainer.bundled import bundled
from trainer.errors import UserError
from trainer.live import course_scale as kept
from trainer.live.scorer import Scorer
from trainer.phrasebook.load import load
from trainer.scoring.course_scale import KNOTS, CourseScale, curve, fit
from trainer.speech.acoustic import AcousticModel
from trainer.wording import remarks

points = st.floats(0, 100)
STRICT = CourseScale("anchored-3", {"en": tuple((x, 0.8 * x) for x in KNOTS)}, {"en": 80})


@given(st.lists(st.tuples(points, points), min_size=1, max_size=40), st.sampled_from([0.5, 3.0, 30.0]))
def test_the_order_of_calls_stays_and_points_stay_points(pairs, drawn):
    x, y = np.array(pairs).T
    found = curve(x, y, drawn)
    assert (np.diff(found) >= 0).all()
    assert 0 <= found[0] <= found[-1] <= 100


def test_few_ratings_change_little_and_many_much():
    x = np.linspace(20, 100, 400)
    y = np.clip(x - 20, 0, 100)  # a strict ear
    few, many = (np.interp(80.0, KNOTS, curve(x[::step], y[::step], 10.0)) for step in (100, 1))
    assert 60 < many < 63
    assert many + 5 < few < 80


def ratings(ear, n=200, learners=10, noise=6.0):
    dice = np.random.default_rng(5)
    x = dice.uniform(20, 100, n)
    y = np.clip(ear(x) + dice.normal(0, noise, n), 0, 100)
    return x, y, [f"learner {i % learners}" for i in range(n)]


def test_a_scale_is_judged_by_learners_that_it_has_not_seen():
    strict = fit(*ratings(lambda x: 0.7 * x))
    assert strict.better
    assert strict.error[0] > 15
    assert strict.error[1] < 8  # little more than the noise of the ear itself
    assert abs(strict.difference[1]) < 2 < strict.difference[0]
    dice = np.random.default_rng(7)
    assert not fit(*ratings(lambda x: x, n=60, noise=1.0)).better
    x, _y, names = ratings(lambda x: x, n=60)
    assert fit(x[:30], x[:30], names[:30]) is None  # too few
    assert fit(x, dice.uniform(0, 100, 60), ["one", "two"] * 30) is None  # two learners


@pytest.fixture
def sample():
    return read(bundled("audio") / "samples" / "en" / "doc-09-accent-man.opus")


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("RUSTON_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("RUSTON_RECORDS", str(tmp_path / "records.sqlite"))


@pytest.fixture(scope="module")
def model():
    return AcousticModel()


def test_what_is_scored_says_its_scale_keeps_the_trainers_points_and_goes_back(model, sample):
    book = load()
    before = Scorer(book, model).score(sample, book.find("DOC-09"), "en")
    kept.put_in_force(STRICT)
    after = Scorer(book, model).score(sample, book.find("DOC-09"), "en")
    assert after.uncalibrated == before.score
    assert after.score == pytest.approx(0.8 * before.score)
    assert after.scale == f"{before.scale}+{STRICT.name}"
    assert sum(one.points for one in after.deductions) == pytest.approx(100 - after.score, abs=0.01)
    assert after.margin == pytest.approx(0.8 * before.margin, abs=0.5)
    assert any(STRICT.name in line and f"{before.score:.0f}" in line for line in remarks(after))
    assert kept.take_off()
    assert Scorer(book, model).score(sample, book.find("DOC-09"), "en") == before
    assert not kept.take_off()


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"base": "a", "knots": {"en": [[0, 5], [1, 4]]}, "ratings": {}}',
     '{"base": "a", "knots": {"de": [[0, 0], [1, 1]]}, "ratings": {}}',
     '{"base": "a", "knots": {"en": [[0, 0], [100, NaN]]}, "ratings": {}}',
     '{"base": "a", "knots": {"en": [[0, 0], [100, 101]]}, "ratings": {}}',
     '{"base": "a", "knots": {"en": [[0, 0]]}, "ratings": {}}'],
)  # fmt: skip
def test_a_damaged_scale_is_refused_in_one_line(tmp_path, content):
    path = tmp_path / "scale.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match="scale of a course"):
        kept.read(path)
    one_line(ruston("calibrate", "--take", path))


def test_another_machines_scale_is_taken_over(tmp_path):
    there = kept.put_in_force(STRICT).rename(tmp_path / "given.json")
    assert STRICT.name in ruston("calibrate", "--take", there).stdout
    assert kept.load() == STRICT
    assert json.loads(ruston("calibrate", "--off", "--json").stdout)["in_force"] is None
    assert kept.load() is None
    assert "no blind ratings" in one_line(ruston("calibrate"))
