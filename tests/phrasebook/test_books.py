"""The books beside the mission's: whole in both languages, every word known, chosen by name."""

from pathlib import Path

import pytest

from trainer.live.program import Options, Program
from trainer.phrasebook.books import books, located
from trainer.phrasebook.lexicon import lexicon
from trainer.phrasebook.load import check, load

OTHERS = [book for book in books() if book.id != "astp"]


@pytest.mark.parametrize("book", OTHERS, ids=lambda book: book.id)
def test_a_book_of_the_program_can_be_scored_as_it_stands(book):
    lexicons = {language: lexicon(language) for language in ("en", "ru")}
    read, problems = check(book.path, lexicons)
    assert problems == []
    assert all(phrase.status == "reconstructed" for phrase in read.phrases)
    assert set(book.title) == {"en", "ru"}


def test_the_station_has_a_crews_year():
    read = load(books()[1].path)
    assert len(read.phrases) >= 150
    assert {"fire", "pressure", "toxic", "airlock", "undocking", "medical", "ham"} <= {
        phase.id for phase in read.phases
    }


def test_calls_of_different_books_are_never_taken_for_each_other():
    """Progress is kept by the id of a call."""
    ids = [phrase.id.casefold() for book in books() for phrase in load(book.path).phrases]
    assert len(ids) == len(set(ids))


def test_both_alphabets_can_be_drilled():
    said = {
        language: " ".join(p.plain(language) for p in load(books()[1].path).phrases if p.phase == "spelling").casefold()
        for language in ("en", "ru")
    }
    nato = (
        "alfa bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa quebec romeo"
    )
    nato += " sierra tango uniform victor whiskey x-ray yankee zulu niner"
    assert [word for word in nato.split() if word not in said["en"]] == []
    russian = (
        "анна борис василий григорий дмитрий елена женя зинаида иван константин леонид михаил николай ольга павел роман"
    )
    russian += " семён татьяна ульяна фёдор харитон цапля человек шура щука твёрдый мягкий еры эхо юрий яков"
    assert [word for word in russian.split() if word not in said["ru"]] == []


def test_a_book_is_located_by_its_name_and_a_file_by_its_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert located(Path("station")) == books()[1].path
    assert located(Path("astp")) is None
    assert located(Path("ours.toml")) == Path("ours.toml")
    (tmp_path / "station").mkdir()
    assert located(Path("station")) == Path("station")


def test_the_crew_of_the_mission_can_drill_another_book():
    program = Program(Options(keep=False))
    program.who, program.first = "leonov", "ru"
    calls = sum(row.calls for row in program.board())
    program.choose_book("station")
    rows = program.board()
    assert program.seat.first == "ru"
    assert {row.id for row in rows} >= {"fire", "robotics"}
    assert sum(row.calls for row in rows) != calls
