"""An instructor's ear beside the machine's: what is said of an attempt is kept, counts, and reaches the learner."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from trainer.drill.exercises import Exercise
from trainer.errors import UserError
from trainer.phrasebook.phases import Phases
from trainer.records.assignments import assign, progress, sign_off
from trainer.records.inbox import comments, inbox, show_comments
from trainer.records.privacy import delete_learner, export, holdings
from trainer.records.ratings import Rating, look, rate, rated
from trainer.records.store import Store
from trainer.records.tables import attempts, learners, metadata
from trainer.records.travel import backup, hand_in, merge
from trainer.reports.figures import figures
from trainer.reports.names import Names
from trainer.reports.stored import exported
from trainer.wording import comment_told

PHASES = Phases({"DOC-09": "docking"}, {})
SCORE = Rating(1, "Shatalov", "score", 90.0, "Soft л at last")


@pytest.fixture
def drilled(store, drill):
    """Leonov has said one call for 40 points (pass mark 70) and not answered the next."""
    plan = drill.new(store)
    for event in (drill.cue(0), drill.scored(0, 40.0, at=2.0)):
        store.append(plan.session, event)
    return store


def number(store) -> int:
    with store.reading() as connection:
        return int(connection.execute(select(func.min(attempts.c.id))).scalar_one())


def counted(store):
    """What counts, wherever it is counted: attempts, sessions, reports, exports."""
    (attempt,), (session,) = store.attempts(), store.sessions()
    total = figures(store, [], Names(None), PHASES).total
    (out,) = exported(store, [], Names(None), PHASES)
    assert attempt.counted == session.points == total.mean_points == out.attempt.counted
    assert attempt.points == out.attempt.points == 40.0  # the machine's stays
    assert (total.passed == 1) == out.attempt.passed
    return attempt.counted, out.attempt.passed


def test_the_newest_score_in_sight_of_the_machines_counts_and_the_machines_stays(drilled):
    this = replace(SCORE, attempt=number(drilled))
    assert counted(drilled) == (40.0, False)
    rate(drilled, this)
    assert counted(drilled) == (90.0, True)
    rate(drilled, replace(this, points=75.0), replace(this, kind="comment", points=None))
    assert counted(drilled) == (75.0, True)
    rate(drilled, replace(this, by="Beregovoi", points=10.0, blind=True))
    with pytest.raises(UserError, match="has seen the score"):
        rate(drilled, replace(this, blind=True))
    assert counted(drilled) == (75.0, True)
    rate(drilled, replace(this, kind="keep", points=None, comment=""))
    assert counted(drilled) == (40.0, False)
    assert [one.rating.points for one in rated(drilled)] == [90.0, 75.0, None, 10.0, None]
    assert {(one.learner, one.asked, one.points) for one in rated(drilled)} == {("leonov", "DOC-09", 40.0)}


def test_whoever_has_only_looked_rates_blind_no_more_and_has_said_nothing(drilled):
    this = replace(SCORE, attempt=number(drilled))
    for _twice in range(2):
        look(drilled, "Shatalov", [this.attempt])
    with pytest.raises(UserError, match="has seen the score"):
        rate(drilled, replace(this, blind=True))
    rate(drilled, replace(this, by="Beregovoi", blind=True))
    assert counted(drilled) == (40.0, False)
    assert [one.rating.by for one in rated(drilled)] == ["Beregovoi"]
    assert holdings(drilled, "leonov").ratings == 1


def test_an_instructors_points_count_for_an_assignment_of_a_single_call(drilled):
    wanted = assign(drilled, ["leonov"], calls=1, pass_mark=80, call_ids=["DOC-09"])[0].assignment
    assign(drilled, ["leonov"], calls=1, pass_mark=80, call_ids=["DOC-10"])
    with drilled.writing() as connection:  # given before the drill
        connection.execute(metadata.tables["assignments"].update().values(given=datetime(2025, 1, 1, tzinfo=UTC)))
    assert [one.done for one in progress(drilled, PHASES)] == [0, 0]
    rate(drilled, replace(SCORE, attempt=number(drilled)))
    done = {one.assignment.call_ids: one.done for one in progress(drilled, PHASES)}
    assert done == {("DOC-09",): 1, ("DOC-10",): 0}
    assert [one.assignment.call_ids for one in inbox(drilled, PHASES, "leonov").assignments] == [("DOC-10",)]
    with pytest.raises(UserError, match="fewer than the 2"):
        assign(drilled, ["leonov"], calls=2, pass_mark=80, call_ids=["DOC-09", "DOC-09"])
    assert wanted


@pytest.mark.parametrize(
    "wrong, words",
    [
        ({"points": 101.0}, "0 to 100"),
        ({"points": float("nan")}, "0 to 100"),
        ({"points": None}, "0 to 100"),
        ({"kind": "keep"}, "0 to 100"),
        ({"kind": "shout"}, "0 to 100"),
        ({"by": " \x1b"}, "who rates"),
        ({"kind": "comment", "points": None, "comment": " "}, "nothing to say"),
        ({"comment": "x" * 3000}, "at most 2000"),
        ({"attempt": 999_999}, "no attempt 999999"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_of_it_kept(drilled, wrong, words):
    right = replace(SCORE, attempt=number(drilled))
    with pytest.raises(UserError, match=words):
        rate(drilled, right, replace(right, **wrong))
    assert not list(rated(drilled))
    assert counted(drilled) == (40.0, False)


def test_a_comment_says_in_words_what_it_is_of_and_shows_no_number(drilled):
    names = {"docking": "Docking"}
    task = assign(drilled, ["leonov"], phases=["docking"], calls=1, pass_mark=70, mode="echo")[0].assignment
    sign_off(drilled, "Shatalov", assignment=task, comment="Well done")
    session = next(iter(drilled.attempts())).session
    sign_off(drilled, "Shatalov", session=session, learner="leonov", comment="Calm and clear")
    of_session, of_assignment = (comment_told(one, names) for one in comments(drilled, "leonov"))
    opened = drilled.sessions()[0].opened
    assert of_session.startswith(f"{opened.astimezone():%Y-%m-%d %H:%M} · ")
    assert of_session.endswith("Shatalov: Calm and clear")
    assert session not in of_session
    assert of_assignment == "Docking · Echo  Shatalov: Well done"


def test_comments_reach_the_learner_once_as_new_and_blind_ones_never(drilled):
    this = replace(SCORE, attempt=number(drilled))
    session = drilled.sessions()[0].id
    day = datetime.now(UTC) + timedelta(days=3)
    task = assign(drilled, ["leonov"], calls=2, pass_mark=80, due=day)[0].assignment
    rate(
        drilled, replace(this, comment="\x1b[31mTongue\n up"), replace(this, by="Volynov", comment="secret", blind=True)
    )
    sign_off(drilled, "Beregovoi", session=session, learner="leonov", comment="Calm and clear")
    box = inbox(drilled, PHASES, "leonov")
    assert [(one.by, one.text, one.new) for one in box.comments] == [
        ("Beregovoi", "Calm and clear", True), ("Shatalov", "[31mTongue up", True),
    ]  # fmt: skip
    assert [(one.assignment.id, one.done, one.assignment.due) for one in box.assignments] == [(task, 0, day)]
    (call,) = [one for one in comments(drilled, "leonov", session) if one.asked]
    assert (call.turn, call.points, call.judged, call.passed) == (0, 40.0, 90.0, None)
    show_comments(drilled, "leonov")
    assert inbox(drilled, PHASES, "leonov").comments == ()
    assert [one.new for one in comments(drilled, "leonov")] == [False, False]
    assert comments(drilled, "stafford") == comments(drilled, "leonov", "another") == ()


def of_a_learner(connection, key):
    """How many rows of every table hang on a learner, by way of whatever tables lie between."""
    person = connection.execute(select(learners.c.id).where(learners.c.key == key)).scalar_one()
    mine = {"learners": [person]}
    rows = {}
    for table in metadata.sorted_tables:
        for column in table.columns:
            for key_ in column.foreign_keys:
                if key_.column.table.name in mine and key_.column.name == "id" and key_.column.table.name != "sessions":
                    wanted = select(table).where(column.in_(mine[key_.column.table.name]))
                    found = connection.execute(wanted).mappings().all()
                    rows[table.name] = len(found)
                    if "id" in table.columns:
                        mine[table.name] = [row["id"] for row in found]
    return rows


def test_whoever_is_deleted_leaves_nothing_in_any_table(store, drill, tmp_path):
    """Every table that hangs on a learner has a row here: one that is added without is noticed."""
    plan = drill.new(store)
    store.append(plan.session, drill.cue(0))
    store.append(plan.session, drill.scored(0), memories={("leonov", "en"): lambda _before: "{}"})
    store.append(plan.session, drill.cue(1, seat="apollo"))
    with store.writing() as connection:
        person = select(learners.c.id).where(learners.c.key == "leonov").scalar_subquery()
        session = connection.execute(select(metadata.tables["sessions"].c.id)).scalar_one()
        values = {"path": "recordings/x/y.flac", "learner": person, "session": session, "kept": datetime.now(UTC)}
        connection.execute(metadata.tables["recordings"].insert().values(**values))
    leonov = next(seat for seat in plan.seats if seat.learner == "leonov")
    store.keep_exercise(leonov, Exercise(datetime.now(UTC), "mouth", "en", "latch", 80.0))
    store.put_on_list(leonov, "DOC-01")
    task = assign(store, ["leonov"], calls=1, pass_mark=80)[0].assignment
    rate(store, replace(SCORE, attempt=number(store), comment="Quixotic л"))
    sign_off(store, "Shatalov", assignment=task, comment="Quixotic, too")
    with store.reading() as connection:
        rows = of_a_learner(connection, "leonov")
        assert all(rows.values()), rows
    assert holdings(store, "leonov").ratings == 1
    export(store, "leonov", tmp_path / "out")
    desk = (tmp_path / "out" / "desk.jsonl").read_text("utf-8")
    assert "Quixotic л" in desk
    assert "Quixotic, too" in desk
    delete_learner(store, "leonov")
    with store.reading() as connection:
        for name in rows:
            if name != "seats":  # that somebody sat there stays, not who
                assert connection.execute(select(func.count()).select_from(metadata.tables[name])).scalar_one() == 0
    if store.target.path:
        store.close()
        assert b"Quixotic" not in store.target.path.read_bytes()


def test_an_instructor_who_is_deleted_is_named_no_longer(drilled):
    drilled.add_learner("shatalov", "Shatalov", "ru")
    rate(drilled, replace(SCORE, attempt=number(drilled)))
    delete_learner(drilled, "shatalov")
    assert [one.rating.by for one in rated(drilled)] == ["-"]
    assert counted(drilled) == (90.0, True)


def test_ratings_travel_and_come_once(drilled, tmp_path):
    rate(drilled, replace(SCORE, attempt=number(drilled)))
    backup(drilled, tmp_path / "all.zip")
    hand_in(drilled, drilled.learner("leonov"), tmp_path / "own.zip")
    with Store.open(str(tmp_path / "desk.sqlite")) as desk:
        desk.add_learner("somebody", "Somebody", "en")
        merge(desk, tmp_path / "own.zip", lambda *_: None)
        assert [one.counted for one in desk.attempts()] == [40.0]  # nobody hands in their own marks
        for _twice in range(2):
            merge(desk, tmp_path / "all.zip", lambda *_: None)
            assert [one.rating.comment for one in rated(desk)] == ["Soft л at last"]
            assert [one.counted for one in desk.attempts()] == [90.0]
