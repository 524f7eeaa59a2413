"""The words that a Vosk model of our own knows, and how more are taught to it.

Such a folder holds, beside what Vosk wants, `words.tsv` (word, phones, cost) and `model.toml` (classes of its network,
costs of its graph). New words make a new graph, in a folder of the user's own; the network stays the same.
"""

import hashlib
import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import BaseModel

from trainer.atomic_files import save
from trainer.bundled import bundled
from trainer.data_folder import data_folder
from trainer.errors import UserError
from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.phrasebook.drafting import with_drafts
from trainer.phrasebook.expectation import expect
from trainer.phrasebook.lexicon import Lexicon
from trainer.phrasebook.text import tokens, without_stress
from trainer.speech.wordgraph import Costs, Word, files
from trainer.text_in import MOST_TABLE_BYTES, read_text, toml

MANIFEST, WORDS = "model.toml", "words.tsv"
KEPT = 8  # extended models, the latest
TREE = "graph/HCLr.fst"
STAYS = ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf", MANIFEST)


class Manifest(BaseModel):
    """`model.toml`. labels: the classes of the network, the blank first; accept: which of them counts as a phone of the
    lexicon that it has no class for; preferred: whether it hears the words where the user has chosen nothing."""

    name: str
    language: Language
    licence: str
    labels: tuple[str, ...]
    accept: dict[str, str] = {}
    preferred: bool = False
    silence: float
    pause: float
    other: float
    insertion: float = 0.0

    @property
    def costs(self) -> Costs:
        return Costs(self.silence, self.pause, self.other, self.insertion)

    def classes(self, phones: Iterable[str]) -> tuple[str, ...]:
        """Phones of the lexicon as classes of the network. Raises KeyError for one that it does not know."""
        return tuple(self._class(phone) for phone in phones)

    def _class(self, phone: str) -> str:
        for symbol in (phone, phone.lstrip("ˈˌ")):
            if symbol in self.labels:
                return symbol
            if symbol in self.accept:
                return self.accept[symbol]
        raise KeyError(phone)


def built_in(language: Language) -> Path | None:
    """The folder of the model that comes with the program, where it does."""
    folder = bundled("models") / f"vosk-{language}"
    return folder if (folder / MANIFEST).is_file() else None


def manifest(folder: Path) -> Manifest:
    """Raises UserError where it is damaged."""
    path = folder / MANIFEST
    try:
        return Manifest.model_validate(toml(read_text(path)))
    except (OSError, ValueError, UserError) as error:
        raise UserError(_damaged(path)) from error


def size(folder: Path) -> int:
    """Bytes of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def words(folder: Path) -> list[Word]:
    """Raises UserError where the list is damaged."""
    path = folder / WORDS
    try:
        rows = [line.split("\t") for line in read_text(path, MOST_TABLE_BYTES).splitlines()]
        return [Word(text, tuple(phones.split()), float(cost)) for text, phones, cost in rows]
    except (OSError, ValueError, UserError) as error:
        raise UserError(_damaged(path)) from error


def listed(words: Iterable[Word]) -> str:
    """Words as `words.tsv` holds them."""
    return "".join(f"{word.text}\t{' '.join(word.phones)}\t{word.cost:g}\n" for word in words)


def pronounced(texts: Iterable[str], known: Lexicon, model: Manifest) -> dict[str, tuple[tuple[str, ...], ...]]:
    """The words of texts, without stress marks, with all their pronunciations there, in classes of the network. Words
    that the lexicon lacks are drafted; a text of which nothing can be drafted is left out."""
    found: dict[str, dict[tuple[str, ...], None]] = {}
    for text in texts:
        try:
            ways = expect(text, known.language, with_drafts(text, known)).ways
        except UserError:
            continue
        for token, pronunciations in zip(tokens(text, known.language), ways, strict=True):
            spelled = found.setdefault(without_stress(token.key), {})
            spelled.update(dict.fromkeys(map(model.classes, pronunciations)))
    return {word: tuple(ways) for word, ways in found.items()}


def extended(folder: Path, texts: Sequence[str], known: Lexicon) -> Path:
    """The folder of a model that knows the words of texts, too: the given one where it does already.

    Raises UserError where the user's folder cannot be written.
    """
    has = words(folder)
    there = {word.text for word in has}
    unknown = [text for text in texts if any(without_stress(t.key) not in there for t in tokens(text, known.language))]
    if not unknown:
        return folder
    model = manifest(folder)
    rare = max((word.cost for word in has), default=0.0)
    found = pronounced(unknown, known, model)
    new = [Word(text, way, rare) for text, ways in sorted(found.items()) if text not in there for way in ways]
    if not new:
        return folder
    kind = hashlib.sha256(listed(new).encode())
    for name in (*STAYS, WORDS, TREE):  # with another edition of the model all that was made of it is out of date
        kind.update((folder / name).read_bytes())
    home = data_folder() / "words"
    made = home / kind.hexdigest()[:16] / folder.name
    if not (made / WORDS).is_file():
        try:
            _make(made, folder, [*has, *new], model)
            _forget_old(home)
        except OSError as error:
            message = _("{path}: cannot be written ({reason}). Nothing was changed.")
            raise UserError(message.format(path=made, reason=error.strerror or error)) from error
    return made


def _make(made: Path, folder: Path, all_words: list[Word], model: Manifest) -> None:
    """The list of words is written last: it says that the folder is whole."""
    made.mkdir(parents=True, exist_ok=True)
    for name in STAYS:
        target = made / name
        target.parent.mkdir(exist_ok=True)
        target.unlink(missing_ok=True)
        try:
            os.link(folder / name, target)
        except OSError:  # on another disk, or one that knows no links
            shutil.copyfile(folder / name, target)
    for path, content in files(all_words, model.labels, model.costs).items():
        (made / path).parent.mkdir(parents=True, exist_ok=True)
        (made / path).write_bytes(content)
    save(made / WORDS, listed(all_words))


def _forget_old(home: Path) -> None:
    by_age = sorted((path for path in home.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime)
    for path in by_age[:-KEPT]:
        shutil.rmtree(path, ignore_errors=True)


def _damaged(path: Path) -> str:
    return _("{path}: the model file is missing or damaged. Install the program again, or name another folder.").format(
        path=path
    )
