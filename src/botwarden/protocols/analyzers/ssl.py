"""``ssl.log`` from TLS over TCP, on a port of its own or after STARTTLS."""

from typing import ClassVar, Final

from botwarden.protocols import tls
from botwarden.protocols.analyzer import Flow
from botwarden.protocols.handshake import Handshake

MAX_EVENTS: Final = 1_000
"""Messages and records before the handshake is complete; one takes 10 to 30. Where only one direction was captured
it never is: then the bulk data ends the reading here."""


class SslAnalyzer:
    """Follows the handshake and no further: the record is written when it is complete, has failed or the flow ends."""

    name: ClassVar[str] = "ssl"
    tcp_ports: ClassVar[frozenset[int]] = frozenset(
        {443, 465, 563, 585, 614, 636, 853, 989, 990, 992, 993, 995, 4843, 5061, 5223, 5671, 8443, 8883}
    )
    udp_ports: ClassVar[frozenset[int]] = frozenset()

    def __init__(self, flow: Flow) -> None:
        """Sit on a connection."""
        self._flow = flow
        self._handshake = Handshake("t")
        self._records = {True: tls.Records(), False: tls.Records()}
        self._messages = {True: tls.Messages(), False: tls.Messages()}
        self._events = 0

    @staticmethod
    def matches(head: bytes, is_orig: bool, proto: str) -> bool | None:
        """A hello of either side."""
        return tls.starts_tls(head) if proto == "tcp" else False

    def data(self, ts: float, is_orig: bool, data: bytes) -> None:
        """The next bytes of a direction."""
        records = self._records[is_orig]
        handshake = self._handshake
        for kind, content in records.feed(data):
            if kind == tls.HANDSHAKE:
                for message, body in self._messages[is_orig].feed(content):
                    self._events += 1
                    handshake.message(ts, is_orig, message, body)
                if handshake.seen_hello:
                    self._flow.confirm(self.name)
            else:
                self._events += 1
                self._other(ts, is_orig, kind, content)
            if kind == tls.BROKEN:
                self._finish()
                if handshake.seen_hello:
                    self._flow.violate(ts, "ssl_invalid_record", source="SSL")
            elif handshake.established or self._events > MAX_EVENTS:
                self._finish()
            if self._flow.done:
                return

    def gap(self, ts: float, is_orig: bool, size: int) -> None:
        """Bytes that were not captured: bridged inside a record, else the direction is lost."""
        kind = self._records[is_orig].gap(size)
        if kind == tls.HANDSHAKE:
            self._messages[is_orig].gap(size)
        elif kind == tls.BROKEN and self._records[not is_orig].broken:
            self._finish()

    def eof(self, ts: float, is_orig: bool) -> None:
        """Nothing is left to learn from the end of a direction."""

    def end(self, ts: float) -> None:
        """Write what is known of an incomplete handshake."""
        self._finish()

    def _other(self, ts: float, is_orig: bool, kind: int, content: bytes) -> None:
        """A record that holds no handshake message."""
        handshake, records = self._handshake, self._records[is_orig]
        if kind == tls.CHANGE_CIPHER_SPEC:
            records.encrypted = True
            handshake.change_cipher(ts, is_orig)
        elif kind == tls.ALERT:
            handshake.alert(ts, is_orig, content)
        elif kind == tls.HEARTBEAT:
            handshake.heartbeat(ts, is_orig)
        elif kind == tls.V2:
            handshake.v2_message(ts, is_orig, content)
            if handshake.seen_hello:
                self._flow.confirm(self.name)
        elif kind == tls.CIPHERTEXT or (kind == tls.APPLICATION_DATA and handshake.encrypts_data()):
            records.encrypted = True
            handshake.ciphertext(is_orig)
        elif kind == tls.APPLICATION_DATA and handshake.ts is None:
            # the capture began after the handshake: it is TLS, and that is all there is to know
            self._flow.confirm(self.name)
            self._flow.done = True

    def _finish(self) -> None:
        if self._handshake.seen_hello and not self._flow.done:
            self._flow.write(self._handshake.record(self._flow.id))
        self._flow.done = True
