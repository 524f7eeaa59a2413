"""A client's connection to a loop's server: its own thread, so that sound and events flow whatever the program does.

Reconnects by itself for as long as it is open. What is published meanwhile is buffered, live sound is not. Who we are
is told only inside TLS, and only to the server that the join code names, at every connection anew.
"""

import asyncio
import hashlib
import logging
import ssl
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from concurrent.futures import Future
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from trainer.errors import UserError
from trainer.loop.code import JoinCode
from trainer.messages import gettext as _

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg
    from nats.js import JetStreamContext

T = TypeVar("T")

# asyncio warns whenever a server closes a TLS connection that nats-py has asked to keep half open: nothing is wrong.
logging.getLogger("asyncio").addFilter(lambda record: "eof_received" not in record.getMessage())
# nats-py logs tracebacks of what servers send that is no NATS: it reconnects, and who it concerns is told by us.
logging.getLogger("nats").addHandler(logging.NullHandler())
logging.getLogger("nats").propagate = False

CONNECTED = 10.0  # s to wait for the first connection
RECONNECT = 0.2  # s between two tries
PING = 2  # s between pings: a silent server is noticed after two of them
WAITING = 1_000  # messages that may wait to be handled; beyond it the newest are dropped

UNREAD = 4 << 20  # bytes that a server may have sent of one message: more than ours ever send
NOBODY = "nobody"  # a subject that nobody listens to

WRONG_SEQUENCE = 10071  # JetStream's error of a compare-and-set: somebody else was faster

Handler = Callable[["Msg"], Awaitable[None]]


class Connection:
    """A context manager: connected inside, closed outside."""

    def __init__(self, code: JoinCode) -> None:
        self.role = code.role
        self.connected = threading.Event()
        self.refused: str | None = None
        self._code = code
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="loop", daemon=True)
        self._beginning = threading.Lock()
        self._over = False  # nothing is begun any more
        self._listeners: list[Callable[[], None]] = []
        self._clients: list[Client] = []  # whose sockets are closed in the end, whatever the server does
        self.client: Client
        self.stream: JetStreamContext

    def __enter__(self) -> Self:
        """Raises UserError where the loop cannot be reached or does not let us in."""
        self._thread.start()
        try:
            self.wait(self._connect(), CONNECTED)
        except Exception as error:
            self.__exit__(None, None, None)
            raise UserError(_reason(error, self._code)) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop.is_running():
            if hasattr(self, "client"):
                try:
                    self.wait(self._close(), 3)
                except Exception:  # the server may be gone, and it is all the same now
                    self.connected.clear()
            with self._beginning:  # what comes later would be taken up by nobody
                self._over = True
                ended = asyncio.run_coroutine_threadsafe(self._ended(), self._loop)
            ended.result(3)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def wait(self, work: Coroutine[Any, Any, T], timeout: float | None = None) -> T:
        """Run something in the connection's thread and wait for it, from another thread."""
        future = self._begin(work)
        try:
            return future.result(timeout)
        except TimeoutError:
            future.cancel()
            raise

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run something in the connection's thread for as long as that lives."""
        self._begin(work)

    def _begin(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        with self._beginning:
            if not self._over:
                return asyncio.run_coroutine_threadsafe(work, self._loop)
        work.close()
        raise ConnectionError("the connection is closed")

    def send(self, subject: str, data: bytes) -> None:
        """Publish at once and forget: for live sound. Dropped while there is no connection: late sound is no use."""
        if self.connected.is_set():
            self.spawn(self.client.publish(subject, data))

    def hear(
        self, subject: str, handle: Handler, *, queue: str = "", waiting: int = WAITING
    ) -> Callable[[], None]:  # fmt: skip
        """Have every message of a subject handled, in order, in the connection's thread, until what is returned is
        called."""
        subscribing = self.client.subscribe(subject, queue, cb=handle, pending_msgs_limit=waiting)
        subscription = self.wait(subscribing, CONNECTED)

        def stop() -> None:
            with suppress(Exception):  # the connection is closed, and nothing is heard any more
                self.wait(subscription.unsubscribe(), CONNECTED)

        return stop

    def settle(self) -> None:
        """Come back when the server knows of all that was asked of it here so far. Raises TimeoutError or
        nats.errors.Error."""
        self.wait(self.client.flush(round(CONNECTED)), CONNECTED + 1)

    def ask(self, subject: str, data: bytes, timeout: float, headers: Mapping[str, str] | None = None) -> "Msg":
        """A request and its answer. Raises TimeoutError or nats.errors.Error."""
        return self.wait(self.client.request(subject, data, timeout, headers=dict(headers or {})), timeout + 1)

    def answers(self) -> bool:
        """Whether the server says a word at all: that there is nobody to answer, at once."""
        from nats.errors import NoRespondersError

        try:
            self.ask(NOBODY, b"", 1.0)
        except NoRespondersError:
            return self.connected.is_set()
        except Exception:  # silent, or no connection
            return False
        return True

    @property
    def expelled(self) -> str | None:
        """What is told of it where the server does not let us in any more; None where it does."""
        if self.connected.is_set() or "authorization violation" not in (self.refused or "").lower():
            return None
        return _("this join code lets nobody in any more: the host has drawn a new one. Ask for it.")

    def when_back(self, listener: Callable[[], None]) -> None:
        """Call this in the connection's thread after every reconnection."""
        self._listeners.append(listener)

    async def _connect(self) -> None:
        async def lost() -> None:
            self.connected.clear()

        async def back() -> None:
            self.connected.set()
            for listener in self._listeners:
                listener()

        async def trouble(error: Exception) -> None:
            self.refused = str(error)
            credentials.over()
            for client in self._clients:
                if not client.is_connected:
                    _hang_up(client)

        credentials = _Credentials(self._code)
        options: dict[str, Any] = {
            "servers": self._code.servers, "user": credentials.user, "password": credentials.password,
            "tls": credentials.context, "tls_handshake_first": self._code.own_server, "connect_timeout": 4,
            "name": f"ruston {self.role}",
        }  # fmt: skip
        # A client that reconnects for ever would do so at first, too, and never say what is wrong.
        probe: dict[str, Any] = {"allow_reconnect": False, "max_reconnect_attempts": 1, "reconnect_time_wait": 0.1}
        first = self._client()
        try:
            await first.connect(**options, **probe, error_cb=trouble)
        finally:  # a server that breaks off in the middle of a handshake may let us wait for its last word
            self._farewell = asyncio.create_task(first.close())
        self.client = self._client()
        await self.client.connect(
            **options, max_reconnect_attempts=-1, reconnect_time_wait=RECONNECT,  # type: ignore[arg-type]
            ping_interval=PING, max_outstanding_pings=2, disconnected_cb=lost, reconnected_cb=back, error_cb=trouble,
        )  # fmt: skip
        self.stream = self.client.jetstream(timeout=4)
        self.connected.set()

    def _client(self) -> "Client":
        from nats.aio.client import Client

        client = _limited(Client())
        self._clients.append(client)
        return client

    async def _close(self) -> None:
        if self.client.is_connected:
            await self.client.flush(1)
        await self.client.close()

    async def _ended(self) -> None:
        """What still runs in this thread is over. Told again: a reconnection may take one word for a failed try."""
        others = asyncio.all_tasks() - {asyncio.current_task()}
        while others:
            for task in others:
                task.cancel()
            _done, others = await asyncio.wait(others, timeout=0.1)
        for client in self._clients:
            _hang_up(client)
        await asyncio.sleep(0)  # in which the sockets are closed


def _limited(client: "Client") -> "Client":
    """A client that does not wait for the end of a message of gigabytes, hoarding it."""
    from nats.errors import ProtocolError
    from nats.protocol.parser import Parser

    class Limited(Parser):
        async def parse(self, data: bytes = b"") -> None:
            await super().parse(data)
            if len(self.buf) > UNREAD:
                raise ProtocolError

    client._ps = Limited(client)
    return client


def _hang_up(client: "Client") -> None:
    """Close its socket at once: nats-py leaves that of a try that failed, or whose server never says good-bye, open."""
    if writer := getattr(client._transport, "_bare_io_writer", None):
        writer.transport.abort()


class NotEncrypted(ConnectionError):
    """The server asks who we are in clear text."""


class _Credentials:
    """User and password as nats-py asks for them when it is about to say CONNECT: it takes up TLS only where the server
    asks for that, so a server in the way could have them in clear text for the asking."""

    def __init__(self, code: JoinCode) -> None:
        self._code = code
        self._encrypted = False
        self.context = self._pinned() if code.pin else ssl.create_default_context()
        self.context.sslobject_class = self._handshake()

    def user(self) -> str:
        if not self._encrypted:
            raise NotEncrypted("the server speaks no TLS")
        return self._code.user

    def password(self) -> str:
        """Asked for after the user: the next connection needs its own handshake."""
        if not self._encrypted:
            raise NotEncrypted("the server speaks no TLS")
        self._encrypted = False
        return self._code.password

    def over(self) -> None:
        """A try has failed, wherever it stood: its handshake counts for no other."""
        self._encrypted = False

    def _handshake(self) -> type[ssl.SSLObject]:
        credentials, pin = self, self._code.pin

        class Handshake(ssl.SSLObject):
            def do_handshake(self) -> None:
                super().do_handshake()
                certificate = self.getpeercert(binary_form=True) or b""
                if pin and hashlib.sha256(certificate).digest()[: len(pin)] != pin:
                    raise ssl.SSLCertVerificationError("this is not the server of the join code")
                credentials._encrypted = True

        return Handshake

    @staticmethod
    def _pinned() -> ssl.SSLContext:
        """Asks no authority: the pin is stricter than any."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context


def _reason(error: BaseException, code: JoinCode) -> str:
    from nats.errors import AuthorizationError

    if isinstance(error, ssl.SSLCertVerificationError) and not code.pin:
        return _(
            "this machine does not know who vouches for the certificate of {address} ({why}). Install the centre's "
            "authority here, or have SSL_CERT_FILE name it."
        ).format(address=code.address, why=error.verify_message)
    if isinstance(error, ssl.SSLCertVerificationError):
        return _("{address} is not the loop of this join code: somebody else answers there.").format(
            address=code.address
        )
    if isinstance(error, NotEncrypted):
        return _("{address} speaks no TLS, so it was not told the join code. Ask the centre.").format(
            address=code.address
        )
    if isinstance(error, AuthorizationError) or "authorization" in str(error).lower():
        return _("the loop at {address} does not know this join code. Ask the host for a new one.").format(
            address=code.address
        )
    return _("the loop at {address} cannot be reached. Is the host there, and is no firewall between?").format(
        address=code.address
    )
