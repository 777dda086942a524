"""`Detector`: packets in, findings out. What the findings mean is said by the behaviours."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from botwarden.core.address import IPNetwork, ip_text
from botwarden.core.packet import PACKET, PacketBatch
from botwarden.core.report import Series
from botwarden.detect.networks import given_networks, guess_networks, network_rows
from botwarden.detect.observe import observe
from botwarden.detect.state import (
    ATTEMPT,
    DONE,
    EVICTED,
    LOST,
    METER,
    RHYTHMS,
    SERIES,
    SERIES_START,
    SERIES_WIDTH,
    new_state,
)
from botwarden.detect.thresholds import BEACON_MIN_COUNT, HOLD, RAISE_AT, WINDOW

MAX_EPISODES = 20_000  # kept over a whole capture; enough for a year of one every half hour
_TABLES = ("devices", "pairs", "attempts", "connections", "meters")


@dataclass(frozen=True, slots=True)
class Seen:
    """A local device as the detector saw it.

    serial : what episodes call it
    mac : None for a device known by its address only
    ips : most used first
    forged : packets sent with a source address that is not its own
    """

    serial: int
    mac: int | None
    ips: tuple[str, ...]
    gateway: bool
    first_ts: float
    last_ts: float
    packets_sent: int
    bytes_sent: int
    packets_received: int
    bytes_received: int
    forged: int
    series: Series


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was found, finished and still going on.

    episodes : METER[n], raised stretches of meters; rhythms : ATTEMPT[m], targets tried often
    """

    devices: tuple[Seen, ...]
    episodes: NDArray[Any]
    rhythms: NDArray[Any]
    networks: tuple[IPNetwork, ...]
    evictions: dict[str, int]


class Detector:
    """Watches packets. Memory is bounded (`detect.state`), and time per packet does not depend on what has been seen.

    lan : the local networks; none: guessed from the first batch
    seed : of the tables' hash; a caller that faces an attacker passes one that nobody can know
    """

    def __init__(self, lan: Sequence[IPNetwork] = (), seed: int = 0) -> None:
        """Know nothing yet."""
        self.lan = tuple(lan)
        self.seed = seed
        self._state: NDArray[Any] | None = None
        self._networks: tuple[IPNetwork, ...] = ()
        self._episodes: list[NDArray[Any]] = []
        self._rhythms: list[NDArray[Any]] = []
        self._kept = 0
        self._lost = 0

    @property
    def networks(self) -> tuple[IPNetwork, ...]:
        """The local networks, given or guessed; none before the first packets."""
        return self._networks

    def update(self, batch: PacketBatch) -> None:
        """Take the next packets in."""
        if not len(batch):
            return
        if self._state is None:
            self._networks = given_networks(self.lan) if self.lan else guess_networks(batch.packets)
            rows = network_rows(self._networks)
            self._state = new_state(self.seed, rows, (WINDOW, RAISE_AT, HOLD))
        self._observe(batch, self._state)

    def _observe(self, batch: PacketBatch, state: NDArray[Any], last: int = 0) -> None:
        with np.errstate(over="ignore"):  # hashes wrap; only plain Python would warn
            observe(batch.buffer, batch.packets, state, last)
        self._drain(state[0])

    def _drain(self, s: Any) -> None:
        for rows, count, kept in ((s["done"], DONE, self._episodes), (s["rhythms"], RHYTHMS, self._rhythms)):
            n = int(s["counts"][count])
            room = max(0, MAX_EPISODES - self._kept)
            if n and room:
                kept.append(rows[: min(n, room)].copy())
            self._kept += min(n, room)
            self._lost += n - min(n, room)
            s["counts"][count] = 0

    def findings(self, final: bool = False) -> Findings:
        """Everything found so far; ``final`` says that no more packets follow."""
        if self._state is None:
            return Findings((), np.zeros(0, METER), np.zeros(0, ATTEMPT), self._networks, {})
        if final:
            self._observe(PacketBatch(np.zeros(0, np.uint8), np.zeros(0, PACKET)), self._state, last=1)
        s = self._state[0]
        running = s["meters"][(s["meters"]["raised"] != 0) & (s["meter_keys"] != 0)]
        often = s["attempts"][
            (s["attempt_keys"] != 0)
            & (s["attempts"]["tries"] >= BEACON_MIN_COUNT)
            & (s["attempts"]["src"] != 0)
            & (s["attempts"]["outside"] != 0)
        ]
        evictions = {name: int(s["counts"][EVICTED + k]) for k, name in enumerate(_TABLES)}
        evictions["episodes"] = int(s["counts"][LOST]) + self._lost
        devices, same = _merge_gateways([_seen(s, int(slot)) for slot in np.flatnonzero(s["actors"]["serial"])])
        episodes = _renamed(np.concatenate([*self._episodes, running]), same)
        rhythms = _renamed(np.concatenate([*self._rhythms, often]), same)
        gone, same = _departed(devices, episodes)
        return Findings(
            devices=(*devices, *gone),
            episodes=_renamed(episodes, same),
            rhythms=_renamed(rhythms, same),
            networks=self._networks,
            evictions={name: n for name, n in evictions.items() if n},
        )


def _seen(s: Any, slot: int) -> Seen:
    a = s["actors"][slot]
    rows = s["actor_ips"][slot]
    ranked = sorted((row for row in rows.tolist() if row[2]), key=lambda row: -row[2])
    ips = [ip_text(hi, lo) for hi, lo, _ in ranked]
    mac = int(a["mac"]) or None
    if mac is None:
        own = ip_text(int(a["ip_hi"]), int(a["ip_lo"]))
        ips = [own, *(ip for ip in ips if ip != own)]
    return Seen(
        serial=int(a["serial"]),
        mac=mac,
        ips=tuple(ips),
        gateway=bool(a["gateway"]),
        first_ts=float(a["first_ts"]),
        last_ts=float(a["last_ts"]),
        packets_sent=int(a["sent"]),
        bytes_sent=int(a["sent_bytes"]),
        packets_received=int(a["received"]),
        bytes_received=int(a["received_bytes"]),
        forged=int(a["forged"]),
        series=_series(s, slot, float(a["last_ts"])),
    )


def _merge_gateways(devices: list[Seen]) -> tuple[list[Seen], dict[int, int]]:
    """The devices, less those that turned out to be an address of a gateway, and whom each of these now is."""
    owner = {ip: device for device in devices if device.gateway for ip in device.ips}
    same = {d.serial: owner[d.ips[0]].serial for d in devices if d.mac is None and d.ips and d.ips[0] in owner}
    parts: dict[int, list[Seen]] = {}
    for device in devices:
        parts.setdefault(same.get(device.serial, device.serial), []).append(device)
    return [_joined(group) for group in parts.values()], same


def _joined(group: list[Seen]) -> Seen:
    """One device out of a gateway and what was counted under its addresses."""
    if len(group) == 1:
        return group[0]
    whole = next(device for device in group if device.mac is not None)
    first, last = min(d.first_ts for d in group), max(d.last_ts for d in group)
    names = ("packets_sent", "bytes_sent", "packets_received", "bytes_received", "forged")
    sums = {name: sum(getattr(device, name) for device in group) for name in names}
    columns = [field.name for field in fields(Series) if field.name not in ("start", "width")]
    series = replace(whole.series, **{name: sum(getattr(d.series, name) for d in group) for name in columns})
    return replace(whole, first_ts=first, last_ts=last, series=series, **sums)


def _departed(devices: list[Seen], episodes: NDArray[Any]) -> tuple[list[Seen], dict[int, int]]:
    """Devices that made room for others, as far as their episodes tell of them, and whom each that came back now is."""
    serials = {device.serial for device in devices}
    names = {device.mac or device.ips[0]: device.serial for device in devices if device.mac or device.ips}
    gone: list[Seen] = []
    same: dict[int, int] = {}
    for end in ("src", "dst"):
        for row in episodes[(episodes[end] != 0) & ~np.isin(episodes[end], list(serials))]:
            serial, mac, ip = (
                int(row[end]),
                int(row[f"{end}_mac"]),
                ip_text(int(row[f"{end}_hi"]), int(row[f"{end}_lo"])),
            )
            now = names.setdefault(mac or ip, serial)
            if now != serial:
                same[serial] = now
            elif serial not in serials:
                serials.add(serial)
                gone.append(_remembered(serial, mac or None, ip, row))
    return gone, same


def _remembered(serial: int, mac: int | None, ip: str, row: Any) -> Seen:
    start, last = float(row["start"]), float(row["last"])
    series = Series(start, 1.0, *(np.zeros(1) for _ in range(SERIES)))
    return Seen(serial, mac, (ip,), False, start, last, 0, 0, 0, 0, 0, series)


def _renamed(rows: NDArray[Any], same: dict[int, int]) -> NDArray[Any]:
    """Episodes or rhythms with every serial in ``same`` replaced."""
    for old, new in same.items():
        for end in ("src", "dst"):
            rows[end][rows[end] == old] = new
    return rows


def _series(s: Any, slot: int, last_ts: float) -> Series:
    start, width = float(s["clock"][SERIES_START]), float(s["clock"][SERIES_WIDTH])
    latest = float(s["actors"]["last_ts"].max())
    bins = int(min(max((max(last_ts, latest) - start) // width + 1, 1), s["series"].shape[1]))
    columns = s["series"][slot, :bins].astype(np.float64)
    return Series(start, width, *(columns[:, k] for k in range(columns.shape[1])))
