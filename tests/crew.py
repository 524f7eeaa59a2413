"""Leonov and Stafford, and the beginning of a drill of theirs, for the tests of loops."""

from trainer.drill.events import Cue, Line
from trainer.drill.plan import Plan, Reason, Seat, Turn

LEONOV = Seat("soyuz", "leonov", "Leonov", "ru", "soyuz")
STAFFORD = Seat("apollo", "stafford", "Stafford", "en", "apollo")
AGENDA = (Turn(None, ("DOC-09",), "soyuz", Reason("in-order")), Turn(None, ("DOC-10",), "apollo", Reason("in-order")))
PLAN = Plan("s", "checklist", "docking", (LEONOV, STAFFORD), AGENDA, "2026-01-01T00:00:00+00:00")
LINE = Line("DOC-09", "en", "Capture!", "soyuz")
CUE = Cue(at=0.1, turn=0, seat="soyuz", prompt=None, shown=(LINE,), answers=(LINE,), reason=Reason("in-order"))
