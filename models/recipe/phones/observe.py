"""Look at every clip of scored learners through a phone model and keep what ratings are made of.

python -m recipe.phones.observe MODEL_DIR CLIPS_DIR LABELS.json out.pkl
"""

import argparse
import os
import pickle
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from rich.progress import track

from trainer.audio.files import read
from trainer.bench.accuracy import Item, items
from trainer.live.scorer import heard
from trainer.scoring.assess import lay, observations
from trainer.scoring.observations import Observations
from trainer.speech.acoustic import AcousticModel


@cache
def model(folder: Path) -> AcousticModel:
    return AcousticModel(folder, threads=1)


def look(job: tuple[Path, Item]) -> Observations | None:
    folder, item = job
    sound = heard(model(folder), read(item.clip))
    return observations(lay(item.ways, "en", sound, whole=True), sound)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("clips", type=Path)
    parser.add_argument("labels", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--every", type=int, default=1)
    arguments = parser.parse_args()
    found = items(arguments.clips, arguments.labels)[:: arguments.every]
    with ProcessPoolExecutor() as pool:
        jobs = [(arguments.model, item) for item in found]
        seen = list(track(pool.map(look, jobs, chunksize=8), "looking", total=len(jobs)))
    kept = [(item, one) for item, one in zip(found, seen, strict=True) if one and len(one.phone) == len(item.phones)]
    arguments.out.write_bytes(pickle.dumps(kept))
    print(f"{len(kept)} of {len(found)} clips")


if __name__ == "__main__":
    main()
