"""The commands. Each is thin: it reads arguments, calls the program, and prints. Heavy imports wait until needed."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trainer import __version__
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _

if TYPE_CHECKING:
    from trainer.audio.manifest import Clip
    from trainer.phrasebook.phrase import Phrase, Phrasebook
    from trainer.scorer import Scorer
    from trainer.scoring.assessment import Assessment

ERROR_SCHEMA = "ruston.error/1"
FEW = 3  # up to so many clips are shown in full, more as a list

as_json = click.option("--json", "as_json", is_flag=True, help=_("Print JSON lines for other programs."))
phrasebook = click.option(
    "--phrasebook", "book_path", type=click.Path(path_type=Path), metavar="PATH",
    help=_("A phrasebook file or folder instead of the mission's."),
)  # fmt: skip


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    help=_("Radio drills in two languages, scored phone by phone."),
)
@click.version_option(__version__)
@click.option(
    "--interface", type=click.Choice(LANGUAGES), expose_value=False,
    help=_("Language of the interface (default: RUSTON_INTERFACE, then the system's)."),
)  # fmt: skip
def ruston() -> None:
    pass


@ruston.command(
    help=_("Score recordings of a call, phone by phone. CLIP is a sound file, or a folder with a clips.tsv.")
)
@click.argument("clips", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="CLIP...")
@click.option("--phrase", "phrase_id", metavar="ID", help=_("The call that was said; see `ruston phrases`."))
@click.option("--language", type=click.Choice(LANGUAGES), help=_("The language that it was to be said in."))
@click.option(
    "--model", "model_path", type=click.Path(path_type=Path), metavar="DIR", help=_("Another acoustic model.")
)
@phrasebook
@as_json
def score(
    clips: tuple[Path, ...], phrase_id: str | None, language: Language | None, model_path: Path | None,
    book_path: Path | None, as_json: bool,
) -> None:  # fmt: skip
    from trainer.phrasebook.load import load
    from trainer.scorer import Scorer
    from trainer.speech.acoustic import AcousticModel

    book = load(book_path)
    wanted = _phrase(book, phrase_id) if phrase_id else None
    jobs = [job for path in clips for job in _jobs(path, book, wanted, language)]
    # One clip gets all cores; of several, each is scored on one core.
    model = AcousticModel(model_path, threads=1 if len(jobs) > 1 else None)
    scorer = Scorer(book, model)
    results: list[Assessment] = []
    failed = False
    for job, outcome in _scored(scorer, jobs):
        if isinstance(outcome, UserError):
            failed = True
            _report_failure(job, outcome, as_json)
            continue
        results.append(outcome)
        if as_json:
            click.echo(_assessment_json(outcome))
        elif len(jobs) <= FEW:
            _show_assessment(outcome, job)
    if results and not as_json and len(jobs) > FEW:
        _show_summary(results)
    if failed:
        sys.exit(2)


Job = tuple[Path, "Phrase", Language, str]  # recording, call, language, what is known of the reading


def _jobs(path: Path, book: "Phrasebook", phrase: "Phrase | None", language: Language | None) -> Iterator[Job]:
    from trainer.audio.manifest import clips, listed

    if path.is_dir():
        yield from (_listed_job(clip, book) for clip in clips(path))
    elif phrase and language:
        yield path, phrase, language, ""
    elif clip := listed(path) if not (phrase or language) else None:
        yield _listed_job(clip, book)
    else:
        raise UserError(_("{path}: say which call it is: --phrase ID --language en|ru.").format(path=path))


def _listed_job(clip: "Clip", book: "Phrasebook") -> Job:
    return clip.path, _phrase(book, clip.phrase), clip.language, clip.reading


def _phrase(book: "Phrasebook", phrase_id: str) -> "Phrase":
    if found := book.find(phrase_id):
        return found
    from rapidfuzz import process

    near = [match for match, _score, _i in process.extract(phrase_id.upper(), [p.id for p in book.phrases], limit=3)]
    message = _("there is no phrase {id}. Did you mean {near}? `ruston phrases TEXT` searches.")
    raise UserError(message.format(id=phrase_id, near=", ".join(near)))


def _scored(scorer: "Scorer", jobs: list[Job]) -> Iterator[tuple[Job, "Assessment | UserError"]]:
    """Outcomes in the order of the jobs, on all cores, with a progress bar where there is much to do."""
    import os
    from concurrent.futures import ThreadPoolExecutor

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
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(_("scoring")), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with (
        Progress(*columns, console=Console(stderr=True), transient=True) as progress,
        ThreadPoolExecutor(os.cpu_count()) as pool,
    ):
        yield from zip(jobs, progress.track(pool.map(one, jobs), total=len(jobs)), strict=True)


def _report_failure(job: Job, error: UserError, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"schema": ERROR_SCHEMA, "clip": str(job[0]), "error": str(error)}, ensure_ascii=False))
    click.echo(f"ruston: {error}", err=True)


def _assessment_json(result: "Assessment") -> str:
    from pydantic import TypeAdapter

    from trainer.scoring.assessment import Assessment

    return TypeAdapter(Assessment).dump_json(result).decode()


def _show_assessment(result: "Assessment", job: Job) -> None:
    from trainer import terminal

    _print(terminal.assessment(result, reading=job[3]))


def _show_summary(results: "list[Assessment]") -> None:
    from trainer import terminal

    _print(terminal.summary(results))


def _print(renderable: Any) -> None:
    from rich.console import Console

    Console().print(renderable)


@ruston.command(help=_("List, search or show calls. QUERY is an id or words of either language."))
@click.argument("query", required=False)
@click.option("--phase", metavar="ID", help=_("Only this phase of the mission."))
@click.option("--public-domain-only", is_flag=True, help=_("Leave out quotations from sources in copyright."))
@phrasebook
@as_json
def phrases(
    query: str | None, phase: str | None, public_domain_only: bool, book_path: Path | None, as_json: bool
) -> None:
    from trainer import terminal
    from trainer.phrasebook.load import load

    book = load(book_path)
    found = list(book.search(query) if query else book.phrases)
    if query and (exact := book.find(query)):
        found = [exact]
    if phase:
        known = [p.id for p in book.phases]
        if phase not in known:
            raise UserError(
                _("there is no phase {phase}. Phases: {known}.").format(phase=phase, known=", ".join(known))
            )
        found = [p for p in found if p.phase == phase]
    if public_domain_only:
        found = [p for p in found if book.public_domain(p)]
    if not found:
        raise UserError(_("no call matches. `ruston phrases` lists all."))
    if as_json:
        for one in found:
            click.echo(one.model_dump_json(exclude_none=True))
    elif len(found) == 1:
        _print(terminal.phrase(found[0], book, _pronunciations(found[0])))
    else:
        _print(terminal.phrases(found))


def _pronunciations(phrase: "Phrase") -> dict[Language, list[str]]:
    from trainer.phrasebook.lexicon import lexicon
    from trainer.phrasebook.text import tokens

    def lines(language: Language) -> list[str]:
        text, known = phrase.text(language), lexicon(language)
        return [
            f"{text[t.start : t.end]}  " + "  ".join(f"[{' '.join(p.phones)}]" for p in known.entries.get(t.key, ()))
            for t in tokens(text, language)
        ]

    return {language: lines(language) for language in LANGUAGES}


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
