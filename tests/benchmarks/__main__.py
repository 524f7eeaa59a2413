"""Every figure that the pages claim and that the repository alone can show, measured here and now.

    python -m tests.benchmarks                    all of them, five minutes; exits 1 where a claim is not true
    python -m tests.benchmarks sizes talking      some
    python -m tests.benchmarks term FOLDER        one of the long ones, by name: prints figures of its own
    python -m tests.benchmarks --list

Times and shares are of this machine: ask on a quiet one. With --json one object a line: the machine first.
"""

import argparse
import json
import os
import platform
import runpy
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks import listeners, scoring, sizes, starting, talking
from tests.benchmarks.claims import BY_NAME, CLAIMS, Claim, Measurement
from tests.benchmarks.processes import heed_sigterm

SCHEMA = "ruston.claims/1"
QUIET = 0.5  # load below which a machine is called quiet
MEASURES: dict[str, Callable[[], Iterator[Measurement]]] = {
    "sizes": sizes.measure, "starting": starting.measure, "scoring": scoring.measure, "listeners": listeners.measure,
    "talking": talking.measure,
}  # fmt: skip


def main() -> int:
    if sys.argv[1:2] and sys.argv[1] in BY_NAME:
        name = sys.argv.pop(1)
        runpy.run_module(f"tests.benchmarks.{name}", run_name="__main__", alter_sys=True)
        return 0
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("group", nargs="*", choices=[[], *CLAIMS], metavar="GROUP", help=", ".join(CLAIMS))
    parser.add_argument("--list", action="store_true", help="what can be asked for, with what is claimed")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if arguments.list:
        for group, claims in CLAIMS.items():
            print(group, *(f"  {claim.figure}: {claim.bound} {claim.value:g}" for claim in claims), sep="\n")
        print("by name, each as its text says:", ", ".join(BY_NAME))
        return 0
    tell = _json if arguments.json else _line
    tell({"schema": SCHEMA, **machine()})
    false = 0
    for group in arguments.group or CLAIMS:
        for claim, measured in checked(CLAIMS[group], MEASURES[group]()):
            holds = claim.holds(measured.value)
            false += not holds
            tell({
                "schema": SCHEMA, "group": group, **asdict(measured), "bound": claim.bound, "claimed": claim.value,
                "ratio": measured.value / claim.value, "holds": holds, "load": os.getloadavg()[0],
            })  # fmt: skip
    tell({"schema": SCHEMA, "false": false})
    return 1 if false else 0


def checked(claims: Iterable[Claim], measured: Iterable[Measurement]) -> Iterator[tuple[Claim, Measurement]]:
    """Each measurement with its claim: nothing is measured without a claim, and no claim goes unmeasured."""
    open_claims = {claim.figure: claim for claim in claims}
    for one in measured:
        yield open_claims.pop(one.figure), one
    assert not open_claims, f"not measured: {', '.join(open_claims)}"


def machine() -> dict[str, object]:
    processors = Path("/proc/cpuinfo")
    named = processors.read_text().split("model name\t: ")[1:] if processors.exists() else []
    return {
        "machine": named[0].splitlines()[0] if named else platform.processor(), "cores": os.cpu_count(),
        "system": platform.platform(), "python": platform.python_version(), "load": os.getloadavg()[0],
        "date": time.strftime("%Y-%m-%d %H:%M"),
    }  # fmt: skip


def _json(line: dict[str, object]) -> None:
    print(json.dumps(line), flush=True)


def _line(line: dict[str, object]) -> None:
    match line:
        case {"machine": name, "cores": cores, "load": load}:
            print(f"{name}, {cores} cores, Python {line['python']}, {line['date']}, load {load:.2f}")
            if load > QUIET:
                print("This machine is not quiet: what it says of times is worth little.")
            print(f"{'':4} {'':60} {'measured':>9} {'claimed':>18} {'ratio':>6} {'n':>4}")
        case {"figure": figure, "value": value, "claimed": claimed, "holds": holds}:
            middle = f"  (median {line['median']:.3g})" if line["median"] is not None else ""
            bound = f"{line['bound']} {claimed:.6g}"
            told = f"{value:9.4g}" if value < 1000 else f"{value:9.0f}"
            mark = "ok" if holds else "NOT"
            print(f"{mark:4} {figure:60} {told} {bound:>18} {line['ratio']:6.2f} {line['n']:4}{middle}", flush=True)
        case {"false": false}:
            print("Every claim is true here." if not false else f"{false} claims are not true here.")


if __name__ == "__main__":
    heed_sigterm()
    sys.exit(main())
