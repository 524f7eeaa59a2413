"""The words of a Vosk model: those of the phrasebook, all figures, and frequent ones, that nonsense may be heard as.

    python -m recipe.words.vocabulary en|ru OUT.tsv [--texts texts-ru.tsv]
    python -m recipe.words.vocabulary en|ru vosk-ru/words.tsv --folder vosk-ru

English decoys: the words that the language model of pocketsphinx (BSD) finds likeliest. Russian: the words of the
sentences of festvox-ru (corpus/texts.py put in the stress marks). Pronunciations: the lexicon's, all that `connected`
makes of them in the calls, or the program's own drafts. Costs are those of a unigram. With --folder a model that is
there learns the words of calls that were added: the decoys stay, and so does the network; its graph is made anew.
"""

import argparse
import csv
import math
import re
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from recipe.classes import ACCEPT, CLASSES
from trainer.bundled import bundled
from trainer.errors import UserError
from trainer.languages import Language
from trainer.phrasebook.drafting import drafted, texts
from trainer.phrasebook.lexicon import lexicon
from trainer.phrasebook.load import load
from trainer.phrasebook.numbers import figure_words
from trainer.phrasebook.text import key, tokens, without_stress
from trainer.speech.vocabulary import Manifest, files, listed, manifest, pronounced, words
from trainer.speech.wordgraph import Costs, Word

OURS = 0.7  # share of what is said that are words of the phrasebook and the lexicon
DECOYS = {"en": 3000, "ru": 3500}


def shell(language: Language, costs: Costs) -> Manifest:
    accept = {phone: labels[0] for phone, labels in ACCEPT[language].items() if phone not in CLASSES[language]}
    return Manifest(
        name=f"vosk-{language}", language=language, licence="Apache-2.0", labels=tuple(CLASSES[language]),
        accept=accept, **asdict(costs),
    )  # fmt: skip


def frequent_english(most: int) -> list[str]:
    import pocketsphinx

    folder = Path(pocketsphinx.__file__).parent / "model" / "en-us"
    lines = (folder / "cmudict-en-us.dict").read_text(encoding="utf-8").splitlines()
    words = {word for line in lines if re.fullmatch("[a-z]{2,}(?:'[a-z]+)?", word := line.split()[0])} | {"a", "i"}
    decoder = pocketsphinx.Decoder(loglevel="ERROR")
    model = decoder.get_lm("_default")
    return sorted(words, key=lambda word: -model.prob([word]))[:most]


def frequent_russian(sentences: Path, most: int) -> list[str]:
    with sentences.open(encoding="utf-8", newline="") as file:
        rows = [row["text"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
                if row["key"].startswith("ru_")]  # fmt: skip
    seen = Counter(token.key for text in rows for token in tokens(text, "ru") if "-" not in token.key)
    return [word for word, _count in seen.most_common(most)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("language", choices=("en", "ru"))
    parser.add_argument("out", type=Path)
    parser.add_argument("--texts", type=Path, help="Russian sentences with stress marks")
    parser.add_argument("--folder", type=Path, help="a model whose words and graph are made anew")
    arguments = parser.parse_args()
    language: Language = arguments.language
    folder: Path | None = arguments.folder
    known, model = lexicon(language), manifest(folder) if folder else shell(language, Costs())
    calls = texts(load(bundled("phrasebooks") / "astp"), language)
    counts = Counter(without_stress(token.key) for text in calls for token in tokens(text, language))
    ways = {word: set(found) for word, found in pronounced(calls, known, model).items()}
    for word, pronunciations in known.entries.items():
        ways.setdefault(without_stress(word), set()).update(model.classes(p.phones) for p in pronunciations)
    ways |= {w: ways.get(w, set()) | set(p) for w, p in pronounced(figure_words(language), known, model).items()}
    ours = set(ways)
    if folder:
        for word in words(folder):
            if word.text not in ours:
                ways.setdefault(word.text, set()).add(word.phones)
        frequent = []
    elif language == "en":
        frequent = frequent_english(DECOYS["en"])
    else:
        frequent = frequent_russian(arguments.texts, DECOYS["ru"])
    for word in frequent:
        if without_stress(key(word, language)) in ours:
            continue
        try:
            made = drafted([word], known).get(word, ())
        except UserError:
            continue
        ways.setdefault(without_stress(word), set()).update(model.classes(p.phones) for p in made[:2])
    said = sum(counts[word] + 0.5 for word in ours)
    decoys = len(ways) - len(ours)
    costs = {
        word: -math.log(OURS * (counts[word] + 0.5) / said if word in ours else (1 - OURS) / max(1, decoys))
        for word in ways
    }
    lines = [Word(word, way, round(costs[word], 2)) for word in sorted(ways) for way in sorted(ways[word]) if way]
    arguments.out.write_text(listed(lines), encoding="utf-8")
    if folder:
        for path, content in files(lines, model.labels, model.costs).items():
            (folder / path).write_bytes(content)
    print(f"{len(ways)} words, {len(lines)} pronunciations, {decoys} of the words are decoys")


if __name__ == "__main__":
    main()
