"""NTP messages: time (RFC 5905; RFC 4330), control (RFC 9327) and private ones, such as the amplified monlist."""

import ipaddress
import struct
from typing import Final

import msgspec

CLIENT: Final = 3
SERVER: Final = 4
CONTROL: Final = 6
PRIVATE: Final = 7
MONLIST: Final = 42
"""Request code of the private message whose answer lists the last 600 clients (CVE-2013-5211)."""

MAX_EXTENSIONS: Final = 32  # counted per message; NTS has four

_TIME: Final = struct.Struct(">BBbbII4sQQQQ")
_CONTROL: Final = struct.Struct(">BBHHHHH")
_PRIVATE: Final = struct.Struct(">BBBBHH")

_EPOCH: Final = 2_208_988_800  # seconds from 1900, where NTP counts from, to 1970
_MACS: Final = (4, 20, 24)  # bytes of a key and digest at the end: none, MD5, SHA-1 (RFC 7822, 7.5)
_SMALLEST_EXTENSION: Final = 16
_MAX_STRATUM: Final = 16
_MAX_POLL: Final = 20  # log2 s; RFC 5905 has 17 as maximum
_NOT_TOLD: Final = 32  # precision that clients send who tell nothing of themselves, such as chrony
_MAX_LAG: Final = 255 << 16  # root delay and dispersion; RFC 5905 gives up at 16 s
_IMPLEMENTATIONS: Final = (0, 2, 3)  # of private messages: any, and two of ntpd
_OPCODES: Final = frozenset({*range(1, 13), 31})  # of control messages


class NtpTime(msgspec.Struct, frozen=True, kw_only=True):
    """What a message of modes 1 to 5 says; intervals in seconds, times in seconds since 1970, 0 where not set."""

    stratum: int
    poll: float
    precision: float
    root_delay: float
    root_disp: float
    ref_id: str
    """Stratum 0 and 1: four characters, as sent; else an address, or what looks like one."""
    ref_time: float
    org_time: float
    rec_time: float
    xmt_time: float
    num_exts: int


class NtpMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message: its time where it is of modes 1 to 5, its code where it is of mode 6 or 7."""

    version: int
    mode: int
    time: NtpTime | None = None
    response: bool | None = None
    """Modes 6 and 7: whether it answers."""
    code: int | None = None
    """Mode 6: the operation; mode 7: the request code."""


def parse_ntp(payload: bytes) -> NtpMessage | None:
    """Read a UDP payload; None where it is too short or of mode 0."""
    if not payload:
        return None
    version, mode = payload[0] >> 3 & 7, payload[0] & 7
    if mode == CONTROL and len(payload) >= _CONTROL.size:
        return NtpMessage(version=version, mode=mode, response=payload[1] >= 0x80, code=payload[1] & 31)
    if mode == PRIVATE and len(payload) >= _PRIVATE.size:
        return NtpMessage(version=version, mode=mode, response=payload[0] >= 0x80, code=payload[3])
    if not 1 <= mode <= 5 or len(payload) < _TIME.size:
        return None
    _, stratum, poll, precision, delay, dispersion, reference, *times = _TIME.unpack_from(payload)
    ref_time, org_time, rec_time, xmt_time = map(_seconds, times)
    said = NtpTime(
        stratum=stratum,
        poll=2.0**poll,
        precision=2.0**precision,
        root_delay=delay / 65536,
        root_disp=dispersion / 65536,
        ref_id=_reference(stratum, reference),
        ref_time=ref_time,
        org_time=org_time,
        rec_time=rec_time,
        xmt_time=xmt_time,
        num_exts=_extensions(payload),
    )
    return NtpMessage(version=version, mode=mode, time=said)


def looks_like_ntp(payload: bytes) -> bool:
    """Whether a UDP payload makes sense as NTP, on whatever port."""
    if len(payload) < _PRIVATE.size or not 1 <= payload[0] >> 3 & 7 <= 4:
        return False
    mode = payload[0] & 7
    if mode == CONTROL:
        return _is_control(payload)
    if mode == PRIVATE:
        return _is_private(payload)
    return 1 <= mode <= 5 and len(payload) >= _TIME.size and len(payload) % 4 == 0 and _tells_time(payload, mode)


def _tells_time(payload: bytes, mode: int) -> bool:
    _, stratum, poll, precision, delay, dispersion, _, *times = _TIME.unpack_from(payload)
    if stratum > _MAX_STRATUM or not 0 <= poll <= _MAX_POLL:
        return False
    if not (-64 <= precision <= 0 or precision == _NOT_TOLD):
        return False
    if delay > _MAX_LAG or dispersion > _MAX_LAG:
        return False
    if mode == CLIENT:
        times.pop()  # may be random, to give nothing away
    elif not times[3]:
        return False
    return all(not time or time >> 32 >= _EPOCH for time in times)


def _is_control(payload: bytes) -> bool:
    if len(payload) < _CONTROL.size:
        return False
    first, second, _, _, _, _, count = _CONTROL.unpack_from(payload)
    over = len(payload) - _CONTROL.size - count
    return first < 0x40 and second & 31 in _OPCODES and 0 <= over <= 3 + 24  # padding, key and digest


def _is_private(payload: bytes) -> bool:
    first, second, implementation, code, items, size = _PRIVATE.unpack_from(payload)
    response = first >= 0x80
    if implementation not in _IMPLEMENTATIONS or code > 64 or size >> 12:
        return False
    if not response and (first & 0x40 or second or items >> 12):  # one message, number 0, no error
        return False
    length: int = _PRIVATE.size + (items & 0xFFF) * size
    return length == len(payload) if response else length <= len(payload)


def _seconds(time: int) -> float:
    return time / 4294967296 - _EPOCH if time else 0.0


def _reference(stratum: int, reference: bytes) -> str:
    if stratum <= 1:
        return reference.decode("utf-8", "backslashreplace")
    return str(ipaddress.IPv4Address(reference))


def _extensions(payload: bytes) -> int:
    found = 0
    at = _TIME.size
    while found < MAX_EXTENSIONS and len(payload) - at >= _SMALLEST_EXTENSION and len(payload) - at not in _MACS:
        size = payload[at + 2] << 8 | payload[at + 3]
        if size < _SMALLEST_EXTENSION or size % 4 or at + size > len(payload):
            break
        found += 1
        at += size
    return found
