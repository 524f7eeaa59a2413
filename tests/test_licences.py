"""NOTICE names the licence of everything that the program is installed with, as what is installed says it."""

import re
import tomllib
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
FAMILIES = ("LGPL", "MPL", "GPL", "Apache", "BSD", "MIT", "PSF", "Zlib", "CC0")
LONG_NAMES = {"Mozilla Public License": "MPL", "GNU Lesser": "LGPL"}


def installed_with() -> dict[str, Distribution]:
    """Every distribution that a plain installation needs on this platform."""
    waiting = [
        Requirement(line)
        for line in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    ]
    there: dict[str, Distribution] = {}
    asked: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        needed = waiting.pop()
        name, extras = re.sub(r"[-_.]+", "-", needed.name).lower(), frozenset(needed.extras)
        if (needed.marker and not needed.marker.evaluate({"extra": ""})) or (name, extras) in asked:
            continue
        asked.add((name, extras))
        there[name] = distribution(name)
        for line in there[name].requires or ():
            further = Requirement(line)
            if further.marker is None or any(further.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
                further.marker = None
                waiting.append(further)
    return there


def noticed() -> dict[str, str]:
    lines = (ROOT / "NOTICE").read_text(encoding="utf-8").splitlines()
    return dict(line.split(maxsplit=1) for line in lines if line.startswith("  ") and line.strip())


def families(text: str) -> set[str]:
    for long, short in LONG_NAMES.items():
        text = text.replace(long, short)
    text = re.sub(r"LGPL[\w.-]*", "LGPL", text)
    return {family for family in FAMILIES if re.search(rf"(?<![A-Za-z]){family}", text)}


def said_by(package: Distribution) -> set[str]:
    data = package.metadata
    whole = (data.get("License") or "").strip().partition("\n")[0]
    classifiers = [line for line in data.get_all("Classifier") or [] if line.startswith("License")]
    return families(" ".join([data.get("License-Expression") or "", whole, *classifiers]))


def test_every_licence_of_what_is_installed_is_named_and_right():
    named = noticed()
    for name, package in installed_with().items():
        assert name in named, f"NOTICE lacks {name}"
        assert said_by(package) <= families(named[name]), (name, named[name])


def test_nothing_under_the_gpl_is_needed_at_run_time():
    assert not [name for name, package in installed_with().items() if "GPL" in said_by(package)]
