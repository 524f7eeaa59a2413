"""`ruston doctor`: what is there, what is missing, and what mends it."""

import json
import sys
from dataclasses import asdict

import click

from trainer.commands import as_json, ruston, show

SCHEMA = "ruston.doctor/1"


@ruston.command
@as_json
def doctor(as_json: bool) -> None:
    from trainer.doctor import examine

    found = list(examine())
    if as_json:
        for one in found:
            click.echo(json.dumps({"schema": SCHEMA, **asdict(one)}, ensure_ascii=False))
    else:
        from trainer.commands import drawing

        show(drawing.findings(found))
    if any(one.state == "bad" for one in found):
        sys.exit(2)
