"""Score recordings of calls: the edge where audio, the acoustic model, the phrasebook and the scoring core meet."""

from collections.abc import Iterable, Mapping
from functools import cached_property

from trainer.audio.files import SAMPLE_RATE, Recording
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _
from trainer.phrasebook import drafting
from trainer.phrasebook.lexicon import Lexicon, lexicon
from trainer.phrasebook.phrase import Phrase, Phrasebook
from trainer.scoring.assess import Sound, assess, labelled, speech_heard
from trainer.scoring.assessment import Assessment
from trainer.scoring.expectation import expect
from trainer.scoring.fluency import silence
from trainer.scoring.identify import Candidate
from trainer.scoring.prosody import prosody
from trainer.speech.acoustic import AcousticModel
from trainer.speech.ratings import FittedRater

NARROW_BAND = 11_025  # Hz; at or below it the recording holds nothing of the highest sounds


class Scorer:
    """Scores calls of one phrasebook with one acoustic model. May be shared between threads."""

    def __init__(
        self, book: Phrasebook, model: AcousticModel, lexicons: Mapping[Language, Lexicon] | None = None
    ) -> None:
        """`lexicons`: those of the phrasebook, where it has its own."""
        self.book = book
        self.model = model
        self._lexicons = lexicons or {}
        self._rater = FittedRater(model)

    def score(self, recording: Recording, phrase: Phrase, language: Language) -> Assessment:
        """Raises UserError where no speech is heard or a word of the phrase has no pronunciation."""
        text, known = phrase.text(language), self._known(language)
        call = expect(text, language, drafting.with_drafts(text, known))
        sound = self.listen(recording)
        assessment = assess(sound, call, self._others(), self._rater)
        warnings = (*_recording_warnings(recording), *_draft_warnings(drafting.unchecked(text, known)))
        return labelled(assessment, phrase=phrase.id, clip=recording.source, model=self.model.name, warnings=warnings)

    def listen(self, recording: Recording) -> Sound:
        """Posteriors and silence of a recording. Raises UserError where nobody speaks."""
        sound = heard(self.model, recording)
        if not speech_heard(sound):
            message = _("{path}: no speech was heard. Speak closer to the microphone, then record again.")
            raise UserError(message.format(path=recording.source))
        return sound

    @cached_property
    def _calls(self) -> list[Candidate]:
        """Every call of the book in both languages that the lexicon covers."""
        found = []
        for language in LANGUAGES:
            known = self._known(language)
            for phrase in self.book.phrases:
                try:
                    found.append(Candidate(phrase.id, expect(phrase.text(language), language, known)))
                except UserError:
                    continue  # a draft phrase cannot be recognised, but need not stop the scoring of another
        return found

    def _known(self, language: Language) -> Lexicon:
        return self._lexicons.get(language) or lexicon(language)

    def _others(self) -> Iterable[Candidate]:
        """Calls that may have been said instead; a generator, so that nothing is looked up unless it is needed."""
        yield from self._calls


def heard(model: AcousticModel, recording: Recording) -> Sound:
    """All that scoring wants to know of a recording."""
    made = model.hear(recording)
    frames = len(made.posteriors["en"].log_probs)
    silent = silence(recording.samples, SAMPLE_RATE, frames)
    rhythm = prosody(recording.samples, SAMPLE_RATE, frames)
    return Sound(made.posteriors, silent, recording.seconds, made.hidden, rhythm)


def _recording_warnings(recording: Recording) -> tuple[str, ...]:
    if recording.source_rate <= NARROW_BAND:
        message = _(
            "Recorded at {rate} Hz: s, f, θ, ш and other hissing sounds cannot be told apart. Record at 16000 Hz."
        )
        return (message.format(rate=recording.source_rate),)
    return ()


def _draft_warnings(words: tuple[str, ...]) -> tuple[str, ...]:
    if words:
        message = _("Nobody has checked the pronunciation of {words}. `ruston phrasebook draft` shows it.")
        return (message.format(words=", ".join(words)),)
    return ()
