"""Numbers as an event may hold them: finite, and in range. Whoever reads one from outside (a file, a loop, a scorer)
refuses any other, so that none is believed, kept, or handed on."""

from typing import Annotated

from annotated_types import Interval

ROUNDING = 1e-3  # a sum of shares may be a little more than one
LONGEST = 1e9  # s: thirty years

Finite = Annotated[float, Interval(ge=-1e9, le=1e9)]
Points = Annotated[float, Interval(ge=-ROUNDING, le=100 + ROUNDING)]
Share = Annotated[float, Interval(ge=-ROUNDING, le=1 + ROUNDING)]
Seconds = Annotated[float, Interval(ge=0, le=LONGEST)]
Rate = Annotated[float, Interval(ge=0, le=1e6)]  # a second
