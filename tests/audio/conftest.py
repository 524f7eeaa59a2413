"""A real sound server without a sound card: PulseAudio with a sink whose monitor hears what is played into it."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from trainer.audio.devices import look_again, pick
from trainer.errors import UserError


class SoundServer:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket = folder / "native"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        modules = (
            f"module-native-protocol-unix socket={self._socket} auth-anonymous=1",
            "module-null-sink sink_name=loop rate=48000 channels=2",
        )
        self._process = subprocess.Popen(
            ["pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1",
             *(f"--load={module}" for module in modules)],
            env={**os.environ, "HOME": str(self._folder), "PULSE_RUNTIME_PATH": str(self._folder)},
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        while not self._answers():
            assert self._process.poll() is None, "pulseaudio does not start"

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            return client.connect_ex(str(self._socket)) == 0


@pytest.fixture
def sound_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoundServer]:
    if not shutil.which("pulseaudio"):
        pytest.skip("no pulseaudio here")
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("pulse")
        patch.setenv("PULSE_SERVER", f"unix:{folder / 'native'}")
        server = SoundServer(folder)
        server.start()
        try:
            try:
                look_again()
                pick("input", "pulse")
            except UserError as error:
                pytest.skip(str(error))
            yield server
        finally:
            server.stop()
