"""The key in the phrasebook by which somebody reads a call for others."""

from textual.widgets import Checkbox, Input, Static
from tui import stage
from tui.stage import until

from trainer.audio.own_readings import own_readings
from trainer.bundled import bundled
from trainer.live.program import Options
from trainer.messages import interface_language
from trainer.tui.app import Console
from trainer.tui.screens.own_reading import OwnReadingPage
from trainer.tui.screens.phrasebook import PhrasebookPage
from trainer.tui.widgets.channel import QUIET, ChannelBar


async def test_a_native_reads_a_call_for_learners_and_nothing_is_kept_unless_they_agree():
    voice = bundled("audio") / "reference" / "ru" / "man" / "COM-10.opus"
    console = Console(Options(mic=str(voice), pace="real"))
    levels: list[float] = []
    async with console.run_test(size=(120, 40)) as pilot:
        console.program.who, console.program.first = "leonov", "ru"
        await console.push_screen(PhrasebookPage())
        await until(pilot, lambda: console.screen.query_one("#calls").option_count)
        console.screen.query_one("#search", Input).value = "COM-10"
        await until(pilot, lambda: console.screen.query_one("#calls").option_count == 1)
        await pilot.pause()
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(console.screen, OwnReadingPage))
        outcome = console.screen.query_one("#own-outcome", Static)
        await pilot.press("ctrl+t")
        await until(pilot, lambda: "only if they agree" in str(outcome.render()))
        assert own_readings() == ()
        console.screen.query_one("#reader", Input).value = "Shatalov"
        console.screen.query_one("#agreed", Checkbox).value = True
        console.watch(console.screen.query_one(ChannelBar), "level", lambda level: levels.append(level or QUIET))
        await pilot.press("ctrl+t")
        await until(pilot, lambda: "COM-10.ru.wav" in str(outcome.render()))
    assert max(levels) > -40 > min(levels)  # dBFS: the bar moves while somebody talks
    assert len(set(levels)) > 5
    assert [(reading.phrase, reading.speaker) for reading in own_readings()] == [("COM-10", "Shatalov")]


async def test_what_was_typed_and_agreed_stays_when_the_language_changes():
    stage.choose_language("en")
    console = Console(stage.options())
    stage.share(console.program)
    async with console.run_test(size=(80, 24)) as pilot:
        await stage.signed_on(pilot, "stafford")
        console.push_screen(OwnReadingPage(console.program.book.find("COM-10"), "en"))
        await stage.until(pilot, lambda: isinstance(console.screen, OwnReadingPage) and console.screen.query("#reader"))
        await pilot.press(*"Anna", "tab", "space", "f2")
        await stage.until(pilot, lambda: interface_language() == "ru" and console.screen.query("#reader"))
        assert console.screen.query_one("#reader").value == "Anna"
        assert console.screen.query_one("#agreed").value
