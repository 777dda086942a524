"""What could not be read in a log: how many lines, and where and why the first of them."""

from collections.abc import Sequence

from botwarden.core.capture import Damage


class Faults:
    """Lines of one log that made no sense. They are counted and left out; reading goes on."""

    def __init__(self) -> None:
        """None so far."""
        self.lines = 0
        self._first: tuple[int, str] | None = None

    def add(self, offset: int, lines: Sequence[bytes], index: int, what: str) -> None:
        """Count the line ``lines[index]``; the first of ``lines`` begins at ``offset`` in the log."""
        self.lines += 1
        if self._first is None:
            self._first = offset + sum(map(len, lines[:index])) + index, what

    def damage(self, path: str) -> list[Damage]:
        """What there is to tell about the log ``path``: one thing at most."""
        if self._first is None:
            return []
        offset, what = self._first
        return [Damage(path=path, offset=offset, what=what, lines=self.lines)]
