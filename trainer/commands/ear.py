"""`ruston ear`: hear a word, say which of two it was."""

import json
from typing import TYPE_CHECKING, Any

import click

from trainer.commands import as_json, ruston
from trainer.commands.training import Trainee, show_how_many, tell, trainee, training, typed_number
from trainer.live.seed import seed_or_drawn
from trainer.messages import gettext as _

if TYPE_CHECKING:
    from trainer.drill.ear import Trial
    from trainer.drill.exercises import Exercise
    from trainer.live.hearing import EarDrill

SCHEMA = "ruston.ear/1"


@ruston.command(
    help=_(
        "Noise and radio follow how well you do, so that four in five are right. Without a contrast: what "
        "you confuse, what is due, what is new."
    )
)
@click.option(
    "--contrast", "only", multiple=True, metavar="NAME", help=_("Only this contrast: θ-s, t-tʲ, stress... Repeatable.")
)
@click.option("--size", type=click.IntRange(1, 200), default=20, show_default=True, metavar="N", help=_("Questions."))
@click.option("--seed", type=click.IntRange(0), default=None, metavar="N", help=_("Ask the same again."))
@click.option("--list", "listed", is_flag=True, help=_("Only show the contrasts: words, talkers, how far you are."))
@training
@as_json
def ear(
    only: tuple[str, ...], size: int, seed: int | None, listed: bool, as_json: bool, **who: Any
) -> None:  # fmt: skip
    from trainer.live.hearing import EarDrill

    with trainee(**who) as person:
        drill = EarDrill(person.practising, only, size, seed_or_drawn(seed))
        if listed:
            _list(person, drill, as_json)
        else:
            _ask(person, drill, as_json)


def _ask(person: Trainee, drill: "EarDrill", as_json: bool) -> None:
    from trainer.audio.recording import SAMPLE_RATE

    loudspeaker = person.loudspeaker()
    while not drill.over:
        trial = drill.asking.next()
        _show_trial(person, drill, trial, as_json)
        loudspeaker.play(drill.question(trial), SAMPLE_RATE).wait()
        number = typed_number(len(trial.words), _("which of the two"))
        if number is None:
            break
        exercise = drill.answer(trial, number - 1)
        _show_answer(person, trial, exercise, as_json)
        if not as_json:
            loudspeaker.play(drill.both(trial), SAMPLE_RATE).wait()
    show_how_many(drill.answers, drill.size, as_json)


def _show_trial(person: Trainee, drill: "EarDrill", trial: "Trial", as_json: bool) -> None:
    words = [word.text for word in trial.words]
    number = len(drill.answers) + 1
    if as_json:
        content = {"schema": SCHEMA, "event": "question", "number": number, "contrast": trial.contrast, "words": words}
        noise = {"level": trial.level, "snr": trial.snr, "radio": trial.radio}
        click.echo(json.dumps({**content, "talker": trial.talker, **noise}, ensure_ascii=False))
    else:
        from trainer.wording import contrast_name

        named = contrast_name(drill.language, trial.contrast, person.practising.reader)
        asked = _("{n} of {total}, {contrast}").format(n=number, total=drill.size, contrast=named)
        read = [person.practising.reader.sounding(word, drill.language) for word in trial.words]
        choices = [(_("Choice {n}").format(n=at), word) for at, word in enumerate(read, 1)]
        pair = person.practising.reader.contrast(trial.contrast, drill.language)
        tell(f"{number}/{drill.size}  {pair}   1 {read[0]}   2 {read[1]}", (_("Contrast"), asked), *choices)


def _show_answer(person: Trainee, trial: "Trial", exercise: "Exercise", as_json: bool) -> None:
    said, reader = trial.words[trial.answer], person.practising.reader
    if as_json:
        content = {"schema": SCHEMA, "event": "answer", "right": exercise.right, "said": said.text}
        click.echo(json.dumps({**content, "phones": said.phones}, ensure_ascii=False))
    else:
        mark = "●" if exercise.right else "○"
        read = reader.sounding(said, exercise.language)
        told = _("right") if exercise.right else _("it was {word}").format(word=read)
        sounds = read if reader.needs(exercise.language) else "".join(said.phones)
        tell(f"  {mark} {told}  [{sounds}]", (_("Verdict"), told), (_("IPA"), sounds))


def _list(person: Trainee, drill: "EarDrill", as_json: bool) -> None:
    from rich.table import Table

    from trainer.wording import contrast_name

    reader, lines = person.practising.reader, []
    table = Table.grid(padding=(0, 2))
    lettered = [_("sounds")] if reader.needs(drill.language) else []
    table.add_row(_("contrast"), *lettered, _("words"), _("talkers"), _("answers"), _("level"))
    for name, those in drill.pairs.items():
        hearing = drill.before.of(name)
        words = [f"{first.text}/{second.text}" for first, second in those]
        read = ["/".join(reader.sounding(word, drill.language) for word in pair) for pair in those]
        talkers = sorted({talker for first, second in those for talker in drill.talkers[first.text, second.text]})
        if as_json:
            content = {"schema": SCHEMA, "event": "contrast", "contrast": name, "pairs": words, "talkers": talkers}
            state = {"answers": hearing.answers, "right": hearing.right, "level": round(hearing.level, 3)}
            click.echo(json.dumps({**content, **state, "next": name in drill.chosen}, ensure_ascii=False))
        marked = ("▸ " if name in drill.chosen else "  ") + name
        in_letters = [reader.contrast(name, drill.language)] if lettered else []
        table.add_row(
            marked, *in_letters, " ".join(read), str(len(talkers)), str(hearing.answers), f"{hearing.level:.2f}"
        )
        told = _("{words}; talkers {talkers}, answers {answers}, level {level:.2f}").format(
            words=", ".join(read), talkers=len(talkers), answers=hearing.answers, level=hearing.level
        )
        chosen = [_("next")] if name in drill.chosen else []
        sounds = contrast_name(drill.language, name, reader)
        lines.append((_("Contrast"), "; ".join([sounds, *chosen, told])))
        lines += [(_("IPA"), name)] * (sounds != name)
    if not as_json:
        tell(table, *lines)
