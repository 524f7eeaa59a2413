"""Who takes part in a loop."""

from typing import Literal

Role = Literal["host", "guest", "instructor", "scorer"]
ROLES: tuple[Role, ...] = ("host", "guest", "instructor", "scorer")
SPEAKERS: tuple[Role, ...] = ("host", "guest")
WRITERS: tuple[Role, ...] = ("host", "guest", "instructor")
