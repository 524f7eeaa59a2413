"""Melody at the edges: a call heard, said, and its tune compared with the reading's."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trainer.audio.recording import SAMPLE_RATE, Recording
from trainer.audio.reference import VOICES
from trainer.drill import agenda
from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.phrasebook.intonation import Sentence, sentences
from trainer.phrasebook.lexicon import Lexicon
from trainer.phrasebook.text import tokens, without_stress
from trainer.scoring.assessment import Assessment
from trainer.scoring.melody import Array, Contour, Heard, contour, laid_over, likeness, tunes
from trainer.scoring.rhythm import FullForm, FullVowel, full_forms, full_vowels

if TYPE_CHECKING:
    from trainer.live.practice import Practising
    from trainer.live.program import Measured


@dataclass(frozen=True, eq=False)
class Melody:
    """What a recording of a call sounds like beside its reading.

    Attributes:
        call: its id.
        assessment: of the recording.
        wanted: the sentences, with the tune that they should have.
        heard: how they were said, where enough was heard and the reading shows the tune that it should have.
        times: s of the recording.
        mine: semitones against the voice's median, nan without voice.
        reading: likewise of the reading, at the same sounds; None where there is none.
        likeness: correlation of the two; None where too little is voiced in both.
        full_forms: weak words that were said in full.
        full_vowels: reduced vowels that were not.
    """

    call: str
    assessment: Assessment
    wanted: tuple[Sentence, ...]
    heard: tuple[Heard, ...]
    times: Array
    mine: Array
    reading: Array | None
    likeness: float | None
    full_forms: tuple[FullForm, ...]
    full_vowels: tuple[FullVowel, ...]

    @property
    def points(self) -> float | None:
        """The share of sentences whose tune went the right way; where none is judged, how alike the two are; None where
        nothing can be told."""
        if self.heard:
            return 100.0 * sum(one.right and not one.misplaced for one in self.heard) / len(self.heard)
        return None if self.likeness is None else 100.0 * max(0.0, self.likeness)


Reading = tuple[Contour, Assessment]  # its pitch, and where its sounds lie


def compared(
    call: str, said: Assessment, samples: NDArray[np.float32], wanted: tuple[Sentence, ...], lexicon: Lexicon,
    reading: Reading | None,
) -> Melody:  # fmt: skip
    """said: the assessment of a recording, samples: its sound at 16 kHz."""
    own = contour(samples, SAMPLE_RATE)
    there = laid_over(own, said, *reading)[2] if reading else None
    heard = tunes(own, said, wanted)
    if reading:  # nobody is blamed for what the reading does, too
        models = {one.sentence: one for one in tunes(*reading, wanted)}
        judged = [(one, models.get(one.sentence)) for one in heard]
        heard = tuple(
            one if model and model.place == one.sentence.centre else replace(one, place=None)
            for one, model in judged
            if model is None or model.shown
        )
    alike = likeness(own.semitones, there) if there is not None else None
    return Melody(
        call, said, wanted, heard, own.times, own.semitones, there, alike, full_forms(said, wanted, lexicon),
        full_vowels(said),
    )  # fmt: skip


def of_reading(measured: "Measured | None") -> Reading | None:
    """None where there is no reading, or its words were not found in it."""
    if measured is None or measured.assessment.verdict != "scored":
        return None
    return contour(measured.samples, SAMPLE_RATE), measured.assessment


def shows(reading: Reading, wanted: tuple[Sentence, ...]) -> bool:
    """Whether a reading is a model of the melody that its sentences should have."""
    heard = {one.sentence: one for one in tunes(*reading, wanted)}
    return all(one in heard and heard[one].shown for one in wanted if one.rises and one.judged) and all(
        one.shown for one in heard.values()
    )


class MelodyDrill:
    """A call, and the reading of it that shows its melody."""

    def __init__(self, practising: "Practising", call: str) -> None:
        """Raises UserError for a call that there is not."""
        self.practising = practising
        self.call = call
        self.text = practising.text(call)
        self.wanted = sentences(self.text, practising.language, practising.program.scorer.lexicon(practising.language))

    @cached_property
    def model(self) -> "Measured | None":
        """The reading to imitate: in the other voice where that of the preferred one does not show the melody. None
        where there is none, or none that shows it."""
        return next((found for found in self._readings if found and self._shows(found)), None)

    @property
    def to_be_asked(self) -> bool:
        """Not where there are readings and none of them does what is asked for."""
        return self.model is not None or not any(self._readings)

    @cached_property
    def _readings(self) -> "tuple[Measured | None, ...]":
        program, line = self.practising.program, self.practising.line(self.call)
        preferred = program.voices[line.language]
        return tuple(program.measured(line, voice) for voice in (preferred, *(v for v in VOICES if v != preferred)))

    def _shows(self, measured: "Measured") -> bool:
        reading = of_reading(measured)
        return reading is not None and shows(reading, self.wanted)

    def parts(self, sentence: Sentence) -> Iterator[tuple[int | None, str]]:
        """A sentence as it is written, without stress marks: its words with their numbers, and what stands between."""
        start, end = sentence.span
        for number in range(*sentence.words):
            word = tokens(self.text, self.practising.language)[number]
            yield None, self.text[start : word.start]
            yield number, self.words[number]
            start = word.end
        yield None, self.text[start:end].rstrip()

    @property
    def words(self) -> tuple[str, ...]:
        """As they are written, without stress marks."""
        found = tokens(self.text, self.practising.language)
        return tuple(without_stress(self.text[token.start : token.end]) for token in found)

    @cached_property
    def reading(self) -> Reading | None:
        """The model's contour, and where its sounds lie."""
        return of_reading(self.model)

    def compare(self, recording: Recording) -> Melody:
        """Raises UserError where no speech is heard, or another call. A tune is not judged that no reading shows."""
        program, language = self.practising.program, self.practising.language
        phrase = agenda.find(program.book, self.call)
        said = program.scorer.score(recording, phrase, language)
        if said.verdict != "scored":
            raise UserError(_("this was not the call: {text}").format(text=self.text))
        melody = compared(
            self.call, said, recording.samples, self.wanted, program.scorer.lexicon(language), self.reading
        )
        return melody if self.to_be_asked else replace(melody, heard=())

    def keep(self, melody: Melody) -> None:
        """Nothing of a melody of which nothing can be told."""
        if melody.points is None:
            return
        details: dict[str, str | float] = {
            "tunes": " ".join(f"{one.sentence.tune}:{one.direction}" for one in melody.heard),
            "full forms": len(melody.full_forms), "full vowels": len(melody.full_vowels),
        }  # fmt: skip
        if melody.likeness is not None:
            details["likeness"] = round(melody.likeness, 3)
        self.practising.keep("melody", self.call, round(melody.points, 1), details)
