"""What an instructor gave reaches the learner's board, its page and the debrief."""

import pytest
from textual.widgets import Static
from tui import stage

from trainer.drill.session import fold
from trainer.records.assignments import sign_off
from trainer.records.inbox import comments
from trainer.tui.screens.board import Board
from trainer.tui.screens.debrief import Debrief
from trainer.tui.screens.inbox import InboxPage


def shown(console, selector):
    return "".join(str(one.render()) for one in console.screen.query(selector).results(Static))


@pytest.mark.parametrize(
    "language, key, due, count, said",
    [("en", "i", "0 of 5 from 75 points by 2099-02-01", "From the instructor (3)", "Calm and clear"),
     ("ru", "ш", "0 из 5 при пороге 75 до 2099-02-01", "От инструктора (3)", "Спокойно и чётко")],
)  # fmt: skip
async def test_the_board_says_what_the_instructor_gave_and_comments_are_new_until_read(
    here, language, key, due, count, said
):
    console = stage.console("given", language, here)
    async with console.run_test(size=(80, 24)) as pilot:
        await stage.given(pilot, language)
        asked = shown(console, "#asked").split("◇")
        assert due in asked[1]  # the one with a day comes first
        assert "0" in asked[2]
        assert said in shown(console, "#said")
        assert f"I {count}" in shown(console, "#given-head")
        await pilot.press(key)
        await stage.until(
            pilot, lambda: isinstance(console.screen, InboxPage) and said in shown(console, "#inbox-text")
        )
        text = shown(console, "#inbox-text")
        assert due in text
        assert "● " in text
        store, who = console.program.store, stage.CREW[language]
        await stage.until(pilot, lambda: not any(one.new for one in comments(store, who)))
        await pilot.press("escape")
        await stage.until(
            pilot, lambda: isinstance(console.screen, Board) and not console.screen.query_one("#said").display
        )
        assert due in shown(console, "#asked")
        assert count.replace("3", "2") in shown(console, "#given-head")


async def test_where_nothing_was_given_the_board_has_no_such_key(here):
    console = stage.console("board", "en", here)
    async with console.run_test(size=(80, 24)) as pilot:
        await stage.board(pilot, "en")
        board = console.screen
        await pilot.press("i")
        assert console.screen is board
        assert not board.query_one("#given").display


async def test_the_debrief_shows_what_was_said_of_this_session_only(here):
    console = stage.console("given", "en", here)
    async with console.run_test(size=(80, 24)) as pilot:
        await stage.given(pilot, "en")
        events, store, who = stage.recorded("en"), console.program.store, stage.CREW["en"]
        state = fold(events)
        for event in events:
            store.append(state.plan.session, event)
        sign_off(store, "Beregovoi", session=state.plan.session, learner=who, comment="Slower on the hatch")
        console.push_screen(Debrief(state, events))
        await stage.until(
            pilot, lambda: isinstance(console.screen, Debrief) and "Slower" in shown(console, "#answer-list")
        )
        assert "Calm and clear" not in shown(console, "#answer-list")
