import ipaddress
import struct

from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.natpmp import parse_mapping


def natpmp(opcode: int, internal: int, external: int, lease: int, result: int | None = None) -> bytes:
    if result is None:
        return struct.pack(">BBHHHI", 0, opcode, 0, internal, external, lease)
    return struct.pack(">BBHIHHI", 0, opcode | 0x80, result, 12345, internal, external, lease)


def v6(ip: str) -> bytes:
    address = ipaddress.ip_address(ip)
    return b"\0" * 10 + b"\xff\xff" + address.packed if address.version == 4 else address.packed


def pcp(
    internal: int, external: int, lease: int, *, proto: int = 6, result: int | None = None, tail: bytes = b""
) -> bytes:
    answer = result is not None
    head = struct.pack(">BBBBI", 2, 1 | answer << 7, 0, result or 0, lease)
    head += struct.pack(">I8x", 99)[:12] + bytes(4) if answer else v6("192.168.0.10")
    return head + struct.pack(">12sB3xHH", b"nonce-nonce!", proto, internal, external) + v6("203.0.113.5") + tail


def test_nat_pmp() -> None:
    asked, given_ = parse_mapping(natpmp(2, 23, 2323, 7200)), parse_mapping(natpmp(2, 23, 40023, 3600, 0))
    assert asked
    assert given_
    assert (asked.protocol, asked.internal_port, asked.external_port, asked.lease) == ("TCP", 23, 2323, 7200)
    assert (asked.result, given_.result, given_.external_port) == (None, 0, 40023)
    assert asked.key == given_.key
    udp = parse_mapping(natpmp(1, 23, 0, 7200))
    assert udp
    assert udp.protocol == "UDP"


def test_pcp() -> None:
    asked, given_ = parse_mapping(pcp(80, 8080, 600)), parse_mapping(pcp(80, 8081, 300, result=0))
    assert asked
    assert given_
    assert (asked.protocol, asked.internal_port, asked.external_port, asked.client) == ("TCP", 80, 8080, "192.168.0.10")
    assert (given_.result, given_.external_port, given_.lease, given_.client) == (0, 8081, 300, None)
    assert asked.key == given_.key


def test_a_mapping_for_somebody_else() -> None:
    third = b"\x01\x00\x00\x10" + v6("192.168.0.77")
    for tail in (third, b"\x02\x00\x00\x00" + third):
        asked = parse_mapping(pcp(80, 8080, 600, tail=tail))
        assert asked
        assert asked.client == "192.168.0.77"


def test_what_is_no_mapping() -> None:
    whole = pcp(80, 80, 60)
    assert all(parse_mapping(whole[:size]) is None for size in range(len(whole)))
    assert parse_mapping(b"\x00\x00") is None, "asks for the router's address"
    assert parse_mapping(b"\x01" + natpmp(1, 1, 1, 1)[1:]) is None
    assert parse_mapping(natpmp(1, 1, 1, 1) + b"x") is None
    assert parse_mapping(pcp(80, 80, 60, proto=99)) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_complaint(data: bytes) -> None:
    parse_mapping(data)
    parse_mapping(b"\x02\x01" + data)
    parse_mapping(pcp(1, 2, 3) + data)
