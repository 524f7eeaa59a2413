"""Sound for the learner's ears, whatever it comes out of: what every loudspeaker does."""

from types import TracebackType
from typing import Protocol, Self

from trainer.audio.blocks import Samples


class Playing(Protocol):
    """A sound on its way out."""

    @property
    def position(self) -> float:
        """Seconds of it that went to the device."""
        ...

    @property
    def done(self) -> bool: ...

    def wait(self, timeout: float | None = None) -> bool:
        """Until it has sounded, or so many seconds; whether it is over."""
        ...

    def stop(self) -> None: ...


class Live(Protocol):
    """A sound that is still being made, piece by piece, each played as soon as those before it are over."""

    def feed(self, samples: Samples) -> None: ...

    def finish(self) -> None:
        """Nothing more comes; what is there sounds to its end."""
        ...


class Loudspeaker(Protocol):
    """A context manager. trouble: one line, to be said once, for why nothing is heard; None while all is well."""

    name: str

    @property
    def trouble(self) -> str | None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def play(self, samples: Samples, rate: float) -> Playing:
        """Start a sound (mono) beside those that are sounding."""
        ...

    def live(self, rate: float) -> Live:
        """Start a sound (mono) that comes bit by bit."""
        ...
