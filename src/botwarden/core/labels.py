"""`Labels`: who is who in a capture, and who did what to whom from when to when. The file beside a recording.

``docs/data.md`` describes the file; `botwarden.sources.labels` reads it, `botwarden.features.labelling` applies it.
"""

import msgspec


class LabelledDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A device on the LAN."""

    mac: str
    ips: list[str] = []
    name: str | None = None
    vendor: str | None = None
    role: str | None = None
    """What it is: ``camera``, ``gateway`` … A ``gateway`` or ``router`` passes on what others send: of packets with
    its MAC only those with one of its ``ips`` are its own."""
    what: str = ""
    """For people."""


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a device did, or suffered, for a while.

    The packets that belong to it: those captured from ``start`` to ``end`` with the device at one end, by its MAC or
    one of its IP addresses, and, where ``target`` is given, an address of it at the other, in either direction. Where
    intervals overlap, that of an attacker counts before that of a victim, and the later before the earlier.
    """

    label: str
    """The verdict that is right, one of `botwarden.core.label.LABELS`. Empty: none is expected, and ``attack`` says
    what the packets are."""
    also: list[str] = []
    """Further labels that are as right."""
    mac: str
    """The device."""
    role: str
    """``attacker`` or ``victim``."""
    target: str | None = None
    """The other end: an address or a network in CIDR notation; of a victim its own address."""
    source: str | None = None
    """Of a victim: the address of who did it."""
    start: float
    """s, UTC."""
    end: float
    botnet: str = ""
    """``mirai``, ``gafgyt`` …: the family that does this, as a class of a classifier. Empty: none in particular."""
    attack: str = ""
    """The attack, as a class of a classifier: ``scan``, ``syn``, ``udpplain`` … Empty: told by the label alone, as in
    `botwarden.core.classes.class_of`."""
    phase: str = ""
    """Where in the life of a bot it belongs: ``scan``, ``guess``, ``infect``, ``cnc``, ``attack``."""
    what: str = ""
    """For people."""


class BenignNote(msgspec.Struct, frozen=True, kw_only=True):
    """Something harmless that could be mistaken."""

    mac: str
    target: str | None = None
    what: str = ""


class Labels(msgspec.Struct, frozen=True, kw_only=True):
    """The content of a labels file. Fields that a reader does not know are skipped."""

    version: int = 1
    capture: str = ""
    """Name of the capture, beside the labels file."""
    sha256: str = ""
    """Of the capture; empty where it was not taken."""
    recorded: str = ""
    programs: dict[str, str] = {}
    """Programs that took part, with their versions."""
    lan: list[str] = []
    """Local networks."""
    devices: list[LabelledDevice] = []
    intervals: list[Interval] = []
    benign: list[BenignNote] = []
