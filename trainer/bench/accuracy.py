"""Learners whom experts have scored: does the trainer agree with them?

Labels are speechocean762's as JSON: for each clip its words, their phones (ARPAbet) and the scores of phones (0-2),
words and utterance (0-10). A clip is the file KEY.opus, .wav or .flac.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from trainer.audio.files import read
from trainer.bench.measures import area_under_curve, correlation, precision_recall_f1, rank_correlation
from trainer.bench.report import Figure
from trainer.errors import UserError
from trainer.live.scorer import heard
from trainer.messages import gettext as _
from trainer.phones.labels import ARPABET
from trainer.phrasebook.connected import Phones
from trainer.scoring.assess import lay, points_of, rate
from trainer.scoring.ratings import CALL_ASPECTS, FLAGGED_WORD, WORD_ASPECTS, Rater, Ratings
from trainer.speech.acoustic import AcousticModel
from trainer.text_in import MOST_TABLE_BYTES, json_value, read_text

WRONG_WORD = 5.0  # of 10: below it experts call a word wrong; the limit that openpronounce takes, too
FLAGGED_GOP = -3.2  # of a word's mean: a plain score of 60
WRONG_PHONE, RIGHT_PHONE = 0.5, 1.5  # of 2
SUFFIXES = (".opus", ".wav", ".flac")


@dataclass(frozen=True)
class Item:
    """Expert scores in the order of the phones and words."""

    clip: Path
    speaker: str
    ways: list[list[Phones]]
    phones: list[float]
    words: dict[str, list[float]]
    call: dict[str, float]


@dataclass(frozen=True)
class Outcome:
    """gop: of every phone; word: which word it belongs to; rated: what the calibration makes of it, if there is one;
    score: points of the call, if there is a scale."""

    item: Item
    gop: list[float]
    word: list[int]
    rated: Ratings | None
    score: float | None = None


def items(clips: Path, labels: Path) -> list[Item]:
    """Raises UserError where labels or clips are missing."""
    try:
        marked = json_value(read_text(labels, MOST_TABLE_BYTES))
    except (OSError, ValueError) as error:
        raise UserError(_("{path}: there are no labels in JSON.").format(path=labels)) from error
    try:
        return [_item(clips, key, one) for key, one in marked.items()]
    except (KeyError, TypeError, AttributeError) as error:
        raise UserError(_("{path}: these are not the labels of speechocean762.").format(path=labels)) from error


def _item(clips: Path, key: str, one: dict[str, Any]) -> Item:
    paths = [clips / f"{key}{suffix}" for suffix in SUFFIXES]
    found = next((path for path in paths if path.exists()), None)
    if found is None:
        raise UserError(_("{path}: the clip is missing.").format(path=paths[0]))
    return Item(
        found,
        str(one.get("speaker", "")),
        [[tuple(our_phone(p) for p in word["phones"])] for word in one["words"]],
        [float(score) for word in one["words"] for score in word["phones_accuracy"]],
        {aspect: [float(word[aspect]) for word in one["words"]] for aspect in WORD_ASPECTS},
        {aspect: float(one[aspect]) for aspect in CALL_ASPECTS},
    )


def our_phone(arpabet: str) -> str:
    """Of a label of the corpus: words of one syllable all bear the stress digit 0, so digits decide nothing."""
    return ARPABET[arpabet.rstrip("012")]


def measure(item: Item, model: AcousticModel, rater: Rater | None) -> Outcome:
    """Every word is taken for said: the experts scored it."""
    sound = heard(model, read(item.clip))
    reading = lay(item.ways, "en", sound, whole=True)
    gop = [evidence.gop for evidence in reading.diagnosis.evidence]
    rated = rate(reading, sound, rater)
    scale = rater.scale("en") if rater else None
    score = points_of(reading, rated, scale) if scale and reading.expected else None
    return Outcome(item, gop, [phone.word for phone in reading.expected], rated, score)


def figures(outcomes: Sequence[Outcome]) -> list[Figure]:
    complete = [o for o in outcomes if len(o.gop) == len(o.item.phones)]  # else there was no time to say all phones
    found = list(_figures(complete, "plain-gop"))
    rated = [o for o in complete if o.rated]
    return found + (list(_figures(rated, "calibrated")) if rated else [])


def _figures(outcomes: Sequence[Outcome], kind: str) -> Iterator[Figure]:
    plain = kind == "plain-gop"
    human = np.concatenate([o.item.phones for o in outcomes])
    phones = np.concatenate([o.gop if plain or not o.rated else o.rated.phones for o in outcomes])
    yield from _agreement("phone", phones, human, kind)
    if not plain:
        yield Figure("phone_mse", float(((phones - human) ** 2).mean()), len(human), kind)
    wrong, right = phones[human < WRONG_PHONE], phones[human > RIGHT_PHONE]
    yield Figure("phone_error_auc", area_under_curve(wrong, right), len(wrong) + len(right), kind)
    for i, aspect in enumerate(WORD_ASPECTS):
        truth = np.concatenate([o.item.words[aspect] for o in outcomes])
        ours = np.concatenate([_word_means(o) if plain or not o.rated else o.rated.words[:, i] for o in outcomes])
        yield from _agreement(f"word_{aspect}", ours, truth, kind)
        if aspect == "accuracy":
            flagged = ours < (FLAGGED_GOP if plain else FLAGGED_WORD)
            for name, value in zip(
                ("precision", "recall", "f1"), precision_recall_f1(flagged, truth < WRONG_WORD), strict=True
            ):
                yield Figure(f"word_flag_{name}", value, len(truth), kind)
    for i, aspect in enumerate(CALL_ASPECTS):
        totals = [o.item.call[aspect] for o in outcomes]
        mine = [float(np.mean(o.gop)) if plain or not o.rated else float(o.rated.call[i]) for o in outcomes]
        yield from _agreement(f"utterance_{aspect}", mine, totals, kind)
    scores = [o.score for o in outcomes if o.score is not None]
    if not plain and len(scores) == len(outcomes):
        yield from _agreement("score_of_call", scores, [o.item.call["total"] for o in outcomes], kind)


def _agreement(of: str, ours: ArrayLike, truth: ArrayLike, kind: str) -> Iterator[Figure]:
    """Pearson's and Spearman's correlation with the experts."""
    n = len(np.asarray(truth))
    yield Figure(f"{of}_pcc", correlation(ours, truth), n, kind)
    yield Figure(f"{of}_spearman", rank_correlation(ours, truth), n, kind)


def _word_means(outcome: Outcome) -> np.ndarray[Any, np.dtype[np.float64]]:
    word = np.array(outcome.word)
    scores = np.array(outcome.gop)
    return np.array([scores[word == w].mean() for w in range(len(outcome.item.ways))])
