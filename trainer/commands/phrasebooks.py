"""`ruston phrasebook`: phrases of one's own. New file, drafted pronunciations, check."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trainer.atomic_files import save
from trainer.commands import as_json, ruston, show
from trainer.commands.check import check as check_files
from trainer.commands.check import report
from trainer.errors import UserError
from trainer.languages import LANGUAGES
from trainer.messages import gettext as _
from trainer.messages import ngettext

if TYPE_CHECKING:
    from trainer.phrasebook.drafting import Draft

book_argument = click.argument("path", type=click.Path(path_type=Path), metavar="PATH")


@ruston.group
def phrasebook() -> None:
    pass


@phrasebook.command(help=_("Write a new phrasebook, PATH, with two example phrases to replace."))
@book_argument
@as_json
def new(path: Path, as_json: bool) -> None:
    from trainer.phrasebook.load import load

    if path.suffix != ".toml":
        raise UserError(_("{path}: a phrasebook is a file whose name ends in .toml.").format(path=path))
    if path.exists():
        raise UserError(_("{path}: is there already. Take another name.").format(path=path))
    save(path, template(path))
    if as_json:
        click.echo(json.dumps({"path": str(path), "phrases": [phrase.id for phrase in load(path).phrases]}))
    else:
        click.echo(_("{path}: write your phrases there, then `ruston phrasebook draft {path}`.").format(path=path))


def template(path: Path) -> str:
    """What a new phrasebook holds."""
    from trainer.phrasebook.own_ids import place

    text = _(
        """\
# Phrases of your own. A phrase needs only its two texts. They are called {first}, {second} and so on.
# Figures, signs and abbreviations may stand as they are: they are said in full.
#
# Russian words of two or more syllables need a stress mark, U+0301 after the stressed vowel, unless the program knows
# the word with one stress only. `ruston phrasebook check {name}` says where one is missing, and shows the word with
# the mark, to be copied from there. \\u0301 does, too.
#
#   ruston phrasebook draft {name}     drafts pronunciations of words that the program does not know
#   ruston score CLIP --phrasebook {name} --phrase {first} --language ru
"""
    )
    return text.format(first=place(path, 1), second=place(path, 2), name=path.name) + EXAMPLES


EXAMPLES = """
[[phrase]]
en = "Soyuz, this is Apollo. How do you read me?"
ru = "Союз, я Аполлон. Как слышите меня?"

[[phrase]]
en = "The gyrodyne is ready."
ru = "Гироди\u0301н готов."
"""


@phrasebook.command(help=_("Draft pronunciations of the words that the program does not know, for you to check."))
@book_argument
@as_json
def draft(path: Path, as_json: bool) -> None:
    from trainer.phrasebook import drafting, lexicon, load

    lexicons = {language: lexicon.for_book(path, language) for language in LANGUAGES}
    book, problems = load.check(path, lexicons, allow_unknown=True)
    report(problems, as_json)
    if book is None or problems:
        sys.exit(2)
    drafts = drafting.draft(book, path)
    if as_json:
        for one in drafts:
            click.echo(_json(one))
        return
    if not drafts:
        click.echo(_("{path}: every word has a checked pronunciation.").format(path=path))
        return
    from trainer.commands import drawing

    show(drawing.drafts(drafts))
    click.echo(
        ngettext(
            "{n} word waits to be checked: first its stress (ˈ), then its vowels, most of all where it was guessed.",
            "{n} words wait to be checked: first their stress (ˈ), then their vowels, most of all where guessed.",
            len(drafts),
        ).format(n=len(drafts))
    )
    for file in dict.fromkeys(one.file for one in drafts):
        click.echo(_("Correct them in {file}, then remove the tag draft.").format(file=file))


@phrasebook.command(help=_("Check a phrasebook and its own lexicon: file, line, field, what to do."))
@book_argument
@as_json
@click.pass_context
def check(context: click.Context, path: Path, as_json: bool) -> None:
    context.invoke(check_files, files=(path,), as_json=as_json)


def _json(one: "Draft") -> str:
    record = {
        "word": one.word,
        "language": one.language,
        "pronunciations": [" ".join(way.phones) for way in one.ways],
        "note": one.ways[0].note,
        "new": one.new,
        "file": str(one.file),
    }
    return json.dumps(record, ensure_ascii=False)
