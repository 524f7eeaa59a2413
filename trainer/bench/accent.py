"""Natives against people with an accent: does the score of a call tell them apart, and how does it judge each?"""

from collections.abc import Iterator, Sequence

import numpy as np

from trainer.bench.clips import Clip, Scored, assessed, scored
from trainer.bench.measures import area_under_curve
from trainer.bench.report import Figure, spread
from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.scoring.points import PASS_MARK
from trainer.scoring.ratings import Rater
from trainer.speech.acoustic import AcousticModel


def measure(clip: Clip, model: AcousticModel, rater: Rater | None) -> Scored | None:
    """None where the recording cannot be scored."""
    try:
        assessment = assessed(clip.call, clip.recording(), model, rater)
    except UserError:
        return None
    return scored(clip, assessment) if assessment else None


def figures(natives: Sequence[Scored | None], accented: Sequence[Scored | None]) -> list[Figure]:
    """Raises UserError where of one group nothing could be scored."""
    groups = {"native": [one for one in natives if one], "accented": [one for one in accented if one]}
    if not all(groups.values()):
        raise UserError(_("no recording of the table could be scored."))
    found = [figure for name, group in groups.items() for figure in _of_group(name, group)]
    calls = [[one.score for one in group] for group in groups.values()]
    people = [_by_speaker(group) for group in groups.values()]
    return [
        *found,
        Figure("auc_by_call", area_under_curve(calls[1], calls[0]), len(calls[0]) + len(calls[1])),
        Figure("auc_by_speaker", area_under_curve(people[1], people[0]), len(people[0]) + len(people[1])),
    ]


def _of_group(name: str, group: Sequence[Scored]) -> Iterator[Figure]:
    scores = np.array([one.score for one in group])
    phones = sum(len(one.phones) for one in group)
    yield Figure(f"{name}_mean", float(scores.mean()), len(scores))
    for share in (5, 50, 95):
        yield Figure(f"{name}_percentile_{share}", float(np.percentile(scores, share)), len(scores))
    yield Figure(f"{name}_passed", spread([bool(score >= PASS_MARK) for score in scores]), len(scores))
    flagged = sum(one.flagged * len(one.phones) for one in group)
    yield Figure(f"{name}_flagged", flagged / max(1, phones), phones)


def _by_speaker(group: Sequence[Scored]) -> list[float]:
    """Of each speaker the mean of all calls."""
    speakers = sorted({one.speaker for one in group})
    return [float(np.mean([one.score for one in group if one.speaker == speaker])) for speaker in speakers]
