"""Files, one an attempt: recordings that may be handed on, and TextGrids. The folder is one that `ruston score` and
Praat can open: a `clips.tsv` says what is said in each recording."""

import csv
import shutil
from collections.abc import Iterable
from pathlib import Path

from trainer.audio.manifest import NAME
from trainer.reports.attempt import Exported
from trainer.reports.names import cell, file_name
from trainer.reports.textgrid import textgrid

COLUMNS = ("path", "phrase", "language", "speaker", "reading", "origin")


def write(attempts: Iterable[Exported], folder: Path, *, grids: bool) -> tuple[int, int]:
    """Into an existing folder, a folder for each learner. grids: TextGrids as well, which need the assessments. Returns
    how many recordings and TextGrids there are."""
    recordings = written = 0
    with (folder / NAME).open("w", encoding="utf-8", newline="") as file:
        listed = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE, escapechar="\\", lineterminator="\n")
        listed.writerow(COLUMNS)
        for number, one in enumerate(attempts, 1):
            attempt = one.attempt
            place = Path(file_name(attempt.learner)) / file_name(f"{number:06}", attempt.asked, attempt.language or "")
            if one.path is not None and attempt.call is not None:
                name = place.with_name(place.name + one.path.suffix)
                _copy(one.path, folder / name)
                recordings += 1
                row = (name.as_posix(), attempt.call, attempt.language, attempt.learner, "", "")
                listed.writerow([cell(" ".join(str(value).split())) for value in row])
            if grids and one.assessment is not None and one.assessment["verdict"] == "scored":
                path = folder / place.with_name(place.name + ".TextGrid")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(textgrid(one.assessment), encoding="utf-8")
                written += 1
    if not recordings:
        (folder / NAME).unlink()
    return recordings, written


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
