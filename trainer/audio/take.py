"""One press of the key, from sound blocks to a recording: pure, so that it is the same live, replayed and in tests.

Sound flows into a take from before the key goes down, so that no first sound is lost, and for a moment after it has
come up, so that no last one is. Terminals tell no key release: then speech followed by silence ends the take.
"""

from collections import deque
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from trainer.audio.decibels import QUIETEST, dbfs, peak, rms
from trainer.audio.recording import (
    CLIPPED_SHARE,
    FULL_SCALE,
    LONGEST,
    SAMPLE_RATE,
    SHORTEST,
    SILENCE_DBFS,
    Recording,
    loudest_dbfs,
    refuse_unscorable,
    too_short,
)
from trainer.audio.voice import VoiceActivity
from trainer.errors import UserError
from trainer.messages import gettext as _

Window = tuple[int, int]  # samples of a take
Ended = Literal["key_up", "speech_end", "silence", "cap", "lost"]

BEFORE_SPEECH = 0.25  # s kept before the first speech found: voiceless first sounds are found late
AFTER_SPEECH = 0.35  # s kept after the last: released stops and breath
AFTER_KEY = 0.15  # ...at least, where the key came up sooner: before the take ends, so that its score is begun by then
AFTERGLOW = 0.2  # s for which the detector goes on hearing speech that is over
SHORTEST_TAIL = 0.1  # s after the key is up in any case: what the device still holds


@dataclass(frozen=True)
class TakeSettings:
    """When a take begins and ends. All in seconds.

    Attributes:
        pre_roll: kept from before the key went down.
        tail: silence after the last speech that ends a take whose key is up.
        longest_tail: and the end of it, whoever is still speaking.
        speech_end: silence after speech that ends a take whose key is down; None: never.
        patience: without any speech ends it, too; None: never.
        longest: of the whole recording.
    """

    pre_roll: float = 0.3
    tail: float = 0.25
    longest_tail: float = 0.8
    speech_end: float | None = 0.8
    patience: float | None = 10.0
    longest: float = LONGEST


@dataclass(frozen=True)
class TakeStatus:
    """What a level meter and a drill need to know after each block.

    Attributes:
        level: dBFS, RMS of the block.
        peak: dBFS, of the take so far.
        clipped: so much of the take so far that it would be refused.
        speech: now.
        spoken: at any time since the key went down.
        seconds: since the key went down.
    """

    level: float
    peak: float
    clipped: bool
    speech: bool
    spoken: bool
    seconds: float
    ended: Ended | None = None


class Take:
    """Feed it blocks of sound (float32 mono, 16 kHz, any size) from before `key_down()` until a status says `ended`."""

    def __init__(self, settings: TakeSettings | None = None, voice: VoiceActivity | None = None) -> None:
        self.settings = settings or TakeSettings()
        self._voice = voice or VoiceActivity()
        self._voice.reset()
        self._blocks: deque[NDArray[np.float32]] = deque()
        self._length = 0  # samples in the blocks
        self._pre_roll = 0  # samples of them from before the key went down
        self._up: int | None = None  # length when the key came up
        self._down = False
        self._peak = 0.0
        self._full = 0  # samples at full scale
        self.status = TakeStatus(QUIETEST, QUIETEST, clipped=False, speech=False, spoken=False, seconds=0.0)

    def key_down(self) -> None:
        if self._down:
            return
        self._down = True
        held = np.concatenate(self._blocks) if self._blocks else np.zeros(0, np.float32)
        held = held[max(0, len(held) - _samples(self.settings.pre_roll)) :]
        self._blocks.clear()
        self._length = 0
        self._pre_roll = len(held)
        self._append(held)

    def key_up(self) -> None:
        if self._down and self._up is None:
            self._up = self._length

    def lost(self) -> TakeStatus:
        """The microphone is gone: what came so far is the take."""
        if not self.status.ended:
            self.status = replace(self.status, ended="lost")
        return self.status

    def feed(self, block: NDArray[np.float32]) -> TakeStatus:
        if self.status.ended:
            return self.status
        if not self._down:
            self._hold(block)
            self.status = TakeStatus(dbfs(rms(block)), dbfs(peak(block)), False, False, False, 0.0)
            return self.status
        room = _samples(self.settings.longest) - self._length
        self._append(block[:room])
        self.status = TakeStatus(
            level=dbfs(rms(block)),
            peak=dbfs(self._peak),
            clipped=self._full > CLIPPED_SHARE * max(self._length, 1),
            speech=self._voice.speaking,
            spoken=bool(self._speech()),
            seconds=(self._length - self._pre_roll) / SAMPLE_RATE,
            ended=self._ending(),
        )
        return self.status

    @property
    def window(self) -> Window | None:
        """What `recording` keeps, first and one past the last sample, as soon as all of it is there and nobody speaks;
        None while it still grows. Speech that follows makes it another."""
        speech = self._speech()
        if not speech or self._voice.speaking:
            return None
        start, end = self._kept(speech)
        return (start, end) if self._length >= end else None

    @property
    def first(self) -> int:
        """The sample that `recording` begins with."""
        speech = self._speech()
        return self._kept(speech)[0] if speech else 0

    def recording(self, source: str = "") -> Recording:
        """The take without the silence around the speech.

        Raises UserError, in the words used for files, where it cannot be scored honestly.
        """
        source = source or _("microphone")
        samples = np.concatenate(self._blocks) if self._blocks else np.zeros(0, np.float32)
        pressed = (self._length if self._up is None else self._up) - self._pre_roll
        if pressed < SHORTEST * SAMPLE_RATE:
            raise UserError(too_short(source, max(pressed, 0) / SAMPLE_RATE))
        if speech := self._speech():
            start, end = self._kept(speech)
            samples = samples[start:end]
        elif loudest_dbfs(samples[:, None], SAMPLE_RATE) >= SILENCE_DBFS:
            raise UserError(_("{source}: no voice is heard. Speak up, close to the microphone.").format(source=source))
        refuse_unscorable(source, samples[:, None], SAMPLE_RATE)
        return Recording(np.ascontiguousarray(samples), source, SAMPLE_RATE)

    def _speech(self) -> list[tuple[int, int]]:
        """Where the learner spoke: speech that was over when the key went down is the loudspeaker's."""
        key = self._pre_roll + _samples(AFTERGLOW)
        return [(start, end) for start, end in self._voice.segments if end > key]

    def _kept(self, speech: list[tuple[int, int]]) -> Window:
        start, end = speech[0][0], speech[-1][1]
        after = _samples(AFTER_SPEECH)
        if self._up is not None:
            after = min(after, max(_samples(AFTER_KEY), self._up - end))
        return max(0, start - _samples(BEFORE_SPEECH)), end + after

    def _hold(self, block: NDArray[np.float32]) -> None:
        self._blocks.append(block.astype(np.float32))
        self._length += len(block)
        while self._blocks and self._length - len(self._blocks[0]) >= _samples(self.settings.pre_roll):
            self._length -= len(self._blocks.popleft())

    def _append(self, block: NDArray[np.float32]) -> None:
        self._blocks.append(block.astype(np.float32))  # a copy: the caller may use its block again
        self._length += len(block)
        self._peak = max(self._peak, peak(block))
        self._full += int((np.abs(block) >= FULL_SCALE).sum())
        self._voice.feed(self._blocks[-1])

    def _ending(self) -> Ended | None:
        settings, spoken, silence = self.settings, bool(self._speech()), self._voice.silence()
        if self._length >= _samples(settings.longest):
            return "cap"
        if self._up is not None:
            since = (self._length - self._up) / SAMPLE_RATE
            quiet = not spoken or silence >= settings.tail
            over = since >= settings.longest_tail or (quiet and since >= SHORTEST_TAIL)
            return "key_up" if over else None
        if spoken and settings.speech_end is not None and silence >= settings.speech_end:
            return "speech_end"
        since_down = (self._length - self._pre_roll) / SAMPLE_RATE
        if not spoken and settings.patience is not None and since_down >= settings.patience:
            return "silence"
        return None


def _samples(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE)
