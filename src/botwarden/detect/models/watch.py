"""`ModelWatch`: a model judges the packets of the devices on the local network while they pass."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.address import IPNetwork, ip_text, mac_text
from botwarden.core.classes import verdict_of
from botwarden.core.label import LABELS
from botwarden.core.packet import HAS_IP, HAS_PORTS, PacketBatch
from botwarden.core.row import ATTACK, BENIGN, Group, Rows
from botwarden.core.text import printable
from botwarden.core.verdict import Severity
from botwarden.detect.claim import Claim
from botwarden.detect.detector import Findings, Seen
from botwarden.detect.models.dispatch import device_key
from botwarden.detect.models.episodes import Chunk, Episode, Follower
from botwarden.detect.models.scorer import Scorer
from botwarden.detect.models.words import reasons
from botwarden.detect.networks import network_rows
from botwarden.detect.words import count, share
from botwarden.features.extractor import Extractor
from botwarden.features.labelling import protocol_codes

MAX_DEVICES: Final = 1024
"""Senders that are followed; beyond them the one that was silent longest makes room."""
MAX_PER_STEP: Final = 256
"""Senders whose packets of one step are judged, those with most packets first: whoever forges addresses makes
thousands, and none of them is a device."""
MIN_WINDOW: Final = 21
"""Rows that decide together at least, whatever window a model has: a threshold lets one benign row in a thousand pass
above it, and a device sends thousands. More than ten odd packets in twenty are no accident."""
NAME_SHARE: Final = 0.5
"""Share of the anomalous rows that must carry the name of an attack for the verdict to carry it."""
NAME_SURE: Final = 0.8
"""Mean confidence that these rows must have."""
MOST_SURE: Final = 0.99
"""What is unlike anything learned may still be harmless."""

_STEP: Final = 8192  # packets that are turned into rows at a time
_REASONS: Final = 4

Key = tuple[int, int, int, int]
"""Sender: MAC, whether its address is foreign to the local network, and where there is no MAC its IP address."""


class ModelWatch:
    """Scores every packet that a device sends, per device; memory is bounded.

    A device is told by its MAC. Packets with a source address from outside count for the device that forged it, and not
    for a gateway, which only passes them on.
    """

    def __init__(
        self, scorer: Scorer, networks: Sequence[IPNetwork], name_of: Callable[[int], str | None], seed: int = 0
    ) -> None:
        """``networks``: the local ones; ``name_of``: what a device calls itself, by MAC; ``seed``: of the tables."""
        self._scorer = scorer
        self._extractor = Extractor(seed=seed)
        self._networks = network_rows(networks)
        self._name_of = name_of
        self._parts = {device_key(part.device) for part in _parts(scorer) if part.device is not None}
        self._followers: dict[Key, Follower] = {}
        self.rows = 0

    @property
    def evictions(self) -> dict[str, int]:
        """Streams of features that were given up to stay within bounds."""
        given_up = sum(self._extractor.evictions.values())
        return {"feature streams": given_up} if given_up else {}

    def update(self, batch: PacketBatch) -> None:
        """Take the next packets. Raises ModelError where a network fails."""
        for start in range(0, len(batch), _STEP):
            step = batch[start : start + _STEP]
            self._judge(step.packets, self._extractor.update(step).values)

    def _judge(self, packets: NDArray[Any], values: NDArray[np.float64]) -> None:
        keys = self._keys(packets)
        known = np.flatnonzero((keys[:, 0] != 0) | (keys[:, 3] != 0))
        if not len(known):
            return
        senders, place = _senders(keys[known])
        for sender in _chosen(place, len(senders)):
            at = known[place == sender]
            self._follow(senders[sender], packets[at], values[at])

    def _follow(self, key: Key, packets: NDArray[Any], values: NDArray[np.float64]) -> None:
        device = self._device(key[0])
        rows = Rows.of(self._extractor.schema, values, Group(device), ts=packets["ts"], proto=protocol_codes(packets))
        part = self._scorer.detector_for(device)
        follower = self._followers.pop(key, None) or Follower()
        self._followers[key] = follower  # the last now
        if len(self._followers) > MAX_DEVICES:
            del self._followers[next(iter(self._followers))]
        self.rows += len(rows)
        chunk = Chunk(packets, values, self._scorer.score_rows(rows), part)
        follower.update(chunk, max(MIN_WINDOW, part.window if part else 1))

    def _device(self, mac: int) -> str:
        """Which name of a device the model has a part for; empty where it has none."""
        if not self._parts or not mac:
            return ""
        names = (mac_text(mac), self._name_of(mac) or "")
        return next((name for name in names if name and device_key(name) in self._parts), "")

    def _keys(self, packets: NDArray[Any]) -> NDArray[np.int64]:
        """int64[n, 4]: `Key` of each packet, zeros where the sender is nobody of ours."""
        hi, lo, mac = packets["src_ip_hi"], packets["src_ip_lo"], packets["src_mac"]
        local = np.zeros(len(packets), np.bool_)
        for net_hi, net_lo, mask_hi, mask_lo in self._networks.tolist():
            local |= (hi & mask_hi == net_hi) & (lo & mask_lo == net_lo)
        local |= ((hi == 0) & (lo & 0xFFFF_FFFF == 0)) | (packets["flags"] & HAS_IP == 0)  # none yet, or none at all
        nameless = mac == 0
        keys = np.zeros((len(packets), 4), np.int64)
        keys[:, 0] = np.where(mac >> 40 & 1 == 0, mac, 0)
        keys[:, 1] = ~local & ~nameless
        keys[:, 2] = np.where(nameless & local, hi, 0)
        keys[:, 3] = np.where(nameless & local, lo, 0)
        return keys

    def claims(self, findings: Findings) -> list[Claim]:
        """What the model says of the devices that the detector knows."""
        by_mac = {seen.mac: seen for seen in sorted(findings.devices, key=lambda seen: seen.packets_sent) if seen.mac}
        by_ip = {seen.ips[0]: seen for seen in findings.devices if seen.mac is None and seen.ips}
        found: list[Claim] = []
        for (mac, foreign, hi, lo), follower in self._followers.items():
            seen = by_mac.get(mac) if mac else by_ip.get(ip_text(hi, lo))
            if seen is not None and not (foreign and seen.gateway):
                found += self._claims(seen, follower)
        return found

    def _claims(self, seen: Seen, follower: Follower) -> Iterator[Claim]:
        model = self._scorer.model
        for episode in follower.episodes:
            if not episode.anomalous:
                continue
            named = _named(episode)
            label = verdict_of(named[0]) if named else "anomaly"
            severity: Severity = LABELS[label].severity
            sure = named[1] if named else episode.sure / episode.anomalous
            yield Claim(
                serial=seen.serial,
                label=label,
                role="attacker",
                confidence=min(sure, MOST_SURE),
                severity=severity,
                first_ts=episode.first_ts,
                last_ts=episode.last_ts,
                reason=_reason(episode, named),
                size=float(episode.anomalous),
                evidence=_evidence(episode, model.identity),
                then=tuple(self._because(episode)),
                model=model.title,
            )

    def _because(self, episode: Episode) -> list[str]:
        """What stands out in the row farthest from normal, feature by feature."""
        part = episode.part
        if part is None or episode.values is None:
            return []
        device, protocol = part.device, part.protocol
        errors = self._scorer.errors(episode.values[None], device, protocol)
        if errors is None:
            return []
        at = [self._extractor.schema.columns.index(name) for name in part.columns]
        normal = self._scorer.model.arrays[f"{part.name}.normal"]
        told = reasons(part.columns, episode.values[at], normal, errors[0].astype(np.float64), _REASONS)
        return [f"{reason.text[0].upper()}{reason.text[1:]}" for reason in told]


def _parts(scorer: Scorer) -> list[Any]:
    return [*scorer.model.manifest.detectors, *scorer.model.manifest.classifiers]


def _senders(keys: NDArray[np.int64]) -> tuple[list[Key], NDArray[np.intp]]:
    """The distinct senders, and which of them each row is."""
    packed = np.ascontiguousarray(keys).view(np.dtype((np.void, keys.dtype.itemsize * 4))).reshape(-1)
    _, first, place = np.unique(packed, return_index=True, return_inverse=True)
    return [tuple(keys[i].tolist()) for i in first], place.reshape(-1)


def _chosen(place: NDArray[np.intp], senders: int) -> list[int]:
    """Those of a step that are judged, in the order of their numbers."""
    if senders <= MAX_PER_STEP:
        return list(range(senders))
    counts = np.bincount(place, minlength=senders)
    return sorted(np.argsort(-counts, kind="stable")[:MAX_PER_STEP].tolist())


def _named(episode: Episode) -> tuple[str, float] | None:
    """The attack that most anomalous rows are called, with how sure that is; None where too few are, or none surely."""
    attacks = {name: entry for name, entry in episode.named.items() if name != BENIGN}
    if not attacks:
        return None
    name, (rows, sure) = max(attacks.items(), key=lambda item: item[1][0])
    if rows < NAME_SHARE * episode.anomalous or sure / rows < NAME_SURE:
        return None
    return name, sure / rows


def _reason(episode: Episode, named: tuple[str, float] | None) -> str:
    rows = count(episode.anomalous, "packet")
    part = f" ({share(episode.anomalous, episode.rows)} of what it sent meanwhile)" if episode.rows else ""
    if named:
        what = "an attack" if named[0] == ATTACK else f"the attack {printable(named[0], 40)}"
        return f"{rows}{part} look like {what} to the model"
    if np.isfinite(episode.score) and np.isfinite(episode.threshold):
        far = f": they score up to {episode.score:.3g}, and {episode.threshold:.3g} is the limit"
    else:
        far = ""
    return f"{rows}{part} are unlike the normal traffic that the model has learned{far}"


def _evidence(episode: Episode, identity: str) -> dict[str, Any]:
    targets = sorted(ip_text(hi, lo) for hi, lo in episode.targets if hi or lo)
    evidence: dict[str, Any] = {
        "rows": episode.rows,
        "anomalous": episode.anomalous,
        "bytes": episode.bytes,
        "targets": targets[:16],
        "model": identity,
    }
    if np.isfinite(episode.score) and np.isfinite(episode.threshold):
        evidence |= {"score": episode.score, "threshold": episode.threshold}
    if episode.named:
        evidence["named"] = {name: int(rows) for name, (rows, _) in episode.named.items()}
    packet = episode.packet
    if packet is not None and packet["flags"] & HAS_PORTS:
        evidence["port"] = int(packet["dst_port"])
    return evidence
