import struct

from botwarden.core.packet import PacketBatch
from botwarden.protocols.packets import Unwrapper
from captures import ACK, GRE, IPIP, PSH, batch_of, ethernet, gre, ipv4, tcp, udp
from protocols.exchange import logs_of


def checksummed(segment: bytes, src: str = "192.168.0.10", dst: str = "8.8.4.4", proto: int = 17, at: int = 6) -> bytes:
    """A datagram or segment with the right checksum at an offset."""
    pseudo = b"".join(bytes(map(int, ip.split("."))) for ip in (src, dst)) + struct.pack("!BBH", 0, proto, len(segment))
    data = pseudo + segment + bytes(len(segment) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return segment[:at] + struct.pack("!H", total ^ 0xFFFF) + segment[at + 2 :]


def sent(payload: bytes, *, right: bool, port: int = 9999) -> bytes:
    segment = checksummed(udp(payload, dport=port))
    if not right:
        segment = segment[:6] + bytes([segment[6] ^ 0x55, segment[7]]) + segment[8:]
    packet = ipv4(segment, src="192.168.0.10", dst="8.8.4.4", proto=17)
    return ethernet(_with_header_checksum(packet))


def _with_header_checksum(packet: bytes) -> bytes:
    total = sum(struct.unpack("!10H", packet[:20]))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return packet[:10] + struct.pack("!H", total ^ 0xFFFF) + packet[12:]


def checked(frames: list[bytes]) -> list[int]:
    batch: PacketBatch = batch_of([(float(k), frame) for k, frame in enumerate(frames)])
    return Unwrapper().update(batch)[1].tolist()


def test_a_wrong_checksum_among_right_ones_is_believed() -> None:
    assert checked([sent(b"a", right=True)] * 4 + [sent(b"b", right=False)]) == [0, 0, 0, 0, 1]


def test_of_a_sender_whose_card_fills_them_in_later_it_is_not() -> None:
    assert checked([sent(b"a", right=False)] * 5) == [0] * 5
    assert checked([sent(b"a", right=True)] + [sent(b"b", right=False)] * 5) == [0] * 6


def test_a_packet_with_a_wrong_checksum_is_a_letter_and_nothing_else() -> None:
    frames = [(float(k), sent(b"abcd", right=k != 4)) for k in range(5)]
    (conn,) = logs_of(frames)
    assert (conn.history, conn.orig_pkts, conn.orig_bytes) == ("DC", 4, 16)  # type: ignore[attr-defined]


def test_tunnels_are_opened_also_one_inside_another() -> None:
    inner = ipv4(tcp(b"hello", flags=PSH | ACK, dport=80), src="10.0.0.1", dst="10.0.0.2")
    twice = ipv4(
        gre(ipv4(inner, proto=IPIP, src="172.16.0.1", dst="172.16.0.2")), proto=GRE, src="8.8.8.8", dst="9.9.9.9"
    )
    batch, _ = Unwrapper().update(batch_of([(1.0, ethernet(twice))]))
    assert batch.payload(0) == b"hello"
    assert batch.packets["dst_port"][0] == 80


def test_a_tunnel_that_holds_itself_ends() -> None:
    packet = ipv4(b"x", src="10.0.0.1", dst="10.0.0.2", proto=253)
    for _ in range(20):
        packet = ipv4(packet, proto=IPIP)
    batch, _ = Unwrapper().update(batch_of([(1.0, ethernet(packet))]))
    assert len(batch) == 1


def test_fragments_become_one_packet() -> None:
    datagram = udp(b"x" * 24, dport=9999)
    first = ipv4(datagram[:16], proto=17, more_fragments=True, ident=5)
    second = ipv4(datagram[16:], proto=17, fragment_offset=2, ident=5)
    batch, _ = Unwrapper().update(batch_of([(1.0, ethernet(first)), (1.1, ethernet(second))]))
    assert [batch.payload(i) for i in range(len(batch))] == [b"x" * 24]
