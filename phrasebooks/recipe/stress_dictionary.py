"""Make `phrasebooks/lexicon/stress.ru.xz` of the stress dictionary of the Debian package festvox-ru (BSD-like licence).

    python stress_dictionary.py /usr/share/festival/voices/russian/msu_ru_nsh_clunits/dict/msu_ru_nsh_dict.scm

A line is a word without its first letters that the word before has too, their number (a: none, b: one ...) before it
and the numbers of its stressed vowels behind it. Words of one syllable and those with ё need no mark and are left out.
"""

import lzma
import re
import sys
from pathlib import Path

OUT = Path(__file__).parents[1] / "lexicon" / "stress.ru.xz"
VOWELS = "аеёиоуыэюя"
MOST_SHARED = 25


def main() -> None:
    found: dict[str, list[str]] = {}
    text = Path(sys.argv[1]).read_text("utf-8", errors="replace")
    for word, stress in re.findall(r'^\("([а-яё-]+)" \S+ \(([1-9])\)', text, re.M):
        if sum(letter in VOWELS for letter in word) > 1 and "ё" not in word:
            found.setdefault(word, []).append(stress)
    lines, before = [], ""
    for word in sorted(found):
        shared = 0
        while shared < min(len(before), len(word), MOST_SHARED) and before[shared] == word[shared]:
            shared += 1
        lines.append(chr(ord("a") + shared) + word[shared:] + "".join(dict.fromkeys(found[word])))
        before = word
    OUT.write_bytes(lzma.compress("\n".join(lines).encode(), preset=9 | lzma.PRESET_EXTREME))
    print(f"{len(lines)} words, {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
