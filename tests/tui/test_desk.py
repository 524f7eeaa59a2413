"""The instructor's desk, worked by keys."""

from datetime import UTC, datetime, timedelta

import pytest
from textual.widgets import Input, OptionList, Static
from tui import stage

from trainer.messages import choose_language
from trainer.records.assignments import assign, signed
from trainer.records.store import Store
from trainer.records.tables import assignments
from trainer.tui.app import Console
from trainer.tui.screens.desk import DeskPage, Question


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_from_roster_to_sign_off(tmp_path, language):
    path = tmp_path / "roster.csv"
    path.write_text("name,first,crew\nЛеонов А.,ru,Союз\nStafford T.,en,Apollo\n", encoding="utf-8")
    choose_language(language)
    app = Console(stage.options(keep=True, records=str(tmp_path / "records.sqlite")), DeskPage)
    async with app.run_test(size=(120, 40)) as pilot:

        def listed() -> list[str | None]:
            return [option.id for option in app.screen.query_one("#learners", OptionList).options]

        async def answer(*texts: str) -> None:
            await stage.until(pilot, lambda: isinstance(app.screen, Question) and app.screen.query(Input))
            for field, text in zip(app.screen.query(Input), texts, strict=True):
                field.value = text
            app.screen.query(Input).last().focus()
            await pilot.press("enter")
            await stage.until(pilot, lambda: isinstance(app.screen, DeskPage))

        await stage.until(pilot, lambda: isinstance(app.screen, DeskPage) and app.screen._class)
        await pilot.press("ctrl+o")
        await answer(str(path))
        await stage.until(pilot, lambda: len(listed()) == 2)
        await pilot.press("ctrl+g")
        await answer("docking", "3", "75")
        await stage.until(pilot, lambda: app.screen._class.assigned)
        assert {one.assignment.pass_mark for one in app.screen._class.assigned} == {75.0}
        app.screen.query_one("#desk-filter", Input).value = "apollo"
        await stage.until(pilot, lambda: listed() == ["stafford-t"])
        await pilot.press("ctrl+s")
        await answer("Shatalov", "Well done", "no")
        await stage.until(pilot, lambda: app.screen._class.signed)
        assert "Well done" in str(app.screen.query_one("#learner", Static).render())
        (judged,) = signed(app.program.store)
        assert (judged.learner, judged.by, judged.passed) == ("stafford-t", "Shatalov", False)
    choose_language("en")


async def test_who_needs_help_comes_first_with_why_and_what_to_do(tmp_path):
    now = datetime.now(UTC)
    with Store.open(str(tmp_path / "records.sqlite")) as store:
        for key in ("anna", "boris"):
            store.add_learner(key, key.title(), "ru", "Soyuz")
        late = assign(store, ["boris"], calls=1, pass_mark=70, due=now + timedelta(days=1))[0].assignment
        with store.writing() as connection:
            connection.execute(assignments.update().where(assignments.c.id == late).values(due=now - timedelta(days=1)))
    choose_language("en")
    app = Console(stage.options(keep=True, records=str(tmp_path / "records.sqlite")), DeskPage)
    async with app.run_test(size=(80, 24)) as pilot:
        await stage.until(pilot, lambda: isinstance(app.screen, DeskPage) and app.screen._class)
        options = app.screen.query_one("#learners", OptionList).options
        assert [option.id for option in options] == ["boris", "anna"]
        assert ["▲" in str(option.prompt) for option in options] == [True, False]
        await stage.until(pilot, lambda: "overdue" in str(app.screen.query_one("#learner", Static).render()))
        assert "agree on a new day" in str(app.screen.query_one("#learner", Static).render())
