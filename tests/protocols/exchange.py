"""Whole packets through the connection table: what the tests of connections share.

talk = TcpTalk(); frames = talk.open() + talk.say(True, b"hi") + talk.close()
records = logs_of(frames)
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from botwarden.core.packet import PacketBatch
from botwarden.core.record import Record
from botwarden.core.records.conn import ConnRecord
from botwarden.protocols.locality import PRIVATE_ADDRESS_SPACE, locality
from botwarden.protocols.packets import Unwrapper
from botwarden.protocols.tracker import Tracker
from captures import ACK, FIN, PSH, RST, SYN, batches_of, pcap, tcp_frame, udp_frame

Frames = list[tuple[float, bytes]]
LOCAL = locality(PRIVATE_ADDRESS_SPACE)
CLIENT, SERVER = "192.168.0.10", "8.8.4.4"


@dataclass
class TcpTalk:
    """One TCP connection, packet by packet; a tenth of a second passes with each."""

    orig: tuple[str, int] = (CLIENT, 40000)
    resp: tuple[str, int] = (SERVER, 80)
    now: float = 1000.0
    seq: list[int] = field(default_factory=lambda: [1000, 5000])

    def packet(
        self, from_orig: bool, flags: int, payload: bytes = b"", *, seq: int | None = None, ack: int | None = None
    ) -> Frames:
        """One packet, with the numbers that are due unless others are given."""
        (src, sport), (dst, dport) = (self.orig, self.resp) if from_orig else (self.resp, self.orig)
        at, other = (0, 1) if from_orig else (1, 0)
        number = self.seq[at] if seq is None else seq
        answer = (self.seq[other] if ack is None else ack) if flags & ACK else 0
        frame = tcp_frame(src, sport, dst, dport, flags, payload=payload, seq=number % 2**32, ack=answer % 2**32)
        if seq is None:
            self.seq[at] += len(payload) + (1 if flags & (SYN | FIN) else 0)
        self.now += 0.1
        return [(self.now, frame)]

    def open(self) -> Frames:
        return self.packet(True, SYN) + self.packet(False, SYN | ACK) + self.packet(True, ACK)

    def say(self, from_orig: bool, payload: bytes) -> Frames:
        return self.packet(from_orig, PSH | ACK, payload)

    def close(self) -> Frames:
        return self.packet(True, FIN | ACK) + self.packet(False, FIN | ACK) + self.packet(True, ACK)

    def reset(self, from_orig: bool = False) -> Frames:
        return self.packet(from_orig, RST | ACK)


def datagram(ts: float, src: str, sport: int, dst: str, dport: int, payload: bytes = b"\x00\x01") -> Frames:
    return [(ts, udp_frame(src, sport, dst, dport, payload=payload))]


def batches(frames: Iterable[tuple[float, bytes]], piece: int = 1 << 20) -> list[PacketBatch]:
    return batches_of(pcap(frames), piece=piece)


def logs_of(frames: Iterable[tuple[float, bytes]], *, piece: int = 1 << 20, **options: object) -> list[Record]:
    """Every record that some packets make."""
    records: list[Record] = []
    tracker = Tracker(records.append, LOCAL, **options)  # type: ignore[arg-type]
    unwrapper = Unwrapper()
    for batch in batches(frames, piece):
        tracker.update(*unwrapper.update(batch))
    tracker.end()
    assert tracker.faults == 0
    return records


def conns_of(frames: Iterable[tuple[float, bytes]], **options: object) -> list[ConnRecord]:
    """The connections only."""
    return [record for record in logs_of(frames, **options) if isinstance(record, ConnRecord)]
