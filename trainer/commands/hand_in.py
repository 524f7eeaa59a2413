"""`ruston hand-in`: a learner's own sessions and recordings, as one file for the instructor."""

from pathlib import Path

import click

from trainer.commands import as_json, record_store, ruston
from trainer.commands.exports import shown
from trainer.commands.records import tell_packed
from trainer.errors import UserError
from trainer.messages import gettext as _


@ruston.command(
    "hand-in",
    help=_("Of a partner it holds nothing. Without LEARNER: the only one in the records."),
)
@click.argument("learner", required=False, metavar="[LEARNER]")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help=_("The file (default: hand-in-LEARNER.zip).")
)
@record_store
@as_json
def hand_in(learner: str | None, out: Path | None, url: str | None, as_json: bool) -> None:
    from trainer.identity import PARTNER
    from trainer.records import travel
    from trainer.records.store import Store
    from trainer.reports.names import file_name

    with Store.open(url, read_only=True) as store, shown(_("copying")) as progress:
        known = [one.key for one in store.learners() if not one.key.startswith(PARTNER)]
        if learner is None and len(known) != 1:
            message = _("say whose: ruston hand-in LEARNER. Known: {known}.")
            raise UserError(message.format(known=", ".join(known) or "-"))
        who = store.learner(learner or known[0])
        path = out or Path(f"hand-in-{file_name(who.key)}.zip")
        done = travel.hand_in(store, who, path, progress)
    tell_packed(path, done, as_json)
