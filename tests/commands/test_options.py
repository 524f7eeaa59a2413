"""What every command's options have in common."""

from collections.abc import Iterator

import click
import pytest

from trainer.commands import ruston

WRONG = ("nan", "inf", "-inf", "1e999", "NaN")


def options(command: click.Command, context: click.Context) -> Iterator[click.Parameter]:
    yield from command.params
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from options(inner, click.Context(inner, parent=context))


def test_no_option_takes_what_is_no_number():
    numbers = [
        option
        for option in options(ruston, click.Context(ruston))
        if isinstance(option.type, click.types.FloatParamType | click.types.IntParamType)
    ]
    assert any(isinstance(option.type, click.FloatRange) for option in numbers)
    for option in numbers:
        for text in WRONG:
            with pytest.raises(click.BadParameter):
                option.type.convert(text, option, None)
