"""QUIC is recognised, no more: its records would need the decryption of the first packets."""

from typing import ClassVar

from botwarden.protocols.analyzer import Flow
from botwarden.protocols.quic import is_quic


class QuicAnalyzer:
    """Names the service."""

    name: ClassVar[str] = "quic"
    tcp_ports: ClassVar[frozenset[int]] = frozenset()
    udp_ports: ClassVar[frozenset[int]] = frozenset({443})

    def __init__(self, flow: Flow) -> None:
        """Sit on a flow of datagrams."""
        self._flow = flow

    @staticmethod
    def matches(head: bytes, is_orig: bool, proto: str) -> bool | None:
        """A long header of a known version."""
        return proto == "udp" and is_quic(head)

    def data(self, ts: float, is_orig: bool, data: bytes) -> None:
        """One datagram."""
        if is_quic(data):
            self._flow.confirm(self.name)
        self._flow.done = True

    def gap(self, ts: float, is_orig: bool, size: int) -> None:
        """Datagrams have no gaps."""

    def eof(self, ts: float, is_orig: bool) -> None:
        """Datagrams have no end."""

    def end(self, ts: float) -> None:
        """Nothing is pending."""
