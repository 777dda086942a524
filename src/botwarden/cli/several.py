"""Options that take several values: ``--benign a.csv b.csv`` as well as ``--benign a.csv --benign b.csv``."""

from collections.abc import Sequence
from typing import Any

from typer.core import TyperCommand


def spread(arguments: Sequence[str], options: Sequence[str]) -> list[str]:
    """The arguments with one of ``options`` repeated before each further value, as click wants it.

    >>> spread(["--benign", "a", "b", "--out", "m"], ["--benign"])
    ['--benign', 'a', '--benign', 'b', '--out', 'm']
    """
    out: list[str] = []
    current = ""
    first = False
    for place, argument in enumerate(arguments):
        if argument == "--":
            return [*out, *arguments[place:]]
        if argument.startswith("-") and argument != "-":
            current, first = (argument, True) if argument in options else ("", False)
            out.append(argument)
            continue
        out += [argument] if first or not current else [current, argument]
        first = False
    return out


class Several(TyperCommand):
    """A command whose repeatable options take several values at once."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """See `click.Command.parse_args`."""
        options = [name for one in self.params if one.multiple for name in one.opts]
        return super().parse_args(ctx, spread(args, options))
