"""People who speak their own language: how often is fault found with what is right, and what is wrong seen?"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from trainer.audio.files import read
from trainer.bench.measures import area_under_curve, edits
from trainer.bench.report import Figure, spread
from trainer.errors import UserError
from trainer.languages import Language
from trainer.live.scorer import heard
from trainer.messages import gettext as _
from trainer.phones.fluent import leeway
from trainer.phrasebook.connected import Phones, connected
from trainer.phrasebook.drafting import drafted
from trainer.phrasebook.lexicon import lexicon
from trainer.phrasebook.text import tokens
from trainer.scoring import free_decode
from trainer.scoring.align import align
from trainer.scoring.assess import lay, phone_scores, rate
from trainer.scoring.faults import faults
from trainer.scoring.gop import Expected, diagnose, together
from trainer.scoring.points import FLAGGED
from trainer.scoring.posteriors import PhoneClasses
from trainer.scoring.ratings import Rater
from trainer.speech.acoustic import AcousticModel
from trainer.text_in import existing, read_table

RIVALS = 20  # other texts of like length that the right one must beat
LEAST_WORDS = 3

Ways = list[list[Phones]]


@dataclass(frozen=True)
class Utterance:
    """A recording, the words said, and texts of like length that were not."""

    clip: Path
    language: Language
    ways: Ways
    rivals: tuple[Ways, ...] = ()


@dataclass(frozen=True)
class Manifest:
    """words, drafted: how many words the texts have, and how many of them no lexicon knows."""

    utterances: tuple[Utterance, ...]
    rows: int
    words: int
    drafted: int


@dataclass(frozen=True)
class Outcome:
    """planted: GOP of a phone that was not said, in place of one that was; planted_score: its score. errors: of the
    free decode."""

    gop: list[float]
    scores: list[float]
    planted: float
    planted_score: float
    fit: float
    rival_fits: list[float]
    words: int
    missing: int
    errors: int
    phones: int


def manifest(path: Path, language: Language) -> Manifest:
    """A table with the columns path and text, or sentence, as Common Voice calls it (Russian with stress marks). Raises
    UserError where there is none."""
    try:
        table = read_table(path, tabs=True)
    except OSError as error:
        raise UserError(_("{path}: cannot be read ({reason}).").format(path=path, reason=error.strerror)) from error
    rows = table.rows
    if not rows or "path" not in table.columns or not {"text", "sentence"} & set(table.columns):
        raise UserError(_("{path}: a table with the columns path and text is needed.").format(path=path))
    known = lexicon(language)
    items: list[tuple[Path, Ways]] = []
    words = unknown = 0
    for row in rows:
        said = row.text("text", "sentence")
        try:
            entries = {**drafted([said], known), **known.entries}
        except UserError:
            continue  # holds what cannot be read aloud
        keys = [token.key for token in tokens(said, language)]
        if keys:
            clip = existing(path.parent, row.cells["path"].strip())
            items.append((clip, connected([entries[key] for key in keys], language, keys)))
            words, unknown = words + len(keys), unknown + sum(key not in known for key in keys)
    if not items:
        raise UserError(_("{path}: no text there can be read aloud.").format(path=path))
    return Manifest(tuple(_with_rivals(items, language)), len(rows), words, unknown)


def _with_rivals(items: Sequence[tuple[Path, Ways]], language: Language) -> Iterator[Utterance]:
    size = [sum(len(ways[0]) for ways in text) for _clip, text in items]
    for i, (clip, text) in enumerate(items):
        near = [j for j in range(len(items)) if abs(size[j] - size[i]) <= max(2, size[i] // 8) and items[j][1] != text]
        random.Random(clip.name).shuffle(near)
        distinct = {str(items[j][1]): items[j][1] for j in near}
        yield Utterance(clip, language, text, tuple(distinct.values())[:RIVALS])


def measure(utterance: Utterance, model: AcousticModel, rater: Rater | None) -> Outcome | None:
    """None where the recording cannot be scored."""
    try:
        sound = heard(model, read(utterance.clip))
    except UserError:
        return None
    reading = lay(utterance.ways, utterance.language, sound)
    expected = reading.expected
    if not expected:
        return None
    posteriors = sound.posteriors[utterance.language]
    draw = random.Random(utterance.clip.name)
    place = draw.randrange(len(expected))
    others = [i for i in range(1, len(posteriors.classes.labels)) if i not in expected[place].classes]
    chosen = draw.choice(others)
    label = posteriors.classes.labels[chosen]
    wrong = replace(expected[place], phone=label, classes=frozenset([chosen]), optional=False)
    as_if = [*expected[:place], wrong, *expected[place + 1 :]]
    diagnosis = together([diagnose(as_if, look.own) for look in reading.looks], posteriors.classes)
    likely = faults(utterance.language, as_if, diagnosis, reading.looks)
    misread = replace(reading, expected=as_if, diagnosis=diagnosis, judged=diagnosis, faults=likely)
    scale = rater.scale(utterance.language) if rater else None
    decoded = [
        posteriors.classes.labels.index(label) for label in free_decode.likeliest([look.own for look in reading.looks])
    ]
    return Outcome(
        gop=[evidence.gop for evidence in reading.judged.evidence],
        scores=[one.points for one in phone_scores(reading, rate(reading, sound, rater), scale)],
        planted=misread.diagnosis.evidence[place].gop,
        planted_score=phone_scores(misread, rate(misread, sound, rater), scale)[place].points,
        fit=reading.alignment.fit,
        rival_fits=[align(ways, posteriors).fit for ways in utterance.rivals],
        words=len(utterance.ways),
        missing=reading.alignment.variants.count(None),
        errors=_errors(utterance.language, expected, decoded, posteriors.classes),
        phones=len(expected),
    )


def _errors(language: Language, expected: Sequence[Expected], heard: Sequence[int], classes: PhoneClasses) -> int:
    """Of the free decode, against what a fluent native may make of the phones."""
    given = leeway(language, [phone.phone for phone in expected], [phone.word for phone in expected])
    rows = list(zip(expected, given, strict=True))
    right = [phone.classes.union(*(classes.of(also).tolist() for also in free.also)) for phone, free in rows]
    return edits(right, heard, [phone.optional or free.lost for phone, free in rows])


def figures(table: Manifest, found: Sequence[Outcome | None]) -> list[Figure]:
    outcomes = [outcome for outcome in found if outcome]
    if not outcomes:
        raise UserError(_("no recording of the table could be scored."))
    words = sum(o.words for o in outcomes)
    long = [o for o in outcomes if o.words >= LEAST_WORDS and len(o.rival_fits) >= RIVALS // 2]
    gop = np.concatenate([o.gop for o in outcomes])
    scores = np.concatenate([o.scores for o in outcomes])
    return [
        Figure("drafted_words", table.drafted / table.words, table.words),
        Figure("texts_readable", len(table.utterances) / table.rows, table.rows),
        Figure("recordings_measured", len(outcomes) / len(found), len(found)),
        Figure("phone_error_rate", sum(o.errors for o in outcomes) / sum(o.phones for o in outcomes), len(gop)),
        Figure("false_flags", float((scores < FLAGGED).mean()), len(scores)),
        Figure("planted_auc", area_under_curve([o.planted for o in outcomes], gop), len(outcomes)),
        Figure("planted_flagged", spread([o.planted_score < FLAGGED for o in outcomes]), len(outcomes)),
        Figure("right_text_wins", spread([o.fit > max(o.rival_fits) for o in long]), len(long)),
        Figure("words_taken_for_missing", sum(o.missing for o in outcomes) / words, words),
    ]
