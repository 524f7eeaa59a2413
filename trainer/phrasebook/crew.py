"""The mission's crews, from the one small file that holds them."""

import tomllib
from functools import cache
from typing import Any

from trainer.bundled import bundled
from trainer.languages import Language


@cache
def crew_rows() -> tuple[dict[str, Any], ...]:
    table = tomllib.loads((bundled("phrasebooks") / "astp" / "crew.toml").read_text(encoding="utf-8"))
    return tuple(table["crew"])


@cache
def names_of_crew() -> dict[str, dict[Language, str]]:
    """By a name in either language, the name in both."""
    return {name: row["name"] for row in crew_rows() for name in row["name"].values()}
