"""`SsdpAnalyzer`: searches for UPnP devices, their announcements and answers."""

from typing import ClassVar, Final

from botwarden.core.records.ssdp import SsdpRecord
from botwarden.protocols.analyzer import Flow
from botwarden.protocols.ssdp import Message, is_ssdp, parse_message

MAX_TOLD: Final = 256
"""Different messages of one connection that are told. A device announces a few dozen services; a reflected flood
repeats its answers."""
_FIELDS: Final = ("st", "nt", "usn", "nts", "location", "server", "user-agent")


class SsdpAnalyzer:
    """Tells each message of a connection once: they are sent three times and more, for UDP may lose them."""

    name: ClassVar[str] = "ssdp"
    tcp_ports: ClassVar[frozenset[int]] = frozenset()
    udp_ports: ClassVar[frozenset[int]] = frozenset({1900})

    def __init__(self, flow: Flow) -> None:
        """Sit on a connection."""
        self._flow = flow
        self._told: set[int] = set()

    @staticmethod
    def matches(head: bytes, is_orig: bool, proto: str) -> bool | None:
        """By the start line, in either direction; an answer also by a header of its own."""
        return proto == "udp" and is_ssdp(head)

    def data(self, ts: float, is_orig: bool, data: bytes) -> None:
        """One datagram."""
        message = parse_message(data)
        if message is None:
            self._flow.done = not self._told
            return
        told = hash((is_orig, message.method, *(message.headers.get(name) for name in _FIELDS)))
        if told not in self._told:
            if not self._told:
                self._flow.confirm(self.name)
            self._told.add(told)
            self._write(ts, message)
        self._flow.done = len(self._told) >= MAX_TOLD

    def gap(self, ts: float, is_orig: bool, size: int) -> None:
        """There are none between datagrams."""

    def eof(self, ts: float, is_orig: bool) -> None:
        """There is none over UDP."""

    def end(self, ts: float) -> None:
        """Nothing is pending."""

    def _write(self, ts: float, message: Message) -> None:
        said = message.headers
        self._flow.write(
            SsdpRecord(
                ts=ts,
                **self._flow.id,
                method=message.method,
                target=said.get("nt" if message.method == "NOTIFY" else "st"),
                usn=said.get("usn"),
                nts=said.get("nts"),
                location=said.get("location"),
                server=said.get("server"),
                user_agent=said.get("user-agent"),
            )
        )
