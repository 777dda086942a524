"""`Comparison`: what a scan found, held against a labels file that says what there was to find."""

from typing import Literal

import msgspec

from botwarden.core.verdict import Role

Outcome = Literal["found", "missed", "outside", "unnamed"]


class JudgedInterval(msgspec.Struct, frozen=True, kw_only=True):
    """An interval of the labels file, and whether it was found."""

    mac: str
    """The device, as the labels file names it."""
    name: str | None = None
    """Its name there."""
    device: int | None = None
    """Its place in the report's ``devices``, from 0; null where the capture does not show it."""
    label: str
    """The verdict that is right; empty where none is expected."""
    attack: str = ""
    """As in the labels file."""
    role: Role
    """Whether the device did it (attacker) or suffered it (victim)."""
    botnet: str = ""
    """As in the labels file."""
    phase: str = ""
    """As in the labels file."""
    start: float
    """s, UTC."""
    end: float
    """s, UTC."""
    outcome: Outcome
    """``found``: a verdict on the device at that time has its role and its label, or one that is as right; ``missed``:
    none has; ``outside``: no packet was captured in its time; ``unnamed``: no verdict is expected, and none is
    there."""
    verdict: str | None = None
    """Label of the right verdict; null where there is none."""
    time_to_detect: float | None = None
    """Seconds from the start of the interval to the moment from which on the packets so far sufficed for a right
    verdict; rounded up, by a tenth at most (or a second). Null where it was not found, or only once all packets were
    there, or where that is not known."""


class JudgedVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict that is right for no interval."""

    mac: str | None
    """Of its device."""
    name: str | None = None
    """Of its device, as the capture tells it."""
    device: int
    """The place of its device in the report's ``devices``, from 0."""
    label: str
    """What was concluded."""
    role: Role
    """Whether the device does it (attacker) or suffers it (victim)."""
    confidence: float
    """0 to 1."""
    first_ts: float
    """Time of the first packet that belongs to it, s, UTC."""
    last_ts: float
    """Time of the last one."""
    labelled: bool
    """Whether the labels file says that the device did or suffered something at that time, by another name: then the
    verdict is no false alarm, and not right either."""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, missed and false, by a labels file."""

    labels: str
    """Path of the labels file."""
    found: int
    """Intervals with a right verdict."""
    missed: int
    """Intervals without one."""
    outside: int
    """Intervals in whose time no packet was captured; they are neither."""
    unnamed: int
    """Intervals for which no verdict is expected and there is none; they are neither."""
    false: int
    """Verdicts on a device at a time at which nothing is labelled: false alarms."""
    otherwise: int
    """Verdicts at a time at which something else is labelled of the device."""
    intervals: list[JudgedInterval]
    """In the order of time."""
    verdicts: list[JudgedVerdict]
    """Those that are false, then those with another name."""
