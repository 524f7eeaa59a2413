"""Write a file whole or not at all, so that a full disk or a crash never costs the user what was there before.

What holds people's data is `private`: nobody else on the machine can read a file or folder that is made so. What is no
file, such as a device or a pipe, is written into, never replaced.
"""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from trainer.errors import UserError
from trainer.messages import gettext as _

UNFINISHED = re.compile(r"\..+\.ruston-(\d+)\.tmp")  # with the process that writes it


def save(path: Path, content: str | bytes, *, private: bool = False) -> None:
    """Write text (as UTF-8) or bytes into a new file beside `path`, which then takes its place. Raises UserError,
    nothing changed."""
    with writing(path, private=private) as file:
        file.write(content.encode() if isinstance(content, str) else content)


@contextmanager
def writing(path: Path, *, private: bool = False) -> Iterator[IO[bytes]]:
    """A new file beside `path`, which takes its place at the end, if nothing goes wrong before. Raises UserError,
    nothing changed."""
    if path.is_dir():
        raise UserError(_("{path}: this is a folder. Name a file.").format(path=path))
    target = path.resolve()  # a link stays one
    unfinished = _unfinished(target)
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as file:
                yield file
            return
        clear_unfinished(target.parent)
        try:
            with open(unfinished, "wb", opener=_for_its_owner if private else None) as file:
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
def new_folder(path: Path, *, private: bool = False) -> Iterator[Path]:
    """A folder that gets its name at the end, if nothing goes wrong before. Raises UserError where it exists already
    or cannot be written, nothing changed."""
    if path.exists():
        raise UserError(_("{path}: exists already. Name a new folder.").format(path=path))
    target = path.absolute()
    unfinished = _unfinished(target)
    try:
        clear_unfinished(target.parent)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            unfinished.mkdir(mode=0o700 if private else 0o777)
            yield unfinished
            unfinished.rename(target)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    except OSError as error:
        raise _not_written(path, error) from error


def clear_unfinished(folder: Path, pattern: re.Pattern[str] = UNFINISHED) -> None:
    """Remove what processes that were killed have left in a folder. pattern: of the names, with the process's id."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        left = pattern.fullmatch(path.name)
        if left is None or _runs(int(left[1])):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _unfinished(target: Path) -> Path:
    return target.with_name(f".{target.name}.ruston-{os.getpid()}.tmp")


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _runs(process: int) -> bool:
    if sys.platform == "win32":
        return True  # cannot be asked there without harm
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass
    return True


def _not_written(path: Path, error: OSError) -> UserError:
    message = _("{path}: cannot be written ({reason}). Nothing was changed.")
    return UserError(message.format(path=path, reason=error.strerror or error))
