"""Whether there is room on the disk for what is to come."""

import shutil
from pathlib import Path

from trainer.errors import UserError
from trainer.messages import gettext as _

MARGIN = 20_000_000  # bytes left free for everything else


def reserve(folder: Path, size: int) -> None:
    """Raises UserError where a folder's disk has no room for so many bytes."""
    free = shutil.disk_usage(folder).free
    if free < size + MARGIN:
        message = _(
            "{folder}: the disk has {free:.0f} MB free, {needed:.0f} MB are needed. Make room, then run the same again."
        )
        raise UserError(message.format(folder=folder, free=free / 1e6, needed=(size + MARGIN) / 1e6))
