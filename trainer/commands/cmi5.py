"""`ruston cmi5`: mission phases as courses of a learning management system."""

import json
from datetime import timedelta
from pathlib import Path

import click

from trainer.atomic_files import writing
from trainer.commands import Number, as_json, phrasebook, record_store, ruston
from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.scoring.points import PASS_MARK

SCHEMA = "ruston.cmi5/1"


@ruston.group
def cmi5() -> None:
    pass


@cmi5.command(help=_("Write a phase as a course package, to be uploaded to your system."))
@click.option("--phase", required=True, metavar="ID", help=_("Which phase."))
@click.option("--platform", required=True, metavar="URL", help=_("The address of your training centre."))
@click.option("--pass-mark", type=Number(0, 100), default=PASS_MARK, show_default=True,
              help=_("Mean points from which it is passed."))  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help=_("The file (default: PHASE.zip)."))
@phrasebook
@as_json
def package(
    phase: str, platform: str, pass_mark: float, out: Path | None, book_path: Path | None, as_json: bool
) -> None:  # fmt: skip
    from trainer.phrasebook.load import load
    from trainer.reports import cmi5

    book = load(book_path)
    found = next((one for one in book.phases if one.id == phase), None)
    if found is None:
        message = _("there is no phase {phase}. There are: {phases}.")
        raise UserError(message.format(phase=phase, phases=", ".join(one.id for one in book.phases)))
    if not platform.startswith(("https://", "http://")):
        raise UserError(_("--platform needs an address such as https://training.example.org."))
    path = out or Path(f"{phase}.zip")
    with writing(path) as file:
        cmi5.write(found, platform, pass_mark / 100, file)
    if as_json:
        click.echo(json.dumps({"schema": SCHEMA, "path": str(path), "phase": phase}))
    else:
        click.echo(_("{path}: upload it as a cmi5 course.").format(path=path))


@cmi5.command(
    help=_(
        "Report a learner's newest drill of a phase to the system that launched it: initialized, passed or failed "
        "once, terminated. Calls without an answer count as no points."
    )
)
@click.argument("learner", metavar="LEARNER")
@click.option("--launch", "address", required=True, metavar="URL", help=_("The address that the system opened."))
@click.option("--phase", required=True, metavar="ID", help=_("Which phase."))
@phrasebook
@record_store
@as_json
def report(learner: str, address: str, phase: str, book_path: Path | None, url: str | None, as_json: bool) -> None:
    from trainer.phrasebook.load import load
    from trainer.phrasebook.phases import Phases
    from trainer.records.store import Store
    from trainer.reports import cmi5

    phases = Phases.of(load(book_path))
    with Store.open(url, read_only=True) as store:
        person = store.learner(learner)
        drilled = store.attempts(learner=person.key)
        own = [one for one in drilled if one.answered and phases.phase(one.asked, one.phase) == phase]
        newest = [one for one in own if one.session == own[-1].session] if own else []
        began = {one.id: one.opened for one in store.sessions(learner=person.key)}
    if not newest:
        raise UserError(_("{name} has not drilled {phase} yet.").format(name=person.name, phase=phase))
    first = began.get(newest[0].session, newest[0].at - timedelta(seconds=1))
    outcome = cmi5.Outcome(sum(one.counted for one in newest) / len(newest) / 100, newest[-1].at - first)
    launched = cmi5.launch(address)
    said = cmi5.report(launched, outcome)
    verbs = [one["verb"]["display"]["en"] for one in said]
    if as_json:
        click.echo(
            json.dumps({"schema": SCHEMA, "session": newest[0].session, "scaled": outcome.scaled, "said": verbs})
        )
    else:
        click.echo(
            _("Reported: {verbs}; {points:.0f} of 100 points.").format(
                verbs=", ".join(verbs), points=100 * outcome.scaled
            )
        )
        if launched.back:
            click.echo(_("Back to your course: {url}").format(url=launched.back))
