import struct
from fractions import Fraction

import pytest

from botwarden.core.capture import Skipped
from botwarden.core.errors import CaptureError
from botwarden.core.packet import MALFORMED, PacketBatch
from botwarden.wire.capture import CaptureReader
from botwarden.wire.framing import MAX_FRAME, MAX_TS
from botwarden.wire.pcapng import MAX_BLOCK, MAX_INTERFACES, MAX_SKIPPED, byte_order, interface_row
from captures import (
    batches_of,
    block,
    enhanced_packet,
    interface_description,
    obsolete_packet,
    option,
    pcapng,
    section_header,
    simple_packet,
    tcp_frame,
    udp_frame,
)
from zoo import IP_FRAME

FRAME = tcp_frame()
SECTION, ETHERNET = section_header(), interface_description()


def read(data: bytes) -> tuple[list[PacketBatch], CaptureReader]:
    reader = CaptureReader("test")
    batches = list(reader.feed(data))
    reader.finish()
    return batches, reader


def damage(data: bytes) -> tuple[int, int, str]:
    """Packets before the damage, its offset and what it is."""
    batches, reader = read(data)
    assert reader.damage is not None
    return sum(map(len, batches)), reader.damage.offset, reader.damage.what


def test_byte_order() -> None:
    assert byte_order(section_header()) == "little"
    assert byte_order(section_header(big=True)) == "big"
    assert byte_order(block(0x0A0D0D0A, bytes(16))) is None


@pytest.mark.parametrize("big", [False, True])
def test_enhanced_packets(big: bool) -> None:
    (batch,) = batches_of(pcapng([(1700000000.123457, FRAME), (1700000001.5, FRAME[:20], 999)], big=big))
    assert batch.ts.tolist() == [1700000000.123457, 1700000001.5]
    assert batch.packets["wire_len"].tolist() == [len(FRAME), 999]
    assert [batch.frame(i) for i in range(2)] == [FRAME, FRAME[:20]]


@pytest.mark.parametrize("big", [False, True])
def test_obsolete_packets(big: bool) -> None:
    data = section_header(big=big) + interface_description(big=big) * 2
    (batch,) = batches_of(data + obsolete_packet(1_500_000, FRAME, interface=1, wire_len=70, big=big))
    assert (batch.ts[0], batch.packets["interface"][0], batch.packets["wire_len"][0]) == (1.5, 1, 70)
    assert batch.frame(0) == FRAME


@pytest.mark.parametrize("big", [False, True])
def test_simple_packets_take_the_time_of_the_packet_before(big: bool) -> None:
    data = section_header(big=big) + interface_description(big=big) + enhanced_packet(7_000_000, FRAME, big=big)
    (batch,) = batches_of(data + simple_packet(FRAME[:21], big=big))
    assert batch.ts.tolist() == [7.0, 7.0]
    assert batch.frame(1) == FRAME[:21]


def test_simple_packets_respect_the_snap_length() -> None:
    body = struct.pack("<I", 1000) + FRAME[:40] + bytes(0)
    (batch,) = batches_of(SECTION + interface_description(snaplen=38) + block(3, body))
    assert (batch.packets["cap_len"][0], batch.packets["wire_len"][0]) == (38, 1000)


def test_simple_packets_keep_the_time_over_batches() -> None:
    reader = CaptureReader("test")
    assert len(list(reader.feed(SECTION + ETHERNET + enhanced_packet(7_000_000, FRAME)))) == 1
    (batch,) = reader.feed(simple_packet(FRAME))
    assert batch.ts.tolist() == [7.0]


@pytest.mark.parametrize(
    ("tsresol", "units", "seconds"),
    [
        (0, 1700000000, Fraction(1700000000)),
        (3, 1700000000123, Fraction(1700000000123, 10**3)),
        (6, 1700000000123457, Fraction(1700000000123457, 10**6)),
        (9, 1700000000123456789, Fraction(1700000000123456789, 10**9)),
        (12, (1 << 63) + 5, Fraction((1 << 63) + 5, 10**12)),
        (18, (1 << 62) + 5, Fraction((1 << 62) + 5, 10**18)),
        (19, 1 << 60, Fraction(1 << 60, 10**19)),
        (127, 1 << 60, Fraction(1 << 60, 10**127)),
        (0x80, 1700000000, Fraction(1700000000)),
        (0x80 | 10, 1700000000 << 10 | 512, Fraction(1700000000 << 10 | 512, 1 << 10)),
        (0x80 | 32, 1700000000 << 32 | 1 << 31, Fraction(1700000000 << 32 | 1 << 31, 1 << 32)),
        (0x80 | 62, 5 << 60, Fraction(5 << 60, 1 << 62)),
        (0xFF, 1 << 63, Fraction(1 << 63, 1 << 127)),
    ],
)
def test_every_resolution(tsresol: int, units: int, seconds: Fraction) -> None:
    (batch,) = batches_of(SECTION + interface_description(tsresol=tsresol) + enhanced_packet(units, FRAME))
    assert batch.ts[0] == pytest.approx(float(seconds), rel=1e-15, abs=1e-30)


def test_time_offset() -> None:
    (batch,) = batches_of(SECTION + interface_description(tsoffset=1_000_000) + enhanced_packet(1_500_000, FRAME))
    assert batch.ts[0] == 1_000_001.5


@pytest.mark.parametrize(
    ("tsoffset", "units", "ts"),
    [(-(1 << 63), 5, 0.0), ((1 << 63) - 1, 5, MAX_TS), (0, (1 << 64) - 1, MAX_TS), (-10, 0, 0.0)],
)
def test_times_that_no_calendar_has_are_bounded(tsoffset: int, units: int, ts: float) -> None:
    interface = interface_description(tsresol=0, tsoffset=tsoffset)
    assert batches_of(SECTION + interface + enhanced_packet(units, FRAME))[0].ts.tolist() == [ts]


def test_interfaces_have_their_own_link_types_and_resolutions() -> None:
    data = SECTION + ETHERNET + interface_description(101, tsresol=9)
    data += enhanced_packet(2_000_000, FRAME) + enhanced_packet(2_500_000_000, IP_FRAME, interface=1)
    (batch,) = batches_of(data)
    assert batch.ts.tolist() == [2.0, 2.5]
    assert batch.packets["interface"].tolist() == [0, 1]
    assert batch.packets["dst_port"].tolist() == [80, 80]


def test_a_section_starts_anew() -> None:
    data = SECTION + ETHERNET + enhanced_packet(1_000_000, FRAME)
    data += section_header(big=True) + interface_description(101, big=True)
    data += enhanced_packet(2_000_000, IP_FRAME, big=True)
    (batch,) = batches_of(data)
    assert batch.ts.tolist() == [1.0, 2.0]
    assert batch.packets["dst_port"].tolist() == [80, 80]


def test_options_and_other_blocks_are_passed_over() -> None:
    data = SECTION + block(5, bytes(20)) + ETHERNET + block(0x0BAD, bytes(1000))
    data += enhanced_packet(1_000_000, FRAME, options=option(1, b"comment") + option(0, b"")) + block(4, b"")
    (batch,) = batches_of(data)
    assert batch.frame(0) == FRAME


def test_many_interfaces() -> None:
    data = SECTION + ETHERNET * 40 + enhanced_packet(1, FRAME, interface=39)
    assert batches_of(data)[0].packets["interface"].tolist() == [39]


def test_packets_of_an_unknown_interface_are_skipped_and_counted() -> None:
    data = SECTION + interface_description(189) + ETHERNET
    data += enhanced_packet(1, b"usb") * 3 + enhanced_packet(2, FRAME, interface=1)
    batches, reader = read(data)
    assert [len(batch) for batch in batches] == [1]
    assert reader.skipped == [Skipped(path="test", interface=0, link_type="USB_LINUX", packets=3)]


def test_skipped_packets_of_all_sections_are_counted() -> None:
    section = SECTION + interface_description(189) + enhanced_packet(1, b"usb")
    _, reader = read(
        section * 2 + SECTION + interface_description(10) + enhanced_packet(1, b"fddi") + pcapng([(1, FRAME)])
    )
    assert [(entry.link_type, entry.packets) for entry in reader.skipped] == [("USB_LINUX", 2), ("FDDI", 1)]


def test_the_list_of_skipped_packets_is_bounded() -> None:
    count = MAX_SKIPPED + 10
    data = SECTION + interface_description(189) * count
    data += b"".join(enhanced_packet(1, b"x", interface=i) for i in range(count)) + pcapng([(1.0, FRAME)])
    _, reader = read(data)
    assert len(reader.skipped) == MAX_SKIPPED
    assert sum(entry.packets for entry in reader.skipped) == count


def test_a_capture_of_unknown_interfaces_only_is_refused_by_name() -> None:
    with pytest.raises(CaptureError, match=r"^test: link type USB_LINUX cannot be read"):
        read(SECTION + interface_description(189) + enhanced_packet(1, b"usb"))


def test_an_impossible_wire_length_is_not_counted() -> None:
    (batch,) = batches_of(SECTION + ETHERNET + enhanced_packet(1, FRAME, wire_len=MAX_FRAME + 1))
    assert batch.packets["wire_len"][0] == len(FRAME)
    assert batch.packets["flags"][0] & MALFORMED


PACKET = enhanced_packet(1, FRAME)
GOOD = SECTION + ETHERNET + PACKET


def bad_length(length: int) -> bytes:
    return struct.pack("<II", 6, length) + PACKET[8:]


@pytest.mark.parametrize(
    ("tail", "what"),
    [
        (bad_length(8), "a block with an impossible length"),
        (bad_length(len(PACKET) + 2), "a block with an impossible length"),
        (bad_length(MAX_BLOCK + 4), "a block with an impossible length"),
        (PACKET[:-4] + b"\0\0\0\0", "a block whose two lengths differ"),
        (block(6, bytes(12)), "a packet block too small for its packet"),
        (block(6, PACKET[8:20] + struct.pack("<II", 100, 100) + bytes(8)), "a packet block too small for its packet"),
        (
            block(6, PACKET[8:20] + struct.pack("<II", MAX_FRAME + 1, 100) + bytes(8)),
            "a packet record with an impossible length",
        ),
        (enhanced_packet(1, FRAME, interface=1), "a packet of an interface that was never described"),
        (SECTION + simple_packet(FRAME), "a packet of an interface that was never described"),
        (block(0x0A0D0D0A, bytes(16)), "a section header without a byte order"),
        (SECTION[:4] + struct.pack("<I", 24) + SECTION[8:], "a block with an impossible length"),
        (SECTION[:-4] + bytes(4), "a block whose two lengths differ"),
        (block(1, bytes(4)), "an interface description that is too short"),
        (PACKET[:-1], f"the capture ends inside a record: {len(PACKET) - 1} of {len(PACKET)} bytes are there"),
        (SECTION[:-1], f"the capture ends inside a record: {len(SECTION) - 1} of {len(SECTION)} bytes are there"),
        (b"\x06\0", "the capture ends inside a record: 2 of 12 bytes are there"),
    ],
)
def test_damage_ends_the_capture_and_is_told(tail: bytes, what: str) -> None:
    offset = len(GOOD) + (len(SECTION) if tail.startswith(SECTION) else 0)
    assert damage(GOOD + tail) == (1, offset, what)


def test_interfaces_are_bounded() -> None:
    packets, _, what = damage(GOOD + ETHERNET * MAX_INTERFACES)
    assert (packets, what) == (1, "more interfaces in a section than are believed")


def test_broken_options_of_an_interface_are_harmless() -> None:
    body = struct.pack("<HHI", 1, 0, 0) + struct.pack("<HHB3x", 9, 60000, 9)
    assert interface_row(block(1, body), "little") == (1, True, 0, 10**6, 1e-6, 0, 0)
    (batch,) = batches_of(SECTION + block(1, body) + enhanced_packet(1, udp_frame()))
    assert batch.packets["dst_port"][0] == 53
