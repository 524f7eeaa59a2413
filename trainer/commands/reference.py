"""`ruston reference`: the voice to imitate, at its own pace or slower."""

import json
from pathlib import Path

import click

from trainer.commands import Number, as_json, find_phrase, ruston
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _

SLOWEST, FASTEST = 0.4, 1.5


@ruston.command(help=_("Find the reference reading of a call, or write it to a WAV file, slower if you like."))
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
def reference(
    phrase_id: str, language: Language, voice: str | None, speed: float, out: Path | None, as_json: bool
) -> None:
    from trainer.audio.reference import voices
    from trainer.phrasebook.load import load

    phrase = find_phrase(load(), phrase_id)
    found = voices(phrase.id, language)
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
    from trainer.audio.files import SAMPLE_RATE, read, write
    from trainer.audio.stretch import stretch

    write(out, stretch(read(path).samples, SAMPLE_RATE, speed))
