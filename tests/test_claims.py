"""What pages claim and what is measured are one table: `python -m tests.benchmarks` checks it against this machine."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks import sizes
from tests.benchmarks.__main__ import checked
from tests.benchmarks.claims import BY_NAME, CLAIMS, HERE, Claim, Measurement

ROOT = Path(__file__).parents[1]
EVERY = [claim for claims in CLAIMS.values() for claim in claims]


@pytest.mark.parametrize("claim", EVERY, ids=lambda claim: claim.figure)
def test_the_pages_say_what_is_claimed(claim):
    for page, words in claim.said.items():
        assert words in (ROOT / page).read_text(encoding="utf-8"), page


def test_the_table_of_promises_has_no_line_that_is_not_measured():
    lines = re.findall(r"^\| (.+?) \| (at (?:most|least)) ([\d.]+) \|", (ROOT / HERE).read_text("utf-8"), re.M)
    promised = [(claim.figure, claim.bound, f"{claim.value:g}") for claim in EVERY if HERE in claim.said]
    assert sorted(lines) == sorted(promised)


def test_sizes_are_as_claimed_and_every_claim_is_measured():
    wheel = Measurement("wheel, MB", 0.0)  # takes a package registry to build
    pairs = list(checked(CLAIMS["sizes"], [*sizes.of_files(), wheel]))
    assert [claim.figure for claim, measured in pairs if not claim.holds(measured.value)] == []


def test_a_claim_that_is_not_true_is_told_and_so_is_one_that_nobody_measures():
    about = Claim("size, MB", "about", 5.4, {}, 0.05)
    assert [about.holds(size) for size in (5.34, 5.36, 5.44, 5.46)] == [False, True, True, False]
    assert Claim("time, s", "at most", 2.0, {}).holds(2.0)
    assert not Claim("speed", "at least", 20.0, {}).holds(19.9)
    with pytest.raises(AssertionError, match="size, MB"):
        list(checked([about], []))
    with pytest.raises(KeyError):
        list(checked([], [Measurement("size, MB", 5.4)]))


def test_each_of_the_long_ones_is_there_and_says_how_it_is_asked():
    for name in BY_NAME:
        text = (ROOT / "tests" / "benchmarks" / f"{name}.py").read_text("utf-8")
        assert f"python -m tests.benchmarks.{name}" in text, name
    listed = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", "--list"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout
    assert all(name in listed for name in (*CLAIMS, *BY_NAME))
