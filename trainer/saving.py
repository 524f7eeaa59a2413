"""Write a file whole or not at all, so that a full disk or a crash never costs the user what was there before."""

import os
import shutil
from pathlib import Path

from trainer.errors import UserError
from trainer.messages import gettext as _


def save(path: Path, content: str | bytes) -> None:
    """Write text (as UTF-8) or bytes into a new file beside `path`, which then takes its place. Raises UserError,
    nothing changed."""
    target = path.resolve()  # a link stays one
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        try:
            with unfinished.open("wb") as file:
                file.write(content.encode() if isinstance(content, str) else content)
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                shutil.copymode(target, unfinished)
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        message = _("{path}: cannot be written ({reason}). Nothing was changed.")
        raise UserError(message.format(path=path, reason=error.strerror or error)) from error
