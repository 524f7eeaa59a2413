"""Draft the Russian lexicon: what the rules and three tools say of each word, where they differ or were overruled.

    python russian.py PHRASEBOOK WORDS [--draft draft.tsv] [--lexicon ru.tsv --disagreements disagreements-ru.tsv]

Reads phrasebooks (.toml, or folders of them) and lists of stress-marked words (.txt). The table of disagreements keeps
the reasons that are already written in it; `chosen` is the main pronunciation of the lexicon. Needs `silero-stress`,
`phonemizer`, `espeakng-loader` and Debian's festvox-ru, here only and never at run time; see russian.md.
"""

import argparse
import csv
import re
import subprocess
import tempfile
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from trainer.phones.russian import ACUTE, VOWELS, fluent, transcribe, variants

WORD = re.compile(f"[а-яё][а-яё{ACUTE}]*(?:-[а-яё{ACUTE}]+)*")
Stress = int | None  # the number of the stressed vowel, counted from 1


def lines_of(paths: Iterable[Path]) -> list[str]:
    """Return the Russian phrases of the phrasebooks and the words of the lists, in lower case."""
    lines: list[str] = []
    for path in paths:
        for file in sorted(path.glob("*.toml")) if path.is_dir() else [path]:
            text = file.read_text("utf-8")
            if file.suffix == ".toml":
                lines += [phrase["ru"] for phrase in tomllib.loads(text).get("phrase", [])]
            else:
                lines += text.split()
    return [unicodedata.normalize("NFC", line.lower()).replace("ё" + ACUTE, "ё") for line in lines]


def plain(word: str) -> str:
    return word.replace(ACUTE, "")


def stress_of(word: str) -> Stress:
    """Count the vowels up to the last acute, or else to ё."""
    marked = word if ACUTE in word else word.replace("ё", "ё" + ACUTE)
    return sum(letter in VOWELS for letter in marked[: marked.rfind(ACUTE)]) if ACUTE in marked else None


# --- what the tools say ---


def silero(lines: list[str]) -> dict[str, Stress]:
    """Ask silero-stress for the stress of each word in its phrase."""
    from silero_stress import load_accentor

    accentor = load_accentor()
    found: dict[str, Stress] = {}
    for line in lines:
        marked = re.sub(r"\+(.)", rf"\1{ACUTE}", accentor(plain(line))).lower()
        for word, theirs in zip(WORD.findall(line), WORD.findall(marked), strict=True):
            found[word] = stress_of(theirs)
    return found


def espeak(words: list[str]) -> dict[str, list[str]]:
    """Ask espeak-ng, which knows no stress marks, for phones."""
    import espeakng_loader
    from phonemizer.backend import EspeakBackend
    from phonemizer.backend.espeak.wrapper import EspeakWrapper
    from phonemizer.separator import Separator

    EspeakWrapper.set_library(espeakng_loader.get_library_path())
    EspeakWrapper.set_data_path(espeakng_loader.get_data_path())
    backend = EspeakBackend("ru", with_stress=True, language_switch="remove-flags")
    found = backend.phonemize([plain(word) for word in words], Separator(phone=" ", word=None), strip=True)
    return {word: phones.split() for word, phones in zip(words, found, strict=True)}


def festvox_dictionary() -> dict[str, Stress]:
    """Read the stress dictionary of the Debian package festvox-ru, less the words with more than one stress."""
    locate = "(print (cdr (assoc 'msu_ru_nsh_clunits voice-locations)))"
    run = subprocess.run(["festival", "-b", locate], capture_output=True, text=True, check=True)
    text = (Path(run.stdout.strip().strip('"')) / "dict" / "msu_ru_nsh_dict.scm").read_text("utf-8", errors="replace")
    found: dict[str, set[int]] = {}
    for word, stress in re.findall(r'^\("([^"]+)" \S+ \((\d+)\)', text, re.M):
        found.setdefault(word, set()).add(int(stress))
    return {word: stresses.pop() for word, stresses in found.items() if len(stresses) == 1 and 0 not in stresses}


def festvox(words: list[str]) -> dict[str, list[str]]:
    """Run the text analysis of festvox-ru up to its post-lexical rules, with our stress, for phones."""
    modules = "Text Token_POS Token POS Phrasify Word Pauses Intonation PostLex"
    with tempfile.TemporaryDirectory() as folder:
        script = ["(voice_msu_ru_nsh_clunits)"]
        for word in words:
            marked = word if ACUTE in word else word.replace("ё", "ё" + ACUTE)
            text = re.sub(f"(.){ACUTE}", r"+\1", marked)
            script.append(f'(set! utt (Utterance Text "{text}"))')
            script += [f"({module} utt)" for module in modules.split()]
            script.append('(mapcar (lambda (s) (format t "%s " (item.name s))) (utt.relation.items utt \'Segment))')
            script.append('(format t "\\n")')
        (Path(folder) / "words.scm").write_text("\n".join(script), "utf-8")
        run = subprocess.run(["festival", "-b", "words.scm"], cwd=folder, capture_output=True, text=True, check=True)
    return {word: phones.split() for word, phones in zip(words, run.stdout.splitlines(), strict=True)}


# --- comparison: consonants with their softness, where notations can be matched ---

ESPEAK = {"ʃ": "ʂ", "ʒ": "ʐ", "ʑ": "ʐ", "ɕ": "ɕː", "tʃʲ": "tɕ", "ɭ": "l", "ɭʲ": "lʲ", "ja": "j", "ju": "j"}
FESTVOX = {"sh": "ʂ", "zh": "ʐ", "sch": "ɕː", "ch": "tɕ", "c": "ts", "h": "x", "hh": "xʲ", "g": "ɡ", "gg": "ɡʲ"}
CONSONANT = re.compile("(ts|tɕ|ɕː|[pbtdkɡfvszxmnlrjʂʐ]ʲ?)$")


def consonants(phones: Iterable[str], notation: dict[str, str]) -> str:
    """Keep the consonants, in our notation, long ones as one."""
    kept: list[str] = []
    for phone in phones:
        phone = phone.lstrip("ˈˌ")
        phone = notation.get(phone) or (phone[0] + "ʲ" if len(phone) == 2 and phone[0] == phone[1] else phone)
        if CONSONANT.fullmatch(phone):
            if kept and (kept[-1] == phone or (kept[-1] == "t" and phone in {"ts", "tɕ"})):
                kept.pop()
            kept.append(phone)
    return " ".join(kept)


def espeak_stress(phones: list[str]) -> Stress:
    vowels = [phone for phone in phones if not CONSONANT.fullmatch(ESPEAK.get(phone, phone)) or phone in {"ja", "ju"}]
    return next((number for number, phone in enumerate(vowels, 1) if phone.startswith("ˈ")), None)


COLUMNS = ("word", "about", "rules", "silero", "festvox", "espeak", "chosen", "reason")


def draft(words: list[str]) -> Iterator[tuple[str, str, str, str]]:
    """What the rules make of each word, for a person to correct."""
    for word in words:
        accepted = variants(word)
        for phones in accepted:
            yield word, " ".join(phones), "draft", ""
        if (flowing := fluent(accepted[0])) not in accepted:
            yield word, " ".join(flowing), "draft fast", ""


def compare(words: list[str], lines: list[str], lexicon: dict[str, str]) -> Iterator[dict[str, str]]:
    """Where tools contradict a stress mark or do not know it, none has the rules' consonants, or a person chose."""
    by_espeak, by_festvox = espeak(words), festvox(words)
    dictionary, in_phrase = festvox_dictionary(), silero(lines)
    long, agreed = 0, 0
    for word in words:
        rules = " ".join(transcribe(word))
        row = {"word": word, "rules": rules, "chosen": lexicon.get(word, "")}
        marked = stress_of(word)
        if sum(letter in VOWELS for letter in word) > 1:
            stresses = {
                "silero": in_phrase[word],
                "festvox": dictionary.get(plain(word)),
                "espeak": espeak_stress(by_espeak[word]),
            }
            votes = list(stresses.values()).count(marked)
            long, agreed = long + 1, agreed + (votes >= 2)
            if votes < 2 or not {marked, None}.issuperset(stresses.values()):
                yield row | {"about": "stress", "rules": str(marked)} | {k: str(v or "-") for k, v in stresses.items()}
        theirs = {"festvox": consonants(by_festvox[word], FESTVOX), "espeak": consonants(by_espeak[word], ESPEAK)}
        if consonants(rules.split(), {}) not in theirs.values():
            yield row | {"about": "consonants"} | theirs
        elif word in lexicon and lexicon[word] not in {rules, " ".join(transcribe(word, clitic=True))}:
            yield row | {"about": "choice"} | theirs
    print(f"{len(words)} words, {long} of several syllables; two or more tools share the marked stress of {agreed}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", nargs="+", type=Path)
    parser.add_argument("--draft", type=Path, help="write a lexicon for a person to correct")
    parser.add_argument("--lexicon", type=Path, help="the corrected lexicon")
    parser.add_argument("--disagreements", type=Path, help="write or refresh the table of disagreements")
    options = parser.parse_args()

    lines = lines_of(options.sources)
    words = sorted({word for line in lines for word in WORD.findall(line)})
    if options.draft:
        options.draft.write_text("".join("\t".join(row) + "\n" for row in draft(words)), "utf-8")
    if options.disagreements:
        lexicon: dict[str, str] = {}
        for row in options.lexicon.read_text("utf-8").splitlines() if options.lexicon else ():
            lexicon.setdefault(*row.split("\t")[:2])
        reasons = {}
        if options.disagreements.exists():
            for row in csv.reader(options.disagreements.open(encoding="utf-8"), delimiter="\t"):
                reasons[row[0], row[1]] = row[-1]
        with options.disagreements.open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, COLUMNS, restval="", delimiter="\t", lineterminator="\n")
            file.write("# " + "\t".join(COLUMNS) + "\n")
            for found in compare(words, lines, lexicon):
                table.writerow(found | {"reason": reasons.get((found["word"], found["about"]), "")})


if __name__ == "__main__":
    main()
