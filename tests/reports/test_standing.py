"""Where a learner stands, and one side of a class against another: true statements, with what they rest on."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from program import one_line, ruston
from reports.conftest import LEONOV, STAFFORD, Drill, reading

from trainer.messages import choose_language
from trainer.records.assignments import assign
from trainer.records.ratings import Rating, rate
from trainer.records.tables import attempts
from trainer.reports.compare import compare
from trainer.reports.figures import CallFigures, DayFigures, SoundFigures, Tally
from trainer.reports.levels import LEVELS, cefr, icao, level, missing


def calls(key, points, call="DOC-09", n=6):
    tally = Tally(attempts=n, points=n * points, squares=n * points**2, passed=n if points >= 70 else 0)
    return CallFigures(key, call, "en", "docking", "read", tally)


def test_the_same_learners_are_compared_with_themselves_over_all_calls_and_over_those_of_both():
    before = [calls(key, 60 + n) for n, key in enumerate("abcde")] + [calls("gone", 20)]
    after = [calls(key, 70 + n) for n, key in enumerate("abcde")] + [calls("a", 0, call="COM-01")]
    found = compare(("spring", "autumn"), before, after)
    assert (found.same, found.calls) == (5, 1)
    assert [side.learners for side in found.sides] == [6, 5]
    assert found.alike.by == pytest.approx(10)
    assert found.alike.sure
    assert found.change.by == pytest.approx((35 - 60 + 4 * 10) / 5)  # a's hard call pulls a down
    assert not found.change.sure


def test_other_learners_are_compared_by_their_means_and_an_empty_side_by_nothing():
    one, other = [calls(key, 60) for key in "abcd"], [calls(key, 60 + n) for n, key in enumerate("wxyz")]
    found = compare(("Soyuz", "Apollo"), one, other)
    assert (found.same, found.change.by) == (0, 1.5)
    assert found.change.low < 0 < found.change.high
    assert compare(("a", "b"), one, []).change is None
    assert compare(("a", "b"), one, [calls("w", 50, n=2)]).change is None  # two answers are none


def days(points, share, answers=40):
    scored = round(answers * share)
    return [DayFigures("a", date(2026, 7, 1), Tally(attempts=answers, scored=scored, score=scored * points))]


@pytest.mark.parametrize(
    "points, share, expected",
    [(95, 1.0, 6), (95, 0.93, 4), (75, 1.0, 4), (69.9, 1.0, 3), (45, 1.0, 2), (95, 0.3, 1), (20, 1.0, 1)],
)
def test_a_level_needs_both_sounds_and_being_understood(points, share, expected):
    assert level("a", "A", "en", days(points, share), []).level == expected


def test_what_is_missing_leads_to_the_next_level():
    weak = SoundFigures("a", "en", "θ", 20, 20 * 40.0, (("t", 10),))
    for points, share in [(45, 1.0), (69, 0.85), (80, 0.9), (91, 0.98)]:
        one = level("a", "A", "en", days(points, share), [weak])
        better = level("a", "A", "en", days(points + one.lacks_points, min(1.0, share + one.lacks_share + 0.02)), [])
        assert better.level == one.level + 1
        assert "[θ]" in missing(one)
    assert missing(level("a", "A", "en", days(99, 1.0), [weak])) == ""
    few = level("a", "A", "en", days(99, 1.0, answers=5), [])
    assert (few.level, few.cefr) == (None, None)
    assert "20 answers" in missing(few)


def test_every_level_has_its_words_in_both_languages():
    for language in ("en", "ru"):
        choose_language(language)
        words = {of(n) for n in range(1, len(LEVELS) + 1) for of in (icao, cefr)}
        assert len(words) == 2 * len(LEVELS)
        assert all(any("а" <= c <= "я" for c in text) == (language == "ru") for text in words)
    choose_language("en")


def test_headless_a_learner_sees_their_own_and_an_instructor_compares(store):
    opened = datetime.now(UTC) - timedelta(days=2)
    drill = Drill(store, "s-9", "read", LEONOV, "Leonov", "ru", opened.isoformat())
    for _n in range(24):
        drill.say("DOC-09", reading(75.0))
    assign(store, [LEONOV], calls=1, pass_mark=80, call_ids=["DOC-10"], due=datetime.now(UTC) + timedelta(days=2))
    with store.reading() as connection:
        (row,) = connection.execute(attempts.select().order_by(attempts.c.id.desc()).limit(1)).all()
    rate(store, Rating(row.id, "Shatalov", "score", 90.0, "Softer л"))
    first = ruston("desk", "mine", LEONOV).stdout
    assert "DOC-10: 0 of 1 from 80 points by" in first
    assert "● " in first
    assert "Shatalov · 90 points: Softer л" in first
    assert "● " not in ruston("desk", "mine", LEONOV).stdout
    kinds = [json.loads(line)["kind"] for line in ruston("desk", "mine", LEONOV, "--json").stdout.splitlines()]
    assert kinds == ["assignment", "comment"]
    told = json.loads(ruston("desk", "compare", "--at", f"{opened:%Y-%m-%d}", "--json").stdout)
    assert [side["learners"] for side in told["sides"]] == [2, 1]
    assert told["same"] == 1
    for wrong in ((), ("--crew", "Apollo"), ("--term", "2026-01..2026-02"), ("--term", "a", "--term", "b")):
        one_line(ruston("desk", "compare", *wrong))
    found = [json.loads(line) for line in ruston("desk", "levels", "--learner", LEONOV, "--json").stdout.splitlines()]
    assert [(one["level"], one["cefr"], one["licence"]) for one in found] == [(4, "B2", False)]
    assert "no licence" in ruston("desk", "levels").stdout


def test_a_learner_is_meant_by_key_name_or_pseudonym(store, pseudonyms, tmp_path):
    for who in (pseudonyms.learner(STAFFORD), STAFFORD, STAFFORD.upper()):
        run = ruston("report", "--learner", who, "--names", "--out", tmp_path / "r.html")
        assert run.stdout.endswith("5 attempts.\n"), run.stderr
    assert "L-NOBODY" in one_line(ruston("report", "--learner", "L-NOBODY", "--out", tmp_path / "r.html"))


def test_the_desk_lists_those_of_whom_nothing_is_asked(store):
    def listed():
        return [json.loads(line) for line in ruston("desk", "list", "--json").stdout.splitlines()]

    assert {one["learner"]: (one["assignment"], one["last"][:10]) for one in listed()} == {
        LEONOV: (None, "2026-07-17"), STAFFORD: (None, "2026-07-16"),
    }  # fmt: skip
    assert "(stafford): drilled last on 2026-07-16" in ruston("desk").stdout
    ruston("desk", "assign", "--learner", STAFFORD, "--calls", 1)
    assert [one["assignment"] is None for one in listed()] == [False, True]
    assert "(stafford)" not in ruston("desk").stdout
