"""`ruston desk certificate`, `ruston desk verify`: what a learner has passed, on one signed page."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from trainer.atomic_files import save
from trainer.commands import as_json, phrasebook, record_store
from trainer.commands.desk import SCHEMA, at_the_desk, by_option, desk
from trainer.errors import UserError
from trainer.languages import other
from trainer.local_time import local_day
from trainer.messages import gettext as _


@desk.command(
    help=_(
        "Write a signed page of what a learner has passed: assignments that were signed off, by whom, and the level. "
        "In the language of the interface; one printed page."
    )
)
@click.argument("learner", metavar="LEARNER")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help=_("The file (default: LEARNER.html)."))
@by_option
@phrasebook
@record_store
@as_json
def certificate(
    learner: str, out: Path | None, by: str | None, book_path: Path | None, url: str | None, as_json: bool
) -> None:  # fmt: skip
    from trainer.phrasebook.load import load
    from trainer.phrasebook.phases import Phases
    from trainer.records.assignments import progress
    from trainer.records.counting import in_partners_language
    from trainer.records.store import Store
    from trainer.reports import certificate as pages
    from trainer.reports.figures import figures
    from trainer.reports.levels import icao, level
    from trainer.reports.names import Names, file_name
    from trainer.reports.selection import Selection, conditions
    from trainer.wording import asked_told, names_in

    book = load(book_path)
    phases, titles = Phases.of(book), names_in(book)
    with Store.open(url, read_only=True) as store:
        issuer = at_the_desk(store, by)
        person = store.learner(learner)
        where = [*conditions(store, Selection((person.key,)), phases, Names(None)), in_partners_language]
        found = figures(store, where, Names(None), phases)
        done = progress(store, phases, person.key)
    passed = tuple(
        pages.Passed(
            asked_told(one.assignment.phases, one.assignment.call_ids, None, titles),
            one.done, one.assignment.calls, one.points, one.signed.by, local_day(one.signed.at),
        )
        for one in reversed(done)
        if one.signed is not None and one.signed.passed
    )  # fmt: skip
    if not passed:
        message = _("{name} has no assignment that was signed off as passed: `ruston desk sign-off`.")
        raise UserError(message.format(name=person.name))
    stands = level(person.key, person.name, other(person.first), found.days, found.sounds)
    content = pages.Certificate(
        person.name, other(person.first), passed, stands.answers, stands.pronunciation,
        icao(stands.level) if stands.level else "", issuer, local_day(datetime.now(UTC)),
    )  # fmt: skip
    path = out or Path(f"{file_name(person.key)}.html")
    save(path, pages.signed(content), private=True)
    checked = pages.check(path)
    if as_json:
        told = {"path": str(path), "learner": person.key, "passed": len(passed), "key": checked.fingerprint}
        click.echo(json.dumps({"schema": SCHEMA, **told}, ensure_ascii=False))
    else:
        click.echo(_("{path}: signed with the key {key}.").format(path=path, key=checked.fingerprint))


@desk.command(help=_("Say whether a certificate is as it was signed, and by which key."))
@click.argument("path", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--key", "wanted", metavar="FINGERPRINT", help=_("The key that it must be signed with."))
@as_json
def verify(path: Path, wanted: str | None, as_json: bool) -> None:
    from trainer.reports.certificate import check, typed_fingerprint

    key = None if wanted is None else typed_fingerprint(wanted)
    found = check(path)
    another = key not in (None, found.fingerprint)
    trusted = found.whole and not another and (key is not None or found.ours)
    if as_json:
        told = {
            "path": str(path),
            "whole": found.whole,
            "key": found.fingerprint,
            "ours": found.ours,
            "trusted": trusted,
        }
        click.echo(json.dumps({"schema": SCHEMA, **told}, ensure_ascii=False))
    elif not found.whole:
        click.echo(_("{path}: this page was changed after it was signed.").format(path=path))
    elif another:
        click.echo(_("{path}: signed by another key, {key}.").format(path=path, key=found.fingerprint))
    elif found.ours:
        click.echo(
            _("{path}: as it was signed, with the key of this machine, {key}.").format(path=path, key=found.fingerprint)
        )
    elif trusted:
        text = _("{path}: as it was signed, with the key that you named, {key}.")
        click.echo(text.format(path=path, key=found.fingerprint))
    else:
        text = _(
            "{path}: as it was signed, with the key {key}. Compare it with the instructor's: anybody can make a key."
        )
        click.echo(text.format(path=path, key=found.fingerprint))
    if another or not found.whole:
        sys.exit(2)
