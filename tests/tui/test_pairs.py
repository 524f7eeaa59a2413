"""Paired drills in the console, with recordings for voices: at one terminal, and between two consoles."""

from textual.widgets import OptionList
from tui import stage

from trainer.drill.events import Assessed
from trainer.messages import interface_language
from trainer.records.store import Store
from trainer.tui.app import Console
from trainer.tui.screens.debrief import Debrief
from trainer.tui.screens.drill import DrillPage
from trainer.tui.screens.partner import PartnerPage
from trainer.tui.widgets.crew import CrewBar


def made(**options) -> Console:
    stage.choose_language("en")
    console = Console(stage.options(**options))
    stage.share(console.desk)
    return console


async def choose(pilot, selector: str, wanted: str) -> None:
    options = pilot.app.screen.query_one(selector, OptionList)
    options.highlighted = [option.id for option in options.options].index(wanted)
    await pilot.pause()
    await pilot.press("enter")


async def at_partners(pilot, who: str, mode: str, phase: str | None = None) -> Console:
    console = await stage.signed_on(pilot, who)
    if interface_language() != "en":
        await pilot.press("f2")
    await pilot.press(mode)
    if phase:
        phases = console.screen.query_one("#phases", OptionList)
        phases.highlighted = [option.id for option in phases.options].index(phase)
        await pilot.pause()
    await pilot.press("w")
    await stage.until(pilot, lambda: isinstance(console.screen, PartnerPage))
    return console


def shown(page, selector) -> str:
    return str(page.query_one(selector).render())


async def test_two_at_one_terminal_take_turns_and_their_scores_are_kept_apart(here):
    console = made(keep=True, records=str(here / "records.db"), size=4)
    async with console.run_test(size=(120, 40)) as pilot:
        await at_partners(pilot, "leonov", "2")
        await choose(pilot, "#partners", "stafford")
        await stage.until(pilot, lambda: isinstance(console.screen, DrillPage) and console.screen.state.cue)
        page = console.screen
        turns = []
        for turn in range(4):
            await stage.until(pilot, lambda: page.idle and page.state.cue and page.state.cue.turn == turn)  # noqa: B023
            seat = page.state.seat()
            turns.append(seat.id)
            assert f"▶ {seat.name}" in shown(page, CrewBar)
            assert f"{seat.name}:" in shown(page, "#call")
            await pilot.press("space")
            await stage.until(pilot, lambda: page.state.done and page.idle)
            await pilot.press("enter")
        assert turns == ["soyuz", "apollo"] * 2
        await stage.until(pilot, lambda: isinstance(console.screen, Debrief))
        debrief = console.screen
        names = [seat.name for seat in page.state.plan.seats]
        for part in ("#summary", "#answer-list"):
            assert all(name in shown(debrief, part) for name in names)
        languages = {(e.seat, e.line.language) for e in debrief._events if isinstance(e, Assessed)}
        assert languages == {("soyuz", "en"), ("apollo", "ru")}
    with Store.open(str(here / "records.db")) as store:
        for learner, seat in (("leonov", "soyuz"), ("stafford", "apollo")):
            assert [attempt.seat for attempt in store.attempts(learner=learner)] == [seat] * 2
