"""Verdicts held against labels: what was found, what was missed, what is false, and when to look how far it has got."""

from collections.abc import Iterator, Sequence
from typing import Final

from botwarden.core.address import mac_value
from botwarden.core.comparison import Comparison, JudgedInterval, JudgedVerdict, Outcome
from botwarden.core.labels import Interval, LabelledDevice, Labels
from botwarden.core.report import DeviceReport
from botwarden.core.verdict import Role, Verdict

SLACK: Final = 1.0
"""s by which times of labels and verdicts may miss each other: an answer comes later than its question."""
FIRST_LOOK: Final = 1.0
"""s between the first looks after the start of an interval."""
GROWTH: Final = 0.1
"""Further looks come this share of the time since the start later: so a time to detect is that exact."""
MAX_LOOKS: Final = 100
"""Per interval: two and a half hours after its start one has either seen it or will not."""
MAX_LOOKS_IN_ALL: Final = 5_000


class Against:
    """A labels file, for holding verdicts against it."""

    def __init__(self, labels: Labels) -> None:
        """``labels`` as `botwarden.sources.labels` has checked them."""
        self.intervals = sorted(labels.intervals, key=lambda interval: (interval.start, interval.end))
        self._known = {mac_value(device.mac): device for device in labels.devices}
        self._detected: dict[int, float] = {}

    def looks(self) -> list[float]:
        """When to `look`, s, UTC, in ascending order: often at the start of an interval, then ever more seldom."""
        times: set[float] = set()
        for interval in self.intervals:
            for after in _delays():
                if len(times) >= MAX_LOOKS_IN_ALL or interval.start + after > interval.end + SLACK + FIRST_LOOK * 60:
                    break
                times.add(interval.start + after)
        return sorted(times)

    def wanted(self, ts: float) -> bool:
        """Whether a look at a time could tell anything: whether an interval has begun that is not detected yet."""
        return any(number not in self._detected and one.start <= ts for number, one in enumerate(self.intervals))

    def look(self, ts: float, devices: Sequence[DeviceReport]) -> None:
        """Note what is detected at a time by the verdicts so far."""
        for number, interval in enumerate(self.intervals):
            if number not in self._detected and interval.start <= ts and self._right(interval, devices) is not None:
                self._detected[number] = ts

    def compare(
        self, path: str, devices: Sequence[DeviceReport], span: tuple[float | None, float | None]
    ) -> Comparison:
        """The verdicts of a whole capture against the labels.

        path : of the labels file; span : times of the first and the last packet, s, UTC
        """
        judged = [self._judge(number, one, devices, span) for number, one in enumerate(self.intervals)]
        extra = [
            _extra(place, device, verdict, self._labelled(device, verdict))
            for place, device in enumerate(devices)
            for verdict in device.verdicts
            if not any(self._agree(interval, device, verdict) for interval in self.intervals)
        ]
        outcomes = [interval.outcome for interval in judged]
        return Comparison(
            labels=path,
            found=outcomes.count("found"),
            missed=outcomes.count("missed"),
            outside=outcomes.count("outside"),
            unnamed=outcomes.count("unnamed"),
            false=sum(not verdict.labelled for verdict in extra),
            otherwise=sum(verdict.labelled for verdict in extra),
            intervals=judged,
            verdicts=sorted(extra, key=lambda verdict: (verdict.labelled, verdict.first_ts)),
        )

    def _judge(
        self,
        number: int,
        interval: Interval,
        devices: Sequence[DeviceReport],
        span: tuple[float | None, float | None],
    ) -> JudgedInterval:
        right = self._right(interval, devices)
        first, last = span
        seen = first is not None and last is not None and interval.start <= last and interval.end >= first
        known = self._known.get(mac_value(interval.mac))
        after = self._detected[number] - interval.start if right is not None and number in self._detected else None
        return JudgedInterval(
            mac=interval.mac,
            name=known.name if known is not None else None,
            device=right[0] if right is not None else self._place(interval, devices),
            label=interval.label,
            attack=interval.attack,
            role=_role(interval),
            botnet=interval.botnet,
            phase=interval.phase,
            start=interval.start,
            end=interval.end,
            outcome="found" if right is not None else _without(interval, seen),
            verdict=right[1].label if right is not None else None,
            time_to_detect=None if after is None else round(after, 1),
        )

    def _right(self, interval: Interval, devices: Sequence[DeviceReport]) -> tuple[int, Verdict] | None:
        """The verdict that is right for an interval, and its device's place; one with its first label before others."""
        right = [
            (n, v) for n, device in enumerate(devices) for v in device.verdicts if self._agree(interval, device, v)
        ]
        return min(right, key=lambda found: found[1].label != interval.label, default=None)

    def _place(self, interval: Interval, devices: Sequence[DeviceReport]) -> int | None:
        return next((n for n, device in enumerate(devices) if self._same(interval, device)), None)

    def _labelled(self, device: DeviceReport, verdict: Verdict) -> bool:
        """Whether anything is labelled of the device at the time of a verdict."""
        return any(self._same(one, device) and _overlap(one, verdict) for one in self.intervals)

    def _agree(self, interval: Interval, device: DeviceReport, verdict: Verdict) -> bool:
        named = verdict.label in (interval.label, *interval.also)
        same = named and verdict.role == interval.role
        return same and _overlap(interval, verdict) and self._same(interval, device)

    def _same(self, interval: Interval, device: DeviceReport) -> bool:
        """Whether an interval is about a device: by its MAC, or by its address where the capture has no MAC of it."""
        if device.mac is not None:
            return mac_value(device.mac) == mac_value(interval.mac)
        known: LabelledDevice | None = self._known.get(mac_value(interval.mac))
        return known is not None and any(ip in known.ips for ip in device.ips)


def _without(interval: Interval, seen: bool) -> Outcome:
    if not seen:
        return "outside"
    return "missed" if interval.label else "unnamed"


def _role(interval: Interval) -> Role:
    return "victim" if interval.role == "victim" else "attacker"


def _overlap(interval: Interval, verdict: Verdict) -> bool:
    return any(first <= interval.end + SLACK and last >= interval.start - SLACK for first, last in verdict.episodes())


def _delays() -> Iterator[float]:
    after = 0.0
    for _ in range(MAX_LOOKS):
        after += max(FIRST_LOOK, after * GROWTH)
        yield after


def _extra(place: int, device: DeviceReport, verdict: Verdict, labelled: bool) -> JudgedVerdict:
    return JudgedVerdict(
        mac=device.mac,
        name=device.name,
        device=place,
        label=verdict.label,
        role=verdict.role,
        confidence=verdict.confidence,
        first_ts=verdict.first_ts,
        last_ts=verdict.last_ts,
        labelled=labelled,
    )
