"""`ruston shadow`: speak along with the reading of a call; how evenly you follow it, and the speed to try next."""

import json
from typing import Any

import click

from trainer.commands import Number, as_json, ruston
from trainer.commands.training import tell, trainee, training
from trainer.messages import gettext as _

SCHEMA = "ruston.shadow/1"


@ruston.command(
    help=_(
        "Scored is the timing: how far behind you are, and how evenly. The next time is faster where you "
        "kept up, slower where not. Wear a headset."
    )
)
@click.argument("call", metavar="ID")
@click.option("--speed", type=Number(0.5, 1.5), default=0.8, show_default=True, help=_("Of the reading."))
@click.option("--times", type=click.IntRange(1, 50), default=1, show_default=True, metavar="N", help=_("How often."))
@training
@as_json
def shadow(call: str, speed: float, times: int, as_json: bool, **who: Any) -> None:
    from trainer.live.shadowing import ShadowDrill
    from trainer.wording import lag_told

    with trainee(**who) as person:
        drill = ShadowDrill(person.practising, call, speed)
        if not as_json:
            text = drill.text + person.help(drill.text)
            tell(text, (_("Say along"), text))
        microphone, loudspeaker = person.microphone(), person.loudspeaker()
        for _time in range(times):
            at = drill.speed
            found = drill.compare(*drill.along(microphone, loudspeaker))
            if as_json:
                content = {"schema": SCHEMA, "call": call, "speed": at, "lag": round(found.lag, 3)}
                content |= {"spread": round(found.spread, 3), "said": round(found.said, 3)}
                click.echo(json.dumps({**content, "points": round(found.points, 1), "next": drill.speed}))
            else:
                told = _("{speed:.1f}×: {lag}; {points:.0f} points. Next: {next:.1f}×")
                lag = lag_told(found.lag, found.spread)
                line = told.format(speed=at, lag=lag, points=found.points, next=drill.speed)
                tell(line, (_("Verdict"), line))
