"""`ruston melody`: a call's pitch over that of its reading, its tune, and what was said in full that is weak."""

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trainer.atomic_files import writing
from trainer.commands import as_json, ruston
from trainer.commands.training import Trainee, tell, trainee, training
from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.phrasebook.text import without_stress

if TYPE_CHECKING:
    from trainer.live.melody import Melody, MelodyDrill

SCHEMA = "ruston.melody/1"
COLUMNS, ROWS = 76, 12


@ruston.command()
@click.argument("call", metavar="ID")
@click.option("--picture", type=click.Path(path_type=Path), metavar="FILE.svg", help=_("Draw it into a file, too."))
@click.option("--tags", is_flag=True, help=_("Only show how the call is to be spoken: tune, centre, weak words."))
@training
@as_json
def melody(call: str, picture: Path | None, tags: bool, as_json: bool, **who: Any) -> None:
    from trainer.audio.microphone import follow
    from trainer.audio.recording import SAMPLE_RATE
    from trainer.audio.take import Take
    from trainer.live.melody import MelodyDrill

    if picture is not None and picture.exists():
        raise UserError(_("{path}: exists already. Name a new file.").format(path=picture))
    with trainee(**who) as person:
        drill = MelodyDrill(person.practising, call)
        _show_tags(drill, person, as_json)
        if tags:
            return
        microphone = person.microphone()
        if drill.model is not None:
            person.loudspeaker().play(drill.model.samples, SAMPLE_RATE).wait()
        take = Take()
        for _block in follow(microphone, take, call, person.practising.language):
            pass
        found = drill.compare(take.recording(_("microphone")))
        drill.keep(found)
        if picture is not None:
            _draw(found, drill, picture)
        _show(found, person, as_json)


def _show_tags(drill: "MelodyDrill", person: Trainee, as_json: bool) -> None:
    from rich.console import Group
    from rich.padding import Padding

    from trainer.wording import tune_name

    words = drill.words
    for sentence in drill.wanted:
        weak = [words[at] for at in sentence.weak]
        text = "".join(part for _word, part in drill.parts(sentence))
        if as_json:
            content = {"schema": SCHEMA, "event": "sentence", "text": text, "tune": sentence.tune}
            content |= {"centre": words[sentence.centre], "weak": weak}  # type: ignore[dict-item]
            click.echo(json.dumps(content, ensure_ascii=False))
        else:
            centre, said = person.read(words[sentence.centre]), text + person.help(text)
            tune = person.practising.reader.told(tune_name(sentence.tune))
            told = [tune, _("marked: {word}").format(word=centre)]
            lines = [(_("Text"), said), (_("Tune"), tune), (_("Marked word"), centre)]
            if weak:
                read = [person.read(word) for word in weak]
                told.append(_("weak: {words}").format(words=" ".join(read)))
                lines.append((_("Weak words"), ", ".join(read)))
            tell(Group(said, Padding("\n".join(told), (0, 0, 0, 2), expand=False)), *lines)


def _show(found: "Melody", person: Trainee, as_json: bool) -> None:
    from trainer.tui.widgets.pitch import lines
    from trainer.wording import likeness_told, melody_advice, melody_verdict

    if as_json:
        content: dict[str, Any] = {"schema": SCHEMA, "event": "melody", "points": None}
        if found.points is not None:
            content["points"] = round(found.points, 1)
        content |= {"likeness": None if found.likeness is None else round(found.likeness, 3)}
        content["sentences"] = [
            {"tune": one.sentence.tune, "direction": one.direction, "right": one.right, "misplaced": one.misplaced,
             "rise": round(one.rise, 1), "slope": round(one.slope, 1), "end": round(one.end, 1)}
            for one in found.heard
        ]  # fmt: skip
        content["full_forms"] = [form.word for form in found.full_forms]
        content["full_vowels"] = [{"word": vowel.word, "phone": vowel.phone} for vowel in found.full_vowels]
        content["advice"] = melody_advice(found)
        content["times"] = [round(float(time), 3) for time in found.times]
        content["mine"] = _numbers(found.mine)
        content["reading"] = None if found.reading is None else _numbers(found.reading)
        click.echo(json.dumps(content, ensure_ascii=False))
        return
    words = [without_stress(word.text) for word in found.assessment.words]
    pitch = _("{word}: {rise:+.0f} semitones above what goes before; the end {end:+.0f}")
    tell(
        "\n".join([*lines(found.mine, found.reading, COLUMNS, ROWS), _("● you   · the reading   ◉ both")]),
        *(
            (_("Pitch"), pitch.format(word=words[one.sentence.centre], rise=one.rise, end=one.end))
            for one in found.heard
        ),
    )
    if found.likeness is not None:
        alike = likeness_told(found.likeness)
        tell(alike, (_("Likeness to the reading"), alike))
    verdict = melody_verdict(found, person.practising.reader)
    tell(verdict, (_("Verdict"), verdict))


def _numbers(curve: Any) -> list[float | None]:
    return [round(float(value), 2) if math.isfinite(value) else None for value in curve]


def _draw(found: "Melody", drill: "MelodyDrill", path: Path) -> None:
    from trainer.reports.pitch import picture, spoken

    words = spoken(found.assessment)
    with writing(path) as file:
        file.write(picture(found.times, found.mine, found.reading, words, drill.text).encode())
