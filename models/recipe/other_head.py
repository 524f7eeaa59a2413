"""What the head of the learner's own language adds: is an English sound in a Russian word told from the Russian one?

    python models/recipe/other_head.py MODEL_DIR RU.tsv EN.tsv

Tables as for `ruston bench native`. For each pair of sounds that speakers of one language put for those of the other,
all natives' tokens of both are compared. Of each token are seen, about its own frames, the best log-posterior of the
sound that ought to be there, by the head of the language spoken, and of the sound put in its place, by the other one.
Printed: area under the curve for telling the two apart by the first alone, and by their difference.
"""

import argparse
import sys
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from trainer.audio.files import read
from trainer.bench.measures import area_under_curve
from trainer.bench.native import manifest
from trainer.errors import UserError
from trainer.languages import Language
from trainer.live.scorer import heard
from trainer.scoring.assess import lay
from trainer.speech.acoustic import AcousticModel

# Language spoken, sounds that ought to be there, what the learner's own language puts for them.
PAIRS: tuple[tuple[Language, tuple[str, ...], tuple[str, ...]], ...] = (
    ("ru", ("r",), ("ɹ",)), ("ru", ("rʲ",), ("ɹ",)), ("ru", ("l",), ("l",)), ("ru", ("lʲ",), ("l",)),
    ("ru", ("t",), ("t",)), ("ru", ("x",), ("h",)), ("ru", ("v",), ("w",)), ("ru", ("ˈɨ", "ɨ"), ("ɪ",)),
    ("ru", ("ɕː",), ("ʃ",)), ("ru", ("ʂ",), ("ʃ",)), ("ru", ("ˈo",), ("oʊ",)), ("ru", ("ˈe",), ("eɪ",)),
    ("en", ("ɹ",), ("r", "rʲ")), ("en", ("h",), ("x",)), ("en", ("w",), ("v",)), ("en", ("θ",), ("s", "t")),
    ("en", ("ð",), ("z", "d")), ("en", ("ŋ",), ("n",)), ("en", ("ɪ",), ("ˈi",)), ("en", ("æ",), ("ˈe",)),
)  # fmt: skip
AROUND = 2  # frames
MOST = 400  # clips

Token = tuple[dict[str, float], dict[str, float]]


def tokens(model: AcousticModel, table: Path, language: Language) -> dict[str, list[Token]]:
    """By phone: for each token of it the best log-posterior of every class, of the Russian and of the English head."""
    found = defaultdict(list)
    for utterance in manifest(table, language).utterances[:MOST]:
        try:
            sound = heard(model, read(utterance.clip))
        except UserError:
            continue
        reading = lay(utterance.ways, language, sound)
        for expected, (start, end) in zip(reading.expected, reading.alignment.spans, strict=True):
            near = slice(max(0, start - AROUND), end + AROUND)
            best = {
                head: dict(zip(posteriors.classes.labels, posteriors.log_probs[near].max(axis=0), strict=True))
                for head, posteriors in sound.posteriors.items()
            }
            found[expected.phone].append((best["ru"], best["en"]))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("ru", type=Path)
    parser.add_argument("en", type=Path)
    arguments = parser.parse_args()
    model = AcousticModel(arguments.model, threads=1)
    said = {"ru": tokens(model, arguments.ru, "ru"), "en": tokens(model, arguments.en, "en")}
    print("| spoken | ought to be | put for it | tokens | by its own head | with the other head |")
    print("|---|---|---|---|---|---|")
    for language, right, wrong in PAIRS:
        other: Language = "en" if language == "ru" else "ru"
        own_head, other_head = (0, 1) if language == "ru" else (1, 0)
        groups = [
            [token for phone in right for token in said[language][phone]],
            [token for phone in wrong for token in said[other][phone]],
        ]
        if min(map(len, groups)) < 10:
            continue
        own = [[max(token[own_head][p] for p in right) for token in group] for group in groups]
        other_own = [[max(token[other_head][p] for p in wrong) for token in group] for group in groups]
        both = [[a - b for a, b in zip(*pair, strict=True)] for pair in zip(own, other_own, strict=True)]
        areas = [area_under_curve(bad, good) for good, bad in (own, both)]
        print(
            f"| {language} | {' '.join(right)} | {' '.join(wrong)} | {len(groups[0])} / {len(groups[1])} "
            f"| {areas[0]:.3f} | {areas[1]:.3f} |"
        )


if __name__ == "__main__":
    main()
