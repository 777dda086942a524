import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.lab import packets, plan

PORTS = st.integers(0, 65_535)
HERE, THERE = plan.CAMERA.ip, plan.VICTIM_IP


def pseudo(packet: bytes) -> bytes:
    """What a TCP or UDP checksum also covers (RFC 9293, 3.1)."""
    return packet[12:20] + struct.pack("!BBH", 0, packet[9], len(packet) - 20)


@given(src=PORTS, dst=PORTS, flags=st.integers(0, 63), options=st.binary(max_size=40), payload=st.binary(max_size=99))
def test_tcp_packets_have_right_checksums_and_lengths(
    src: int, dst: int, flags: int, options: bytes, payload: bytes
) -> None:
    packet = packets.tcp(
        HERE, THERE, src_port=src, dst_port=dst, seq=7, flags=flags, options=options, payload=payload, ip_id=5
    )
    assert packets.checksum(packet[:20]) == 0
    assert packets.checksum(pseudo(packet) + packet[20:]) == 0
    assert struct.unpack_from("!HH", packet, 20) == (src, dst)
    assert packet[33] == flags
    assert packet[20 + (packet[32] >> 4) * 4 :] == payload
    assert int.from_bytes(packet[2:4], "big") == len(packet)


@given(payload=st.binary(max_size=200))
def test_udp_and_pings_have_right_checksums(payload: bytes) -> None:
    packet = packets.udp(HERE, THERE, src_port=1, dst_port=2, payload=payload)
    assert packets.checksum(pseudo(packet) + packet[20:]) == 0
    assert packet[28:] == payload
    echo = packets.ping(HERE, THERE, number=70_000, payload=payload)
    assert packets.checksum(echo[20:]) == 0
    assert echo[20:22] == b"\x08\x00"


def test_a_tunnel_carries_a_packet_whose_ends_are_not_its_own() -> None:
    inner = packets.udp("198.18.0.1", "198.18.0.2", src_port=1, dst_port=2, payload=b"x")
    packet = packets.gre(HERE, THERE, inner=inner)
    assert packets.ends(packet) == (HERE, THERE)
    assert packet[20:24] == b"\0\0\x08\0"
    assert packets.ends(packet[24:]) == ("198.18.0.1", "198.18.0.2")


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        packets.udp(HERE, THERE, src_port=1, dst_port=2, payload=b"x" * 1_473)


def test_an_arp_reply_says_who_is_where() -> None:
    frame = packets.arp_reply(plan.CAMERA.mac, plan.GATEWAY_IP, plan.LAPTOP.mac, plan.LAPTOP.ip)
    assert len(frame) == packets.MIN_FRAME
    assert frame[:6].hex(":") == plan.LAPTOP.mac
    assert frame[22:28].hex(":") == plan.CAMERA.mac
    assert packets.arp_ends(frame) == (plan.GATEWAY_IP, plan.LAPTOP.ip)
    assert frame[6:12].hex(":") == plan.CAMERA.mac
    told = packets.arp_reply(plan.GATEWAY_MAC, plan.GATEWAY_IP, plan.LAPTOP.mac, plan.LAPTOP.ip, plan.CAMERA.mac)
    assert (told[6:12].hex(":"), told[22:28].hex(":")) == (plan.CAMERA.mac, plan.GATEWAY_MAC)


@given(data=st.binary(max_size=60))
def test_other_bytes_are_no_packets(data: bytes) -> None:
    if len(data) < 20 or data[0] >> 4 != 4:
        with pytest.raises(ValueError, match="not an IPv4 packet"):
            packets.ends(data)
    if data[12:14] != b"\x08\x06" or len(data) < 42:
        with pytest.raises(ValueError, match="not an ARP frame"):
            packets.arp_ends(data)


def test_the_marks_of_mirai_are_the_targets_address() -> None:
    assert packets.address_value("1.2.3.4") == 0x01020304
