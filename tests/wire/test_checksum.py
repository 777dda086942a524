import struct

import numpy as np
import pytest
from numba import njit

from botwarden.core.packet import PacketBatch
from botwarden.wire.checksum import bad_checksum, bad_header_checksum
from captures import (
    A_IP,
    A_IP6,
    B_IP,
    B_IP6,
    ICMP,
    ICMPV6,
    TCP,
    UDP,
    arp_frame,
    batch_of,
    ethernet,
    extension,
    icmp,
    ip_bytes,
    ipv4,
    ipv6,
    tcp,
    udp,
)

AT = {TCP: 16, UDP: 6, ICMP: 2, ICMPV6: 2}
V4, V6 = ip_bytes(A_IP) + ip_bytes(B_IP), ip_bytes(A_IP6) + ip_bytes(B_IP6)


def folded(data: bytes) -> int:
    """The one's complement sum of RFC 1071, written the slow way."""
    total = 0
    for (word,) in struct.iter_unpack("!H", data + b"\0" * (len(data) % 2)):
        total += word
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def summed(segment: bytes, proto: int, addresses: bytes) -> bytes:
    """A segment with its checksum."""
    pseudo = b"" if proto == ICMP else addresses + struct.pack("!II", len(segment), proto)
    value = folded(pseudo + segment) or 0xFFFF
    return segment[: AT[proto]] + value.to_bytes(2, "big") + segment[AT[proto] + 2 :]


def header_summed(packet: bytes) -> bytes:
    size = (packet[0] & 15) * 4
    return packet[:10] + folded(packet[:size]).to_bytes(2, "big") + packet[12:]


@njit
def _judge(buf, rows, found):  # type: ignore[no-untyped-def]
    for i in range(len(rows)):
        found[i, 0] = bad_checksum(buf, rows[i])
        found[i, 1] = bad_header_checksum(buf, rows[i])


def judged(batch: PacketBatch) -> tuple[bool, bool]:
    """Of the first packet: (transport bad, header bad)."""
    found = np.zeros((len(batch), 2), bool)
    _judge(batch.buffer, batch.packets, found)
    return bool(found[0, 0]), bool(found[0, 1])


def bad(packet: bytes, **keywords: int) -> bool:
    frame = ethernet(packet)
    cut = keywords.get("cut", 0)
    return judged(batch_of([(1.0, frame[: len(frame) - cut], len(frame))]))[0]


SEGMENTS = [
    (TCP, tcp(b"odd", options=b"\1" * 4)),
    (TCP, tcp(b"even")),
    (UDP, udp(b"some")),
    (UDP, udp(b"odd")),
    (UDP, udp()),
]


@pytest.mark.parametrize(("proto", "segment"), [*SEGMENTS, (ICMP, icmp(8, 0, b"ping!"))])
def test_ipv4(proto: int, segment: bytes) -> None:
    good = summed(segment, proto, V4)
    assert not bad(ipv4(good, proto=proto, options=b"\1" * 4))
    assert not bad(ipv4(good, proto=proto) + b"padding")
    for at in {0, 1, len(good) - 1}:
        wrong = good[:at] + bytes([good[at] ^ 0x10]) + good[at + 1 :]
        assert bad(ipv4(wrong, proto=proto))
    if proto != ICMP:  # which has no pseudo header
        assert bad(ipv4(good, proto=proto, src="10.9.8.7"))


@pytest.mark.parametrize(("proto", "segment"), [*SEGMENTS, (ICMPV6, icmp(128, 0, b"ping!"))])
def test_ipv6(proto: int, segment: bytes) -> None:
    good = summed(segment, proto, V6)
    assert not bad(ipv6(good, next_header=proto))
    assert not bad(ipv6(extension(proto) + good, next_header=0))
    assert bad(ipv6(good[:-1] + bytes([good[-1] ^ 1]), next_header=proto))
    assert bad(ipv6(good, next_header=proto, dst="2001:db8::99"))


@pytest.mark.parametrize("header", [43, 60])
def test_headers_that_change_the_addresses_prevent_a_judgement(header: int) -> None:
    assert not bad(ipv6(extension(TCP) + tcp(b"x"), next_header=header))
    assert not bad(ipv6(extension(header) + extension(TCP) + tcp(b"x"), next_header=0))


def test_what_cannot_be_judged() -> None:
    assert not bad(ipv4(udp(b"no checksum used"), proto=UDP))
    assert bad(ipv4(tcp(b"cut short")))
    assert not bad(ipv4(tcp(b"cut short")), cut=1)
    assert not bad(ipv4(tcp(b"x" * 8), more_fragments=True))
    assert not bad(ipv4(tcp(b"x" * 8), fragment_offset=3))
    assert not bad(ipv4(b"x" * 30, proto=50))
    assert judged(batch_of([(1.0, arp_frame())])) == (False, False)


def test_the_header() -> None:
    good = header_summed(ipv4(tcp(b"x"), options=b"\1" * 8))
    assert judged(batch_of([(1.0, ethernet(good))]))[1] is False
    assert judged(batch_of([(1.0, ethernet(good[:8] + b"\3" + good[9:]))]))[1] is True
    cut = ethernet(good)[:40]
    assert judged(batch_of([(1.0, cut, 100)]))[1] is False
    assert judged(batch_of([(1.0, ethernet(ipv6(tcp())))]))[1] is False
