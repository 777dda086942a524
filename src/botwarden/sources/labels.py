"""Labels files: who did what to whom in a capture (`botwarden.core.labels`), and the labels of recorded cases."""

import ipaddress
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from botwarden.core.address import mac_value
from botwarden.core.errors import DataError
from botwarden.core.label import LABELS
from botwarden.core.labels import Interval, LabelledDevice, Labels
from botwarden.core.text import bytes_text, plural, printable

VERSION: Final = 1
MAX_BYTES: Final = 16 << 20
"""Size of a labels file: a hundred thousand intervals would fit."""
MAX_INTERVALS: Final = 10_000
"""Each is compared with the packets of its time."""
MAX_DEVICES: Final = 10_000

_CLASS: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class _Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict of a recorded case, as in examples/cases/labels.json."""

    device: str
    ip: str = ""
    label: str
    role: str = "attacker"
    start: float = msgspec.field(name="from")
    end: float = msgspec.field(name="to")
    what: str = ""


class _Case(msgspec.Struct, frozen=True, kw_only=True):
    capture: str
    sha256: str = ""
    verdicts: list[_Verdict]


class _Cases(msgspec.Struct, frozen=True, kw_only=True):
    version: int = VERSION
    cases: dict[str, _Case]


class _Kind(msgspec.Struct, frozen=True):
    """What tells the two formats apart."""

    version: int = VERSION
    cases: msgspec.Raw = msgspec.Raw()  # empty where there is no such field


def read_labels(path: Path, capture: str = "") -> Labels:
    """Read a labels file.

    capture : of a file that labels several cases, the name of the one whose labels are wanted; those of all without
        it, which are told apart by their times

    Raises DataError for a file that is no labels file, or whose labels contradict themselves; OSError.
    """
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise _fault(path, f"it is larger than {bytes_text(MAX_BYTES)}")
    try:
        kind = msgspec.json.decode(data, type=_Kind)
        if kind.version != VERSION:
            raise _fault(path, f"it is of version {kind.version}; this botwarden reads version {VERSION}")
        if not bytes(kind.cases):
            labels = msgspec.json.decode(data, type=Labels)
        else:
            labels = _of_cases(path, msgspec.json.decode(data, type=_Cases), capture)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _fault(path, f"it is no labels file: {printable(error, 160)}") from None
    for problem in _problems(labels):
        raise _fault(path, problem)
    return labels


def _fault(path: Path, what: str) -> DataError:
    return DataError(f"{printable(path)}: {what}")


def _of_cases(path: Path, cases: _Cases, capture: str) -> Labels:
    wanted = list(cases.cases.values())
    if capture:
        wanted = [case for case in wanted if Path(case.capture).name == Path(capture).name]
        if not wanted:
            raise _fault(path, f"it has no labels for {printable(capture, 80)}")
    devices: dict[str, list[str]] = {}
    intervals = []
    for verdict in (verdict for case in wanted for verdict in case.verdicts):
        ips = devices.setdefault(verdict.device, [])
        if verdict.ip and verdict.ip not in ips:
            ips.append(verdict.ip)
        intervals.append(
            Interval(
                label=verdict.label,
                mac=verdict.device,
                role=verdict.role,
                start=verdict.start,
                end=verdict.end,
                what=verdict.what,
            )
        )
    return Labels(
        capture=wanted[0].capture if len(wanted) == 1 else "",
        sha256=wanted[0].sha256 if len(wanted) == 1 else "",
        devices=[LabelledDevice(mac=mac, ips=ips) for mac, ips in devices.items()],
        intervals=intervals,
    )


def _problems(labels: Labels) -> Iterator[str]:
    """What is wrong with labels that are well formed."""
    if len(labels.intervals) > MAX_INTERVALS:
        yield f"it has {plural(len(labels.intervals), 'interval')}, {MAX_INTERVALS:,} at most"
    if len(labels.devices) > MAX_DEVICES:
        yield f"it has {plural(len(labels.devices), 'device')}, {MAX_DEVICES:,} at most"
    for network in labels.lan:
        yield from _network_problem("lan", network)
    for number, device in enumerate(labels.devices, 1):
        where = f"device {number}"
        yield from _mac_problem(where, device.mac)
        for ip in device.ips:
            try:
                ipaddress.ip_address(ip)
            except ValueError:
                yield f"{where}: '{printable(ip, 50)}' is no IP address"
    for number, interval in enumerate(labels.intervals, 1):
        yield from _interval_problems(f"interval {number}", interval)


def _interval_problems(where: str, interval: Interval) -> Iterator[str]:
    yield from _mac_problem(where, interval.mac)
    if not interval.label and not interval.attack:
        yield f"{where}: it has neither a label nor an attack"
    for label in (*([interval.label] if interval.label else []), *interval.also):
        if label not in LABELS:
            yield f"{where}: '{printable(label, 50)}' is no label (docs/labels.md lists them)"
    if interval.role not in ("attacker", "victim"):
        yield f"{where}: the role is '{printable(interval.role, 30)}', not attacker or victim"
    if not interval.start <= interval.end:
        yield f"{where}: it ends before it starts"
    for name, network in (("target", interval.target), ("source", interval.source)):
        if network is not None:
            yield from _network_problem(f"{where}: {name}", network)
    for name, text in (("botnet", interval.botnet), ("attack", interval.attack)):
        if text and not _CLASS.fullmatch(text):
            yield f"{where}: {name} '{printable(text, 40)}' is not of lower-case letters, digits, - and _"


def _mac_problem(where: str, mac: str) -> Iterator[str]:
    try:
        mac_value(mac)
    except ValueError:
        yield f"{where}: '{printable(mac, 40)}' is no MAC address"


def _network_problem(where: str, network: str) -> Iterator[str]:
    try:
        ipaddress.ip_network(network, strict=False)
    except ValueError:
        yield f"{where} '{printable(network, 60)}' is no address or network"
