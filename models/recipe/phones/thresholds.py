"""Set from where on the trainer finds fault, by people who speak their own language; name the raters in model.toml.

    python -m recipe.phones.thresholds MODEL_DIR --language ru --native CLIPS.tsv... [--share 0.02]
    python -m recipe.phones.thresholds MODEL_DIR --language en --learners seen.pkl [--share 0.005]

A learner is told of a phone that experts would find faulty (the limit with the best F1 on scored learners, from
ratings-*.json), or whose GOP is below that of all but `--share` of the phones that were said well: those of native
speakers (tables with the columns path and text), or those that experts found right (observe.py) with learners whom the
network does not know. Take recordings that nothing else is measured on, and voices that nothing was trained on: of
those that were, nearly every phone looks right.
"""

import argparse
import hashlib
import json
import pickle
import re
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np

from recipe.corpus.strangers import unknown
from trainer.audio.files import read
from trainer.bench.native import Utterance, manifest
from trainer.errors import UserError
from trainer.live.scorer import heard
from trainer.scoring.assess import lay
from trainer.speech.acoustic import AcousticModel

RIGHT = 1.8  # of 2, as the mean of five experts
# Share of a language's ratings that another's raters give, which see only what means the same in every language.
BESIDE: dict[str, dict[str, float]] = {"en": {"ru": 0.3}, "ru": {}}
GOP_SCALE = 4  # of the first of the neutral observations


@cache
def listener(folder: Path) -> AcousticModel:
    return AcousticModel(folder, threads=1)


def gops(job: tuple[Path, Utterance]) -> list[float]:
    folder, utterance = job
    try:
        sound = heard(listener(folder), read(utterance.clip))
    except UserError:
        return []
    reading = lay(utterance.ways, utterance.language, sound)
    return [evidence.gop for evidence in reading.judged.evidence]


def said_well(seen: Path) -> list[float]:
    """The GOP of phones that experts found right in learners unknown to the network."""
    examples = pickle.loads(seen.read_bytes())
    strangers = set(unknown(item.speaker for item, _seen in examples))
    return [
        float(gop)
        for item, one in examples
        if item.speaker in strangers
        for gop, mark in zip(one.neutral[:, 0] * GOP_SCALE, item.phones, strict=True)
        if mark >= RIGHT
    ]


def named(folder: Path, language: str, flag_gop: float) -> None:
    """Write the rater's table into model.toml in place of the one that is there."""
    path = folder / "model.toml"
    text = re.sub(rf"\n\[ratings\.{language}\]\n(?:[^\[\n].*\n)*", "", path.read_text(encoding="utf-8"))
    weights = f"ratings-{language}.npz"
    checksum = hashlib.sha256((folder / weights).read_bytes()).hexdigest()
    hidden = "true" if language == "en" else "false"
    text += f'\n[ratings.{language}]\nweights = "{weights}"\nsha256 = "{checksum}"\n'
    rated = json.loads((folder / f"ratings-{language}.json").read_text(encoding="utf-8"))
    flag_below = rated["all speakers"]["phone_flag_limit"]
    text += f"hidden = {hidden}\nflag_below = {flag_below:.2f}\nflag_gop = {flag_gop:.2f}\n"
    beside = ", ".join(f"{name} = {share}" for name, share in BESIDE[language].items())
    text += f"beside = {{ {beside} }}\n" if beside else ""
    path.write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--language", choices=["en", "ru"], required=True)
    parser.add_argument("--native", type=Path, nargs="*", default=[])
    parser.add_argument("--learners", type=Path)
    parser.add_argument("--share", type=float, default=0.02)
    arguments = parser.parse_args()
    found: list[float] = []
    for table in arguments.native:
        jobs = [(arguments.model, one) for one in manifest(table, arguments.language).utterances]
        with ProcessPoolExecutor(2) as pool:
            some = [value for part in pool.map(gops, jobs, chunksize=4) for value in part]
        print(f"{table}: {len(some)} phones; {arguments.share:.0%} below {np.quantile(some, arguments.share):.3f}")
        found += some
    if arguments.learners:
        found += said_well(arguments.learners)
    limit = float(np.quantile(found, arguments.share))
    named(arguments.model, arguments.language, limit)
    print(f"{arguments.language}: flags below a GOP of {limit:.2f}")


if __name__ == "__main__":
    main()
