"""Words while they are said, in a thread of their own: a key that comes up and a voice on the loop wait for nobody."""

import queue
import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from trainer.scoring.hypothesis import Hypothesis
from trainer.scoring.posteriors import Posteriors
from trainer.speech.words import WordStream

Block = NDArray[np.float32]


class Hearing:
    """One take. What comes faster than it can be listened to is listened to together."""

    def __init__(self, stream: WordStream, tell: Callable[[Hypothesis], None], live: bool = True) -> None:
        """tell: hears of the words so far, in the thread of its own; with live False, of none before the end."""
        self._stream, self._tell, self._live = stream, tell, live
        self._blocks: queue.SimpleQueue[Block | None] = queue.SimpleQueue()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._listen, name="hearing", daemon=True)
        self._thread.start()

    def feed(self, block: Block) -> None:
        self._blocks.put(block)

    def over(self) -> None:
        """The key is up: no words so far any more."""
        self._live = False
        self._blocks.put(None)

    def ahead(self, posteriors: Posteriors) -> Hypothesis | None:
        """The final words, if nothing follows; see `WordStream.ahead`. From another thread than the rest."""
        return self._stream.ahead(posteriors)

    def finish(self, posteriors: Posteriors | None = None, ahead: Hypothesis | None = None) -> Hypothesis:
        """All the words, once every block was listened to. posteriors: see `WordStream.finish`; ahead: what `ahead`
        said of these posteriors. Raises what the recogniser raised."""
        self._thread.join()
        if self._failure:
            raise self._failure
        return ahead or self._stream.finish(posteriors)

    def _listen(self) -> None:
        try:
            over = False
            while not over:
                waiting = [self._blocks.get()]
                while not self._blocks.empty() or (not self._live and waiting[-1] is not None):
                    waiting.append(self._blocks.get())
                over = waiting[-1] is None
                blocks = [block for block in waiting if block is not None]
                heard = self._stream.feed(np.concatenate(blocks), self._live) if blocks else None
                if heard and self._live:
                    self._tell(heard)
        except Exception as error:  # told to whoever finishes
            self._failure = error
