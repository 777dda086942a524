"""``ntp.log``: NTP messages."""

from typing import ClassVar

from botwarden.core.record import Bool, Count, Interval, Text, Time, UidRecord


class NtpRecord(UidRecord, frozen=True, kw_only=True):
    """One message. Zeek's ntp.log, with control and private messages as well and their two fields at its end."""

    path: ClassVar[str] = "ntp"

    version: Count
    """1 to 4."""
    mode: Count
    """3 client, 4 server, 6 control, 7 private (monlist) …"""
    stratum: Count | None = None
    """How far from a clock."""
    poll: Interval | None = None
    """Longest time between messages."""
    precision: Interval | None = None
    """Of the clock."""
    root_delay: Interval | None = None
    """To the reference clock."""
    root_disp: Interval | None = None
    """Dispersion to the reference clock."""
    ref_id: Text | None = None
    """Reference clock."""
    ref_time: Time | None = None
    """When the clock was last set."""
    org_time: Time | None = None
    """When the request left the client."""
    rec_time: Time | None = None
    """When it reached the server."""
    xmt_time: Time | None = None
    """When the answer left."""
    num_exts: Count = 0
    """Extension fields."""
    req_code: Count | None = None
    """Operation of a control message; request code of a private one: 42 is monlist, the one that is amplified."""
    response: Bool | None = None
    """Whether a control or private message answers; of many packets that answer, the first is told."""
