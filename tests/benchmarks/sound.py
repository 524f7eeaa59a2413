"""What the sound path does, in figures. Slow, and no test: it prints tables.

python -m tests.benchmarks.sound speech     where takes of all reference readings begin and end
python -m tests.benchmarks.sound radio      the radio's spectrum, levels and cost
python -m tests.benchmarks.sound memory     a thousand takes from recordings
"""

import resource
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from rich.progress import track

from trainer.audio.decibels import amplitude, dbfs, rms
from trainer.audio.doors import open_microphone
from trainer.audio.files import decode
from trainer.audio.manifest import clips
from trainer.audio.microphone import follow
from trainer.audio.radio import SPEECH_LEVEL, SQUELCH_TAIL, Radio, coloured
from trainer.audio.recording import SAMPLE_RATE, resample
from trainer.audio.take import Take, TakeSettings
from trainer.bundled import bundled
from trainer.errors import UserError

READINGS = bundled("audio") / "reference"
LEAD = 0.3  # s of room before the call
AUDIBLE = -50.0  # dBFS of 10 ms: what of a reading must be in its take


def speech() -> None:
    paths = sorted(READINGS.rglob("*.opus"))
    for noise in (-72.0, -50.0):
        with ProcessPoolExecutor() as pool:
            jobs = pool.map(_take, paths, [noise] * len(paths), chunksize=20)
            found = list(track(jobs, f"{noise:.0f} dBFS of noise", total=len(paths)))
        heard = np.array([row for row in found if row is not None])
        cut = heard[:, :2].max(axis=1)
        print(f"noise {noise:.0f} dBFS: {len(paths)} readings, not heard: {len(found) - len(heard)}")
        print(f"  cut at the start or end: {(cut > 0).sum()}, at most {1000 * cut.max():.0f} ms")
        before, after, end = np.median(heard * (-1, -1, 1), axis=0)
        print(
            f"  median, s: {before:.2f} kept before the first sound, {after:.2f} after the last, ended {end:.2f} later"
        )


def _take(path: Path, noise: float) -> tuple[float, float, float] | None:
    """Seconds cut at the start and at the end (negative: silence kept), and from the last sound to the take's end."""
    samples, rate = decode(path, 40)
    call = resample(samples, rate, SAMPLE_RATE)
    lead = round(LEAD * SAMPLE_RATE)
    stream = amplitude(noise) * np.random.default_rng(0).standard_normal(len(call) + lead + 3 * SAMPLE_RATE)
    stream[lead : lead + len(call)] += call
    frames = call[: len(call) // 160 * 160].reshape(-1, 160)
    audible = np.flatnonzero(np.sqrt((frames**2).mean(axis=1)) > amplitude(AUDIBLE)) * 160 + lead
    take = Take()
    take.key_down()
    for start in range(0, len(stream), 480):
        if take.feed(stream[start : start + 480].astype(np.float32)).ended:
            break
    try:
        kept = take.recording().samples
    except UserError:
        return None
    where = int(np.abs(np.correlate(stream, kept[:4000].astype(np.float64), "valid")).argmax())
    end = take.status.seconds * SAMPLE_RATE
    first, last = audible[0], audible[-1] + 160
    return (where - first) / SAMPLE_RATE, (last - where - len(kept)) / SAMPLE_RATE, (end - last) / SAMPLE_RATE


def radio() -> None:
    rate = 48_000
    print("tone, Hz      " + "".join(f"{pitch:>8}" for pitch in TONES))
    for strength in (0.25, 0.5, 0.75, 1.0):
        print(
            f"strength {strength:.2f} " + "".join(f"{_gain(pitch, rate, strength):>8.1f}" for pitch in TONES) + "  dB"
        )
    for strength in (0.25, 0.5, 0.75, 1.0):
        silence = np.zeros(4 * rate, np.float32)
        out = coloured(silence, rate, Radio(strength))
        tail = out[4 * rate + 480 : 4 * rate + round((SQUELCH_TAIL - 0.01) * rate)]
        hiss = dbfs(rms(out[rate : 4 * rate]))
        print(f"strength {strength:.2f}: noise {hiss:.1f} dBFS, squelch tail {dbfs(rms(tail)):.1f} dBFS")
    for rate in (8_000, 16_000, 24_000, 48_000):
        sound = np.zeros(30 * rate, np.float32)
        began = time.perf_counter()
        coloured(sound, rate, Radio(1.0, ground=True))
        print(f"{rate} Hz: {(time.perf_counter() - began) / 30:.4f} of real time")


TONES = (50, 100, 150, 200, 250, 300, 500, 1000, 2000, 3000, 3400, 3450, 3500, 3550, 4000, 6000, 12000)


def _gain(pitch: float, rate: int, strength: float) -> float:
    tone = np.sqrt(2) * amplitude(SPEECH_LEVEL) * np.sin(2 * np.pi * pitch * np.arange(2 * rate) / rate)
    out = coloured(tone.astype(np.float32), rate, Radio(strength))[rate // 2 : 3 * rate // 2]
    carrier = np.exp(-2j * np.pi * pitch * np.arange(len(out)) / rate) * np.hanning(len(out)) * 2
    return dbfs(float(np.abs((out * carrier).mean())) * np.sqrt(2)) - SPEECH_LEVEL


def memory() -> None:
    asked = [(clip.phrase, clip.language) for clip in clips(READINGS)][:1000]
    with open_microphone(str(READINGS), "fast") as microphone:
        for number in range(1001):
            take = Take(TakeSettings(patience=1.0))
            call, language = asked[number % len(asked)]
            for _block, _status in follow(microphone, take, call, language):
                pass
            take.recording()
            if number % 100 == 0:
                size = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
                print(f"{number:5} takes: {size / 2**20:.1f} MiB, threads: {threading.active_count()}")


if __name__ == "__main__":
    {"speech": speech, "radio": radio, "memory": memory}[sys.argv[1]]()
