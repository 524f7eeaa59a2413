"""The log of a running session: events in order, their fold, and who wants to know of each."""

import threading
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Sequence

from trainer.drill.events import Assessed, Cue, Event, from_json, to_json
from trainer.drill.session import State, apply, fold

Listener = Callable[[Event, State], None]

RECENT = 20  # answers that are kept as they are: each takes about a kilobyte for every sound, packed a twentieth of it


class SessionLog:
    """May be shared between threads. Listeners hear of every event in order, in the thread that appended it."""

    def __init__(self, keep: Callable[[Sequence[Event]], None] | None = None, events: Iterable[Event] = ()) -> None:
        """keep: makes events safe, all or none, before anybody hears of them. events: what has happened already."""
        self._keep = keep
        happened = list(events)
        self._state = fold(happened)
        self._events: list[Event | bytes] = [*happened]
        self._answers = deque(at for at, event in enumerate(happened) if isinstance(event, Assessed))
        self._listeners: list[Listener] = []
        self._lock = threading.RLock()

    @property
    def state(self) -> State:
        return self._state

    @property
    def events(self) -> tuple[Event, ...]:
        with self._lock:
            return tuple(_as_it_was(event) for event in self._events)

    @property
    def count(self) -> int:
        """How many events there are."""
        return len(self._events)

    def follow(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def append(self, *events: Event) -> State:
        """Several, where one thing that happened is told by several. Raises what `keep` raises; none of them has then
        happened."""
        with self._lock:
            if self._keep:
                self._keep(events)
            for event in events:
                if isinstance(event, Assessed):
                    self._answers.append(len(self._events))
                elif isinstance(event, Cue):
                    self._pack()
                self._events.append(event)
                self._state = apply(self._state, event)
                for listener in self._listeners:
                    listener(event, self._state)
            return self._state

    def _pack(self) -> None:
        """Between two turns, when nobody waits."""
        while len(self._answers) > RECENT:
            at = self._answers.popleft()
            self._events[at] = zlib.compress(to_json(_as_it_was(self._events[at])).encode())


def _as_it_was(event: Event | bytes) -> Event:
    return from_json(zlib.decompress(event)) if isinstance(event, bytes) else event
