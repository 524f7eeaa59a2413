"""Ear, mouth, melody, rules, shadowing and load at the keys: asked, answered, said, kept, left again."""

import sys

import pytest
from tui.stage import options, signed_on, until

from trainer.bundled import bundled
from trainer.tui.app import Console
from trainer.tui.screens.audio_check import AudioCheck
from trainer.tui.screens.ear import EarPage
from trainer.tui.screens.listening import ListeningPage
from trainer.tui.screens.load import LoadPage
from trainer.tui.screens.melody import MelodyPage
from trainer.tui.screens.mouth import MouthPage
from trainer.tui.screens.picking import Picking
from trainer.tui.screens.rules import RulesPage
from trainer.tui.screens.shadow import ShadowPage
from trainer.tui.screens.training import EXERCISES, TrainingPage
from trainer.tui.widgets.keybar import KeyBar

READINGS = bundled("audio") / "reference"


@pytest.fixture
def console(scorer, tmp_path):
    made = Console(
        options(keep=True, records=str(tmp_path / "r.sqlite"), mic=str(READINGS / "ru" / "man" / "PRO-13.opus"))
    )
    made.program.book, made.program.scorer = scorer.book, scorer
    return made


async def opened(pilot, page):
    pilot.app.push_screen(page)
    await until(pilot, lambda: not page.preparing and not page.sounding)


@pytest.mark.parametrize("who", ["stafford", "leonov"])
async def test_each_exercise_opens_and_is_left_by_escape(console, who):
    async with console.run_test(size=(100, 34)) as pilot:
        await signed_on(pilot, who)
        await pilot.press("T")  # with Caps Lock
        await until(pilot, lambda: isinstance(console.screen, TrainingPage))
        for number in range(len(EXERCISES)):
            await pilot.press("enter")
            await until(pilot, lambda: hasattr(console.screen, "preparing") and not console.screen.preparing)
            await until(pilot, lambda: not console.screen.sounding)
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(console.screen, TrainingPage))
            await pilot.press("down")
            assert number < len(EXERCISES)


async def test_the_ear_is_asked_told_and_kept(console):
    async with console.run_test(size=(100, 34)) as pilot:
        await signed_on(pilot, "stafford")
        page = EarPage(["l-lʲ"])
        await opened(pilot, page)
        for _question in range(3):
            await pilot.press("left")
            await until(pilot, lambda: page.answer is not None and not page.sounding)
            assert any("●" in row.plain or "○" in row.plain for row in page.rows())
            await pilot.press("enter")
            await until(pilot, lambda: page.answer is None and not page.sounding)
        kept = list(console.program.store.exercises("stafford", "ru", "ear"))
        assert [exercise.item for _who, exercise in kept] == ["l-lʲ"] * 3


async def test_a_word_is_said_three_times(console):
    async with console.run_test(size=(100, 34)) as pilot:
        await signed_on(pilot, "stafford")
        page = MouthPage(lambda practising: (practising.word("поняли"),))
        await opened(pilot, page)
        for tries in range(1, 4):
            await until(pilot, lambda: not page.talking and not page.sounding)
            await pilot.press("space")
            await until(pilot, lambda tries=tries: len(page.practice.tries) == tries and not page.sounding)
        assert page.practice.over
        assert page.practice.tries[-1] > 70  # the call itself is what is said
        await until(pilot, lambda: "Talk" not in str(page.query_one(KeyBar).render()))
        await until(pilot, lambda: list(console.program.store.exercises("stafford", "ru", "mouth")))


async def test_melody_is_drawn_over_the_reading_and_a_rule_is_read(console):
    async with console.run_test(size=(100, 34)) as pilot:
        await signed_on(pilot, "stafford")
        page = MelodyPage("PRO-13")
        await opened(pilot, page)
        await pilot.press("space")
        await until(pilot, lambda: page.melody is not None)
        assert page.melody.likeness > 0.95
        assert all(heard.right for heard in page.melody.heard)  # who says what the reading says is not blamed
        assert any("◉" in row.plain for row in page.rows())
        rules = RulesPage("y")
        await opened(pilot, rules)
        assert any("ы" in row.plain for row in rules.rows())
        before = [row.plain for row in rules.rows()]
        await pilot.press("enter")
        assert [row.plain for row in rules.rows()] != before


async def test_what_is_heard_is_typed_and_graded_by_oneself(console):
    async with console.run_test(size=(80, 24)) as pilot:
        await signed_on(pilot, "stafford")
        page = ListeningPage("docking")
        await opened(pilot, page)
        await until(pilot, lambda: not page.sounding)
        await pilot.press("tab", "enter")
        assert page.typed is None  # it is heard once more, the line stays
        await until(pilot, lambda: not page.sounding)
        await pilot.press(*"a b 1", "enter")
        assert (page.typed, page.answer) == ("a b 1", None)
        assert any(page.question.meaning in row.plain for row in page.rows())
        await pilot.press("b")
        assert page.answer.points == 80.0
        assert page.answer.details["answer"] == "a b 1"
        await pilot.press("enter")
        await until(pilot, lambda: page.answer is None and not page.sounding)
        await pilot.press("tab", "a")
        assert page.answer.details["how"] == "chosen"


async def test_a_shadow_is_timed_and_the_speed_follows(console):
    async with console.run_test(size=(100, 34)) as pilot:
        await signed_on(pilot, "stafford")
        page = ShadowPage("PRO-13", 1.0)
        await opened(pilot, page)
        await pilot.press("space")
        await until(pilot, lambda: page.shadow is not None)
        assert page.shadow.points > 70


async def test_a_call_is_answered_while_a_gauge_is_held(console):
    async with console.run_test(size=(100, 34)) as pilot:
        await signed_on(pilot, "stafford")
        page = LoadPage()
        await opened(pilot, page)
        await pilot.press("g", "g")
        await until(pilot, lambda: page.chosen == "gauge" and not page.preparing)
        await pilot.press("enter")
        await until(pilot, lambda: page.drill.alone is not None and not page.busy)
        answered = 0
        while not page.drill.pairs:
            await pilot.press("enter")
            await until(pilot, lambda: page.asked)
            assert (page.drill.other is not None) == page.drill.loaded
            if page.drill.loaded:
                before = len(page.drill.presses)
                await pilot.press("left", "right", "down")
                assert len(page.drill.presses) == before + 2  # a gauge is not counted
                assert any("[" in row.plain and ("●" in row.plain or "○" in row.plain) for row in page.rows())
            await pilot.press("space")
            answered += 1
            await until(pilot, lambda answered=answered: len(page.drill.answers) == answered)
        assert page.drill.pairs[0].loaded.held is not None
        kept = [exercise for _who, exercise in console.program.store.exercises("stafford", "ru", "load")]
        assert [exercise.details["task"] for exercise in kept] == ["gauge"]
        await pilot.press("enter")
        await until(pilot, lambda: page.asked)
        await pilot.press("enter")  # whoever has no answer is not held up
        await until(pilot, lambda: len(page.drill.answers) == answered + 1)
        assert page.drill.answers[-1].points == 0
        await pilot.press("escape")
        await until(pilot, lambda: console.screen is not page)


async def test_a_call_by_ear_is_chosen_told_and_kept_apart_from_what_is_said(console):
    async with console.run_test(size=(100, 34)) as pilot:
        await signed_on(pilot, "leonov")
        page = ListeningPage("docking")
        await opened(pilot, page)
        for _question in range(2):
            right = "abcd"[page.question.answer]
            await pilot.press(right)
            await until(pilot, lambda: page.answer is not None)
            assert page.question.text in "\n".join(row.plain for row in page.rows())
            await pilot.press("enter")
            await until(pilot, lambda: page.answer is None and not page.sounding)
        kept = list(console.program.store.exercises("leonov", "en", "listen"))
        assert [exercise.points for _who, exercise in kept] == [100.0, 100.0]
        assert not list(console.program.store.attempts(learner="leonov"))


async def test_without_a_microphone_a_drill_by_ear_is_offered(scorer, monkeypatch):
    monkeypatch.setattr("sounddevice.query_devices", lambda: ())  # a machine that has none
    console = Console(options(mic=None))
    console.program.book, console.program.scorer = scorer.book, scorer
    async with console.run_test(size=(80, 24)) as pilot:
        await signed_on(pilot, "stafford")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(console.screen, Picking))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(console.screen, ListeningPage) and not console.screen.preparing)
        assert console.screen.question is not None


@pytest.mark.parametrize(
    "page", [MelodyPage, lambda: MouthPage(lambda practising: (practising.word("поняли"),)), AudioCheck],
    ids=["melody", "mouth", "audio check"],
)  # fmt: skip
@pytest.mark.parametrize("missing", ["microphone", "PortAudio"])
async def test_without_a_microphone_exercises_and_the_audio_check_offer_the_drill_by_ear(
    page, missing, scorer, monkeypatch
):  # fmt: skip
    if missing == "microphone":
        monkeypatch.setattr("sounddevice.query_devices", lambda *which: ())
    else:
        monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
        monkeypatch.setattr("ctypes.util.find_library", lambda name: None)
    console = Console(options(mic=None))
    console.program.book, console.program.scorer = scorer.book, scorer
    async with console.run_test(size=(80, 24)) as pilot:
        await signed_on(pilot, "stafford")
        shown = page()
        await console.push_screen(shown)
        await until(pilot, lambda: not getattr(shown, "preparing", False) and not getattr(shown, "sounding", False))
        await pilot.press("space")
        await until(pilot, lambda: isinstance(console.screen, Picking))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(console.screen, ListeningPage))
