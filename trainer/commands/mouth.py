"""`ruston mouth`: one word or one sound, out of any call, until it sits."""

import json
from typing import TYPE_CHECKING, Any

import click

from trainer.commands import as_json, ruston
from trainer.commands.training import Trainee, tell, trainee, training
from trainer.errors import UserError
from trainer.messages import gettext as _

if TYPE_CHECKING:
    from trainer.drill.mouth import Piece, Practice
    from trainer.live.practice import Practising, Tried

SCHEMA = "ruston.practice/1"


@ruston.command(help=_("Without a word, a sound or a call: your weakest sound, from the sound to the call."))
@click.option("--word", "spelled", metavar="WORD", help=_("A word of the calls."))
@click.option("--sound", metavar="IPA", help=_("A sound, from itself to a syllable, a word, a phrase and a call."))
@click.option("--call", metavar="ID", help=_("A call, of which one word is practised."))
@click.option("--number", type=click.IntRange(1), default=1, show_default=True, help=_("Which word of the call."))
@click.option("--list", "listed", is_flag=True, help=_("Only show what would be practised."))
@training
@as_json
def mouth(
    spelled: str | None, sound: str | None, call: str | None, number: int, listed: bool, as_json: bool, **who: Any
) -> None:
    if sum(what is not None for what in (spelled, sound, call)) > 1:
        raise UserError(_("name one of --word, --sound and --call."))
    with trainee(**who) as person:
        pieces = _pieces(person.practising, spelled, sound, call, number)
        for piece in pieces if listed else ():
            _show_piece(person, piece, as_json)
        if not listed:
            _practise(person, pieces, as_json)


def _pieces(
    practising: "Practising", spelled: str | None, sound: str | None, call: str | None, number: int
) -> "tuple[Piece, ...]":
    if call is not None:
        return (practising.piece(call, number - 1),)
    if spelled is not None:
        return (practising.word(spelled),)
    if sound is None:
        if not practising.weak():
            raise UserError(_("no sound of yours is weak yet. Name one, or a word: --sound, --word."))
        sound = practising.to_train()
    return practising.ladder(sound)


def _practise(person: Trainee, pieces: "tuple[Piece, ...]", as_json: bool) -> None:
    from trainer.audio.recording import SAMPLE_RATE
    from trainer.drill.mouth import Practice, tried

    practising = person.practising
    microphone, loudspeaker = person.microphone(), person.loudspeaker()
    for piece in pieces:
        _show_piece(person, piece, as_json)
        practice = Practice(piece)
        if practice.over and (heard := practising.reading(piece, "normal")) is not None:
            loudspeaker.play(heard, SAMPLE_RATE).wait()
        while (step := practice.step) is not None:
            heard = practising.reading(piece, step)
            if heard is not None:
                loudspeaker.play(heard, SAMPLE_RATE).wait()
            said = practising.said(practice)
            outcome = practising.score(practising.record(microphone, said), said)
            practice = tried(practice, outcome.points)
            _show_try(person, practice, step, outcome, as_json)
        if practice.tries:
            practising.keep_practice(practice)


def _show_piece(person: Trainee, piece: "Piece", as_json: bool) -> None:
    if as_json:
        content = {"schema": SCHEMA, "event": "piece", "rung": piece.rung, "text": piece.text, "call": piece.call}
        click.echo(json.dumps({**content, "sound": piece.sound, "ipa": piece.said.citation}, ensure_ascii=False))
        return
    from rich.text import Text

    from trainer.plain.mouth import asked
    from trainer.wording import piece_told, rung_name

    reader = person.practising.reader
    ipa = "" if piece.text == piece.ipa or reader.needs(piece.said.language) else f"  {piece.ipa}"
    rung, text = rung_name(piece.rung), piece_told(piece, reader) + person.help(piece.text)
    tell(
        Text.assemble((f"{rung}  ", "dim"), (text, "bold"), (ipa, "dim"), f"  {piece.call}"),
        *asked(person.practising, piece),
    )


def _show_try(person: Trainee, practice: "Practice", step: str, outcome: "Tried", as_json: bool) -> None:
    number = len(practice.tries)
    if as_json:
        heard = [
            {"phone": phone.phone, "score": round(phone.score, 1), "heard": phone.heard}
            for word in outcome.assessment.words
            for phone in word.phones
        ]
        content = {"schema": SCHEMA, "event": "try", "number": number, "after": step}
        content |= {"points": round(outcome.points, 1), "verdict": outcome.assessment.verdict, "phones": heard}
        stress = outcome.assessment.stress(outcome.at)
        content["stress"] = None if stress is None else "misplaced" if stress.misplaced else "right"
        click.echo(json.dumps(content, ensure_ascii=False))
        return
    from trainer.wording import band, band_name, step_name, try_told

    _colour, mark = band(outcome.points)[:2]
    told = _("{points:.0f} points, {grade}").format(points=outcome.points, grade=band_name(outcome.points))
    why = try_told(outcome.assessment, outcome.at, person.practising.reader)
    told += f"; {why}" if why else ""
    tell(
        f"  {number}  {step_name(step)}  {mark} {outcome.points:.0f}  {why}".rstrip(),
        (_("Try {n}, {step}").format(n=number, step=step_name(step)), told),
    )
