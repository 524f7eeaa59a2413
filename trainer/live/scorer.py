"""Score recordings of calls: the edge where audio, the acoustic model, the phrasebook and the scoring core meet."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from trainer.audio.channel import channel
from trainer.audio.recording import SAMPLE_RATE, Recording
from trainer.errors import UnusableRecording, UserError
from trainer.languages import LANGUAGES, Language
from trainer.live import course_scale
from trainer.messages import gettext as _
from trainer.phrasebook import drafting
from trainer.phrasebook.expectation import Expectation, expect
from trainer.phrasebook.lexicon import Lexicon, lexicon
from trainer.phrasebook.numbers import figure_words
from trainer.phrasebook.phrase import Phrase, Phrasebook
from trainer.scoring.align import align
from trainer.scoring.assess import Utterance, assess, labelled, recorded_part, speech_heard
from trainer.scoring.assessment import Assessment
from trainer.scoring.fluency import silence
from trainer.scoring.identify import Candidate
from trainer.scoring.prosody import prosody
from trainer.speech.acoustic import AcousticModel, ModelOutput, PhoneModel
from trainer.speech.choosing import recogniser
from trainer.speech.features import begun_at, first_step
from trainer.speech.ratings import FittedRater
from trainer.speech.words import WordRecogniser

NARROW_BAND = 11_025  # Hz; at or below it the recording holds nothing of the highest sounds


class Scorer:
    """Scores calls of one phrasebook with one acoustic model. May be shared between threads."""

    early = True

    def __init__(self, book: Phrasebook, model: PhoneModel, lexicons: Mapping[Language, Lexicon] | None = None) -> None:
        """`lexicons`: those of the phrasebook, where it has its own."""
        self.book = book
        self.model = model
        self._lexicons = lexicons or {}
        self._words: dict[Language, WordRecogniser] = {}
        self._rater = FittedRater(model) if isinstance(model, AcousticModel) else None
        self._course = course_scale.load()

    def score(
        self, recording: Recording, phrase: Phrase, language: Language, also: Sequence[Phrase] = (),
        sound: Utterance | None = None,
    ) -> Assessment:  # fmt: skip
        """`also`: other calls that would be right; the one that fits best is scored, and named in the assessment.
        `sound`: what `listen` made of the recording, where it has done so already.

        Raises UserError where no speech is heard or a word of a phrase has no pronunciation.
        """
        sound = sound or self.listen(recording)
        known = self.lexicon(language)
        choices = [(self._expect(choice, language), choice) for choice in (phrase, *also)]
        laid = [align(call.ways, sound.posteriors[language]) for call, _choice in choices] if also else [None]
        best = max(range(len(choices)), key=lambda i: (alignment.fit if (alignment := laid[i]) else 0.0, i))
        (call, phrase), alignment = choices[best], laid[best]
        if recording.cut_off:
            call, alignment = recorded_part(call, sound), None
        assessment = assess(sound, call, self._others(), self._rater, alignment, cut_off=recording.cut_off)
        if recording.cut_off and assessment.verdict != "scored":
            message = _("{path}: the file is cut off. Copy or record it again.")
            raise UnusableRecording(message.format(path=recording.source))
        text = phrase.text(language)
        warnings = (*recording_warnings(recording), *_draft_warnings(drafting.unchecked(text, known)))
        scale = self.model.scale if assessment.scale == "plain-gop" else assessment.scale
        result = labelled(
            assessment, phrase=phrase.id, clip=recording.source, model=self.model.name, scale=scale, warnings=warnings
        )  # fmt: skip
        return self._course.over(result) if self._course else result

    def score_piece(self, recording: Recording, said: Expectation) -> Assessment:
        """Of something that is no whole call: a word, a syllable, or a call of which one place counts. Nothing else is
        looked for that may have been said instead. Raises UserError where no speech is heard."""
        assessment = assess(self.listen(recording), said, (), self._rater)
        scale = self.model.scale if assessment.scale == "plain-gop" else assessment.scale
        return labelled(
            assessment, phrase=None, clip=recording.source, model=self.model.name, scale=scale,
            warnings=recording_warnings(recording),
        )  # fmt: skip

    def listen(self, recording: Recording) -> Utterance:
        """Posteriors and silence of a recording. Raises UserError where nobody speaks."""
        sound = heard(self.model, recording)
        if not speech_heard(sound):
            message = _("{path}: no speech was heard. Speak closer to the microphone, then record again.")
            raise UnusableRecording(message.format(path=recording.source))
        return sound

    @cached_property
    def _calls(self) -> list[Candidate]:
        """Every call of the book in both languages that the lexicon covers."""
        found = []
        for language in LANGUAGES:
            known = self.lexicon(language)
            for phrase in self.book.phrases:
                try:
                    found.append(Candidate(phrase.id, expect(phrase.text(language), language, known)))
                except UserError:
                    continue  # a draft phrase cannot be recognised, but need not stop the scoring of another
        return found

    def _expect(self, phrase: Phrase, language: Language) -> Expectation:
        text = phrase.text(language)
        return expect(text, language, drafting.with_drafts(text, self.lexicon(language)))

    def lexicon(self, language: Language) -> Lexicon:
        return self._lexicons.get(language) or lexicon(language)

    def words(self, language: Language) -> WordRecogniser:
        """Who hears the words of calls in a language; whatever else the book says, and every figure, are decoys."""
        if language not in self._words:
            decoys = (*drafting.texts(self.book, language), *figure_words(language))
            # A big phone model would lag behind the speaker.
            model = self.model if isinstance(self.model, AcousticModel) else AcousticModel()
            self._words[language] = recogniser(language, model, self.lexicon(language), decoys)
        return self._words[language]

    def _others(self) -> Iterable[Candidate]:
        """Calls that may have been said instead; a generator, so that nothing is looked up unless it is needed."""
        yield from self._calls


def heard(model: PhoneModel, recording: Recording) -> Utterance:
    """All that scoring wants to know of a recording."""
    first = first_step(recording.samples)
    samples = begun_at(recording.samples, first)
    laid = replace(recording, samples=samples)
    made = model.hear(laid) if isinstance(model, AcousticModel) else ModelOutput(model.posteriors(laid))
    count = len(made.posteriors["en"].log_probs)
    silent = silence(samples, SAMPLE_RATE, count)
    sound = Utterance(
        made.posteriors, silent, recording.seconds, made.hidden, prosody(samples, SAMPLE_RATE, count), made.both,
        made.hundredths, began=first / SAMPLE_RATE,
    )  # fmt: skip
    if (again := made.again) is None:
        return sound
    second = replace(
        sound, posteriors=again.posteriors, hidden=again.hidden, both=again.both, hundredths=again.hundredths,
        began=sound.began + made.later,
    )  # fmt: skip
    return replace(sound, again=second)


def recording_warnings(recording: Recording) -> tuple[str, ...]:
    """What makes a score of this recording unfair, and what to do about it."""
    if recording.cut_off:
        message = _("The file is cut off after {seconds:.1f} s: what is missing there is not judged. Copy it again.")
        return (message.format(seconds=recording.seconds),)
    if recording.source_rate <= NARROW_BAND:
        message = _(
            "Recorded at {rate} Hz: s, f, θ, ш and other hissing sounds cannot be told apart. Record at 16000 Hz."
        )
        return (message.format(rate=recording.source_rate),)
    line = channel(recording.samples)
    if line.narrow:
        return (
            _("Nothing above 4 kHz, as by telephone or Bluetooth: the score is uncertain. Take another microphone."),
        )
    if line.noisy:
        return (_("There is noise behind the voice: the score is uncertain. Go closer to the microphone."),)
    if line.echoing:
        return (_("The room echoes: the score is uncertain. Speak close to the microphone."),)
    return ()


def _draft_warnings(words: tuple[str, ...]) -> tuple[str, ...]:
    if words:
        message = _("Nobody has checked the pronunciation of {words}. `ruston phrasebook draft` shows it.")
        return (message.format(words=", ".join(words)),)
    return ()
