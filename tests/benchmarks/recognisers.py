"""Recognisers of words on the same clips in one run: our Vosk model, the phone model, pocketsphinx. It prints figures.

    python -m tests.benchmarks.recognisers en|ru MANIFEST.tsv [--clips 80] [--folder MODEL] [--only vosk phones sphinx]

MANIFEST: a table with the columns path (from its own folder) and text (Russian with stress marks) of people whom no
model was trained on. Each clip is heard

  with its own text expected, all other texts of the table and single words as decoys: word errors;
  with the free loop of the whole vocabulary, where the recogniser has one: word errors;
  with a call of the mission expected, which nobody says: how often it is taken for that call all the same.

The vocabulary of our model learns the words of the table first, as it learns those of a user's phrases. pocketsphinx
(`pip install pocketsphinx`) hears by a grammar of the same texts, or by its own language model.
"""

import argparse
import csv
import os
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from rapidfuzz.distance import Levenshtein

from trainer.audio.files import read
from trainer.audio.recording import SAMPLE_RATE, Recording
from trainer.bundled import bundled
from trainer.errors import UserError
from trainer.languages import Language
from trainer.phrasebook.drafting import with_drafts
from trainer.phrasebook.expectation import expect
from trainer.phrasebook.lexicon import Lexicon, lexicon
from trainer.phrasebook.load import load
from trainer.phrasebook.text import folded, tokens, without_stress
from trainer.scoring.hypothesis import UNKNOWN
from trainer.speech import vocabulary
from trainer.speech.acoustic import AcousticModel
from trainer.speech.phonewords import PhoneWords
from trainer.speech.vosk import VoskWords
from trainer.speech.words import WordRecogniser

BLOCK = 1600  # samples: 0.1 s
DECOYS = 60  # texts beside the expected one
SINGLE = 100  # words

Listen = Callable[[Recording, list[str], list[str]], list[str]]


@dataclass
class Tally:
    """What one recogniser did. delay: s from the end of a word to the first partial result that has it."""

    wrong: int = 0
    words: int = 0
    whole: int = 0
    clips: int = 0
    free_wrong: int = 0
    free_words: int = 0
    false: int = 0
    asked: int = 0
    spent: float = 0.0
    seconds: float = 0.0
    delays: list[float] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        yield f"word errors, call's grammar and decoys   {self.wrong / max(1, self.words):.3f}"
        yield f"clips heard whole                        {self.whole / max(1, self.clips):.3f}"
        if self.free_words:
            yield f"word errors, free vocabulary             {self.free_wrong / self.free_words:.3f}"
        yield f"taken for a call that was not said       {self.false / max(1, self.asked):.3f} of {self.asked}"
        yield f"seconds of one core a second of speech   {self.spent / max(1e-9, self.seconds):.4f}"
        if self.delays:
            middle, late = np.percentile(self.delays, [50, 90])
            yield f"a word is shown after its end, s         {middle:.2f} (median), {late:.2f} (90 %)"


def plain(text: str, language: Language) -> list[str]:
    return [folded(part) for token in tokens(text, language) for part in without_stress(token.key).split("-")]


def streamed(recogniser: WordRecogniser, tally: Tally) -> Listen:
    def listen(recording: Recording, expected: list[str], decoys: list[str]) -> list[str]:
        stream = recogniser.listen(expected, decoys)
        shown: dict[tuple[int, str], float] = {}
        begun = time.thread_time()
        for at in range(0, len(recording.samples), BLOCK):
            heard = stream.feed(recording.samples[at : at + BLOCK])
            if heard:
                for place, word in enumerate(heard.words):
                    shown.setdefault((place, word.text), (at + BLOCK) / SAMPLE_RATE)
        final = stream.finish()
        tally.spent += time.thread_time() - begun
        tally.seconds += recording.seconds
        tally.delays += [
            shown[place, word.text] - word.end
            for place, word in enumerate(final.words)
            if (place, word.text) in shown and word.text != UNKNOWN
        ]
        return [part for word in final.words for part in folded(word.text).split("-")]

    return listen


def sphinx(tally: Tally, texts: list[str]) -> tuple[Listen, set[str]]:
    """Pocketsphinx in its own default configuration, and the words that it knows."""
    import pocketsphinx

    free = pocketsphinx.Decoder(loglevel="FATAL")
    known = {word for text in texts for word in plain(text, "en") if free.lookup_word(word)}

    def listen(recording: Recording, expected: list[str], decoys: list[str]) -> list[str]:
        phrases = [" ".join(plain(text, "en")) for text in (*expected, *decoys) if set(plain(text, "en")) <= known]
        if expected and phrases:
            free.add_jsgf_string("calls", f"#JSGF V1.0;\ngrammar calls;\npublic <call> = {' | '.join(phrases)};")
            free.activate_search("calls")
        else:
            free.activate_search()
        pcm = (np.clip(recording.samples, -1, 1) * 32767).astype("<i2").tobytes()
        begun = time.thread_time()
        free.start_utt()
        free.process_raw(pcm, full_utt=True)
        free.end_utt()
        tally.spent += time.thread_time() - begun
        tally.seconds += recording.seconds
        found = free.hyp()
        return found.hypstr.split() if found else []

    return listen, known


def measure(
    name: str, listen: Listen, rows: list[tuple[Path, str]], language: Language, tally: Tally, free: bool
) -> None:  # fmt: skip
    draw = random.Random(7)
    texts = list(dict.fromkeys(text for _path, text in rows))
    single = sorted({word for text in texts for word in plain(text, language)})
    calls = [phrase.text(language) for phrase in load(bundled("phrasebooks") / "astp").phrases]
    for path, text in rows:
        others = draw.sample([other for other in texts if other != text], min(DECOYS, len(texts) - 1))
        words = draw.sample(single, min(SINGLE, len(single)))
        said = plain(text, language)
        recording = read(path)
        found = [word for word in listen(recording, [text], [*others, *words]) if word != UNKNOWN]
        tally.wrong += Levenshtein.distance(found, said)
        tally.words += len(said)
        tally.whole += found == said
        tally.clips += 1
        if free:
            found = [word for word in listen(recording, [], []) if word != UNKNOWN]
            tally.free_wrong += Levenshtein.distance(found, said)
            tally.free_words += len(said)
        call = draw.choice(calls)
        found = listen(recording, [call], draw.sample(calls, DECOYS))
        tally.false += found == plain(call, language)
        tally.asked += 1
    print(f"{name}: {tally.clips} clips, {tally.words} words", *tally.lines(), sep="\n  ", flush=True)


def usable(path: Path, text: str, known: Lexicon) -> bool:
    """Whether it is no longer than a call may be, of two words or more, and the pronunciation of all can be drafted."""
    try:
        read(path)
        expect(text, known.language, with_drafts(text, known))
    except UserError:
        return False
    return len(plain(text, known.language)) >= 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("language", choices=("en", "ru"))
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--clips", type=int, default=80)
    parser.add_argument("--folder", type=Path, help="another Vosk model than the built-in one")
    parser.add_argument("--only", nargs="+", default=["vosk", "phones", "sphinx"])
    arguments = parser.parse_args()
    language: Language = arguments.language
    with arguments.manifest.open(encoding="utf-8", newline="") as file:
        rows = [(arguments.manifest.parent / row["path"], row["text"]) for row in csv.DictReader(file, delimiter="\t")]
    random.Random(1).shuffle(rows)
    known = lexicon(language)
    rows = list(islice((row for row in rows if usable(*row, known)), arguments.clips))
    texts = [text for _path, text in rows]
    if "vosk" in arguments.only:
        folder = arguments.folder or vocabulary.built_in(language)
        assert folder, "no built-in model for this language"
        if (folder / vocabulary.MANIFEST).is_file():
            begun = time.perf_counter()
            folder = vocabulary.extended(folder, texts, known)
            print(f"learning the words of {len(texts)} texts took {time.perf_counter() - begun:.2f} s")
        recogniser = VoskWords(folder, language)
        begun = time.perf_counter()
        recogniser.load()
        print(f"loading took {time.perf_counter() - begun:.3f} s")
        tally = Tally()
        measure(f"vosk ({folder.name})", streamed(recogniser, tally), rows, language, tally, free=True)
    if "phones" in arguments.only:
        model, tally = AcousticModel(threads=1), Tally()
        listener = PhoneWords(language, model, known)
        measure(f"phone model ({model.name})", streamed(listener, tally), rows, language, tally, free=False)
    if "sphinx" in arguments.only and language == "en":
        tally = Tally()
        listen, _known = sphinx(tally, [*texts, *(p.en for p in load(bundled("phrasebooks") / "astp").phrases)])
        measure("pocketsphinx", listen, rows, language, tally, free=True)


if __name__ == "__main__":
    main()
