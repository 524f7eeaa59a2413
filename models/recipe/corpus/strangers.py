"""Which learners of speechocean762's training half stay unknown to every network: every fifth speaker.

    python -m recipe.corpus.strangers SO762_DIR OUT_DIR

Tables of their clips (path, text) for tests/benchmarks: OUT_DIR/choosing.tsv of one half of them, on which settings may
be chosen, and OUT_DIR/measuring.tsv of the other.
"""

import argparse
import json
from collections.abc import Iterable
from pathlib import Path


def unknown(speakers: Iterable[str]) -> list[str]:
    """In order, each once."""
    return sorted(set(speakers))[4::5]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("so762", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    labels = json.loads((arguments.so762 / "train.json").read_text(encoding="utf-8"))
    speakers = unknown(one["speaker"] for one in labels.values())
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, half in (("choosing", speakers[::2]), ("measuring", speakers[1::2])):
        clips = {key: one["words"] for key, one in labels.items() if one["speaker"] in half}
        folder = (arguments.so762 / "train").resolve()
        rows = [
            f"{folder / key}.opus\t{' '.join(word['text'] for word in words).lower()}" for key, words in clips.items()
        ]
        (arguments.out / f"{name}.tsv").write_text("\n".join(["path\ttext", *rows]) + "\n", encoding="utf-8")
        print(f"{name}: {len(clips)} clips of {len(half)} learners")


if __name__ == "__main__":
    main()
