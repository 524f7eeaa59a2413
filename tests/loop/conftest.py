"""A loop on this machine, and those who are on it."""

from contextlib import ExitStack

import pytest

from trainer.loop import stream
from trainer.loop.connection import Connection
from trainer.loop.server import Server
from trainer.loop.stream import SharedLog


class Loop:
    """A server with its host, and others as a test wants them."""

    def __init__(self, server: Server, stack: ExitStack) -> None:
        self.server, self._stack = server, stack
        self.host = self.join("host")
        self.host.wait(stream.make(self.host))

    def join(self, role):
        return self._stack.enter_context(Connection(self.server.code(role)))

    def log(self, connection, **options):
        log = SharedLog(connection, **options)
        self._stack.callback(log.close)
        log.open()
        return log


@pytest.fixture
def loop(tmp_path):
    with Server(tmp_path / "loop") as server, ExitStack() as stack:
        yield Loop(server, stack)
