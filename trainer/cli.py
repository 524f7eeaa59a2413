"""The command `ruston`: picks the interface language before any text is spoken, then hands over to the commands."""

import sys
from pathlib import Path

from trainer.errors import UserError
from trainer.messages import choose_language


def main(arguments: list[str] | None = None) -> None:
    """Run one command. Exit code 2 and one line on standard error for what the user can mend."""
    arguments = sys.argv[1:] if arguments is None else arguments
    choose_language(_wanted_language(arguments))
    from trainer.commands import ruston

    try:
        ruston.main(arguments, prog_name="ruston")
    except UserError as error:
        print(f"ruston: {error}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        # The reader (head, less) has seen enough. Python would complain again when it flushes at exit.
        sys.stdout = Path("/dev/null").open("w") if Path("/dev/null").exists() else sys.__stdout__  # noqa: SIM115
        sys.exit(0)


def _wanted_language(arguments: list[str]) -> str | None:
    """The value of --interface, read early because help texts are built with the commands."""
    for argument, following in zip(arguments, [*arguments[1:], ""], strict=True):
        if argument == "--interface":
            return following
        if argument.startswith("--interface="):
            return argument.partition("=")[2]
    return None


if __name__ == "__main__":
    main()
