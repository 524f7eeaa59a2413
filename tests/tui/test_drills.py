"""Whole drills as a learner goes through them, key by key, with recordings for a voice."""

from dataclasses import replace

import numpy as np
import pytest
from learners import GOOD
from textual.drivers.headless_driver import HeadlessDriver
from textual.widgets import Input, OptionList
from tui import stage

from trainer.audio.files import write
from trainer.audio.recording import SAMPLE_RATE
from trainer.drill.direction import COUNT
from trainer.drill.events import Assessed, Cue, Joined, KeyDown, KeyUp
from trainer.drill.session import fold
from trainer.messages import interface_language
from trainer.records.store import Store
from trainer.scoring.fluency import Fluency
from trainer.tui.app import Console
from trainer.tui.screens.board import Board
from trainer.tui.screens.debrief import Debrief
from trainer.tui.screens.drill import DrillPage
from trainer.tui.screens.leaving import Leaving
from trainer.tui.screens.melody import MelodyPage
from trainer.tui.screens.mouth import MouthPage
from trainer.tui.screens.ready import ReadyPage
from trainer.tui.screens.rules import RulesPage
from trainer.tui.screens.sign_on import SignOn
from trainer.tui.widgets import timing_view
from trainer.tui.widgets.channel import ChannelBar
from trainer.tui.widgets.keybar import KeyBar
from trainer.tui.widgets.masthead import Masthead
from trainer.tui.widgets.words_view import WordsView


def made(**options) -> Console:
    stage.choose_language("en")
    console = Console(stage.options(**options))
    stage.share(console.program)
    return console


async def in_drill(pilot, who="leonov", mode="2", phase=None) -> DrillPage:
    console = await stage.signed_on(pilot, who)
    await pilot.press(mode)
    if phase:
        phases = console.screen.query_one("#phases", OptionList)
        phases.highlighted = [option.id for option in phases.options].index(phase)
        await pilot.pause()
    await pilot.press("enter")
    if mode == "6":
        await stage.begun(pilot)
    await stage.until(pilot, lambda: isinstance(console.screen, DrillPage) and console.screen.state.cue)
    page = console.screen
    await stage.until(pilot, lambda: page.idle)
    return page


async def said(pilot, page) -> None:
    await pilot.press("space")
    await stage.until(pilot, lambda: page.state.done and page.idle)


def shown(page, selector) -> str:
    return str(page.query_one(selector).render())


@pytest.mark.parametrize("who, language", [("leonov", "en"), ("stafford", "ru")])
async def test_a_drill_from_sign_on_to_debrief_is_scored_and_kept(here, who, language):
    console = made(keep=True, records=str(here / "records.db"))
    async with console.run_test(size=(80, 24)) as pilot:
        page = await in_drill(pilot, who)
        texts = []
        for _turn in range(3):
            texts.append(page.state.cue.answers[0].text)
            await said(pilot, page)
            assert page.state.last.line.language == language
            assert f"{page.state.last.assessment.score:.0f}" in shown(page, WordsView)
            await pilot.press("enter")
            await stage.until(pilot, lambda: page.idle)
        await stage.until(pilot, lambda: isinstance(console.screen, Debrief))
        assert all(text in shown(console.screen, "#answer-list") for text in texts)
        await pilot.press("escape")
        await stage.until(pilot, lambda: isinstance(console.screen, Board))
    with Store.open(str(here / "records.db")) as store:
        [session] = store.sessions()
        state = fold(store.events(session.id))
    assert (state.ended, len(state.attempts)) == ("completed", 3)
    assert min(attempt.points for attempt in state.attempts) > 60


@pytest.mark.parametrize("mode", ["1", "3", "4"])
async def test_every_kind_of_drill_can_be_said_and_gone_on_with(mode):
    console = made(size=1, seed=11)
    async with console.run_test(size=(80, 24)) as pilot:
        page = await in_drill(pilot, mode=mode)
        hidden = "· · ·" in shown(page, "#call")
        assert hidden == (mode in "14")  # Relay shows the call in one's own language
        await said(pilot, page)
        assert "· · ·" not in shown(page, "#call")
        await pilot.press("enter")
        await stage.until(pilot, lambda: isinstance(console.screen, Debrief))


async def test_a_hint_shows_more_step_by_step_and_costs():
    console = made(size=1, seed=11)
    async with console.run_test(size=(80, 24)) as pilot:
        page = await in_drill(pilot, mode="4")
        answer = page.state.cue.answers[0].text
        await pilot.pause()
        assert "X Подсказка" in shown(page, KeyBar)
        seen = []
        for step in range(1, 5):
            await pilot.press("x")
            seen.append(shown(page, "#call"))
            assert f"−{10 * min(step, 3)}" in seen[-1]
        assert [answer in text for text in seen] == [False, False, True, True]
        await said(pilot, page)
        [attempt] = page.state.attempts
        assert attempt.points == attempt.score - 30


async def test_a_call_to_be_read_needs_no_hint():
    console = made(size=1)
    async with console.run_test(size=(80, 24)) as pilot:
        page = await in_drill(pilot)
        before = shown(page, "#call")
        await pilot.press("x")
        assert shown(page, "#call") == before
        assert page.operator.hints == 0


async def test_a_missed_call_is_told():
    console = made()
    async with console.run_test(size=(80, 24)) as pilot:
        page = await in_drill(pilot, who="stafford", mode="6", phase="eclipse")
        page.operator.do(page.drill.transceiver.miss)
        await stage.until(pilot, lambda: page.state.done)
        assert "NO ANSWER" in shown(page, "#verdict-line")
        assert "Here come" not in shown(page, WordsView)


async def test_words_are_walked_heard_and_said_by_themselves():
    console = made(mic=str(stage.SAMPLES / "ru" / "htc-02-accent-man.opus"), keep=False)
    async with console.run_test(size=(120, 40)) as pilot:
        await stage.scored(pilot, "en")
        page = console.screen
        words = page.query_one(WordsView)
        count = len(page._last.assessment.words)
        places = []
        for _step in range(count + 2):
            places.append(words.chosen)
            assert ("▸" in str(words.render())) == (words.chosen is not None)
            await pilot.press("right")
        assert places == [None, *range(count), None]
        await pilot.press("left", "left")
        assert words.chosen == count - 1
        await pilot.press("left")
        chosen = page._last.assessment.words[words.chosen].text
        assert chosen in shown(page, "#above-hints")
        await pilot.press("w")
        await stage.until(pilot, lambda: isinstance(console.screen, MouthPage) and not console.screen.preparing)
        await stage.until(pilot, lambda: not console.screen.sounding)
        assert chosen.strip(".").lower() in console.screen._pieces[0].text.lower()
        await pilot.press("escape")
        await stage.until(pilot, lambda: console.screen is page)
        assert words.chosen == count - 2


async def test_the_rule_of_a_poor_sound_and_the_melody_of_the_call_are_a_key_away():
    console = made()
    async with console.run_test(size=(120, 40)) as pilot:
        await stage.scored(pilot, "en")
        page = console.screen
        for key, kind in (("r", RulesPage), ("p", MelodyPage)):
            await pilot.press(key)
            await stage.until(
                pilot, lambda kind=kind: isinstance(console.screen, kind) and not console.screen.preparing
            )
            if kind is MelodyPage:
                assert console.screen.melody.call == page._last.line.call
                assert len(console.screen.mine)
            await pilot.press("escape")
            await stage.until(pilot, lambda: console.screen is page)


async def test_the_word_that_sounds_is_lit_and_a_cursor_runs_over_the_pictures():
    console = made()
    async with console.run_test(size=(120, 40)) as pilot:
        await stage.scored(pilot, "en")
        page = console.screen
        heard = []
        page.operator.front = type("Listening", (), {"sounding": lambda self, sound: heard.append(sound)})()
        await pilot.press("right", "right", "y")
        await stage.until(pilot, lambda: page.idle and len(heard) == 4)
        assert [(sound.which, sound.word) for sound in heard if sound] == [("reference", 1), ("mine", 1)]
        mine = page._last.assessment.words[1]
        assert (heard[2].start, heard[2].end) == (mine.start, mine.end)
        page.sounding(heard[2])
        await stage.until(pilot, lambda: page.query_one(WordsView).lit == 1)
        page.sounding(None)
        await stage.until(pilot, lambda: page.query_one(WordsView).lit is None)


async def test_what_does_not_fit_scrolls_by_key():
    console = made()
    async with console.run_test(size=(80, 24)) as pilot:
        await stage.scored(pilot, "en")
        side = console.screen.query_one("#verdict")
        assert side.max_scroll_y > 0
        await pilot.press("pagedown", "pagedown", "pagedown")
        assert side.scroll_y == side.max_scroll_y
        await pilot.press("pageup", "pageup", "pageup")
        assert side.scroll_y == 0
        for _word in console.screen._last.assessment.words:
            await pilot.press("right")
        row = console.screen.query_one(WordsView).row(console.screen.query_one(WordsView).chosen)
        assert side.scroll_y <= row.y < side.scroll_y + side.size.height


async def test_a_readback_shows_its_figures_when_it_is_over():
    console = made(size=1, mic=str(stage.SAMPLES / "en" / "com-10-right-man.opus"))
    async with console.run_test(size=(120, 40)) as pilot:
        page = await in_drill(pilot, mode="5")
        figures = [value for _name, value in page.state.cue.values]
        await said(pilot, page)
        assert page.state.last.assessment.verdict != "scored"
        assert all(figure in shown(page, "#call") for figure in figures)
        assert "!" in shown(page, WordsView)


async def test_a_checklist_lets_the_others_be_heard_and_runs_on_the_mission_clock():
    console = made()
    async with console.run_test(size=(120, 40)) as pilot:
        page = await in_drill(pilot, mode="6", phase="eclipse")
        for turn in range(2):
            await said(pilot, page)
            await pilot.press("enter")
            await stage.until(pilot, lambda: page.idle and page.state.turn > turn and not page.state.done)  # noqa: B023
        heard = [event for event in page.drill.log.events if isinstance(event, KeyDown) and event.line]
        assert len(heard) >= 2
        assert page.state.get(0.0) == 95 * 3600 + 43 * 60 + 15
        assert "GET 095:43" in console.screen.query_one("Masthead").render().plain


async def test_before_a_checklist_any_call_is_heard_and_the_clock_waits_until_one_is_ready(here):
    console = made(pace="real", speaker=str(here / "heard.wav"))
    async with console.run_test(size=(80, 24)) as pilot:
        await stage.signed_on(pilot, "leonov")
        console.start(console.program.plan("checklist", "docking"))
        await stage.until(pilot, lambda: isinstance(console.screen, ReadyPage) and console.screen.state.held_by)
        page = console.screen
        rows = [str(option.prompt) for option in page.query_one("#to-come", OptionList).options]
        own = [turn.seat is not None for turn in page.plan.agenda]
        assert [row.startswith("▶") for row in rows] == own
        assert "Our docking system is passive" in rows[1]
        await pilot.press("down", "enter")
        await stage.until(pilot, lambda: not page.idle)
        assert "Our docking system is passive" in shown(page, "#call")
        assert page.state.clock(page.drill.transceiver.clock.now()) == 0.0
        await pilot.press("r")  # hushes it
        await stage.until(pilot, lambda: page.operator.counted_down is not None)
        await pilot.press("space")
        await stage.until(pilot, lambda: console._notifications)
        assert "когда кончится отсчёт" in next(iter(console._notifications)).message
        await stage.until(pilot, lambda: isinstance(console.screen, DrillPage) and console.screen.state.cue)
        events = console.screen.drill.log.events
        begun = next(event.at for event in events if isinstance(event, Cue))
        assert begun - next(event.at for event in events if isinstance(event, Joined)) >= COUNT
        assert console.screen.state.clock(begun) < 0.2
        assert not any(isinstance(event, KeyDown) and event.at < begun for event in events)  # heard here alone


async def test_what_is_not_begun_can_be_left_and_nothing_is_asked_twice():
    console = made()
    async with console.run_test(size=(80, 24)) as pilot:
        await stage.signed_on(pilot, "leonov")
        console.start(console.program.plan("checklist", "docking"))
        await stage.until(pilot, lambda: isinstance(console.screen, ReadyPage) and console.screen.state.held_by)
        page = console.screen
        await pilot.press("escape")
        await stage.until(pilot, lambda: isinstance(console.screen, Leaving))
        await pilot.press("down", "enter")
        await stage.until(pilot, lambda: isinstance(console.screen, Debrief))
        assert page.drill.state.ended == "stopped"
        await pilot.press("escape")
        await stage.until(pilot, lambda: isinstance(console.screen, Board))


async def test_escape_closes_the_microphone_at_once_and_nothing_is_scored(tmp_path):
    write(tmp_path / "nobody.wav", np.zeros(60 * SAMPLE_RATE, np.float32))
    console = made(pace="real", mic=str(tmp_path / "nobody.wav"))
    async with console.run_test(size=(80, 24)) as pilot:
        page = await in_drill(pilot, who="stafford")
        bar = page.query_one(ChannelBar)
        await pilot.press("space")
        await stage.until(pilot, lambda: bar.channel == "transmit" and bar.level is not None)
        assert "MIC OPEN" in str(bar.render())
        await pilot.press("escape")
        await stage.until(pilot, lambda: page.idle)
        assert "Taken back" in next(iter(console._notifications)).message
        assert bar.channel == "clear"
        assert "mic closed" in str(bar.render())
        events = page.drill.log.events
        assert any(isinstance(event, KeyUp) and event.seat == "apollo" for event in events)
        assert not page.state.attempts
        assert not page.state.done


async def test_space_ends_the_call_before_silence_does():
    console = made(pace="real", mic=str(stage.SAMPLES / "en" / "hrd-10-accent-man.opus"))
    async with console.run_test(size=(80, 24)) as pilot:
        page = await in_drill(pilot)
        await pilot.press("space")
        await stage.until(pilot, lambda: page.tape.status.seconds > 1.2)
        await pilot.press("space")
        await stage.until(pilot, lambda: page.idle and page.state.keyed is None)
        assert page.tape.status.ended == "key_up"


async def test_again_hear_and_cycle_are_one_key_each():
    console = made()
    async with console.run_test(size=(120, 40)) as pilot:
        page = await in_drill(pilot)
        await said(pilot, page)
        before = len(page.drill.log.events)
        await pilot.press("1", "2", "3", "4")
        await stage.until(pilot, lambda: page.idle)
        heard = [event for event in page.drill.log.events[before:] if isinstance(event, KeyDown)]
        assert [event.line.call for event in heard] == [page.state.last.line.call] * 2
        await pilot.press("a")
        await stage.until(pilot, lambda: page.idle and not page.state.done)
        call = page.state.cue.answers[0].call
        assert "1/3 · " in shown(page, "#call")  # the same call is no further one
        await pilot.press("l")
        await stage.until(pilot, lambda: len(page.state.attempts) >= 3)
        await pilot.press("l")
        await stage.until(pilot, lambda: page.idle)
        answers = [event for event in page.drill.log.events if isinstance(event, Assessed)]
        assert {event.line.call for event in answers} == {call}


async def test_russian_letters_are_the_same_keys():
    console = made()
    async with console.run_test(size=(80, 24)) as pilot:
        page = await in_drill(pilot)
        assert "[" not in shown(page, "#call")
        await pilot.press("ш")
        assert "[" in shown(page, "#call")
        await pilot.press("i")
        assert "[" not in shown(page, "#call")


@pytest.mark.parametrize(
    "rate, told",
    [
        (4.1, "like the reference (4.0)"), (4.68, "faster than the reference (4.0) by 17 %"),
        (3.0, "slower than the reference (4.0) by 25 %"),
    ],
)  # fmt: skip
def test_a_tempo_is_like_the_readings_only_where_it_is(rate, told):
    stage.choose_language("en")
    mine, reference = (replace(GOOD, fluency=Fluency(0.1, 0.8, one, one, ())) for one in (rate, 4.0))
    assert any(told in line.plain for line in timing_view.lines(mine, reference, (), 40))


async def test_the_language_changes_at_once_on_every_screen_and_nothing_is_lost():
    console = made()
    async with console.run_test(size=(120, 40)) as pilot:
        page = await in_drill(pilot)
        assert interface_language() == "ru"  # a cosmonaut's own
        await said(pilot, page)
        russian = shown(page, "#timing-beside"), page.place()
        score = page.state.last.assessment.score
        await pilot.press("f2")
        await pilot.pause()
        assert interface_language() == "en"
        english = shown(page, "#timing-beside"), page.place()
        assert all(a != b for a, b in zip(russian, english, strict=True))
        assert f"{score:.0f}" in shown(page, WordsView)
        for name in ("help", "settings", "audio", "phrasebook", "progress"):
            console.action_open(name)
            await pilot.pause()
            heading = console.screen.query_one("Masthead").render().plain
            await pilot.press("f2")
            await pilot.pause()
            assert console.screen.query_one("Masthead").render().plain != heading
            console.pop_screen()
            await pilot.pause()


async def test_a_drill_can_be_left_and_what_was_scored_stays():
    console = made()
    async with console.run_test(size=(80, 24)) as pilot:
        page = await in_drill(pilot)
        await said(pilot, page)
        await pilot.press("escape")
        await pilot.press("down", "enter")
        await stage.until(pilot, lambda: isinstance(console.screen, Debrief))
        assert page.state.ended == "stopped"
        assert len(page.state.attempts) == 1


async def test_the_phrasebook_is_searched_in_both_languages():
    console = made()
    async with console.run_test(size=(80, 24)) as pilot:
        console.action_open("phrasebook")
        await stage.until(pilot, lambda: console.screen.query("#calls") and console.screen._shown)
        everything = console.screen.query_one("#calls", OptionList).option_count
        for words in ("shaking hands", "пожимают"):
            console.screen.query_one("#search", Input).value = words
            await pilot.pause()
            assert 0 < console.screen.query_one("#calls", OptionList).option_count < everything
            assert "Сою́з" in shown(console.screen, "#one")


async def test_a_call_of_the_phrasebook_is_said_at_once_and_marked_from_then_on(here):
    console = made(keep=True, records=str(here / "records.db"))
    async with console.run_test(size=(80, 24)) as pilot:
        await stage.signed_on(pilot, "leonov")
        console.action_open("phrasebook")
        await stage.until(pilot, lambda: console.screen.query("#calls") and console.screen._shown)
        console.screen.query_one("#search", Input).value = "PRO-29"
        await stage.until(pilot, lambda: console.screen._shown == "PRO-29")
        await pilot.press("ctrl+s")  # a call of Apollo: not theirs to say
        assert not isinstance(console.screen, DrillPage)
        console.screen.query_one("#search", Input).value = "COM-10"
        await stage.until(pilot, lambda: console.screen._shown == "COM-10")
        assert "ещё не говорили" in shown(console.screen, "#one")
        await pilot.press("ctrl+s")
        await stage.until(pilot, lambda: isinstance(console.screen, DrillPage) and console.screen.state.cue)
        page = console.screen
        await stage.until(pilot, lambda: page.idle)
        assert page.state.cue.answers[0].call == "COM-10"
        await said(pilot, page)
        await pilot.press("enter")
        await stage.until(pilot, lambda: isinstance(console.screen, Debrief))
        await pilot.press("escape")
        console.action_open("phrasebook")
        await stage.until(pilot, lambda: console.screen.query("#calls") and console.screen._shown)
        console.screen.query_one("#search", Input).value = "COM-10"
        await stage.until(pilot, lambda: console.screen._shown == "COM-10")
        assert console.program.held()["COM-10"] in ("begun", "mastered")
        assert "ещё не говорили" not in shown(console.screen, "#one")


async def test_a_key_with_nothing_to_do_says_why():
    console = made()
    async with console.run_test(size=(80, 24)) as pilot:
        await in_drill(pilot)
        for key, why in (("w", "Сначала скажите фразу"), ("н", "Сначала скажите фразу"), ("2", "ещё не сказали")):
            console.clear_notifications()
            await pilot.press(key)
            await stage.until(pilot, lambda: console._notifications)
            assert why in next(iter(console._notifications)).message


async def test_calls_put_on_ones_own_list_come_first_and_are_drilled_by_one_key(here):
    console = made(keep=True, records=str(here / "records.db"))
    async with console.run_test(size=(80, 24)) as pilot:
        await stage.signed_on(pilot, "leonov")
        console.action_open("phrasebook")
        page = console.screen
        await stage.until(pilot, lambda: page.query("#calls") and page._shown)
        for call in ("COM-10", "DOC-02"):
            page.query_one("#search", Input).value = call
            await stage.until(pilot, lambda call=call: page._shown == call)
            await pilot.press("ctrl+t")
        assert not console._notifications
        page.query_one("#search", Input).value = "COM-01"
        await stage.until(pilot, lambda: page._shown == "COM-01")
        await pilot.press("ctrl+t")  # Apollo's to say
        await stage.until(pilot, lambda: console._notifications)
        assert "COM-01" in next(iter(console._notifications)).message
        await pilot.press("ctrl+t")
        page.query_one("#search", Input).value = ""
        await stage.until(pilot, lambda: page.query_one("#calls", OptionList).option_count > 300)
        rows = [option.id for option in page.query_one("#calls", OptionList).options if option.id]
        assert rows[:2] == ["list:COM-10", "list:DOC-02"]
        assert {"COM-10", "DOC-02"} <= set(rows)
        await pilot.press("ctrl+y")
        await stage.until(pilot, lambda: isinstance(console.screen, DrillPage) and console.screen.state.cue)
        assert [turn.answers for turn in console.screen.plan.agenda] == [
            (call,) for call in console.program.listed() if call in console.program.held()
        ]


async def test_the_audio_check_scores_one_sentence_and_plays_what_it_recorded(tmp_path):
    console, heard = made(), tmp_path / "heard.wav"
    console.program.speaker = str(heard)
    async with console.run_test(size=(80, 24)) as pilot:
        console.action_open("audio")
        await stage.until(pilot, lambda: console.screen.query("#sentence"))
        page = console.screen
        await pilot.press("space")
        await stage.until(pilot, lambda: page._result is not None)
        assert page._level.verdict == "good"
        assert page._result.score > 60
        await stage.until(pilot, lambda: heard.exists() and heard.stat().st_size > SAMPLE_RATE)


async def test_the_demo_leads_to_the_sign_on():
    from trainer.tui.screens.demo import DemoPage

    stage.choose_language("ru")
    console = Console(stage.options(mic=None), DemoPage)
    stage.share(console.program)
    async with console.run_test(size=(80, 24)) as pilot:
        await stage.until(pilot, lambda: console.screen.finished)
        scores = [attempt.score for attempt in console.screen.state.attempts]
        assert len(scores) == 4
        assert scores[1] > scores[0]
        assert scores[3] > scores[2]
        await pilot.press("enter")
        await stage.until(pilot, lambda: isinstance(console.screen, SignOn))


async def test_what_was_heard_and_read_fits_a_wide_screen_and_a_narrow_one():
    """Every line of the call is on the screen at both sizes, its stress marks with it."""
    for size in ((80, 24), (120, 40)):
        console = made()
        async with console.run_test(size=size) as pilot:
            page = await in_drill(pilot, who="stafford")
            text = page.state.cue.answers[0].text
            lines = ["".join(segment.text for segment in strip) for strip in page._compositor.render_strips()]
            assert text.split()[0] in "\n".join(lines)
            assert all(strip.cell_length == size[0] for strip in page._compositor.render_strips())


async def test_a_drill_of_the_command_line_begins_at_once():
    console = Console(stage.options(who="stafford", mode="read", phase="docking", size=1))
    async with console.run_test(size=(120, 40)) as pilot:
        await stage.until(pilot, lambda: isinstance(console.screen, DrillPage))
        await stage.until(pilot, lambda: console.screen.query("CallCard"))
    assert console.program.who == "stafford"


class Screenful(HeadlessDriver):
    """A terminal that keeps what is sent to it."""

    def __init__(self, app):
        super().__init__(app, size=(80, 24))
        self.sent = ""

    @property
    def is_headless(self):
        return False

    def write(self, data):
        self.sent += data


async def test_what_is_drawn_while_widgets_are_made_anew_reaches_the_terminal():
    console = made()
    async with console.run_test(size=(80, 24)) as pilot:
        console.action_open("help")
        await pilot.pause()
        page = console.screen
        console._driver = terminal = Screenful(console)
        with console.batch_update():
            page.query_one(Masthead).clock = "GET 051:49"
            await pilot.pause()
            page._refresh_layout()  # as Textual does when a widget was made, ...
            page._compositor_refresh()  # ... and then draws in vain
        await pilot.pause()
        assert "GET 051:49" in terminal.sent
