"""The captures that the benchmarks read: files made offline, of which no packet was ever sent."""

import contextlib
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import botwarden

GLOBAL_HEADER = 24
RECORD_HEADER = 16
START_TS = 1_700_000_000
SCAN_RATE = 5_000  # SYN packets per second
FORGED_RATE = 50_000
CHUNK = 100_000  # packets built at a time
SYN, PUSH_ACK = 2, 24
DEVICE_MAC = bytes.fromhex("4419b6000001")
GATEWAY_MAC = bytes.fromhex("50c7bf000001")

FRAME = np.dtype(
    [
        ("sec", "<u4"), ("usec", "<u4"), ("cap_len", "<u4"), ("wire_len", "<u4"),
        ("dst_mac", "V6"), ("src_mac", "V6"), ("ethertype", ">u2"),
        ("version", "u1"), ("tos", "u1"), ("length", ">u2"), ("ip_id", ">u2"), ("fragment", ">u2"),
        ("ttl", "u1"), ("proto", "u1"), ("checksum", ">u2"), ("src_ip", ">u4"), ("dst_ip", ">u4"),
        ("src_port", ">u2"), ("dst_port", ">u2"), ("seq", ">u4"), ("ack", ">u4"), ("offset", "u1"), ("flags", "u1"),
        ("window", ">u2"), ("tcp_checksum", ">u2"), ("urgent", ">u2"), ("padding", "V6"),
    ]
)  # fmt: skip
"""A pcap record of one TCP packet without options in a 60 byte Ethernet frame."""


def pcap_header() -> bytes:
    return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)


def as_pcap(source: Path, target: Path) -> Path:
    """The packets of any capture as a little-endian pcap: ``source`` itself, or ``target``, written for it."""
    if source.suffix == ".pcap":
        return source
    with target.open("wb") as out:
        out.write(pcap_header())
        for batch in botwarden.read(source):
            micros = np.round(batch.ts * 1e6).astype(np.int64)
            for n, ts in enumerate(micros.tolist()):
                frame = batch.frame(n)
                out.write(
                    struct.pack("<IIII", ts // 1_000_000, ts % 1_000_000, len(frame), batch.packets["wire_len"][n])
                )
                out.write(frame)
    return target


def repeat_capture(source: Path, target: Path, packets: int) -> None:
    """Write ``packets`` packets: those of ``source``, a little-endian pcap, again and again, with times that go on."""
    data = np.fromfile(source, np.uint8)
    starts = _record_starts(data)
    times = _words(data, starts, 0) + _words(data, starts, 4) / 1e6
    cycle = times[-1] - times[0] + (times[-1] - times[0]) / (len(times) - 1)
    with target.open("wb") as out:
        out.write(data[:GLOBAL_HEADER].tobytes())
        for done in range(0, packets, len(starts)):
            count = min(len(starts), packets - done)
            end = starts[count] if count < len(starts) else len(data)
            part = data[GLOBAL_HEADER:end].copy()
            shifted = np.round((times[:count] + cycle * (done // len(starts))) * 1e6).astype(np.int64)
            for field, value in ((0, shifted // 1_000_000), (4, shifted % 1_000_000)):
                at = starts[:count, None] - GLOBAL_HEADER + field + np.arange(4)
                part[at] = value.astype("<u4").view(np.uint8).reshape(count, 4)
            out.write(part.tobytes())


def head_of_capture(source: Path, target: Path, size: int) -> None:
    """Write the first packets of ``source``, at most ``size`` bytes."""
    data = np.fromfile(source, np.uint8)
    starts = _record_starts(data)
    target.write_bytes(data[: starts[np.searchsorted(starts, size, side="right") - 1]].tobytes())


def telnet_scan(packets: int, rate: int = SCAN_RATE) -> Iterator[bytes]:
    """Yield a pcap in which one device tries a fresh address with every packet: port 23, one in ten 2323."""
    rng = np.random.default_rng(23)
    yield pcap_header()
    for first in range(0, packets, CHUNK):
        rows = _frames(first, min(CHUNK, packets - first), rate)
        count = len(rows)
        rows["src_ip"] = 0xC0A80132  # 192.168.1.50
        rows["dst_ip"] = _fresh(first, count)
        rows["src_port"] = rng.integers(1024, 65536, count)
        rows["dst_port"] = np.where(rng.random(count) < 0.1, 2323, 23)
        rows["seq"] = rows["dst_ip"]  # the mark of Mirai's scanner
        rows["flags"] = SYN
        yield _finished(rows)


def forged_sources(packets: int, rate: int = FORGED_RATE) -> Iterator[bytes]:
    """Yield a pcap in which one device floods a victim, every packet from another forged address and port."""
    rng = np.random.default_rng(80)
    yield pcap_header()
    for first in range(0, packets, CHUNK):
        rows = _frames(first, min(CHUNK, packets - first), rate)
        count = len(rows)
        rows["src_ip"] = _fresh(first, count)
        rows["dst_ip"] = 0xC6336450  # 198.51.100.80
        rows["src_port"] = rng.integers(1024, 65536, count)
        rows["dst_port"] = 80
        rows["seq"] = rng.integers(0, 2**32, count)
        rows["flags"] = SYN
        yield _finished(rows)


def _fresh(first: int, count: int) -> NDArray[np.uint32]:
    """Addresses in 128.0.0.0/2 (unicast) of which none comes twice: an odd factor permutes 30-bit numbers."""
    number = (np.arange(first, first + count, dtype=np.int64) * 2654435761 + 97) & 0x3FFFFFFF
    return (number | 0x80000000).astype(np.uint32)


def _frames(first: int, count: int, rate: int) -> NDArray[np.void]:
    rows = np.zeros(count, FRAME)
    usec = (np.arange(first, first + count, dtype=np.int64) * 1_000_000) // rate
    rows["sec"] = START_TS + usec // 1_000_000
    rows["usec"] = usec % 1_000_000
    rows["cap_len"] = rows["wire_len"] = FRAME.itemsize - RECORD_HEADER
    rows["dst_mac"], rows["src_mac"] = np.void(GATEWAY_MAC), np.void(DEVICE_MAC)
    rows["ethertype"], rows["version"], rows["length"], rows["fragment"] = 0x0800, 0x45, 40, 0x4000
    rows["ttl"], rows["proto"], rows["offset"], rows["window"] = 64, 6, 0x50, 14600
    rows["ip_id"] = np.arange(first, first + count) & 0xFFFF
    return rows


def _finished(rows: NDArray[np.void]) -> bytes:
    """With the IPv4 checksum (RFC 791, 3.1), as a card would not leave it out."""
    header = rows.view(np.uint8).reshape(len(rows), FRAME.itemsize)[:, RECORD_HEADER + 14 : RECORD_HEADER + 34]
    total = np.ascontiguousarray(header).view(">u2").astype(np.int64).sum(axis=1)
    total = (total & 0xFFFF) + (total >> 16)
    rows["checksum"] = ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF
    return rows.tobytes()


def _record_starts(data: NDArray[np.uint8]) -> NDArray[np.int64]:
    if data[:4].tobytes() != b"\xd4\xc3\xb2\xa1":
        raise SystemExit("the capture to repeat has to be a little-endian pcap with microseconds")
    view = data.tobytes()
    starts = []
    at = GLOBAL_HEADER
    while at + RECORD_HEADER <= len(data):
        starts.append(at)
        at += RECORD_HEADER + int(struct.unpack_from("<I", view, at + 8)[0])
    return np.array(starts, np.int64)


def _words(data: NDArray[np.uint8], starts: NDArray[np.int64], field: int) -> NDArray[np.int64]:
    return np.ascontiguousarray(data[starts[:, None] + field + np.arange(4)]).view("<u4")[:, 0].astype(np.int64)


def write(parts: Iterator[bytes], target: Path) -> None:
    with target.open("wb") as out:
        out.writelines(parts)


if __name__ == "__main__":  # python inputs.py N | botwarden scan -
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.buffer.writelines(forged_sources(int(sys.argv[1])))
