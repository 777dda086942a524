"""`DnsAnalyzer`: queries and their answers over UDP and TCP; mDNS, LLMNR and the NetBIOS name service as well."""

from functools import lru_cache
from typing import Any, ClassVar, Final

import msgspec
from msgspec.structs import replace

from botwarden.core.records.dns import DnsRecord
from botwarden.protocols.analyzer import Flow
from botwarden.protocols.dns_names import class_name, opcode_name, rcode_name, type_name
from botwarden.protocols.dns_rdata import NBSTAT
from botwarden.protocols.dns_stream import MAX_MESSAGE, Frames
from botwarden.protocols.dns_summary import KEPT, UPDATE, DnsSummary, looks_like_dns, looks_like_message, summarize

MAX_QUERIES: Final = 50
"""Queries of one connection that wait for their answer; Zeek's limit. Past it all that wait are written: where so many
are open, nobody will answer any more."""
MAX_REPLIES: Final = 8
"""Answers of one connection that wait for their query, which comes late only where packets change places."""
MAX_WAITING: Final = 1024
"""Characters of such an answer; a longer one is written at once, so that nobody can fill the memory with them."""
MAX_FAULTS: Final = 8  # kinds of oddity that one connection tells of
_NETBIOS_PORT: Final = 137
_HEADER: Final = 12  # bytes


class Exchange(msgspec.Struct, gc=False):
    """A query, its answer, or both."""

    ts: float
    trans_id: int
    query: DnsSummary | None = None
    reply: DnsSummary | None = None
    reply_ts: float = 0.0


class DnsAnalyzer:
    """Joins queries and answers by their identifier, in the order of the queries.

    Messages to a multicast address stand alone (mDNS, LLMNR): the answer is not for the one who asked.
    """

    name: ClassVar[str] = "dns"
    tcp_ports: ClassVar[frozenset[int]] = frozenset({53})
    udp_ports: ClassVar[frozenset[int]] = frozenset({53, _NETBIOS_PORT, 5353, 5355})

    __slots__ = ("_alone", "_faults", "_flow", "_frames", "_netbios", "_pending", "_started", "_turned")

    def __init__(self, flow: Flow) -> None:
        """Sit on a connection."""
        self._flow = flow
        self._alone = _is_multicast(flow.resp_h)
        self._netbios = flow.proto == "udp" and flow.resp_p == _NETBIOS_PORT
        self._pending: _Pending | None = None
        self._frames: tuple[Frames, Frames] | None = None
        self._faults: list[str] | None = None
        self._started = False
        self._turned = False

    @staticmethod
    def matches(head: bytes, is_orig: bool, proto: str) -> bool | None:
        """By the header's flags and counts, the first name and its class."""
        if proto == "udp":
            return looks_like_message(head)
        if len(head) < 2:
            return None
        return looks_like_dns(head[2:], head[0] << 8 | head[1])

    def data(self, ts: float, is_orig: bool, data: bytes) -> None:
        """One datagram; or the next bytes of a TCP direction, in which each message follows its length."""
        if self._flow.proto == "udp":
            self._message(ts, is_orig, data)
            return
        if self._frames is None:
            self._frames = Frames(), Frames()
        for message in self._frames[is_orig].feed(data):
            self._message(ts, is_orig, message)
            if self._flow.done:
                break

    def gap(self, ts: float, is_orig: bool, size: int) -> None:
        """A gap within a message loses that message; a longer one loses the direction."""
        if self._frames is None:
            self._frames = Frames(), Frames()
        self._frames[is_orig].skip(size)

    def eof(self, ts: float, is_orig: bool) -> None:
        """What there is of a last message is read."""
        if self._frames is not None:
            rest = self._frames[is_orig].rest()
            if rest:
                self._message(ts, is_orig, rest)

    def end(self, ts: float) -> None:
        """Write what was not answered, or not asked."""
        if self._pending is not None:
            for exchange in self._pending.drain():
                self._write(exchange)

    def _message(self, ts: float, is_orig: bool, message: bytes) -> None:
        said = summarize(message, self._netbios)
        if said is None or said.questions > self._flow.session.settings.dns_max_queries:
            fault = "DNS_truncated_len_lt_hdr_len" if len(message) < _HEADER else "DNS_Conn_count_too_large"
            if self._started:
                self._weird(ts, fault)
            else:  # what begins like this is no DNS
                self._flow.violate(ts, fault, source="DNS")
            return
        if not self._started:
            self._started = True
            # the capture begins with an answer, and its sender was taken for the client
            self._turned = said.response and is_orig and not self._alone
        if said.fault is None:
            self._flow.confirm(self.name)
        elif len(message) != MAX_MESSAGE:  # a message that was cut here is not to blame
            self._weird(ts, said.fault)
        if said.logged:
            self._join(ts, message[0] << 8 | message[1], said)

    def _join(self, ts: float, trans_id: int, said: DnsSummary) -> None:
        if self._alone:
            self._write(Exchange(ts, trans_id, None, said, ts) if said.response else Exchange(ts, trans_id, said))
            return
        if self._pending is None:
            self._pending = _Pending()
        for exchange in self._pending.join(ts, trans_id, said):
            self._write(exchange)

    def _write(self, exchange: Exchange) -> None:
        flow = self._flow
        orig_h, orig_p, resp_h, resp_p = flow.orig_h, flow.orig_p, flow.resp_h, flow.resp_p
        if self._turned:
            orig_h, orig_p, resp_h, resp_p = resp_h, resp_p, orig_h, orig_p
        reply = exchange.reply
        rtt = exchange.reply_ts - exchange.ts if reply is not None and reply.told else 0.0
        record = replace(
            _template(exchange.query, reply, self._netbios),
            ts=exchange.ts,
            uid=flow.uid,
            orig_h=orig_h,
            orig_p=orig_p,
            resp_h=resp_h,
            resp_p=resp_p,
            proto=flow.proto,
            trans_id=exchange.trans_id,
            rtt=rtt if rtt > 0.0 else None,
        )
        flow.write(record)

    def _weird(self, ts: float, fault: str) -> None:
        told = self._faults = self._faults or []
        if fault not in told and len(told) < MAX_FAULTS:
            told.append(fault)
            self._flow.weird(ts, fault, source="DNS")


class _Pending:
    """Queries without an answer and answers without a query, each in a queue for its identifier."""

    __slots__ = ("_others", "_query", "_waiting")

    def __init__(self) -> None:
        self._query: Exchange | None = None
        """The oldest query: nearly always the only one, and then there are no queues."""
        self._others: dict[tuple[bool, int], list[Exchange]] = {}
        self._waiting = [0, 0]
        """How many queries and how many answers are in the queues."""

    def join(self, ts: float, trans_id: int, said: DnsSummary) -> list[Exchange]:
        """Find the other half of a message; return what is to be written."""
        response = said.response
        if response and self._query is not None and self._query.trans_id == trans_id:
            exchange, self._query = self._query, None
        else:
            queue = self._others.get((not response, trans_id))
            if queue is None:
                return self._wait(ts, trans_id, said)
            exchange = queue.pop(0)
            self._waiting[not response] -= 1
            if not queue:
                del self._others[not response, trans_id]
        if response:
            exchange.reply, exchange.reply_ts = said, ts
        else:
            exchange.query = said
        return [exchange]

    def drain(self) -> list[Exchange]:
        """All that wait; nothing waits any more."""
        found = [self._query] if self._query else []
        found += [exchange for queue in self._others.values() for exchange in queue]
        self._query = None
        self._others.clear()
        self._waiting = [0, 0]
        return found

    def _wait(self, ts: float, trans_id: int, said: DnsSummary) -> list[Exchange]:
        response = said.response
        if not response and self._query is None and not self._others:
            self._query = Exchange(ts, trans_id, said)
            return []
        exchange = Exchange(ts, trans_id, None, said, ts) if response else Exchange(ts, trans_id, said)
        if response and said.size > MAX_WAITING:
            return [exchange]
        full = self._waiting[response] >= (MAX_REPLIES if response else MAX_QUERIES)
        given_up = self.drain() if full else []
        self._others.setdefault((response, trans_id), []).append(exchange)
        self._waiting[response] += 1
        return given_up


def _template(query: DnsSummary | None, reply: DnsSummary | None, netbios: bool) -> DnsRecord:
    """A record of a query, its answer, or both, which lacks the time and the ends. It takes long to fill in."""
    if (query is None or query.kept) and (reply is None or reply.kept):
        return _kept_template(query, reply, netbios)
    return _new_template(query, reply, netbios)


@lru_cache(KEPT)
def _kept_template(query: DnsSummary | None, reply: DnsSummary | None, netbios: bool) -> DnsRecord:
    return _new_template(query, reply, netbios)


def _new_template(query: DnsSummary | None, reply: DnsSummary | None, netbios: bool) -> DnsRecord:
    return DnsRecord(ts=0.0, **_NO_ENDS, proto="udp", **_fields(query, reply, netbios))


_NO_ENDS: Final[dict[str, Any]] = {"uid": "", "orig_h": "", "orig_p": 0, "resp_h": "", "resp_p": 0}


def _fields(query: DnsSummary | None, reply: DnsSummary | None, netbios: bool) -> dict[str, Any]:
    """The fields of a record from the halves of an exchange, each from the half that Zeek takes it from."""
    either = query or reply
    assert either is not None
    fields: dict[str, Any] = {
        "AA": False,
        "TC": False,
        "RD": False,
        "RA": False,
        "Z": 0,
        "rejected": False,
        "opcode": either.opcode,
        "opcode_name": opcode_name(either.opcode, netbios),
    }
    told = reply if reply is not None and reply.told else query  # an update is in both, or in the question alone
    if told is not None and told.told:
        fields["query"] = told.owner
        if told.answers:
            fields |= {"answers": tuple(told.answers), "TTLs": tuple(told.ttls)}
    if reply is not None:
        _add_reply(fields, reply)
    if query is not None and query.query is not None:
        _add_query(fields, query, netbios)
    return fields


def _add_reply(fields: dict[str, Any], reply: DnsSummary) -> None:
    fields["rcode"] = reply.rcode
    fields["rcode_name"] = rcode_name(reply.rcode)
    if reply.opcode == UPDATE or not reply.questions:
        fields["rejected"] = reply.rcode != 0 and not reply.records
    else:
        fields["rejected"] = not reply.records
    if reply.told:
        fields["AA"] = bool(reply.flags & 0x0400)
        fields["RA"] = bool(reply.flags & 0x0080)


def _add_query(fields: dict[str, Any], query: DnsSummary, netbios: bool) -> None:
    assert query.qtype is not None and query.qclass is not None
    fields["query"] = query.query
    fields["qtype"] = query.qtype
    fields["qtype_name"] = "NBSTAT" if netbios and query.qtype == NBSTAT else type_name(query.qtype)
    fields["qclass"] = query.qclass
    fields["qclass_name"] = class_name(query.qclass)
    fields["TC"] = bool(query.flags & 0x0200)
    fields["RD"] = bool(query.flags & 0x0100)
    fields["Z"] = query.flags >> 4 & 7


@lru_cache(1024)
def _is_multicast(address: str) -> bool:
    """224.0.0.0/4 or ff00::/8."""
    if ":" in address:
        return address.startswith("ff")
    first = address.partition(".")[0]
    return first.isdigit() and 224 <= int(first) <= 239
