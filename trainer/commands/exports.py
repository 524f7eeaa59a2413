"""What `ruston export` and `ruston report` share: where attempts come from, and which."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from trainer.commands import find_phrase, phrasebook, record_store
from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.text_out import progress

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from trainer.audio.manifest import Clip
    from trainer.phrasebook.phases import Phases
    from trainer.phrasebook.phrase import Phrasebook
    from trainer.records.store import Store
    from trainer.reports.folder import Scored
    from trainer.reports.names import Names
    from trainer.reports.selection import Selection

Command = TypeVar("Command", bound=Callable[..., Any])


def selecting(command: Command) -> Command:
    """The options that say which attempts, and whether by name."""
    options = (
        click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[FOLDER]"),
        click.option("--learner", "learners", multiple=True, metavar="KEY", help=_("Only this learner.")),
        click.option("--crew", "crews", multiple=True, metavar="NAME", help=_("Only this crew.")),
        click.option("--since", metavar="DATE", help=_("From this day (2026-07-15) or moment on.")),
        click.option("--until", metavar="DATE", help=_("Up to this day, included, or this moment.")),
        click.option(
            "--session", "sessions", multiple=True, metavar="ID", help=_("Only this session; its id may be cut short.")
        ),
        click.option("--phase", "phases", multiple=True, metavar="ID", help=_("Only calls of this mission phase.")),
        click.option("--names", "real_names", is_flag=True, help=_("Real names instead of pseudonyms.")),
        click.option(
            "--model", "model_path", type=click.Path(path_type=Path), metavar="DIR",
            help=_("Another acoustic model, for the recordings of a FOLDER."),
        ),
        phrasebook,
        record_store,
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@dataclass(frozen=True)
class Chosen:
    """Attempts of a store that were chosen. where: conditions for the database. folder: of recordings, where they came
    from one; refused: those of it that could not be scored."""

    store: "Store"
    where: "list[ColumnElement[bool]]"
    selection: "Selection"
    names: "Names"
    secret: bytes
    phases: "Phases"
    book: "Phrasebook"
    refused: list[Path]
    folder: Path | None = None


@contextmanager
def chosen(
    folder: Path | None, learners: tuple[str, ...], crews: tuple[str, ...], since: str | None, until: str | None,
    sessions: tuple[str, ...], phases: tuple[str, ...], real_names: bool, model_path: Path | None,
    book_path: Path | None, url: str | None,
) -> Iterator[Chosen]:  # fmt: skip
    """Raises UserError for anything that is not there, and where nothing is left."""
    from trainer.local_time import moment
    from trainer.phrasebook.load import load
    from trainer.phrasebook.phases import Phases
    from trainer.records.own_calls import carry_over
    from trainer.records.store import Store
    from trainer.reports.names import Names
    from trainer.reports.selection import Selection, conditions

    book = load(book_path)
    selection = Selection(
        learners, crews, moment(since) if since else None, moment(until, end=True) if until else None, sessions, phases
    )
    refused: list[Path] = []
    if book_path and not folder:
        with Store.open(url) as store:
            carry_over(store, book)
    opened = _folder(folder, book, book_path, model_path, refused) if folder else Store.open(url, read_only=True)
    with opened as store:
        secret = store.id.encode() if _has_id(store) else b""
        known = Phases.of(book)
        where = conditions(store, selection, known, Names(secret))
        if not store.count_attempts(where):
            raise UserError(_("there are no such attempts. `ruston sessions` lists what was drilled."))
        yield Chosen(
            store, where, selection, Names(None if real_names else secret), secret, known, book, refused, folder,
        )  # fmt: skip


def _has_id(store: "Store") -> bool:
    """A reader finds a store that nobody has made yet empty."""
    return bool(store.learners())


@contextmanager
def _folder(
    folder: Path, book: "Phrasebook", book_path: Path | None, model_path: Path | None, refused: list[Path]
) -> "Iterator[Store]":  # fmt: skip
    from trainer.audio.manifest import clips
    from trainer.live.program import Options, Program
    from trainer.reports.folder import as_store

    listed = [(clip, find_phrase(book, clip.phrase)) for clip in clips(folder)]
    scorer = Program(Options(book=book_path, model=model_path, threads=1)).scorer

    def scored() -> "Iterator[Scored]":
        from trainer.commands.score import scored as score

        jobs = [(clip.path, phrase, clip.language, clip.reading) for clip, phrase in listed]
        for (clip, phrase), (_job, outcome) in zip(listed, score(scorer, jobs), strict=True):
            yield clip, phrase, outcome

    def refuse(clip: "Clip", error: UserError) -> None:
        refused.append(clip.path)
        click.echo(f"ruston: {error}", err=True)

    with as_store(folder, scored(), refuse) as store:
        yield store


def tracked(things: Iterable[Any], total: int, label: str) -> Iterator[Any]:
    """With a progress bar on standard error, where somebody looks at it."""
    with progress() as bar:
        yield from bar.track(things, total, description=label)


@contextmanager
def shown(label: str) -> Iterator[Callable[[int, int], None]]:
    """The same for what tells itself how far it is: of how many."""
    with progress() as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
