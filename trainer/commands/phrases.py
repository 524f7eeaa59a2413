"""`ruston phrases`: the calls of a phrasebook."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trainer.commands import as_json, phrasebook, ruston, show
from trainer.commands.addressed import addressed
from trainer.errors import UserError
from trainer.languages import LANGUAGES, Language
from trainer.messages import gettext as _

if TYPE_CHECKING:
    from trainer.phrasebook.lexicon import Lexicon
    from trainer.phrasebook.phrase import Phrase


@ruston.command(help=_("TEXT is an id or words of either language."))
@click.argument("query", required=False, metavar="[TEXT]")
@click.option("--phase", metavar="ID", help=_("Only this phase of the mission."))
@click.option("--public-domain-only", is_flag=True, help=_("Leave out quotations from sources in copyright."))
@addressed
@phrasebook
@as_json
def phrases(
    query: str | None, phase: str | None, public_domain_only: bool, learner: str | None, url: str | None,
    book_path: Path | None, as_json: bool,
) -> None:  # fmt: skip
    from trainer.commands import drawing
    from trainer.live.addressee import addressee
    from trainer.phrasebook.lexicon import of_book
    from trainer.phrasebook.load import load

    book = load(book_path)
    found = list(book.search(query) if query else book.phrases)
    if query and (exact := book.named(query)):
        found = [exact]
    if phase:
        known = [p.id for p in book.phases]
        if phase not in known:
            raise UserError(
                _("there is no phase {phase}. Phases: {known}.").format(phase=phase, known=", ".join(known))
            )
        found = [p for p in found if p.phase == phase]
    if public_domain_only:
        found = [p for p in found if book.public_domain(p)]
    if not found:
        raise UserError(_("no call matches. `ruston phrases` lists all."))
    if as_json:
        lexicons = of_book(book_path)
        for one in found:
            record = one.model_dump(mode="json", exclude_none=True)
            if words := _unchecked([one], lexicons):
                record["unchecked"] = words
            click.echo(json.dumps(record, ensure_ascii=False))
        return
    reader = addressee(learner, url, book_path)
    if len(found) == 1:
        show(drawing.phrase(found[0], book, _pronunciations(found[0], book_path), reader))
    else:
        show(drawing.phrases(found, book, reader))
        if words := _unchecked(found, of_book(book_path)):
            click.echo(_("Nobody has checked the pronunciation of {words}.").format(words=", ".join(words)))


def _unchecked(found: "list[Phrase]", lexicons: "dict[Language, Lexicon]") -> list[str]:
    """The words of a phrasebook of one's own whose pronunciation is drafted or is still to be."""
    from trainer.phrasebook.drafting import unchecked

    words = (
        word for one in found for known in lexicons.values() for word in unchecked(one.text(known.language), known)
    )
    return list(dict.fromkeys(words))


def _pronunciations(phrase: "Phrase", book_path: Path | None) -> dict[Language, list[str]]:
    from trainer.phrasebook.drafting import is_draft, with_drafts
    from trainer.phrasebook.lexicon import for_book
    from trainer.phrasebook.text import tokens

    def lines(language: Language) -> list[str]:
        text = phrase.text(language)
        known = with_drafts(text, for_book(book_path, language))
        return [
            f"{text[t.start : t.end]}  "
            + "  ".join(f"[{' '.join(p.phones)}]" for p in known[t.key])
            + (_("  (drafted, not checked)") if is_draft(known[t.key]) else "")
            for t in tokens(text, language)
        ]

    return {language: lines(language) for language in LANGUAGES}
