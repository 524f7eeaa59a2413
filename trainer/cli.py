"""The command `ruston`: picks the interface language before any text is spoken, then hands over to the commands."""

import sys
from pathlib import Path

from trainer.errors import UserError
from trainer.messages import choose_language


def main(arguments: list[str] | None = None) -> None:
    """Run one command. Exit code 2 and one line on standard error for what the user can mend."""
    interface, rest = _split_interface(sys.argv[1:] if arguments is None else arguments)
    choose_language(interface)
    from trainer.commands import ruston

    try:
        ruston.main([*([] if interface is None else ["--interface", interface]), *rest], prog_name="ruston")
    except UserError as error:
        print(f"ruston: {error}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        # The reader (head, less) has seen enough. Python would complain again when it flushes at exit.
        sys.stdout = Path("/dev/null").open("w") if Path("/dev/null").exists() else sys.__stdout__  # noqa: SIM115
        sys.exit(0)


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
