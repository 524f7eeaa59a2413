"""A reading of one's own: it is examined before it is kept, so that nobody imitates half a call or a wrong sound."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.errors import UserError
from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.phrasebook.phrase import Phrase

if TYPE_CHECKING:
    from trainer.audio.recording import Recording
    from trainer.live.scorer import Scorer
    from trainer.scoring.assessment import Assessment

LEAST_SCORE = 80.0  # a reading below this is no model
WEAK = 60.0


@dataclass(frozen=True)
class ModelReading:
    """A reading of a call that was recorded here.

    Attributes:
        path: where it is kept.
        score: of the whole, 0 to 100.
        weak: words with the sounds that are worth listening to again.
    """

    path: Path
    score: float
    weak: tuple[str, ...]


def keep_reading(
    scorer: "Scorer", recording: "Recording", phrase: Phrase, language: Language, name: str, consent: bool
) -> ModelReading:
    """Examine a reading and keep it for drills, in place of an older one of the call. name: who reads, as learners will
    see it; consent: whether they agree that it is kept and passed on. Raises UserError where it is not kept."""
    from trainer.audio import own_readings

    agreed(name, consent)
    scored = scorer.score(recording, phrase, language)
    if refused := _refusal(scored):
        raise UserError(refused)
    path = own_readings.keep(recording.samples, phrase.id, phrase.text(language), language, name.strip())
    weak = tuple(f"{word.text} [{phone.phone}]" for word in scored.words for phone in word.phones if phone.score < WEAK)
    return ModelReading(path, float(scored.score), weak)


def agreed(name: str, consent: bool) -> None:
    """Raises UserError where nobody is named, or did not agree."""
    if not consent:
        raise UserError(_("a reading is kept only if its reader agrees: --consent."))
    if not name.strip():
        raise UserError(_("say who reads: --name."))


def _refusal(scored: "Assessment") -> str:
    """Why a reading cannot be a model; empty where it can."""
    if scored.verdict != "scored":
        return _("this call was not heard in the recording. Say it again.")
    missing = [word.text for word in scored.words if word.missing]
    if missing:
        return _("not heard: {words}. Say the whole call again.").format(words=", ".join(missing))
    if scored.warnings:
        return _("the recording is not good enough: {why}").format(why=" ".join(scored.warnings))
    if scored.score < LEAST_SCORE:
        message = _("only {score:.0f} points of the {least:.0f} that a model needs. Say it again.")
        return message.format(score=float(scored.score), least=LEAST_SCORE)
    return ""
