"""DHCP for IPv4 (RFC 2131, options of RFC 2132): what a device says of itself when it asks for an address."""

import ipaddress
from typing import Final

import msgspec

from botwarden.protocols import dns

MAX_OPTIONS: Final = 128  # per message; clients send about 10, servers about 20

COOKIE: Final = b"\x63\x82\x53\x63"
COOKIE_AT: Final = 236
"""Offset of the cookie (RFC 2131, 3) that tells DHCP from plain BOOTP. Options follow it."""

# message types (RFC 2132, 9.6)
DISCOVER: Final = 1
OFFER: Final = 2
REQUEST: Final = 3
ACK: Final = 5

_PAD: Final = 0
_HOST_NAME: Final = 12
_REQUESTED_ADDRESS: Final = 50
_OVERLOAD: Final = 52
_MESSAGE_TYPE: Final = 53
_PARAMETERS: Final = 55
_VENDOR_CLASS: Final = 60
_FQDN: Final = 81
_END: Final = 255
_WANTED: Final = frozenset(
    {_HOST_NAME, _REQUESTED_ADDRESS, _OVERLOAD, _MESSAGE_TYPE, _PARAMETERS, _VENDOR_CLASS, _FQDN}
)

_SNAME: Final = slice(44, 108)
_FILE: Final = slice(108, 236)
_FQDN_ENCODED: Final = 0x04  # RFC 4702, 2.1: the name is in DNS wire format, not in ASCII


class DhcpMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One DHCP message, under the field names of Zeek's dhcp.log where it has them."""

    from_client: bool
    """Whether it is a request (BOOTP op 1); else a server's reply."""
    msg_type: int
    """1 DISCOVER, 2 OFFER, 3 REQUEST, 4 DECLINE, 5 ACK, 6 NAK, 7 RELEASE, 8 INFORM; 0: not said."""
    mac: int
    """The client's hardware address (chaddr), whoever sent the frame; 0 where it is no Ethernet address."""
    host_name: str | None = None
    """Option 12."""
    client_fqdn: str | None = None
    """Option 81 (RFC 4702)."""
    vendor_class: str | None = None
    """Option 60: usually the client program."""
    requested_addr: str | None = None
    """Option 50."""
    assigned_addr: str | None = None
    """yiaddr: the address that the server gives to the client."""
    param_list: tuple[int, ...] = ()
    """Option 55: the options that the client asks for, in its order; a fingerprint of its system."""


def parse_dhcp(payload: bytes) -> DhcpMessage | None:
    """Read a DHCP message from a UDP payload; None where it is none. Text is as sent, invalid UTF-8 replaced."""
    start = COOKIE_AT + len(COOKIE)
    if payload[COOKIE_AT:start] != COOKIE or payload[0] not in (1, 2):
        return None
    options: dict[int, bytes] = {}
    budget = _collect(payload[start:], options, MAX_OPTIONS)
    overload = options.get(_OVERLOAD, b"\0")[:1]  # RFC 2131, 4.1: options may go on in these fields, in this order
    if overload in (b"\1", b"\3"):
        budget = _collect(payload[_FILE], options, budget)
    if overload in (b"\2", b"\3"):
        _collect(payload[_SNAME], options, budget)
    return DhcpMessage(
        from_client=payload[0] == 1,
        msg_type=int.from_bytes(options.get(_MESSAGE_TYPE, b"")[:1], "big"),
        mac=int.from_bytes(payload[28:34], "big") if payload[2] == 6 else 0,
        host_name=_text(options.get(_HOST_NAME)),
        client_fqdn=_fqdn(options.get(_FQDN, b"")),
        vendor_class=_text(options.get(_VENDOR_CLASS)),
        requested_addr=_address(options.get(_REQUESTED_ADDRESS, b"")),
        assigned_addr=_address(payload[16:20]),
        param_list=tuple(options.get(_PARAMETERS, b"")),
    )


def _collect(data: bytes, options: dict[int, bytes], budget: int) -> int:
    """Add the options in ``data`` to ``options``; return how many more may be read. Stops at the first broken one."""
    at = 0
    while budget > 0 and at < len(data):
        code = data[at]
        if code == _PAD:
            at += 1
            continue
        if code == _END or at + 1 >= len(data):
            break
        end = at + 2 + data[at + 1]
        if end > len(data):
            break
        if code in _WANTED:
            options[code] = options.get(code, b"") + data[at + 2 : end]  # RFC 3396: the parts of a split option
        at = end
        budget -= 1
    return budget


def _text(value: bytes | None) -> str | None:
    return value.rstrip(b"\0").decode("utf-8", "replace") or None if value else None


def _address(value: bytes) -> str | None:
    return str(ipaddress.IPv4Address(value)) if len(value) == 4 and any(value) else None


def _fqdn(value: bytes) -> str | None:
    if len(value) <= 3:  # flags and two unused bytes come before the name
        return None
    if value[0] & _FQDN_ENCODED:
        # RFC 4702, 3.1: a partial name has no terminating zero
        name = dns.parse_name(value[3:]) or dns.parse_name(value[3:] + b"\0")
        return ".".join(name) if name else None
    return _text(value[3:])
