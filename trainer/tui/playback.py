"""An answer of a drill that is over is heard again, from any page that shows it."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.drill import agenda
from trainer.errors import UserError
from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.tui.page import Page

if TYPE_CHECKING:
    from trainer.tui.operator import Half


def hear(page: Page, call: str, language: Language, recording: Path | None, which: "Half") -> None:
    """The reading of a call, or what was said; in a thread."""
    from trainer.audio.files import read
    from trainer.audio.recording import SAMPLE_RATE

    program = page.program
    trouble = ""
    try:
        if which == "reference":
            phrase = None
            with suppress(KeyError):
                phrase = agenda.find(program.book, call)
            if phrase is None or not program.let_hear(phrase, language):
                trouble = _("There is no recording of this call.")
        elif recording is not None:
            program.play((read(recording).samples, SAMPLE_RATE))
    except UserError as error:
        trouble = str(error)
    if trouble:
        page.app.call_from_thread(page.notify, trouble, severity="warning")
