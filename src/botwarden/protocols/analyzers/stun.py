"""STUN is recognised; the DTLS that it opens a way for on the same ports (RFC 7983), as WebRTC does, is read."""

from typing import ClassVar, Final

from botwarden.protocols.analyzer import Flow
from botwarden.protocols.analyzers.dtls import DtlsAnalyzer
from botwarden.protocols.dtls import starts_dtls
from botwarden.protocols.stun import is_stun

MAX_WAIT: Final = 64
"""Datagrams in which DTLS has to begin; clients repeat their hello after a second, their checks some twenty times."""


class StunAnalyzer:
    """Names the service, and hands DTLS on."""

    name: ClassVar[str] = "stun"
    tcp_ports: ClassVar[frozenset[int]] = frozenset()
    udp_ports: ClassVar[frozenset[int]] = frozenset({3478, 19302})

    def __init__(self, flow: Flow) -> None:
        """Sit on a flow of datagrams."""
        self._flow = flow
        self._dtls: DtlsAnalyzer | None = None
        self._waited = 0

    @staticmethod
    def matches(head: bytes, is_orig: bool, proto: str) -> bool | None:
        """A message with the cookie."""
        return proto == "udp" and is_stun(head)

    def data(self, ts: float, is_orig: bool, data: bytes) -> None:
        """One datagram."""
        if self._dtls is not None:
            self._dtls.data(ts, is_orig, data)
            return
        self._waited += 1
        if is_stun(data):
            self._flow.confirm(self.name)
        elif self._flow.services and starts_dtls(data):
            self._dtls = DtlsAnalyzer(self._flow)
            self._dtls.data(ts, is_orig, data)
            return
        if self._waited >= MAX_WAIT or not self._flow.services:
            self._flow.done = True

    def gap(self, ts: float, is_orig: bool, size: int) -> None:
        """Datagrams have no gaps."""

    def eof(self, ts: float, is_orig: bool) -> None:
        """Datagrams have no end."""

    def end(self, ts: float) -> None:
        """Write what is pending of DTLS."""
        if self._dtls is not None:
            self._dtls.end(ts)
