"""The log of a running session: events in order, their fold, and who wants to know of each."""

import threading
from collections.abc import Callable, Iterable, Sequence

from trainer.drill.events import Event
from trainer.drill.session import State, apply, fold

Listener = Callable[[Event, State], None]


class SessionLog:
    """May be shared between threads. Listeners hear of every event in order, in the thread that appended it."""

    def __init__(self, keep: Callable[[Sequence[Event]], None] | None = None, events: Iterable[Event] = ()) -> None:
        """keep: makes events safe, all or none, before anybody hears of them. events: what has happened already."""
        self._keep = keep
        self._events = list(events)
        self._state = fold(self._events)
        self._listeners: list[Listener] = []
        self._lock = threading.RLock()

    @property
    def state(self) -> State:
        return self._state

    @property
    def events(self) -> tuple[Event, ...]:
        with self._lock:
            return tuple(self._events)

    def follow(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def append(self, *events: Event) -> State:
        """Several, where one thing that happened is told by several. Raises what `keep` raises; none of them has then
        happened."""
        with self._lock:
            if self._keep:
                self._keep(events)
            for event in events:
                self._events.append(event)
                self._state = apply(self._state, event)
                for listener in self._listeners:
                    listener(event, self._state)
            return self._state
