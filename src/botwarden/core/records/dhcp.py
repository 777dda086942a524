"""``dhcp.log``: DHCP exchanges."""

from typing import Annotated, ClassVar

from botwarden.core.record import Addr, CountList, Ecs, Interval, Record, Text, TextList, TextSet


class DhcpRecord(Record, frozen=True, kw_only=True):
    """One exchange: the messages of one transaction. Zeek's dhcp.log, with two fields of ours at its end."""

    path: ClassVar[str] = "dhcp"

    uids: TextSet | None = None
    """Connections that it was part of."""
    client_addr: Annotated[Addr | None, Ecs("client.ip")] = None
    """Address of the client, if it had one."""
    server_addr: Annotated[Addr | None, Ecs("server.ip")] = None
    """Address of the server."""
    mac: Annotated[Text | None, Ecs("client.mac")] = None
    """Hardware address of the client."""
    host_name: Annotated[Text | None, Ecs("client.domain")] = None
    """What the client calls itself (option 12)."""
    client_fqdn: Text | None = None
    """Its full name (option 81)."""
    domain: Text | None = None
    """Domain that the server gave (option 15)."""
    requested_addr: Addr | None = None
    """Address that the client asked for (option 50)."""
    assigned_addr: Addr | None = None
    """Address that the server gave."""
    lease_time: Interval | None = None
    """For how long (option 51)."""
    client_message: Text | None = None
    """Reason that the client gave (option 56)."""
    server_message: Text | None = None
    """Reason that the server gave."""
    msg_types: TextList | None = None
    """Messages in their order: DISCOVER, OFFER, REQUEST, ACK."""
    duration: Interval | None = None
    """From the first to the last message."""
    circuit_id: Text | None = None
    """Added by relay agents (option 82)."""
    agent_remote_id: Text | None = None
    """Added by relay agents."""
    subscriber_id: Text | None = None
    """Added by relay agents."""
    vendor_class: Text | None = None
    """Client program or system (option 60)."""
    param_list: CountList | None = None
    """Options that the client asks for, in its order (option 55): a fingerprint of its system."""
    client_options: CountList | None = None
    """Numbers of the options in the client's first message, in their order: another fingerprint."""
