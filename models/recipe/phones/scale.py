"""What the points mean: fit limits by kind of error, weights of the signs of an accent, and both ends of the scale.

    python -m recipe.phones.scale look MODEL_DIR WORK --natives-ru T.tsv --natives-en T.tsv \\
        --accents-ru T.tsv... --accents-en T.tsv...
    python -m recipe.phones.scale fit MODEL_DIR WORK --name anchored-3 --weights BEFORE.json

`look` hears everything once, each clip as it is and over another channel, and keeps what the scale is made of. Natives'
sentences are, sound by sound, also sentences of the other language in the wrong sounds (corpus/accented.py); made
accents are tables with the columns path, text and speaker. `fit` writes MODEL_DIR/scale.json and prints what it does to
natives and accents whom it was not fitted on (five folds of speakers). Nothing is fitted on the voices that it is
measured with.
"""

import argparse
import json
import os
import pickle
import random
import re
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from recipe.corpus.accented import as_other
from trainer.bench.channel import CHANNELS
from trainer.bench.clips import Clip, clips
from trainer.bench.measures import area_under_curve
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language, other
from trainer.live.scorer import heard
from trainer.phones.english import in_dictionary
from trainer.phrasebook.lexicon import lexicon
from trainer.scoring.assess import Utterance, lay, rate
from trainer.scoring.faults import FOREIGN, KINDS, Faults
from trainer.scoring.gop import ODDS_FLOOR
from trainer.scoring.points import FLAGGED, PASS_MARK
from trainer.scoring.ratings import CALL_ASPECTS, Rater
from trainer.scoring.scale import SIGNS, Scale, bare, signs, sound_scores, understood, wrongness
from trainer.speech.acoustic import AcousticModel
from trainer.speech.ratings import FittedRater
from trainer.text_in import read_table

OTHERS = ("band telephone", "noise 20 dB", "room 2 m", "codec Opus", "band 8 kHz rate")  # one of them for each clip
FOLDS = 5
# Of natives' sounds, how many may be flagged by each kind. What an accent makes and natives do not gets the most; what
# fluent speech drops gets as little as leaves plain omissions in.
SHARES: dict[Language, dict[str, float]] = {
    "ru": {
        "softness": 0.003, "voicing": 0.001, "accent": 0.003, "foreign": 0.0025, "reduction": 0.001, "vowel": 0.001,
        "consonant": 0.001, "other": 0.0005, "weak dropped": 0.0002, "weak dropped, fast": 0.0002,
        "end dropped": 0.0004, "end dropped, fast": 0.0004, "dropped": 0.0005, "dropped, fast": 0.0005,
    },
    "en": {
        "voicing": 0.001, "accent": 0.008, "foreign": 0.001, "reduction": 0.0005, "vowel": 0.0005, "consonant": 0.0005,
        "other": 0.0003, "weak dropped": 0.0001, "weak dropped, fast": 0.0001, "end dropped": 0.0002,
        "end dropped, fast": 0.0002, "dropped": 0.0003, "dropped, fast": 0.0003,
    },
}  # fmt: skip
# Natives of English voice a z half and never say s for θ: there each phone has limits of its own, so many spreads above
# what is usual for it. A phone seldom heard leans on all others, as if so many of its tokens were like them. No limit
# is above where one for all phones would lie. In Russian that finds no more.
BY_PHONE: dict[Language, tuple[str, ...]] = {"ru": (), "en": ("voicing", "accent")}
USUAL_TOKENS, UPPER = 200, 0.97
CEILING = {"voicing": 0.001, "accent": 0.003}  # share of natives' sounds above one limit for all
# Nats: whatever natives do, even odds are no error.
LOWEST = {"softness": 1.5, "voicing": 1.0, "accent": 0.5, "foreign": 2.5}
LOWEST_FOR_ALL = {"voicing": 2.0, "accent": 1.5}
LEAST = 2.0
RATED = {"ru": 0.003, "en": 0.003}  # of natives' sounds may be flagged for what experts would have said
TOKENS = 25  # of a phone, before it gets a limit of its own
TELLING = 0.8  # area under the curve, natives against accents, from which a claim of the other language counts
TOP, MIDDLE, BOTTOM = 95.0, 28.0, 8.0
PASSED = 0.98  # of natives: words that are taken for missing cost some of them more
RIDGE, STEPS, RATE = 1.0, 3000, 0.05
PRIOR = 3.0
APART = 0.05  # of the evidence between two knots, at the least
# Evidence of a call from which experts would have taken all ten points, for its accuracy and in all, at the least.
# Natives and made accents say little of learners, who lie between them: so these come in the order that experts gave.
# Nobody has rated Russian.
RATINGS: dict[Language, tuple[float, float]] = {"en": (15.0, 15.0), "ru": (0.0, 0.0)}
# Of 100 points, those that one sound surely wrong takes off a call of so many sounds. In English experts' order falls
# behind where it is more.
COST: dict[Language, float] = {"en": 8.0, "ru": 10.0}
SOUNDS = 20
STRESS = 1.0  # a wrong stress counts as a sound surely wrong
ROUNDS = 30  # until the knots stand still


@dataclass(frozen=True, eq=False)
class Seen:
    """What the scale is made of, of one call. severity: of each sound, 0-100; words: of each sound, the number of its
    word; sure: whether it is known how that sounds; ratings: accuracy and total, 0-10."""

    group: str
    speaker: str
    channel: str
    phones: tuple[str, ...]
    faults: Faults
    gop: tuple[float, ...]
    severity: tuple[float, ...]
    ratings: tuple[float, float]
    words: tuple[int, ...]
    sure: tuple[bool, ...]

    @property
    def signs(self) -> np.ndarray:
        return signs(self.faults, self.gop)


@dataclass(frozen=True, eq=False)
class Job:
    """`spoken`: the language whose native speaks, where the text is only mapped onto the other one."""

    model: Path
    group: str
    clip: Clip
    language: Language
    spoken: Language
    channel: str


@cache
def listener(folder: Path) -> tuple[AcousticModel, FittedRater]:
    model = AcousticModel(folder, threads=1)
    return model, FittedRater(model)


def look(job: Job) -> list[Seen]:
    model, rater = listener(job.model)
    try:
        recording = job.clip.recording()
        samples = CHANNELS[job.channel](recording.samples) if job.channel in CHANNELS else recording.samples
        sound = heard(model, replace(recording, samples=samples))
    except UserError:
        return []
    call = job.clip.call
    own = seen_of(sound, call.ways, job.language, rater, job, [known(word, job.language) for word in call.words])
    mapped = as_other([ways[0] for ways in call.ways], job.spoken, job.clip.path.name)
    crossed = (
        seen_of(sound, mapped, other(job.language), rater, replace(job, group=f"mapped-{other(job.language)}"))
        if job.group.startswith("native")
        else None
    )
    return [one for one in (own, crossed) if one]


def known(word: str, language: Language) -> bool:
    """Whether a dictionary says how a word sounds, or rules that are sure: it is not guessed from the spelling."""
    return (
        language == "ru" or word.lower() in lexicon(language) or in_dictionary(word if word.isupper() else word.lower())
    )


def seen_of(
    sound: Utterance, ways: Sequence, language: Language, rater: Rater, job: Job, sure: Sequence[bool] = ()
) -> Seen | None:
    """sure: of each word, whether it is known how it sounds; of none where they are made up."""
    reading = lay(ways, language, sound)
    if not reading.expected or reading.alignment.fit < -4:
        return None
    rated = rate(reading, sound, rater)
    total = tuple(float(rated.call[CALL_ASPECTS.index(a)]) for a in ("accuracy", "total")) if rated else (10.0, 10.0)
    severity = [100.0] * len(reading.expected)
    if rated:
        severity = [100.0 if i in reading.judged.fluent else s for i, s in enumerate(rated.severity().tolist())]
    return Seen(
        job.group, job.clip.speaker or job.clip.path.name, job.channel, tuple(p.phone for p in reading.expected),
        reading.faults, tuple(e.gop for e in reading.judged.evidence), tuple(severity), total,
        tuple(p.word for p in reading.expected), tuple(bool(sure) and sure[p.word] for p in reading.expected),
    )  # fmt: skip


def held_out(table: Path, language: Language) -> list[Clip]:
    """The clips of a table; of one of corpus/foreign.py, those wholly in an accent on which no network was trained."""
    rows = {row.cells["path"]: row.cells for row in read_table(table, tabs=True).rows}
    found = []
    for clip in clips(table, language):
        row = rows.get(clip.path.name, {})
        if row.get("kind", "accent") == "accent" and row.get("split", "held") == "held":
            found.append(replace(clip, speaker=clip.speaker or row.get("voice", "")))
    return found


def jobs(model: Path, groups: dict[str, list[Path]]) -> list[Job]:
    found = []
    for group, tables in groups.items():
        language: Language = "ru" if group.endswith("-ru") else "en"
        for table in tables:
            for clip in held_out(table, language) if group.startswith("accent") else clips(table, language):
                channels = ("as it is", random.Random(clip.path.name).choice(OTHERS))
                found += [Job(model, group, clip, language, language, channel) for channel in channels]
    return found


def limits(language: Language, natives: Sequence[Seen], accents: Sequence[Seen]) -> dict[str, float]:
    """By kind; for sounds of the other language, and where natives differ by phone, by phone. What natives say for a
    word whose sounds are guessed is no error of theirs."""
    sure = np.concatenate([one.sure for one in natives])
    phones = np.array([bare(p) for one in natives for p in one.phones])[sure]
    odds = np.concatenate([one.faults.odds for one in natives])[sure]
    shares = SHARES[language]
    found = {}
    for k, kind in enumerate(KINDS):
        if kind == "foreign" or not (odds[:, k] > ODDS_FLOOR).any():
            continue
        if kind in BY_PHONE[language]:
            found |= by_phone(kind, shares[kind], odds[:, k], phones)
        else:
            least = LOWEST_FOR_ALL.get(kind, LOWEST.get(kind, LEAST))
            found[kind] = max(least, float(np.quantile(odds[:, k], 1 - shares[kind], method="higher")))
    wrong_phones = np.array([bare(p) for one in accents for p in one.phones])
    wrong = np.concatenate([one.faults.odds[:, FOREIGN] for one in accents])
    claims = odds[:, FOREIGN]
    kept = {
        phone: claims[phones == phone]
        for phone in sorted(set(phones))
        if (phones == phone).sum() >= TOKENS and (wrong_phones == phone).sum() >= TOKENS
        and area_under_curve(claims[phones == phone], wrong[wrong_phones == phone]) >= TELLING
    }  # fmt: skip
    share = shares["foreign"] * len(phones) / max(1, sum(map(len, kept.values())))
    for phone, values in kept.items():
        highest = float(np.quantile(values, 1 - share, method="higher"))
        found[f"foreign {phone}"] = max(LOWEST["foreign"], highest)
    rated = np.concatenate([one.severity for one in natives])
    found["rated"] = min(FLAGGED, float(np.quantile(rated, RATED[language])))
    return {name: round(value, 3) for name, value in found.items()}


def by_phone(kind: str, share: float, odds: np.ndarray, phones: np.ndarray) -> dict[str, float]:
    """Limits of a kind by phone, and one for phones that natives never said here. odds, phones: of every sound."""
    ceiling = float(np.quantile(odds, 1 - CEILING[kind]))
    there = odds > ODDS_FLOOR
    share *= len(odds) / there.sum()
    odds, phones = odds[there], phones[there]
    middle = float(np.median(odds))
    spread = float(np.quantile(odds, UPPER)) - middle
    usual = {}
    for phone in sorted(set(phones)):
        own = odds[phones == phone]
        heard = len(own) / (len(own) + USUAL_TOKENS)
        its = float(np.median(own)), float(np.quantile(own, UPPER) - np.median(own))
        usual[phone] = tuple(heard * a + (1 - heard) * b for a, b in zip(its, (middle, spread), strict=True))
    above = np.array([(value - usual[p][0]) / usual[p][1] for value, p in zip(odds, phones, strict=True)])
    steps = float(np.quantile(above, 1 - share))
    places = {f"{kind} {phone}": its for phone, its in usual.items()} | {kind: (middle, spread)}
    return {name: max(LOWEST[kind], min(ceiling, at + steps * by)) for name, (at, by) in places.items()}


def natural(natives: Sequence[Seen]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The signs that a native's sound shows in the mean, and by phone."""
    phones = np.concatenate([one.phones for one in natives])
    rows = np.concatenate([one.signs for one in natives])
    middle = rows.mean(0)
    usual = {p: (rows[phones == p].sum(0) + 5 * middle) / ((phones == p).sum() + 5) for p in set(phones)}
    return middle, usual


def weights(natives: Sequence[Seen], accents: Sequence[Seen]) -> tuple[np.ndarray, dict[str, float], np.ndarray]:
    """Of the signs and of the two ratings, none below 0: no error makes a call better. Logistic regression on the means
    over sounds, natives against accents, each side and each of its groups counting alike; centred by phone."""
    middle, usual = natural(natives)
    both = [*natives, *accents]
    x = np.array([
        np.r_[(one.signs - [usual.get(p, middle) for p in one.phones]).mean(0), 1 - np.array(one.ratings) / 10]
        for one in both
    ])  # fmt: skip
    y = np.r_[np.zeros(len(natives)), np.ones(len(accents))]
    groups = [one.group for one in both]
    sides = {group: group.startswith("native") for group in set(groups)}
    share = np.array([0.5 / groups.count(g) / sum(s == sides[g] for s in sides.values()) for g in groups])
    spread = x.std(0) + 1e-3
    z = (x - x[y == 0].mean(0)) / spread
    w, bias, momentum = np.zeros(z.shape[1]), 0.0, np.zeros(z.shape[1] + 1)
    for _step in range(STEPS):
        error = share * (1 / (1 + np.exp(-(z @ w + bias))) - y)
        momentum = 0.9 * momentum + np.r_[z.T @ error + RIDGE * w / len(y), error.sum()]
        w = np.maximum(w - RATE * momentum[:-1], 0)
        bias -= RATE * momentum[-1]
    w /= spread
    of_signs = w[: len(SIGNS)]
    return of_signs, {p: float(usual[p] @ of_signs) for p in usual}, w[len(SIGNS) :]


def kept_weights(natives: Sequence[Seen], scale: dict) -> tuple[np.ndarray, dict[str, float], np.ndarray]:
    """Those of a scale that was fitted before, as natives' signs are now."""
    of_signs = np.array([scale["weights"].get(sign, 0.0) for sign in SIGNS])
    usual = natural(natives)[1]
    return of_signs, {p: float(usual[p] @ of_signs) for p in usual}, np.array(scale["ratings"])


@dataclass(frozen=True, eq=False)
class Judged:
    """Of calls: evidence, and the share of their points that wrong sounds leave."""

    evidence: np.ndarray
    left: np.ndarray

    def points(self, scale: Scale) -> np.ndarray:
        return np.array([scale.points(one) for one in self.evidence]) * self.left


def points_of_sounds(one: Seen, scale: Scale) -> np.ndarray:
    judged = [score.points for score in sound_scores(scale, one.phones, one.faults)]
    return np.minimum(judged, [scale.expert(most) for most in one.severity])


def judge(calls: Sequence[Seen], scale: Scale) -> Judged:
    evidence, left = [], []
    for one in calls:
        n = len(one.phones)
        of_ratings = float((1 - np.array(one.ratings) / 10) @ scale.ratings)
        evidence.append(float(scale.evidence(one.phones, one.signs).sum()) / (n + scale.prior) + of_ratings)
        points = points_of_sounds(one, scale).tolist()
        left.append(scale.left(sum(map(wrongness, points)), n) * understood(points, one.words))
    return Judged(np.array(evidence), np.array(left))


def fitted(language: Language, natives: Sequence[Seen], accents: Sequence[Seen], before: dict | None = None) -> Scale:
    """before: a scale whose weights are kept."""
    of_signs, typical, of_ratings = kept_weights(natives, before) if before else weights(natives, accents)
    least = RATINGS[language]
    scale = Scale(
        name="",
        limits=limits(language, natives, accents),
        weights={sign: round(float(w), 4) for sign, w in zip(SIGNS, of_signs, strict=True) if w > 1e-4},
        typical={phone: round(value, 4) for phone, value in sorted(typical.items())},
        ratings=(round(max(float(of_ratings[0]), least[0]), 4), round(max(float(of_ratings[1]), least[1]), 4)),
        knots=(),
        wrong=round((100 / COST[language] - 1) / (SOUNDS + PRIOR), 4),
        stress=STRESS,
        prior=PRIOR,
        spread=0.0,
        slips=0.0,
    )
    groups = [one.group for one in accents]
    good, bad = judge(natives, scale), judge(accents, scale)
    found = ends(good.evidence, bad.evidence, groups)
    for _round in range(ROUNDS):
        found = ends(*(worth(side, replace(scale, knots=found)) for side in (good, bad)), groups)
    of_sounds = np.concatenate([scale.evidence(one.phones, one.signs) for one in natives])
    slips = np.array([wrongness(points) for one in natives for points in points_of_sounds(one, scale)])
    return replace(scale, knots=found, spread=round(float(of_sounds.std()), 4), slips=round(float(slips.std()), 4))


def worth(side: Judged, scale: Scale) -> np.ndarray:
    """The evidence that would have cost each call as much as its evidence and its wrong sounds together."""
    places, points = np.array(scale.knots).T
    return np.where(side.left < 1, np.interp(-side.points(scale), -points, places), side.evidence)


def ends(natives: np.ndarray, accents: np.ndarray, groups: Sequence[str]) -> tuple[tuple[float, float], ...]:
    """The knots: where natives and each group of accents lie."""
    best, median, worst = np.quantile(natives, [0.02, 0.5, PASSED])
    weakest = min(float(np.median(accents[[one == group for one in groups]])) for group in set(groups))
    places = (best, median, worst, weakest, float(np.quantile(accents, 0.95)), 1.5 * accents.max())
    knots: list[tuple[float, float]] = []
    for value, points in zip(places, (100.0, TOP, PASS_MARK, MIDDLE, BOTTOM, 0.0), strict=True):
        knots.append((round(max(float(value), knots[-1][0] + APART if knots else -np.inf), 4), points))
    return tuple(knots)


def judged(one: Seen, scale: Scale) -> tuple[float, float]:
    """Points of a call, and the share of its sounds that are flagged."""
    return float(judge([one], scale).points(scale)[0]), float((points_of_sounds(one, scale) < FLAGGED).mean())


def told(language: Language, natives: Sequence[Seen], accents: Sequence[Seen], before: dict | None = None) -> None:
    """Figures on natives, each judged by a scale that was fitted without them."""
    speakers = sorted({one.speaker for one in [*natives, *accents]})
    fold = {speaker: i % FOLDS for i, speaker in enumerate(speakers)}
    results: dict[tuple[str, bool], list[tuple[float, float]]] = {}
    for k in range(FOLDS):
        others = ([s for s in side if fold[s.speaker] != k] for side in (natives, accents))
        scale = fitted(language, *others, before)
        for one in [*natives, *accents]:
            if fold[one.speaker] == k:
                results.setdefault((one.group, one.channel == "as it is"), []).append(judged(one, scale))
    good = [points for points, _flagged in results[f"native-{language}", True]]
    for (group, plain), values in sorted(results.items()):
        points, flagged = np.array(values).T
        print(json.dumps({
            "group": group, "channel": "as it is" if plain else "another", "calls": len(points),
            "mean": round(float(points.mean()), 1), "median": round(float(np.median(points)), 1),
            "passed": round(float((points >= PASS_MARK).mean()), 3), "flagged": round(float(flagged.mean()), 4),
            "auc": round(area_under_curve(points, good), 3),
        }))  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["look", "fit"])
    parser.add_argument("model", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--natives-ru", type=Path, nargs="*", default=[])
    parser.add_argument("--natives-en", type=Path, nargs="*", default=[])
    parser.add_argument("--accents-ru", type=Path, nargs="*", default=[])
    parser.add_argument("--accents-en", type=Path, nargs="*", default=[])
    parser.add_argument("--name", default="anchored-3")
    parser.add_argument("--weights", type=Path, help="a scale.json whose weights of the signs of an accent are kept")
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    path = arguments.work / "seen-for-scale.pkl"
    if arguments.what == "look":
        groups = {
            "native-ru": arguments.natives_ru, "native-en": arguments.natives_en, "accent-ru": arguments.accents_ru,
            "accent-en": arguments.accents_en,
        }  # fmt: skip
        with ProcessPoolExecutor(arguments.processes) as pool:
            seen = [one for some in pool.map(look, jobs(arguments.model, groups), chunksize=4) for one in some]
        path.write_bytes(pickle.dumps(seen))
        print(f"{len(seen)} calls")
        return
    seen = pickle.loads(path.read_bytes())
    before = json.loads(arguments.weights.read_text(encoding="utf-8"))["languages"] if arguments.weights else {}
    languages = {}
    for language in LANGUAGES:
        natives = [one for one in seen if one.group == f"native-{language}"]
        accents = [one for one in seen if one.group in (f"accent-{language}", f"mapped-{language}")]
        told(language, natives, accents, before.get(language))
        scale = asdict(fitted(language, natives, accents, before.get(language)))
        languages[language] = {field: value for field, value in scale.items() if field != "name"}
    written = json.dumps({"name": arguments.name, "languages": languages}, ensure_ascii=False, indent=1)
    (arguments.model / "scale.json").write_text(written + "\n", encoding="utf-8")
    manifest = arguments.model / "model.toml"
    text = manifest.read_text(encoding="utf-8")
    if not re.search(r"^scale = ", text, re.MULTILINE):
        manifest.write_text(text.replace("\n[", '\nscale = "scale.json"\n\n[', 1), encoding="utf-8")


if __name__ == "__main__":
    main()
