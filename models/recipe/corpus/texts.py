"""Russian texts to train on, with the stress marked: sentences of festvox-ru, the phrasebook's calls, strings of words,
single words.

    python -m recipe.corpus.texts --voice /usr/share/festival/voices/russian/msu_ru_nsh_clunits --out texts.tsv

Needs `silero-stress`. In one word string out of five the stress of every word lies on a syllable drawn by lot: the
network must hear where the stress is, and not remember where it belongs.
"""

import argparse
import csv
import random
import re
from pathlib import Path

ACUTE = "\u0301"
VOWELS = "аеёиоуыэюя"
STRINGS = 2600
SINGLE, LONGEST = 1500, 11  # words, and letters of the longest
MOVED = 0.2
SINGLE_KEY = "word-"


def spoken(text: str) -> str:
    """The voice's `+` before a stressed vowel as an acute after it."""
    return re.sub(r"\+(.)", lambda m: m[1] if m[1] in "ёЁ" else m[1] + ACUTE, text)


def sentences(voice: Path) -> list[tuple[str, str]]:
    """Key and text with stress of every recording of the voice."""
    import torch
    from silero_stress import load_accentor

    torch.set_num_threads(1)
    accent = load_accentor()
    found = []
    for line in (voice / "etc" / "txt.done.data").read_text(encoding="utf-8").splitlines():
        key, text = re.match(r'\( (\S+) "(.*)" \)', line).groups()
        given = {w.replace("+", "").lower(): w for w in re.findall(r"[\w+]+", text) if "+" in w}
        marked = accent(text.replace("+", ""))
        for plain, own in given.items():  # what the corpus itself marks is right
            optional = r"\+?"
            marked = re.sub(rf"(?i)(?<![\w+])\+?{optional.join(plain)}(?![\w+])", own, marked)
        found.append((key, spoken(marked)))
    return found


def dictionary(voice: Path) -> list[tuple[str, int]]:
    """Words of two to five syllables and their stressed vowel, counted from 0."""
    words = []
    for line in (voice / "dict" / "msu_ru_nsh_dict.scm").read_text(encoding="utf-8").splitlines():
        if not (m := re.match(r'\("([а-яё]+)" (\S+) \((\d+)\)\)', line)):
            continue
        word, kind, stress = m[1], m[2], int(m[3])
        vowels = [i for i, c in enumerate(word) if c in VOWELS]
        if kind != "surname" and 2 <= len(vowels) <= 5 and 1 <= stress <= len(vowels):
            words.append((word, stress - 1))
    return words


def stressed(word: str, vowel: int) -> str:
    places = [i for i, c in enumerate(word) if c in VOWELS]
    at = places[vowel]
    word = "".join("е" if c == "ё" and i != at else c for i, c in enumerate(word))
    return word if word[at] == "ё" else word[: at + 1] + ACUTE + word[at + 1 :]


def strings(words: list[tuple[str, int]], draw: random.Random) -> list[tuple[str, str]]:
    found = []
    for n in range(STRINGS):
        moved = draw.random() < MOVED
        picked = draw.sample(words, draw.randint(2, 5))
        marked = [stressed(w, draw.randrange(sum(c in VOWELS for c in w)) if moved else stress) for w, stress in picked]
        found.append((f"string{'-moved' if moved else ''}-{n:04d}", " ".join(marked)))
    return found


def single(words: list[tuple[str, int]], draw: random.Random) -> list[tuple[str, str]]:
    short = [word for word in words if len(word[0]) <= LONGEST]
    return [(f"{SINGLE_KEY}{n:04d}", stressed(*word)) for n, word in enumerate(draw.sample(short, SINGLE))]


def calls() -> list[tuple[str, str]]:
    from trainer.bundled import bundled
    from trainer.phrasebook.load import load

    return [(f"call-{phrase.id}", phrase.text("ru")) for phrase in load(bundled("phrasebooks") / "astp").phrases]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--voice", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    draw = random.Random(1975)
    words = dictionary(arguments.voice)
    rows = [*sentences(arguments.voice), *calls(), *strings(words, draw), *single(words, draw)]
    with arguments.out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, quotechar=None)
        writer.writerow(["key", "text"])
        writer.writerows(rows)


if __name__ == "__main__":
    main()
