"""The board says what to do today, and a drill that was broken off goes on from it."""

from contextlib import asynccontextmanager

import pytest
from tui import stage

from trainer.drill.events import Advanced, Assessed, Cue, KeyDown, Opened
from trainer.drill.memory import Memory
from trainer.drill.schedule import Mastery
from trainer.drill.session import fold
from trainer.live.board import PhaseRow, board, next_phase
from trainer.live.learning import kept_log
from trainer.tui.app import Console
from trainer.tui.screens.drill import DrillPage
from trainer.tui.screens.ear import EarPage
from trainer.tui.screens.mouth import MouthPage
from trainer.tui.screens.picking import Picking
from trainer.tui.screens.ready import ReadyPage

PLACES = ("Progress", "Train", "Phrasebook", "Audio check", "Settings", "Help", "Manual")


def text(app, selector="#today"):
    return str(app.screen.query_one(selector).visual)


@asynccontextmanager
async def practised(here, language="en"):
    """The board of somebody who has practised."""
    console = Console(stage.options(keep=True, records=str(here / "records.sqlite")))
    stage.share(console.program)
    async with console.run_test(size=(80, 24)) as pilot:
        await stage.known(pilot)
        stage.practise(console.program, language)
        await stage.signed_on(pilot, stage.CREW[language])
        await stage.until(pilot, lambda: text(console))
        yield console, pilot


@pytest.mark.parametrize("kind, answered", [(Cue, 0), (KeyDown, 0), (Assessed, 1), (Advanced, 1)])
async def test_a_drill_that_was_broken_off_goes_on_where_it_was(here, kind, answered):
    console = Console(stage.options(keep=True, records=str(here / "records.sqlite")))
    stage.share(console.program)
    async with console.run_test() as pilot:
        await stage.known(pilot)
        console.program.sign_on("stafford", "en")
        events = stage.upto(stage.recorded("en"), kind, 1)
        session = fold(events).plan.session
        log = kept_log(console.program.store, session)
        for event in events:
            log.append(event)
        await stage.signed_on(pilot, "stafford")
        await stage.until(pilot, lambda: text(console))
        assert f"Read, {answered} of 2" in text(console)
        await pilot.press("r")
        await stage.until(pilot, lambda: isinstance(console.screen, DrillPage) and console.screen.state.cue)
        page = console.screen
        await stage.until(pilot, lambda: page.idle)
        if page.state.done:
            await pilot.press("enter")
            await stage.until(pilot, lambda: not page.state.done and page.idle)
        await pilot.press("space")
        await stage.until(pilot, lambda: len(page.state.attempts) == answered + 1)
        kept = list(console.program.store.events(session))
        assert kept[: len(events)] == events
        assert sum(isinstance(event, Opened) for event in kept) == 1


async def test_the_board_counts_what_is_due_and_the_days_of_the_week(here):
    async with practised(here) as (console, _pilot):
        rows = console.program.board()
        due = sum(row.due for row in rows)
        assert ("due" in text(console)) == bool(due)
        # It is Thursday; answers were given on Monday, Wednesday and today.
        assert "●·●●···" in text(console)
        assert "broken off" not in text(console)


@pytest.mark.parametrize("language, page_keys", [("en", "me"), ("ru", "ьу")])  # the same keys of both layouts
async def test_what_the_mouth_and_the_ear_need_is_one_key_away(here, language, page_keys):
    async with practised(here, language) as (console, pilot):
        needs = console.program.offers()
        board = console.screen
        for key, kind, page in zip(page_keys, ("mouth", "ear"), (MouthPage, EarPage), strict=True):
            items = [offer.item for offer in needs if offer.kind == kind]
            assert items
            assert all(item in text(console) for item in items)
            await pilot.press(key)
            await stage.until(
                pilot, lambda page=page: isinstance(console.screen, page) and not console.screen.preparing
            )
            opened = console.screen
            trained = opened.drill.chosen if kind == "ear" else (opened.practice.piece.sound,)
            assert list(trained) == items
            await stage.until(pilot, lambda opened=opened: not opened.sounding)
            await pilot.press("escape")
            await stage.until(pilot, lambda: console.screen is board)


async def test_a_checklist_of_what_is_next_asks_for_its_phase_the_due_one_first(here):
    async with practised(here) as (console, pilot):
        await pilot.press("6", "enter")
        await stage.until(pilot, lambda: isinstance(console.screen, Picking))
        rows = console.program.board()
        wanted = next_phase(rows)
        assert wanted.due == max(row.due for row in rows)
        [first, *others] = console.screen.query_one("#choices").options
        assert first.id == wanted.id
        assert [other.id for other in others] == [row.id for row in rows if row.mastery and row.id != wanted.id]
        await pilot.press("enter")
        await stage.until(pilot, lambda: isinstance(console.screen, ReadyPage))
        assert console.screen.plan.phase == wanted.id


def test_the_phase_that_is_next_is_open_and_not_known_where_nothing_is_due():
    def row(name, due=0, known=0, reached=True, own=True):
        mastery = Mastery(3, known, 0, 0, 0.0) if own else None
        return PhaseRow(name, {}, {}, None, 3, mastery, due, reached)

    heard, done, next_, later = row("a", own=False), row("b", known=3), row("c"), row("d", reached=False)
    assert next_phase([heard, done, next_, later]) is next_
    assert next_phase([heard, done, next_, due := row("e", due=1)]) is due
    assert next_phase([heard, done]) is done
    assert next_phase([heard]) is None


def test_phases_stand_by_the_clock_of_the_mission():
    program = stage._loaded()
    rows = board(program.book, program.seat_of("leonov"), Memory(), stage.NOW)
    times = [row.get for row in rows if row.get is not None]
    assert times == sorted(times)
    assert {row.id for row in rows} == {phase.id for phase in program.book.phases}
    following = [row.id for row in rows]
    assert following[following.index("transfer") + 1] == "experiments"  # of no time of its own


async def test_the_palette_opens_the_page_that_it_names(here):
    async with practised(here) as (console, pilot):
        board, opened = console.screen, []
        for command in console.get_system_commands(board):
            if command.title in PLACES:
                command.callback()
                await stage.until(pilot, lambda: console.screen is not board)
                opened.append(console.screen.heading)
                console.pop_screen()
                await stage.until(pilot, lambda: console.screen is board)
        assert sorted(opened) == sorted(PLACES)
