"""What is wrong with a table, where, in one line."""

import math

from botwarden.core.errors import DataError
from botwarden.core.text import plural, printable


def fault(path: str, what: str, *, line: int | None = None, row: int | None = None, column: str = "") -> DataError:
    """The error that a table has; ``line`` is for text and ``row`` for other tables, both counted from 1."""
    where = printable(path)
    if line is not None:
        where += f", line {line:,}"
    if row is not None:
        where += f", row {row:,}"
    if column:
        where += f", column {printable(column, 60)}"
    return DataError(f"{where}: {what}")


def number_text(text: str) -> str:
    """What is wrong with the text of a field that should hold a finite number."""
    bare = text.strip().strip('"').strip()
    if not bare:
        return "the number is missing"
    shown = f"'{printable(bare, 40)}'"
    try:
        value = float(bare.replace("_", "x"))
    except ValueError:
        return f"{shown} is no number"
    if not math.isfinite(value):
        return f"{shown} is not finite"
    if not bare.isascii():
        return f"{shown} is no number of ASCII digits"
    return f"{shown} is no number: something that cannot be seen stands beside it, such as a second carriage return"


def columns_text(missing: list[str], total: int) -> str:
    """Which columns a table lacks: how many, and the first few."""
    if len(missing) == total:
        return f"none of the {total} columns is there, such as {', '.join(missing[:3])}; its first line must name them"
    few = ", ".join(missing[:4]) + (", …" if len(missing) > 4 else "")
    return f"{plural(len(missing), 'column')} of {total} {'is' if len(missing) == 1 else 'are'} missing: {few}"
