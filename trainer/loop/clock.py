"""Session time, which is the time of the log's server: whatever the clocks of those who are on the loop say; and what
these say of day and hour."""

import time
from datetime import datetime

from trainer.local_time import local
from trainer.messages import gettext as _

APART = 120.0  # s by which the clocks of two machines may differ and count as one


class SessionClock:
    """Seconds of the session by this machine's monotonic clock, held to what it is told."""

    def __init__(self) -> None:
        self._zero: float | None = None  # monotonic seconds at the session's first moment

    @property
    def set(self) -> bool:
        return self._zero is not None

    def now(self) -> float:
        return 0.0 if self._zero is None else max(0.0, time.monotonic() - self._zero)

    def told(self, at: float, earliest: float, latest: float) -> None:
        """It was `at` in the session somewhere between two moments of this machine (monotonic seconds); earliest may be
        -inf. What is within these is left alone, so the quickest answers count most, and a clock that was set on the
        other side is followed."""
        low, high = earliest - at, latest - at
        if self._zero is None:
            self._zero = high if low == -float("inf") else (low + high) / 2
        self._zero = min(max(self._zero, low), high)

    def passes(self, seconds: float) -> None:
        """Time goes by on its own: on a loop this is the transceiver's clock, too."""


def apart(one: datetime, other: datetime) -> bool:
    return abs((one - other).total_seconds()) > APART


def apart_told(here: datetime, there: datetime | None) -> str:
    """What is to be said of the clocks of two machines; empty where they agree. there: None where it is not told."""
    if there is None or not apart(here, there):
        return ""
    message = _(
        "the clocks of the two machines differ: here it is {here}, at the partner's {there}. Each side's records go by "
        "its own clock; set the wrong one right."
    )
    return message.format(here=f"{local(here):%Y-%m-%d %H:%M}", there=f"{local(there):%Y-%m-%d %H:%M}")
