"""Render the reference readings: every phrase in English and Russian, by a woman and a man, each judged at once.

    reference.py --phrases phrasebooks/astp phrasebooks/station phrasebooks/checklist \
        --lexicon phrasebooks/lexicon/en.tsv --into audio/reference

A reading that the recogniser does not hear letter for letter is rendered again (English: slower, then another voice;
Russian: other joins of units) and the best one is kept. reference.tsv beside this file records how each clip was made,
what was heard, and what the trainer's scorer said of it (scored.py); a clip whose text and spelling are the same there
is not rendered again, shipped or refused, so a broken run goes on where it stopped, and several runs (--only) may go on
side by side. respell.tsv holds texts for the synthesiser where the plain text is misread, melody.tsv the clips whose
pitch is raised (melody.py).
"""

from __future__ import annotations

import argparse
import fcntl
import os
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from judge import Judge, read_phrases
from melody import asking
from render import (
    COLUMNS,
    RUSSIAN_VOICE,
    TAKES,
    Lexicon,
    add_paths,
    origin,
    read_lexicon,
    read_table,
    render,
    rest,
    save,
    write_table,
)

HERE = Path(__file__).parent
RECORD = HERE / "reference.tsv"
RECORD_COLUMNS = (
    "path", "phrase", "language", "text", "say", "kind", "voice", "speed", "take", "cer", "heard",
    "score", "sounds", "weak", "unheard",  # by the trainer's own scorer; empty until scored.py was there
)  # fmt: skip
UNSCORED = {"score": "", "sounds": "", "weak": "", "unheard": ""}

# The readings of each language, and for each the settings to try in turn: voice, speed, take.
Setting = tuple[str, float, int]
READINGS: dict[tuple[str, str], list[Setting]] = {
    ("en", "woman"): [("af_heart", 1.0, 0), ("af_heart", 0.88, 0), ("af_bella", 1.0, 0), ("af_bella", 0.88, 0)],
    ("en", "man"): [("am_fenrir", 0.92, 0), ("am_fenrir", 0.82, 0), ("am_michael", 1.0, 0), ("am_michael", 0.88, 0)],
    ("ru", "man"): [(RUSSIAN_VOICE, 1.0, take) for take in range(len(TAKES))],
    ("ru", "woman"): [("anna", 0.9, 0), ("anna", 0.8, 0), ("elena", 0.9, 0)],
}
GOOD = {"en": 0.0, "ru": 0.04}  # CER that needs no other try: of Russian voices a letter or so is always misheard
LEFT_OUT = 0.25  # a clip whose CER is above this misleads more than it helps
LEAST_SCORE = 80.0  # as for a reading of one's own
TOO_SHORT = {"в", "с", "к", "и"}  # words of one sound that the scorer may miss beside the next one


def read_respelling(path: Path) -> dict[tuple[str, str, str], tuple[str, str]]:
    """(phrase, language, reading) -> (kind, what to say)."""
    return {(row["phrase"], row["language"], row["reading"]): (row["kind"], row["say"]) for row in read_table(path)}


def refusal(row: Mapping[str, str]) -> str:
    """Why a judge does not let a reading be heard; empty where all do."""
    if float(row["cer"]) > LEFT_OUT:
        return f"CER {row['cer']}, heard: {row['heard']}"
    if row["score"] and float(row["score"]) < LEAST_SCORE:
        return f"{row['score']} points"
    if unheard := set(row["unheard"].split()) - TOO_SHORT:
        return f"not heard: {' '.join(sorted(unheard))}"
    return ""


def read_record() -> dict[str, dict[str, str]]:
    """The rows of reference.tsv by path."""
    return {row["path"]: UNSCORED | row for row in read_table(RECORD)} if RECORD.exists() else {}


def keep(rows: Iterable[dict[str, str]]) -> None:
    """Put rows into reference.tsv; other runs may do so meanwhile."""
    folder = os.open(HERE, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        write_table(RECORD, RECORD_COLUMNS, (read_record() | {row["path"]: row for row in rows}).values())
    finally:
        os.close(folder)


def publish(books: Iterable[Path], into: Path) -> None:
    """Write the manifest of what all judges let pass, in the order of the phrasebooks, and delete every other clip.

    The record keeps what was refused, and forgets calls that are no longer there or are worded otherwise."""
    made = read_record()
    texts = {key: text for book in books for key, text in read_phrases(book).items()}
    paths = [
        (f"{language}/{reading}/{phrase}.opus", text)
        for (phrase, language), text in texts.items()
        for spoken, reading in READINGS
        if spoken == language
    ]
    rows = [made[path] for path, text in paths if path in made and made[path]["text"] == text]
    write_table(RECORD, RECORD_COLUMNS, rows)
    for row in rows:
        if why := refusal(row):
            print(f"refused: {row['path']}  {row['text']}  {why}")
    shipped = [row for row in rows if not refusal(row) and (into / row["path"]).exists()]
    listed = [row | {"speaker": row["voice"], "reading": "right", "origin": origin(row["voice"])} for row in shipped]
    write_table(into / "clips.tsv", (*COLUMNS, "text", "cer"), listed)
    wanted = {into / row["path"] for row in shipped}
    for clip in into.glob("??/*/*.opus"):
        if clip not in wanted:
            clip.unlink()


def read_aloud(
    job: dict[str, str], out: Path, judge: Judge, lexicon: Lexicon | None, voices: Path, args: argparse.Namespace
) -> dict[str, str]:
    """Render one reading until it is heard right, keep the best, and say how it was made."""
    best: dict[str, str] = {}
    question = next((row for row in read_table(HERE / "melody.tsv") if row["path"] == job["path"]), None)
    for voice, speed, take in READINGS[job["language"], job["reading"]]:
        clip = render(
            job["say"],
            voice,
            phones=job["kind"] == "phones",
            speed=speed,
            take=take,
            lexicon=lexicon,
            voices=voices,
            cache=args.cache,
            installed=args.rhvoice,
        )
        if question:
            clip = asking(clip, question["tune"], *(float(question[time]) for time in ("start", "end", "last")))
        heard, cer = judge.hear(clip.wave, clip.rate, job["language"], job["text"])
        if not best or cer < float(best["cer"]):
            save(clip, out / job["path"])
            best = (
                UNSCORED
                | job
                | {"voice": voice, "speed": str(speed), "take": str(take), "cer": f"{cer:.3f}", "heard": heard}
            )
        if cer <= GOOD[job["language"]]:
            break
    return best


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--phrases", type=Path, nargs="+", required=True, help="the phrasebooks; all of them, always")
    parser.add_argument("--into", type=Path, required=True, help="audio/reference")
    parser.add_argument("--only", help="a language or a reading of it, as `ru` or `ru/woman`")
    add_paths(parser)
    args = parser.parse_args()
    voices = args.voices or args.cache / "package" / "voices"
    lexicon = read_lexicon(args.lexicon) if args.lexicon else None
    respelling = read_respelling(HERE / "respell.tsv")
    done = read_record()

    jobs = []
    texts = {key: text for book in args.phrases for key, text in read_phrases(book).items()}
    for (phrase, language), text in texts.items():
        for spoken, reading in READINGS:
            if spoken == language:
                kind, say = respelling.get((phrase, language, reading), ("text", text))
                jobs.append(
                    {"path": f"{language}/{reading}/{phrase}.opus", "phrase": phrase, "language": language,
                     "text": text, "say": say, "kind": kind, "reading": reading}
                )  # fmt: skip

    judge = None
    started = time.monotonic()
    for n, job in enumerate(jobs, 1):
        old = done.get(job["path"])
        same = old is not None and all(old[key] == job[key] for key in ("text", "say", "kind"))
        if (same and ((args.into / job["path"]).exists() or refusal(old))) or (
            args.only and not job["path"].startswith(f"{args.only}/")
        ):
            continue
        judge = judge or Judge(args.cache)
        row = read_aloud(job, args.into, judge, lexicon, voices, args)
        keep([row])
        spent = time.monotonic() - started
        print(f"{n}/{len(jobs)} {spent:5.0f} s  {row['cer']}  {row['path']}  {row['heard']}", flush=True)

    publish(args.phrases, args.into)
    rest()
    return 0


if __name__ == "__main__":
    sys.exit(main())
