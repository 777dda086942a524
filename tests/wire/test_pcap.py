import numpy as np
import pytest

from botwarden.core.packet import MALFORMED
from botwarden.wire.framing import MAX_FRAME
from botwarden.wire.pcap import PcapHeader
from botwarden.wire.pcap import pcap_header as parse_header
from captures import batches_of, pcap, pcap_header, pcap_record, tcp_frame

FRAME = tcp_frame()


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("nano", [False, True])
def test_header(big: bool, nano: bool) -> None:
    assert parse_header(pcap_header(113, big=big, nano=nano)) == PcapHeader(big, 1e9 if nano else 1e6, 113)


def test_the_bits_about_the_fcs_are_no_part_of_the_link_type() -> None:
    header = parse_header(pcap_header(0x30000001))
    assert header is not None
    assert header.link_type == 1


@pytest.mark.parametrize("data", [b"", b"\xd4\xc3\xb2", b"garbage" * 5, b"\x0a\x0d\x0d\x0a" + bytes(24)])
def test_other_files_have_no_header(data: bytes) -> None:
    assert parse_header(data) is None


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("nano", [False, True])
def test_records(big: bool, nano: bool) -> None:
    times = [1700000000.25, 1700000000.5, 1700000001.0]
    (batch,) = batches_of(pcap([(ts, FRAME, 1000 + i) for i, ts in enumerate(times)], big=big, nano=nano))
    assert batch.ts.tolist() == times
    assert batch.packets["wire_len"].tolist() == [1000, 1001, 1002]
    assert [batch.frame(i) for i in range(3)] == [FRAME] * 3
    assert batch.packets["interface"].tolist() == [0, 0, 0]


@pytest.mark.parametrize(("sec", "usec"), [(1540446382, 933899), (0xFFFFFFFF, 999999), (0, 1), (1700000000, 123457)])
def test_microseconds_are_exact(sec: int, usec: int) -> None:
    (batch,) = batches_of(pcap_header() + pcap_record(sec, usec, FRAME))
    assert batch.ts[0] == float(f"{sec}.{usec:06}")


def test_nanoseconds_are_exact() -> None:
    (batch,) = batches_of(pcap_header(nano=True) + pcap_record(1700000000, 123456789, FRAME))
    assert batch.ts[0] == float("1700000000.123456789")


def test_a_fraction_of_more_than_a_second_is_added() -> None:
    (batch,) = batches_of(pcap_header() + pcap_record(10, 0xFFFFFFFF, FRAME))
    assert batch.ts[0] == pytest.approx(10 + 0xFFFFFFFF / 1e6)


def test_an_empty_record_is_a_packet() -> None:
    (batch,) = batches_of(pcap([(1.0, b"", 60), (2.0, FRAME)]))
    assert batch.packets["cap_len"].tolist() == [0, len(FRAME)]


def test_an_impossible_wire_length_is_not_counted() -> None:
    (batch,) = batches_of(pcap([(1.0, FRAME, MAX_FRAME + 1), (2.0, FRAME, MAX_FRAME)]))
    assert batch.packets["wire_len"].tolist() == [len(FRAME), MAX_FRAME]
    assert (batch.packets["flags"] & MALFORMED).tolist() == [MALFORMED, 0]


def test_packets_stay_in_the_order_of_capture() -> None:
    (batch,) = batches_of(pcap([(2.0, FRAME), (1.0, FRAME)]))
    assert np.array_equal(batch.ts, [2.0, 1.0])
