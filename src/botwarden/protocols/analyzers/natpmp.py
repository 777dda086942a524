"""`NatPmpAnalyzer`: ports that a device has its router open, asked for by NAT-PMP or PCP."""

from typing import ClassVar, Final

from botwarden.core.records.ssdp import UpnpRecord
from botwarden.protocols.analyzer import Flow
from botwarden.protocols.natpmp import PORT, Mapping, parse_mapping

MAX_PENDING: Final = 32
"""Requests of one connection that wait for an answer; a client asks for a few ports."""


class NatPmpAnalyzer:
    """Tells each mapping in UPnP's words: AddPortMapping, or DeletePortMapping where its lease is 0.

    Known by its port alone: its messages are too short to be told from others by content.
    """

    name: ClassVar[str] = "nat-pmp"
    tcp_ports: ClassVar[frozenset[int]] = frozenset()
    udp_ports: ClassVar[frozenset[int]] = frozenset({PORT})

    def __init__(self, flow: Flow) -> None:
        """Sit on a connection."""
        self._flow = flow
        self._pending: dict[bytes, tuple[float, Mapping]] = {}

    @staticmethod
    def matches(head: bytes, is_orig: bool, proto: str) -> bool | None:
        """Never by content."""
        return False

    def data(self, ts: float, is_orig: bool, data: bytes) -> None:
        """One datagram."""
        mapping = parse_mapping(data)
        if mapping is None:
            return
        if mapping.result is None:
            if not is_orig:
                return
            self._flow.confirm(self.name)
            if mapping.key not in self._pending:  # else sent again
                if len(self._pending) >= MAX_PENDING:
                    self._write(*self._pending.pop(next(iter(self._pending))), None)
                self._pending[mapping.key] = ts, mapping
        elif not is_orig and mapping.key in self._pending:
            self._write(*self._pending.pop(mapping.key), mapping)

    def gap(self, ts: float, is_orig: bool, size: int) -> None:
        """There are none between datagrams."""

    def eof(self, ts: float, is_orig: bool) -> None:
        """There is none over UDP."""

    def end(self, ts: float) -> None:
        """Write the requests that had no answer."""
        for asked_ts, asked in self._pending.values():
            self._write(asked_ts, asked, None)
        self._pending.clear()

    def _write(self, ts: float, asked: Mapping, answer: Mapping | None) -> None:
        granted = answer if answer and answer.result == 0 else asked
        self._flow.write(
            UpnpRecord(
                ts=ts,
                **self._flow.id,
                kind="nat-pmp",
                action="AddPortMapping" if asked.lease else "DeletePortMapping",
                external_port=granted.external_port or None,
                internal_client=asked.client or self._flow.orig_h,
                internal_port=asked.internal_port,
                protocol=asked.protocol,
                lease=granted.lease,
                status_code=answer.result if answer else None,
            )
        )
