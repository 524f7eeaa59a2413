"""Calls as an Anki deck (.apkg): what is heard or meant on one side, the call with its sounds on the other.

A call keeps its note when the deck is made anew, so that learning goes on where it stood.
"""

import hashlib
import html
import json
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import IO, Any

from trainer.audio.recording import SAMPLE_RATE
from trainer.audio.reference import reading
from trainer.data_folder import data_folder
from trainer.languages import Language, other
from trainer.messages import gettext as _
from trainer.phrasebook.drafting import with_drafts
from trainer.phrasebook.lexicon import Lexicon
from trainer.phrasebook.phrase import Phrase
from trainer.phrasebook.text import tokens
from trainer.reader import Reader
from trainer.wording import ANYBODY

QUALITY = 0.5  # of MP3, 0 (best) to 1: about 50 kbit/s of speech
STYLE = """
.card { font: 22px/1.5 system-ui, sans-serif; text-align: center; }
.about, .sounds { color: #6b7480; font-size: 16px; }
.nightMode .about, .nightMode .sounds { color: #a5b0bc; }
"""


@dataclass(frozen=True)
class Made:
    """What a deck holds.

    Attributes:
        calls: two cards of each, one where there is no reading to hear.
        readings: calls that can be heard.
    """

    calls: int
    readings: int


def write(
    file: IO[bytes], title: str, calls: Iterable[Phrase], language: Language, lexicon: Lexicon,
    named: Callable[[str], str] = str, reader: Reader = ANYBODY,
) -> Made:  # fmt: skip
    """language: the one that is learnt. The learner's own is the other one. named: what people call a call. reader: who
    learns, to whom letters of their own say how a call is read."""
    import genanki

    deck = genanki.Deck(_number("deck", title, language), title)
    model = _model(language)
    made = heard = 0
    place = data_folder()  # nothing is written elsewhere, not for a moment either
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".deck-", dir=place) as folder:
        media: list[str] = []
        for call in calls:
            sound = _sound(call, language, Path(folder))
            media += [str(sound)] if sound else []
            text = call.text(language)
            sounds = " · ".join(filter(None, (reader.read(text, language), _pronunciation(text, lexicon))))
            fields = [
                named(call.id), html.escape(call.plain(other(language))), html.escape(text), html.escape(sounds),
                f"[sound:{sound.name}]" if sound else "",
            ]  # fmt: skip
            deck.add_note(genanki.Note(model, fields, guid=genanki.guid_for("ruston", call.id, language)))
            made, heard = made + 1, heard + (sound is not None)
        _pack(genanki.Package(deck, media), media, Path(folder) / "collection.anki2", file)
    return Made(made, heard)


def _pack(package: Any, media: list[str], collection: Path, file: IO[bytes]) -> None:
    """As genanki packs it, with its database where we say. A fixed moment: the same calls make the same file."""
    with closing(sqlite3.connect(collection)) as connection:
        package.write_to_db(connection.cursor(), 1.0, count(1000))
        connection.commit()
    with zipfile.ZipFile(file, "w") as packed:
        packed.write(collection, collection.name)
        packed.writestr("media", json.dumps({number: Path(path).name for number, path in enumerate(media)}))
        for number, path in enumerate(media):
            packed.write(path, str(number))


def _model(language: Language) -> Any:
    """Two cards of a call: say what is meant, and understand what is heard (only where there is a reading)."""
    import genanki

    answer = '{{FrontSide}}<hr id="answer"><p lang="%s">{{call}}</p><p class="sounds">{{sounds}}</p>{{reading}}'
    say, hear = _("say it"), _("hear it")
    return genanki.Model(
        _number("model", "1", language),
        f"RUSTON {language}",
        fields=[{"name": name} for name in ("id", "meaning", "call", "sounds", "reading")],
        templates=[
            {
                "name": say, "qfmt": f'<p class="about">{say} · {{{{id}}}}</p><p>{{{{meaning}}}}</p>',
                "afmt": answer % language,
            },
            {
                "name": hear,
                "qfmt": f'{{{{#reading}}}}<p class="about">{hear} · {{{{id}}}}</p>{{{{reading}}}}{{{{/reading}}}}',
                "afmt": (answer % language) + "<p>{{meaning}}</p>",
            },
        ],
        css=STYLE,
    )  # fmt: skip


def _sound(call: Phrase, language: Language, folder: Path) -> Path | None:
    """MP3, since every Anki plays it."""
    import soundfile

    clip = reading(call.id, call.text(language), language)
    if clip is None:
        return None
    name = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in f"{call.id} {language}")
    path = folder / f"ruston_{name}.mp3"
    samples = clip.samples
    if clip.rate not in (16_000, 22_050, 24_000, 32_000, 44_100, 48_000):
        import soxr

        samples, rate = soxr.resample(samples, clip.rate, SAMPLE_RATE), SAMPLE_RATE
    else:
        rate = clip.rate
    soundfile.write(path, samples, rate, format="MP3", subtype="MPEG_LAYER_III", compression_level=QUALITY)
    return path


def _pronunciation(text: str, lexicon: Lexicon) -> str:
    known = with_drafts(text, lexicon)
    return " ".join(f"[{''.join(known[token.key][0].phones)}]" for token in tokens(text, lexicon.language))


def _number(kind: str, *what: str) -> int:
    """Anki's ids of decks and kinds of notes: always the same for the same one."""
    digest = hashlib.sha256("\0".join(("ruston", kind, *what)).encode()).digest()
    return int.from_bytes(digest[:4], "big") | 1 << 30
