"""Where the records are, said without loading a database."""

import os
from pathlib import Path

from trainer.data_folder import at_home, data_folder


def place(wanted: str | None = None) -> Path | str:
    """The store that was asked for, a file or a URL; else RUSTON_RECORDS; else a file in the data folder. Raises
    UserError."""
    wanted = wanted or os.environ.get("RUSTON_RECORDS")
    if not wanted:
        return data_folder() / "records.sqlite"
    return wanted if "://" in wanted else at_home(wanted)
