"""The Community ID of a conversation: the same in every tool (https://github.com/corelight/community-id-spec)."""

import base64
import hashlib
import ipaddress
import struct
from functools import lru_cache
from typing import Final

_NUMBERS: Final = {"icmp": 1, "tcp": 6, "udp": 17, "icmp6": 58, "sctp": 132}
_TWO_WAY: Final = {
    1: frozenset({0, 8, 9, 10, 13, 14, 15, 16, 17, 18}),
    58: frozenset({128, 129, 130, 131, 133, 134, 135, 136, 139, 140, 144, 145}),
}
"""ICMP types that are one half of a question and its answer: their conversation has a direction to be ordered by."""
CACHED: Final = 4096
"""Addresses kept in binary form."""


def community_id(transport: str, source: str, source_port: int, destination: str, destination_port: int) -> str | None:
    """Version 1 with seed 0, such as ``1:LQU9qZlK+B5F3KDmev6m5PMibrg=``; None for ends that are none.

    transport : ``tcp``, ``udp`` or ``icmp`` (also for ICMPv6, whose addresses tell it)
    source_port, destination_port : for ICMP the type, and the type of the answer or the code, as in Zeek's conn.log
    """
    try:
        src, dst = _packed(source), _packed(destination)
        number = _NUMBERS[transport]
        ports = struct.pack("!H", source_port), struct.pack("!H", destination_port)
    except (ValueError, KeyError, struct.error):
        return None
    if number == 1 and len(src) == 16:
        number = 58
    turns = number not in _TWO_WAY or source_port in _TWO_WAY[number]
    if turns and (dst, ports[1]) < (src, ports[0]):
        src, dst, ports = dst, src, ports[::-1]
    data = b"\0\0" + src + dst + bytes((number, 0)) + ports[0] + ports[1]
    digest = hashlib.sha1(data, usedforsecurity=False).digest()
    return "1:" + base64.b64encode(digest).decode()


@lru_cache(CACHED)
def _packed(address: str) -> bytes:
    return ipaddress.ip_address(address).packed
