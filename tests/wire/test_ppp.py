import pytest

from botwarden.core.packet import TRUNCATED
from captures import decoded
from zoo import IP6_FRAME, IP_FRAME


@pytest.mark.parametrize("link_type", [9, 50])
@pytest.mark.parametrize("address", [b"\xff\x03", b""])
@pytest.mark.parametrize(
    ("protocol", "packet", "ethertype"),
    [
        (b"\x00\x21", IP_FRAME, 0x0800),
        (b"\x21", IP_FRAME, 0x0800),
        (b"\x00\x57", IP6_FRAME, 0x86DD),
        (b"\x57", IP6_FRAME, 0x86DD),
    ],
)
def test_fields_can_be_left_out(link_type: int, address: bytes, protocol: bytes, packet: bytes, ethertype: int) -> None:
    row = decoded(address + protocol + packet, link_type=link_type)
    assert (row["ethertype"], row["ip_start"]) == (ethertype, len(address + protocol))
    assert (row["src_mac"], row["dst_port"]) == (0, 80 if packet is IP_FRAME else 53)


@pytest.mark.parametrize("protocol", [b"\xc0\x21", b"\x80\x21", b"\xfd"])
def test_control_protocols_are_left_alone(protocol: bytes) -> None:
    row = decoded(b"\xff\x03" + protocol + IP_FRAME, link_type=9)
    assert (row["ethertype"], row["ip_version"], row["flags"]) == (0, 0, 0)


@pytest.mark.parametrize("length", range(5))
def test_a_snap_length_within_the_header(length: int) -> None:
    frame = b"\xff\x03\x00\x21" + IP_FRAME
    assert decoded(frame[:length], link_type=9, wire_len=len(frame))["flags"] == TRUNCATED
