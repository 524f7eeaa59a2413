"""A call from one side's recording to the other side's loudspeaker: all of it, in order, whatever else is sent."""

import asyncio
import threading
import time

import numpy as np
import pytest
import soundfile

from trainer.audio.doors import open_loudspeaker
from trainer.audio.files import read
from trainer.audio.manifest import clips
from trainer.audio.radio import RELAY_DELAY, SQUELCH_TAIL, Radio
from trainer.audio.recording import SAMPLE_RATE
from trainer.bundled import bundled
from trainer.loop.frames import FRAME, SIZE
from trainer.loop.voice import Listening, Speaking

CLIP = clips(bundled("audio") / "samples")[0].path


class Ear:
    """The guest's loudspeaker, a file, and what it tells of every take."""

    def __init__(self, loop, path, radio: Radio) -> None:
        self.passages = []
        self._heard = threading.Event()
        self.guest = loop.join("guest")
        self.speaker = open_loudspeaker(str(path))
        self.listening = Listening(
            self.guest, ["host"], self.speaker, time.monotonic, radio, on_air=lambda role: True, heard=self._tell
        )

    def _tell(self, passage) -> None:
        self.passages.append(passage)
        self._heard.set()

    def wait(self):
        assert self._heard.wait(30)
        return self.passages[-1]


def say(connection, samples: np.ndarray) -> None:
    """As a microphone gives it: block by block, in real time."""
    speaking = Speaking(connection, time.monotonic)
    begun = time.monotonic()
    for start in range(0, len(samples), 480):
        connection.wait(asyncio.sleep(max(0.0, begun + (start + 480) / SAMPLE_RATE - time.monotonic())))
        speaking.feed(samples[start : start + 480])
    speaking.finish()


@pytest.mark.parametrize("delay", [0.0, RELAY_DELAY])
def test_a_call_is_heard_whole_with_its_squelch_tail_and_hostile_frames_change_nothing(loop, tmp_path, delay):
    samples = read(CLIP).samples[: 2 * SAMPLE_RATE]
    path = tmp_path / "heard.wav"
    ear = Ear(loop, path, Radio(0.0, relay_delay=delay))
    hostile = [b"", b"RV", bytes(SIZE), b"RV\x01\x00" + b"\xff" * (SIZE - 4), bytes(100_000)]
    with ear.speaker, ear.listening:
        ear.guest.wait(ear.guest.client.flush())  # by now the server knows who listens
        for frame in hostile:
            loop.host.send("voice.host", frame)
        say(loop.host, samples)
        passage = ear.wait()
        assert ear.guest.client.is_connected
    assert ear.listening.rejected == len(hostile)
    frames = -(-len(samples) // round(FRAME * SAMPLE_RATE))
    assert passage.count.came in (frames, frames + 1)
    assert passage.count.lost == 0
    heard, rate = soundfile.read(path)
    seconds = frames * FRAME + delay
    assert len(heard) / rate >= seconds - FRAME - passage.count.skipped * FRAME
    # Nothing of the call itself is missing: what is left out are pauses, what is filled in is extra.
    assert float((heard**2).sum()) / rate >= 0.98 * float((samples.astype(np.float64) ** 2).sum()) / SAMPLE_RATE
    assert min(passage.latency) >= delay


def test_radio_colour_is_added_at_the_listener(loop, tmp_path):
    samples = read(CLIP).samples[:SAMPLE_RATE]
    path = tmp_path / "heard.wav"
    ear = Ear(loop, path, Radio(1.0))
    with ear.speaker, ear.listening:
        say(loop.host, samples)
        ear.wait()
    heard, rate = soundfile.read(path)
    tail = heard[-round(SQUELCH_TAIL * rate) :]
    assert float((tail**2).mean()) > 1e-5  # bare receiver noise
    spectrum = np.abs(np.fft.rfft(heard)) ** 2
    frequency = np.fft.rfftfreq(len(heard), 1 / rate)
    assert spectrum[frequency > 4000].sum() < 0.01 * spectrum.sum()


def test_a_flood_is_cut_down_to_what_a_talker_sends(loop, tmp_path):
    ear = Ear(loop, tmp_path / "heard.wav", Radio(0.0))
    with ear.speaker, ear.listening:
        for _frame in range(2000):
            loop.host.send("voice.host", b"RV" + bytes(SIZE - 2))
        say(loop.host, read(CLIP).samples[:SAMPLE_RATE])
        ear.wait()
        assert ear.guest.client.is_connected
    assert ear.listening.rejected >= 1000
