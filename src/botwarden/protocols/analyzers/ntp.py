"""`NtpAnalyzer`: what clocks say to each other, and who asks for more than the time."""

from typing import ClassVar

from botwarden.core.records.ntp import NtpRecord
from botwarden.protocols.analyzer import Flow
from botwarden.protocols.ntp import NtpMessage, looks_like_ntp, parse_ntp


class NtpAnalyzer:
    """Writes a record for each message; of the many packets that answer one control or private message, the first."""

    name: ClassVar[str] = "ntp"
    tcp_ports: ClassVar[frozenset[int]] = frozenset()
    udp_ports: ClassVar[frozenset[int]] = frozenset({123})

    __slots__ = ("_answered", "_flow")

    def __init__(self, flow: Flow) -> None:
        """Sit on a connection."""
        self._flow = flow
        self._answered: tuple[int, int | None] | None = None

    @staticmethod
    def matches(head: bytes, is_orig: bool, proto: str) -> bool | None:
        """By the version, and what follows from the mode."""
        return proto == "udp" and looks_like_ntp(head)

    def data(self, ts: float, is_orig: bool, data: bytes) -> None:
        """One datagram."""
        message = parse_ntp(data)
        if message is None:
            self._flow.done = not self._flow.services
            return
        self._flow.confirm(self.name)
        what = message.mode, message.code
        if message.response and what == self._answered:
            return
        self._answered = what if message.response else None
        self._write(ts, message)

    def gap(self, ts: float, is_orig: bool, size: int) -> None:
        """There are none between datagrams."""

    def eof(self, ts: float, is_orig: bool) -> None:
        """There is none over UDP."""

    def end(self, ts: float) -> None:
        """Nothing is pending."""

    def _write(self, ts: float, message: NtpMessage) -> None:
        flow, said = self._flow, message.time
        if said is None:
            record = NtpRecord(
                ts=ts,
                **flow.id,
                version=message.version,
                mode=message.mode,
                req_code=message.code,
                response=message.response,
            )
        else:
            record = NtpRecord(
                ts=ts,
                **flow.id,
                version=message.version,
                mode=message.mode,
                stratum=said.stratum,
                poll=said.poll,
                precision=said.precision,
                root_delay=said.root_delay,
                root_disp=said.root_disp,
                ref_id=said.ref_id,
                ref_time=said.ref_time,
                org_time=said.org_time,
                rec_time=said.rec_time,
                xmt_time=said.xmt_time,
                num_exts=said.num_exts,
            )
        flow.write(record)
