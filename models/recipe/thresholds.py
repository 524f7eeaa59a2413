"""Set from where on the trainer finds fault, by people who speak their own language; name the raters in model.toml.

    python models/recipe/thresholds.py MODEL_DIR --language ru --native CLIPS.tsv... [--share 0.02]

A learner is told of a phone that experts would find faulty (the limit with the best F1 on scored learners, from
ratings-*.json), or whose GOP is below that of all but `--share` of the phones of native speakers (tables with the
columns path and text). Take recordings that nothing else is measured on.
"""

import argparse
import hashlib
import json
import re
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from trainer.audio.files import read
from trainer.bench.native import Utterance, manifest
from trainer.errors import UserError
from trainer.scorer import heard
from trainer.scoring.assess import lay
from trainer.speech.acoustic import AcousticModel


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
    return [evidence.gop for evidence in reading.diagnosis.evidence]


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
    path.write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--language", choices=["en", "ru"], required=True)
    parser.add_argument("--native", type=Path, nargs="+", required=True)
    parser.add_argument("--share", type=float, default=0.02)
    arguments = parser.parse_args()
    found: list[float] = []
    for table in arguments.native:
        jobs = [(arguments.model, one) for one in manifest(table, arguments.language).utterances]
        with ProcessPoolExecutor(2) as pool:
            some = [value for part in pool.map(gops, jobs, chunksize=4) for value in part]
        print(f"{table}: {len(some)} phones; {arguments.share:.0%} below {np.quantile(some, arguments.share):.3f}")
        found += some
    limit = float(np.quantile(found, arguments.share))
    named(arguments.model, arguments.language, limit)
    print(f"{arguments.language}: flags below a GOP of {limit:.2f}")


if __name__ == "__main__":
    main()
