"""A browser stretches each run of text to its length: where that's right, no words run together in a picture."""

import re
from itertools import pairwise
from pathlib import Path

from trainer.tui.screenshot import in_cells

PICTURES = sorted((Path(__file__).parent / "__snapshots__").rglob("*.svg"))
RUN = re.compile(r'<text class="\S*" x="([\d.]+)" y="([\d.]+)" textLength="([\d.]+)"[^>]*>([^<]*)</text>')


def overlaps(svg: str) -> list[str]:
    runs = [(float(y), float(x), float(length), text) for x, y, length, text in RUN.findall(svg)]
    return [
        f"{text} | {following}"
        for (line, x, length, text), (next_line, next_x, _length, following) in pairwise(runs)
        if line == next_line and x + length > next_x + 0.1
    ]


def test_no_words_run_together_in_a_picture():
    assert PICTURES
    assert {path.name: found for path in PICTURES if (found := overlaps(path.read_text("utf-8")))} == {}


def test_a_stress_mark_takes_no_place():
    def run(length: str) -> str:
        return f'<text class="r1" x="0" y="20" textLength="{length}" clip-path="url(#l)">по́нял&#160;&amp;</text>'

    assert in_cells(run("97.6")) == run("85.4")
    assert overlaps(run("97.6") + run("97.6").replace('x="0"', 'x="85.4"'))
