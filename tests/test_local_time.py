"""Dates as they are typed, and days by the clock of the place."""

import time
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.errors import UserError
from trainer.local_time import last_day, local_day, moment, zone


@pytest.fixture
def vladivostok(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Vladivostok")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("written", ["2026-07-15", "20260715", "2026-W29-3", "2026W293"])
def test_a_date_is_a_whole_day_however_it_is_written(written):
    assert (moment(written, end=True) - moment(written)).total_seconds() == 86_400
    assert local_day(moment(written)) == date(2026, 7, 15)
    assert last_day(moment(written, end=True)) == date(2026, 7, 15)


@pytest.mark.parametrize(
    "written", ["9999-12-31", "0001-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-23:59"]
)
def test_far_years_and_zones_are_dates(written):
    for end in (False, True):
        found = moment(written, end=end)
        assert (found < datetime(1970, 1, 1, tzinfo=UTC)) == written.startswith("0001")
        local_day(found)
        last_day(found)
        zone(found)


@given(st.datetimes(), st.booleans())
def test_every_date_there_is_is_a_moment(at, end):
    assert moment(at.isoformat(), end=end).tzinfo is UTC


@pytest.mark.parametrize("written", ["15 July", "2026-02-30", "", "2026-07-15T25:00", "99999999999"])
def test_what_is_no_date_is_refused(written):
    with pytest.raises(UserError, match="2026-07-15"):
        moment(written)


def test_a_morning_in_vladivostok_belongs_to_its_own_day(vladivostok):
    drilled = moment("2026-07-15T09:00")
    assert drilled == datetime(2026, 7, 14, 23, tzinfo=UTC)
    assert local_day(drilled) == date(2026, 7, 15)
    assert zone(drilled) == "UTC+10:00"
