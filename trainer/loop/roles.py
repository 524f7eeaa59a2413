"""Who takes part in a loop."""

from typing import Literal

from trainer.messages import gettext as _

Role = Literal["host", "guest", "instructor", "scorer"]
ROLES: tuple[Role, ...] = ("host", "guest", "instructor", "scorer")
SPEAKERS: tuple[Role, ...] = ("host", "guest")
EXPEL = "expel.instructor"  # the subject on which an instructor asks the host to cut the guest off
WRITERS: tuple[Role, ...] = ("host", "guest", "instructor")


def role_name(role: Role) -> str:
    """As people call it."""
    match role:
        case "host":
            return _("the host")
        case "guest":
            return _("the partner")
        case "instructor":
            return _("the instructor")
        case "scorer":
            return _("a scoring worker")
