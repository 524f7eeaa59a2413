"""Where the learner's voice comes from: a sound device, or recordings played as if spoken."""

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Literal, Protocol, Self

from trainer.audio.blocks import Samples
from trainer.audio.devices import DeviceLost
from trainer.audio.take import Take, TakeStatus
from trainer.errors import UserError
from trainer.languages import Language
from trainer.messages import gettext as _

Pace = Literal["real", "fast"]  # as time goes by, or as fast as possible

WAITING = 5.0  # s of sound that may wait to be read
BEFORE_KEY = 0.5  # s of it that still matter when the key goes down


class NoRecording(UserError):
    """Recordings are to answer, and there is none of the call."""

    def __init__(self, folder: str, call: str) -> None:
        super().__init__(_("{folder}: there is no recording of {call}.").format(folder=folder, call=call))


class Microphone(Protocol):
    """Sound as float32 mono at 16 kHz, whatever it comes from. A context manager: open inside, closed outside."""

    name: str

    @property
    def before_key(self) -> float:
        """Seconds of sound from before the key went down, which come first after it."""
        ...

    @property
    def lost(self) -> float:
        """Seconds of sound since the key went down that were lost because they were not read in time."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def key_down(self, call: str | None = None, language: Language | None = None) -> None:
        """The key goes down for a call, to be said in a language: recordings answer it. Forgets what is stale. A device
        that was lost is looked for again; raises DeviceLost where there is none."""
        ...

    def has(self, call: str, language: Language) -> bool:
        """Whether there is anything to be said for a call: always where somebody speaks, not in all recordings."""
        ...

    def read(self, timeout: float | None = None) -> Samples | None:
        """The next block of sound; None where none came in so many seconds. Raises DeviceLost."""
        ...


def follow(
    microphone: Microphone, take: Take, call: str | None = None, language: Language | None = None,
    released: Callable[[], bool] = lambda: False,
) -> Iterator[tuple[Samples, TakeStatus]]:  # fmt: skip
    """Press the key and follow the take to its end, block by block. released: asked whether the key is up.

    Raises DeviceLost when the microphone goes away; the take then holds what came so far. Raises NoRecording.
    """
    if call is not None and language is not None and not microphone.has(call, language):
        raise NoRecording(microphone.name, call)
    try:
        microphone.key_down(call, language)
        take.key_down()
        while not take.status.ended:
            block = microphone.read(0.1)
            if released():
                take.key_up()
            if block is not None:
                yield block, take.feed(block)
    except DeviceLost:
        take.lost()
        raise
