"""Where the program keeps what it learns and what is installed: one folder, the user's own or RUSTON_DATA."""

import os
from pathlib import Path


def data_folder() -> Path:
    """The folder need not exist yet."""
    if wanted := os.environ.get("RUSTON_DATA"):
        return Path(wanted).expanduser()
    from platformdirs import user_data_path

    return user_data_path("ruston", appauthor=False)
