"""`ruston listen`: hear a call, tell what it means. It needs no microphone."""

import json
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from trainer.commands import as_json, ruston
from trainer.commands.training import Trainee, show_how_many, tell, trainee, training, typed_number
from trainer.live.seed import seed_or_drawn
from trainer.messages import gettext as _
from trainer.text_in import typed_line

if TYPE_CHECKING:
    from trainer.audio.loudspeaker import Loudspeaker
    from trainer.audio.reference import ReferenceClip
    from trainer.drill.exercises import Exercise
    from trainer.drill.listening import Question
    from trainer.live.listening import Listening

SCHEMA = "ruston.listen/1"


@ruston.command(
    help=_("First what you did not understand the last time, then what is new. Kept apart from what you say.")
)
@click.option("--phase", metavar="ID", help=_("Only calls of this mission phase."))
@click.option("--size", type=click.IntRange(1, 200), default=10, show_default=True, metavar="N", help=_("Calls."))
@click.option("--seed", type=click.IntRange(0), default=None, metavar="N", help=_("Ask the same again."))
@click.option("--typed", is_flag=True, help=_("Type the meaning, see the right one, grade yourself from 1 to 4."))
@training
@as_json
def listen(phase: str | None, size: int, seed: int | None, typed: bool, as_json: bool, **who: Any) -> None:
    from trainer.live.listening import Listening

    with trainee(**who) as person:
        listening = Listening(person.practising, size, seed_or_drawn(seed), phase)
        _ask(person, listening, typed, as_json)


def _ask(person: Trainee, listening: "Listening", typed: bool, as_json: bool) -> None:
    loudspeaker = person.loudspeaker()
    while not listening.over:
        question = listening.question
        _show_question(question, len(listening.answers) + 1, len(listening.questions), typed, as_json)
        play = partial(_play, listening.heard(question), loudspeaker)
        play()
        exercise = _graded(listening, as_json, play) if typed else _chosen(listening)
        if exercise is None:
            break
        _show_answer(person, question, exercise, as_json)
    show_how_many(listening.answers, len(listening.questions), as_json)


def _play(clip: "ReferenceClip | None", loudspeaker: "Loudspeaker") -> None:
    if clip is not None:
        loudspeaker.play(clip.samples, clip.rate).wait()


def _chosen(listening: "Listening") -> "Exercise | None":
    number = typed_number(len(listening.question.meanings), _("which meaning"))
    return None if number is None else listening.choose(number - 1)


def _graded(listening: "Listening", as_json: bool, play: Callable[[], None]) -> "Exercise | None":
    """At a terminal an empty line plays the call again, from anybody a question mark does."""
    by_hand = sys.stdin.isatty()
    if by_hand:
        asked = _("What does it mean? Enter alone plays it again.")
        tell(asked, (_("Question"), asked))
    while (line := typed_line()) == "?" or (by_hand and line == ""):
        play()
    if line is None:
        return None
    if as_json:
        click.echo(
            json.dumps(
                {"schema": SCHEMA, "event": "meaning", "meaning": listening.question.meaning}, ensure_ascii=False
            )
        )
    else:
        tell(f"  {listening.question.meaning}", (_("Meaning"), listening.question.meaning))
    number = typed_number(4, _("how well it fits: 1 not at all, 2 hardly, 3 nearly, 4 all of it"))
    return None if number is None else listening.grade(number, line)


def _show_question(question: "Question", number: int, of: int, typed: bool, as_json: bool) -> None:
    meanings = () if typed else question.meanings
    if as_json:
        content = {"schema": SCHEMA, "event": "question", "number": number, "call": question.call}
        click.echo(json.dumps({**content, "meanings": meanings}, ensure_ascii=False))
        return
    tell(f"{number}/{of}", (_("Call"), _("{n} of {total}, listen").format(n=number, total=of)))
    for at, meaning in enumerate(meanings, 1):
        tell(f"  {at}  {meaning}", (_("Choice {n}").format(n=at), meaning))


def _show_answer(person: Trainee, question: "Question", exercise: "Exercise", as_json: bool) -> None:
    if as_json:
        content = {"schema": SCHEMA, "event": "answer", "right": exercise.right, "points": exercise.points}
        content |= {"text": question.text, "meaning": question.meaning}
        click.echo(json.dumps(content, ensure_ascii=False))
        return
    mark = "●" if exercise.right else "○"
    verdict, text = _("right") if exercise.right else _("wrong"), question.text + person.help(question.text)
    tell(
        f"  {mark} {text}  {question.meaning}",
        (_("Verdict"), verdict), (_("Text"), text), (_("Meaning"), question.meaning),
    )  # fmt: skip
