"""`ruston key`: the key of a running console, from a pedal, a headset's button or a shortcut; and keys of one's own."""

import json
from dataclasses import replace
from pathlib import Path

import click

from trainer.commands import as_json, ruston
from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.settings import save_settings, settings

SCHEMA = "ruston.key/1"
which_console = click.option(
    "--console", type=int, metavar="PID", help=_("One of several consoles, by its process (default: the newest).")
)


@ruston.group
def key() -> None: ...


def _press(what: str) -> None:
    @key.command(name=what, help=HELP[what])
    @which_console
    @as_json
    def press(console: int | None, as_json: bool) -> None:
        from trainer.live import key_socket

        heeded = key_socket.press(what, console)  # type: ignore[arg-type]
        if as_json:
            click.echo(json.dumps({"schema": SCHEMA, "press": what, "heeded": heeded}))
        elif not heeded and what != "up":
            click.echo(_("The console has nothing to say now."), err=True)


HELP = {
    "down": _("The key goes down: talk."),
    "up": _("The key comes up: the call is over."),
    "toggle": _("Talk, or end the call: for buttons that tell no release."),
}
for _what in HELP:
    _press(_what)


@key.command(name="listen", help=_("Hear a pedal or button that Linux knows as an input device, until Ctrl-C."))
@click.argument("device", type=click.Path(path_type=Path), required=False, metavar="[DEVICE]")
@click.option("--code", type=click.IntRange(0, 767), metavar="N", help=_("Only this key of the device, by its code."))
@which_console
@as_json
def listen(device: Path | None, code: int | None, console: int | None, as_json: bool) -> None:
    from trainer.live import key_socket
    from trainer.live.input_devices import devices, presses

    if device is None:
        for found in devices():
            row = {"schema": SCHEMA, "device": str(found.path), "name": found.name, "readable": found.readable}
            closed = "" if found.readable else "  " + _("(you may not hear it)")
            click.echo(json.dumps(row, ensure_ascii=False) if as_json else f"{found.path}  {found.name}{closed}")
        return
    last = "up"
    try:
        for what in presses(device, code):
            heeded = key_socket.press(what, console)
            last = what
            if as_json:
                click.echo(json.dumps({"schema": SCHEMA, "press": what, "heeded": heeded}))
    finally:
        if last == "down":
            key_socket.press("up", console)
    raise UserError(_("{path}: the device is gone.").format(path=device))


@key.command(name="map", help=_("List what has a key; ACTION=KEY gives it another, ACTION= the usual one again."))
@click.argument("changes", nargs=-1, metavar="[ACTION=KEY]...")
@as_json
def map_keys(changes: tuple[str, ...], as_json: bool) -> None:
    from trainer.tui.app import Console
    from trainer.tui.keymap import keymap, usual

    chosen = settings()
    own = dict(chosen.keys)
    for change in changes:
        name, equals, wanted = change.partition("=")
        if not equals:
            raise UserError(_("{change}: write ACTION=KEY, as talk=f5.").format(change=change))
        own[name] = wanted
    own = {name: wanted for name, wanted in own.items() if wanted}
    keymap(own, Console)
    if changes:
        save_settings(replace(chosen, keys=own))
    for name, (keys, about) in usual(Console).items():
        now = own.get(name, keys)
        row = {"schema": SCHEMA, "action": name, "keys": now, "usual": keys, "about": _(about)}
        click.echo(json.dumps(row, ensure_ascii=False) if as_json else f"{name:<18} {now:<12} {_(about)}")
