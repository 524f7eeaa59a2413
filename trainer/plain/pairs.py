"""A drill across the network in lines: the codes are told, the other is waited for, then it is a drill like any."""

from trainer.loop.ends import End
from trainer.messages import gettext as _
from trainer.plain import drill
from trainer.plain.lines import Lines
from trainer.tui.loop_operator import LoopOperator


def run(end: End, lines: Lines) -> None:
    """Raises UserError where it cannot be."""
    try:
        end.open()
        labels = {
            "guest": _("Code of the partner"), "instructor": _("Code of an instructor"),
            "scorer": _("Code of a scorer"),
        }  # fmt: skip
        lines.say((labels[role], code) for role, code in end.codes.items() if role in labels)
        host = end.role == "host"
        lines.say([(_("Loop"), _("waiting for the partner") if host else _("waiting for the host to open the drill"))])
        plan = end.wait()
    except BaseException:
        end.close()
        raise
    if plan is not None:
        drill.run(end.program, LoopOperator(plan, end), lines)
