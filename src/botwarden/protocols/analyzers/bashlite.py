"""`BashliteAnalyzer`: what a controller of BASHLITE orders, and what the bot reports."""

from typing import ClassVar, Final

from botwarden.core.records.irc import IrcMessageRecord
from botwarden.protocols.analyzer import Flow
from botwarden.protocols.bashlite import Lines, begins, is_build, is_order, is_sign_of_life

MAX_MESSAGES: Final = 64  # of one connection
MAX_TEXT: Final = 200  # characters of each


class BashliteAnalyzer:
    """Writes orders and reports as messages, ``ORDER`` and ``REPORT``; signs of life are passed over.

    Controllers listen anywhere: the port stands for all, and content decides.
    """

    name: ClassVar[str] = "bashlite"
    tcp_ports: ClassVar[frozenset[int]] = frozenset({666})
    udp_ports: ClassVar[frozenset[int]] = frozenset()

    def __init__(self, flow: Flow) -> None:
        """Sit on a connection."""
        self._flow = flow
        self._lines = Lines(), Lines()
        self._told = 0

    @staticmethod
    def matches(head: bytes, is_orig: bool, proto: str) -> bool | None:
        """By the bot's first line or the controller's first order."""
        return begins(head, is_orig) if proto == "tcp" else False

    def data(self, ts: float, is_orig: bool, data: bytes) -> None:
        """The next bytes of a direction."""
        for line in self._lines[is_orig].feed(data):
            if is_sign_of_life(line):
                continue
            ordered = is_build(line) if is_orig else is_order(line)
            if not ordered and not self._told:
                self._flow.done = True  # nothing has shown that it is at home
                return
            if ordered or is_orig:
                self._flow.confirm(self.name)
                self._tell(ts, is_orig, line)
            if self._flow.done:
                return

    def gap(self, ts: float, is_orig: bool, size: int) -> None:
        """Goes on with the next line."""
        self._lines[is_orig].lose()

    def eof(self, ts: float, is_orig: bool) -> None:
        """Nothing follows from it."""

    def end(self, ts: float) -> None:
        """Nothing is pending."""

    def _tell(self, ts: float, is_orig: bool, line: bytes) -> None:
        self._told += 1
        self._flow.done = self._told >= MAX_MESSAGES
        self._flow.write(
            IrcMessageRecord(
                ts=ts,
                **self._flow.id,
                is_orig=is_orig,
                command="REPORT" if is_orig else "ORDER",
                text=line.decode("utf-8", "backslashreplace")[:MAX_TEXT],
            )
        )
