"""Five experts at the blind bench, and a course's scale from their ratings: speechocean762's training half.

    python -m tests.benchmarks.ears experts LABELS
    python -m tests.benchmarks.ears scores CLIPS LABELS > scores.jsonl     # minutes: every clip is scored
    python -m tests.benchmarks.ears refit scores.jsonl

experts: of the phones that all five wrote down one for one. An expert's mark of a phone is 2 where they wrote it as
expected, 1 where they wrote a heavy accent, {X}, and 0 where they wrote it wrong or missing. refit: ratings of learners
that the networks were trained on are given to `fit`, in numbers as a course would have; the 25 learners unknown to the
phone network are predicted, each rated by the one of five raters that has not heard them. One course rates some twenty
learners: draws are of twenty.
"""

import json
import random
import re
import sys
from pathlib import Path
from statistics import fmean

import numpy as np

from trainer.bench.accuracy import items, measure
from trainer.reports.agreement import agreement, alpha, each_against_the_rest, kappa
from trainer.scoring.course_scale import fit
from trainer.scoring.points import PASS_MARK
from trainer.speech.acoustic import AcousticModel
from trainer.speech.ratings import FittedRater, RatingHead, Weights

MODELS = Path(__file__).parents[2] / "models"
LEARNERS = 20  # of a course
DRAWS = 40
FOLDS = 5  # of the raters' training, over the speakers in order: models/recipe/phones/calibrate.py


def experts(labels: Path) -> None:
    marked = json.loads(labels.read_text("utf-8"))
    phones: list[list[float]] = []
    calls: list[list[float]] = []
    same = []
    for one in marked.values():
        of_call: list[list[float]] = []
        for word in one["words"]:
            said = [marks(text, word["phones"]) for text in word["expert_phones"]]
            if all(mark is not None for mark in said):
                own = [list(of_phone) for of_phone in zip(*said, strict=True)]
                same += [abs(fmean(a) - b) < 0.051 for a, b in zip(own, word["phones_accuracy"], strict=True)]
                of_call += own
        phones += of_call
        if of_call:
            calls.append([50 * value for value in np.mean(of_call, axis=0)])
    print(f"marks that are those of the labels: {fmean(same):.3f}")
    for name, table in (("phones", np.array(phones).T), ("calls (mean of their phones, 0-100)", np.array(calls).T)):
        rest = each_against_the_rest(table.tolist())
        pairs = [
            kappa(table[i] >= table.max() * 0.9, table[j] >= table.max() * 0.9) for i in range(5) for j in range(i)
        ]
        print(f"{name}: n {table.shape[1]}, one against the rest {fmean(rest):.3f} ({min(rest):.3f}-{max(rest):.3f}), "
              f"alpha {alpha(table.tolist()):.3f}, kappa at 90 % of the scale {fmean(pairs):.3f}")  # fmt: skip


# One symbol of the experts for two phones of the labels.
TWO = {"AR": 2, "IR": 2, "OR": 2, "UR": 2, "TS": 2, "DZ": 2, "TR": 2, "DR": 2}
PART = re.compile(r"\[[^\]]*\]|\([^)]*\)|\{[^}]*\}|[A-Z]+[0-2]?")


def marks(written: str, expected: list[str]) -> list[float] | None:
    """None where the expert wrote more or fewer phones than there are."""
    given: list[float] = []
    for part in PART.findall(written):
        if not part.startswith("["):  # a sound too many
            mark = {"(": 0.0, "{": 1.0}.get(part[0], 2.0)
            for symbol in re.findall(r"[A-Z]+", part):
                given += [mark] * TWO.get(symbol, 1)
    return given if len(given) == len(expected) else None


class HeldOut(FittedRater):
    """One of the networks whose mean ships: that which has not heard the speakers of its fold."""

    def __init__(self, model: AcousticModel, fold: int) -> None:
        super().__init__(model)
        self._fold = fold

    def _read(self, head: RatingHead) -> Weights:
        return [super()._read(head)[self._fold]]


def scores(clips: Path, labels: Path) -> None:
    sys.path.insert(0, str(MODELS))
    from recipe.corpus.strangers import unknown

    wanted = items(clips, labels)
    speakers = sorted({item.speaker for item in wanted})
    strange = set(unknown(speakers))
    model = AcousticModel(threads=1)
    raters = [HeldOut(model, fold) for fold in range(FOLDS)]
    for item in wanted:
        rater = raters[speakers.index(item.speaker) % FOLDS]
        line = {"speaker": item.speaker, "unknown": item.speaker in strange, "total": item.call["total"]}
        print(json.dumps({**line, "score": measure(item, model, rater).score}), flush=True)


def refit(path: Path) -> None:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    rows = [row for row in rows if row["score"] is not None]
    strange = [row for row in rows if row["unknown"]]
    x, y = np.array([row["score"] for row in strange]), 10 * np.array([row["total"] for row in strange])
    print(f"{len(strange)} calls of {len({row['speaker'] for row in strange})} unknown learners")
    print("ratings  error  difference  kappa   r")
    tell("none", [(x, y)])
    for n in (50, 200, 500):
        out, refused = [], 0
        for draw in range(DRAWS):
            dice = random.Random(draw)
            speakers = dice.sample(
                sorted({row["speaker"] for row in rows if not row["unknown"]}),
                LEARNERS if n < 500 else 2 * LEARNERS + 10,
            )
            own = [row for row in rows if row["speaker"] in speakers]
            own = dice.sample(own, min(n, len(own)))
            found = fit([r["score"] for r in own], [10 * r["total"] for r in own], [r["speaker"] for r in own])
            if found is None or not found.better:
                refused += 1
                out.append((x, y))
                continue
            out.append((np.interp(x, *np.array(found.knots).T), y))
        tell(f"{n} ({len(own)}), {refused} of {DRAWS} refused", out)


def tell(name: str, out: list[tuple[np.ndarray, np.ndarray]]) -> None:
    of_each = [agreement(ours, theirs, PASS_MARK) for ours, theirs in out]
    error = fmean(float(np.sqrt(((a - b) ** 2).mean())) for a, b in out)
    print(f"{name}: {error:.1f}  {fmean(a.difference for a in of_each):+.1f}  {fmean(a.kappa for a in of_each):.3f}  "
          f"{fmean(a.pearson for a in of_each):.3f}")  # fmt: skip


if __name__ == "__main__":
    {"experts": experts, "scores": scores, "refit": refit}[sys.argv[1]](*map(Path, sys.argv[2:]))
