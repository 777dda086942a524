"""The lines that begin with ``#`` in Zeek's TSV logs: which columns there are, and how cells are written."""

from typing import Final

from botwarden.core.escape import unescape

MAX_COLUMNS: Final = 4096
"""Zeek's longest logs have under a hundred."""
LABELS: Final = "   "
"""Between a log's last column and the labels that IoT-23 appends to it, in the header and in every line."""


class Header:
    """What the header says, with Zeek's defaults for what it does not say.

    fields : names of the columns; empty where there was no ``#fields`` yet
    labelled : whether labels follow in the last column
    """

    def __init__(self) -> None:
        """The header of a log that says nothing."""
        self.separator = "\t"
        self.set_separator = ","
        self.empty = "(empty)"
        self.unset = "-"
        self.path: str | None = None
        self.fields: tuple[str, ...] = ()
        self.labelled = False

    def read(self, line: bytes) -> None:
        """Take a line that begins with ``#``. Raises ValueError where it leaves the log unreadable."""
        if line.startswith(b"#separator"):
            self.separator = _some(unescape(line[len(b"#separator ") :]), "separator")
            return
        key, _, value = line[1:].decode("utf-8", "backslashreplace").partition(self.separator)
        if key == "set_separator":
            self.set_separator = _some(unescape(value.encode()), "set_separator")
        elif key == "empty_field":
            self.empty = unescape(value.encode())
        elif key == "unset_field":
            self.unset = unescape(value.encode())
        elif key == "path":
            self.path = value
        elif key == "fields":
            self._name(value.split(self.separator, MAX_COLUMNS))

    def _name(self, names: list[str]) -> None:
        if len(names) > MAX_COLUMNS:
            raise ValueError(f"more than {MAX_COLUMNS} columns")
        names[-1], _, labels = names[-1].partition(LABELS)
        self.fields = tuple(names)
        self.labelled = bool(labels)


def _some(value: str, what: str) -> str:
    if not value:
        raise ValueError(f"no {what}")
    return value
