"""Which words a recogniser heard."""

from dataclasses import dataclass

UNKNOWN = "[unk]"  # speech that is none of the words listened for


@dataclass(frozen=True)
class HeardWord:
    """A word as dictionaries write it: lower case, no stress marks; or UNKNOWN.

    Attributes:
        start, end: s from the start of the call.
        confidence: 0-1, None while the call goes on and where the engine gives none.
    """

    text: str
    start: float
    end: float
    confidence: float | None = None


@dataclass(frozen=True)
class Hypothesis:
    """What has been heard of a call so far, or finally.

    Attributes:
        engine: who heard it, to be shown beside it.
    """

    words: tuple[HeardWord, ...]
    final: bool
    engine: str

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)
