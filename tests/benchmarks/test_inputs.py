import importlib
import itertools
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from botwarden.core.packet import PacketBatch
from botwarden.wire.capture import CaptureReader
from captures import pcap, tcp_frame, udp_frame
from examples.recording import BREAK_IN, raw_frames


@pytest.fixture
def inputs(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "benchmarks")
    return importlib.import_module("inputs")


def read(data: bytes) -> PacketBatch:
    reader = CaptureReader("test")
    (batch,) = reader.feed(data)
    reader.finish()
    return batch


def test_a_repeated_capture_goes_on_in_time(inputs: ModuleType, tmp_path: Path) -> None:
    source, target = tmp_path / "source.pcap", tmp_path / "target.pcap"
    source.write_bytes(pcap([(100.25, tcp_frame()), (100.75, udp_frame(payload=b"long")), (101.25, tcp_frame())]))
    inputs.repeat_capture(source, target, 8)
    batch = read(target.read_bytes())
    assert batch.ts.tolist() == [100.25 + i / 2 for i in range(8)]
    assert [batch.frame(i) for i in range(8)] == [batch.frame(i % 3) for i in range(8)]


def test_the_head_of_a_capture_holds_whole_records(inputs: ModuleType, tmp_path: Path) -> None:
    source, target = tmp_path / "source.pcap", tmp_path / "target.pcap"
    whole = pcap([(float(i), tcp_frame()) for i in range(10)])
    source.write_bytes(whole)
    inputs.head_of_capture(source, target, 250)
    assert target.stat().st_size <= 250
    assert len(read(target.read_bytes())) == 3
    assert whole.startswith(target.read_bytes())


def test_a_capture_of_another_format_becomes_a_pcap(inputs: ModuleType, tmp_path: Path) -> None:
    plain = tmp_path / "plain.pcap"
    assert inputs.as_pcap(plain, tmp_path / "unused") == plain
    assert inputs.as_pcap(BREAK_IN, plain) == plain
    made, meant = raw_frames(plain), raw_frames(BREAK_IN)
    assert [frame for _, frame in made] == [frame for _, frame in meant]
    assert [ts for ts, _ in made] == pytest.approx([ts for ts, _ in meant], abs=2e-6, rel=0)


def test_a_telnet_scan_never_tries_an_address_twice(inputs: ModuleType) -> None:
    packets = read(b"".join(inputs.telnet_scan(5_000))).packets
    assert len(np.unique(packets["dst_ip_lo"])) == 5_000
    assert len(np.unique(packets["src_ip_lo"])) == len(np.unique(packets["src_mac"])) == 1
    assert set(packets["dst_port"].tolist()) == {23, 2323}
    assert 0.07 < np.mean(packets["dst_port"] == 2323) < 0.13
    assert (packets["tcp_seq"] == packets["dst_ip_lo"] & 0xFFFFFFFF).all()
    assert (packets["wire_len"] == 60).all()
    assert np.allclose(np.diff(packets["ts"]), 1 / inputs.SCAN_RATE, atol=2e-6)


def test_a_forged_flood_has_a_fresh_source_in_every_packet(inputs: ModuleType) -> None:
    parts = list(itertools.chain(inputs.forged_sources(inputs.CHUNK + 1_000)))
    first, last = read(parts[0] + parts[1][: 76 * 1_000]), read(parts[0] + parts[2])
    sources = np.concatenate((first.packets["src_ip_lo"], last.packets["src_ip_lo"]))
    assert len(np.unique(sources)) == len(sources) == 2_000
    assert len(np.unique(first.packets["dst_ip_lo"])) == 1
    assert last.ts[0] > first.ts[-1]
