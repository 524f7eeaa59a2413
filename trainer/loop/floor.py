"""Who has the floor: one holder at a time, given by the host.

A lease. Its holder renews it; if it does not, the host takes it away after `LEASE`, so that nobody who vanishes with
the key down keeps the loop shut, and nobody keeps it for longer than a call takes. A holder that cannot renew has lost
the floor, and is told.
"""

import asyncio
import secrets
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from trainer.audio.recording import LONGEST
from trainer.loop.connection import Connection
from trainer.loop.roles import SPEAKERS, Role

if TYPE_CHECKING:
    from nats.aio.msg import Msg

SUBJECT = "floor"
LEASE = 2.0  # s
RENEW = 0.5  # s
AT_MOST = LONGEST + 10.0  # s that one press may last
ANSWER = 1.0  # s to wait for the host's word
YES, NO = b"yes", b"no"


class Keeper:
    """The host's side: whose the floor is. Asks come one after the other in the connection's thread."""

    def __init__(self, connection: Connection, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._holder: tuple[Role, str] | None = None  # and the hand that asked
        self._since = self._until = 0.0  # monotonic seconds
        for role in SPEAKERS:
            connection.hear(f"{SUBJECT}.{role}", self._answer)

    @property
    def holder(self) -> Role | None:
        return self._holder[0] if self._holder and self._now() < self._until else None

    def asked(self, role: Role, what: str, hand: str) -> bool:
        """Take (again and again, while the key is down) and give: whether the floor is this hand's now."""
        now = self._now()
        if self.holder is None:
            self._holder = None
        if what == "give":
            self._holder = None if self._holder == (role, hand) else self._holder
            return False
        if what != "take" or self._holder not in (None, (role, hand)):
            return False
        if self._holder is None:
            self._holder, self._since = (role, hand), now
        if now - self._since > AT_MOST:
            return False
        self._until = now + LEASE
        return True

    async def _answer(self, message: "Msg") -> None:
        """The server vouches for the role that asks."""
        what, _space, hand = message.data[:64].decode(errors="replace").partition(" ")
        role: Role = "host" if message.subject == f"{SUBJECT}.host" else "guest"
        given = self.asked(role, what, hand)
        if message.reply:
            await message.respond(YES if given else NO)


class Floor:
    """One client's hand on the key."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._hand = secrets.token_hex(8)
        self._held = False
        self._until = 0.0
        self._renewal: asyncio.Task[None] | None = None

    @property
    def held(self) -> bool:
        """Whether the floor is ours. Without word from the host it is not, once the lease is over."""
        return self._held and time.monotonic() < self._until

    def take(self) -> bool:
        """Press: whether the floor is ours now. False, too, where the host is out of reach."""
        try:
            return self._connection.wait(self.taking(), 4 * ANSWER)
        except Exception:  # out of reach: nobody would hear us
            return False

    def give(self) -> None:
        try:
            self._connection.wait(self.giving(), 4 * ANSWER)
        except Exception:  # out of reach: the lease runs out
            self._held = False

    async def taking(self) -> bool:
        import nats.errors

        if not self.held:
            try:
                self._held = await self._ask("take")
            except nats.errors.Error:  # no word from the host
                self._held = False
            if self._held:
                if self._renewal:
                    self._renewal.cancel()
                self._renewal = asyncio.create_task(self._renewing())
        return self._held

    async def giving(self) -> None:
        if self._renewal:
            self._renewal.cancel()
            self._renewal = None
        if self._held:
            self._held = False
            await self._ask("give")

    async def _ask(self, what: str) -> bool:
        asked = time.monotonic()
        subject = f"{SUBJECT}.{self._connection.role}"
        answer = await self._connection.client.request(subject, f"{what} {self._hand}".encode(), ANSWER)
        if answer.data == YES:
            self._until = asked + LEASE
        return bool(answer.data == YES)

    async def _renewing(self) -> None:
        import nats.errors

        while self._held:
            await asyncio.sleep(RENEW)
            try:
                self._held = await self._ask("take")
            except (nats.errors.Error, TimeoutError, OSError):
                self._held = self.held  # out of reach: ours until the lease is over
