"""The operator of the demo: a script has the key, and tells what is going on."""

import threading

from trainer.drill.plan import Plan
from trainer.live import demo
from trainer.live.program import Drill, Program
from trainer.messages import N_, interface_language
from trainer.tui.operator import Operator


def _open(program: Program, plan: Plan) -> Drill:
    return program.open_drill(plan, demo.ScriptedMicrophone(demo.clips(), program.options.pace), keep=False)


class ScriptOperator(Operator):
    """step: of the script, its length when it is over; the screen looks at it whenever it is told something."""

    heading = N_("Demo")
    gathers = False

    def __init__(self) -> None:
        super().__init__(Plan("demo", "read", None, (), (), demo.OPENED), _open)
        self.step = 0
        self._on = threading.Event()
        self._over = threading.Event()

    @property
    def finished(self) -> bool:
        return self.step == len(demo.SCRIPT)

    @property
    def note(self) -> str:
        return "" if self.state.done or self.state.keyed is None else super().note

    def open(self) -> None:
        self.plan = demo.plan(self.program.book, interface_language())
        super().open()
        for number, step in enumerate(demo.SCRIPT):
            if self._over.is_set():
                return
            self._tell(number)
            self._act(step.act)
            if step.seconds and self.program.options.pace == "real":
                self._on.clear()
                self._on.wait(step.seconds)
        self._tell(len(demo.SCRIPT))

    def _tell(self, step: int) -> None:
        self.step = step
        self.front.logged(None, self._open_drill.state)

    def _act(self, act: demo.Act) -> None:
        match act:
            case "say":
                self.key_goes_down()
                self.talk()
            case "hear":
                self.play("reference", 1.0)
            case "again" | "next":
                self._open_drill.transceiver.advance(act)
                self.lead()
            case "tell":
                pass

    def hurry(self) -> None:
        """On to the next step."""
        self._up.set()
        self.hush()
        self._on.set()

    def close(self) -> None:
        self._over.set()
        self._on.set()
        super().close()
