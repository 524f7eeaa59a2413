"""The desk is the instructor's: with a PIN nobody else changes anything there, and sign-offs say who."""

import json

import pytest
from program import one_line, ruston
from sqlalchemy import select
from textual.widgets import Input
from tui import stage

from trainer.errors import UserError
from trainer.records import instructors
from trainer.records.assignments import assign, signed
from trainer.records.privacy import delete_learner
from trainer.records.store import Store
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


def test_headless_a_forgotten_pin_is_taken_away_by_command_and_that_is_told(desk):
    assert "name an instructor" in one_line(ruston("desk", "pin"))
    ruston("desk", "pin", "--forgotten", typed="n\n")
    assert "PIN" in one_line(ruston("desk", "withdraw", "1"))
    assert "Shatalov" in ruston("desk", "pin", "--forgotten", typed="y\n").stderr
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
