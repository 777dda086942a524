"""`Device`: a machine on the local network."""

import msgspec


class Device(msgspec.Struct, kw_only=True):
    """A machine on the local network, known by its MAC address; by an IP address where there is no MAC to know."""

    mac: str | None
    """Null where the capture has no MAC addresses, or the device is behind a router of the local network."""
    ips: list[str] = msgspec.field(default_factory=list)
    """Addresses it used, most used first."""
    vendor: str | None = None
    """From the IEEE registry of MAC prefixes."""
    name: str | None = None
    """What it calls itself in DHCP or mDNS."""
    gateway: bool = False
    """Whether it forwards traffic between the local network and others."""
    first_ts: float
    """Time of the first packet that it sent or received, s, UTC."""
    last_ts: float
    """Time of the last one."""
    packets_sent: int = 0
    """Packets that it sent."""
    bytes_sent: int = 0
    """Their lengths on the wire, added up."""
    packets_received: int = 0
    """Packets that were sent to it."""
    bytes_received: int = 0
    """Their lengths on the wire, added up."""
