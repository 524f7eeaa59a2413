import compileall
import gc
import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the program does, before NumPy is there

import pytest
from hypothesis import settings

import trainer
from trainer.live.scorer import Scorer
from trainer.messages import choose_language
from trainer.phrasebook.load import load
from trainer.speech.acoustic import AcousticModel


def pytest_configure() -> None:
    """Tests start the program hundreds of times: it is compiled once, even where Python is told to keep nothing."""
    if sys.dont_write_bytecode:
        sys.dont_write_bytecode = False
        if "PYTEST_XDIST_WORKER" not in os.environ:
            compileall.compile_dir(Path(trainer.__file__).parent, quiet=2)


# Machines differ in speed: a property is never failed for its running time.
settings.register_profile("ruston", deadline=None)
settings.load_profile("ruston")


@pytest.fixture(autouse=True)
def english():
    """Every test begins in English, whatever the machine speaks and an earlier test chose."""
    choose_language("en")


@pytest.fixture(scope="session")
def scorer() -> Scorer:
    """The program's own model on the mission's phrasebook."""
    return Scorer(load(), AcousticModel())


# Real devices, terminals and networks in real time: a busy machine may fail them once, a fault fails them twice. What
# measures time itself runs one after another; the tests of any other file run in one process, which makes what the file
# shares once.
IN_REAL_TIME = ("test_devices.py", "test_pair.py", "test_pairs.py", "test_terminal.py", "test_watch.py", "loop")
BY_THEMSELVES = ("test_pair.py", "test_pairs.py", "test_terminal.py")  # of these: they wait for whatever is slow
# What takes longest begins first, so that no process is left with it when the others are through.
WORTH_TELLING = 60  # s of computing
LONGEST = (
    "test_screens.py", "test_pair.py", "in real time", "test_offline.py", "test_pairs.py", "test_drills.py",
    "test_project.py", "test_plain.py", "test_terminal.py",
)  # fmt: skip


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {}
    for item in items:
        group, place = str(item.path), item.path.name
        if {item.path.name, item.path.parent.name} & set(IN_REAL_TIME):
            item.add_marker(pytest.mark.flaky(reruns=1))
            if item.path.name not in BY_THEMSELVES:
                group = place = "in real time"
        item.add_marker(pytest.mark.xdist_group(group))
        places[item] = LONGEST.index(place) if place in LONGEST else len(LONGEST)
    items.sort(key=places.__getitem__)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was read so far stays to the end: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


# What a suite costs is what it computes, not how long it waits: told by file in the end.


def _worked() -> float:
    """Seconds that this process has computed so far, with the programs that it started and that are over."""
    return sum(os.times()[:4])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    item.user_properties.append(("worked before", _worked()))
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.when == "teardown":
        report.user_properties.append(("computed", _worked() - dict(item.user_properties)["worked before"]))
    return report


_ends: list[str] = []  # of processes that ran tests


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """A process that dies in a test says nothing itself: how it ended is told. Where it stood is on standard error, by
    pytest's faulthandler, after `faulthandler_timeout` too."""
    if error:
        code = node.gateway._io.popen.wait(10)
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        _ends.append(f"{node.gateway.id} died: {how}{' (as of a timeout)' if code == 1 else ''}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    computed: Counter[str] = Counter()
    took: Counter[str] = Counter()  # by the clock
    busy: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            took[getattr(report, "fspath", "")] += getattr(report, "duration", 0.0)
            busy[getattr(report, "worker_id", "")] += getattr(report, "duration", 0.0)
            if getattr(report, "when", "") == "teardown":
                computed[report.fspath] += dict(report.user_properties).get("computed", 0.0)
    for line in _ends:
        terminalreporter.write_line(line)
    if sum(computed.values()) >= WORTH_TELLING:
        terminalreporter.write_line(f"{sum(computed.values()):.0f} s of computing, most of it in {_most(computed)}")
        terminalreporter.write_line(f"by the clock: {_most(took)}; processes: {_most(busy)}")


def _most(seconds: Counter[str]) -> str:
    return ", ".join(f"{Path(path).name} {lasted:.0f}" for path, lasted in seconds.most_common(20))
