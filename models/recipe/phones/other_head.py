"""What the head of the learner's own language adds: is an English sound in a Russian word told from the Russian one?

    python -m recipe.phones.other_head MODEL_DIR RU.tsv EN.tsv

Tables as for `ruston bench native`. For each pair of sounds that speakers of one language put for those of the other,
all natives' tokens of both are compared. Of each token are seen, about its own frames, the best log-posterior of the
sound that ought to be there, by the head of the language spoken, and of the sound put in its place, by the other one.
Printed: area under the curve for telling the two apart by the first alone, by their difference, and by the difference
of the two in the output over both languages.
"""

import argparse
from collections import defaultdict
from pathlib import Path

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

Token = dict[str, float]


def tokens(model: AcousticModel, table: Path, language: Language) -> dict[str, list[Token]]:
    """By phone: for each token of it the best log-posterior of every class: of the heads as in ru:r, of the output over
    both as in both:ru:r."""
    found = defaultdict(list)
    for utterance in manifest(table, language).utterances[:MOST]:
        try:
            recording = read(utterance.clip)
            sound = heard(model, recording)
        except UserError:
            continue
        over_both = model.hear(recording).both[language]
        heads = [(f"{head}:", posteriors) for head, posteriors in sound.posteriors.items()]
        reading = lay(utterance.ways, language, sound)
        for expected, (start, end) in zip(reading.expected, reading.alignment.spans, strict=True):
            near = slice(max(0, start - AROUND), end + AROUND)
            best = {
                f"{mark}{label}": value
                for mark, posteriors in heads
                for label, value in zip(posteriors.classes.labels, posteriors.log_probs[near].max(axis=0), strict=True)
            }
            for label, value in zip(over_both.classes.labels, over_both.log_probs[near].max(axis=0), strict=True):
                best[f"both:{label if ':' in label else f'{language}:{label}'}"] = value
            found[expected.phone].append(best)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("ru", type=Path)
    parser.add_argument("en", type=Path)
    arguments = parser.parse_args()
    model = AcousticModel(arguments.model, threads=1)
    said = {"ru": tokens(model, arguments.ru, "ru"), "en": tokens(model, arguments.en, "en")}
    print("| spoken | ought to be | put for it | tokens | by its own head | with the other head | over both |")
    print("|---|---|---|---|---|---|---|")
    for language, right, wrong in PAIRS:
        other: Language = "en" if language == "ru" else "ru"
        groups = [
            [token for phone in right for token in said[language][phone]],
            [token for phone in wrong for token in said[other][phone]],
        ]
        if min(map(len, groups)) < 10:
            continue
        best = [
            [[max(token[f"{mark}:{p}"] for p in phones) for token in group] for group in groups]
            for mark, phones in (
                (language, right), (other, wrong), (f"both:{language}", right), (f"both:{other}", wrong),
            )
        ]  # fmt: skip
        with_other, over_both = (
            [[a - b for a, b in zip(*pair, strict=True)] for pair in zip(*two, strict=True)]
            for two in (best[:2], best[2:])
        )
        areas = [area_under_curve(bad, good) for good, bad in (best[0], with_other, over_both)]
        print(
            f"| {language} | {' '.join(right)} | {' '.join(wrong)} | {len(groups[0])} / {len(groups[1])} "
            f"| {areas[0]:.3f} | {areas[1]:.3f} | {areas[2]:.3f} |"
        )


if __name__ == "__main__":
    main()
