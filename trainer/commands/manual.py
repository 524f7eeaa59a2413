"""`ruston manual`: the user's manual, page by page, offline, in the language of the interface."""

import json
from typing import TYPE_CHECKING

import click

from trainer.commands import as_json, ruston, show
from trainer.errors import UserError
from trainer.messages import gettext as _

if TYPE_CHECKING:
    from trainer.manual import Topic

SCHEMA = "ruston.manual/1"


@ruston.command(help=_("Read the manual: TOPIC is one of those that `ruston manual` lists."))
@click.argument("topic", required=False, metavar="[TOPIC]")
@as_json
def manual(topic: str | None, as_json: bool) -> None:
    from trainer.manual import TOPICS, page

    if topic is None:
        _list(TOPICS, as_json)
        return
    if topic not in TOPICS:
        message = _("the manual has no page {topic}. Its pages: {topics}.")
        raise UserError(message.format(topic=topic, topics=", ".join(TOPICS)))
    read = page(topic)
    if as_json:
        row = {"schema": SCHEMA, "topic": topic, "title": read.title, "text": read.text}
        click.echo(json.dumps(row, ensure_ascii=False))
        return
    from rich.markdown import Markdown

    show(Markdown(read.text))


def _list(topics: "tuple[Topic, ...]", as_json: bool) -> None:
    from trainer.manual import page

    if as_json:
        for topic in topics:
            row = {"schema": SCHEMA, "topic": topic, "title": page(topic).title}
            click.echo(json.dumps(row, ensure_ascii=False))
        return
    width = max(map(len, topics))
    for topic in topics:
        click.echo(f"{topic:<{width}}  {page(topic).title}")
