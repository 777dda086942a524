from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botwarden.core.capture import CaptureStats
from botwarden.core.errors import ConfigError
from botwarden.core.packet import PacketBatch
from botwarden.sources.lane import Lane
from botwarden.sources.merge import MAX_OVERLAPPING, merged
from captures import pcap, pcap_header, udp_frame

RECORD = 16 + len(udp_frame())


def lanes(folder: Path, captures: list[list[float]], chunk: int = 1 << 20) -> list[Lane]:
    """One capture per list of times; the source port is the capture's place, the destination port the packet's."""
    made = []
    for place, times in enumerate(captures):
        path = folder / f"{place}.pcap"
        path.write_bytes(pcap([(ts, udp_frame(sport=place, dport=i)) for i, ts in enumerate(times)]))
        made.append(Lane(str(path), chunk, CaptureStats(), 0))
    return made


def packets(batches: list[PacketBatch]) -> list[tuple[float, int, int]]:
    return [(float(p["ts"]), int(p["src_port"]), int(p["dst_port"])) for batch in batches for p in batch.packets]


def test_captures_that_follow_one_another_are_passed_on_as_they_are(tmp_path: Path) -> None:
    batches = list(merged(lanes(tmp_path, [[3.0, 4.0], [1.0, 2.0], [5.0, 6.0]])))
    assert [batch.ts.tolist() for batch in batches] == [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    assert [batch.first for batch in batches] == [0, 2, 4]
    assert [len(batch.buffer) for batch in batches] == [24 + 2 * RECORD] * 3  # not copied together


def test_captures_of_the_same_time_are_interleaved(tmp_path: Path) -> None:
    batches = list(merged(lanes(tmp_path, [[1.0, 3.0, 5.0, 9.0], [2.0, 3.0, 4.0], [8.0, 8.5]])))
    assert packets(batches) == [
        (1.0, 0, 0),
        (2.0, 1, 0),
        (3.0, 0, 1),
        (3.0, 1, 1),
        (4.0, 1, 2),
        (5.0, 0, 2),
        (8.0, 2, 0),
        (8.5, 2, 1),
        (9.0, 0, 3),
    ]
    for batch in batches:
        frames = [udp_frame(sport=int(p["src_port"]), dport=int(p["dst_port"])) for p in batch.packets]
        assert [batch.frame(i) for i in range(len(batch))] == frames


def test_a_single_capture_keeps_its_order(tmp_path: Path) -> None:
    assert packets(list(merged(lanes(tmp_path, [[2.0, 1.0, 3.0]])))) == [(2.0, 0, 0), (1.0, 0, 1), (3.0, 0, 2)]


def test_captures_without_packets_do_not_matter(tmp_path: Path) -> None:
    assert packets(list(merged(lanes(tmp_path, [[], [2.0], [], [1.0]])))) == [(1.0, 3, 0), (2.0, 1, 0)]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 40), max_size=12), min_size=2, max_size=4),
    st.sampled_from([RECORD, 3 * RECORD + 5, 1 << 20]),
)
def test_any_captures(tmp_path_factory: pytest.TempPathFactory, captures: list[list[int]], chunk: int) -> None:
    folder = tmp_path_factory.mktemp("merge")
    times = [[float(ts) for ts in each] for each in captures]
    batches = list(merged(lanes(folder, times, chunk)))
    found = packets(batches)
    assert [batch.first for batch in batches] == np.cumsum([0, *map(len, batches)])[:-1].tolist()
    assert sorted(found) == sorted((ts, place, i) for place, each in enumerate(times) for i, ts in enumerate(each))
    for place in range(len(times)):
        assert [i for _, source, i in found if source == place] == list(range(len(times[place])))
    if all(each == sorted(each) for each in times):
        assert [ts for ts, *_ in found] == sorted(ts for ts, *_ in found)


def test_too_many_captures_of_the_same_time(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="more than 64 captures overlap in time"):
        list(merged(lanes(tmp_path, [[1.0, 100.0]] * (MAX_OVERLAPPING + 1))))


def test_many_captures_that_follow_one_another(tmp_path: Path) -> None:
    times = [[float(10 * i), float(10 * i + 5)] for i in range(3 * MAX_OVERLAPPING)]
    assert [ts for ts, *_ in packets(list(merged(lanes(tmp_path, times))))] == [ts for each in times for ts in each]


def test_captures_open_at_once_share_the_memory(tmp_path: Path) -> None:
    each = lanes(tmp_path, [[float(i), 100.0 + i] for i in range(40)], chunk=1 << 21)
    list(merged(each))
    assert max(lane.chunk for lane in each) < 1 << 19


def test_a_header_alone_is_merged_too(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(pcap_header())
    empty = Lane(str(tmp_path / "empty"), 1000, CaptureStats(), 0)
    assert packets(list(merged([empty, *lanes(tmp_path, [[1.0]])]))) == [(1.0, 0, 0)]
