"""Pictures of the screen as SVG, in which a stress mark takes no place of its own.

Rich sets the length of a run of text by its characters, and browsers stretch the run to it: with a combining mark among
them it runs into the next one. The length of a run is that of its cells.
"""

import re
from html import unescape

from trainer.tui.widgets.cells import wide

_RUN = re.compile(r'(<text [^>]*?textLength=")([\d.]+)("[^>]*>)([^<]*)(?=</text>)')


def in_cells(svg: str) -> str:
    return _RUN.sub(_measured, svg)


def _measured(run: re.Match[str]) -> str:
    head, length, tail, written = run.groups()
    text = unescape(written).strip("\n")
    cells = wide(text)
    if cells != len(text):
        length = f"{float(length) / len(text) * cells:.6g}"
    return f"{head}{length}{tail}{written}"
