"""Everything that reads what others wrote: each target takes any bytes and ends in a value or a refusal of ours."""

import io
import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from pydantic import ValidationError

from trainer import text_in, text_out
from trainer.audio import manifest
from trainer.audio.files import read
from trainer.audio.piped_microphone import PipedMicrophone
from trainer.bundled import bundled
from trainer.commands.transcript import event as shown
from trainer.drill.events import from_json, to_json
from trainer.drill.session import fold
from trainer.errors import UserError
from trainer.languages import LANGUAGES
from trainer.local_time import last_day, local_day, moment, zone
from trainer.loop.admission import admitted
from trainer.loop.code import JoinCode, parse
from trainer.loop.frames import LENGTH, Frame, JitterBuffer, pack, unpack
from trainer.loop.pair import Hello, Welcome
from trainer.loop.roles import ROLES
from trainer.loop.scoring import Ask
from trainer.models import archive
from trainer.models.catalogue import catalogue
from trainer.models.installed import RECORD, installed, models_folder
from trainer.phrasebook import lexicon, load
from trainer.records import roster
from trainer.settings import NAME as SETTINGS
from trainer.settings import settings
from trainer.speech import vocabulary
from trainer.speech.acoustic import AcousticModel

LOGS = Path(__file__).parents[1] / "tui" / "logs"
BLOCKS = 4  # of a piped voice that are read


@dataclass(frozen=True)
class Target:
    """seeds: what it usually reads. weight: how many inputs of a long run, for one of the slowest."""

    name: str
    read: Callable[[bytes, Path], object]
    seeds: tuple[bytes, ...]
    weight: int = 1


def _file(read_file: Callable[[Path], object], name: str) -> Callable[[bytes, Path], object]:
    def into_a_file(content: bytes, folder: Path) -> object:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return read_file(path)

    return into_a_file


def _sounds() -> tuple[bytes, ...]:
    voice = (0.2 * np.sin(np.arange(4000) / 5)).astype(np.float32)
    kinds = (
        ("WAV", "PCM_16", 1), ("WAV", "PCM_24", 2), ("WAV", "FLOAT", 1), ("WAVEX", "PCM_16", 2),
        ("WAV", "IMA_ADPCM", 1), ("FLAC", "PCM_16", 1), ("OGG", "VORBIS", 1), ("OGG", "OPUS", 1),
        ("MP3", "MPEG_LAYER_III", 1),
        ("AIFF", "PCM_16", 1), ("AU", "ULAW", 1), ("CAF", "PCM_16", 1), ("RF64", "PCM_16", 1), ("W64", "PCM_16", 1),
    )  # fmt: skip
    made = []
    for kind, subtype, channels in kinds:
        file = io.BytesIO()
        soundfile.write(file, np.column_stack([voice] * channels), 16_000, format=kind, subtype=subtype)
        made.append(file.getvalue())
    return (*made, made[6] + made[6])


def _book(path: Path) -> None:
    _found, problems = load.check(path, {language: lexicon.lexicon(language) for language in LANGUAGES})
    for problem in problems:
        str(problem)


def _piped(content: bytes, _folder: Path) -> None:
    with PipedMicrophone(io.BytesIO(content)) as microphone:
        microphone.key_down()
        for _block in range(BLOCKS):
            microphone.read()


def _event(content: bytes, _folder: Path) -> None:
    for line in content.splitlines()[:20]:
        with suppress(ValidationError):
            event = from_json(line)
            assert from_json(to_json(event)) == event
            state = fold([event])
            text_out.uncommanding(str(shown(event, state)))
            for role in ROLES:
                admitted(event, role, state.plan)


def _log(content: bytes, _folder: Path) -> None:
    """Whole logs, of which some lines are spoilt."""
    events = []
    for line in content.splitlines():
        with suppress(ValidationError):
            events.append(from_json(line))
    state = fold(events)
    for event in events[-3:]:
        shown(event, state)


def _messages(content: bytes, _folder: Path) -> None:
    for kind in (Hello, Welcome, Ask):
        with suppress(ValidationError):
            kind.model_validate_json(content).model_dump_json()


def _code(content: bytes, _folder: Path) -> None:
    code = parse(content.decode("utf-8", "replace"))
    assert parse(str(code)) == code


def _frames(content: bytes, _folder: Path) -> None:
    buffer, size = JitterBuffer(), len(pack(Frame(0, 0, 0.0, np.zeros(LENGTH, np.float32))))
    for at in range(0, len(content), size):
        if frame := unpack(content[at : at + size]):
            buffer.put(frame, 0.02 * at / size)
            buffer.take(0.02 * at / size + 0.1)


def _archive(content: bytes, folder: Path) -> None:
    import shutil

    (folder / "model.zip").write_bytes(content)
    shutil.rmtree(folder / "unpacked", ignore_errors=True)
    archive.unpack(folder / "model.zip", folder / "unpacked")


def _installed(content: bytes, _folder: Path) -> None:
    path = models_folder() / "x" / RECORD
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    installed()


def _settings(content: bytes, _folder: Path) -> None:
    path = models_folder().parent / SETTINGS
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    settings()


def _date(content: bytes, _folder: Path) -> None:
    for end in (False, True):
        found = moment(content.decode("utf-8", "replace"), end=end)
        local_day(found), last_day(found), zone(found)


def _text(content: bytes, folder: Path) -> None:
    text = text_in.decode(content, folder / "text")
    assert text_in.harmless(text_in.harmless(text)) == text_in.harmless(text)
    text_in.line(text).encode("utf-8")
    with suppress(ValueError):
        text_in.toml(text)
    with suppress(ValueError):
        text_in.json_value(text)
    text_in.harmless_json(text)
    text_out.uncommanding(text)


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("m/conf/model.conf", b"--beam=10\n", zipfile.ZIP_DEFLATED)
        made.writestr("m/am/final.mdl", bytes(range(256)) * 4, zipfile.ZIP_LZMA)
        made.writestr("m/words.txt", b"a b c" * 50, zipfile.ZIP_BZIP2)
    return file.getvalue()


BOOK = """[[phase]]
id = "x"
name = { en = "X", ru = "Икс" }

[[phrase]]
id = "X-1"
phase = "x"
speaker = "apollo"
en = "We can't hear you."
ru = "Мы вас не слы́шим."
answers = ["X-2"]

[[phrase]]
id = "X-2"
phase = "x"
en = "Go."
ru = "Пуск."
note.en = "short"
note.ru = "кратко"

[[template]]
id = "T-1"
phase = "x"
en = "Range {range}."
ru = "Да́льность {range}."
slots.range = { type = "number", unit = "metre", min = 100, max = 900, step = 100 }

[source.book]
title = "A book"
public_domain = true
""".encode()


def _codes() -> tuple[bytes, ...]:
    codes = (JoinCode("guest", "192.168.1.7:4222", b"0123456789", b"01234567890"),
             JoinCode("host", "tls://a.example:4222", b"0123456789"))  # fmt: skip
    return tuple(str(code).encode() for code in codes)


def _lines(name: str, count: int) -> bytes:
    return b"\n".join((LOGS / name).read_bytes().splitlines()[:count])


def _frame_bytes() -> bytes:
    return b"".join(pack(Frame(1, n, 0.02 * n, np.zeros(LENGTH, np.float32), n == 9)) for n in range(10))


def targets() -> tuple[Target, ...]:
    models = bundled("models")
    events = tuple(line for name in ("leonov.jsonl", "pair.jsonl") for line in (LOGS / name).read_bytes().splitlines())
    hello = json.dumps({"name": "Ivan", "learner": "ivan", "first": "ru", "client": "c", "book": "b"}).encode()
    return (
        Target("text", _text, (BOOK, "Анна\r\nJosé".encode(), b'{"a": [1, "x"]}'), 12),
        Target("sound file", _file(read, "sound"), _sounds(), 2),
        Target("piped voice", _piped, _sounds()[:4], 2),
        Target("clips.tsv", _file(lambda path: manifest.clips(path.parent), "clips.tsv"),
               (b"path\tphrase\tlanguage\na.wav\tX-1\ten\nb/c.wav\tX-2\tru\n",), 12),
        Target("roster", _file(roster.read, "roster.csv"),
               (b"name,first,crew,key\nAnna,en,A,\n", "Фамилия;Имя;Язык\nПетрова;Анна;рус\n".encode("cp1251"),
                '\ufeffsep=;\r\nname;first\r\n"O\'Hara, Mia";en\r\n'.encode()), 12),
        Target("phrasebook", _file(_book, "book.toml"), (BOOK,), 4),
        Target("lexicon", _file(lambda path: lexicon.check(path, "ru"), "book.ru.tsv"),
               ("# mine\nгироди́н\tɡ ɪ r ɐ dʲ ˈi n\tdraft\tnote\nпуск\tp ˈu s k\n".encode(),), 12),
        Target("model.toml", _file(lambda path: AcousticModel(path.parent).manifest, "model.toml"),
               ((models / "phones" / "model.toml").read_bytes(),), 1),
        Target("vosk model.toml", _file(lambda path: vocabulary.manifest(path.parent), "model.toml"),
               ((models / "vosk-en" / "model.toml").read_bytes(),), 2),
        Target("words.tsv", _file(lambda path: vocabulary.words(path.parent), "words.tsv"),
               ((models / "vosk-en" / "words.tsv").read_bytes()[:2000],), 6),
        Target("catalogue", _file(catalogue, "catalogue.toml"), ((models / "catalogue.toml").read_bytes(),), 1),
        Target("settings", _settings, (b'{"words": {"en": "vosk-en"}, "phones": null}',), 12),
        Target("installed model", _installed, (
            b'{"name": "x", "kind": "vosk", "languages": ["en"], "licence": "a", "source": "s", "trust": "first use",'
            b' "installed": "2026-07-15T12:00:00Z", "files": {"a": "b"}}',), 8),
        Target("archive", _archive, (_zip(),), 2),
        Target("join code", _code, _codes(), 12),
        Target("voice frames", _frames, (_frame_bytes(),), 6),
        Target("messages of a loop", _messages, (
            hello, b'{"now": 1.5, "book": "b", "taken": false}', b'{"phrases": ["X-1"], "language": "en"}',
            b'{"name": "a", "client": "c", "log": {"session": "s", "number": 1, "digest": "d"}}'), 12),
        Target("event", _event, events, 4),
        Target("event log", _log, (_lines("leonov.jsonl", 12), _lines("pair.jsonl", 12)), 1),
        Target("date", _date, (
            b"2026-07-15", b"20260715", b"2026-W29-3", b"9999-12-31", b"0001-01-01T00:00:00+14:00",
            b"2026-07-15T12:20:00.5-23:59"), 12),
    )  # fmt: skip


def survives(target: Target, content: bytes, folder: Path) -> None:
    """Raises whatever is no refusal of ours."""
    with suppress(UserError):
        target.read(content, folder)
