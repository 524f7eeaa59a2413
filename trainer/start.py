"""The first of the program that runs: from here on Ctrl-C is told in one line, whatever is being loaded."""

import signal
import sys

from trainer.errors import STOPPED


def main() -> None:
    try:
        from trainer.cli import main as run  # all that takes time to load

        run()
    except KeyboardInterrupt:  # before the language is known
        print("ruston: stopped.", file=sys.stderr)
        sys.exit(STOPPED)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # what is left has nothing to tell any more
