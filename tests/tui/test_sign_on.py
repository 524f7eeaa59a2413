"""Signing on: everybody is found again, in either alphabet, and nothing changes that was not changed here."""

from datetime import timedelta

import pytest
from textual.events import Paste
from textual.widgets import Input
from tui import stage

from trainer.messages import heed, interface_language
from trainer.records import recordings
from trainer.records.roster import Entry, enrol
from trainer.records.store import Store
from trainer.settings import Settings, save_settings
from trainer.tui.app import Console
from trainer.tui.screens.board import Board
from trainer.tui.screens.newcomer import Newcomer
from trainer.tui.screens.picking import Picking
from trainer.tui.screens.sign_on import CREWS, NEW, SignOn

VEGA = """
[[crew]]
id = "vega"
name = { en = "Vega", ru = "Вега" }
role = { en = "pilot", ru = "пилот" }
station = "apollo"
first = "en"
"""


@pytest.fixture
def records(here):
    """A class: Stafford, who agreed to a year, a Russian who drilled yesterday, and an American who did so today."""
    path = str(here / "records.sqlite")
    with Store.open(path) as store:
        entries = [("stafford", "Thomas Stafford", "en", "Class 7B"), ("anna-petrova", "Анна Петрова", "ru", "7Б"),
                   ("brad-o-neil", "Brad O'Neil", "en", "7A")]  # fmt: skip
        enrol(store, tuple(Entry(n, *entry) for n, entry in enumerate(entries)))
        store.consent("stafford", True, 365)
        for key, days in (("anna-petrova", 1), ("brad-o-neil", 0)):
            stage.drilled(store, key, stage.NOW - timedelta(days=days))
        for key in ("stafford", "anna-petrova", "brad-o-neil"):
            store.show_letters(key, False)
    return path


def console(records, **changes):
    made = Console(stage.options(keep=True, records=records, **changes))
    stage.share(made.program)
    return made


def rows(app):
    return [option.id for option in app.screen.query_one("#crew").options]


def learners(records):
    with Store.open(records) as store:
        return {one.key: one for one in store.learners()}


async def on_the_board(pilot, *, asked=False):
    """asked: whether they read the other alphabet; they do."""
    if asked:
        await stage.until(pilot, lambda: isinstance(pilot.app.screen, Picking))
        await pilot.press("enter")
    await stage.until(pilot, lambda: isinstance(pilot.app.screen, Board) and pilot.app.screen._rows)


@pytest.mark.parametrize("at_once", [True, False])
async def test_signing_on_changes_nothing_that_was_not_changed(records, at_once):
    before = learners(records)
    app = console(records)
    async with app.run_test(size=(80, 24)) as pilot:
        await stage.known(pilot)
        app.screen.query_one("#crew").show("stafford")
        if not at_once:
            await pilot.pause()
            box = app.screen.query_one("#consent")
            assert box.value
            assert "365" in str(box.label)
            await pilot.press("f2", "f2")
            await stage.until(pilot, lambda: app.screen.query_one("#consent").value)
        await pilot.press("enter")
        await on_the_board(pilot)
        assert app.program.name == "Thomas Stafford"
    assert learners(records) == before


async def test_what_was_changed_is_kept_and_only_that(records):
    app = console(records)
    async with app.run_test(size=(80, 24)) as pilot:
        await stage.known(pilot)
        app.screen.query_one("#crew").show("stafford")
        await pilot.press("ctrl+k", "up", "down", "enter")
        await on_the_board(pilot)
    kept = learners(records)
    assert (kept["stafford"].recordings, kept["stafford"].crew) == (False, "Class 7B")
    assert kept["brad-o-neil"].consented is None


async def test_the_last_one_is_on_top_and_the_crews_are_folded_below(records):
    app = console(records)
    async with app.run_test(size=(80, 24)) as pilot:
        await stage.known(pilot)
        assert rows(app) == ["brad-o-neil", "anna-petrova", "stafford", NEW, CREWS]
        app.screen.query_one("#crew").show(CREWS)
        await pilot.press("enter")
        await stage.until(pilot, lambda: "leonov" in rows(app))


@pytest.mark.parametrize("typed, first", [("петр", "anna-petrova"), ("petr", "anna-petrova"), ("7A", "brad-o-neil"),
                                          ("Леонов", "leonov")])  # fmt: skip
async def test_typing_finds_a_name_in_either_alphabet_though_enter_comes_with_the_letters(records, typed, first):
    app = console(records)
    async with app.run_test(size=(80, 24)) as pilot:
        await stage.known(pilot)
        await pilot.press(*typed, "enter")
        await on_the_board(pilot, asked=first == "leonov")
        assert app.program.who == first


async def test_enter_acts_on_the_row_that_is_highlighted_though_all_keys_come_together(records):
    app = console(records)
    async with app.run_test(size=(80, 24)) as pilot:
        await stage.known(pilot)
        stage.typed_at_once(app, "down", "down", "enter")
        await on_the_board(pilot)
        assert app.program.who == "stafford"
        begun = []
        app.begin = lambda mode, phase: begun.append((mode, phase))
        stage.typed_at_once(app, "down", "down", "down", "2", "enter", "down", "1")
        await stage.until(pilot, lambda: begun)
        assert begun == [("read", app.screen._rows[2].id)]


async def test_a_newcomer_is_there_the_next_time(records):
    app = console(records)
    async with app.run_test(size=(80, 24)) as pilot:
        await stage.known(pilot)
        await pilot.press(*"Maria Lopez", "enter")
        await stage.until(pilot, lambda: isinstance(app.screen, Newcomer))
        await pilot.press("enter")
        await stage.until(pilot, lambda: isinstance(app.screen, Picking))
        await pilot.press("down", "enter")  # reads no Cyrillic
        await on_the_board(pilot)
        assert app.program.seat.target == "ru"
        assert app.program.reader().needs("ru")
    assert learners(records)["maria-lopez"].name == "Maria Lopez"
    app = console(records)
    async with app.run_test(size=(80, 24)) as pilot:
        await stage.known(pilot)
        await pilot.press("enter")
        await on_the_board(pilot)
        assert app.program.who == "maria-lopez"
        assert app.program.letters


@pytest.mark.parametrize("who, letters", [("maria-lopez", True), ("brad-o-neil", False)])
async def test_two_at_one_machine_read_what_each_of_them_can(records, who, letters):
    with Store.open(records) as store:
        store.add_learner("maria-lopez", "Maria Lopez", "en")
        store.show_letters("maria-lopez", True)
    app = console(records)
    async with app.run_test(size=(80, 24)) as pilot:
        await stage.known(pilot)
        app.screen.query_one("#crew").show(who)
        await pilot.press("enter")
        await on_the_board(pilot)
        assert app.program.reader().needs("ru") is letters


async def test_what_was_chosen_for_the_whole_machine_holds_for_those_who_were_known(records):
    save_settings(Settings(console={"letters": True}))
    with Store.open(records) as store:
        store.add_learner("maria-lopez", "Maria Lopez", "en")
    app = console(records)
    async with app.run_test(size=(80, 24)) as pilot:
        await stage.known(pilot)
        app.screen.query_one("#crew").show("maria-lopez")
        await pilot.press("enter")
        await on_the_board(pilot)
        assert app.program.letters
        assert not app.program.reader(app.program.seat_of("brad-o-neil")).letters


async def test_one_person_is_one_learner(records):
    """The name that the class knows in Cyrillic, in another spelling: the same person, or whoever types it is asked."""
    for typed, asked in (("Анна  ПЕТРОВА", False), ("Petrova, Anna", True)):
        app = console(records)
        async with app.run_test(size=(80, 24)) as pilot:
            await stage.known(pilot)
            app.screen.query_one("#crew").show(NEW)
            await pilot.press("enter")
            await stage.until(pilot, lambda app=app: isinstance(app.screen, Newcomer))
            app.screen.query_one("#name").value = typed
            app.screen.query_one("#first-ru").value = True
            await pilot.pause()
            await pilot.press("enter")
            if asked:
                await stage.until(pilot, lambda app=app: isinstance(app.screen, Picking))
                await pilot.press("enter")
            await on_the_board(pilot)
            assert app.program.who == "anna-petrova"
    assert len(learners(records)) == 3


async def test_a_name_that_is_known_with_the_other_language_is_refused(records):
    app = console(records)
    async with app.run_test(size=(80, 24)) as pilot:
        await stage.known(pilot)
        app.screen._newcomer(("Анна Петрова", "en"))
        await pilot.pause()
        assert any("other first language" in told.message for told in app._notifications)
        assert not app.program.signed_on


async def test_recordings_are_not_deleted_by_leaving_the_screen_early(records, here):
    with Store.open(records) as store:
        assert recordings.purge(store) == 0
    app = console(records)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter", "down", "enter")
    assert learners(records)["stafford"].retention_days == 365


@pytest.mark.parametrize("crew", ["", VEGA])
async def test_a_book_of_ones_own_has_its_own_crew_or_none(here, crew):
    book = here / "ours.toml"
    book.write_text(f'[[phrase]]\nen = "Go."\nru = "Старт."\n{crew}', encoding="utf-8")
    app = Console(stage.options(keep=True, records=str(here / "own.sqlite"), book=book))
    async with app.run_test(size=(80, 24)) as pilot:
        await stage.known(pilot)
        assert [row for row in rows(app) if row] == ([NEW, CREWS, "vega"] if crew else [NEW])
        if crew:
            app.screen.query_one("#crew").show("vega")
            await pilot.press("enter")
        else:
            await pilot.press("enter")
            await stage.until(pilot, lambda: isinstance(app.screen, Newcomer))
            await pilot.press(*"Ann", "enter")
        await on_the_board(pilot, asked=True)
        assert app.program.who == ("vega" if crew else "ann")


@pytest.mark.parametrize("option, variable", [(None, "ru"), ("ru", "")])
async def test_the_language_that_was_asked_for_outlives_signing_on(option, variable, monkeypatch):
    monkeypatch.setenv("RUSTON_INTERFACE", variable)
    heed(option)
    console = Console(stage.options())
    stage.share(console.program)
    async with console.run_test(size=(80, 24)) as pilot:
        await stage.signed_on(pilot, "stafford")
        assert interface_language() == "ru"
    heed(None)


async def test_the_interface_speaks_the_language_of_whoever_signs_on_and_keeps_only_what_was_chosen(here, monkeypatch):
    monkeypatch.setenv("RUSTON_INTERFACE", "")
    heed(None, "en")
    console = Console(stage.options())
    stage.share(console.program)
    async with console.run_test(size=(80, 24)) as pilot:
        await stage.signed_on(pilot, "leonov")
        assert interface_language() == "ru"
        assert console.preferences.interface is None
        await pilot.press("f2")
        await stage.until(pilot, lambda: interface_language() == "en")
        assert console.preferences.interface == "en"


async def test_a_page_that_is_pasted_as_a_name_is_not_taken_and_said_to_be_too_long():
    console = Console(stage.options())
    async with console.run_test(size=(80, 24)) as pilot:
        await stage.until(pilot, lambda: isinstance(console.screen, SignOn) and console.screen.query("#wanted"))
        field = console.screen.query_one("#wanted", Input)
        console.screen.query_one("#wanted").focus()
        field.post_message(Paste("Ж" * 10_000))
        await stage.until(pilot, lambda: console._notifications)
        assert "40" in next(iter(console._notifications)).message
        assert field.value == ""


async def test_enter_before_anybody_is_listed_waits_for_the_list():
    console = Console(stage.options())
    async with console.run_test(size=(80, 24)) as pilot:
        page = console.screen
        assert isinstance(page, SignOn)
        page.action_sign_on()
        await stage.until(pilot, lambda: isinstance(console.screen, Picking))  # the first of the crews is asked
