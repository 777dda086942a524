"""`Device`: a machine on the local network."""

from typing import Literal

import msgspec

DeviceType = Literal[
    "access point", "camera", "computer", "console", "doorbell", "hub", "kitchen appliance", "light", "lock",
    "phone", "plug", "printer", "router", "scale", "sensor", "siren", "speaker", "storage", "thermostat", "TV",
    "vacuum cleaner", "watch", "weather station",
]  # fmt: skip
"""Kinds of device that are told apart. A hub speaks for lamps or sensors that have no IP address of their own."""


class AddressUse(msgspec.Struct, frozen=True, kw_only=True):
    """An IP address that a device had, and when."""

    address: str
    """IPv4 or IPv6."""
    first_ts: float
    """When it was first seen to have it, s, UTC."""
    last_ts: float
    """When it was last seen to have it."""


class HostName(msgspec.Struct, frozen=True, kw_only=True):
    """A name that a device gives itself."""

    name: str
    """As it was sent; printable."""
    origin: str
    """Where it says so: DHCP, mDNS, UPnP, NetBIOS or MQTT."""


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """A port on which a device serves others."""

    port: int
    """TCP or UDP port."""
    proto: str
    """``tcp`` or ``udp``."""
    name: str | None = None
    """Protocol that was spoken there, as in Zeek's conn.log; several are separated by commas."""
    first_ts: float
    """When it was first used or announced, s, UTC."""
    answered: bool
    """Whether it was seen to answer; else the device only announced it."""


class DhcpFingerprint(msgspec.Struct, frozen=True, kw_only=True):
    """How a device asks for an address, which its system decides and its owner does not."""

    params: list[int]
    """Options that it asks for, in its order (option 55)."""
    vendor_class: str | None = None
    """Its DHCP client (option 60)."""


class Guess(msgspec.Struct, frozen=True, kw_only=True):
    """What kind of device it is likely to be. A help for people, not evidence: devices can say what they like."""

    type: DeviceType
    """The likeliest kind."""
    confidence: float
    """From 0 to 1, and never 1."""
    evidence: list[str]
    """What speaks for it, a sentence each, strongest first."""


class Device(msgspec.Struct, kw_only=True):
    """A machine on the local network, known by its MAC address; by an IP address where there is no MAC to know."""

    mac: str | None
    """Null where the capture has no MAC addresses, or the device is behind a router of the local network."""
    random_mac: bool = False
    """Whether the device made its MAC address up, as phones do: it tells no vendor and may change."""
    ips: list[str] = msgspec.field(default_factory=list)
    """Addresses it used, most used first."""
    vendor: str | None = None
    """From the IEEE registry of MAC prefixes."""
    name: str | None = None
    """What it calls itself, in DHCP or mDNS before other protocols."""
    model: str | None = None
    """Maker and model as it says them itself, in UPnP or mDNS."""
    guess: Guess | None = None
    """What kind of device it is; null where nothing points anywhere."""
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
    addresses: list[AddressUse] = msgspec.field(default_factory=list)
    """Addresses over time, the latest last; of many, the latest."""
    host_names: list[HostName] = msgspec.field(default_factory=list)
    """All names that it gives itself."""
    services: list[Service] = msgspec.field(default_factory=list)
    """What it serves, by port."""
    domains: list[str] = msgspec.field(default_factory=list)
    """Names on the internet that it asks for or talks to, most often first."""
    user_agents: list[str] = msgspec.field(default_factory=list)
    """Programs that it says it talks with, in HTTP and SSDP."""
    banners: list[str] = msgspec.field(default_factory=list)
    """What its services say of themselves: servers of HTTP, SSDP and SSH, greetings of telnet."""
    dhcp: DhcpFingerprint | None = None
    """Its DHCP fingerprint."""
    ja4: list[str] = msgspec.field(default_factory=list)
    """JA4 fingerprints of its TLS clients."""
    ja3: list[str] = msgspec.field(default_factory=list)
    """JA3 fingerprints of its TLS clients."""
