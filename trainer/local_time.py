"""Days as people count them: by the clock of the place where the program runs, which every report names."""

from datetime import UTC, date, datetime, timedelta

from trainer.errors import UserError
from trainer.messages import gettext as _

# In every zone there are such days.
EARLIEST, LATEST = (
    datetime(1, 1, 3, tzinfo=UTC),
    datetime(9999, 12, 29, tzinfo=UTC),
)


def moment(text: str, *, end: bool = False) -> datetime:
    """A date (`end`: the end of that day), or date and time, ISO 8601; without a zone by this machine's clock. In UTC;
    what lies before all years or after them is the first or last day there is."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        message = _("{text}: write a date as 2026-07-15, or with the time as 2026-07-15T12:20.")
        raise UserError(message.format(text=text)) from error
    try:
        if end and _is_date(text):
            found += timedelta(days=1)
        return min(max(found.astimezone(UTC), EARLIEST), LATEST)
    except (OverflowError, ValueError, OSError):  # no clock knows this year
        return EARLIEST if found.year < 1970 else LATEST


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def local(at: datetime) -> datetime:
    """A moment by the clock here; by UTC where that knows no such year."""
    try:
        return at.astimezone()
    except (OverflowError, ValueError, OSError):
        return at


def local_day(at: datetime) -> date:
    return local(at).date()


def last_day(until: datetime) -> date:
    """The last day before a moment that is not included."""
    return local_day(local(until) - timedelta(seconds=1))


def zone(at: datetime) -> str:
    """The zone of the clock here at a moment, as UTC+03:00."""
    offset = local(at).utcoffset() or timedelta()
    minutes = round(offset.total_seconds() / 60)
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}" if minutes else "UTC"
