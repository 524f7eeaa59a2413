"""The score of a take while it is still open: begun as soon as speech is over, kept if nothing follows.

A key that comes up, or a silence that grows long enough, says that a call was all: the scored part of the recording is
known before that, and scoring takes longer than nothing. The result is that of the whole take, bit for bit.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

from trainer.audio.recording import Recording
from trainer.audio.take import Take, Window
from trainer.errors import UserError

Score = TypeVar("Score")


class EarlyScore(Generic[Score]):
    """Of one take. score: raises UserError where a recording cannot be scored; called in a thread of its own, too."""

    def __init__(self, take: Take, source: str, score: Callable[[Recording], Score]) -> None:
        self._take, self._source, self._score = take, source, score
        self._window: Window | None = None
        self._result: Future[Score] | None = None
        self._threads = ThreadPoolExecutor(2, "score")  # a score that is in vain must not hold up the next

    def look(self) -> None:
        """After every block: begin where the speech seems to be over."""
        window = self._take.window
        if window is None or window == self._window:
            return
        try:
            recording = self._take.recording(self._source)
        except UserError:  # too short so far, or overdriven: told at the end
            return
        self._window = window
        self._result = self._threads.submit(self._score, recording)

    @property
    def ready(self) -> bool:
        """Whether `finish` need not wait."""
        return self._result is not None and self._result.done() and self._window == self._take.window

    def finish(self, recording: Recording) -> Score:
        """The score of the whole take. Raises what `score` raises."""
        self._threads.shutdown(wait=False)
        if self._result and self._window == self._take.window:
            return self._result.result()
        return self._score(recording)

    def drop(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
