"""Who needs help, why, and what to do about it."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from program import ruston
from reports.conftest import Drill, reading

from trainer.manual import page
from trainer.records import assignments
from trainer.reports.figures import DayFigures, Tally, day_figures, sounds_lately
from trainer.reports.gather import class_needs
from trainer.reports.names import Names
from trainer.reports.needs import (
    AWAY,
    LATELY,
    PASSING,
    SILENT,
    TRIED,
    Absent,
    Failing,
    Overdue,
    Person,
    Silent,
    needs,
    shown,
    what_to_do,
    why,
)

TODAY = date(2026, 9, 28)


def person(name: str, *days: tuple[int, Tally], overdue: int = 0, weak: tuple[str, ...] = ()) -> Person:
    """days: how long ago, and what was done."""
    drilled = tuple(DayFigures(name, TODAY - timedelta(days=ago), tally) for ago, tally in days)
    return Person(name, name, TODAY - timedelta(days=30), drilled, overdue, weak)


def calls(answers: int, passed: int, missed: int = 0) -> Tally:
    return Tally(answers + missed, 80.0 * answers, 6400.0 * answers, passed, missed)


WELL = person("well", (9, calls(10, 9)), (1, calls(10, 10)))


def test_whoever_does_well_needs_none():
    assert needs([WELL], TODAY) == ()


def test_a_dead_microphone_is_named_as_such_and_comes_first():
    silent = person("liam", (5, calls(0, 0, 6)), (2, calls(0, 0, 48)))
    failing = person("henry", (3, calls(20, 8)), weak=("pʲ", "nʲ"))
    first, second = needs([failing, WELL, silent], TODAY)
    assert first.person.key == "liam"
    assert first.reasons == (Silent(48, TODAY - timedelta(days=2)),)
    assert "microphone" in what_to_do(first)
    assert second.reasons == (Failing(0.4, 20),)
    assert "[pʲ] [nʲ]" in what_to_do(second)
    assert why(second) == "passed 40% of 20 answers"


def test_silence_once_among_answers_is_no_dead_microphone():
    assert needs([person("a", (1, calls(9, 9, 3))), WELL], TODAY) == ()


def test_whoever_stays_away_is_missed_only_while_others_drill():
    away = person("away", (13, calls(10, 10)))
    assert [need.reasons for need in needs([away, WELL], TODAY)] == [(Absent(TODAY - timedelta(days=13)),)]
    assert needs([away], TODAY) == ()  # the term is over
    assert needs([person("new"), WELL], TODAY)[0].reasons == (Absent(None),)


def test_several_reasons_weigh_more_than_one_and_stand_in_one_line():
    one = person("one", (13, calls(10, 10)), overdue=2)
    two = person("two", (1, calls(10, 10)), overdue=2)
    first, second = needs([two, one, WELL], TODAY)
    assert first.reasons == (Overdue(2), Absent(TODAY - timedelta(days=13)))
    assert why(first) == "2 assignments overdue; has not drilled since 2026-09-15"
    assert second.reasons == (Overdue(2),)


def test_at_most_five_lines():
    first, more = shown(needs([person(f"p{n}", overdue=1) for n in range(8)], TODAY))
    assert (len(first), more) == (5, 3)


def test_the_desk_says_it(store, phases, tmp_path):
    now = datetime.now(UTC)
    assignments.assign(store, ["leonov"], calls=5, pass_mark=70, due=now + timedelta(hours=1))
    found = class_needs(store, phases, (), now + timedelta(hours=2))
    assert Overdue(1) in next(need for need in found if need.person.key == "leonov").reasons
    run = ruston("desk", "today")
    assert run.returncode == 0
    assert "has not drilled since 2026-07" in run.stdout or "Nobody needs help today." in run.stdout
    assert len(run.stdout.splitlines()) <= 6


def test_the_sounds_to_begin_with_are_those_of_the_last_two_weeks(store, phases):
    now = datetime.now(UTC)
    for days in (60, 1):
        drill = Drill(
            store, f"ago-{days}", "read", "stafford", "Stafford", "en", (now - timedelta(days=days)).isoformat()
        )
        for _turn in range(8):
            drill.say("COM-01", reading(40.0 if days == 1 else 99.0, "ru", "Дым вот"))
    need = next(need for need in class_needs(store, phases, (), now) if need.person.key == "stafford")
    assert Failing(0.0, 8) in need.reasons
    assert need.person.weak == ("k", "ˈo", "ˈɨ")
    _learners, days = day_figures(store, [], Names(None))
    own = [day for day in days if day.key == "stafford"]
    assert {sound.times for sound in sounds_lately(store, [], own, LATELY)} == {8}


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_manual_says_from_where_on_somebody_needs_help(language):
    told = next(part for part in page("desk", language).text.split("\n\n") if part.startswith("`desk today`"))
    limits = {SILENT, TRIED, LATELY.days, AWAY.days, round(100 * PASSING)}
    assert {int(number) for number in re.findall(r"\d+", told)} == limits
