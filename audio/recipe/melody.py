"""Give readings of questions their melody: a Russian one (IK-3) rises steeply on the stressed vowel of its centre and
is low behind it, an English one goes low on its nucleus and rises from there to the end.

    melody.py find ../reference    # with the program: which do not rise by themselves, and where they are to
    melody.py plant ../reference --cache CACHE --lexicon ../../phrasebooks/lexicon/en.tsv   # with the voices

`find` writes melody.tsv (s of the vowel that carries the tune, and of the sentence's end), which `reference.py` heeds,
too. The pitch is taken apart with WORLD (pyworld), changed, and put back in. `plant` says a reading anew, or, where its
voice is not to be had, changes the clip that is there; then `scored.py` judges it. A reading that the recogniser hears
worse with its new melody stays as it was, and leaves the table.
"""

import argparse
import importlib
from pathlib import Path

import numpy as np
import soundfile as sf
from render import RHVOICE, Take, add_paths, level, read_lexicon, read_table, render, save, write_table

HERE = Path(__file__).parent
TABLE = HERE / "melody.tsv"
COLUMNS = ("path", "tune", "start", "end", "last")
LOWEST, HIGHEST = 55.0, 420.0  # Hz
INTO = 0.08  # s before the vowel in which the melody that was there gives way
OVER, DOWN = 0.04, 0.12  # s behind the vowel is the top of a Russian question, s behind the top it has fallen
LINGER = 0.1  # s after the last sound: from there on it is another sentence
# Semitones against the middle of the voice.
TOP, LOW, BOTTOM = 7.0, -3.0, -4.0  # Russian: the top, what is behind it, the end
NUCLEUS, END = -2.0, 7.0  # English


def wanted(times: np.ndarray, tune: str, start: float, end: float, last: float) -> np.ndarray:
    if tune == "rise":
        return np.interp(times, [start, last], [NUCLEUS, END])
    top = min(end + OVER, last)
    return np.interp(times, [start, top, top + DOWN, max(last, top + DOWN + OVER)], [0.0, TOP, LOW, BOTTOM])


def asking(clip: Take, tune: str, start: float, end: float, last: float) -> Take:
    """start, end: of the vowel that carries the tune; last: the end of the sentence."""
    world = importlib.import_module("pyworld")
    wave = clip.wave.astype(np.float64)
    pitch, times = world.harvest(wave, clip.rate, f0_floor=LOWEST, f0_ceil=HIGHEST)
    envelope, noise = world.cheaptrick(wave, pitch, times, clip.rate), world.d4c(wave, pitch, times, clip.rate)
    voiced = pitch > 0
    middle = np.median(pitch[voiced])
    own = 12 * np.log2(np.where(voiced, pitch, middle) / middle)
    share = np.where(times > last + LINGER, 0.0, np.clip((times - start + INTO) / INTO, 0.0, 1.0))
    semitones = (1 - share) * own + share * wanted(times, tune, start, end, last)
    asked = np.where(voiced, middle * 2 ** (semitones / 12), 0.0)
    said = world.synthesize(asked, envelope, noise, clip.rate)[: len(wave)].astype(np.float32)
    return Take(level(said, clip.rate), clip.rate, clip.phones)


def find(clips: Path) -> None:
    """Beside those that are known already: they rise because they are."""
    from trainer.audio.files import read
    from trainer.audio.recording import SAMPLE_RATE, Recording
    from trainer.live.program import Options, Program
    from trainer.phrasebook.expectation import expect
    from trainer.phrasebook.intonation import sentences
    from trainer.scoring.melody import contour, stressed_vowel, tunes

    scorer = Program(Options(keep=False, threads=1)).scorer
    known = {row["path"]: row for row in read_table(TABLE)} if TABLE.exists() else {}
    for row in read_table(clips / "clips.tsv"):
        lexicon = scorer.lexicon(row["language"])
        asked = [one for one in sentences(row["text"], row["language"], lexicon) if one.rises]
        if not asked or row["path"] in known:
            continue
        sound = read(clips / row["path"]).samples
        said = scorer.score_piece(
            Recording(sound, row["path"], SAMPLE_RATE), expect(row["text"], row["language"], lexicon)
        )
        shown = {heard.sentence: heard.shown for heard in tunes(contour(sound, SAMPLE_RATE), said, asked)}
        for sentence in asked[:1]:
            vowel, last = stressed_vowel(said.words[sentence.centre], said), said.words[sentence.words[1] - 1].end
            if not shown.get(sentence) and vowel and last:
                times = {"start": vowel.start, "end": vowel.end, "last": last}
                known[row["path"]] = {"path": row["path"], "tune": sentence.tune} | {
                    name: f"{time:.2f}" for name, time in times.items()
                }
    write_table(TABLE, COLUMNS, known.values())


def plant(clips: Path, args: argparse.Namespace) -> None:
    from judge import Judge
    from reference import UNSCORED, keep, read_record

    record, judge, planted = read_record(), Judge(args.cache), []
    lexicon = read_lexicon(args.lexicon) if args.lexicon else None
    for question in read_table(TABLE):
        row = record[question["path"]]
        if row["voice"] in RHVOICE and not args.rhvoice:
            said = Take(*sf.read(clips / question["path"], dtype="float32"), "")
        else:
            said = render(
                row["say"], row["voice"], phones=row["kind"] == "phones", speed=float(row["speed"]),
                take=int(row["take"]), lexicon=lexicon, voices=args.voices or args.cache / "package" / "voices",
                cache=args.cache, installed=args.rhvoice,
            )  # fmt: skip
        clip = asking(said, question["tune"], *(float(question[time]) for time in ("start", "end", "last")))
        heard, cer = judge.hear(clip.wave, clip.rate, row["language"], row["text"])
        print(f"{cer:.3f}  {row['path']}  {heard}", flush=True)
        if cer > float(row["cer"]):
            continue
        planted.append(question)
        save(clip, clips / row["path"])
        keep([row | UNSCORED | {"cer": f"{cer:.3f}", "heard": heard}])
    write_table(TABLE, COLUMNS, planted)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("find", "plant"))
    parser.add_argument("clips", type=Path, help="audio/reference")
    add_paths(parser)
    args = parser.parse_args()
    if args.what == "find":
        find(args.clips)
    else:
        plant(args.clips, args)


if __name__ == "__main__":
    main()
