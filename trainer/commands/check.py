"""`ruston check`: is a phrasebook or lexicon in order?"""

import json
import sys
from pathlib import Path

import click

from trainer.commands import as_json, ruston
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _


@ruston.command(help=_("Check a phrasebook (.toml file or folder) or a lexicon (.tsv named en… or ru…)."))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@as_json
def check(files: tuple[Path, ...], as_json: bool) -> None:
    from trainer.phrasebook import lexicon, load

    faulty = False
    for path in files:
        if path.suffix == ".tsv":
            language: Language = next((known for known in LANGUAGES if path.name.startswith(known)), "en")
            entries, problems = lexicon.check(path, language)
            fine = _("{path}: {n} words, {variants} pronunciations.").format(
                path=path, n=len(entries.entries), variants=sum(map(len, entries.entries.values()))
            )
        else:
            book, problems = load.check(path, {known: lexicon.lexicon(known) for known in LANGUAGES})
            fine = _("{path}: {n} calls.").format(path=path, n=len(book.phrases) if book else 0)
        faulty |= bool(problems)
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
        if not problems and not as_json:
            click.echo(fine)
    if faulty:
        sys.exit(2)
