"""``conn.log``: every TCP, UDP and ICMP conversation."""

from typing import Annotated, ClassVar

from botwarden.core.record import Bool, Count, Ecs, Enum, Interval, Text, TextSet, UidRecord


class ConnRecord(UidRecord, frozen=True, kw_only=True):
    """One conversation, written when it is over. Fields and meanings are those of Zeek's conn.log."""

    path: ClassVar[str] = "conn"

    proto: Annotated[Enum, Ecs("network.transport")]
    """``tcp``, ``udp``, ``icmp`` (also for ICMPv6) or ``unknown_transport``."""
    service: Annotated[Text | None, Ecs("network.protocol")] = None
    """Protocols recognised on it by what was said, comma separated."""
    duration: Annotated[Interval | None, Ecs("event.duration")] = None
    """From its first to its last packet; None for a single packet."""
    orig_bytes: Annotated[Count | None, Ecs("source.bytes")] = None
    """Payload bytes of the originator; TCP: by sequence numbers."""
    resp_bytes: Annotated[Count | None, Ecs("destination.bytes")] = None
    """Payload bytes of the responder."""
    conn_state: Text
    """S0, S1, SF, REJ, S2, S3, RSTO, RSTR, RSTOS0, RSTRH, SH, SHR or OTH, as in Zeek."""
    local_orig: Bool | None = None
    """Whether the originator is on a local network."""
    local_resp: Bool | None = None
    """Whether the responder is."""
    missed_bytes: Count = 0
    """Bytes missing between those that were captured (TCP)."""
    history: Text | None = None
    """What happened, a letter each, upper case for the originator: s SYN, h SYN-ACK, a ACK, d data, f FIN, r RST,
    c bad checksum, g gap, t retransmission, w zero window, i inconsistent, q odd flags, ^ direction turned round."""
    orig_pkts: Annotated[Count, Ecs("source.packets")] = 0
    """Packets of the originator."""
    orig_ip_bytes: Count = 0
    """Their bytes by the IP headers' total length."""
    resp_pkts: Annotated[Count, Ecs("destination.packets")] = 0
    """Packets of the responder."""
    resp_ip_bytes: Count = 0
    """Their bytes by the IP headers' total length."""
    tunnel_parents: TextSet | None = None
    """Connections that carried it in a tunnel."""
    ip_proto: Annotated[Count | None, Ecs("network.iana_number")] = None
    """IANA number of the transport protocol."""
    orig_l2_addr: Annotated[Text | None, Ecs("source.mac")] = None
    """MAC address that sent the originator's packets."""
    resp_l2_addr: Annotated[Text | None, Ecs("destination.mac")] = None
    """MAC address that they were sent to."""
    vlan: Annotated[Count | None, Ecs("network.vlan.id")] = None
    """Outer VLAN."""
