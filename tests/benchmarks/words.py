"""How well the built-in phone model hears words among decoys. Slow, and no test: it prints figures.

    python -m tests.benchmarks.words MANIFEST.tsv en|ru [CLIPS]

MANIFEST: a table with the columns path and text (Russian with stress marks) of people who speak their own language.
Each clip is heard three times, with all other texts and single words of the table as decoys: its own text expected;
nothing expected; a text expected in which one word was exchanged, as if the speaker had said that word wrong.
"""

import csv
import os
import random
import sys
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein
from rich.progress import track

from trainer.audio.files import read
from trainer.errors import UserError
from trainer.languages import Language
from trainer.phrasebook.lexicon import lexicon
from trainer.phrasebook.text import tokens, without_stress
from trainer.scoring.content import Answer, content
from trainer.speech.acoustic import AcousticModel
from trainer.speech.phonewords import PhoneWords


def main(manifest: Path, language: Language, most: int) -> None:
    with manifest.open(encoding="utf-8", newline="") as file:
        rows = [(Path(row["path"]), row["text"]) for row in csv.DictReader(file, delimiter="\t")]
    listener = PhoneWords(language, AcousticModel(threads=1), lexicon(language))
    rows = [(path, text) for path, text in rows if listener.pronounced(text)]
    random.Random(1).shuffle(rows)
    words = {text: [text[t.start : t.end] for t in tokens(text, language)] for _path, text in rows}
    single = sorted({word for text in words.values() for word in text})
    heard = errors = whole = found = exchanged = seen = 0
    spent = seconds = 0.0

    def said(clip: Path, expected: list[str], decoys: list[str]):
        nonlocal spent, seconds
        recording = read(clip)
        stream = listener.listen(expected, [*decoys, *single])
        stream._next = recording.seconds + 1  # only the end is measured
        stream.feed(recording.samples)
        begun = time.thread_time()
        final = stream.finish()
        spent, seconds = spent + time.thread_time() - begun, seconds + recording.seconds
        return final

    clips = 0
    for clip, text in track(rows[:most], "measuring"):
        others = [other for other in words if other != text]
        try:
            result = content(said(clip, [text], others), [Answer("", text)], language)
        except UserError:
            continue
        clips += 1
        wrong = sum(word.verdict != "right" for word in result.words)
        heard, errors, whole = heard + len(words[text]), errors + wrong, whole + (not wrong)
        free = said(clip, [], list(words)).text
        key = {" ".join(without_stress(token.key) for token in tokens(one, language)): one for one in words}
        best = process.extractOne(free, list(key), scorer=Levenshtein.normalized_similarity, processor=str.split)
        found += key[best[0]] == text
        if len(words[text]) >= 3:
            draw = random.Random(clip.name)
            place, other = draw.randrange(len(words[text])), draw.choice(single)
            altered = " ".join([*words[text][:place], other, *words[text][place + 1 :]])
            result = content(said(clip, [altered], others), [Answer("", altered)], language)
            expected = [word for word in result.words if word.expected is not None]
            exchanged, seen = exchanged + 1, seen + (expected[place].verdict != "right")
    print(f"{clips} clips, {heard} words, {len(words)} texts and {len(single)} words as decoys")
    print(f"word errors, own text expected           {errors / heard:.4f}")
    print(f"clips heard whole                        {whole / clips:.4f}")
    print(f"text found among all, nothing expected   {found / clips:.4f}")
    print(f"a word said wrong is seen to be          {seen / max(1, exchanged):.4f} of {exchanged}")
    print(f"seconds of one core a second of speech   {spent / seconds:.4f}")


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4) or sys.argv[2] not in ("en", "ru"):
        sys.exit(__doc__)
    main(Path(sys.argv[1]), "en" if sys.argv[2] == "en" else "ru", int((sys.argv[3:] or ["200"])[0]))
