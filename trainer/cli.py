"""The command `ruston`: picks the interface language before any text is spoken, then hands over to the commands."""

import os
import sys

from trainer.errors import UserError
from trainer.messages import choose_language
from trainer.messages import gettext as _


def main(arguments: list[str] | None = None) -> None:
    """Run one command. Exit code 2 and one line on standard error for what the user can mend."""
    interface, rest = _split_interface(sys.argv[1:] if arguments is None else arguments)
    choose_language(interface)
    # NumPy's matrix products here are tiny; the threads that would share them busy-wait in the acoustic model's way.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from trainer.commands import ruston
    from trainer.text_in import text_argument

    try:
        try:
            rest = [text_argument(argument) for argument in rest]
            ruston.main([*([] if interface is None else ["--interface", interface]), *rest], prog_name="ruston")
        finally:
            sys.stdout.flush()  # what cannot be written must fail here, not after the exit code is settled
    except UserError as error:
        _refuse(str(error))
    except BrokenPipeError:
        _mute_output()  # the reader (head, less) has seen enough
        sys.exit(0)
    except OSError as error:
        _mute_output()
        place = f" ({error.filename})" if error.filename else ""
        _refuse(_("the system refuses: {reason}.").format(reason=f"{error.strerror}{place}"))


def _refuse(message: str) -> None:
    print(f"ruston: {message}", file=sys.stderr)
    sys.exit(2)


def _mute_output() -> None:
    """Python would complain a second time when it flushes standard output at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _split_interface(arguments: list[str]) -> tuple[str | None, list[str]]:
    """Take --interface out, wherever it stands: help texts are built with the commands, so it is needed early."""
    interface, rest = None, list(arguments)
    for i, argument in enumerate(arguments):
        if argument == "--interface" and i + 1 < len(arguments):
            interface, rest = arguments[i + 1], arguments[:i] + arguments[i + 2 :]
        elif argument.startswith("--interface="):
            interface, rest = argument.partition("=")[2], arguments[:i] + arguments[i + 1 :]
    return interface, rest


if __name__ == "__main__":
    main()
