"""`ruston words`: which words were said in a recording, as they would appear while it is spoken."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trainer.commands import as_json, find_phrase, phrasebook, ruston, show
from trainer.commands.addressed import addressed
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _

if TYPE_CHECKING:
    from trainer.reader import Reader
    from trainer.scoring.content import Content
    from trainer.scoring.hypothesis import Hypothesis

SCHEMA = "ruston.words/1"
BLOCK = 0.1  # s of sound at a time


@ruston.command
@click.argument("clip", type=click.Path(path_type=Path), metavar="CLIP")
@click.option("--language", type=click.Choice(LANGUAGES), required=True, help=_("The language that it was said in."))
@click.option(
    "--phrase", "phrase_ids", multiple=True, metavar="ID", help=_("A call that would be right; again for more.")
)
@addressed
@phrasebook
@as_json
def words(
    clip: Path, language: Language, phrase_ids: tuple[str, ...], learner: str | None, url: str | None,
    book_path: Path | None, as_json: bool,
) -> None:  # fmt: skip
    from trainer.audio.files import read
    from trainer.audio.recording import SAMPLE_RATE
    from trainer.live.addressee import addressee
    from trainer.live.program import Options, Program
    from trainer.scoring.content import Answer, content

    program, reader = Program(Options(book=book_path)), addressee(learner, url, book_path)
    phrases = [find_phrase(program.book, phrase_id) for phrase_id in phrase_ids]
    scorer = program.scorer
    samples = read(clip).samples
    stream = scorer.words(language).listen([phrase.text(language) for phrase in phrases])
    if stream.note:
        click.echo(f"ruston: {stream.note}", err=True)
    size = int(BLOCK * SAMPLE_RATE)
    for start in range(0, len(samples), size):
        block = samples[start : start + size]
        if heard := stream.feed(block):
            _tell(heard, (start + len(block)) / SAMPLE_RATE, None, language, None if as_json else reader)
    final = stream.finish()
    answers = [Answer(phrase.id, phrase.text(language)) for phrase in phrases]
    said = content(final, answers, language, scorer.lexicon(language)) if answers else None
    _tell(final, len(samples) / SAMPLE_RATE, said, language, None if as_json else reader)


def _tell(
    heard: "Hypothesis", at: float, said: "Content | None", language: Language, reader: "Reader | None"
) -> None:  # fmt: skip
    """reader: None for other programs, in JSON."""
    if reader is None:
        row: dict[str, Any] = {"schema": SCHEMA, "at": round(at, 2), **asdict(heard)}
        if heard.final:
            row["content"] = asdict(said) if said else None
        click.echo(json.dumps(row, ensure_ascii=False))
        return
    from trainer.commands import drawing

    if heard.final:
        show(drawing.final_words(heard, said, language, reader))
    else:
        show(drawing.words_so_far(heard, at, language, reader))
