"""Runs every command of the README and the manual where this file is started, in as few processes as can be: with what
a machine of tests lacks (a microphone, a person at the keys) put in its place. Prints how each ended, as JSON."""

import fcntl
import json
import os
import pty
import re
import socket
import struct
import subprocess
import sys
import termios
from pathlib import Path

from program import ruston

from trainer.bundled import bundled
from trainer.manual import TOPICS

ENDED = (0, 130)  # exit codes of who has come to the end, and of who was told to stop
ROOT = Path(__file__).parents[1]
READINGS = str(bundled("audio") / "reference")
SAMPLE = bundled("audio") / "samples" / "en" / "doc-09-right-woman.opus"
SPOKEN = f"--mic {READINGS} --speaker mute --pace fast"
PATIENCE = 120  # s until a program of the loop must have ended
# What is added to a command, so that recordings speak and nobody need press a key.
ADDED = {
    "ruston demo": "--speaker mute --json",
    "ruston drill --headless --crew leonov --mode checklist --phase docking --mic audio/reference": "--size 1",
    "ruston drill --headless --crew stafford --mode respond --json": f"{SPOKEN} --size 1",
    "ruston drill --headless --phrasebook ours.toml --crew anna --first ru": f"{SPOKEN} --size 1",
    "ruston drill --own-list --mode relay --crew leonov --headless": SPOKEN,
    "ruston drill --plain --crew leonov --mode echo": f"{SPOKEN} --size 1",
    "ruston pair here --plain --mode respond": f"{SPOKEN} --size 2",
    "ruston ear --crew leonov --contrast w-v": "--speaker mute --pace fast --json --size 1",
    "ruston ear --plain --crew leonov": "--speaker mute --size 1",
    "ruston listen --crew stafford --phase docking": "--speaker mute --pace fast --json --size 1",
    "ruston shadow DOC-09 --crew leonov --speed 0.9": f"--mic {SAMPLE} --speaker mute",
    "ruston load --crew leonov --task gauge": f"--mic {SAMPLE} --speaker mute --pace fast --calls 1",
    "ruston mouth --crew leonov --word docking": f"--mic {SAMPLE} --speaker mute",
    "ruston audio check": f"--mic {SAMPLE} --fast",
    "ruston audio play call.wav --radio 0.7 --ground": "--speaker mute --fast",
    'ruston reference record DOC-09 --language ru --name "V. Shatalov" --consent': f"--mic {READINGS} --fast",
    "ruston pair here --phase docking": f"{SPOKEN} --headless --mode respond --size 2",
    "ruston pair host --phase docking --crew leonov": f"{SPOKEN} --json --mode respond --size 2 --address 127.0.0.1",
    "ruston pair join --crew stafford": f"{SPOKEN} --json --score-remotely",
    "ruston pair watch": "--speaker mute --json",
    "ruston scorer": "--json",
}
# What is typed, where a question is asked of whoever sits there.
TYPED = dict.fromkeys((
    "ruston ear --crew leonov --contrast w-v", "ruston ear --plain --crew leonov",
    "ruston listen --crew stafford --phase docking",
), "1\n")  # fmt: skip
# The internet is what this one is for, and the manual says so.
FOR_THE_INTERNET = "ruston models install vosk-model-small-ru-0.22"
# And this one for a server, which there is not.
FOR_A_SERVER = "ruston records copy records.sqlite postgresql://USER@HOST/DATABASE"


def commands() -> list[str]:
    """What stands in their blocks of shell, from the word ruston to the comment."""
    pages = [ROOT / "README.md", *(ROOT / "trainer" / "manual" / "en" / f"{topic}.md" for topic in TOPICS)]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    lines = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL)).splitlines()
    found = [re.search(r"\bruston .*?(?=\s*(?:#|$))", line) for line in lines]
    return [match.group() for match in found if match]


def main() -> None:
    _lo_up()
    ended = {"ruston": _console()}  # on a machine that was never used
    _prepare()
    loop: list[tuple[str, subprocess.Popen[str]]] = []
    codes: dict[str, str] = {}
    for command in commands():
        if command in (FOR_THE_INTERNET, FOR_A_SERVER):
            continue
        words = [word.strip("\"'") for word in re.findall(r'"[^"]*"|\S+', f"{command} {ADDED.get(command, '')}")][1:]
        match words[:2]:
            case ["pair", "host"]:
                loop.append((command, _started(words)))
                assert loop[0][1].stdout
                codes = json.loads(loop[0][1].stdout.readline())
            case ["pair", "join" | "watch"] | ["scorer", _]:
                role = {"join": "guest", "watch": "instructor"}.get(words[1], "scorer")
                partner = str(Path(os.environ["RUSTON_DATA"]) / "partner")  # another machine's records
                loop.append((command, _started(words, RUSTON_CODE=codes[role], RUSTON_DATA=partner)))
            case _:
                run = ruston(*words, typed=TYPED.get(command, ""))
                ended[command] = [run.returncode, run.stderr[-300:]]
    for command, process in loop:
        if "scorer" in command:
            process.terminate()
        try:
            _out, complaints = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()  # what it was waiting for shows in how the others ended
            complaints = process.communicate()[1]
        ended[command] = [0 if process.returncode in ENDED else process.returncode, complaints[-300:]]
    print(json.dumps(ended))


def _prepare() -> None:
    """The files that the README's commands name, and what they take for granted to be in the records."""
    import soundfile

    Path("audio").symlink_to(bundled("audio"))
    samples, rate = soundfile.read(SAMPLE)
    for name in ("call.wav", "my-call.wav"):
        soundfile.write(name, samples, rate)
    Path("class.csv").write_text("key,name,first,crew\nleonov,Алексей Леонов,ru,Soyuz\n", encoding="utf-8")
    ruston("desk", "roster", "class.csv")
    ruston("privacy", "consent", "leonov", "--recordings", "yes", "--days", "30")
    for _number in range(2):
        ruston("desk", "assign", "--learner", "leonov")


def _started(words: list[str], **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "trainer", *words], text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env={**os.environ, **environment},
    )  # fmt: skip


def _console() -> list[object]:
    """`ruston` alone, in a terminal: sign on, say what one reads, see the board, leave."""
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-m", "trainer"])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    for awaited, keys in ((b"Stafford", b"\r"), (b"Cyrillic", b"\r"), (b"What is next", b"\x11")):
        shown = b""
        while awaited not in shown:
            shown += os.read(terminal, 65536)
        os.write(terminal, keys)
    try:
        while os.read(terminal, 65536):
            pass
    except OSError:  # the terminal is gone with the console
        pass
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), ""]


def _lo_up() -> None:
    """A new network namespace has its loopback down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh", b"lo", 1)  # IFF_UP
        fcntl.ioctl(any_socket, 0x8914, request)  # SIOCSIFFLAGS


if __name__ == "__main__":
    main()
