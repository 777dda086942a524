"""How `lab_data.py` writes things down: numbers, tables, and what it is at."""

import sys
from collections.abc import Sequence


def share(value: float) -> str:
    """A share as a percentage."""
    return f"{value:.1%}" if value >= 0.0005 or value == 0 else "< 0.1%"


def time_text(seconds: float) -> str:
    """Three digits, in s or ms."""
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1e3:.3g} ms"


def table(head: Sequence[str], lines: Sequence[Sequence[str]], left: int) -> str:
    """A table in Markdown, with ``left`` columns of text before those of numbers."""
    rule = ["---"] * left + ["---:"] * (len(head) - left)
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, rule, *lines])


def say(text: str) -> None:
    """Tell whoever waits what goes on."""
    sys.stderr.write(f"{text}\n")


def quantile_text(value: float) -> str:
    """Three digits."""
    if value == 0:
        return "0"
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e7 else f"{value:.3g}"
