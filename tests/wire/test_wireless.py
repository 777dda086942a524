import struct

import pytest

from botwarden.core.address import mac_text
from botwarden.core.packet import MALFORMED, TRUNCATED
from captures import decoded, mac_bytes
from zoo import IP6_FRAME, IP_FRAME, SNAP, radiotap, wireless

ONE, TWO, THREE, FOUR = (f"02:00:00:00:00:0{n}" for n in range(1, 5))


def ends(row: object) -> tuple[str, str]:
    return mac_text(int(row["src_mac"])), mac_text(int(row["dst_mac"]))  # type: ignore[index]


@pytest.mark.parametrize(
    ("bits", "source", "destination"),
    [(0, TWO, ONE), (1, TWO, THREE), (2, THREE, ONE), (3, FOUR, THREE)],
    ids=["ad hoc", "to the access point", "from it", "between two"],
)
def test_whose_addresses(bits: int, source: str, destination: str) -> None:
    row = decoded(wireless(bits=bits), link_type=105)
    assert ends(row) == (source, destination)
    assert (row["ethertype"], row["dst_port"], row["vlan"]) == (0x0800, 80, 0)


def test_quality_of_service_and_high_throughput_fields() -> None:
    assert decoded(wireless(kind=0x88, qos=bytes(2)), link_type=105)["dst_port"] == 80
    assert decoded(wireless(kind=0x88, bits=0x82, qos=bytes(6)), link_type=105)["dst_port"] == 80


def test_the_first_packet_of_an_aggregate() -> None:
    inside = mac_bytes(ONE) + mac_bytes(FOUR) + struct.pack("!H", 8 + len(IP_FRAME)) + SNAP + b"\x08\0" + IP_FRAME
    row = decoded(wireless(inside, kind=0x88, qos=b"\x80\0", snap=False), link_type=105)
    assert (ends(row), row["dst_port"]) == ((FOUR, ONE), 80)


@pytest.mark.parametrize(
    "frame",
    [
        wireless(bits=0x41),
        wireless(bits=0x05),
        wireless(sequence=0x13),
        wireless(b"\x42\x42\x03" + IP_FRAME, snap=False),
    ],
    ids=["encrypted", "first fragment", "later fragment", "another LLC"],
)
def test_what_is_not_followed(frame: bytes) -> None:
    row = decoded(frame, link_type=105)
    assert (row["ip_version"], row["ethertype"], row["flags"]) == (0, 0, 0)
    assert row["src_mac"]


@pytest.mark.parametrize("kind", [0x80, 0xD4, 0x48, 0xC8, 0x09], ids=["beacon", "ack", "null", "QoS null", "version 1"])
def test_frames_without_data_name_no_device(kind: int) -> None:
    row = decoded(wireless(kind=kind), link_type=105)
    assert (row["src_mac"], row["dst_mac"], row["ip_version"], row["flags"]) == (0, 0, 0, 0)


def test_radiotap() -> None:
    row = decoded(radiotap(wireless(IP6_FRAME, ethertype=0x86DD)), link_type=127)
    assert (row["ethertype"], row["dst_port"], row["flags"] & (MALFORMED | TRUNCATED)) == (0x86DD, 53, 0)


@pytest.mark.parametrize(("present", "fields"), [(2, b""), (3, bytes(8)), (0x8000_0003, bytes(16))])
def test_radiotap_flags(present: int, fields: bytes) -> None:
    """They stand after the time stamp, which is aligned to 8 bytes, and after further presence words."""
    padded = wireless(kind=0x88, qos=bytes(4))  # two bytes and two of padding
    assert decoded(radiotap(padded, present, fields + b"\x20"), link_type=127)["dst_port"] == 80
    assert decoded(radiotap(wireless(), present, fields + b"\x40"), link_type=127)["ip_version"] == 0
    assert decoded(radiotap(wireless(), present, fields + b"\x10"), link_type=127)["dst_port"] == 80


@pytest.mark.parametrize("head", [b"\1\0\x08\0", b"\0\0\x07\0", b"\0\0\xff\xff"], ids=["version", "short", "long"])
def test_a_bad_radiotap_header_is_malformed(head: bytes) -> None:
    assert decoded(head + bytes(4) + wireless(), link_type=127)["flags"] == MALFORMED


def test_a_snap_length_within_the_headers() -> None:
    frame = radiotap(wireless(kind=0x88, qos=bytes(2)), 2, b"\0")
    start = frame.index(IP_FRAME)
    for length in range(start + 20):
        assert decoded(frame[:length], link_type=127, wire_len=len(frame))["flags"] & TRUNCATED
