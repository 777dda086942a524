"""What `lab_data.py` measures: packets of captures, distances of columns."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from botwarden.app.capture_labels import CaptureLabels
from botwarden.core.packet import TCP, UDP
from botwarden.core.row import PROTOCOLS, Rows
from botwarden.features.labelling import protocol_codes
from botwarden.features.schema import FEATURES
from botwarden.sources.capture import CaptureSource

DECAY: Final = 1.0
"""1/s, of the column that rates are taken from."""
PORTS: Final = 6
SEED: Final = 1

Captures = Sequence[tuple[Path, Path | None]]
"""Captures, each with its labels where it has some."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Of the packets of captures.

    rate : packets a second, over the time from the first to the last of each capture
    sizes, mean : of frames, B; the 10th, 50th and 90th percentiles
    protocols : packets by protocol
    six, many : shares of IPv6, and of packets to groups
    gaps : 50th and 90th percentile of the time between packets of the same sender, s
    ports : the most frequent ports of servers, with their shares of TCP and UDP packets
    """

    packets: int
    rate: float
    sizes: tuple[float, ...]
    mean: float
    protocols: Mapping[str, int]
    six: float
    many: float
    gaps: tuple[float, ...]
    ports: tuple[tuple[str, float], ...]

    def share(self, protocol: str) -> float:
        """Share of packets of a protocol."""
        return self.protocols.get(protocol, 0) / max(1, self.packets)


def facts(captures: Captures, *, benign: bool | None = None, device: str | None = None) -> Facts:
    """Count packets: all, or those that the labels call benign or not, of one device or of all."""
    parts, gaps, seconds = [], [], 0.0
    for capture, labels in captures:
        packets = _packets(capture, labels, benign, device)
        if not len(packets):
            continue
        parts.append(packets)
        gaps.append(_gaps(packets))
        seconds += _lasts(packets, benign)
    packets = np.concatenate(parts)
    sizes = packets["wire_len"].astype(np.float64)
    codes = np.bincount(protocol_codes(packets), minlength=len(PROTOCOLS))
    return Facts(
        packets=len(packets),
        rate=len(packets) / seconds if seconds else math.nan,
        sizes=tuple(np.quantile(sizes, (0.1, 0.5, 0.9)).tolist()),
        mean=float(sizes.mean()),
        protocols=dict(zip(PROTOCOLS, codes.tolist(), strict=True)),
        six=float((packets["ip_version"] == 6).mean()),
        many=float(((packets["dst_mac"] >> 40) & 1).mean()),
        gaps=tuple(np.quantile(np.concatenate(gaps), (0.5, 0.9)).tolist()),
        ports=_ports(packets),
    )


def _packets(capture: Path, labels: Path | None, benign: bool | None, device: str | None) -> NDArray[Any]:
    labelling = CaptureLabels(labels, [str(capture)]) if labels is not None else None
    parts = []
    for batch in CaptureSource([capture]).batches():
        packets = batch.packets
        if labelling is not None:
            kinds = labelling.kinds(packets)
            wanted = [
                (benign is None or group.benign == benign) and device in (None, group.device) for group in kinds.groups
            ]
            packets = packets[np.array(wanted, np.bool_)[kinds.group]]
        parts.append(packets)
    return np.concatenate(parts)


def _gaps(packets: NDArray[Any]) -> NDArray[np.float64]:
    """Times between packets of the same sender."""
    order = np.lexsort((packets["ts"], packets["src_mac"]))
    senders, times = packets["src_mac"][order], packets["ts"][order]
    found: NDArray[np.float64] = np.diff(times)[senders[1:] == senders[:-1]]
    return found


def _lasts(packets: NDArray[Any], benign: bool | None) -> float:
    """s from the first to the last packet; of attacks, without the pauses between them."""
    if benign is False:
        gaps = np.diff(np.sort(packets["ts"]))
        return float(gaps[gaps < 1].sum())
    return float(packets["ts"].max() - packets["ts"].min())


def _ports(packets: NDArray[Any]) -> tuple[tuple[str, float], ...]:
    counts: Counter[str] = Counter()
    total = 0
    for name, number in (("TCP", TCP), ("UDP", UDP)):
        some = packets[packets["proto"] == number]
        ports = np.minimum(some["src_port"], some["dst_port"])
        values, times = np.unique(ports, return_counts=True)
        counts.update({f"{name} {port}": int(n) for port, n in zip(values.tolist(), times.tolist(), strict=True)})
        total += len(some)
    return tuple((port, number / total) for port, number in counts.most_common(PORTS))


# -- columns ---------------------------------------------------------------------------------------------------------


def distances(one: NDArray[np.floating], two: NDArray[np.floating]) -> NDArray[np.float64]:
    """float64[k]: the Kolmogorov–Smirnov distance of each column of [n, k] and [m, k]: the largest difference of their
    cumulative distributions. (Massey, JASA 46, 1951.)
    """
    return np.array([_distance(np.sort(a), np.sort(b)) for a, b in zip(_rounded(one), _rounded(two), strict=True)])


def _rounded(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """The columns, to six digits: the last ones differ by who computed them."""
    columns = np.asarray(values, np.float64).T.copy()
    with np.errstate(divide="ignore", invalid="ignore"):
        digits = np.where(columns == 0, 0.0, np.floor(np.log10(np.abs(columns))))
    scale = 10.0 ** (5 - digits)
    rounded: NDArray[np.float64] = np.round(columns * scale) / scale
    return rounded


def _distance(one: NDArray[np.float64], two: NDArray[np.float64]) -> float:
    at = np.concatenate([one, two])
    below = np.searchsorted(one, at, side="right") / len(one) - np.searchsorted(two, at, side="right") / len(two)
    return float(np.abs(below).max())


def rates(rows: Rows) -> NDArray[np.float64]:
    """Packets a second of the sender of each row: a steady rate r leads to a weight of r/(λ ln 2)."""
    names = [feature.name for feature in FEATURES["nbaiot115"]]
    weights = rows.values[:, names.index(f"MI_dir_L{DECAY:g}_weight")].astype(np.float64)
    return weights * DECAY * math.log(2)
