"""`ruston settings`: what was chosen, for the console, for lines, and for one learner; shown and changed."""

import json
from dataclasses import fields, replace
from typing import Any

import click

from trainer.commands import as_json, record_store, ruston
from trainer.errors import UserError
from trainer.languages import LANGUAGES
from trainer.messages import gettext as _
from trainer.settings import save_settings, settings

SCHEMA = "ruston.setting/1"
PLAIN, LETTERS = "plain", "letters"
NOT_HERE = ("kept", "trouble", "who")
CHOICES: dict[str, tuple[str, ...]] = {
    "interface": LANGUAGES, "voice_en": ("man", "woman"), "voice_ru": ("man", "woman"),
    "mode": ("echo", "read", "relay", "respond", "readback", "checklist"),
}  # fmt: skip
RANGES = {"radio": (0.0, 1.0), "speed": (0.5, 1.0)}
YES, NO = ("yes", "on", "true", "1", "да"), ("no", "off", "false", "0", "нет")


@ruston.command(
    name="settings",
    help=_("plain: lines, no pictures; letters, with --learner: the other alphabet in their own letters."),
)
@click.argument("name", required=False, metavar="[NAME]")
@click.argument("value", required=False, metavar="[VALUE]")
@click.option("--learner", metavar="NAME", help=_("Whose letters."))
@record_store
@as_json
def chosen(name: str | None, value: str | None, learner: str | None, url: str | None, as_json: bool) -> None:
    if name == LETTERS or learner is not None:
        if learner is None or name not in (None, LETTERS):
            raise UserError(_("letters are a learner's own: `ruston settings letters yes --learner NAME`."))
        shown = {LETTERS: _letters(learner, value, url)}
    else:
        if value is not None and name is not None:
            _change(name, value)
        shown = _shown()
        if name is not None and name not in shown:
            raise UserError(_unknown(name))
    for one, now in shown.items():
        if name in (None, one):
            row = {"schema": SCHEMA, "name": one, "value": now} | ({"learner": learner} if learner else {})
            click.echo(json.dumps(row, ensure_ascii=False) if as_json else f"{one}: {_told(now)}")


def _letters(learner: str, value: str | None, url: str | None) -> bool | None:
    from trainer.records.store import Store

    with Store.open(url, read_only=value is None) as store:
        key = store.learner(learner).key
        if value is not None:
            store.show_letters(key, _truth(LETTERS, value))
        return store.learner(key).letters


def _usual() -> dict[str, Any]:
    from trainer.tui.preferences import Preferences

    return {one.name: one.default for one in fields(Preferences) if one.name not in NOT_HERE}


def _shown() -> dict[str, Any]:
    kept = settings()
    chosen = {name: kept.console.get(name, usual) for name, usual in _usual().items()}
    return {PLAIN: kept.plain, **chosen}


def _change(name: str, value: str) -> None:
    kept, usual = settings(), _usual()
    if name == PLAIN:
        save_settings(replace(kept, plain=value != "-" and _truth(name, value)))
        return
    if name not in usual:
        raise UserError(_unknown(name))
    parsed = usual[name] if value == "-" else _parsed(name, value, usual[name])
    save_settings(replace(kept, console={**kept.console, name: parsed}))


def _parsed(name: str, value: str, usual: Any) -> Any:
    if isinstance(usual, bool):
        return _truth(name, value)
    if isinstance(usual, float):
        least, most = RANGES[name]
        try:
            number = float(value)
        except ValueError:
            number = -1.0
        if not least <= number <= most:
            message = _("{name} is a number from {least:g} to {most:g}, not {value}.")
            raise UserError(message.format(name=name, least=least, most=most, value=value))
        return number
    if name in CHOICES and value not in CHOICES[name]:
        message = _("{name} is one of {known}, not {value}.")
        raise UserError(message.format(name=name, known=", ".join(CHOICES[name]), value=value))
    return value


def _truth(name: str, value: str) -> bool:
    if value.casefold() in (*YES, *NO):
        return value.casefold() in YES
    raise UserError(_("{name} is yes or no, not {value}.").format(name=name, value=value))


def _unknown(name: str) -> str:
    known = ", ".join((PLAIN, LETTERS, *_usual()))
    return _("there is no setting “{name}”. There are: {known}").format(name=name, known=known)


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "-" if value is None else str(value)
