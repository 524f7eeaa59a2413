"""`ruston reference`: the voice to imitate, at its own pace or slower; one's own voice recorded, exported, taken in."""

import json
from pathlib import Path

import click

from trainer.commands import Number, SpokenGroup, as_json, find_phrase, phrasebook, ruston
from trainer.commands.audio import fast, recorded
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _
from trainer.messages import ngettext

SLOWEST, FASTEST = 0.4, 1.5


class _Reference(SpokenGroup):
    """`ruston reference DOC-09` shows a call, as it always did; the other commands go by their names."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        return super().resolve_command(ctx, args if args and args[0] in self.commands else ["show", *args])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # Options of `show` may come before the call.
        named = args and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named or not args else ["show", *args])


@ruston.group(cls=_Reference)
def reference() -> None:
    pass


@reference.command(help=_("Find the reference reading of a call, or write it to a WAV file, slower if you like."))
@click.argument("phrase_id", metavar="ID")
@click.option("--language", type=click.Choice(LANGUAGES), required=True, help=_("The language that it is said in."))
@click.option("--voice", metavar="NAME", help=_("man or woman (default: the first there is)."))
@click.option(
    "--speed",
    type=Number(SLOWEST, FASTEST),
    default=1.0,
    help=_("Pace: 0.5 takes twice as long, at the same pitch."),
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help=_("The WAV file to write.")
)
@as_json
def show(phrase_id: str, language: Language, voice: str | None, speed: float, out: Path | None, as_json: bool) -> None:
    from trainer.audio.reference import voices
    from trainer.phrasebook.load import load

    phrase = find_phrase(load(), phrase_id)
    found = voices(phrase.text(language), language)
    if not found:
        raise UserError(_("{id} has no reference reading in this language.").format(id=phrase.id))
    if voice and voice not in found:
        raise UserError(_("no such voice for {id}. There is: {voices}.").format(id=phrase.id, voices=", ".join(found)))
    name = voice or next(iter(found))
    path = found[name].path
    if out:
        _write(path, speed, out)
    if as_json:
        record = {
            "phrase": phrase.id,
            "language": language,
            "voice": name,
            "path": str(out or path),
            "text": phrase.text(language),
        }
        click.echo(json.dumps(record, ensure_ascii=False))
    else:
        click.echo(out or path)


def _write(path: Path, speed: float, out: Path) -> None:
    from trainer.audio.files import read, write
    from trainer.audio.recording import SAMPLE_RATE
    from trainer.audio.stretch import stretch

    write(out, stretch(read(path).samples, SAMPLE_RATE, speed))


language_option = click.option(
    "--language", type=click.Choice(LANGUAGES), required=True, help=_("The language that it is said in.")
)


@reference.command(help=_("Record a call in your own voice, for learners to imitate. It is checked before it is kept."))
@click.argument("phrase_id", metavar="ID")
@language_option
@click.option("--name", required=True, metavar="NAME", help=_("Who reads, as learners will see it."))
@click.option("--consent", is_flag=True, help=_("I agree that this recording is kept and passed on with the book."))
@click.option("--mic", metavar="NAME", help=_("A device by number or part of its name, or recordings."))
@fast
@phrasebook
@as_json
def record(
    phrase_id: str, language: Language, name: str, consent: bool, mic: str | None, fast: bool, book_path: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    from trainer.live.model_reading import agreed, keep_reading
    from trainer.live.scorer import Scorer
    from trainer.phrasebook.lexicon import of_book
    from trainer.phrasebook.load import load
    from trainer.speech.acoustic import AcousticModel

    agreed(name, consent)
    book = load(book_path)
    phrase = find_phrase(book, phrase_id)
    click.echo(phrase.text(language), err=True)
    recording = recorded(mic, fast, phrase.id, language)
    scorer = Scorer(book, AcousticModel(), of_book(book_path))
    kept = keep_reading(scorer, recording, phrase, language, name, consent)
    if as_json:
        told = {
            "schema": "ruston.reading/1", "phrase": phrase.id, "language": language, "name": name.strip(),
            "path": str(kept.path), "score": round(kept.score, 1), "weak": kept.weak,
        }  # fmt: skip
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(_("{path}: kept, {score:.0f} points.").format(path=kept.path, score=kept.score))
    if kept.weak:
        click.echo(_("Listen to these sounds again: {sounds}.").format(sounds=", ".join(kept.weak)))


@reference.command(name="export", help=_("Write the readings of a book that were recorded here into one file."))
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.zip")
@phrasebook
@as_json
def export_readings(out: Path, book_path: Path | None, as_json: bool) -> None:
    from trainer.audio import own_readings
    from trainer.phrasebook.load import load

    n = own_readings.export(out, [phrase.id for phrase in load(book_path).phrases])
    _passed_on(out, n, as_json)


@reference.command(name="import", help=_("Take in readings that were exported elsewhere."))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=False), metavar="FILE.zip")
@as_json
def import_readings(file: Path, as_json: bool) -> None:
    from trainer.audio import own_readings

    n = own_readings.take_in(file)
    _passed_on(file, n, as_json)


def _passed_on(path: Path, n: int, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"schema": "ruston.readings/1", "path": str(path), "readings": n}, ensure_ascii=False))
    else:
        click.echo(ngettext("{path}: {n} reading.", "{path}: {n} readings.", n).format(path=path, n=n))
