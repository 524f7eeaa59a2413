"""Which mission phase a call belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass

from trainer.phrasebook.phrase import Phrasebook


@dataclass(frozen=True)
class Phases:
    """The mission phase of every call of a phrasebook; drawn calls (RBK-03.7) belong to the phase of their template."""

    calls: Mapping[str, str]
    templates: Mapping[str, str]

    @classmethod
    def of(cls, book: Phrasebook) -> "Phases":
        return cls({call.id: call.phase for call in book.phrases}, {t.id: t.phase for t in book.templates})

    def phase(self, call: str, session: str | None) -> str | None:
        """session: the phase of the session, for a call that is in no phrasebook."""
        return self.calls.get(call) or self.templates.get(call.partition(".")[0]) or session
