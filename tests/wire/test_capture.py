import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botwarden.core.errors import CaptureError
from botwarden.core.packet import PacketBatch
from botwarden.wire.capture import CaptureReader, is_capture
from botwarden.wire.framing import MAX_FRAME, MAX_ROWS
from captures import (
    SYN,
    batches_of,
    enhanced_packet,
    interface_description,
    pcap,
    pcap_header,
    pcap_record,
    pcapng,
    section_header,
    tcp_frame,
    udp_frame,
)
from zoo import ETHERNET_FRAMES

FRAME = tcp_frame()
TIMED = [(float(i), frame) for i, frame in enumerate(ETHERNET_FRAMES)]
WHOLE = {
    "pcap": pcap(TIMED),
    "pcap, big-endian": pcap(TIMED, big=True),
    "pcapng": pcapng(TIMED),
    "pcapng, two sections": pcapng(TIMED[:9], big=True) + pcapng(TIMED[9:]),
}


def read(data: bytes, piece: int = 1 << 20) -> tuple[list[PacketBatch], CaptureReader]:
    reader = CaptureReader("test")
    batches = [batch for at in range(0, len(data), piece) for batch in reader.feed(data[at : at + piece])]
    reader.finish()
    return batches, reader


def contents(batches: list[PacketBatch]) -> list[tuple[object, ...]]:
    """Every packet as a tuple: its frame, and all columns but the offset in the buffer."""
    names = [name for name in batches[0].packets.dtype.names if name != "offset"] if batches else []
    return [(batch.frame(i), *batch.packets[names][i].tolist()) for batch in batches for i in range(len(batch))]


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("piece", [1, 7, 64, 1000])
def test_the_size_of_the_pieces_makes_no_difference(name: str, piece: int) -> None:
    assert contents(read(WHOLE[name], piece)[0]) == contents(read(WHOLE[name])[0])


@pytest.mark.parametrize("name", WHOLE)
def test_all_packets_are_read(name: str) -> None:
    batches, reader = read(WHOLE[name])
    assert [frame for frame, *_ in contents(batches)] == list(ETHERNET_FRAMES)
    assert (reader.damage, reader.skipped, reader.packets) == (None, [], len(ETHERNET_FRAMES))


def test_packets_are_delivered_as_soon_as_they_are_complete() -> None:
    reader = CaptureReader("test")
    first, second = pcap_record(1, 0, FRAME), pcap_record(2, 0, FRAME)
    assert list(reader.feed(pcap_header())) == []
    assert [len(batch) for batch in reader.feed(first + second[:-1])] == [1]
    assert [batch.ts[0] for batch in reader.feed(second[-1:])] == [2.0]


def test_batches_are_numbered_through_and_keep_their_bytes() -> None:
    batches, _ = read(pcap([(float(i), udp_frame(sport=i)) for i in range(100)]), piece=500)
    assert len(batches) > 5
    assert [batch.first for batch in batches] == np.cumsum([0, *map(len, batches[:-1])]).tolist()
    assert [batch.frame(i) for batch in batches for i in range(len(batch))] == [udp_frame(sport=i) for i in range(100)]


def test_a_batch_holds_no_more_than_its_limit() -> None:
    batches, _ = read(pcap_header() + pcap_record(1, 0, b"") * (MAX_ROWS + 5))
    assert max(map(len, batches)) <= MAX_ROWS
    assert sum(map(len, batches)) == MAX_ROWS + 5


def test_a_buffer_can_be_written_as_kernels_expect() -> None:
    (batch,) = batches_of(pcap([(1.0, FRAME)]))
    assert batch.buffer.flags.writeable
    assert batch.buffer.flags.c_contiguous
    assert batch.packets.flags.c_contiguous


@pytest.mark.parametrize("data", [pcap_header(), section_header(), section_header() + interface_description()])
def test_a_capture_without_packets(data: bytes) -> None:
    batches, reader = read(data)
    assert (batches, reader.damage) == ([], None)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "test: not a capture: it is empty"),
        (b"\xd4\xc3", "test: not a capture: it ends inside its header"),
        (pcap_header()[:23], "test: not a capture: it ends inside its header"),
        (section_header()[:27], "test: not a capture: it ends inside its header"),
        (b"GET / HTTP/1.1\r\n", "test: not a capture: it starts with neither pcap's nor pcapng's magic number"),
        (b"\x0a\x0d\x0d\x0a" + bytes(24), "test: not a capture: a pcapng without a byte order"),
        (
            pcap([(1.0, FRAME)], link_type=189),
            "test: link type 189 (USB_LINUX) cannot be read; botwarden reads Ethernet, Wi-Fi (802.11), PPP, PPPoE, "
            "Linux SLL, SLL2 and NFLOG, raw IP and BSD loopback",
        ),
    ],
)
def test_what_is_no_capture_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(CaptureError) as raised:
        read(data)
    assert str(raised.value) == message


def test_a_last_record_that_is_cut_off() -> None:
    data = pcap([(1.0, FRAME), (2.0, FRAME)])
    batches, reader = read(data[:-1])
    assert [len(batch) for batch in batches] == [1]
    assert reader.damage is not None
    assert reader.damage.offset == 24 + 16 + len(FRAME)
    assert reader.damage.what == "the capture ends inside a record: 69 of 70 bytes are there"
    assert reader.damage.path == "test"


@pytest.mark.parametrize("piece", [10, 1 << 20])
def test_a_record_of_an_impossible_length(piece: int) -> None:
    good = pcap([(1.0, FRAME)])
    bad = pcap_record(2, 0, b"")[:8] + (MAX_FRAME + 1).to_bytes(4, "little") + bytes(100)
    batches, reader = read(good + bad + pcap_record(3, 0, FRAME), piece)
    assert [len(batch) for batch in batches] == [1]
    assert reader.damage is not None
    assert (reader.damage.offset, reader.damage.what) == (len(good), "a packet record with an impossible length")


def test_a_frame_of_the_greatest_length_is_read() -> None:
    (batch,) = batches_of(pcap([(1.0, FRAME + bytes(MAX_FRAME - len(FRAME)))]), piece=100_000)
    assert batch.packets["cap_len"].tolist() == [MAX_FRAME]


def test_damage_from_outside_is_kept() -> None:
    reader = CaptureReader("test")
    data = pcap([(1.0, FRAME)])
    assert len(list(reader.feed(data + b"half a record"))) == 1
    reader.spoil("the gzip data ends early")
    reader.spoil("something later")
    reader.finish()
    assert reader.damage is not None
    assert (reader.damage.offset, reader.damage.what) == (len(data), "the gzip data ends early")


def test_is_capture() -> None:
    assert all(is_capture(data[:4]) for data in WHOLE.values())
    assert not is_capture(b"\x1f\x8b\x08\0")
    assert not is_capture(b"")


def survives(data: bytes, piece: int) -> list[PacketBatch]:
    try:
        batches, _ = read(data, piece)
    except CaptureError as error:
        assert "\n" not in str(error)
        return []
    for batch in batches:
        rows = batch.packets
        assert ((rows["offset"] >= 0) & (rows["offset"] + rows["cap_len"] <= len(batch.buffer))).all()
        assert np.isfinite(batch.ts).all()
        assert (rows["wire_len"] <= MAX_FRAME).all()
    return batches


STARTS = [pcap_header(), pcap_header(big=True, nano=True), section_header() + interface_description(), b""]


@settings(deadline=None)  # the first example may have to compile
@given(start=st.sampled_from(STARTS), data=st.binary(max_size=400), piece=st.integers(1, 500))
def test_any_bytes_are_read(start: bytes, data: bytes, piece: int) -> None:
    survives(start + data, piece)


@settings(max_examples=200, deadline=None)
@given(
    name=st.sampled_from(sorted(WHOLE)),
    bent=st.lists(st.tuples(st.integers(0, 3000), st.binary(min_size=1, max_size=4)), max_size=5),
    piece=st.sampled_from([50, 1 << 20]),
)
def test_bent_captures_are_read(name: str, bent: list[tuple[int, bytes]], piece: int) -> None:
    data = bytearray(WHOLE[name])
    for at, value in bent:
        data[at : at + len(value)] = value
    assert contents(survives(bytes(data), piece)) == contents(survives(bytes(data), 7))


@settings(deadline=None)  # the first example may have to compile
@given(st.lists(st.sampled_from(range(6)), max_size=12), st.booleans())
def test_blocks_in_any_order(kinds: list[int], big: bool) -> None:
    blocks = [
        section_header(big=big),
        section_header(big=not big),
        interface_description(1, tsresol=9, big=big),
        interface_description(189, big=big),
        enhanced_packet(1 << 40, tcp_frame(flags=SYN), big=big),
        enhanced_packet(1 << 40, FRAME, interface=1, big=big),
    ]
    survives(section_header(big=big) + b"".join(blocks[kind] for kind in kinds), 1 << 20)
