"""When did each sound begin and end? Calls spoken by flite, which tells the times of its own sounds.

    python -m tests.benchmarks.boundaries [--voice slt rms] [--every 20] [--model DIR]

Mean and median of how far starts and ends are off (ms), and the mean of which way, over the sounds that voice and
lexicon have in common.
"""

import argparse
import json
import re
import subprocess
import tempfile
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np

from trainer.audio.files import read
from trainer.bundled import bundled
from trainer.live.scorer import heard
from trainer.phones.labels import ARPABET
from trainer.phrasebook.expectation import expect
from trainer.phrasebook.lexicon import lexicon
from trainer.phrasebook.load import load
from trainer.scoring.assess import lay
from trainer.speech.acoustic import AcousticModel

ALIKE = {"ʌ": "ə", "ɝ": "ɚ"}


def spoken(voice: str, text: str, out: Path) -> list[tuple[str, float, float]]:
    """The sounds of a text as the voice says them, with their times."""
    said = subprocess.run(
        ["flite", "-voice", voice, "-psdur", "-t", text, "-o", out], check=True, capture_output=True, encoding="utf-8"
    ).stdout
    rows, at = [], 0.0
    for name, end in re.findall(r"(\w+):([\d.]+)", said):
        ipa = "ə" if name == "ax" else ARPABET.get(name.upper(), "")
        rows.append((ALIKE.get(ipa, ipa), at, float(end)))
        at = float(end)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--voice", nargs="*", default=["slt", "rms"])
    parser.add_argument("--every", type=int, default=20)
    parser.add_argument("--model", type=Path)
    arguments = parser.parse_args()
    model = AcousticModel(arguments.model)
    off = []
    with tempfile.TemporaryDirectory() as folder:
        for phrase in load(bundled("phrasebooks") / "astp").phrases[:: arguments.every]:
            for voice in arguments.voice:
                clip = Path(folder) / "call.wav"
                truth = spoken(voice, phrase.en, clip)
                sound = heard(model, read(clip))
                reading = lay(expect(phrase.en, "en", lexicon("en")).ways, "en", sound)
                ours = [ALIKE.get(bare := p.phone.lstrip("ˈˌ"), bare) for p in reading.expected]
                theirs = [ipa for ipa, _start, _end in truth]
                for block in SequenceMatcher(a=ours, b=theirs, autojunk=False).get_matching_blocks():
                    for i in range(block.size):
                        (start, end), (_ipa, first, last) = reading.times[block.a + i], truth[block.b + i]
                        off.append((1000 * (sound.began + start - first), 1000 * (sound.began + end - last)))
    for name, values in zip(("start", "end"), np.array(off).T, strict=True):
        print(json.dumps({
            "edge": name, "sounds": len(values), "mean": round(float(np.abs(values).mean()), 1),
            "median": round(float(np.median(np.abs(values))), 1), "way": round(float(values.mean()), 1),
            "within 20 ms": round(float((np.abs(values) <= 20).mean()), 3),
        }))  # fmt: skip


if __name__ == "__main__":
    main()
