"""`CaptureStats`: what was read, and what was wrong with it."""

import msgspec


class Damage(msgspec.Struct, frozen=True, kw_only=True):
    """A place at which a capture could not be read on. What came before it was used."""

    path: str
    """The file, or ``-`` for standard input."""
    offset: int
    """Byte offset of the damage in the (decompressed) capture."""
    what: str
    """What is wrong there, in words."""
    lines: int = 0
    """How many lines of a log could not be read: this is the first of them, and the others were used. 0: all that
    follows could not be read."""


class Skipped(msgspec.Struct, frozen=True, kw_only=True):
    """Packets of an interface whose link type cannot be decoded."""

    path: str
    """The file, or ``-`` for standard input."""
    interface: int
    """Its index among the interfaces of the file."""
    link_type: str
    """The link type's name, such as ``USB_LINUX``, or its number where it has none."""
    packets: int
    """How many were skipped."""


class CaptureStats(msgspec.Struct, kw_only=True):
    """Counts over everything a source has delivered. A source updates its own as it reads."""

    packets: int = 0
    """Packets read."""
    bytes: int = 0
    """Sum of the packets' lengths on the wire."""
    first_ts: float | None = None
    """Earliest time of capture, s, UTC; null where there was no packet."""
    last_ts: float | None = None
    """Latest time of capture, s, UTC."""
    truncated: int = 0
    """Packets that the snap length cut inside a header."""
    malformed: int = 0
    """Packets with a header that contradicts itself."""
    damaged: list[Damage] = msgspec.field(default_factory=list)
    """Where reading had to stop early."""
    skipped: list[Skipped] = msgspec.field(default_factory=list)
    """Interfaces that could not be read."""
    interrupted: bool = False
    """Whether reading was stopped before the end, by the user."""
