"""Write a file whole or not at all, so that a full disk or a crash never costs the user what was there before."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from trainer.errors import UserError
from trainer.messages import gettext as _


def save(path: Path, content: str | bytes) -> None:
    """Write text (as UTF-8) or bytes into a new file beside `path`, which then takes its place. Raises UserError,
    nothing changed."""
    with writing(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)


@contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """A new file beside `path`, which takes its place at the end, if nothing goes wrong before. Raises UserError,
    nothing changed."""
    target = path.resolve()  # a link stays one
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        try:
            with unfinished.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                shutil.copymode(target, unfinished)
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise _not_written(path, error) from error


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A folder that gets its name at the end, if nothing goes wrong before. Raises UserError where it exists already
    or cannot be written, nothing changed."""
    if path.exists():
        raise UserError(_("{path}: exists already. Name a new folder.").format(path=path))
    target = path.absolute()
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        try:
            unfinished.mkdir(parents=True)
            yield unfinished
            unfinished.rename(target)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    except OSError as error:
        raise _not_written(path, error) from error


def _not_written(path: Path, error: OSError) -> UserError:
    message = _("{path}: cannot be written ({reason}). Nothing was changed.")
    return UserError(message.format(path=path, reason=error.strerror or error))
