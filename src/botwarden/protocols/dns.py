"""DNS messages (RFC 1035, section 4): names, addresses and text records. mDNS (RFC 6762) shares the format.

The parser stops at the first thing it cannot read and hands over what came before. Its work per message is
bounded by the limits below, whatever the message claims to hold.
"""

import struct
from typing import Final

import msgspec

from botwarden.core.address import V4_PREFIX

Name = tuple[str, ...]
"""The labels of a domain name, first to last. A label of a service's instance may itself contain dots."""
Halves = tuple[int, int]
"""An IP address as packets carry it (`botwarden.core.address`)."""

A: Final = 1
PTR: Final = 12
TXT: Final = 16
AAAA: Final = 28
SRV: Final = 33

MAX_RECORDS: Final = 128  # per message; the fullest announcements of real devices hold about 40
MAX_LABELS: Final = 1024  # steps through names per message: caps the time that one packet can take
MAX_NAME: Final = 255  # RFC 1035, 3.1: bytes of a name on the wire
MAX_STRINGS: Final = 64  # per TXT record; service descriptions have up to about 25

_HEADER: Final = struct.Struct(">HHHHHH")
_QUESTION: Final = struct.Struct(">HH")
_RECORD: Final = struct.Struct(">HHIH")
_V6: Final = struct.Struct(">qq")
_RESPONSE: Final = 0x8000


class Question(msgspec.Struct, frozen=True):
    """What a message asks for."""

    name: Name
    qtype: int
    """IANA number of the record type."""
    qclass: int


class ResourceRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One answer, authority or additional record."""

    name: Name
    """The owner: what the record is about."""
    rtype: int
    """IANA number of the record type."""
    rclass: int
    ttl: int
    """Seconds; 0 in mDNS takes the record back (RFC 6762, 10.1)."""
    address: Halves | None = None
    """A and AAAA: the address."""
    target: Name | None = None
    """PTR and SRV: the name pointed to."""
    strings: tuple[bytes, ...] = ()
    """TXT: its character strings."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A DNS message, as far as it could be read."""

    trans_id: int
    response: bool
    questions: tuple[Question, ...]
    answers: tuple[ResourceRecord, ...]
    authorities: tuple[ResourceRecord, ...]
    additionals: tuple[ResourceRecord, ...]
    complete: bool
    """Whether everything that the header announces was there, readable and within the limits."""


def parse_message(payload: bytes) -> Message | None:
    """Read a DNS message from a UDP payload; None where not even the header is there."""
    if len(payload) < _HEADER.size:
        return None
    trans_id, flags, *counts = _HEADER.unpack_from(payload)
    reader = _Reader(payload, _HEADER.size)
    return Message(
        trans_id=trans_id,
        response=bool(flags & _RESPONSE),
        questions=reader.questions(counts[0]),
        answers=reader.records(counts[1]),
        authorities=reader.records(counts[2]),
        additionals=reader.records(counts[3]),
        complete=reader.intact,
    )


def parse_name(data: bytes) -> Name | None:
    """Read a domain name that starts at the first byte of ``data``; None where it is not one."""
    name = _Reader(data, 0).name(0)
    return name[0] if name else None


class _Reader:
    """Walks through a message, front to back. Once something is unreadable, `intact` is False and nothing follows."""

    def __init__(self, message: bytes, at: int) -> None:
        self.intact = True
        self._message = message
        self._at = at
        self._labels_left = MAX_LABELS
        self._records_left = MAX_RECORDS

    def questions(self, count: int) -> tuple[Question, ...]:
        found: list[Question] = []
        while self.intact and len(found) < count:
            question = self._question() if self._take_record() else None
            if question is None:
                self.intact = False
            else:
                found.append(question)
        return tuple(found)

    def records(self, count: int) -> tuple[ResourceRecord, ...]:
        found: list[ResourceRecord] = []
        while self.intact and len(found) < count:
            record = self._record() if self._take_record() else None
            if record is None:
                self.intact = False
            else:
                found.append(record)
        return tuple(found)

    def name(self, at: int) -> tuple[Name, int] | None:
        """The name at ``at`` and the offset after it.

        A compression pointer must point before the part of the name it stands in (RFC 1035, 4.1.4: a *prior*
        occurrence), so a name cannot run in circles.
        """
        message = self._message
        labels: list[str] = []
        after = 0
        start = at
        size = 1
        while at < len(message) and self._labels_left > 0:
            self._labels_left -= 1
            length = message[at]
            if length == 0:
                return tuple(labels), after or at + 1
            if length >= 0xC0:
                if at + 1 >= len(message):
                    return None
                after = after or at + 2
                at = (length & 0x3F) << 8 | message[at + 1]
                if at >= start:
                    return None
                start = at
                continue
            label = message[at + 1 : at + 1 + length]
            size += 1 + length
            if length > 63 or len(label) < length or size > MAX_NAME:
                return None
            labels.append(label.decode("utf-8", "replace"))
            at += 1 + length
        return None

    def _take_record(self) -> bool:
        self._records_left -= 1
        return self._records_left >= 0

    def _question(self) -> Question | None:
        found = self.name(self._at)
        if found is None or found[1] + _QUESTION.size > len(self._message):
            return None
        name, at = found
        self._at = at + _QUESTION.size
        qtype, qclass = _QUESTION.unpack_from(self._message, at)
        return Question(name, qtype, qclass)

    def _record(self) -> ResourceRecord | None:
        found = self.name(self._at)
        if found is None or found[1] + _RECORD.size > len(self._message):
            return None
        name, at = found
        rtype, rclass, ttl, length = _RECORD.unpack_from(self._message, at)
        at += _RECORD.size
        self._at = at + length
        if self._at > len(self._message):
            return None
        return ResourceRecord(
            name=name,
            rtype=rtype,
            rclass=rclass,
            ttl=ttl,
            address=_address(rtype, self._message[at : self._at]) if rtype in (A, AAAA) else None,
            target=self._target(rtype, at) if rtype in (PTR, SRV) else None,
            strings=_strings(self._message[at : self._at]) if rtype == TXT else (),
        )

    def _target(self, rtype: int, at: int) -> Name | None:
        found = self.name(at + 6 if rtype == SRV else at)  # RFC 2782: priority, weight and port come first
        return found[0] if found and found[1] <= self._at else None


def _address(rtype: int, rdata: bytes) -> Halves | None:
    if rtype == A and len(rdata) == 4:
        return 0, V4_PREFIX | int.from_bytes(rdata, "big")
    if rtype == AAAA and len(rdata) == 16:
        hi, lo = _V6.unpack(rdata)
        return hi, lo
    return None


def _strings(rdata: bytes) -> tuple[bytes, ...]:
    found: list[bytes] = []
    at = 0
    while at < len(rdata) and len(found) < MAX_STRINGS:
        end = at + 1 + rdata[at]
        if end > len(rdata):
            break
        found.append(rdata[at + 1 : end])
        at = end
    return tuple(found)
