"""The instructor's ear at the console: heard, kept, rated, commented on, asked for again; blind without a score."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from reports.conftest import LEONOV, Drill, data_in, reading
from textual.widgets import Input, OptionList, Static
from tui import stage

from trainer.messages import choose_language
from trainer.phrasebook.phases import Phases
from trainer.records.assignments import progress
from trainer.records.inbox import comments
from trainer.records.ratings import rated
from trainer.records.store import Store
from trainer.tui.app import Console
from trainer.tui.screens.desk import Question
from trainer.tui.screens.review import Review, ReviewPage


@pytest.fixture
def records(tmp_path, monkeypatch):
    url = data_in(tmp_path, monkeypatch)
    with Store.open(url) as store:
        store.add_learner(LEONOV, "Леонов", "ru", "Союз")
        store.consent(LEONOV, True, 30)
        drill = Drill(store, "s", "read", LEONOV, "Леонов", "ru", (datetime.now(UTC) - timedelta(days=1)).isoformat())
        for score in (69.0, 75.0, 62.0, 90.0):
            drill.say("DOC-09", replace(reading(score), margin=5.0))
    return url


async def answer(app, pilot, *texts):
    await stage.until(pilot, lambda: isinstance(app.screen, Question) and app.screen.query(Input))
    for field, text in zip(app.screen.query(Input), texts, strict=True):
        field.value = text
    app.screen.query(Input).last().focus()
    await pilot.press("enter")
    await stage.until(pilot, lambda: isinstance(app.screen, ReviewPage))


def review(records, blind=False, language="en"):
    choose_language(language)
    app = Console(stage.options(keep=True, records=records), lambda: ReviewPage(Review("Шаталов", 30, blind)))
    stage.share(app.program)
    return app


@pytest.mark.parametrize("language, keys", [("en", "ksca"), ("ru", "лысф")])
async def test_each_call_is_kept_rated_commented_on_or_asked_for_again(records, language, keys):
    app = review(records, language=language)
    async with app.run_test(size=(120, 40)) as pilot:
        await stage.until(pilot, lambda: isinstance(app.screen, ReviewPage) and app.screen._waiting)
        order = [one.score for one in app.screen._waiting]
        assert order == [69.0, 75.0, 62.0, 90.0]
        assert "Capture" in str(app.screen.query_one("#one-call", Static).render())
        keep, score, comment, again = keys
        await pilot.press(keep)
        await stage.until(pilot, lambda: len(app.screen._said) == 1)
        await pilot.press(score)
        await answer(app, pilot, "88,5", "Мягче")
        await stage.until(pilot, lambda: len(app.screen._said) == 2)
        await pilot.press(comment)
        await answer(app, pilot, "Тише")
        await stage.until(pilot, lambda: len(app.screen._said) == 3)
        await pilot.press(again)
        await answer(app, pilot, "")
        await stage.until(pilot, lambda: len(app.screen._said) == 4)
        await pilot.press(score)
        await answer(app, pilot, "lots", "")
        store = app.program.store
        assert [(one.rating.kind, one.rating.points, one.rating.by) for one in rated(store)] == [
            ("keep", None, "Шаталов"), ("score", 88.5, "Шаталов"), ("comment", None, "Шаталов"),
        ]  # fmt: skip
        assert [one.text for one in comments(store, LEONOV)] == ["Тише", "Мягче"]
        (task,) = progress(store, Phases({}, {}), LEONOV)
        assert task.assignment.call_ids == ("DOC-09",)
    choose_language("en")


async def test_blind_nothing_gives_the_score_away(records):
    app = review(records, blind=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await stage.until(pilot, lambda: isinstance(app.screen, ReviewPage) and app.screen._waiting)
        shown = str(app.screen.query_one("#one-call", Static).render()).splitlines()[0]
        rows = [str(option.prompt) for option in app.screen.query_one("#waiting-calls", OptionList).options]
        for score in ("69", "75", "62", "90"):
            assert not any(score in text for text in (shown, *rows))
        await pilot.press("k")  # keeps nothing
        await pilot.press("s")
        await answer(app, pilot, "40", "")
        await stage.until(pilot, lambda: app.screen._said)
        (one,) = rated(app.program.store)
        assert (one.rating.blind, one.rating.points) == (True, 40.0)
        assert {attempt.judged for attempt in app.program.store.attempts()} == {None}
