"""`ruston manual`: the user's manual, page by page, offline, in the language of the interface."""

import json
from typing import TYPE_CHECKING

import click

from trainer.commands import as_json, ruston, show
from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.text_out import console

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trainer.manual import Topic

SCHEMA = "ruston.manual/1"


@ruston.command
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

    columns = console().width
    for text, code in pieces(read.text):
        if text.strip():
            show(Markdown(text))
        for line in code:
            click.echo("\n".join(whole(line, columns)))


def pieces(text: str) -> "Iterator[tuple[str, tuple[str, ...]]]":
    """The page in its order: what is told, and then the lines of the commands that go before it."""
    for part in text.split("\n```sh\n"):
        code, end, told = part.rpartition("\n```\n")
        if end:
            yield "", ("", *code.split("\n"), "")
        yield told, ()


def whole(line: str, columns: int) -> tuple[str, ...]:
    """A command is never broken: where there is no room for what is said of it, that goes above."""
    command, mark, about = line.partition("  # ")
    if len(line) <= columns or not mark:
        return (line,)
    return f"# {about}", command.rstrip()


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
