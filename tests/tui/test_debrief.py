"""The debrief is a workbench: answers walked, heard, opened, said again; sounds drilled."""

from dataclasses import replace
from datetime import UTC, datetime

from tui import stage
from tui.test_drills import in_drill, made, said, shown

from trainer.drill.debrief import confused
from trainer.drill.plan import Plan, Reason, Turn
from trainer.drill.session import fold
from trainer.live import planning
from trainer.records.store import Store
from trainer.tui.screens.answer import AnswerPage
from trainer.tui.screens.board import Board
from trainer.tui.screens.debrief import Debrief, changed
from trainer.tui.screens.drill import DrillPage
from trainer.tui.screens.ear import EarPage
from trainer.tui.screens.mouth import MouthPage
from trainer.tui.widgets.keybar import KeyBar
from trainer.tui.widgets.words_view import WordsView

NEW, AGAIN = Reason("new"), Reason("again")


async def test_answers_are_walked_opened_and_the_weakest_sound_is_drilled(here):
    console = stage.console("debrief", "en", here)
    async with console.run_test(size=(80, 24)) as pilot:
        await stage.debrief(pilot, "en")
        debrief = console.screen
        first, second = [answer.assessed.assessment for answer in debrief._answers][:2]
        keys = str(debrief.query_one(KeyBar).render())
        assert "N Another drill" in keys
        await pilot.press("f2")
        await stage.until(
            pilot, lambda: debrief.query(KeyBar) and "Ещё занятие" in str(debrief.query_one(KeyBar).render())
        )
        assert len(str(debrief.query_one(KeyBar).render()).split("  ")) == len(keys.split("  "))  # the same ones
        await pilot.press("f2")
        await stage.until(pilot, lambda: debrief.query(KeyBar) and str(debrief.query_one(KeyBar).render()) == keys)
        assert "▸ " in shown(debrief, "#answer-list").partition(first.text)[0]
        await pilot.press("up", "down")
        assert "▸" not in shown(debrief, "#answer-list").partition(first.text)[0]
        await pilot.press("enter")
        page = console.screen
        assert isinstance(page, AnswerPage)
        assert f"{second.score:.0f}" in shown(page, WordsView)
        await pilot.press("right")
        assert page.query_one(WordsView).chosen == 0
        await pilot.press("escape")
        assert console.screen is debrief
        await pilot.press("w")
        await stage.until(pilot, lambda: isinstance(console.screen, MouthPage) and console.screen.practice)
        assert console.screen.practice.piece.sound == debrief._weakest
        await pilot.press("escape")
        await stage.until(pilot, lambda: console.screen is debrief)
        await pilot.press("e")
        await stage.until(pilot, lambda: isinstance(console.screen, EarPage) and console.screen.drill)
        assert console.screen.drill.chosen == confused(debrief._poor)
        await stage.until(pilot, lambda: not console.screen.sounding)
        await pilot.press("escape")
        await stage.until(pilot, lambda: console.screen is debrief)
        await pilot.press("escape")
        assert isinstance(console.screen, Board)


async def test_what_failed_is_said_again_and_compared_with_the_time_before(here):
    clip = str(stage.SAMPLES / "ru" / "htc-02-accent-man.opus")
    console = made(mic=clip, size=2, keep=True, records=str(here / "records.db"), now=lambda: datetime.now(UTC))
    async with console.run_test(size=(80, 24)) as pilot:
        page = await in_drill(pilot, who="stafford")
        while page.state.ended is None:
            await said(pilot, page)
            await pilot.press("enter")
            await stage.until(pilot, lambda: page.idle)
        await stage.until(pilot, lambda: isinstance(console.screen, Debrief))
        debrief = console.screen
        failed = [call for _seat, call in debrief._failed]
        assert failed
        assert "A Failed ones again" in str(debrief.query_one(KeyBar).render())
        points = [answer.attempt.points for answer in debrief._answers if answer.attempt.asked == failed[0]][-1]
        await pilot.press("a")
        await stage.until(pilot, lambda: isinstance(console.screen, DrillPage) and console.screen.state.cue)
        again = console.screen
        assert [turn.answers[0] for turn in again.plan.agenda] == failed
        await stage.until(pilot, lambda: again.idle)
        await said(pilot, again)
        await pilot.press("escape")
        await pilot.press("down", "enter")
        await stage.until(pilot, lambda: isinstance(console.screen, Debrief) and console.screen is not debrief)
        await stage.until(pilot, lambda: console.screen._answers[0].change is not None)
        [answer] = console.screen._answers
        assert answer.change == answer.attempt.points - points
        assert f"{changed(answer.change)} " in shown(console.screen, "#answer-list")


async def test_ones_own_answer_is_heard_where_it_was_kept(here):
    console = made(size=1, keep=True, records=str(here / "records.db"))
    with Store.open(str(here / "records.db")) as store:
        store.add_learner("leonov", "Leonov", "ru")
        store.consent("leonov", True, 30)
    async with console.run_test(size=(80, 24)) as pilot:
        page = await in_drill(pilot)
        await said(pilot, page)
        await pilot.press("enter")
        await stage.until(pilot, lambda: isinstance(console.screen, Debrief))
        debrief = console.screen
        await stage.until(pilot, lambda: debrief._recordings)
        heard = []
        console.program.play = lambda *sounds: heard.extend(sounds)
        for key in "12":
            await pilot.press(key)
            await stage.until(pilot, lambda: len(heard) == int(key))  # noqa: B023
        assert all(len(samples) > 1000 for samples, _rate in heard)


def test_a_drill_of_what_failed_has_those_turns_and_the_partners_call_before():
    events = stage.recorded("en")
    plan = fold(events).plan
    assert plan is not None
    apollo, soyuz = (replace(plan.seats[0], id=seat) for seat in ("apollo", "soyuz"))
    turns = (Turn(None, ("A",), "apollo", NEW), Turn("A", ("B",), "soyuz", NEW), Turn(None, ("C",), "apollo", NEW))
    pair: Plan = replace(plan, mode="respond", seats=(apollo, soyuz), agenda=turns)
    again = planning.again(pair, [("soyuz", "B")], stage.NOW)
    assert again.agenda == (turns[0], replace(turns[1], reason=AGAIN))
    assert planning.again(pair, [("apollo", "C")], stage.NOW).agenda == (replace(turns[2], reason=AGAIN),)
    assert again.session != plan.session
