"""``notice.log``: what somebody should look at."""

from typing import Annotated, ClassVar

from botwarden.core.record import Addr, Count, Double, Ecs, Enum, EnumSet, Interval, Port, Record, Text, Time


class NoticeRecord(Record, frozen=True, kw_only=True):
    """One verdict of `botwarden scan` in the form of Zeek's notice.log."""

    path: ClassVar[str] = "notice"

    uid: Text | None = None
    """A connection that belongs to it."""
    proto: Enum | None = None
    """Its transport protocol."""
    note: Annotated[Enum, Ecs("event.code")]
    """Its label behind ``Botwarden::``."""
    msg: Annotated[Text, Ecs("message")]
    """The main reason in words."""
    sub: Text | None = None
    """Further reasons."""
    src: Annotated[Addr | None, Ecs("source.ip")] = None
    """Who does it."""
    dst: Annotated[Addr | None, Ecs("destination.ip")] = None
    """Who suffers it, where it is one."""
    p: Port | None = None
    """The port, where it is one."""
    n: Count | None = None
    """How many."""
    actions: EnumSet = ("Notice::ACTION_LOG",)
    """As Zeek's tools expect it."""
    suppress_for: Interval = 0.0
    """Kept for Zeek's tools."""
    confidence: Double | None = None
    """0 to 1: how sure the verdict is."""
    severity: Text | None = None
    """low, medium, high or critical."""
    role: Text | None = None
    """Whether the device does it (attacker) or suffers it (victim)."""
    last_ts: Time | None = None
    """Until when."""
