"""Addresses as integers, the form in which packets carry them, and back to text.

A MAC address is its 48 bits as an int, first byte highest. An IP address is its 128 bits as two signed
64-bit halves ``(hi, lo)``, because numba and numpy compare and hash signed words without surprises. IPv4 is
stored as IPv4-mapped IPv6 (RFC 4291, 2.5.5.2): ``hi = 0``, ``lo = 0xffff << 32 | address``.
"""

import ipaddress
from string import hexdigits
from typing import Final

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

V4_PREFIX: Final = 0xFFFF << 32
_MASK64: Final = (1 << 64) - 1


def mac_text(mac: int) -> str:
    """``0x0050c21234ab`` as ``00:50:c2:12:34:ab``."""
    return ":".join(f"{mac >> shift & 0xFF:02x}" for shift in range(40, -8, -8))


def mac_value(text: str) -> int:
    """The integer of a MAC address written with colons, hyphens or nothing between its bytes.

    Raises ValueError when ``text`` is no MAC address.
    """
    digits = text.strip().replace(":", "").replace("-", "")
    if len(digits) != 12 or not set(digits) <= set(hexdigits):
        raise ValueError(f"not a MAC address: {text!r}")
    return int(digits, 16)


def is_multicast_mac(mac: int) -> bool:
    """Whether a MAC is a group address (the broadcast address included): IEEE 802, I/G bit."""
    return bool(mac >> 40 & 1)


def ip_address(hi: int, lo: int) -> IPAddress:
    """The address of the two halves that a packet carries."""
    value = (int(hi) & _MASK64) << 64 | (int(lo) & _MASK64)
    address = ipaddress.IPv6Address(value)
    return address.ipv4_mapped or address


def ip_text(hi: int, lo: int) -> str:
    """The usual text of the address of two halves."""
    if hi == 0 and lo >> 32 == 0xFFFF:  # IPv4 without the detour: a scan's report names a million of them
        return f"{lo >> 24 & 255}.{lo >> 16 & 255}.{lo >> 8 & 255}.{lo & 255}"
    return str(ip_address(hi, lo))


def ip_halves(address: IPAddress | str) -> tuple[int, int]:
    """``(hi, lo)`` of an address, signed, as packets carry it. Raises ValueError for text that is no address."""
    parsed = ipaddress.ip_address(address) if isinstance(address, str) else address
    value = V4_PREFIX | int(parsed) if parsed.version == 4 else int(parsed)
    return _signed(value >> 64), _signed(value & _MASK64)


def _signed(word: int) -> int:
    return word - (1 << 64) if word >> 63 else word
