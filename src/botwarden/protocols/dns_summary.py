"""A DNS message as a log tells it: the question, and the answers as text (RFC 1035; updates: RFC 2136).

Authority and additional records are left alone, as in Zeek's dns.log: they would cost more than all the rest.
"""

import struct
from functools import lru_cache
from typing import Final

import msgspec

from botwarden.protocols.dns_names import CLASSES, type_name
from botwarden.protocols.dns_rdata import DnsFault, Names, netbios_name, plain, rdata_text

MAX_QUESTIONS: Final = 25  # per message, Zeek's limit: more are no DNS
MAX_ANSWERS: Final = 128  # per message; a zone transfer over TCP may hold more, and is cut
MAX_GROWTH: Final = 4
"""How much longer than a message the text of its answers may be, a kilobyte aside: compressed names could make a
thousand times as much of it. A byte that is no text takes four characters."""

UPDATE: Final = 5
_NOTIFY: Final = 4  # asks, and yet is authoritative (RFC 1996, 3.7)
_LOGGED: Final = frozenset({0, _NOTIFY, UPDATE})  # opcodes, query the first
_NETBIOS_ONLY: Final = frozenset({6, 7, 8})  # RFC 1002, 4.2.1.1: release, wait, refresh

KEPT: Final = 512
"""Messages whose meaning is remembered: devices say the same again and again, all but the identifier. In a house of
cameras 98 % of the messages are of 72 kinds."""
MAX_KEPT: Final = 300
"""Bytes of such a message: with what is known of each it takes at most 6 kB."""

_HEADER: Final = struct.Struct(">HHHHHH")
_QUESTION: Final = struct.Struct(">HH")
_RECORD: Final = struct.Struct(">HHIH")
_SMALLEST_QUESTION: Final = 5  # the root's name, type, class
_SMALLEST_RECORD: Final = 11  # the root's name, type, class, TTL, length

_NO_ID: Final = b"\0\0"  # in the place of the identifier
_RESPONSE: Final = 0x8000
_RESERVED: Final = 0x0040
_ANSWER_ONLY: Final = 0x048F  # authoritative, recursion available, response code
_UNICAST: Final = 0x8000  # mDNS: the class's highest bit (RFC 6762, 5.4 and 10.2)
_NONE: Final = 254  # classes of an update (RFC 2136, 2.4 and 2.5)
_ANY: Final = 255
_OPT: Final = 41


class DnsSummary(msgspec.Struct, gc=False, eq=False):
    """What a message says, as far as it could be read; its identifier aside. Shared: not to be changed."""

    flags: int
    """The header's second word: response, opcode, AA, TC, RD, RA, Z, rcode."""
    response: bool
    """Whether it answers."""
    opcode: int
    """What kind of message it is."""
    logged: bool
    """Whether dns.log has messages of its kind."""
    questions: int
    """How many questions the header announces."""
    records: int
    """How many answer, authority and additional records."""
    query: str | None = None
    """Name of the last question, lower case; the root is empty."""
    qtype: int | None = None
    qclass: int | None = None
    owner: str | None = None
    """Name of the first answer."""
    told: bool = False
    """Whether an answer was read of which the log tells."""
    answers: list[str] = []
    ttls: list[float] = []
    size: int = 0
    """Characters of the answers."""
    fault: str | None = None
    """What is wrong with it, in the words of Zeek's weird.log; what came before stands."""
    kept: bool = False
    """Whether it is remembered, and the same for every message that says the same."""

    @property
    def rcode(self) -> int:
        """The response code."""
        return self.flags & 15


def summarize(message: bytes, netbios: bool = False) -> DnsSummary | None:
    """Read a whole message; None where not even the header is there, or it announces more than `MAX_QUESTIONS`.

    netbios : whether it is one of the NetBIOS name service, whose names are encoded
    """
    if len(message) <= MAX_KEPT:
        return _kept_summary(message[2:], netbios)
    return _summary(message, netbios)


def looks_like_message(message: bytes) -> bool:
    """`looks_like_dns` of a whole message."""
    if len(message) <= MAX_KEPT:
        return _kept_look(message[2:])
    return bool(looks_like_dns(message, len(message)))


@lru_cache(KEPT)
def _kept_summary(rest: bytes, netbios: bool) -> DnsSummary | None:
    said = _summary(_NO_ID + rest, netbios)
    if said is not None:
        said.kept = True
    return said


@lru_cache(KEPT)
def _kept_look(rest: bytes) -> bool:
    return bool(looks_like_dns(_NO_ID + rest, len(_NO_ID) + len(rest)))


def _summary(message: bytes, netbios: bool) -> DnsSummary | None:
    if len(message) < _HEADER.size:
        return None
    _, flags, questions, answers, authorities, additionals = _HEADER.unpack_from(message)
    if questions > MAX_QUESTIONS:
        return None
    opcode = flags >> 11 & 15
    response, logged = bool(flags & _RESPONSE), opcode in _LOGGED
    said = DnsSummary(flags, response, opcode, logged, questions, answers + authorities + additionals)
    try:
        _read(said, message, netbios, answers, authorities)
    except DnsFault as fault:
        said.fault = fault.args[0]
    return said


def looks_like_dns(head: bytes, size: int) -> bool | None:
    """Whether a message of ``size`` bytes that begins with ``head`` is DNS: header, first name and class make sense.

    None where ``head`` is too short to tell.
    """
    if size < _HEADER.size + _SMALLEST_QUESTION:
        return False
    if len(head) < 4:
        return None
    flags = head[2] << 8 | head[3]
    opcode = flags >> 11 & 15
    if opcode not in _LOGGED and opcode not in _NETBIOS_ONLY:
        return False
    if flags & _RESERVED or (not flags & _RESPONSE and flags & _ANSWER_ONLY and opcode != _NOTIFY):
        return False
    if len(head) < _HEADER.size:
        return None
    _, _, questions, *counts = _HEADER.unpack_from(head)
    records = sum(counts)
    if questions > MAX_QUESTIONS or not questions + records:
        return False
    if _HEADER.size + _SMALLEST_QUESTION * questions + _SMALLEST_RECORD * records > size:
        return False
    return _begins_well(head, size, questions > 0)


def _begins_well(head: bytes, size: int, question: bool) -> bool | None:
    """Whether the first name is one (not compressed: there is nothing before it) and what follows it makes sense."""
    at = _HEADER.size
    while at < len(head) and head[at]:
        if head[at] > 63:
            return False
        at += 1 + head[at]
    need = _QUESTION.size if question else _RECORD.size
    if at + 1 + need > len(head):
        return None if len(head) < size and at + 1 + need <= size else False
    rtype, rclass = _QUESTION.unpack_from(head, at + 1)
    if not question and rtype == _OPT:
        return True
    return rtype != 0 and rclass & ~_UNICAST in CLASSES


def _read(said: DnsSummary, message: bytes, netbios: bool, answers: int, authorities: int) -> None:
    if not said.logged:
        if not netbios:
            raise DnsFault("DNS_unknown_opcode")
        return
    names = Names(message)
    update = said.opcode == UPDATE and not netbios
    at = _HEADER.size
    for _ in range(said.questions):
        name, at = names.read(at)
        if at + _QUESTION.size > len(message):
            raise DnsFault("DNS_truncated_quest_too_short")
        if not update:  # there it is the zone
            said.query = plain(netbios_name(name) if netbios else name)
            said.qtype, said.qclass = _QUESTION.unpack_from(message, at)
        at += _QUESTION.size
    if update:
        at = _records(said, names, message, at, answers, "pre")
        _records(said, names, message, at, authorities, "update")
    elif said.response:
        _records(said, names, message, at, 0 if netbios else answers, "")


def _records(said: DnsSummary, names: Names, message: bytes, at: int, count: int, section: str) -> int:
    """Read ``count`` records that begin at ``at``; return where the next section begins."""
    for _ in range(count):
        if len(said.answers) >= MAX_ANSWERS or said.size > MAX_GROWTH * len(message) + 1024:
            raise DnsFault("DNS_too_many_answers")
        name, at = names.read(at)
        if at + _RECORD.size > len(message):
            raise DnsFault("DNS_truncated_ans_too_short")
        rtype, rclass, ttl, size = _RECORD.unpack_from(message, at)
        at += _RECORD.size
        end = at + size
        if end > len(message):
            raise DnsFault("DNS_truncated_RR_rdlength_lt_len")
        owner = plain(name)
        text = None
        if section:
            text = _change(names, message, (rtype, rclass), at, end, owner, section)
        elif size:
            text = rdata_text(names, message, rtype, at, end, owner)
        elif end < len(message):
            said.fault = "DNS_zero_rdlength"
        if text is not None:
            _tell(said, owner, text, ttl)
        at = end
    return at


def _tell(said: DnsSummary, owner: str, text: str, ttl: int) -> None:
    if not said.told:
        said.told = True
        said.owner = owner
    if text:
        said.answers.append(text)
        said.size += len(text)
        said.ttls.append(float(ttl))


def _change(
    names: Names, message: bytes, kind: tuple[int, int], at: int, end: int, owner: str, section: str
) -> str | None:
    """A prerequisite or a change of an update, in Zeek's words; None where there is nothing to tell."""
    rtype, rclass = kind
    if section == "pre":
        if rtype == _ANY:
            return f"pre: {'NameNotInUse' if rclass == _NONE else 'NameInUse'} {owner}"
        return f"pre: {'NoRRSet' if rclass == _NONE else 'RRSetExists'} {type_name(rtype)} {owner}"
    if rclass == _ANY:
        return f"del: RRSet * {owner}" if rtype == _ANY else f"del: RRSet {type_name(rtype)}"
    if rclass == _NONE:
        return f"del: RR {type_name(rtype)} {owner}"
    text = rdata_text(names, message, rtype, at, end, owner) if end > at else None
    if text is None:
        return None
    return f"add: {type_name(rtype)} {owner} {text}" if rtype in (1, 28, 38) else f"add: {text}"
