"""The desk is the instructor's: with a PIN nobody else changes anything there, and sign-offs say who."""

import json

import pytest
from program import one_line, ruston
from sqlalchemy import select
from textual.widgets import Input
from tui import stage

from trainer.errors import UserError
from trainer.records import instructors, travel
from trainer.records.assignments import assign, sign_off, signed
from trainer.records.privacy import delete_learner
from trainer.records.ratings import Rating, rate, rated
from trainer.records.store import Store
from trainer.records.tables import attempts
from trainer.tui.app import Console
from trainer.tui.screens.desk import DeskPage, Question


def never(_name):
    raise AssertionError("nobody was to be asked")


def test_without_a_pin_the_account_that_opened_the_desk_signs(store):
    assert instructors.signer(store, None, never) == instructors.account()
    assert instructors.signer(store, " Shatalov\x1b ", never) == "Shatalov"
    with pytest.raises(UserError, match="who signs"):
        instructors.signer(store, " ", never)


def test_with_a_pin_only_those_who_tell_theirs_are_let_in(store):
    instructors.set_pin(store, "Шаталов", "звезда-75")
    assert instructors.signer(store, "shatalov", lambda _name: "звезда-75") == "Шаталов"  # as identity knows people
    for name, pin, words in (
        ("Шаталов", "звезда-76", "not the PIN"),
        ("Leonov", "звезда-75", "has no PIN"),
        (None, "x", "PIN"),
    ):
        with pytest.raises(UserError, match=words):
            instructors.signer(store, name, lambda _name, pin=pin: pin)
    instructors.set_pin(store, "Шаталов", "another-1")
    assert instructors.names(store) == ("Шаталов",)
    with pytest.raises(UserError, match="not the PIN"):
        instructors.signer(store, "Шаталов", lambda _name: "звезда-75")
    with pytest.raises(UserError, match="at least 4"):
        instructors.set_pin(store, "Шаталов", "123")
    with store.reading() as connection:
        rows = connection.execute(select(store_table())).all()
    assert b"another-1" not in b"".join(bytes(part) for row in rows for part in (row.salt, row.mark))
    store.add_learner("шаталов", "Шаталов", "ru")
    delete_learner(store, "шаталов")
    assert instructors.names(store) == ()


def test_whoever_owns_the_records_takes_forgotten_pins_away_and_nobody_can_do_so_quietly(store, monkeypatch):
    with pytest.raises(UserError, match="nobody has a PIN"):
        instructors.forget(store)
    instructors.set_pin(store, "Шаталов", "звезда-75")
    if store.target.path:
        monkeypatch.setattr("os.geteuid", lambda: store.target.path.stat().st_uid + 1)
        with pytest.raises(UserError, match="another account"):
            instructors.forget(store)
        monkeypatch.undo()
    assert instructors.forget(store) == ("Шаталов",)
    assert instructors.names(store) == ()
    assert instructors.signer(store, "Leonov", never) == "Leonov"
    with pytest.raises(UserError, match="has no PIN"):
        instructors.remove(store, "Шаталов")  # the trace stays
    instructors.set_pin(store, "Leonov", "0000")
    assert [one.name for one in instructors.forgotten(store)] == ["Шаталов"]
    instructors.set_pin(store, "shatalov", "звезда-76")
    assert instructors.forgotten(store) == ()
    assert instructors.names(store) == ("Leonov", "shatalov")


def store_table():
    from trainer.records.tables import instructors as table

    return table


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setenv("RUSTON_RECORDS", str(tmp_path / "records.sqlite"))
    with Store.open() as store:
        store.add_learner("leonov", "Леонов", "ru", "Soyuz")
        assign(store, ["leonov"], calls=1, pass_mark=70)
    run = ruston("desk", "pin", "Shatalov", "--json", typed="4321\n4321\n")
    assert json.loads(run.stdout.splitlines()[-1])["instructors"] == ["Shatalov"]
    return tmp_path


def test_headless_nothing_is_changed_without_the_pin(desk):
    roster = desk / "class.csv"
    roster.write_text("name,first\nAnna,en\n", encoding="utf-8")
    writes = (
        ("desk", "roster", roster), ("desk", "assign", "--everyone"), ("desk", "withdraw", "1"),
        ("desk", "sign-off", "1"), ("desk", "pin", "Leonov"), ("desk", "rate", "1", "--keep"), ("desk", "review"),
    )  # fmt: skip
    for command in writes:
        assert "PIN" in one_line(ruston(*command))
        assert "PIN" in one_line(ruston(*command, "--by", "Shatalov", RUSTON_DESK_PIN="1234"))
    with Store.open() as store:
        assert [one.key for one in store.learners()] == ["leonov"]
        assert signed(store) == ()
    assert ruston("desk", "mine", "leonov").returncode == 0  # the learner's own
    ruston("desk", "sign-off", "1", "--by", "shatalov", "--comment", "Good", typed="4321\n")
    ruston("desk", "sign-off", "1", "--by", "Shatalov", "--not-passed", RUSTON_DESK_PIN="4321")
    with Store.open() as store:
        assert [one.by for one in signed(store)] == ["Shatalov", "Shatalov"]
    assert "With a PIN: -" in ruston(
        "desk", "pin", "Shatalov", "--remove", "--by", "Shatalov", RUSTON_DESK_PIN="4321"
    ).stdout  # fmt: skip
    assert ruston("desk", "withdraw", "1").returncode == 0


def test_headless_nobody_is_deleted_without_the_pin(desk):
    for by in ((), ("--by", "Leonov"), ("--by", "Shatalov")):
        assert "PIN" in one_line(ruston("privacy", "delete", "leonov", "--yes", *by, RUSTON_DESK_PIN="1234"))
    ruston("desk", "pin", "--forgotten", "--yes")
    assert "taken away" in ruston("privacy", "delete", "leonov", "--yes").stderr
    ruston("desk", "pin", "Shatalov", typed="1234\n1234\n")
    run = ruston("privacy", "delete", "Леонов", "--yes", "--by", "Shatalov", typed="1234\n")
    assert "leonov is deleted" in run.stdout


def test_headless_a_forgotten_pin_is_taken_away_by_command_and_that_is_told(desk):
    assert "name an instructor" in one_line(ruston("desk", "pin"))
    ruston("desk", "pin", "--forgotten", typed="n\n")
    assert "PIN" in one_line(ruston("desk", "withdraw", "1"))
    assert "Shatalov" in ruston("desk", "pin", "--forgotten", typed="y\n").stderr
    assert all("Shatalov" in ruston("desk", *command).stderr for command in ([], ["today"]))
    run = ruston("desk", "sign-off", "1", "--by", "Leonov")
    assert run.returncode == 0
    assert "PINs taken away" in run.stderr
    assert "Shatalov" in run.stderr
    ruston("desk", "pin", "Shatalov", typed="1234\n1234\n")
    assert "taken away" not in ruston("desk", "withdraw", "1", "--by", "Shatalov", RUSTON_DESK_PIN="1234").stderr


async def test_the_console_asks_who_sits_at_the_desk(desk):
    app = Console(stage.options(keep=True, records=str(desk / "records.sqlite")), DeskPage)
    async with app.run_test(size=(120, 40)) as pilot:
        for pin in ("1111", "4321"):
            await stage.until(pilot, lambda: isinstance(app.screen, Question) and app.screen.query(Input))
            name, asked = app.screen.query(Input)
            assert (name.value, asked.password) == ("Shatalov", True)
            asked.value = pin
            asked.focus()
            await pilot.press("enter")
        await stage.until(pilot, lambda: isinstance(app.screen, DeskPage) and app.screen._class)
        await pilot.press("ctrl+s")
        await stage.until(pilot, lambda: isinstance(app.screen, Question) and len(app.screen.query(Input)) == 2)
        app.screen.query(Input).last().focus()
        await pilot.press("enter")
        await stage.until(pilot, lambda: isinstance(app.screen, DeskPage) and app.screen._class.signed)
        assert [one.by for one in signed(app.program.store)] == ["Shatalov"]


@pytest.fixture
def forged(tmp_path, drill):
    """A learner's own records, in which they asked themselves for little, passed it, and rated their call."""
    with Store.open(str(tmp_path / "own.sqlite")) as own:
        plan = drill.new(own)
        for event in (drill.cue(0), drill.scored(0, 40.0, at=2.0)):
            own.append(plan.session, event)
        given = assign(own, ["leonov"], calls=1, pass_mark=1)[0].assignment
        sign_off(own, "Shatalov", assignment=given)
        with own.reading() as connection:
            attempt = connection.execute(select(attempts.c.id)).scalars().first()
        rate(own, Rating(attempt, "Shatalov", "score", 95.0, ""))
        travel.backup(own, tmp_path / "b.zip")
    return tmp_path / "b.zip"


NEW, NONE = {"assignments": 1, "signoffs": 1, "ratings": 1}, {"assignments": 0, "signoffs": 0, "ratings": 0}


def test_merging_brings_judgements_to_a_desk_with_a_pin_only_by_an_instructor(desk, forged):
    def merged(*more, **environment):
        run = ruston("records", "merge", forged, *more, "--json", **environment)
        done = json.loads(run.stdout)
        return done["sessions"], done["taken_over"], done["left_out"]

    def judged():
        with Store.open() as store:
            return [one.by for one in signed(store)], [one.counted for one in store.attempts()], len(list(rated(store)))

    for by, pin in (("Shatalov", "1234"), ("Leonov", "4321")):
        assert "PIN" in one_line(ruston("records", "merge", forged, "--by", by, RUSTON_DESK_PIN=pin))
    with Store.open() as store:
        assert not store.sessions()
    assert merged() == (1, NONE, NEW)
    assert merged(RUSTON_DESK_PIN="1234") == (0, NONE, NEW)
    assert "PIN: sign-offs 1, assignments 1, ratings 1" in ruston("records", "merge", forged).stdout
    assert judged() == ([], [40.0], 0)
    assert merged("--by", "Shatalov", RUSTON_DESK_PIN="4321") == (0, NEW, NONE)
    assert judged() == (["Shatalov"], [95.0], 1)
    assert merged() == (0, NONE, NONE)


def test_a_forgotten_pin_opens_the_desk_to_no_judgements_from_elsewhere(desk, forged):
    ruston("desk", "pin", "--forgotten", "--yes")
    assert "taken away" in ruston("records", "merge", forged, "--by", "Leonov").stderr
    assert json.loads(ruston("records", "merge", forged, "--json").stdout)["left_out"] == NEW
    ruston("desk", "pin", "Shatalov", typed="1234\n1234\n")
    run = ruston("records", "merge", forged, "--by", "Shatalov", "--json", typed="1234\n")
    assert json.loads(run.stdout)["taken_over"] == NEW


def test_a_new_desk_keeps_its_pin_whatever_is_merged_into_it(tmp_path, forged):
    with Store.open(str(tmp_path / "new.sqlite")) as new:
        instructors.set_pin(new, "Shatalov", "4321")
        done = travel.merge(new, forged, lambda *_who: None)
        assert (done.sessions, done.left_out) == (1, travel.Judgements(1, 1, 1))
        assert instructors.names(new) == ("Shatalov",)
        assert signed(new) == ()


def test_without_a_pin_merging_brings_judgements_and_tells_how_many(tmp_path, forged):
    for learner in (None, "stafford"):  # all of a backup, and beside what is there
        place = tmp_path / f"{learner}.sqlite"
        with Store.open(str(place)) as store:
            if learner:
                store.add_learner(learner, "Stafford", "en")
        told = ruston("records", "merge", forged, "--records", place).stdout
        assert "Taken over: sign-offs 1, assignments 1, ratings 1." in told
        with Store.open(str(place)) as store:
            assert [one.by for one in signed(store)] == ["Shatalov"]
