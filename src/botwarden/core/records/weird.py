"""``weird.log``: what should not happen."""

from typing import ClassVar

from botwarden.core.record import Addr, Bool, Port, Record, Text


class WeirdRecord(Record, frozen=True, kw_only=True):
    """One oddity. Zeek's weird.log."""

    path: ClassVar[str] = "weird"

    uid: Text | None = None
    """The connection it was seen on."""
    orig_h: Addr | None = None
    """Address of who opened the connection."""
    orig_p: Port | None = None
    """Its port."""
    resp_h: Addr | None = None
    """Address of who was addressed."""
    resp_p: Port | None = None
    """Its port."""
    name: Text
    """What it is, in one word with underscores."""
    addl: Text | None = None
    """What more there is to say."""
    notice: Bool = False
    """Whether it is in notice.log too."""
    source: Text | None = None
    """The analyzer that saw it."""
