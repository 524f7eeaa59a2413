"""`ruston calibrate`: the scale of a course, refitted to the blind ratings of its instructors."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trainer.commands import as_json, record_store, ruston
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _

if TYPE_CHECKING:
    from trainer.reports.ratings_file import GivenRating
    from trainer.scoring.course_scale import Fit

SCHEMA = "ruston.calibration/1"
LANGUAGE_NAMES = {"en": lambda: _("English"), "ru": lambda: _("Russian")}


@ruston.command(
    help=_(
        "Shows what it would change; --apply puts it in force on this machine, --off takes it back. The "
        "trainer's own score stays beside the course's, and every score says on which it is."
    )
)
@click.option("--ratings", "files", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
              help=_("Ratings that others gave away, too; may be repeated."))  # fmt: skip
@click.option("--apply", "applied", is_flag=True, help=_("From now on, score by it here."))
@click.option("--off", is_flag=True, help=_("Back to the trainer's own scale."))
@click.option("--take", type=click.Path(path_type=Path), metavar="FILE", help=_("Take over another machine's scale."))
@record_store
@as_json
def calibrate(
    files: tuple[Path, ...], applied: bool, off: bool, take: Path | None, url: str | None, as_json: bool
) -> None:  # fmt: skip
    from trainer.live import course_scale
    from trainer.scoring.course_scale import CourseScale, fit

    if off or take:
        name = None
        if take:
            scale = course_scale.read(take)
            course_scale.put_in_force(scale)
            name, text = scale.name, _("Scores are on the scale {name} from now on.").format(name=scale.name)
        else:
            there = course_scale.take_off()
            text = _("Scores are on the trainer's own scale from now on.") if there else _("They were already.")
        click.echo(json.dumps({"schema": SCHEMA, "in_force": name}) if as_json else text)
        return
    base = _base()
    given = _given(files, url, base)
    fits: dict[Language, Fit] = {}
    for language in LANGUAGES:
        own = [one for one in given if one.language == language]
        found = fit([one.machine for one in own], [one.ear for one in own], [one.learner for one in own])
        if found is not None:
            fits[language] = found
    scale = CourseScale(
        base,
        {language: one.knots for language, one in fits.items() if one.better},
        {language: one.ratings for language, one in fits.items() if one.better},
    )
    path = course_scale.put_in_force(scale) if applied and scale.knots else None
    if as_json:
        content = {"ratings": len(given), "fits": {k: {**asdict(one), "better": one.better} for k, one in fits.items()},
                   "scale": scale.name if scale.knots else None, "in_force": str(path) if path else None}  # fmt: skip
        click.echo(json.dumps({"schema": SCHEMA, **content}))
        return
    _show(given, fits)
    if path:
        click.echo(_("{path}: scores are on the scale {name} from now on.").format(path=path, name=scale.name))
    elif scale.knots:
        click.echo(_("`ruston calibrate --apply` puts it in force here, --off takes it back."))
    else:
        click.echo(_("Nothing to put in force: the trainer's own scale stays."))


def _base() -> str:
    """The trainer's scale that calls are scored on now."""
    from trainer.speech.acoustic import AcousticModel
    from trainer.speech.ratings import FittedRater

    scale = FittedRater(AcousticModel()).scale("en")
    return scale.name if scale else "plain-gop"


def _given(files: tuple[Path, ...], url: str | None, base: str) -> "list[GivenRating]":
    """Of scores on this scale only: points of an older one are other points."""
    from trainer.records.store import Store
    from trainer.reports.blind import rated_calls
    from trainer.reports.ratings_file import GivenRating, plain, read

    with Store.open(url, read_only=True) as store:
        own = [
            GivenRating(call.learner, call.language, plain(call.assessment.scale), call.machine, call.ear)
            for call in rated_calls(store)
        ]
    given = [*own, *(one for file in files for one in read(file))]
    usable = [one for one in given if one.scale == base]
    if not usable and given:
        raise UserError(_("all ratings are of scores on an older scale: rate newer calls."))
    if not usable:
        raise UserError(_("there are no blind ratings yet. `ruston desk review --blind 30` makes some."))
    return usable


def _show(given: "list[GivenRating]", fits: "dict[Language, Fit]") -> None:
    from trainer.scoring.course_scale import FEWEST, FEWEST_LEARNERS

    for language in LANGUAGES:
        n = sum(one.language == language for one in given)
        name = LANGUAGE_NAMES[language]()
        if language not in fits:
            text = _("{language}: {n} ratings, too few: at least {fewest} of {learners} learners are needed.")
            click.echo(text.format(language=name, n=n, fewest=FEWEST, learners=FEWEST_LEARNERS))
            continue
        found = fits[language]
        text = _(
            "{language}: {n} ratings of {learners} learners. Learners it has not seen: {before:.1f} points off before, "
            "{after:.1f} after (root mean square); mean difference {apart:+.1f} before, {apart_after:+.1f} after."
        )
        click.echo(
            text.format(
                language=name, n=found.ratings, learners=found.learners, before=found.error[0], after=found.error[1],
                apart=found.difference[0], apart_after=found.difference[1],
            )
        )  # fmt: skip
        click.echo("   " + "  ".join(f"{place:.0f} → {points:.0f}" for place, points in found.knots))
        if not found.better:
            click.echo("   " + _("It helps nobody: the trainer's own scale stays."))
