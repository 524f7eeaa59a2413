"""Prompts of a telephone exchange as native speech to measure on: one Russian and one American woman, never trained on.

    python -m recipe.corpus.prompts OUT_DIR

Takes the Debian packages asterisk-core-sounds-{ru,en} (texts) and -{ru,en}-g722 (sound, 16 kHz), ffmpeg and
silero-stress. OUT_DIR/ru.tsv and en.tsv have the columns path and text; texts with figures and codes are left out.
"""

import argparse
import gzip
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from recipe.corpus.texts import spoken

SOUNDS = Path("/usr/share/asterisk/sounds")
VOICES = {"ru": "ru_RU_f_IvrvoiceRU", "en": "en_US_f_Allison"}
EVERY = {"ru": 2, "en": 3}


def texts(listing: Path) -> Iterator[tuple[str, str]]:
    """Name and text of every prompt; a text may go on over several lines."""
    name, text = "", ""
    with gzip.open(listing, "rt", encoding="utf-8") as lines:
        for line in (*lines, "end: "):
            if found := re.match(r"([\w/.-]+):\s*(.*)", line):
                if name:
                    yield name, text
                name, text = found[1], found[2]
            elif not line.startswith(";"):
                text = f"{text} {line.strip()}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    import torch
    from silero_stress import load_accentor

    torch.set_num_threads(1)
    accent = load_accentor()
    for language, voice in VOICES.items():
        listing = Path(f"/usr/share/doc/asterisk-core-sounds-{language}/core-sounds-{language}.txt.gz")
        rows = []
        for name, text in texts(listing):
            sound = SOUNDS / voice / f"{name}.g722"
            foreign = r"[a-zA-Z]" if language == "ru" else r"[^\x00-\x7f]"
            text = re.sub(r"\s+", " ", text.replace("...", " ").replace('"', "")).strip()
            if text and sound.exists() and not re.search(rf"[\[\]\d<>#*@&%$~^{{}}]|{foreign}", text):
                rows.append((sound, spoken(accent(text)) if language == "ru" else text))
        folder = arguments.out / language
        folder.mkdir(parents=True, exist_ok=True)
        table = ["path\ttext"]
        for sound, text in rows[:: EVERY[language]]:
            name = str(sound.relative_to(SOUNDS / voice).with_suffix(".wav")).replace("/", "_")
            clip = folder / name
            subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "g722", "-i", sound, "-ar", "16000", clip], check=True)
            table.append(f"{clip.relative_to(arguments.out)}\t{text}")
        (arguments.out / f"{language}.tsv").write_text("\n".join(table) + "\n", encoding="utf-8")
        print(f"{language}: {len(table) - 1} prompts")


if __name__ == "__main__":
    main()
