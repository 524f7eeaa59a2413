"""Offline means offline: every command of the README, where there is no network but loopback and no home but an empty
one. What is asked of the system is read from strace, where there is one."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from readme import ADDED, FOR_A_SERVER, FOR_THE_INTERNET, commands

HERE = Path(__file__).parent
ALONE = ["unshare", "--map-root-user", "--net"]
PATIENCE = 900  # s, on a busy machine; half a minute's work

pytestmark = pytest.mark.timeout(PATIENCE)
CALLS = "network,openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2"
CONNECTS = re.compile(r"(?:connect|sendto|sendmsg|sendmmsg)\(.*sa_family=(AF_\w+)(.*)")
WRITES = re.compile(r'(?:openat?|creat)\((?:AT_FDCWD, )?"([^"]+)"[^)]*O_CREAT|(?:mkdir|rename)\w*\((?:.*)"([^"]+)"')
LOOPBACK = re.compile(r'inet_addr\("127\.|"::1"|::ffff:127\.')


def _namespaces_are_allowed():
    return shutil.which("unshare") and not subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The folder in which all ran (data, home, work, other: what the system puts elsewhere), how each command ended,
    and what was asked of the system."""
    if not _namespaces_are_allowed():
        pytest.skip("no network namespaces here: unshare is not installed, or the kernel forbids them")
    folder = tmp_path_factory.mktemp("offline")
    for name in ("data", "home", "work", "other"):
        (folder / name).mkdir()
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(folder / "home"), "RUSTON_DATA": str(folder / "data"),
        "TMPDIR": str(folder / "other"), "XDG_RUNTIME_DIR": str(folder / "other"),  # the sound server's own
        "RUSTON_INTERFACE": "en", "TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join([str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])]),
    }  # fmt: skip
    calls = folder / "calls"
    strace = ["strace", "-f", "--seccomp-bpf", "-qq", "-e", f"trace={CALLS}", "-s", "200", "-o", str(calls)]
    command = [*ALONE, *(strace if shutil.which("strace") else []), sys.executable, str(HERE / "readme.py")]
    done = subprocess.run(
        command, cwd=folder / "work", env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    asked = calls.read_text(encoding="utf-8", errors="replace").splitlines() if calls.exists() else None
    return folder, json.loads(done.stdout.splitlines()[-1]), asked


def test_every_command_of_the_readme_works_without_a_network(run):
    _folder, ended, _asked = run
    assert {command: how for command, how in ended.items() if how[0] != 0} == {}
    assert set(ended) == {"ruston", *commands()} - {FOR_A_SERVER, FOR_THE_INTERNET}
    assert set(ADDED) < set(commands()), "the README has other commands now"


def test_nothing_is_written_outside_the_data_folder_and_what_was_asked_for(run):
    folder, _ended, asked = run
    assert list((folder / "home").rglob("*")) == []
    assert [path for path in (folder / "other").rglob("*") if "pulse" not in path.name] == []
    if asked is None:
        pytest.skip("strace is not installed")
    written = {
        name
        for line in asked
        if "= -1 " not in line and (match := WRITES.search(line))
        for name in match.groups()
        if name
    }
    own = (str(folder), "/dev/", "/proc/")
    assert [name for name in sorted(written) if name.startswith("/") and not name.startswith(own)] == []


def test_no_socket_goes_further_than_this_machine(run):
    if run[2] is None:
        pytest.skip("strace is not installed")
    reached = [match.groups() for line in run[2] if (match := CONNECTS.search(line))]
    assert any(family == "AF_INET" for family, _where in reached), "the loop of the pair is on loopback"
    assert [
        (family, where)
        for family, where in reached
        if family not in ("AF_UNIX", "AF_UNSPEC", "AF_NETLINK") and not LOOPBACK.search(where)
    ] == []
