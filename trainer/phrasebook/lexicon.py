"""The pronunciation lexicon: every way a word may properly be said, as IPA phones.

Tab-separated: word, phones, tags, note. The first line of a word is its citation form. Tags: weak (unstressed inside a
phrase), british, fast, proclitic and enclitic (lean on a neighbour), draft (checked by nobody).
"""

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from trainer.bundled import bundled
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _
from trainer.phones.inventory import inventory
from trainer.phrasebook.problems import InvalidData, Problem
from trainer.phrasebook.text import ACUTE, folded, key, syllables
from trainer.text_in import clean, read_text

TAGS = frozenset({"weak", "british", "fast", "proclitic", "enclitic", "draft"})
UNSTRESSED_TAGS = frozenset({"weak", "proclitic", "enclitic"})


@dataclass(frozen=True)
class Pronunciation:
    phones: tuple[str, ...]
    tags: frozenset[str] = frozenset()
    note: str = ""


@dataclass(frozen=True, eq=False)
class Lexicon:
    language: Language
    entries: dict[str, tuple[Pronunciation, ...]]

    def __contains__(self, word: object) -> bool:
        return word in self.entries

    def __getitem__(self, word: str) -> tuple[Pronunciation, ...]:
        return self.entries[word]

    @cached_property
    def stressings(self) -> dict[str, tuple[str, ...]]:
        """The words that are one when written without stress marks and without the dots of ё."""
        found: dict[str, tuple[str, ...]] = {}
        for word in self.entries:
            found[folded(word)] = (*found.get(folded(word), ()), word)
        return found


@cache
def lexicon(language: Language) -> Lexicon:
    """The program's own lexicon. Raises InvalidData where the file was damaged."""
    found, problems = check(bundled("phrasebooks") / "lexicon" / f"{language}.tsv", language)
    if problems:
        raise InvalidData(problems)
    return found


def own_file(book: Path, language: Language) -> Path:
    """The lexicon that belongs to a phrasebook: words that the program's own lacks, or has otherwise."""
    return book / f"lexicon.{language}.tsv" if book.is_dir() else book.with_name(f"{book.stem}.{language}.tsv")


def language_of(path: Path) -> Language:
    """The language of a lexicon by its name: en.tsv, mybook.en.tsv."""
    named = [language for language in LANGUAGES if language in path.name.split(".")]
    return next(iter(named or [language for language in LANGUAGES if path.name.startswith(language)]), "en")


def for_book(book: Path | None, language: Language) -> Lexicon:
    """The program's lexicon, with that of a phrasebook laid over it. Raises InvalidData where the latter is faulty."""
    found, problems = check_layered(book, language)
    if problems:
        raise InvalidData(problems)
    return found


def of_book(path: Path | None) -> dict[Language, Lexicon]:
    """What a phrasebook of one's own knows words by, in both languages; nothing of its own for the mission's."""
    return {language: for_book(path, language) for language in LANGUAGES} if path else {}


def check_layered(book: Path | None, language: Language) -> tuple[Lexicon, list[Problem]]:
    """The lexicon for a phrasebook, and the problems of the phrasebook's own."""
    if book is None or not own_file(book, language).exists():
        return lexicon(language), []
    own, problems = check(own_file(book, language), language)
    return Lexicon(language, {**lexicon(language).entries, **own.entries}), problems


def check(path: Path, language: Language) -> tuple[Lexicon, list[Problem]]:
    """The lexicon in a file and all its problems. Raises UserError where there is no such file."""
    try:
        lines = [clean(line) for line in read_text(path).split("\n")]
    except OSError as error:
        raise UserError(_("{path}: there is no lexicon in UTF-8 text.").format(path=path)) from error
    problems: list[Problem] = []
    entries: dict[str, list[Pronunciation]] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        columns = [column.strip() for column in line.split("\t")]
        if not 2 <= len(columns) <= 4:
            message = _("{n} columns. A line is: word, phones, tags, note, with a tab between.").format(n=len(columns))
            problems.append(Problem(path, number, "", message))
            continue
        word, phones, tags, note = (*columns, "", "")[:4]
        pronunciation = Pronunciation(tuple(phones.split()), frozenset(tags.split()), note)
        found = [Problem(path, number, field, message) for field, message in faults(word, pronunciation, language)]
        if any(known.phones == pronunciation.phones for known in entries.get(word, ())):
            found.append(Problem(path, number, "phones", _("{word} has this pronunciation already.").format(word=word)))
        problems += found
        if not found:
            entries.setdefault(word, []).append(pronunciation)
    return Lexicon(language, {word: tuple(ways) for word, ways in entries.items()}), problems


def faults(word: str, pronunciation: Pronunciation, language: Language) -> list[tuple[str, str]]:
    """What is wrong with a line of a lexicon: field and message."""
    faults = []
    if not word or word != key(word, language):
        faults.append(("word", _("write it as {key!r}.").format(key=key(word, language))))
    known = inventory(language)
    unknown = [phone for phone in pronunciation.phones if phone not in known]
    if unknown:
        faults.append(("phones", _("{phone!r} is no phone of this language.").format(phone=unknown[0])))
    if strange := pronunciation.tags - TAGS:
        message = _("unknown tag {tag!r}. Tags are {tags}.").format(tag=min(strange), tags=", ".join(sorted(TAGS)))
        faults.append(("tags", message))
    stresses = sum(phone.startswith("ˈ") for phone in pronunciation.phones)
    unstressed = bool(pronunciation.tags & UNSTRESSED_TAGS)
    if not pronunciation.phones:
        faults.append(("phones", _("no phones. Write them in IPA, with spaces between.")))
    elif unstressed and stresses:
        faults.append(("phones", _("an unstressed form carries no primary stress (ˈ).")))
    elif not unstressed and stresses != 1:
        faults.append(("phones", _("needs one primary stress (ˈ), has {n}.").format(n=stresses)))
    elif language == "ru" and stresses and not faults and (fault := _misplaced_stress(word, pronunciation)):
        faults.append(("phones", fault))
    return faults


def _misplaced_stress(word: str, pronunciation: Pronunciation) -> str | None:
    """The mark of a Russian key and the stressed phone must be the same vowel, counted from either end."""
    if syllables(word) < 2:
        return None
    if ACUTE not in word and "ё" not in word:
        return _("mark the stressed vowel of the word with U+0301.")
    vowels = inventory("ru")
    spoken = [phone for phone in pronunciation.phones if vowels[phone].kind == "vowel"]
    stressed = next(i for i, phone in enumerate(spoken) if phone.startswith("ˈ"))
    before = word[: word.index(ACUTE)] if ACUTE in word else word[: word.rindex("ё") + 1]
    from_start = syllables(before) - 1
    from_end = syllables(word) - 1 - from_start
    if stressed == from_start or len(spoken) - 1 - stressed == from_end:
        return None
    return _("the stressed phone is not the vowel that the word's mark names.")
