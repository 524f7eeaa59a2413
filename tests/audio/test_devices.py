"""Real devices through PortAudio and a sound server, and what is said where there are none."""

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from trainer.audio.devices import devices, let_go, look_again, pick, portaudio
from trainer.audio.doors import open_loudspeaker, open_microphone
from trainer.audio.files import read
from trainer.audio.loudspeaker import Loudspeaker
from trainer.audio.microphone import Microphone, follow
from trainer.audio.recording import SAMPLE_RATE
from trainer.audio.take import Take
from trainer.bundled import bundled
from trainer.errors import UserError

CALL = read(bundled("audio") / "samples" / "en" / "com-10-right-man.opus")


DEVICE = "pulse"  # what goes to the sound server; the default may be a real one
PIECE = 4000  # samples: 250 ms


def heard_of_the_call(heard: np.ndarray) -> float:
    """Share of the call's sounding pieces that are in what was heard; a busy machine may drop some."""
    pieces = [CALL.samples[start : start + PIECE] for start in range(0, len(CALL.samples) - PIECE, PIECE)]
    loud = [piece for piece in pieces if np.abs(piece).max() > 0.1]
    energy = np.convolve(heard**2, np.ones(PIECE), "valid")
    found = 0
    for piece in loud:
        likeness = np.correlate(heard, piece, "valid") / np.sqrt((piece**2).sum() * np.maximum(energy, 1e-6))
        found += bool(likeness.max() > 0.95)
    return found / len(loud)


def over_the_air(microphone: Microphone, loudspeaker: Loudspeaker) -> bool:
    """Whether the microphone takes the call. Real time on a machine that is busy with other tests may need patience."""
    return any(heard_once(microphone, loudspeaker) > 0.7 for _again in range(8))


def heard_once(microphone: Microphone, loudspeaker: Loudspeaker) -> float:
    take = Take()
    statuses = follow(microphone, take)
    next(statuses)
    playing = loudspeaker.play(CALL.samples, SAMPLE_RATE)
    *_middle, (_block, last) = statuses
    assert playing.wait()
    return heard_of_the_call(take.recording().samples) if last.ended == "speech_end" else 0.0


def test_a_call_played_into_a_device_is_heard_by_the_other(sound_server):
    before = set(threading.enumerate())
    with open_microphone(DEVICE) as microphone, open_loudspeaker(DEVICE) as loudspeaker:
        assert over_the_air(microphone, loudspeaker)
    assert loudspeaker.trouble is None
    assert set(threading.enumerate()) <= before


def test_devices_are_listed_and_chosen_by_number_and_part_of_the_name(sound_server):
    found = devices("input")
    default = next(device for device in found if device.default)
    assert default.channels >= 1
    assert default.rate > 0
    assert pick("input", str(default.index)) == default
    assert pick("input", default.name[1:].upper()) == default
    with pytest.raises(UserError, match=r"kazoo.*default"):
        pick("output", "kazoo")


def test_a_sound_can_be_stopped(sound_server):
    with open_loudspeaker(DEVICE) as loudspeaker:
        playing = loudspeaker.play(np.zeros(60 * SAMPLE_RATE, np.float32), SAMPLE_RATE)
        while not playing.position:
            assert not playing.wait(0.05)
        assert playing.position < 30
        playing.stop()
        assert playing.wait()


def test_a_microphone_that_goes_away_in_mid_call_keeps_what_it_heard_and_can_come_back(sound_server, tmp_path):
    sound_server.stop()  # there is one, and it would serve: the program kills its own
    run = subprocess.run(
        [sys.executable, "-m", "tests.audio.goes_away", str(tmp_path)],
        cwd=Path(__file__).parents[2], capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr


def test_a_device_that_its_library_does_not_let_go_of_holds_nobody_up(sound_server, monkeypatch):
    """As ALSA and PulseAudio do now and then where the server has died."""
    dead = threading.Event()

    class Stream:
        def close(self, ignore_errors: bool) -> None:
            dead.wait()

    monkeypatch.setattr("trainer.audio.devices.CLOSING", 0.1)
    let_go(Stream())
    with monkeypatch.context() as patch:
        patch.setattr(portaudio(), "_terminate", lambda: pytest.fail("it would wait for the stream, too"))
        look_again()
        assert pick("output", DEVICE)
    dead.set()


HIDDEN = """
import ctypes.util, sys
ctypes.util.find_library = lambda name: None
from trainer.cli import main
main(sys.argv[1:])
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere sounddevice brings the library along")
@pytest.mark.parametrize("command", [["devices"], ["check"], ["record", "out.wav"]], ids=" ".join)
def test_without_portaudio_one_line_says_what_to_install(command, tmp_path):
    outcome = subprocess.run(
        [sys.executable, "-c", HIDDEN, "--interface", "en", "audio", *command],
        cwd=tmp_path, capture_output=True, encoding="utf-8", check=False,
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert outcome.returncode == 2
    assert outcome.stderr.count("\n") == 1
    assert "libportaudio2" in outcome.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere sounddevice brings the library along")
def test_without_portaudio_playing_goes_on_mute(tmp_path):
    outcome = subprocess.run(
        [sys.executable, "-c", HIDDEN, "--interface", "en", "audio", "play", "--fast", "--json", str(CALL.source)],
        cwd=tmp_path, capture_output=True, encoding="utf-8", check=False,
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert outcome.returncode == 0
    assert outcome.stderr.count("\n") == 1
    assert "libportaudio2" in outcome.stderr
