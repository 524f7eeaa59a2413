"""Tables of recordings of one's own: what a benchmark measures, scored as a learner would be.

A table is tab-separated UTF-8 with the columns path (from the table's folder) and text (Russian with stress marks);
start and end (seconds) cut a call out of a longer recording, speaker says whose it is.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from trainer.audio.files import decode, read
from trainer.audio.recording import LONGEST, SAMPLE_RATE, Recording, refuse_unscorable, resample
from trainer.errors import UserError
from trainer.languages import Language
from trainer.live.scorer import heard, recording_warnings
from trainer.messages import gettext as _
from trainer.phrasebook.drafting import with_drafts
from trainer.phrasebook.expectation import Expectation, expect
from trainer.phrasebook.lexicon import lexicon
from trainer.scoring.assess import assess, speech_heard
from trainer.scoring.assessment import Assessment
from trainer.scoring.points import FLAGGED
from trainer.scoring.ratings import Rater
from trainer.speech.acoustic import AcousticModel
from trainer.text_in import existing, read_table


@dataclass(frozen=True, eq=False)
class Clip:
    """A recording of a call. start, end: seconds, None for the whole recording. wrong: sounds that were said wrong."""

    path: Path
    call: Expectation
    speaker: str
    start: float | None = None
    end: float | None = None
    wrong: tuple[str, ...] = ()

    def recording(self) -> Recording:
        """Raises UserError where it cannot be scored."""
        if self.start is None and self.end is None:
            return read(self.path)
        start = self.start or 0.0
        whole, rate = decode(self.path, start + LONGEST if self.end is None else self.end)
        samples = resample(whole[int(start * rate) :], rate, SAMPLE_RATE)
        refuse_unscorable(str(self.path), samples[: int(LONGEST * SAMPLE_RATE), None], SAMPLE_RATE)
        return Recording(samples[: int(LONGEST * SAMPLE_RATE)], str(self.path), rate)


def clips(path: Path, language: Language, *, pairs: bool = False) -> list[Clip]:
    """The clips of a table whose text can be read aloud. `pairs`: it says what was wrong, too.

    Raises UserError where there is no such table or nothing in it can be read aloud.
    """
    try:
        table = read_table(path, tabs=True)
    except OSError as error:
        raise UserError(_("{path}: cannot be read ({reason}).").format(path=path, reason=error.strerror)) from error
    wanted = ("path", "text", "said") if pairs else ("path", "text")
    if not table.rows or not set(wanted) <= set(table.columns):
        message = _("{path}: a table with the columns {columns} is needed.")
        raise UserError(message.format(path=path, columns=", ".join(wanted)))
    found = []
    for row in table.rows:
        text = row.text("text")
        try:
            call = expect(text, language, with_drafts(text, lexicon(language)))
        except UserError:
            continue  # holds what cannot be read aloud
        if call.words:
            wrong = tuple(sound for sound in row.text("said").split() if sound != RIGHT) if pairs else ()
            start, end = (_seconds(path, row.text(column)) for column in ("start", "end"))
            clip = existing(path.parent, row.cells["path"].strip())
            found.append(Clip(clip, call, row.text("speaker"), start, end, wrong))
    if not found:
        raise UserError(_("{path}: no text there can be read aloud.").format(path=path))
    return found


RIGHT = "ok"


def _seconds(path: Path, written: str) -> float | None:
    try:
        return float(written) if written else None
    except ValueError as error:
        message = _("{path}: {value!r} is no time in seconds.")
        raise UserError(message.format(path=path, value=written)) from error


def assessed(call: Expectation, recording: Recording, model: AcousticModel, rater: Rater | None) -> Assessment | None:
    """As a learner would be scored. None where nobody speaks."""
    sound = heard(model, recording)
    if not speech_heard(sound):
        return None
    return replace(assess(sound, call, rater=rater), warnings=recording_warnings(recording))


@dataclass(frozen=True)
class Scored:
    """A clip as a learner would see it: the call's score, that of each sound, and which sounds are flagged."""

    speaker: str
    score: float
    phones: tuple[float, ...]
    warned: bool = False

    @property
    def flagged(self) -> float:
        """The share of sounds that are flagged."""
        return float(np.mean(np.array(self.phones) < FLAGGED)) if self.phones else 0.0


def scored(clip: Clip, assessment: Assessment) -> Scored:
    phones = tuple(phone.score for word in assessment.words for phone in word.phones)
    return Scored(clip.speaker or clip.path.name, assessment.score, phones, bool(assessment.warnings))
