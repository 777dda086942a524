"""Words for DNS numbers (IANA, Domain Name System Parameters), spelt as Zeek's dns.log spells them."""

from typing import Final

OPCODES: Final[dict[int, str]] = {
    0: "query",
    1: "iquery",
    2: "server-status",
    4: "notify",
    5: "dynamic-update",
    6: "dso",
}
NETBIOS_OPCODES: Final[dict[int, str]] = {
    0: "netbios-query",
    5: "netbios-registration",
    6: "netbios-release",
    7: "netbios-wack",
    8: "netbios-refresh",
}
"""RFC 1002, 4.2.1.1: the same four bits, with other meanings."""

RCODES: Final[dict[int, str]] = {
    0: "NOERROR",
    1: "FORMERR",
    2: "SERVFAIL",
    3: "NXDOMAIN",
    4: "NOTIMP",
    5: "REFUSED",
    6: "YXDOMAIN",
    7: "YXRRSET",
    8: "NXRRSet",
    9: "NOTAUTH",
    10: "NOTZONE",
    11: "unassigned-11",
    12: "unassigned-12",
    13: "unassigned-13",
    14: "unassigned-14",
    15: "unassigned-15",
}

CLASSES: Final[dict[int, str]] = {
    1: "C_INTERNET",
    2: "C_CSNET",
    3: "C_CHAOS",
    4: "C_HESIOD",
    254: "C_NONE",
    255: "C_ANY",
}

_FIRST: Final = (
    "A NS MD MF CNAME SOA MB MG MR NULL WKS PTR HINFO MINFO MX TXT RP AFSDB X25 ISDN RT NSAP NSAP-PTR SIG KEY PX GPOS "
    "AAAA LOC NXT EID NIMLOC SRV ATMA NAPTR KX CERT A6 DNAME SINK OPT APL DS SSHFP IPSECKEY RRSIG NSEC DNSKEY DHCID "
    "NSEC3 NSEC3PARAM TLSA SMIMEA"
)  # types 1 to 53, in their order
_LATER: Final = "HIP NINFO RKEY TALINK CDS CDNSKEY OPENPGPKEY CSYNC ZONEMD SVCB HTTPS"  # types 55 to 65
_NODES: Final = "SPF UINFO UID GID UNSPEC NID L32 L64 LP EUI48 EUI64"  # types 99 to 109

TYPES: Final[dict[int, str]] = {
    **dict(enumerate(_FIRST.split(), 1)),
    **dict(enumerate(_LATER.split(), 55)),
    **dict(enumerate(_NODES.split(), 99)),
    **dict(enumerate(["TKEY", "TSIG", "IXFR", "AXFR", "MAILB", "MAILA", "*", "URI", "CAA"], 249)),
    32768: "TA",
    32769: "DLV",
    65281: "WINS",
    65282: "WINS-R",
    65422: "XPF",
    65521: "INTEGRITY",
}


def opcode_name(opcode: int, netbios: bool = False) -> str:
    """``query``, or ``netbios-query`` where the message is one of the NetBIOS name service."""
    if netbios:
        return NETBIOS_OPCODES.get(opcode) or f"netbios-opcode-{opcode}"
    return OPCODES.get(opcode) or f"opcode-{opcode}"


def rcode_name(rcode: int) -> str:
    """``NXDOMAIN`` for 3."""
    return RCODES.get(rcode) or f"rcode-{rcode}"


def class_name(qclass: int) -> str:
    """``C_INTERNET`` for 1."""
    return CLASSES.get(qclass) or f"qclass-{qclass}"


def type_name(qtype: int) -> str:
    """``AAAA`` for 28; ``*`` asks for all."""
    return TYPES.get(qtype) or f"query-{qtype}"
