"""Protocols that are recognised by their first bytes and not read any further: knowing that they are spoken is enough.

Each recogniser answers for one direction: True, False, or None for "more bytes". The services have Zeek's names.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

Recogniser = Callable[[bytes, bool], bool | None]
"""Of the head of a direction and whether it is the originator's."""


@dataclass(frozen=True, slots=True)
class Known:
    """A protocol that is only recognised.

    tcp, udp : usual ports, where it is looked for at all
    before_tls : whether TLS may follow on the same connection
    """

    name: str
    recognise: Recogniser
    tcp: frozenset[int] = frozenset()
    udp: frozenset[int] = frozenset()
    before_tls: bool = False


def _begins(*words: bytes, orig: bool | None = None) -> Recogniser:
    """A direction that begins with one of some words; ``orig`` : which one."""
    longest = max(map(len, words))

    def recognise(head: bytes, is_orig: bool) -> bool | None:
        if orig is not None and is_orig != orig:
            return False
        if head.startswith(words):
            return True
        if len(head) < longest and any(word.startswith(head) for word in words):
            return None
        return False

    return recognise


def _smtp(head: bytes, is_orig: bool) -> bool | None:
    """A greeting that says so (RFC 5321, 4.2), or a client that introduces itself."""
    if is_orig:
        return _begins(b"EHLO ", b"HELO ", b"ehlo ", b"helo ")(head, True)
    if not b"220".startswith(head[:3]):
        return False
    if b"\n" not in head and len(head) < 200:
        return None
    line = head.partition(b"\n")[0].upper()
    return b"SMTP" in line or b"MAIL" in line or b"POSTFIX" in line


def _rtsp(head: bytes, is_orig: bool) -> bool | None:
    """A request or status line of RTSP (RFC 2326)."""
    if not is_orig:
        return _begins(b"RTSP/1.0 ", b"RTSP/2.0 ")(head, False)
    line, ended, _ = head.partition(b"\n")
    if _RTSP_METHOD.match(line):
        return b"RTSP/" in line or (None if not ended and len(head) < 512 else False)
    starts = any(head.startswith(word) or word.startswith(head) for word in _RTSP_METHODS)
    return None if starts and len(head) < 18 and not ended else False


_RTSP_METHODS: Final = (b"OPTIONS ", b"DESCRIBE ", b"SETUP ", b"PLAY ", b"TEARDOWN ", b"ANNOUNCE ", b"GET_PARAMETER ")
_RTSP_METHOD: Final = re.compile(b"(?:OPTIONS|DESCRIBE|SETUP|PLAY|TEARDOWN|ANNOUNCE|GET_PARAMETER) (?:rtsp|\\*)")


def _smb(head: bytes, is_orig: bool) -> bool | None:
    """NetBIOS session header with an SMB message in it."""
    if len(head) < 8:
        return None if head[:1] in (b"", b"\0") else False
    return head[0] == 0 and head[4:8] in (b"\xffSMB", b"\xfeSMB", b"\xfdSMB")


def _rdp(head: bytes, is_orig: bool) -> bool | None:
    """TPKT with a connection request or confirm of X.224 (ITU-T T.123)."""
    if len(head) < 7:
        return None if b"\3\0".startswith(head[:2]) else False
    size = int.from_bytes(head[2:4], "big")
    return head[:2] == b"\3\0" and 11 <= size <= 512 and head[4] == size - 5 and head[5] == (0xE0 if is_orig else 0xD0)


def _modbus(head: bytes, is_orig: bool) -> bool | None:
    """Header of Modbus over TCP: protocol 0, a length that is right, a function that exists."""
    if len(head) < 8:
        return None if head[2:4] in (b"", b"\0", b"\0\0") else False
    size = int.from_bytes(head[4:6], "big")
    if head[2:4] != b"\0\0" or not 2 <= size <= 254 or head[7] & 0x7F not in _MODBUS:
        return False
    return True if len(head) >= 6 + min(size, 4) else None


_MODBUS: Final = frozenset((1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 15, 16, 17, 20, 21, 22, 23, 24, 43))


def _dce_rpc(head: bytes, is_orig: bool) -> bool | None:
    """DCE/RPC version 5.0 with a bind or its answer."""
    if len(head) < 10:
        return None if b"\5\0".startswith(head[:2]) else False
    size = int.from_bytes(head[8:10], "little" if head[4] & 0x10 else "big")
    return head[:2] == b"\5\0" and head[2] in (11, 12, 13) and 16 <= size <= 8192


def _kerberos_tcp(head: bytes, is_orig: bool) -> bool | None:
    """A length and a Kerberos message: ASN.1 application tags 10 to 15 and 30 (RFC 4120, 5.10 and 7.2.2)."""
    if len(head) < 10:
        return None if b"\0\0".startswith(head[:2]) else False
    return head[:2] == b"\0\0" and _kerberos(head[4:], is_orig)


def _kerberos(head: bytes, is_orig: bool) -> bool | None:
    """An application tag, a length and the sequence in it."""
    if len(head) < 6 or head[0] not in (0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x7E):
        return False
    return head[2 + (head[1] & 3 if head[1] & 0x80 else 0)] == 0x30 and head[1] <= 0x82


def _socks(head: bytes, is_orig: bool) -> bool | None:
    """A greeting of SOCKS 5 (RFC 1928, 3) or a request of SOCKS 4."""
    if not is_orig:
        return False
    if len(head) < 3:
        return None if head[:1] in (b"", b"\4", b"\5") else False
    if head[0] == 5:
        return (
            head[1] in range(1, 9)
            and len(head) <= 2 + head[1]
            and set(head[2:]) <= {0, 1, 2, 3}
            and (len(head) == 2 + head[1] or None)
        )
    if head[0] != 4 or head[1] not in (1, 2):
        return False
    return True if len(head) >= 9 and head[-1] == 0 else (None if len(head) < 64 else False)


def _bittorrent_dht(head: bytes, is_orig: bool) -> bool | None:
    """A query or answer of the distributed hash table (BEP 5), which Hajime and Mozi use to find one another."""
    return head.startswith((b"d1:ad2:id20:", b"d1:rd2:id20:")) or (head.startswith(b"d2:ip") and b"1:rd2:id20:" in head)


def _snmp(head: bytes, is_orig: bool) -> bool | None:
    """A sequence that begins with a version 0, 1 or 3 and, but for 3, a community."""
    if len(head) < 8 or head[0] != 0x30:
        return False
    at = 2 + (head[1] & 0x7F if head[1] & 0x80 else 0)
    return head[at : at + 2] == b"\2\1" and head[at + 2] in (0, 1, 3) and head[at + 3 : at + 4] in (b"\4", b"\x30")


def _sip(head: bytes, is_orig: bool) -> bool | None:
    """A request or status line of SIP (RFC 3261, 7)."""
    if _SIP.match(head):
        return True
    return None if len(head) < 14 and _SIP_BEGINNING.fullmatch(head) else False


_SIP: Final = re.compile(b"(?:SIP/2\\.0 |(?:INVITE|REGISTER|OPTIONS|ACK|BYE|CANCEL|SUBSCRIBE|NOTIFY|MESSAGE) sips?:)")
_SIP_BEGINNING: Final = re.compile(b"SIP?/?2?\\.?0?|[A-Z]{0,9}(?: s?i?p?s?)?")


def _adb(head: bytes, is_orig: bool) -> bool | None:
    """Android's debug bridge: CNXN, its version, and the complement of the word at the end of its header."""
    if len(head) < 24:
        return None if b"CNXN".startswith(head[:4]) else False
    return head[:4] == b"CNXN" and head[20:24] == bytes(byte ^ 0xFF for byte in head[:4])


def _ports(*ports: int) -> frozenset[int]:
    return frozenset(ports)


KNOWN: Final = (
    Known("rtsp", _rtsp, _ports(554, 8554)),
    Known("smtp", _smtp, _ports(25, 587), before_tls=True),
    Known("smb", _smb, _ports(139, 445)),
    Known("rdp", _rdp, _ports(3389), before_tls=True),
    Known("adb", _adb, _ports(5555)),
    Known("rfb", _begins(b"RFB 003."), _ports(5900)),
    Known("imap", _begins(b"* OK ", b"* PREAUTH ", orig=False), _ports(143), before_tls=True),
    Known("pop3", _begins(b"+OK ", b"+OK\r", orig=False), _ports(110), before_tls=True),
    Known("bittorrent", _begins(b"\x13BitTorrent protocol"), _ports(6881)),
    Known("dht", _bittorrent_dht, udp=_ports(6881)),
    Known("sip", _sip, _ports(5060), _ports(5060)),
    Known("dce_rpc", _dce_rpc, _ports(135)),
    Known("krb_tcp", _kerberos_tcp, _ports(88)),
    Known("krb", _kerberos, udp=_ports(88)),
    Known("snmp", _snmp, udp=_ports(161, 162)),
    Known("redis", _begins(b"*1\r\n$", b"*2\r\n$", b"*3\r\n$", orig=True), _ports(6379)),
    Known("modbus", _modbus, _ports(502)),
    Known("socks", _socks, _ports(1080), before_tls=True),
)
"""All of them, the strictest first."""
