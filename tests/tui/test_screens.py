"""Every screen in both languages and at both sizes, compared with the pictures kept beside this file.

After a change that is meant: `pytest -n 0 tests/tui/test_screens.py --snapshot-update`, then look at the pictures.
"""

from functools import partial
from itertools import product

import pytest
from tui import stage

from trainer.languages import LANGUAGES

CASES = [
    (scene, language, size)
    for scene, language, size in product(stage.SCENES, LANGUAGES, stage.SIZES)
    if not (scene in stage.NARROW_ONLY and size != "80x24")
]


@pytest.mark.parametrize("scene, language, size", CASES, ids=["-".join(case) for case in CASES])
def test_a_screen_looks_as_it_should(snap_compare, here, scene, language, size):
    played = partial(stage.play, scene=scene, language=language)
    assert snap_compare(stage.console(scene, language, here), terminal_size=stage.SIZES[size], run_before=played)


@pytest.mark.parametrize("scene, theme", [("scored", "ruston-clear"), ("board", "ruston-day")])
def test_themes_for_other_eyes_and_other_light(snap_compare, here, scene, theme):
    async def play(pilot):
        pilot.app.use_theme(theme)
        await stage.play(pilot, scene, "en")

    assert snap_compare(stage.console(scene, "en", here), terminal_size=(120, 40), run_before=play)


def test_without_colour_nothing_is_lost_but_colour(snap_compare, here, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")

    async def play(pilot):
        await stage.play(pilot, "scored", "en")

    assert snap_compare(stage.console("scored", "en", here), terminal_size=(80, 24), run_before=play)
