import socket
import struct

from hypothesis import given
from hypothesis import strategies as st

from lab import packets

addresses = st.ip_addresses(v=4).map(str)
words = st.integers(0, 0xFFFF)


def pseudo_header(packet: bytes) -> bytes:
    return packet[12:20] + struct.pack("!BBH", 0, packet[9], len(packet) - 20)


def test_checksum_is_that_of_rfc_1071() -> None:
    assert packets.checksum(bytes.fromhex("0001f203f4f5f6f7")) == 0x220D


@given(addresses, addresses, words, words, st.integers(0, 2**32 - 1), words, words)
def test_a_syn_says_what_it_was_given(
    src: str, dst: str, src_port: int, dst_port: int, seq: int, window: int, ip_id: int
) -> None:
    made = packets.syn(src, dst, src_port=src_port, dst_port=dst_port, seq=seq, window=window, ip_id=ip_id)
    assert struct.unpack_from("!HHII", made, 20) == (src_port, dst_port, seq, 0)
    assert (made[32] >> 4, made[33]) == (5, packets.SYN)
    assert struct.unpack_from("!H", made, 34) == (window,)
    assert struct.unpack_from("!HH", made, 2) == (40, ip_id) == (len(made), ip_id)
    assert (socket.inet_ntoa(made[12:16]), socket.inet_ntoa(made[16:20])) == (src, dst)
    assert packets.checksum(made[:20]) == 0
    assert packets.checksum(pseudo_header(made) + made[20:]) == 0


@given(addresses, addresses, words, words, st.binary(max_size=64))
def test_a_datagram_says_what_it_was_given(src: str, dst: str, src_port: int, dst_port: int, payload: bytes) -> None:
    made = packets.datagram(src, dst, src_port=src_port, dst_port=dst_port, payload=payload, ip_id=7)
    assert struct.unpack_from("!HHH", made, 20) == (src_port, dst_port, 8 + len(payload))
    assert made[28:] == payload
    assert made[26:28] != b"\0\0"
    assert packets.checksum(made[:20]) == 0
    assert packets.checksum(pseudo_header(made) + made[20:]) == 0


def test_the_mark_of_mirai_is_the_address() -> None:
    assert packets.address_value("198.18.2.77") == 0xC612024D
