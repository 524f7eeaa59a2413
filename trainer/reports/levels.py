"""How far a learner is, in the wording of public scales: the six levels of pronunciation that ICAO describes (Doc 9835)
and the phonological control of CEFR's Companion Volume, in our own words. It describes drilled calls; it is no licence.

A level needs both: how near the sounds are to natives', and how many answers could be taken for the right call. Where
the levels begin was set by us on the trainer's scale, whose ends are held by speakers (scoring/scale.py); no examiner
has compared them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from trainer.drill.memory import WEAK
from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.reports.figures import DayFigures, SoundFigures, Tally
from trainer.reports.measures import SoundTally, sounds

LATELY = timedelta(days=28)  # before the newest drill
FEWEST = 20  # answers in these days, below which no level is told
# From which mean pronunciation, and which share of answers that could be taken for the right call, a level begins.
LEVELS: tuple[tuple[float, float], ...] = (
    (0.0, 0.0), (30.0, 0.50), (50.0, 0.80), (70.0, 0.92), (82.0, 0.97), (92.0, 0.99)
)  # fmt: skip
CEFR = ("A1", "A2", "B1", "B2", "C1", "C2")
WEAKEST = 3  # sounds that are named


@dataclass(frozen=True)
class Level:
    """How far a learner is in a language.

    Attributes:
        level: 1-6, None with too few answers.
        pronunciation: mean, 0-100.
        understood: share, 0-1.
        lacks_points, lacks_share: what is missing for the next level, of 100 and of 1; 0 where nothing is.
        weak: the sounds to begin with.
    """

    key: str
    label: str
    language: Language
    level: int | None
    answers: int
    pronunciation: float | None
    understood: float | None
    lacks_points: float = 0.0
    lacks_share: float = 0.0
    weak: tuple[SoundTally, ...] = ()

    @property
    def cefr(self) -> str | None:
        return None if self.level is None else CEFR[self.level - 1]


def level(
    key: str, label: str, language: Language, days: Sequence[DayFigures], rows: Sequence[SoundFigures]
) -> Level:  # fmt: skip
    """days, rows: of this learner."""
    newest = max((row.day for row in days), default=None)
    lately = sum((row.tally for row in days if newest and newest - row.day < LATELY), Tally())
    if lately.answers < FEWEST or lately.mean_score is None:
        return Level(key, label, language, None, lately.answers, None, None)
    points, share = lately.mean_score, lately.scored / lately.answers
    reached = max(n for n, (least, most) in enumerate(LEVELS, 1) if points >= least and share >= most)
    lacks_points = lacks_share = 0.0
    if reached < len(LEVELS):
        needed, wanted = LEVELS[reached]
        lacks_points, lacks_share = max(0.0, needed - points), max(0.0, wanted - share)
    weak = tuple(sound for sound in sounds(rows) if sound.language == language and sound.weak)[:WEAKEST]
    return Level(key, label, language, reached, lately.answers, points, share, lacks_points, lacks_share, weak)


def icao(level: int) -> str:
    return (
        _("Pre-elementary: hardly any call can be made out."),
        _("Elementary: the first language marks nearly every sound; most calls have to be asked for again."),
        _("Pre-operational: the first language marks sounds and stress so that calls are often not understood."),
        _("Operational: an accent is plain, and only sometimes in the way of being understood."),
        _("Extended: an accent is heard, and rarely in the way of being understood."),
        _("Expert: an accent may be heard, and almost never in the way of being understood."),
    )[level - 1]


def cefr(level: int) -> str:
    return (
        _("A1: a few learnt calls can be understood by somebody who makes an effort."),
        _("A2: calls are clear enough, though the accent is strong and partners have to ask at times."),
        _("B1: calls can be followed well; single sounds and stresses are wrong, the accent is plain."),
        _("B2: sounds and stress are mostly right; the accent shows and costs no understanding."),
        _("C1: nearly all sounds are as they should be; slips do not disturb."),
        _("C2: all sounds and stresses of the language, clear and exact."),
    )[level - 1]


def missing(one: Level) -> str:
    """For the next level; "" at the top and where there is none."""
    if one.level is None:
        return _("at least {n} answers in four weeks are needed").format(n=FEWEST)
    parts = []
    if one.lacks_points:
        parts.append(_("{n:.0f} points of pronunciation").format(n=one.lacks_points + 0.5))
    if one.lacks_share:
        parts.append(_("{n:.0f} more in 100 answers that are understood").format(n=100 * one.lacks_share + 0.5))
    if parts and one.weak:
        parts.append(
            _("first of all {sounds} (below {mark:.0f})").format(
                sounds=" ".join(f"[{sound.phone}]" for sound in one.weak), mark=WEAK
            )
        )
    return "; ".join(parts)
