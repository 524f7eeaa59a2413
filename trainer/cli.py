"""The command `ruston`: picks the interface language before any text is spoken, then hands over to the commands."""

import ctypes
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from trainer.data_folder import data_folder
from trainer.errors import STOPPED, UserError
from trainer.messages import gettext as _
from trainer.messages import heed
from trainer.settings import settings
from trainer.text_out import WIDEST, choose_plain, standard_streams

if TYPE_CHECKING:
    import click

FAULTS = "faults.log"  # in the data folder
# Of glibc's mallopt(3), parameter and value: one pool for all threads, 16 MB of it kept when they are free, and blocks
# of 4 MB or more the system's, one by one. Lower values cost a score more time than they save memory.
M_ARENA_MAX, M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = (-8, 1), (-1, 64_000_000), (-3, 32_000_000)
MOST_FAULTS = 1 << 20  # bytes, after which it begins anew


def main(arguments: list[str] | None = None) -> None:
    """Run one command. Exit code 2 and one line on standard error for what the user can mend."""
    interface, rest = _split_interface(sys.argv[1:] if arguments is None else arguments)
    heed(interface, _chosen_language())
    plain, rest = _split_plain(rest)
    choose_plain(plain)
    # NumPy's matrix products here are tiny; the threads that would share them busy-wait in the acoustic model's way.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _give_memory_back()
    _forget_impossible_sizes()
    with standard_streams():
        try:
            _run([*([] if interface is None else ["--interface", interface]), *(["--plain"] * plain), *rest])
        except UserError as error:
            _let_go(error)
            _refuse(str(error))
        except KeyboardInterrupt:
            _refuse(_("stopped."), STOPPED)
        except OSError as error:
            _let_go(error)
            place = f" ({error.filename})" if error.filename else ""
            _refuse(_("the system refuses: {reason}.").format(reason=f"{error.strerror or error}{place}"))
        except Exception as fault:
            _refuse(_told(fault))


def _run(arguments: list[str]) -> None:
    import click  # from here on Ctrl-C and faults are told in one line

    from trainer.commands import ruston  # likewise
    from trainer.text_in import text_argument  # likewise

    code: object = None
    try:
        code = ruston.main(
            [text_argument(argument) for argument in arguments], prog_name="ruston", standalone_mode=False
        )
    except click.exceptions.NoArgsIsHelpError as nothing:  # whoever asks for nothing is shown what there is
        nothing.show()
        code = nothing.exit_code
    except click.ClickException as refusal:
        raise UserError(_in_one_line(refusal)) from None
    except click.Abort as abort:  # Ctrl-C, or Ctrl-D at a question
        if abort.__cause__ is None:
            print(file=sys.stderr)  # ends the line of the question
        if isinstance(abort.__context__, EOFError):
            raise UserError(_("no answer came.")) from None
        raise KeyboardInterrupt from None
    finally:
        sys.stdout.flush()  # what cannot be written must fail here, not after the exit code is settled
    sys.exit(code if isinstance(code, int) else 0)


def _in_one_line(refusal: "click.ClickException") -> str:
    """What click says is up to five lines: how a command is used, where help is, what is wrong, what there is."""
    message = " ".join(refusal.format_message().split())
    context = getattr(refusal, "ctx", None)
    if context is None:
        return message
    fault = message if message[-1:] in (".", "?", "") else f"{message}."
    return _("{fault} `{command} --help` shows how.").format(fault=fault, command=context.command_path)


def _let_go(error: Exception) -> None:
    """What was still being drawn ends now, while there is something to draw on."""
    from traceback import clear_frames  # what only a refusal needs, no start pays for

    clear_frames(error.__traceback__)


def _refuse(message: str, code: int = 2) -> None:
    print(f"ruston: {message}", file=sys.stderr)
    sys.exit(code)


def _told(fault: Exception) -> str:
    """The last net: one line for a fault of the program itself, and a file with what its makers need to mend it."""
    import traceback  # what only a fault needs, no start pays for
    from datetime import UTC, datetime  # likewise

    from trainer import __version__  # likewise

    kind = type(fault).__name__
    try:
        path = data_folder() / FAULTS
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a" if path.exists() and path.stat().st_size < MOST_FAULTS else "w", encoding="utf-8") as file:
            file.write(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} ruston {__version__}, Python {sys.version}\n")
            file.writelines(traceback.format_exception(fault))
    except (OSError, UserError):  # no place to write it down
        return _("a fault of the program itself ({kind}).").format(kind=kind)
    message = _("a fault of the program itself ({kind}). {path} says where: send it to those who make the program.")
    return message.format(kind=kind, path=path)


def _give_memory_back() -> None:
    """What a score frees goes back to the system: left alone glibc keeps it, for every thread its own."""
    with suppress(OSError, AttributeError, TypeError):  # another C library has ways of its own
        for setting in (M_ARENA_MAX, M_TRIM_THRESHOLD, M_MMAP_THRESHOLD):
            ctypes.CDLL(None).mallopt(*setting)


def _forget_impossible_sizes() -> None:
    """A terminal of a million columns would be drawn for minutes."""
    for name in ("COLUMNS", "LINES"):
        value = os.environ.get(name, "")
        if value and not (value.isascii() and value.isdigit() and 0 < int(value[:9]) <= WIDEST):
            del os.environ[name]


def _chosen_language() -> str | None:
    """What was chosen at the console, or by `ruston settings interface`."""
    with suppress(UserError):  # no place to look: that is told where it is needed
        chosen = settings().console.get("interface")
        return chosen if isinstance(chosen, str) else None
    return None


def _split_interface(arguments: list[str]) -> tuple[str | None, list[str]]:
    """Take --interface out, wherever it stands: help texts are built with the commands, so it is needed early."""
    interface, rest = None, list(arguments)
    for i, argument in enumerate(arguments):
        if argument == "--interface" and i + 1 < len(arguments):
            interface, rest = arguments[i + 1], arguments[:i] + arguments[i + 2 :]
        elif argument.startswith("--interface="):
            interface, rest = argument.partition("=")[2], arguments[:i] + arguments[i + 1 :]
    return interface, rest


def _split_plain(arguments: list[str]) -> tuple[bool, list[str]]:
    """Take --plain out, wherever it stands before what is certainly no option."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    rest = [argument for argument in arguments[:end] if argument != "--plain"]
    return len(rest) < end, [*rest, *arguments[end:]]


if __name__ == "__main__":
    main()
