"""Who has the floor: one holder at a time, by compare-and-set on one key of a key-value bucket.

The key is a lease. Its holder renews it; if it does not, the server takes it away after `LEASE`, so that nobody who
vanishes with the key down keeps the loop shut. A holder that cannot renew has lost the floor, and is told.
"""

import asyncio
import time
from typing import TYPE_CHECKING

from trainer.loop.connection import WRONG_SEQUENCE, Connection

if TYPE_CHECKING:
    pass

BUCKET, KEY = "floor", "holder"
LEASE = 2  # s, whole ones: the server's unit
RENEW = 0.5  # s
ANSWER = 1.0  # s to wait for the server's word
FREE = b""


async def make(connection: Connection, replicas: int = 1) -> None:
    """The host makes the bucket."""
    from nats.js.api import KeyValueConfig, StorageType

    await connection.stream.create_key_value(
        KeyValueConfig(bucket=BUCKET, direct=True, max_value_size=1024, storage=StorageType.MEMORY, replicas=replicas)
    )


class Floor:
    """One client's hand on the key."""

    def __init__(self, connection: Connection) -> None:
        from nats.js.kv import KeyValue

        self._connection = connection
        self._bucket: KeyValue = KeyValue(BUCKET, f"KV_{BUCKET}", f"$KV.{BUCKET}.", connection.stream, direct=True)
        self._subject = f"$KV.{BUCKET}.{KEY}"
        self._revision = 0  # of the key, where we last saw it free or took it; else 0: that there is no key
        self._held = False
        self._until = 0.0
        self._renewal: asyncio.Task[None] | None = None

    @property
    def held(self) -> bool:
        """Whether the floor is ours. Without word from the server it is not, once the lease is over."""
        return self._held and time.monotonic() < self._until

    def take(self) -> bool:
        """Press: whether the floor is ours now. False, too, where the server is out of reach."""
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
        if self._held:
            return True
        # Mostly the floor is as we left it; looking first would cost a round trip more.
        if not await self._set(self._connection.role.encode(), self._revision):
            holder, revision = await self._look()
            if holder != FREE or not await self._set(self._connection.role.encode(), revision):
                return False
        self._held = True
        self._renewal = asyncio.create_task(self._renewing())
        return True

    async def giving(self) -> None:
        if self._renewal:
            self._renewal.cancel()
            self._renewal = None
        if self._held:
            self._held = False
            await self._set(FREE, self._revision)

    async def holder(self) -> str:
        """The role that has the floor, "" for nobody."""
        return (await self._look())[0].decode(errors="replace")

    async def _look(self) -> tuple[bytes, int]:
        """The holder and the revision of the key."""
        from nats.js.errors import KeyNotFoundError

        try:
            entry = await self._bucket.get(KEY)
        except KeyNotFoundError as error:  # never taken, or its lease ran out
            return FREE, (error.entry.revision or 0) if error.entry else 0
        return entry.value or FREE, entry.revision or 0

    async def _set(self, value: bytes, revision: int) -> bool:
        from nats.js.errors import APIError

        headers = {"Nats-Expected-Last-Subject-Sequence": str(revision)}
        asked = time.monotonic()
        try:
            answer = await self._connection.stream.publish(
                self._subject, value, ANSWER, headers=headers, msg_ttl=LEASE if value else None
            )
        except APIError as error:
            if error.err_code == WRONG_SEQUENCE:
                self._revision = 0
                return False
            raise
        self._revision, self._until = answer.seq, asked + LEASE
        return True

    async def _renewing(self) -> None:
        import nats.errors

        while self._held:
            await asyncio.sleep(RENEW)
            try:
                self._held = await self._set(self._connection.role.encode(), self._revision)
            except (nats.errors.Error, TimeoutError, OSError):
                self._held = self.held  # out of reach: ours until the lease is over
