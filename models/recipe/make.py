"""The whole recipe in one command: texts, voices, corpus, training, export, raters, figures for the card.

    python -m recipe.make WORK_DIR --so762 DIR --lj DIR --natives DIR... --rhvoice LIBRARY DATA \
        --kokoro MODEL.onnx VOICES_DIR

Every step leaves a file in WORK_DIR; a step whose file is there is not done again, and training goes on where it
stopped. What comes out lies in WORK_DIR/phones, what was measured of it in WORK_DIR/figures.jsonl: put it into
models/phones when it is better.
"""

import argparse
import json
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from recipe.corpus.strangers import unknown
from trainer.bundled import bundled
from trainer.phrasebook.load import load

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "models" / "phones"
NATIVE_WORDS = ROOT / "models" / "recipe" / "corpus" / "ktuberling-ru.tsv"
VOICES_EACH = 2  # that speak each text
ERRORS = 30  # minutes that one engine speaks English with errors, at the most
OUTPUTS_AGAIN = 4  # minutes that the output over both languages is trained alone, after mixing
PLACING = 20  # minutes that the output of every hundredth of a second is trained
VOICE = Path("/usr/share/festival/voices/russian/msu_ru_nsh_clunits")  # of the Debian package festvox-ru


def run(step: str, *arguments: object) -> None:
    """Run a module of the recipe by its room and name: `phones.train`."""
    subprocess.run([sys.executable, "-m", f"recipe.{step}", *map(str, arguments)], check=True)


def measured(out: Path, *arguments: object) -> None:
    """Add what a benchmark of the program says to a file."""
    command = [sys.executable, "-m", "trainer", "bench", *map(str, arguments), "--json"]
    run_ = subprocess.run(command, check=True, capture_output=True, encoding="utf-8", cwd=ROOT)
    with out.open("a", encoding="utf-8") as file:
        file.write(run_.stdout)


def english_texts(lj: Path, so762: Path, out: Path) -> None:
    """What is spoken in English: the calls of the phrasebook, the prompts of so762, clauses of LJ."""
    rows = [(f"call-{phrase.id}", phrase.text("en")) for phrase in load(bundled("phrasebooks") / "astp").phrases]
    labels = json.loads((so762 / "train.json").read_text(encoding="utf-8"))
    prompts = {labels[key]["text"].lower(): f"so-{key}" for key in sorted(labels, reverse=True)}
    rows += [(key, text) for text, key in prompts.items()]
    for line in (lj / "metadata.csv").read_text(encoding="utf-8").splitlines():
        key, _written, text = line.split("|")
        clauses = [clause.strip() for clause in re.split("[,;:.]", text)]
        rows += [(f"{key}-{n}", clause) for n, clause in enumerate(clauses) if 3 <= len(clause.split()) <= 12]
    random.Random(1975).shuffle(rows)
    out.write_text("key\ttext\n" + "".join(f"{key}\t{text}\n" for key, text in rows), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("--so762", type=Path, required=True, help="holds train/ and train.json")
    parser.add_argument("--lj", type=Path, required=True)
    parser.add_argument("--festvox", type=Path, default=VOICE)
    parser.add_argument("--whisper", type=Path, help="model.bin (CTranslate2) to begin with")
    parser.add_argument("--rhvoice", type=Path, nargs=2, required=True, metavar=("LIBRARY", "DATA"))
    parser.add_argument("--natives", type=Path, nargs="*", default=[], help="folders with a manifest.tsv")
    parser.add_argument(
        "--sentences", type=Path, help="natives' sentences to fit the scale on: ru/clips.tsv, en/clips.tsv"
    )
    parser.add_argument("--kokoro", type=Path, nargs=2, metavar=("MODEL", "VOICES"))
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--name", default="phones-4.1")
    a = parser.parse_args()
    work: Path = a.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    library, data = a.rhvoice

    def once(file: str, make: Callable[[Path], None]) -> Path:
        path = work / file
        if not path.exists():
            print(f"== {file}", flush=True)
            make(path)
        return path

    def spoken(language: str, texts: Path) -> Callable[[Path], None]:
        def make(done: Path) -> None:
            run(
                "corpus.render", texts, done.parent, "--language", language, "--library", library, "--data", data,
                "--voices", VOICES_EACH,
            )  # fmt: skip
            done.touch()

        return make

    def foreign(engine: str, language: str, texts: Path) -> Path:
        def make(clips: Path) -> None:
            run("corpus.foreign", engine, language, texts, clips.parent, "--library", library, "--data", data)

        return once(f"made/{engine}-{language}/clips.tsv", make).parent

    def errors(engine: str, *options: object) -> Path:
        return once(
            f"made/errors-{engine}/clips.tsv",
            lambda clips: run("corpus.errors", engine, texts_en, clips.parent, "--minutes", ERRORS, *options),
        ).parent

    def kokoro(language: str, texts: Path) -> Path:
        def make(clips: Path) -> None:
            run("corpus.kokoro", language, texts, clips.parent, "--model", a.kokoro[0], "--voices", a.kokoro[1])

        return once(f"made/kokoro-{language}/clips.tsv", make).parent

    def converted(done: Path) -> None:
        run("corpus.convert", a.festvox / "wav", done.parent)
        done.touch()

    texts = once("texts-ru.tsv", lambda path: run("corpus.texts", "--voice", a.festvox, "--out", path))
    texts_en = once("texts-en.tsv", lambda path: english_texts(a.lj, a.so762, path))
    russian = once("rhvoice-ru/done", spoken("ru", texts)).parent
    english = once("rhvoice-en/done", spoken("en", texts_en)).parent
    voices = once("converted/done", converted).parent
    both = (("ru", texts), ("en", texts_en))
    made = [foreign("flite", "ru", texts), *(foreign("rhvoice", language, said) for language, said in both)]
    made += [errors(engine) for engine in ("flite", "festival")]
    if a.kokoro:
        made += [kokoro(language, said) for language, said in both]
        made.append(errors("kokoro", "--model", a.kokoro[0], "--voices", a.kokoro[1]))
    origin = (
        once("whisper.safetensors", lambda path: run("phones.whisper", a.whisper, path))
        if a.whisper
        else once("shipped.safetensors", lambda path: run("phones.shipped", SHIPPED, path))
    )

    def gather(path: Path) -> None:
        run("corpus.gather", path.parent, "--so762", a.so762, "--lj", a.lj, "--festvox", a.festvox,
            "--converted", voices, "--texts", texts, "--rhvoice-ru", russian, "--rhvoice-en", english, "--made", *made,
            "--natives", *a.natives, "--reference", ROOT / "audio" / "reference")  # fmt: skip

    corpus = once("corpus/index.jsonl", gather).parent
    teach = [] if a.whisper else ["--teach"]
    run("phones.train", work / "run", corpus, "--from", origin, "--minutes", a.minutes, *teach)
    ended = work / "run" / "model.safetensors"
    if not a.whisper:
        mixed = once("mixed.safetensors", lambda path: run("phones.mixed", origin, ended, path))
        new_outputs = ("--only", "both", "--minutes", OUTPUTS_AGAIN)
        run("phones.train", work / "outputs", corpus, "--from", mixed, *new_outputs, *teach)
        ended = work / "outputs" / "model.safetensors"
    whole = once("whole.safetensors", lambda path: run("phones.hundredths", ended, path, corpus, "--minutes", PLACING))
    model = work / "phones"
    once("phones/model.onnx", lambda _path: run("phones.export", whole, model, "--name", a.name))
    seen = once("seen.pkl", lambda path: run("phones.observe", model, a.so762 / "train", a.so762 / "train.json", path))
    once("phones/ratings-en.npz", lambda _path: run("phones.calibrate", seen, model, "--from", SHIPPED))
    run("phones.thresholds", model, "--language", "en", "--learners", seen, "--share", 0.005)
    run("phones.thresholds", model, "--language", "ru", "--native", NATIVE_WORDS, "--share", 0.03)
    if a.sentences:
        tables = {language: a.sentences / language / "clips.tsv" for language in ("ru", "en")}
        groups = [argument for language in tables for argument in (f"--natives-{language}", tables[language])]
        accents = {"ru": ("flite-ru", "kokoro-ru"), "en": ("rhvoice-en",)}
        for language, names in accents.items():
            groups += [f"--accents-{language}", *(folder / "clips.tsv" for folder in made if folder.name in names)]
        once("seen-for-scale.pkl", lambda _path: run("phones.scale", "look", model, work, *groups))
        run("phones.scale", "fit", model, work, "--weights", SHIPPED / "scale.json")
    prompts = once("prompts/en.tsv", lambda path: run("corpus.prompts", path.parent)).parent
    figures = work / "figures.jsonl"
    figures.unlink(missing_ok=True)
    labels = json.loads((a.so762 / "train.json").read_text(encoding="utf-8"))
    # unknown to the network, but not to the raters: theirs are in ratings-en.json
    held = ",".join(unknown(one["speaker"] for one in labels.values()))
    measured(figures, "accuracy", a.so762 / "train", a.so762 / "train.json", "--speakers", held, "--model", model)
    for language in ("ru", "en"):
        table = prompts / f"{language}.tsv"
        measured(figures, "native", table, "--language", language, "--model", model)
    measured(figures, "speed", "--model", model)
    print(figures.read_text())


if __name__ == "__main__":
    main()
