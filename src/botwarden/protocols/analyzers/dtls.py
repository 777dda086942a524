"""``ssl.log`` from DTLS over UDP, also where it shares its ports with STUN and RTP, as WebRTC does."""

from typing import ClassVar, Final

from botwarden.protocols import dtls, tls
from botwarden.protocols.analyzer import Flow
from botwarden.protocols.handshake import Handshake

MAX_EVENTS: Final = 1_000
"""Messages and records before the handshake is complete, those of other protocols on the same ports included."""


MAX_VAIN: Final = 16
"""Datagrams and records without a hello among them: the session is under way, or something else is spoken."""


class DtlsAnalyzer:
    """Follows the handshake and no further: the record is written when it is complete, has failed or the flow ends."""

    name: ClassVar[str] = "dtls"
    tcp_ports: ClassVar[frozenset[int]] = frozenset()
    udp_ports: ClassVar[frozenset[int]] = frozenset({443, 4433, 5684})

    def __init__(self, flow: Flow) -> None:
        """Sit on a flow of datagrams."""
        self._flow = flow
        self._handshake = Handshake("d")
        self._fragments = {True: dtls.Fragments(), False: dtls.Fragments()}
        self._events = 0

    @staticmethod
    def matches(head: bytes, is_orig: bool, proto: str) -> bool | None:
        """Whole DTLS records that fill the datagram."""
        return proto == "udp" and dtls.starts_dtls(head)

    def data(self, ts: float, is_orig: bool, data: bytes) -> None:
        """One datagram."""
        self._events += 1
        handshake = self._handshake
        for kind, content in dtls.parse_records(data):
            self._events += 1
            if kind == tls.HANDSHAKE:
                for message, body in self._fragments[is_orig].feed(content):
                    handshake.message(ts, is_orig, message, body)
            elif kind == tls.CHANGE_CIPHER_SPEC:
                handshake.change_cipher(ts, is_orig)
            elif kind == tls.ALERT:
                handshake.alert(ts, is_orig, content)
            elif kind == tls.CIPHERTEXT:
                handshake.ciphertext(is_orig)
            self._flow.confirm(self.name)
            if handshake.established:
                self._finish()
                return
        if self._events > (MAX_EVENTS if handshake.seen_hello else MAX_VAIN):
            self._finish()

    def gap(self, ts: float, is_orig: bool, size: int) -> None:
        """Datagrams have no gaps."""

    def eof(self, ts: float, is_orig: bool) -> None:
        """Datagrams have no end."""

    def end(self, ts: float) -> None:
        """Write what is known of an incomplete handshake."""
        self._finish()

    def _finish(self) -> None:
        if self._handshake.seen_hello and not self._flow.done:
            self._flow.write(self._handshake.record(self._flow.id))
        self._flow.done = True
