"""What click says by itself, named so that our catalogue has it: click asks gettext's global domain, which is ours. And
what stands for an argument in the lines of usage, word by word, as `trainer.commands.Spoken` asks for it.

Nobody but the catalogue's extraction, and the test that looks whether click still says so, reads this file.
"""

from trainer.messages import N_, ngettext

ONE = (
    N_("Usage:"),
    N_("Options"),
    N_("Commands"),
    N_("Positional arguments"),
    N_("Show this message and exit."),
    N_("Show the version and exit."),
    N_("default: {default}"),
    N_("required"),
    N_("Invalid value: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("Missing argument"),
    N_("Missing option"),
    N_("Missing command."),
    N_("Choose from:\n\t{choices}"),
    N_("No such command {name!r}."),
    N_("No such option {name!r}."),
    N_("Option {name!r} does not take a value."),
    N_("{value!r} is not a valid {number_type}."),
    N_("{value} is not in the range {range}."),
    N_("{name} {filename!r} does not exist."),
    N_("{name} {filename!r} is a file."),
    N_("{name} {filename!r} is a directory."),
    N_("{name} {filename!r} is not readable."),
    N_("{name} {filename!r} is not writable."),
    N_("Could not open file {filename!r}: {message}"),
    N_("file"),
    N_("directory"),
    N_("path"),
    N_("integer"),
    N_("float"),
    N_("integer range"),
    N_("float range"),
)

PLACEHOLDERS = (
    N_("ACCENTED"),
    N_("ACTION=KEY"),
    N_("ARGS"),
    N_("ASSIGNMENT"),
    N_("ATTEMPT"),
    N_("CLIP"),
    N_("CODE"),
    N_("COMMAND"),
    N_("DATE"),
    N_("DEVICE"),
    N_("DIR"),
    N_("FILE"),
    N_("FINGERPRINT"),
    N_("FOLDER"),
    N_("FROM"),
    N_("ID"),
    N_("KEY"),
    N_("LABELS"),
    N_("LEARNER"),
    N_("MANIFEST"),
    N_("NAME"),
    N_("NATIVE"),
    N_("OPTIONS"),
    N_("OUT"),
    N_("PATH"),
    N_("SESSION"),
    N_("TABLE"),
    N_("TEXT"),
    N_("TO"),
    N_("TOPIC"),
    N_("VALUE"),
    N_("WORD"),
)


def counted(n: int) -> tuple[str, ...]:
    """Texts that hang on how many there are."""
    return (
        ngettext("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})", n),
        ngettext("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)", n),
        ngettext("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments.", n),
        ngettext("{value!r} is not {choice}.", "{value!r} is not one of {choices}.", n),
    )
