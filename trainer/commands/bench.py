"""`ruston bench`: the figures that the trainer claims, measured on recordings of one's own choice."""

import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from trainer.commands import as_json, ruston, show
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _
from trainer.text_out import console

if TYPE_CHECKING:
    from trainer.bench import accuracy as accuracy_bench
    from trainer.bench import channel as channel_bench
    from trainer.bench import native as native_bench
    from trainer.bench import pairs as pairs_bench
    from trainer.bench.clips import Clip, Scored
    from trainer.bench.report import Figure
    from trainer.speech.acoustic import AcousticModel
    from trainer.speech.ratings import FittedRater

Job = TypeVar("Job")
Result = TypeVar("Result")

model_option = click.option(
    "--model", "model_path", type=click.Path(path_type=Path), metavar="DIR", help=_("Another acoustic model.")
)
language_option = click.option(
    "--language", type=click.Choice(LANGUAGES), required=True, help=_("The language that is spoken.")
)
every_option = click.option("--every", type=click.IntRange(min=1), default=1, help=_("Only every N-th recording."))


@ruston.group
def bench() -> None:
    pass


@bench.command(
    help=_("Agreement with experts on scored learners. LABELS is JSON in the form of speechocean762's train.json.")
)
@click.argument("clips", type=click.Path(path_type=Path), metavar="FOLDER")
@click.argument("labels", type=click.Path(path_type=Path), metavar="LABELS")
@every_option
@click.option("--speakers", metavar="ID,...", help=_("Only these speakers."))
@model_option
@as_json
def accuracy(
    clips: Path, labels: Path, every: int, speakers: str | None, model_path: Path | None, as_json: bool
) -> None:
    from trainer.bench import accuracy as measured

    items = measured.items(clips, labels)
    if speakers:
        items = [item for item in items if item.speaker in speakers.split(",")]
    outcomes = _on_all_cores(_accuracy, [(item, model_path) for item in items[::every]])
    _report("accuracy", measured.figures(outcomes), model_path, as_json)


@bench.command(
    help=_("Native speech: how often is what is right found wrong? MANIFEST is a table with the columns path and text.")
)
@click.argument("manifest", type=click.Path(path_type=Path), metavar="MANIFEST")
@language_option
@every_option
@model_option
@as_json
def native(manifest: Path, language: Language, every: int, model_path: Path | None, as_json: bool) -> None:
    from trainer.bench import native as measured

    table = measured.manifest(manifest, language)
    outcomes = _on_all_cores(_native, [(utterance, model_path) for utterance in table.utterances[::every]])
    _report(f"native-{language}", measured.figures(table, outcomes), model_path, as_json)


@bench.command(
    help=_(
        "Natives against people with an accent: does the score tell them apart? Both are tables with the columns "
        "path and text, and where wanted start, end (seconds) and speaker."
    )
)
@click.argument("natives", type=click.Path(path_type=Path), metavar="NATIVE")
@click.argument("accented", type=click.Path(path_type=Path), metavar="ACCENTED")
@language_option
@every_option
@model_option
@as_json
def accent(
    natives: Path, accented: Path, language: Language, every: int, model_path: Path | None, as_json: bool
) -> None:
    from trainer.bench import accent as measured
    from trainer.bench.clips import clips

    jobs = [[(clip, model_path) for clip in clips(table, language)[::every]] for table in (natives, accented)]
    found = _on_all_cores(_accent, [job for group in jobs for job in group])
    figures = measured.figures(found[: len(jobs[0])], found[len(jobs[0]) :])
    _report(f"accent-{language}", figures, model_path, as_json)


@bench.command(
    help=_(
        "The same calls over other microphones, rooms and lines: how far does that move the score? TABLE has the "
        "columns path and text."
    )
)
@click.argument("table", type=click.Path(path_type=Path), metavar="TABLE")
@language_option
@click.option("--only", metavar="NAME,...", help=_("Only channels whose names begin so: level, band, noise, shift ..."))
@every_option
@model_option
@as_json
def channel(
    table: Path, language: Language, only: str | None, every: int, model_path: Path | None, as_json: bool
) -> None:
    from trainer.bench import channel as measured
    from trainer.bench.clips import clips

    wanted = tuple(only.split(",")) if only else ()
    jobs = [(clip, model_path, wanted) for clip in clips(table, language)[::every]]
    _report(f"channel-{language}", measured.figures(_on_all_cores(_channel, jobs)), model_path, as_json)


@bench.command(
    help=_(
        "Calls or words said right and wrong on purpose: what is found, who is blamed? TABLE has the columns path, "
        "text and said: ok, or the sounds that were wrong (mʲ, or mʲ>m where [m] was said)."
    )
)
@click.argument("table", type=click.Path(path_type=Path), metavar="TABLE")
@language_option
@every_option
@model_option
@as_json
def pairs(table: Path, language: Language, every: int, model_path: Path | None, as_json: bool) -> None:
    from trainer.bench import pairs as measured
    from trainer.bench.clips import clips

    jobs = [(clip, model_path) for clip in clips(table, language, pairs=True)[::every]]
    _report(f"pairs-{language}", measured.figures(_on_all_cores(_pairs, jobs)), model_path, as_json)


@bench.command(help=_("Time and memory: from a cold start, warm, and for many recordings."))
@model_option
@as_json
def speed(model_path: Path | None, as_json: bool) -> None:
    from trainer.audio.manifest import clips
    from trainer.bench import speed as measured
    from trainer.bundled import bundled
    from trainer.speech.acoustic import AcousticModel

    found = measured.figures(clips(bundled("audio") / "samples"), AcousticModel(model_path), model_path)
    _report("speed", found, model_path, as_json)


@cache
def _listener(model_path: Path | None) -> "tuple[AcousticModel, FittedRater]":
    """One for every process."""
    from trainer.speech.acoustic import AcousticModel
    from trainer.speech.ratings import FittedRater

    model = AcousticModel(model_path, threads=1)
    return model, FittedRater(model)


@bench.command(
    help=_("The words of the ear drill: how well two machine ears tell each from its partner, by contrast and talker.")
)
@click.option("--language", type=click.Choice(LANGUAGES), help=_("Only of this language."))
@click.option("--contrast", metavar="NAME", help=_("Only this contrast: θ-s, t-tʲ, stress..."))
@as_json
def contrasts(language: Language | None, contrast: str | None, as_json: bool) -> None:
    from trainer.bench import contrasts as measured

    found = list(measured.figures([language] if language else LANGUAGES, contrast))
    if not found:
        raise UserError(_("there is no contrast {name}. `ruston ear --list` shows them.").format(name=contrast))
    _report("contrasts", found, None, as_json)


def _accuracy(job: "tuple[accuracy_bench.Item, Path | None]") -> "accuracy_bench.Outcome":
    from trainer.bench.accuracy import measure

    return measure(job[0], *_listener(job[1]))


def _native(job: "tuple[native_bench.Utterance, Path | None]") -> "native_bench.Outcome | None":
    from trainer.bench.native import measure

    return measure(job[0], *_listener(job[1]))


def _accent(job: "tuple[Clip, Path | None]") -> "Scored | None":
    from trainer.bench.accent import measure

    return measure(job[0], *_listener(job[1]))


def _channel(job: "tuple[Clip, Path | None, tuple[str, ...]]") -> "channel_bench.Outcome | None":
    from trainer.bench.channel import measure

    return measure(job[0], *_listener(job[1]), job[2])


def _pairs(job: "tuple[Clip, Path | None]") -> "pairs_bench.Outcome | None":
    from trainer.bench.pairs import measure

    return measure(job[0], *_listener(job[1]))


def _on_all_cores(work: Callable[[Job], Result], jobs: Sequence[Job]) -> list[Result]:
    from concurrent.futures import ProcessPoolExecutor  # for many recordings only

    from rich.progress import track

    with ProcessPoolExecutor() as pool:
        done = pool.map(work, jobs, chunksize=4)
        return list(track(done, _("measuring"), total=len(jobs), console=console(errors=True), transient=True))


def _report(bench: str, figures: "Sequence[Figure]", model_path: Path | None, as_json: bool) -> None:
    from trainer.bench.peers import beside
    from trainer.bench.report import SCHEMA
    from trainer.speech.acoustic import AcousticModel

    name = AcousticModel(model_path).name
    peers = {figure: beside(figure.measure, plain=figure.scale == "plain-gop") for figure in figures}
    if as_json:
        for figure in figures:
            record = {
                "schema": SCHEMA, "bench": bench, "model": name, "measure": figure.measure, "scale": figure.scale,
                "value": round(figure.value, 5), "n": figure.n,
                "peers": [{"name": peer.name, "value": peer.value} for peer in peers[figure]],
            }  # fmt: skip
            click.echo(json.dumps(record, ensure_ascii=False))
        return
    from rich.table import Table

    table = Table(title=f"{bench} · {name}", box=None, title_justify="left")
    table.add_column(_("measure"))
    table.add_column(_("scale"))
    table.add_column(_("value"), justify="right")
    table.add_column(_("of"), justify="right")
    table.add_column(_("published by others"))
    for figure in figures:
        others = "; ".join(f"{peer.name} {peer.value:.3f}" for peer in peers[figure])
        table.add_row(figure.measure, figure.scale, f"{figure.value:.3f}", str(figure.n), others)
    show(table)
