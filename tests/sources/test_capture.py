import gzip
import os
import shutil
import subprocess
import threading
from pathlib import Path

import numpy as np
import pytest
import zstandard

from botwarden.core.address import ip_text
from botwarden.core.capture import CaptureStats
from botwarden.core.errors import CaptureError, ConfigError
from botwarden.core.packet import PacketBatch
from botwarden.core.ports import Source
from botwarden.sources.capture import CaptureSource
from captures import (
    A_IP,
    B_IP,
    enhanced_packet,
    interface_description,
    pcap,
    pcap_record,
    pcapng,
    section_header,
    tcp_frame,
    udp_frame,
)

SHARED = Path(os.environ.get("BOTWARDEN_SHARED", Path(__file__).parents[3] / "shared"))
FRAME = tcp_frame()
DATA = pcap([(10.0, FRAME), (12.5, FRAME[:30], len(FRAME)), (11.0, b"\x02" * 16 + b"?" * 40)])


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def read(*paths: Path | str) -> tuple[list[PacketBatch], CaptureStats]:
    source = CaptureSource(paths)
    return list(source.batches()), source.stats


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress])
def test_a_capture_from_a_file(tmp_path: Path, pack: object) -> None:
    source: Source = CaptureSource([write(tmp_path / "capture", pack(DATA))])
    assert source.progress() == 0.0
    (batch,) = source.batches()
    assert batch.ts.tolist() == [10.0, 12.5, 11.0]
    assert ip_text(batch.packets["src_ip_hi"][0], batch.packets["src_ip_lo"][0]) == A_IP
    assert ip_text(batch.packets["dst_ip_hi"][0], batch.packets["dst_ip_lo"][0]) == B_IP
    assert source.progress() == 1.0


def test_stats(tmp_path: Path) -> None:
    malformed = bytearray(FRAME)
    malformed[14] = 0x41
    data = pcap([(10.0, FRAME), (12.5, FRAME[:30], len(FRAME)), (9.0, bytes(malformed), 100)])
    _, stats = read(write(tmp_path / "capture", data))
    assert stats == CaptureStats(packets=3, bytes=54 + 54 + 100, first_ts=9.0, last_ts=12.5, truncated=1, malformed=1)


def test_stats_of_nothing(tmp_path: Path) -> None:
    batches, stats = read(write(tmp_path / "capture", pcap([])))
    assert (batches, stats) == ([], CaptureStats())


def test_several_captures_in_order_of_time(tmp_path: Path) -> None:
    late = write(tmp_path / "1", pcap([(20.0, FRAME)]))
    early = write(tmp_path / "2", pcapng([(10.0, FRAME)]))
    batches, stats = read(late, early)
    assert [batch.ts[0] for batch in batches] == [10.0, 20.0]
    assert (stats.packets, stats.first_ts, stats.last_ts) == (2, 10.0, 20.0)


def test_a_directory(tmp_path: Path) -> None:
    write(tmp_path / "b.pcap", pcap([(1.0, FRAME)]))
    write(tmp_path / "readme.txt", b"not a capture")
    source = CaptureSource([tmp_path])
    assert source.paths == [str(tmp_path / "b.pcap")]
    assert sum(map(len, source.batches())) == 1


def test_damage_in_one_of_two_captures(tmp_path: Path) -> None:
    broken = write(tmp_path / "1", pcap([(1.0, FRAME), (2.0, FRAME)])[:-5])
    whole = write(tmp_path / "2", pcap([(3.0, FRAME)]))
    batches, stats = read(broken, whole)
    assert [batch.ts[0] for batch in batches] == [1.0, 3.0]
    assert [(damage.path, damage.offset) for damage in stats.damaged] == [(str(broken), 24 + 70)]


def test_compressed_data_that_breaks_off(tmp_path: Path) -> None:
    data = pcap([(float(i), udp_frame(payload=os.urandom(100))) for i in range(1000)])
    batches, stats = read(write(tmp_path / "capture.gz", gzip.compress(data)[:-20_000]))
    assert 700 < sum(map(len, batches)) == stats.packets < 1000
    assert [damage.what for damage in stats.damaged] == ["the gzip data ends early"]


def test_compressed_data_that_is_broken_from_the_start(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="not a capture: the gzip data cannot be unpacked"):
        read(write(tmp_path / "capture.gz", b"\x1f\x8b\x08\0" + b"\xff" * 50))


def test_skipped_packets(tmp_path: Path) -> None:
    data = section_header() + interface_description(189) + interface_description(1)
    data += enhanced_packet(1, b"usb") + enhanced_packet(2, FRAME, interface=1)
    _, stats = read(write(tmp_path / "capture", data))
    assert [(entry.path, entry.packets) for entry in stats.skipped] == [(str(tmp_path / "capture"), 1)]


def test_no_capture_among_several_is_told_before_anything_is_delivered(tmp_path: Path) -> None:
    source = CaptureSource([write(tmp_path / "1", DATA), write(tmp_path / "2", b"no capture")])
    with pytest.raises(CaptureError, match="2: not a capture"):
        next(source.batches())


def test_a_missing_file() -> None:
    with pytest.raises(FileNotFoundError):
        CaptureSource(["/nowhere/capture.pcap"])


def test_nothing_to_read() -> None:
    with pytest.raises(ConfigError):
        CaptureSource([])


def test_small_chunks_give_the_same_packets(tmp_path: Path) -> None:
    path = write(tmp_path / "capture", pcap([(float(i), udp_frame(sport=i, payload=bytes(i))) for i in range(50)]))
    big, small = (list(CaptureSource([path], chunk_bytes=size).batches()) for size in (1 << 20, 64))
    assert len(small) > len(big) == 1
    assert [batch.frame(i) for batch in small for i in range(len(batch))] == [big[0].frame(i) for i in range(50)]


def test_standard_input_while_it_is_written() -> None:
    reader, writer = os.pipe()
    os.write(writer, DATA)
    source = CaptureSource(["-"], stdin_fd=reader)
    assert source.progress() is None
    batches = source.batches()
    assert len(next(batches)) == 3
    assert source.stats.packets == 3
    os.write(writer, pcap_record(20, 0, FRAME))
    assert next(batches).ts.tolist() == [20.0]
    os.close(writer)
    assert list(batches) == []
    os.close(reader)


def test_a_named_pipe(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    thread = threading.Thread(target=path.write_bytes, args=[DATA])
    thread.start()
    batches, stats = read(path)
    thread.join()
    assert (len(batches), stats.packets) == (1, 3)


# -- real captures ------------------------------------------------------------------------------------------------


def real(*folders: str) -> list[Path]:
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not there")
    found = [path for folder in folders for path in sorted((SHARED / "data" / folder).rglob("*")) if path.is_file()]
    return [path for path in found if ".pcap" in path.name and path.suffix != ".java"]


@pytest.mark.parametrize("folder", ["malformed", "protocols"])
def test_every_odd_capture_is_read_or_refused(folder: str) -> None:
    packets = refused = 0
    for path in real(folder):
        source = CaptureSource([path])
        try:
            packets += sum(map(len, source.batches()))
        except CaptureError as error:
            assert "cannot be read" in str(error), path
            refused += 1
        else:
            assert source.stats.packets or source.stats.damaged or path.stat().st_size < 100, path
    assert packets > 1000
    assert refused


def test_a_known_capture() -> None:
    (path,) = real("parity")
    batches, stats = read(path)
    assert (stats.packets, stats.bytes, stats.first_ts, stats.truncated) == (20000, 1684375, 1540446382.933899, 0)
    rows = np.concatenate([batch.packets for batch in batches])
    assert np.unique(rows["ethertype"]).tolist() == [0, 0x0800, 0x0806, 0x86DD, 0x9000]


FIELDS = {
    "wire_len": "frame.len",
    "cap_len": "frame.cap_len",
    "ttl": "ip.ttl",
    "ip_len": "ip.len",
    "proto": "ip.proto",
    "src_port": "tcp.srcport",
    "dst_port": "tcp.dstport",
    "tcp_seq": "tcp.seq_raw",
    "tcp_ack": "tcp.ack_raw",
    "tcp_flags": "tcp.flags",
    "tcp_window": "tcp.window_size_value",
    "payload_len": "tcp.len",
}


@pytest.mark.parametrize("name", ["scans/ssh_bruteforce.pcap", "floods/pkt.TCP.DOMINATE.syn.ecn.cwr.pcapng"])
def test_tshark_reads_the_same(name: str) -> None:
    if not shutil.which("tshark"):
        pytest.skip("tshark is not installed")
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not there")
    path = SHARED / "data" / name
    command = ["tshark", "-n", "-r", str(path), "-c", "2000", "-Y", "tcp and not icmp", "-T", "fields"]
    for field in ("frame.number", "ip.src", "ip.dst", *FIELDS.values()):
        command += ["-e", field]
    lines = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout.splitlines()
    rows = np.concatenate([batch.packets for batch in read(path)[0]])
    assert len(lines) > 400
    for line in lines:
        number, src, dst, *values = line.split("\t")
        row = rows[int(number) - 1]
        assert (ip_text(row["src_ip_hi"], row["src_ip_lo"]), ip_text(row["dst_ip_hi"], row["dst_ip_lo"])) == (src, dst)
        theirs = dict(zip(FIELDS, (int(value, 0) for value in values), strict=True))
        assert {column: int(row[column]) for column in FIELDS} == theirs | {"tcp_flags": theirs["tcp_flags"] & 0xFF}
