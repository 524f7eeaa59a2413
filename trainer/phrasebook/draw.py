"""Draw calls with figures from templates. The same template and seed give the same call on every machine."""

from collections.abc import Iterator
from itertools import count
from random import Random

from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.phrasebook.phrase import Phrase, Phrasebook
from trainer.phrasebook.templates import Template


class Call(Phrase):
    """A drawn call. Its id is that of its template and the seed, as RBK-03.7; `values` are its figures."""

    template: str
    seed: int
    values: dict[str, str]


def draw(book: Phrasebook, template: Template, seed: int) -> Call:
    """A template with values. A readback drawn with the seed of its call has the values of that call."""
    source = next((t for t in book.templates if t.id in template.answers), template)
    values = _values(source, seed)
    return Call(
        id=f"{template.id}.{seed}",
        phase=template.phase,
        speaker=template.speaker,
        en=template.fill(values, source.slots, "en"),
        ru=template.fill(values, source.slots, "ru"),
        status=template.status,
        note=template.note,
        answers=tuple(f"{answered}.{seed}" for answered in template.answers),
        template=template.id,
        seed=seed,
        values=values,
    )


def recall(book: Phrasebook, call_id: str) -> Call | None:
    """The drawn call with an id such as RBK-03.7, if the phrasebook has its template."""
    template_id, _dot, seed = call_id.partition(".")
    template = next((t for t in book.templates if t.id.casefold() == template_id.casefold()), None)
    return draw(book, template, int(seed)) if template and seed.isdecimal() else None


def exchanges(book: Phrasebook, seed: int) -> Iterator[tuple[Call, ...]]:
    """Calls, each with its readbacks, without end: every template once in a drawn order, then again with other values.

    Raises UserError where the phrasebook has no templates.
    """
    calls = [template for template in book.templates if not template.answers]
    if not calls:
        raise UserError(_("the phrasebook has no templates of calls with figures."))
    for round_seed in count(seed):
        for cue in sorted(calls, key=lambda template: _random(f"{template.id} {round_seed}")):
            readbacks = (template for template in book.templates if cue.id in template.answers)
            yield tuple(draw(book, template, round_seed) for template in (cue, *readbacks))


def _values(template: Template, seed: int) -> dict[str, str]:
    values = {}
    for name, slot in template.slots.items():
        share = _random(f"{template.id} {slot.follows or name} {seed}")
        values[name] = slot.value(int(share * slot.count))
    return values


def _random(key: str) -> float:
    # Of all that Random offers only random() promises to stay the same from one Python to the next.
    return Random(key).random()
