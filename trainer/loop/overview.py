"""What goes on on a loop, in a few words."""

from trainer.drill.events import Line
from trainer.drill.session import DIRECTOR, VOICE, State
from trainer.messages import gettext as _
from trainer.wording import place_name, speaker_name


def turns(state: State) -> tuple[int, int]:
    """How many turns of the agenda are over, of how many."""
    return (len(state.plan.agenda) - len(state.queue), len(state.plan.agenda)) if state.plan else (0, 0)


def asked(state: State) -> Line | None:
    """The call that is to be said now, or that is heard."""
    cue = state.cue
    return None if cue is None else cue.answers[0] if cue.answers else cue.prompt


def on_the_loop(state: State) -> str:
    """What goes on, in a few words: why the drill stands still, or who has the floor; "" where nobody has."""
    if state.plan is None:
        return _("waits for the host")
    if state.ended:
        return _("over")
    if state.held_by == DIRECTOR:
        return _("waits for the partner") if state.turn >= 0 else _("not ready yet")
    if state.held_by:
        return _("held by {who}").format(who=who(state, state.held_by))
    return who(state, state.keyed) if state.keyed else ""


def who(state: State, place: str) -> str:
    """Who is in a place, by name."""
    if place == VOICE and state.keyed_line:
        return speaker_name(state.keyed_line)
    return place_name(place, state)
