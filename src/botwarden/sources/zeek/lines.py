"""Lines of a log, many at a time, each no longer than a limit."""

from collections.abc import Iterator
from typing import Final

from botwarden.sources.stream import Stream

MAX_LINE: Final = 1 << 20
"""Bytes: some hundred times the longest that Zeek writes by default."""


def chunks(stream: Stream, size: int) -> Iterator[tuple[int, list[bytes] | None]]:
    """Yield ``(offset, lines)``: whole lines without their line feeds, and where in the log the first of them begins.

    size : bytes of the log to read at a time

    ``lines`` is None for a line that is longer than MAX_LINE: its bytes are dropped. Raises StreamError, after what
    came before it, and OSError.
    """
    at = 0  # where `rest` begins
    rest = b""
    too_long = False
    while data := stream.read(size):
        *lines, last = data.split(b"\n")
        if lines:
            if too_long:
                at += len(lines.pop(0)) + 1
                too_long = False
            elif rest:
                lines[0] = rest + lines[0]
            rest = b""
            yield from _bounded(at, lines)
            at += sum(map(len, lines)) + len(lines)
        if too_long:
            at += len(last)
            continue
        rest = rest + last if rest else last
        if len(rest) > MAX_LINE:
            yield at, None
            at += len(rest)
            rest, too_long = b"", True
    if rest:
        yield at, [rest]


def _bounded(at: int, lines: list[bytes]) -> Iterator[tuple[int, list[bytes] | None]]:
    if not lines:
        return
    if max(map(len, lines)) <= MAX_LINE:
        yield at, lines
        return
    for line in lines:
        yield at, [line] if len(line) <= MAX_LINE else None
        at += len(line) + 1
