"""The options that say to whom a command speaks that works for nobody in particular."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from trainer.commands import record_store
from trainer.messages import gettext as _

Command = TypeVar("Command", bound=Callable[..., Any])


def addressed(command: Command) -> Command:
    """`learner` and `url`, for `trainer.live.addressee`."""
    option = click.option(
        "--learner", metavar="NAME", help=_("Who reads it: in letters of theirs (default: who signed on last).")
    )
    return option(record_store(command))
