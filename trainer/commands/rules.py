"""`ruston rules`: rules in a minute, each with its words to hear."""

import json
from typing import Any

import click

from trainer.commands import as_json, ruston
from trainer.commands.training import tell, trainee, training
from trainer.errors import UserError
from trainer.messages import gettext as _

SCHEMA = "ruston.rule/1"


@ruston.command(help=_("Without a name: all of the language that is learnt."))
@click.argument("name", required=False, metavar="[NAME]")
@click.option("--hear", is_flag=True, help=_("Let the words be heard."))
@training
@as_json
def rules(name: str | None, hear: bool, as_json: bool, **who: Any) -> None:
    from trainer.audio.recording import SAMPLE_RATE
    from trainer.phones.rules import rules as cards

    with trainee(**who) as person:
        practising = person.practising
        known = cards(practising.language)
        chosen = [rule for rule in known if name in (None, rule.id)]
        if not chosen:
            names = ", ".join(rule.id for rule in known)
            raise UserError(_("there is no rule {name}. There are: {names}").format(name=name, names=names))
        for rule in chosen:
            if as_json:
                content = {"schema": SCHEMA, "rule": rule.id, "language": rule.language, "sounds": rule.sounds}
                texts = {"words": rule.words, "title": rule.title, "text": rule.text}
                click.echo(json.dumps({**content, **texts}, ensure_ascii=False))
            else:
                from rich.text import Text

                title, text = (practising.reader.told(told) for told in (rule.title, rule.text))
                head, words = (
                    Text.assemble((title, "bold"), (f"   {rule.id}", "dim")),
                    list(map(person.read, rule.words)),
                )
                tell(
                    Text.assemble(head, f"\n{text}\n", (" · ".join(words), "italic"), "\n"),
                    (_("Rule"), f"{title} ({rule.id})"), (_("Text"), text), (_("Words"), ", ".join(words)),
                )  # fmt: skip
            for word in rule.words if hear else ():
                samples = practising.reading(practising.word(word), "normal")
                if samples is not None:
                    person.loudspeaker().play(samples, SAMPLE_RATE).wait()
