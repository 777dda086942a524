"""Names and record data of DNS messages as text, as Zeek's dns.log has them (RFC 1035 and the RFCs named below).

`DnsFault` names, in the words of Zeek's weird.log, what is wrong with a message. Work per message is bounded by the
limits below, whatever the message claims to hold.
"""

import ipaddress
from collections.abc import Callable
from typing import Final

MAX_STEPS: Final = 1024  # through labels, per message: caps the time that one packet can take
MAX_CHAIN: Final = 20  # compression pointers that point to pointers; Zeek's limit
MAX_NAME: Final = 255  # RFC 1035, 3.1: bytes of a name
MAX_STRINGS: Final = 256  # per TXT record

SRV: Final = 33
NBSTAT: Final = 33  # RFC 1002, 4.2.1.3: NetBIOS had the number first


class DnsFault(Exception):
    """What is wrong with a message; its first argument is the name of the oddity."""


class Names:
    """Reads the names of one message, in lower case and with dots between the labels."""

    __slots__ = ("_message", "_seen", "_steps")

    def __init__(self, message: bytes) -> None:
        """The message from its first byte, which is what compression pointers count from."""
        self._message = message
        self._seen: dict[int, bytes] = {}
        self._steps = MAX_STEPS

    def read(self, at: int, depth: int = 0) -> tuple[bytes, int]:
        """The name at ``at`` and the offset after it; the root is empty. Raises DnsFault where it is none."""
        message = self._message
        labels: list[bytes] = []
        start = at
        try:
            while length := message[at]:
                if length > 63:
                    if length < 0xC0:
                        raise DnsFault("DNS_label_too_long")
                    target = (length & 0x3F) << 8 | message[at + 1]
                    if target >= start:  # RFC 1035, 4.1.4: a prior occurrence, so a name cannot run in circles
                        raise DnsFault("DNS_label_forward_compress_offset")
                    rest = self._seen.get(target)
                    labels.append(self._follow(target, depth) if rest is None else rest)
                    at += 1
                    break
                end = at + 1 + length
                if end - start > MAX_NAME:
                    raise DnsFault("DNS_NAME_too_long")
                labels.append(message[at + 1 : end])
                at = end
        except IndexError:
            raise DnsFault("DNS_label_len_gt_pkt") from None
        self._steps -= len(labels)
        name = b".".join(labels).lower()
        if len(name) >= MAX_NAME or self._steps < 0:
            raise DnsFault("DNS_NAME_too_long")
        if labels and not labels[-1]:
            name = name[:-1]  # a pointer to the root
        return name, at + 1

    def text(self, at: int) -> str:
        """The name at ``at`` alone."""
        return plain(self.read(at)[0])

    def _follow(self, target: int, depth: int) -> bytes:
        if depth >= MAX_CHAIN:
            raise DnsFault("DNS_label_compression_chain_too_long")
        name = self._seen[target] = self.read(target, depth + 1)[0]
        return name


def plain(value: bytes) -> str:
    """Bytes as text, invalid UTF-8 as ``\\xNN``."""
    return value.decode("utf-8", "backslashreplace")


def rdata_text(names: Names, message: bytes, rtype: int, at: int, end: int, owner: str) -> str | None:
    """The data of a record, bytes ``at`` to ``end`` of a message, as text.

    None for types that Zeek leaves out of its log (CAA, HINFO, SVCB, HTTPS, OPT …), empty for those of which it tells
    no more than that they are there. Raises DnsFault where the data cannot be read.
    """
    if rtype in _SILENT:
        return None
    read = _READERS.get(rtype)
    if read is None:
        return f"<unknown type={rtype}>"
    return read(names, message, at, end, owner)


def netbios_name(name: bytes) -> bytes:
    """A NetBIOS name from its first-level encoding (RFC 1001, 14.1), without its type and padding.

    ``name`` may be in lower case and may have a scope behind a dot. What is no encoded name comes back as it is.
    """
    encoded = name.split(b".", 1)[0].upper()
    if len(encoded) != 32 or not set(encoded) <= _HALVES:
        return name
    pairs = zip(encoded[::2], encoded[1::2], strict=True)
    decoded = bytes((high - 65) << 4 | (low - 65) for high, low in pairs)
    return decoded[:15].rstrip(b" ")


_HALVES: Final = frozenset(b"ABCDEFGHIJKLMNOP")

_Reader = Callable[[Names, bytes, int, int, str], str]


def _a(names: Names, message: bytes, at: int, end: int, owner: str) -> str:
    if end - at != 4:
        raise DnsFault("DNS_RR_bad_length")
    return f"{message[at]}.{message[at + 1]}.{message[at + 2]}.{message[at + 3]}"


def _aaaa(names: Names, message: bytes, at: int, end: int, owner: str) -> str:
    if end - at != 16:
        raise DnsFault("DNS_RR_bad_length")
    address = ipaddress.IPv6Address(message[at:end])
    return str(address.ipv4_mapped or address)


def _name(names: Names, message: bytes, at: int, end: int, owner: str) -> str:
    return names.text(at)


def _mx(names: Names, message: bytes, at: int, end: int, owner: str) -> str:
    return names.text(at + 2)  # after the preference


def _srv(names: Names, message: bytes, at: int, end: int, owner: str) -> str:
    return names.text(at + 6)  # RFC 2782: after priority, weight and port


def _strings(kind: str) -> _Reader:
    """A reader of character strings: ``TXT 5 hello TXT 5 world``."""

    def read(names: Names, message: bytes, at: int, end: int, owner: str) -> str:
        found: list[str] = []
        while at < end and len(found) < MAX_STRINGS:
            size = message[at]
            string = message[at + 1 : min(at + 1 + size, end)]
            if len(string) < size:
                break
            found.append(f"{kind} {size} {plain(string)}")
            at += 1 + size
        return " ".join(found)

    return read


def _naptr(names: Names, message: bytes, at: int, end: int, owner: str) -> str:
    """RFC 3403, 4.1: order, preference, three character strings, a name."""
    _need(at, end, 7)
    order, preference = int.from_bytes(message[at : at + 2], "big"), int.from_bytes(message[at + 2 : at + 4], "big")
    at += 4
    strings: list[str] = []
    for _ in range(3):
        _need(at, end, 1)
        size = message[at]
        _need(at, end, 1 + size)
        strings.append(plain(message[at + 1 : at + 1 + size]))
        at += 1 + size
    flags, service, regexp = strings
    goal = " ".join(part for part in (regexp, names.text(at)) if part)
    return f"NAPTR {order} {preference} {flags} {service} {goal}"


def _rrsig(names: Names, message: bytes, at: int, end: int, owner: str) -> str:
    """RFC 4034, 3.1: the type covered, 16 bytes of no interest here, the signer."""
    _need(at, end, 18)
    covered = int.from_bytes(message[at : at + 2], "big")
    return f"RRSIG {covered} {names.text(at + 18) or '<Root>'}"


def _dnskey(names: Names, message: bytes, at: int, end: int, owner: str) -> str:
    _need(at, end, 4)
    return f"DNSKEY {message[at + 3]}"  # RFC 4034, 2.1: the algorithm


def _ds(names: Names, message: bytes, at: int, end: int, owner: str) -> str:
    _need(at, end, 4)
    return f"DS {message[at + 2]} {message[at + 3]}"  # RFC 4034, 5.1: algorithm, kind of digest


def _nsec(names: Names, message: bytes, at: int, end: int, owner: str) -> str:
    return f"NSEC {owner} {names.text(at)}"


def _sshfp(names: Names, message: bytes, at: int, end: int, owner: str) -> str:
    _need(at, end, 2)
    return f"SSHFP: {message[at + 2 : end].hex()}"


def _loc(names: Names, message: bytes, at: int, end: int, owner: str) -> str:
    _need(at, end, 15)
    return f"LOC:  {message[at + 1]} {message[at + 2]} {message[at + 3]}"  # RFC 1876, 2: size and precisions, encoded


def _fixed(text: str, size: int) -> _Reader:
    def read(names: Names, message: bytes, at: int, end: int, owner: str) -> str:
        _need(at, end, size)
        return text

    return read


def _need(at: int, end: int, size: int) -> None:
    if end - at < size:
        raise DnsFault("DNS_RR_bad_length")


_SILENT: Final = frozenset({13, 32, 41, 64, 65, 249, 250, 257})
"""HINFO, NB (NetBIOS), OPT, SVCB, HTTPS, TKEY, TSIG, CAA."""

_READERS: Final[dict[int, _Reader]] = {
    1: _a,
    2: _name,  # NS
    5: _name,  # CNAME
    6: _name,  # SOA: its first name, the primary server
    11: _fixed("", 0),  # WKS
    12: _name,  # PTR
    15: _mx,
    16: _strings("TXT"),
    28: _aaaa,
    29: _loc,
    SRV: _srv,
    35: _naptr,
    38: _aaaa,  # A6, historic
    43: _ds,
    44: _sshfp,
    46: _rrsig,
    47: _nsec,
    48: _dnskey,
    50: _fixed("NSEC3", 6),
    51: _fixed("NSEC3PARAM", 5),
    99: _strings("SPF"),
    65534: _fixed("BIND9 signing signal", 5),
}
