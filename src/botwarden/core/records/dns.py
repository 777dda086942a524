"""``dns.log``: queries and their answers, over UDP and TCP, mDNS and LLMNR included."""

from typing import Annotated, ClassVar

from botwarden.core.record import Bool, Count, Ecs, Enum, Interval, IntervalList, Text, TextList, TextSet, UidRecord


class DnsRecord(UidRecord, frozen=True, kw_only=True):
    """One query with its answer, one without, or an answer that nobody asked for. Zeek's dns.log."""

    path: ClassVar[str] = "dns"

    proto: Annotated[Enum, Ecs("network.transport")]
    """``udp`` or ``tcp``."""
    trans_id: Annotated[Count | None, Ecs("dns.id")] = None
    """Identifier of query and answer."""
    rtt: Interval | None = None
    """From the query to its answer."""
    query: Annotated[Text | None, Ecs("dns.question.name")] = None
    """The name asked for."""
    qclass: Count | None = None
    """Class of the question, 1 is the internet."""
    qclass_name: Annotated[Text | None, Ecs("dns.question.class")] = None
    """The class in words: C_INTERNET."""
    qtype: Count | None = None
    """Type of the question."""
    qtype_name: Annotated[Text | None, Ecs("dns.question.type")] = None
    """The type in words: A, AAAA, PTR."""
    rcode: Count | None = None
    """Response code."""
    rcode_name: Annotated[Text | None, Ecs("dns.response_code")] = None
    """The response code in words: NOERROR, NXDOMAIN."""
    AA: Bool | None = None
    """Authoritative answer."""
    TC: Bool | None = None
    """Truncated."""
    RD: Bool | None = None
    """Recursion desired."""
    RA: Bool | None = None
    """Recursion available."""
    Z: Count | None = None
    """Reserved bits."""
    answers: TextList | None = None
    """Data of the answer's records as text, in their order."""
    TTLs: IntervalList | None = None
    """Their times to live."""
    rejected: Bool | None = None
    """Whether the server refused to answer."""
    auth: TextSet | None = None
    """Data of the authority records; not filled by default."""
    addl: TextSet | None = None
    """Data of the additional records; not filled by default."""
    opcode: Count | None = None
    """Kind of query: 0 is a standard one."""
    opcode_name: Annotated[Text | None, Ecs("dns.op_code")] = None
    """The same in words."""
