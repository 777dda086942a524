"""The example captures, and a reader of a dozen lines for them: the tests judge the files, not our reader."""

import ipaddress
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botwarden.core.address import mac_text

EXAMPLES = Path(__file__).parents[2] / "examples"
HOUSE, HOUSE_LABELS = EXAMPLES / "house.pcapng", EXAMPLES / "house-labels.json"
BREAK_IN, BREAK_IN_LABELS = EXAMPLES / "break-in.pcapng", EXAMPLES / "break-in-labels.json"
SLACK = 0.05  # s between what the bot and the recorder call now
SECTION, INTERFACE, PACKET = 0x0A0D0D0A, 1, 6  # blocks of a pcapng file
NANOSECONDS = b"\x09\0\x01\0\x09"  # the option if_tsresol of an interface


@dataclass(frozen=True, slots=True)
class Frame:
    ts: float
    src_mac: str
    src: str
    dst: str
    proto: int
    body: bytes

    @property
    def ports(self) -> tuple[int, int]:
        return struct.unpack_from("!HH", self.body)

    @property
    def bare_syn(self) -> bool:
        return self.proto == 6 and self.body[13] & 0x3F == 2

    @property
    def sequence(self) -> int:
        return int.from_bytes(self.body[4:8], "big")

    @property
    def payload(self) -> bytes:
        return self.body[(self.body[12] >> 4) * 4 :] if self.proto == 6 else self.body[8:]


def raw_frames(path: Path) -> list[tuple[float, bytes]]:
    """Every frame with its time, of a little-endian file."""
    data = path.read_bytes()
    return _of_pcapng(data) if data.startswith(b"\n\r\r\n") else _of_pcap(data)


def _of_pcapng(data: bytes) -> list[tuple[float, bytes]]:
    assert struct.unpack_from("<I4xI", data) == (SECTION, 0x1A2B3C4D)
    found, at = [], 0
    while at < len(data):
        kind, size = struct.unpack_from("<II", data, at)
        assert kind != INTERFACE or NANOSECONDS in data[at : at + size]
        if kind == PACKET:
            high, low, captured, length = struct.unpack_from("<4I", data, at + 12)
            assert captured == length
            found.append(((high << 32 | low) / 1e9, data[at + 28 : at + 28 + captured]))
        at += size
    return found


def _of_pcap(data: bytes) -> list[tuple[float, bytes]]:
    assert data[:4] == b"\xd4\xc3\xb2\xa1"
    found, at = [], 24
    while at < len(data):
        seconds, micros, captured, length = struct.unpack_from("<IIII", data, at)
        assert captured == length
        found.append((seconds + micros / 1e6, data[at + 16 : at + 16 + captured]))
        at += 16 + captured
    return found


def number_of_frames(path: Path) -> int:
    """Packets of a capture."""
    return len(raw_frames(path))


def ipv4_frames(raw: list[tuple[float, bytes]]) -> list[Frame]:
    """Those that carry IPv4."""
    found = []
    for ts, frame in raw:
        if frame[12:14] == b"\x08\x00":
            ip = frame[14 : 14 + int.from_bytes(frame[16:18], "big")]
            ends = (str(ipaddress.IPv4Address(ip[at : at + 4])) for at in (12, 16))
            head = (ip[0] & 15) * 4
            found.append(Frame(ts, mac_text(int.from_bytes(frame[6:12], "big")), *ends, ip[9], ip[head:]))
    return found


def inside(entry: dict[str, Any], frames: list[Frame]) -> bool:
    return all(entry["start"] - SLACK <= frame.ts <= entry["end"] + SLACK for frame in frames)
