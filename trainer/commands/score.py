"""`ruston score`: recordings in, assessments out."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trainer.commands import as_json, find_phrase, phrasebook, ruston, show
from trainer.commands.addressed import addressed
from trainer.commands.ending import nothing_kept, stoppable
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _
from trainer.text_out import progress

if TYPE_CHECKING:
    from trainer.audio.manifest import Clip
    from trainer.live.scorer import Scorer
    from trainer.phrasebook.phrase import Phrase, Phrasebook
    from trainer.reader import Reader
    from trainer.scoring.assessment import Assessment

ERROR_SCHEMA = "ruston.error/1"
FEW = 3  # up to so many clips are shown in full, more as a list


@ruston.command(help=_("CLIP is a sound file, or a folder with a clips.tsv."))
@click.argument("clips", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="CLIP...")
@click.option("--phrase", "phrase_id", metavar="ID", help=_("The call that was said; see `ruston phrases`."))
@click.option("--language", type=click.Choice(LANGUAGES), help=_("The language that it was to be said in."))
@click.option(
    "--model", "model_path", type=click.Path(path_type=Path), metavar="DIR", help=_("Another acoustic model.")
)
@addressed
@phrasebook
@as_json
def score(
    clips: tuple[Path, ...], phrase_id: str | None, language: Language | None, model_path: Path | None,
    learner: str | None, url: str | None, book_path: Path | None, as_json: bool,
) -> None:  # fmt: skip
    from trainer.live.addressee import addressee
    from trainer.live.program import Options, Program
    from trainer.phrasebook.load import load

    book = load(book_path)
    reader = addressee(learner, url, book_path)
    wanted = find_phrase(book, phrase_id) if phrase_id else None
    jobs = [job for path in clips for job in _jobs(path, book, wanted, language)]
    # One clip gets all cores; of several, each is scored on one core.
    program = Program(Options(book=book_path, model=model_path, threads=1 if len(jobs) > 1 else None))
    program.book = book
    scorer = program.scorer
    results: list[Assessment] = []
    failed = False
    with stoppable(nothing_kept):
        for job, outcome in scored(scorer, jobs):
            if isinstance(outcome, UserError):
                failed = True
                _report_failure(job, outcome, as_json)
                continue
            results.append(outcome)
            if as_json:
                click.echo(_assessment_json(outcome))
            elif len(jobs) <= FEW:
                _show_assessment(outcome, job, reader)
        if results and not as_json and len(jobs) > FEW:
            _show_summary(results, reader)
    if failed:
        sys.exit(2)


Job = tuple[Path, "Phrase", Language, str]  # recording, call, language, what is known of the reading


def _jobs(path: Path, book: "Phrasebook", phrase: "Phrase | None", language: Language | None) -> Iterator[Job]:
    from trainer.audio.files import no_file
    from trainer.audio.manifest import clips, listed

    if path.is_dir():
        yield from (_listed_job(clip, book) for clip in clips(path))
    elif phrase and language:
        yield path, phrase, language, ""
    elif clip := listed(path) if not (phrase or language) else None:
        yield path, *_listed_job(clip, book)[1:]
    elif not path.exists():
        raise UserError(no_file(path))
    elif phrase:
        text = _("{path}: say in which language {call} was to be said: --language en|ru.")
        raise UserError(text.format(path=path, call=phrase.id))
    else:
        raise UserError(_("{path}: say which call it is: --phrase ID --language en|ru.").format(path=path))


def _listed_job(clip: "Clip", book: "Phrasebook") -> Job:
    return clip.path, find_phrase(book, clip.phrase), clip.language, clip.reading


def scored(scorer: "Scorer", jobs: list[Job]) -> Iterator[tuple[Job, "Assessment | UserError"]]:
    """Outcomes in the order of the jobs, on all cores, with a progress bar where there is much to do."""
    from concurrent.futures import ThreadPoolExecutor  # for many recordings only

    from trainer.audio.files import read

    def one(job: Job) -> "Assessment | UserError":
        path, phrase, language, _reading = job
        try:
            return scorer.score(read(path), phrase, language)
        except UserError as error:
            return error

    if len(jobs) == 1:
        yield jobs[0], one(jobs[0])
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn(_("scoring")), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with (
        progress(*columns) as bar,
        ThreadPoolExecutor(os.cpu_count()) as pool,
    ):
        yield from zip(jobs, bar.track(pool.map(one, jobs), total=len(jobs)), strict=True)


def _report_failure(job: Job, error: UserError, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"schema": ERROR_SCHEMA, "clip": str(job[0]), "error": str(error)}, ensure_ascii=False))
    click.echo(f"ruston: {error}", err=True)


def _assessment_json(result: "Assessment") -> str:
    from pydantic import TypeAdapter

    from trainer.scoring.assessment import Assessment

    return TypeAdapter(Assessment).dump_json(result).decode()


def _show_assessment(result: "Assessment", job: Job, reader: "Reader") -> None:
    from trainer.commands import drawing

    show(drawing.assessment(result, job[3], reader))


def _show_summary(results: "list[Assessment]", reader: "Reader") -> None:
    from trainer.commands import drawing

    show(drawing.summary(results, reader))
