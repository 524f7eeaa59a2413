"""First guesses at words that the lexicon lacks, so that a phrase of one's own can be scored at once.

A drafted pronunciation bears the tag `draft` until a person has compared it with how the word is said and taken the
tag away. Russian is drafted by rule from the stress mark, English from a dictionary or by guess from the spelling, with
the British forms by rule.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from trainer.atomic_files import save
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _
from trainer.phones import english, russian
from trainer.phones.british import british
from trainer.phrasebook.lexicon import Lexicon, Pronunciation, faults, for_book, own_file
from trainer.phrasebook.phrase import Phrasebook
from trainer.phrasebook.templates import SLOT
from trainer.phrasebook.text import tokens
from trainer.text_in import read_text

DRAFT = "draft"

Entries = dict[str, tuple[Pronunciation, ...]]


@dataclass(frozen=True)
class Draft:
    """A word of a phrasebook that waits to be checked, in the lexicon file where that is to be done."""

    word: str
    language: Language
    ways: tuple[Pronunciation, ...]
    file: Path
    new: bool


def draft(book: Phrasebook, path: Path) -> list[Draft]:
    """Draft what the lexicons lack of the phrasebook at a path, write it beside it, and list all that is unchecked."""
    known = {language: for_book(path, language) for language in LANGUAGES}
    said = {language: texts(book, language) for language in LANGUAGES}
    # All is drafted before any is written, so that a word of which nothing can be made leaves nothing half done.
    new = {language: drafted(said[language], known[language]) for language in LANGUAGES}
    found = []
    for language in LANGUAGES:
        file = write(new[language], path, language)
        entries = {**known[language].entries, **new[language]}
        words = dict.fromkeys(token.key for text in said[language] for token in tokens(text, language))
        found += [
            Draft(word, language, entries[word], file, word in new[language])
            for word in words
            if is_draft(entries[word])
        ]
    return found


def drafted(texts: Iterable[str], known: Lexicon) -> Entries:
    """Pronunciations for the words that the lexicon lacks. Raises UserError for a word that none can be drafted of."""
    written: dict[str, str] = {}
    for text in texts:
        for token in tokens(text, known.language):
            if token.key not in known:
                written.setdefault(token.key, text[token.start : token.end])
    return {word: _draft(word, written[word], known.language) for word in sorted(written)}


def with_drafts(text: str, known: Lexicon) -> Lexicon:
    """The lexicon with drafts for what it lacks of a text."""
    new = drafted([text], known)
    return Lexicon(known.language, {**known.entries, **new}) if new else known


def unchecked(text: str, known: Lexicon) -> tuple[str, ...]:
    """The words of a text, as they are written there, whose pronunciation nobody has checked or there is none of."""
    found = tokens(text, known.language)
    return tuple(dict.fromkeys(text[t.start : t.end] for t in found if is_draft(known.entries.get(t.key, ()))))


def is_draft(ways: tuple[Pronunciation, ...]) -> bool:
    return not ways or any(DRAFT in way.tags for way in ways)


def texts(book: Phrasebook, language: Language) -> list[str]:
    """All that a phrasebook says in a language, but for the values of its templates."""
    templates = (SLOT.sub("", template.text(language)) for template in book.templates)
    return [*(phrase.text(language) for phrase in book.phrases), *templates]


def write(new: Entries, book: Path, language: Language) -> Path:
    """Add drafts to the lexicon of a phrasebook; the lines that it has stay as they are."""
    path = own_file(book, language)
    if not new:
        return path
    try:
        text = _as_written(path) if path.exists() else _head(book)
    except OSError as error:
        raise UserError(_("{path}: there is no lexicon in UTF-8 text.").format(path=path)) from error
    lines = [
        "\t".join((word, " ".join(way.phones), " ".join(sorted(way.tags)), way.note)) + "\n"
        for word, ways in new.items()
        for way in ways
    ]
    save(path, text + "\n" * (text != "" and not text.endswith("\n")) + "".join(lines))
    return path


def _as_written(path: Path) -> str:
    """With its own line ends and byte order mark, where it is UTF-8."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return read_text(path)


def _head(book: Path) -> str:
    lines = (
        _("Pronunciations for {book}: word, phones, tags, note, with a tab between.").format(book=book.name),
        _("The tag draft marks what nobody has checked. Correct the phones where they are wrong, then remove the tag."),
        _("More lines for a word are further ways to say it. ˈ stands before the stressed vowel."),
    )
    return "".join(f"# {line}\n" for line in lines)


def _draft(word: str, written: str, language: Language) -> tuple[Pronunciation, ...]:
    try:
        ways = _russian(word) if language == "ru" else _english(word, written)
    except ValueError:
        ways = ()
    if not ways or faults(word, ways[0], language):
        message = _("no pronunciation of {word!r} can be drafted. Write the word as it is spoken.")
        raise UserError(message.format(word=written))
    return tuple(way for way in ways if not faults(word, way, language))


def _russian(word: str) -> tuple[Pronunciation, ...]:
    accepted = russian.variants(word)
    flowing = russian.fluent(accepted[0])
    note = _("if a loan word: is the consonant before е hard, as in тест?") if russian.doubtful_e(word) else ""
    ways = [Pronunciation(phones, frozenset({DRAFT}), note) for phones in accepted]
    if flowing not in accepted:
        ways.append(Pronunciation(flowing, frozenset({DRAFT, "fast"})))
    return tuple(ways)


def _english(word: str, written: str) -> tuple[Pronunciation, ...]:
    spelled = written.isupper() and len(word) > 1
    name = word if not spelled and english.in_dictionary(word) else written  # a capital may tell a name
    note = "" if english.in_dictionary(name) else _("guessed from the spelling")
    american = english.pronunciations(name)
    also = {phones for said in american for phones in british("" if spelled else word, said)} - {*american}
    return (
        *(Pronunciation(phones, frozenset({DRAFT}), note) for phones in american),
        *(Pronunciation(phones, frozenset({DRAFT, "british"}), note) for phones in sorted(also)),
    )
