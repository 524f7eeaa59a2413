"""What our Vosk models and the phone model take to hear the words of the program's own readings."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.claims import Measurement
from trainer.bundled import bundled
from trainer.text_in import read_table

READINGS = bundled("audio") / "reference"
CLIPS = 20
COST = re.compile(r"seconds of one core a second of speech +([\d.]+)")


def measure() -> Iterator[Measurement]:
    rows = [row.cells for row in read_table(READINGS / "clips.tsv", tabs=True).rows]
    for language in ("en", "ru"):
        with tempfile.TemporaryDirectory() as folder:
            table = Path(folder) / "readings.tsv"
            own = (row for row in rows if row["path"].startswith(f"{language}/man/"))
            table.write_text(
                "path\ttext\n" + "".join(f"{READINGS / row['path']}\t{row['text']}\n" for row in own), encoding="utf-8"
            )
            command = [sys.executable, "-m", "tests.benchmarks.recognisers", language, str(table)]
            run = subprocess.run(
                [*command, "--clips", str(CLIPS), "--only", "vosk", "phones"], check=True, stdout=subprocess.PIPE,
                encoding="utf-8",
            )  # fmt: skip
        vosk, phones = map(float, COST.findall(run.stdout))
        yield Measurement(f"vosk-{language}'s computing, of the phone model's", vosk / phones, CLIPS)
