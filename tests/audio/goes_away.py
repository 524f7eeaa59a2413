"""A microphone whose sound server dies in mid-call and comes back, in a process of its own: what the libraries of the
sound server do to a process then is for no other test to feel.

    python -m tests.audio.goes_away FOLDER
"""

import faulthandler
import os
import sys
from collections import deque
from pathlib import Path

import numpy as np
import pytest

from tests.audio.conftest import SoundServer
from tests.audio.test_devices import CALL, DEVICE, over_the_air
from trainer.audio.devices import DeviceLost
from trainer.audio.doors import open_loudspeaker, open_microphone
from trainer.audio.microphone import follow
from trainer.audio.recording import SAMPLE_RATE
from trainer.audio.take import Take

PATIENCE = 120  # s: a library of a sound server that died may hold a thread for ever; then it is told where


def main(folder: Path) -> None:
    faulthandler.dump_traceback_later(PATIENCE, exit=True)
    os.environ["PULSE_SERVER"] = f"unix:{folder / 'native'}"
    server = SoundServer(folder)
    server.start()
    try:
        goes_away(server)
    finally:
        server.stop()


def goes_away(server: SoundServer) -> None:
    with open_microphone(DEVICE) as microphone, open_loudspeaker(DEVICE) as loudspeaker:
        take = Take()
        playing = loudspeaker.play(np.pad(CALL.samples, (0, 60 * SAMPLE_RATE)), SAMPLE_RATE)
        statuses = follow(microphone, take)
        begun = next(status.seconds for _block, status in statuses if status.spoken)
        while next(statuses)[1].seconds < begun + 1.2:
            pass
        server.stop()
        with pytest.raises(DeviceLost, match="gone"):
            deque(statuses)
        assert take.status.ended == "lost"
        assert take.recording().seconds > 1
        assert playing.wait()
        assert "loudspeaker" in (loudspeaker.trouble or "")
        with pytest.raises(DeviceLost):
            microphone.key_down()
        server.start()
        assert over_the_air(microphone, loudspeaker)
        assert loudspeaker.trouble is None


if __name__ == "__main__":
    main(Path(sys.argv[1]))
