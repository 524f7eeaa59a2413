"""`ruston check`: is a phrasebook or lexicon in order?"""

import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trainer.commands import as_json, ruston
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _
from trainer.messages import ngettext

if TYPE_CHECKING:
    from trainer.phrasebook.lexicon import Lexicon
    from trainer.phrasebook.phrase import Phrasebook
    from trainer.phrasebook.problems import Problem


@ruston.command
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@as_json
def check(files: tuple[Path, ...], as_json: bool) -> None:
    from trainer.phrasebook import lexicon, load

    faulty = False
    for path in files:
        if path.suffix == ".tsv":
            entries, problems = lexicon.check(path, lexicon.language_of(path))
            fine = _("{path}: {n} words, {variants} pronunciations.").format(
                path=path, n=len(entries.entries), variants=sum(map(len, entries.entries.values()))
            )
        else:
            layered = {language: lexicon.check_layered(path, language) for language in LANGUAGES}
            lexicons = {language: known for language, (known, _own) in layered.items()}
            book, problems = load.check(path, lexicons)
            problems += [problem for _known, own in layered.values() for problem in own]
            calls = len(book.phrases) if book else 0
            fine = ngettext("{path}: {n} call.", "{path}: {n} calls.", calls).format(path=path, n=calls)
            if waiting := book and _unchecked(book, lexicons):
                fine += _(" Nobody has checked the pronunciation of {words}.").format(words=", ".join(waiting))
            if book and not problems:
                _teach(book, lexicons)
        faulty |= bool(problems)
        report(problems, as_json)
        if not problems and not as_json:
            click.echo(fine)
    if faulty:
        sys.exit(2)


def _teach(book: "Phrasebook", lexicons: "dict[Language, Lexicon]") -> None:
    """Let the program's own models of words know the phrasebook's, so that the first call need not wait for that."""
    from trainer.phrasebook import drafting
    from trainer.speech import vocabulary

    for language, known in lexicons.items():
        if folder := vocabulary.built_in(language):
            with suppress(UserError):
                vocabulary.extended(folder, drafting.texts(book, language), known)


def report(problems: "list[Problem]", as_json: bool) -> None:
    """Say what is wrong, a line each."""
    for problem in problems:
        if as_json:
            record = {
                "path": str(problem.path),
                "line": problem.line,
                "field": problem.field,
                "message": problem.message,
            }
            click.echo(json.dumps(record, ensure_ascii=False))
        else:
            click.echo(str(problem), err=True)


def _unchecked(book: "Phrasebook", lexicons: "dict[Language, Lexicon]") -> list[str]:
    """The words that a phrasebook has drafts for, as the lexicon writes them."""
    from trainer.phrasebook import drafting

    said = {language: drafting.texts(book, language) for language in LANGUAGES}
    words = (
        word.lower()
        for known in LANGUAGES
        for text in said[known]
        for word in drafting.unchecked(text, lexicons[known])
    )
    return list(dict.fromkeys(words))
