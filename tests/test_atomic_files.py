"""What is written is whole, keeps to itself what is private, and never takes the place of what is no file."""

import os
import re
import stat
import subprocess
import sys
import threading

import pytest

from trainer.atomic_files import clear_unfinished, new_folder, save, writing
from trainer.errors import UserError


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def names(folder):
    return {path.name for path in folder.iterdir()}


def dead_process() -> int:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


def test_what_is_private_is_for_its_owner_alone(tmp_path):
    before = os.umask(0o022)
    try:
        save(tmp_path / "report.html", "x", private=True)
        save(tmp_path / "call.wav", "x")
        with new_folder(tmp_path / "clips", private=True) as folder:
            (folder / "a").touch()
    finally:
        os.umask(before)
    assert mode(tmp_path / "report.html") == 0o600
    assert mode(tmp_path / "call.wav") == 0o644
    assert mode(tmp_path / "clips") == 0o700


def test_a_pipe_is_written_into_and_stays_one(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    came = []
    reader = threading.Thread(target=lambda: came.append(pipe.read_bytes()))
    reader.start()
    save(pipe, "attempts", private=True)
    reader.join()
    assert came == [b"attempts"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert names(tmp_path) == {"pipe"}


def test_a_device_is_written_into_and_stays_one(tmp_path):
    link = tmp_path / "nowhere"
    link.symlink_to("/dev/null")
    save(link, "attempts")
    assert stat.S_ISCHR(link.stat().st_mode)


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(UserError, match="this is a folder"), writing(tmp_path):
        pass


def test_what_killed_programs_left_goes_at_the_next_write_there(tmp_path):
    dead = dead_process()
    (tmp_path / f".old.csv.ruston-{dead}.tmp").touch()
    (tmp_path / f".clips.ruston-{dead}.tmp").mkdir()
    (tmp_path / f".clips.ruston-{dead}.tmp" / "a.flac").touch()
    others = {f".now.csv.ruston-{os.getppid()}.tmp", ".theirs.123.tmp", f"ruston-{dead}.tmp"}
    for name in others:
        (tmp_path / name).touch()
    save(tmp_path / "new.csv", "x")
    assert names(tmp_path) == {"new.csv", *others}


def test_a_model_that_was_not_installed_whole_goes(tmp_path):
    from trainer.models.install import INSTALLING

    (tmp_path / f".installing-vosk-model-{dead_process()}").mkdir()
    (tmp_path / f".installing-vosk-model-{os.getpid()}").mkdir()
    clear_unfinished(tmp_path, INSTALLING)
    assert names(tmp_path) == {f".installing-vosk-model-{os.getpid()}"}
    assert not re.fullmatch(INSTALLING, "vosk-model-1")
