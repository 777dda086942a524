"""Progress on a terminal, for work that takes a while."""

import sys
import time
from typing import TYPE_CHECKING, Final, TextIO

from botwarden.core.text import count_text

if TYPE_CHECKING:
    from rich.progress import Progress

DELAY: Final = 2.0
"""Seconds before a bar appears: what is done sooner needs none."""


def notice(line: str) -> None:
    """Say on standard error what a user should know meanwhile."""
    sys.stderr.write(f"botwarden: {line}\n")
    sys.stderr.flush()


class ProgressBar:
    """A bar on ``stream`` that appears after `DELAY` seconds, and only where ``stream`` is a terminal.

    Use as a context manager; the bar is wiped at its end.
    """

    def __init__(self, stream: TextIO, *, delay: float = DELAY, unit: str = "packets") -> None:
        """Nothing is written to ``stream`` before ``delay`` seconds have passed; ``unit`` is what is counted."""
        self._unit = unit
        self._stream = stream
        self._shown_from = time.monotonic() + delay if stream.isatty() else float("inf")
        self._bar: Progress | None = None

    def __enter__(self) -> "ProgressBar":
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def update(self, share: float | None, packets: int | str, what: str = "Reading") -> None:
        """``share`` of the input is done, 0 to 1, None where the end is not known; ``packets`` were read so far.

        ``what`` says what is being done.
        """
        if time.monotonic() < self._shown_from:
            return
        if self._bar is None:
            self._bar = self._start()
        task = self._bar.task_ids[0]
        self._bar.update(task, packets=packets if isinstance(packets, str) else count_text(packets), description=what)
        if share is not None:
            self._bar.update(task, completed=share, total=1.0)

    def tell(self, share: float | None, text: str) -> None:
        """As `update`, for work that counts nothing: ``text`` says what is being done."""
        self.update(share, "", text[0].upper() + text[1:])

    def _start(self) -> "Progress":
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TaskProgressColumn(),
            TextColumn("{task.fields[packets]} " + self._unit),
            TimeRemainingColumn(),
            console=Console(file=self._stream),
            transient=True,
        )
        bar.add_task("Reading", total=None, packets="0")
        bar.start()
        return bar
