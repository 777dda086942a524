import struct

import pytest

from botwarden.core.address import mac_text
from botwarden.core.packet import MALFORMED, TRUNCATED
from botwarden.wire.nflog import MAX_ATTRIBUTES, MAX_HEADER
from captures import decoded, mac_bytes
from zoo import IP6_FRAME, IP_FRAME, nflog

MAC = "02:00:00:00:00:0c"


def attribute(kind: int, value: bytes, order: str = "<") -> bytes:
    return struct.pack(f"{order}HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("packet", "ethertype"), [(IP_FRAME, 0x0800), (IP6_FRAME, 0x86DD)])
def test_the_packet_in_either_byte_order(order: str, packet: bytes, ethertype: int) -> None:
    row = decoded(nflog(packet, order=order), link_type=239)
    assert (row["ethertype"], row["src_mac"]) == (ethertype, 0)
    assert row["payload_len"] == (3 if packet is IP_FRAME else 4)


def test_the_senders_address() -> None:
    address = attribute(8, struct.pack("!HH", 6, 0) + mac_bytes(MAC) + bytes(2))
    row = decoded(nflog(IP_FRAME, more=address + attribute(10, b"prefix: \0")), link_type=239)
    assert (mac_text(int(row["src_mac"])), row["dst_port"]) == (MAC, 80)


def test_without_a_packet_it_is_truncated() -> None:
    frame = nflog(b"")
    assert decoded(frame[:-4], link_type=239, wire_len=len(frame) + 100)["flags"] == TRUNCATED


@pytest.mark.parametrize(
    "more",
    [b"\3\0\1\0", attribute(1, b"") * MAX_ATTRIBUTES, attribute(1, bytes(MAX_HEADER))],
    ids=["too short", "too many", "too long"],
)
def test_impossible_attributes_are_malformed(more: bytes) -> None:
    assert decoded(nflog(IP_FRAME, more=more), link_type=239)["flags"] == MALFORMED
