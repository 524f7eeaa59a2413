"""What is trained beside whole calls: ear, mouth, melody, fluency of procedure; and what one exercise leaves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from trainer.languages import Language
from trainer.quantities import Points

Kind = Literal["ear", "listen", "mouth", "melody", "shadow", "load"]
KINDS: tuple[Kind, ...] = ("ear", "listen", "mouth", "melody", "shadow", "load")

ON_CALLS = frozenset({"listen", "melody", "shadow", "load"})  # kinds whose item is a call

SCHEMA = "ruston.exercise/1"


@dataclass(frozen=True)
class Exercise:
    """One exercise that was done.

    Attributes:
        at: when, with its zone.
        kind: what was trained.
        language: the one that is learnt.
        item: what it was about: a contrast, a sound, a word, a call.
        points: what it was worth; of a choice, 100 or 0.
        details: what else belongs to it, by name: numbers and short texts.
    """

    at: datetime
    kind: Kind
    language: Language
    item: str
    points: Points
    details: Mapping[str, str | float] = field(default_factory=dict)

    @property
    def call(self) -> str | None:
        """Which call it was done on; None where it was none."""
        found = self.item if self.kind in ON_CALLS else self.details.get("call")
        return found if isinstance(found, str) else None

    @property
    def right(self) -> bool:
        """Of a choice."""
        return self.points >= 50
