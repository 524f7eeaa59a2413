"""Calls and words said right, and with a sound wrong on purpose: is the wrong one found, is a right one blamed?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trainer.bench.clips import Clip, assessed
from trainer.bench.measures import area_under_curve
from trainer.bench.report import Figure, spread
from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.scoring.assessment import Assessment, PhoneScore
from trainer.scoring.points import FLAGGED
from trainer.scoring.ratings import Rater
from trainer.speech.acoustic import AcousticModel


@dataclass(frozen=True)
class Outcome:
    """wrong: whether something was said wrong. score: of the call. named: the lowest score and GOP of the sounds that
    were wrong, or of all where all were right. flagged: whether any sound was, and hit: whether a wrong one was."""

    wrong: bool
    score: float
    lowest: float
    gop: float
    flagged: bool
    hit: bool
    phones: int
    flags: int


def measure(clip: Clip, model: AcousticModel, rater: Rater | None) -> Outcome | None:
    """None where the recording cannot be scored."""
    try:
        assessment = assessed(clip.call, clip.recording(), model, rater)
    except UserError:
        return None
    phones = [phone for word in assessment.words for phone in word.phones] if assessment else []
    return _outcome(clip, assessment, phones) if assessment and phones else None


def _outcome(clip: Clip, assessment: Assessment, phones: list[PhoneScore]) -> Outcome:
    meant = [phone for phone in phones if _means(clip.wrong, phone)] or phones
    flags = [phone.score < FLAGGED for phone in phones]
    return Outcome(
        wrong=bool(clip.wrong),
        score=assessment.score,
        lowest=min(phone.score for phone in meant),
        gop=min(phone.gop for phone in meant),
        flagged=any(flags),
        hit=bool(clip.wrong) and any(phone.score < FLAGGED for phone in meant),
        phones=len(phones),
        flags=sum(flags),
    )


def _means(wrong: Sequence[str], phone: PhoneScore) -> bool:
    """A table names the sound that ought to have been said, the one that was said for it, or both: mʲ, m or mʲ>m."""
    bare = phone.phone.lstrip("ˈˌ")
    return any(
        bare == expected.lstrip("ˈˌ") if said else bare == expected.lstrip("ˈˌ") or phone.heard == expected
        for expected, _sign, said in (sound.partition(">") for sound in wrong)
    )


def figures(found: Sequence[Outcome | None]) -> list[Figure]:
    """Raises UserError where nothing could be scored."""
    outcomes = [outcome for outcome in found if outcome]
    if not outcomes:
        raise UserError(_("no recording of the table could be scored."))
    wrong, right = ([one for one in outcomes if one.wrong is side] for side in (True, False))
    phones = sum(one.phones for one in right)
    return [
        Figure("wrong_score_mean", float(np.mean([one.score for one in wrong])) if wrong else 0.0, len(wrong)),
        Figure("right_score_mean", float(np.mean([one.score for one in right])) if right else 0.0, len(right)),
        Figure("found", spread([one.hit for one in wrong]), len(wrong)),
        Figure("something_flagged_in_wrong", spread([one.flagged for one in wrong]), len(wrong)),
        Figure("blamed", spread([one.flagged for one in right]), len(right)),
        Figure("right_sounds_flagged", sum(one.flags for one in right) / max(1, phones), phones),
        Figure("auc_of_gop", area_under_curve([o.gop for o in wrong], [o.gop for o in right]), len(outcomes)),
        Figure("auc_of_sounds", area_under_curve([o.lowest for o in wrong], [o.lowest for o in right]), len(outcomes)),
        Figure("auc_of_calls", area_under_curve([o.score for o in wrong], [o.score for o in right]), len(outcomes)),
    ]
