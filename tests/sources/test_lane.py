import math
import os
from pathlib import Path

import pytest

from botwarden.core.capture import CaptureStats
from botwarden.core.errors import CaptureError
from botwarden.sources.lane import Lane
from captures import pcap, pcap_header, pcapng, section_header, tcp_frame

FRAME = tcp_frame()
DATA = pcap([(5.0, FRAME), (6.0, FRAME)])


def lane(path: Path, data: bytes, **more: int) -> Lane:
    path.write_bytes(data)
    return Lane(str(path), 1000, CaptureStats(), more.get("stdin_fd", 0))


def test_looking_at_the_first_time_takes_nothing(tmp_path: Path) -> None:
    each = lane(tmp_path / "a", DATA)
    assert each.first_ts() == 5.0
    assert (each.consumed, each.size) == (0, len(DATA))
    assert [batch.ts.tolist() for batch in each.batches()] == [[5.0, 6.0]]
    assert each.consumed == each.size


def test_without_packets_it_comes_first(tmp_path: Path) -> None:
    assert lane(tmp_path / "a", pcap_header()).first_ts() == -math.inf
    assert list(lane(tmp_path / "a", pcap_header()).batches()) == []


def test_standard_input_can_be_looked_at_too() -> None:
    reader, writer = os.pipe()
    os.write(writer, DATA)
    os.close(writer)
    each = Lane("-", 1000, CaptureStats(), reader)
    assert (each.first_ts(), each.size) == (5.0, None)
    assert [batch.ts.tolist() for batch in each.batches()] == [[5.0, 6.0]]
    os.close(reader)


def test_damage_is_noted_once_and_at_the_end(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(DATA[:-1])
    stats = CaptureStats()
    each = Lane(str(tmp_path / "a"), 1000, stats, 0)
    assert each.first_ts() == 5.0
    assert stats.damaged == []
    assert sum(map(len, each.batches())) == 1
    assert [(damage.path, damage.offset) for damage in stats.damaged] == [(str(tmp_path / "a"), 94)]


def test_looking_finds_what_is_no_capture(tmp_path: Path) -> None:
    with pytest.raises(CaptureError):
        lane(tmp_path / "a", b"nothing").first_ts()


def test_looking_goes_as_far_as_it_has_to(tmp_path: Path) -> None:
    filler = b"\xad\x0b\0\0" + (40_000).to_bytes(4, "little") + bytes(39_988) + (40_000).to_bytes(4, "little")
    assert lane(tmp_path / "a", section_header() + filler * 5 + pcapng([(9.0, FRAME)])).first_ts() == 9.0
