"""DHCP for IPv4 (RFC 2131, options of RFC 2132): what a device says of itself when it asks for an address."""

import ipaddress
from typing import Final

import msgspec

from botwarden.protocols import dns

MAX_OPTIONS: Final = 128  # per message; clients send about 10, servers about 20
MAX_VALUE: Final = 512  # bytes of an option that are kept; a part of one has at most 255

COOKIE: Final = b"\x63\x82\x53\x63"
COOKIE_AT: Final = 236
"""Offset of the cookie (RFC 2131, 3) that tells DHCP from plain BOOTP. Options follow it."""

# message types (RFC 2132, 9.6)
DISCOVER: Final = 1
OFFER: Final = 2
REQUEST: Final = 3
ACK: Final = 5

MESSAGE_TYPES: Final[dict[int, str]] = {
    1: "DISCOVER",
    2: "OFFER",
    3: "REQUEST",
    4: "DECLINE",
    5: "ACK",
    6: "NAK",
    7: "RELEASE",
    8: "INFORM",
    9: "FORCERENEW",  # RFC 3203
    10: "LEASEQUERY",  # RFC 4388
    11: "LEASEUNASSIGNED",
    12: "LEASEUNKNOWN",
    13: "LEASEACTIVE",
    14: "BULKLEASEQUERY",  # RFC 6926
    15: "LEASEQUERYDONE",
    16: "ACTIVELEASEQUERY",  # RFC 7724
    17: "LEASEQUERYSTATUS",
    18: "TLS",
}

_PAD: Final = 0
_HOST_NAME: Final = 12
_DOMAIN: Final = 15
_REQUESTED_ADDRESS: Final = 50
_LEASE_TIME: Final = 51
_OVERLOAD: Final = 52
_MESSAGE_TYPE: Final = 53
_PARAMETERS: Final = 55
_MESSAGE: Final = 56
_VENDOR_CLASS: Final = 60
_CLIENT_ID: Final = 61
_FQDN: Final = 81
_RELAY_AGENT: Final = 82
_END: Final = 255
_WANTED: Final = frozenset(
    {
        _HOST_NAME, _DOMAIN, _REQUESTED_ADDRESS, _LEASE_TIME, _OVERLOAD, _MESSAGE_TYPE, _PARAMETERS, _MESSAGE,
        _VENDOR_CLASS, _CLIENT_ID, _FQDN, _RELAY_AGENT,
    }
)  # fmt: skip

# sub-options of relay agents (RFC 3046, 2.0; RFC 3993)
_CIRCUIT_ID: Final = 1
_REMOTE_ID: Final = 2
_SUBSCRIBER_ID: Final = 6

_ETHERNET: Final = 1

_SNAME: Final = (44, 108)
_FILE: Final = (108, 236)
_FQDN_ENCODED: Final = 0x04  # RFC 4702, 2.1: the name is in DNS wire format, not in ASCII


class DhcpMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One DHCP message, under the field names of Zeek's dhcp.log where it has them."""

    from_client: bool
    """Whether it is a request (BOOTP op 1); else a server's reply."""
    msg_type: int
    """1 DISCOVER, 2 OFFER, 3 REQUEST, 4 DECLINE, 5 ACK, 6 NAK, 7 RELEASE, 8 INFORM; 0: not said."""
    mac: int
    """The client's hardware address (chaddr), whoever sent the frame; 0 where it is no Ethernet address."""
    xid: int = 0
    """What the messages of one transaction have in common."""
    client_addr: str | None = None
    """ciaddr: the address that the client uses already."""
    relayed: bool = False
    """Whether a relay agent forwarded it (giaddr): its sender is not the client."""
    client_id: int = 0
    """Option 61 where it is an Ethernet address; else 0."""
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
    domain: str | None = None
    """Option 15."""
    lease_time: float | None = None
    """Option 51, seconds."""
    message: str | None = None
    """Option 56: why something was refused."""
    circuit_id: str | None = None
    """Option 82, like the next two."""
    agent_remote_id: str | None = None
    subscriber_id: str | None = None
    options: tuple[int, ...] = ()
    """The numbers of its options in their order, of a split one each part; another fingerprint."""


def parse_dhcp(payload: bytes) -> DhcpMessage | None:
    """Read a DHCP message from a UDP payload; None where it is none. Text is as sent, invalid UTF-8 as ``\\xNN``."""
    start = COOKIE_AT + len(COOKIE)
    if not is_dhcp(payload):
        return None
    options = _Options()
    options.collect(payload, start, len(payload))
    overload = options.get(_OVERLOAD)[:1]  # RFC 2131, 4.1: options may go on in these fields, in this order
    if overload in (b"\1", b"\3"):
        options.collect(payload, *_FILE)
    if overload in (b"\2", b"\3"):
        options.collect(payload, *_SNAME)
    agent = _sub_options(options.get(_RELAY_AGENT))
    lease_time, client_id = options.get(_LEASE_TIME), options.get(_CLIENT_ID)
    return DhcpMessage(
        from_client=payload[0] == 1,
        msg_type=int.from_bytes(options.get(_MESSAGE_TYPE)[:1], "big"),
        mac=int.from_bytes(payload[28:34], "big") if payload[2] == 6 else 0,
        xid=int.from_bytes(payload[4:8], "big"),
        client_addr=_address(payload[12:16]),
        relayed=any(payload[24:28]),
        client_id=int.from_bytes(client_id[1:], "big") if len(client_id) == 7 and client_id[0] == _ETHERNET else 0,
        host_name=_text(options.get(_HOST_NAME)),
        client_fqdn=_fqdn(options.get(_FQDN)),
        vendor_class=_text(options.get(_VENDOR_CLASS)),
        requested_addr=_address(options.get(_REQUESTED_ADDRESS)),
        assigned_addr=_address(payload[16:20]),
        param_list=tuple(options.get(_PARAMETERS)),
        domain=_text(options.get(_DOMAIN)),
        lease_time=float(int.from_bytes(lease_time, "big")) if len(lease_time) == 4 else None,
        message=_text(options.get(_MESSAGE)),
        circuit_id=_text(agent.get(_CIRCUIT_ID, b"")),
        agent_remote_id=_text(agent.get(_REMOTE_ID, b"")),
        subscriber_id=_text(agent.get(_SUBSCRIBER_ID, b"")),
        options=tuple(options.order),
    )


def is_dhcp(payload: bytes) -> bool:
    """Whether a UDP payload is a DHCP message by its operation and its cookie."""
    return payload[COOKIE_AT : COOKIE_AT + len(COOKIE)] == COOKIE and payload[0] in (1, 2)


class _Options:
    """The options of a message that are wanted, and the numbers of all of them in their order."""

    def __init__(self) -> None:
        self.order: list[int] = []
        self._values: dict[int, bytes] = {}

    def get(self, code: int) -> bytes:
        return self._values.get(code, b"")

    def collect(self, data: bytes, at: int, stop: int) -> None:
        """Add the options in bytes ``at`` to ``stop``. Stops at the first broken one, and at `MAX_OPTIONS` in all."""
        while len(self.order) < MAX_OPTIONS and at < stop:
            code = data[at]
            if code == _PAD:
                at += 1
                continue
            if code == _END or at + 1 >= stop:
                break
            end = at + 2 + data[at + 1]
            if end > stop:
                break
            self.order.append(code)
            if code in _WANTED:
                # RFC 3396: the parts of a split option
                self._values[code] = (self.get(code) + data[at + 2 : end])[:MAX_VALUE]
            at = end


def _sub_options(value: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = 0
    while at + 2 <= len(value):
        end = at + 2 + value[at + 1]
        if end > len(value):
            break
        found[value[at]] = value[at + 2 : end]
        at = end
    return found


def _text(value: bytes) -> str | None:
    return value.rstrip(b"\0").decode("utf-8", "backslashreplace") or None


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
