"""What a model found, in sentences that a person can act on. `phrases` says how one feature reads.

`reasons` makes of what each feature contributed, such as the ``errors`` of an autoencoder, the few things that they
say together: a flood shows in thirty columns and is one thing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.text import printable
from botwarden.detect.models import phrases
from botwarden.detect.models.phrases import Phrase
from botwarden.features.schema import FEATURES, Family, Feature

_FEATURES: Final = {feature.name: feature for features in FEATURES.values() for feature in features}
_SIDE: Final[dict[Family, int]] = {"MI_dir": 0, "H": 0, "HH": 1, "HH_jit": 1, "HpHp": 2}
"""0: all that the sender sends, 1: to this receiver, 2: in this conversation. A first packet of one is a first of those
that follow."""
_TOPIC: Final = {
    "weight": "rate",
    "mean": "length",
    "variance": "spread",
    "std": "spread",
    "magnitude": "both",
    "radius": "both spreads",
    "covariance": "together",
    "pcc": "together",
}
_SIDES: Final = ("sender", "to receiver", "conversation")
_TOPICS: Final = {
    "rate": "packet rate",
    "length": "frame length",
    "spread": "spread of lengths",
    "both": "length, both ways",
    "both spreads": "spread, both ways",
    "together": "both ways together",
    "length of gaps": "mean gap",
    "spread of gaps": "spread of gaps",
}
_TINY: Final = 2.0**-15
"""What values differ by where only rounding differs, as in `botwarden.learn.scaling`."""
_LEAST: Final = 0.01
"""Share of all that a reason must have."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that a row shows.

    text : a sentence without its capital letter and full stop
    columns : the features that say it, the one that the sentence is about first
    share : 0 to 1, of everything that was contributed
    unusual : whether it is outside what 98 % of benign rows have
    """

    text: str
    columns: tuple[str, ...]
    share: float
    unusual: bool


@dataclass(frozen=True, slots=True)
class _Finding:
    """A reason on its way: what it is about, and the phrase for it."""

    side: int
    topic: str
    phrase: Phrase
    columns: tuple[str, ...]
    weight: float
    unusual: bool


def sentence(column: str, value: float, normal: Sequence[float] | NDArray[np.floating]) -> str:
    """What a value of one feature says, as "packets … came every 0.2 ms over the last 14 s; normal is every 3 s".

    normal : its percentiles in benign rows, rising: those of ``<name>.normal`` (see `botwarden.core.model`)
    """
    points = [float(point) for point in normal]
    return _text(_phrase(column, float(value), points), _excess(column, float(value), points) > 0)


def reasons(
    columns: Sequence[str],
    values: NDArray[np.floating],
    normals: NDArray[np.floating],
    weights: NDArray[np.floating],
    limit: int = 5,
) -> list[Reason]:
    """What makes a row stand out, most important first, at most ``limit`` things.

    columns : d names of features
    values : float[d], of the row, unscaled
    normals : float[5, d], as ``<name>.normal``
    weights : float[d], what each feature contributed: errors, or weights of an explanation; those below 0 speak
        against and make nothing a reason

    Features that say the same thing are one reason, told by the one that shows it best. What is within the normal
    range is left out, unless all of it is: then the combination is what stands out, and the texts say so.
    """
    given = np.where(np.isfinite(weights), weights, 0.0).astype(np.float64)
    total = float(given[given > 0].sum())
    if not total > 0:
        return []
    row = {name: float(value) for name, value in zip(columns, values, strict=True)}
    groups: dict[tuple[int, str], list[int]] = {}
    for i, name in enumerate(columns):
        groups.setdefault(about(name), []).append(i)
    found = []
    for (side, topic), members in groups.items():
        if given[members].sum() > 0:
            found.append(_finding(side, topic, members, columns, row, normals, given))
    merged = _merge(sorted(found, key=lambda finding: -finding.weight), row)
    unusual = [finding for finding in merged if finding.unusual and finding.weight >= _LEAST * total]
    chosen = unusual or [finding for finding in merged if finding.weight >= _LEAST * total]
    return [
        Reason(_text(one.phrase, one.unusual), one.columns, min(1.0, one.weight / total), one.unusual)
        for one in chosen[:limit]
    ]


def title(column: str) -> str:
    """A short name for a feature, for tables and pictures: "packet rate · to receiver · 14 s"."""
    feature = _FEATURES.get(column)
    return printable(column, 80) if feature is None else phrases.title(feature)


def thing(column: str) -> str:
    """What `about` says, as a short name: "packet rate · sender"."""
    side, topic = about(column)
    return printable(topic, 80) if side < 0 else f"{_TOPICS[topic]} · {_SIDES[side]}"


def _phrase(column: str, value: float, normal: Sequence[float]) -> Phrase:
    feature = _FEATURES.get(column)
    if feature is not None:
        return phrases.phrase(feature, value, normal)
    text = f"{value:.3g}"
    low, high = f"{normal[0]:.3g}", f"{normal[-1]:.3g}"
    return Phrase(f"{printable(column, 80)} is {text}", text, low if low == high else f"{low} to {high}")


def _text(phrase: Phrase, unusual: bool) -> str:
    return (
        f"{phrase.fact}; normal is {phrase.normal}" if unusual else f"{phrase.fact}, by itself normal ({phrase.normal})"
    )


def about(column: str) -> tuple[int, str]:
    """What a feature is about: whose packets, and what of them. Features of one answer become one reason."""
    feature = _FEATURES.get(column)
    if feature is None:
        return -1, column
    topic = _TOPIC[feature.statistic]
    if feature.family == "HH_jit" and topic != "rate":
        topic += " of gaps"
    return _SIDE[feature.family], topic


def _excess(column: str, value: float, normal: Sequence[float]) -> float:
    """How far a value is outside its normal range, 0 where it is not, or would read as if it were not.

    Comparable between the decays of a statistic: in doublings for weights, in widths of the range for others.
    """
    low, high = float(normal[0]), float(normal[-1])
    if not math.isfinite(value):
        return math.inf
    if low - _TINY <= value <= high + _TINY:
        return 0.0
    edge = high if value > high else low
    if _phrase(column, value, normal).value == _phrase(column, edge, normal).value:
        return 0.0
    feature = _FEATURES.get(column)
    if feature is not None and feature.statistic == "weight" and min(value, edge) > 0:
        return abs(math.log2(value / edge))
    return abs(value - edge) / max(high - low, abs(edge), _TINY)


def _finding(
    side: int,
    topic: str,
    members: Sequence[int],
    columns: Sequence[str],
    row: dict[str, float],
    normals: NDArray[np.floating],
    weights: NDArray[np.float64],
) -> _Finding:
    """What the features of one topic say, by the one that is farthest outside its range, else the weightiest."""
    excess = {i: _excess(columns[i], row[columns[i]], normals[:, i].tolist()) for i in members}

    def rank(i: int) -> tuple[bool, float, float, float]:
        feature = _FEATURES.get(columns[i])
        silent = feature is not None and topic == "rate" and row[columns[i]] < normals[0, i]
        # of a silence, the longest memory says most
        even = -weights[i] if excess[i] == 0 else float(i)
        return excess[i] == 0, feature.decay if feature and silent else 0.0, -round(excess[i], 2), even

    order = sorted(members, key=rank)
    best = order[0]
    phrase = _in_its_row(columns[best], row, normals[:, best].tolist())
    names = tuple(columns[i] for i in order)
    return _Finding(side, topic, phrase, names, float(weights[list(members)].sum()), excess[best] > 0)


def _in_its_row(column: str, row: dict[str, float], normal: Sequence[float]) -> Phrase:
    """The phrase for a feature, plainer where its neighbours in the row allow it."""
    feature, value = _FEATURES.get(column), row[column]
    low, high = float(normal[0]), float(normal[-1])
    if feature is None or not math.isfinite(value) or feature.family == "HH_jit":
        return _phrase(column, value, normal)
    mean = _beside(row, feature, "mean")
    if feature.statistic == "mean":
        weight, spread = _beside(row, feature, "weight"), _beside(row, feature, "std", "variance")
        if weight is not None and phrases.is_first(weight, feature.decay):
            return phrases.one_packet(feature, value, low, high)
        if spread is not None and abs(spread) <= _TINY:
            return phrases.all_alike(feature, value, low, high)
    one_way = mean is not None and abs(value - mean) <= 1e-6 * max(abs(value), 1.0)
    if feature.statistic == "magnitude" and one_way and value < low:
        return phrases.unanswered(feature, low, high)
    return _phrase(column, value, normal)


def _beside(row: dict[str, float], feature: Feature, *statistics: str) -> float | None:
    """The first of these statistics of the same stream that the row has."""
    for statistic in statistics:
        value = row.get(f"{feature.family}_L{feature.decay:g}_{statistic}")
        if value is not None:
            return value
    return None


def _merge(found: list[_Finding], row: dict[str, float]) -> list[_Finding]:
    """Findings that say the same of ever narrower streams become one, of the widest where it is a first packet."""
    merged: list[_Finding] = []
    for one in found:
        for at, other in enumerate(merged):
            if one.topic == other.topic and one.phrase.value == other.phrase.value and one.unusual == other.unusual:
                wider = one.phrase.value == "first" and one.side < other.side
                said = one if wider else other
                names = said.columns + (other if wider else one).columns
                merged[at] = replace(said, columns=names, weight=one.weight + other.weight)
                break
        else:
            merged.append(one)
    return sorted(merged, key=lambda finding: -finding.weight)
