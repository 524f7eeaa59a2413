"""A short pass of the fuzzer in the suite; the long one is `python -m tests.fuzz`."""

import os
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.commands import ending, furnish, lines, load_everything
from tests.fuzz.mutations import mutated
from tests.fuzz.targets import Target, survives, targets

EACH = 40  # inputs of a target, times its weight at most


@pytest.fixture
def folder(monkeypatch):
    """Not pytest's own, which only its owner may enter."""
    with tempfile.TemporaryDirectory(prefix="ruston-fuzz-") as made:
        Path(made).chmod(0o755)
        monkeypatch.setenv("RUSTON_DATA", f"{made}/data")
        yield Path(made)


@pytest.mark.parametrize("target", targets(), ids=lambda target: target.name)
def test_any_bytes_end_in_a_value_or_a_refusal(target: Target, folder, capfd):
    @settings(max_examples=EACH * min(2, target.weight), suppress_health_check=[HealthCheck.too_slow], database=None)
    @given(st.integers(0, 2**32))
    def run(seed: int) -> None:
        survives(target, mutated(random.Random(seed), target.seeds), folder)

    run()
    assert "Traceback" not in capfd.readouterr().err  # libraries in C call back, and print what goes wrong there


@pytest.mark.skipif(not hasattr(os, "fork"), reason="each command line runs in a process of its own")
def test_any_command_line_ends_in_an_answer_or_one_line(folder):
    draw = random.Random(17)
    furnish(folder)
    if os.geteuid() == 0:
        load_everything()
    for arguments in lines(draw, 12):
        assert ending(arguments, folder) == "", arguments
