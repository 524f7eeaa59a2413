"""Where the data that travels with the program lies: in the wheel inside the package, in a clone beside it."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def bundled(folder: str) -> Path:
    """Path of a top-level data folder: phrasebooks, audio or models."""
    installed = _PACKAGE / "bundled_data" / folder
    return installed if installed.is_dir() else _PACKAGE.parent / folder
