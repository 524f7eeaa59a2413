"""Where a data file is wrong: file, line, field, and what to do."""

from dataclasses import dataclass
from pathlib import Path

from trainer.errors import UserError


@dataclass(frozen=True)
class Problem:
    path: Path
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        field = f" {self.field}:" if self.field else ""
        return f"{self.path}:{self.line}:{field} {self.message}"


class InvalidData(UserError):
    """A phrasebook or lexicon that cannot be used; the message is the first problem."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(str(problems[0]))
        self.problems = problems
