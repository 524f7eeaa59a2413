"""JSON lines: one attempt a line with its full assessment; `schema()` says what a line holds."""

from collections.abc import Iterable
from dataclasses import fields
from typing import IO, Any

from trainer.reports.attempt import SCHEMA, Attempt, Exported

FIELDS = tuple(field.name for field in fields(Attempt))


def record(one: Exported) -> dict[str, Any]:
    """JSON-able but for its date."""
    return {**{name: getattr(one.attempt, name) for name in FIELDS}, "assessment": one.assessment}


def write(attempts: Iterable[Exported], file: IO[str]) -> None:
    from pydantic_core import to_json

    for one in attempts:
        file.write(to_json(record(one)).decode() + "\n")


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a line."""
    from pydantic import TypeAdapter

    found = TypeAdapter(Attempt).json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:ruston:schema:{SCHEMA}", **found}
