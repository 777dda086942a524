"""Feature schemas, and what each of their features means.

`FEATURES` holds the facts: column names, explanations and reference pages are derived from it. The columns of
``nbaiot115`` are those of the N-BaIoT and Kitsune data sets (Meidan et al. 2018, Mirsky et al. 2018), in their order.
"""

from dataclasses import dataclass
from typing import Final, Literal

from botwarden.core.snapshot import FeatureSchema

DECAYS: Final = (5.0, 3.0, 1.0, 0.1, 0.01)
"""Decay rates λ in 1/s, in column order: a packet's weight halves every 1/λ seconds."""

Family = Literal["MI_dir", "H", "HH", "HH_jit", "HpHp"]
_SINGLE: Final = ("weight", "mean", "variance")
_PAIRED: Final = ("weight", "mean", "std", "magnitude", "radius", "covariance", "pcc")

STATISTICS: Final[dict[Family, tuple[str, ...]]] = {
    "MI_dir": _SINGLE,
    "H": _SINGLE,
    "HH": _PAIRED,
    "HH_jit": _SINGLE,
    "HpHp": _PAIRED,
}
"""Families in column order, each with its statistics in column order."""

_STREAM: Final[dict[Family, str]] = {
    "MI_dir": "the packets of this source MAC and source address",
    "H": "the packets of this source address",
    "HH": "the packets from this source address to this destination address",
    "HH_jit": "the gaps in time before the packets from this source address to this destination address",
    "HpHp": "the packets from this source address and port to this destination address and port",
}
_MEANING: Final = {
    "weight": "how many there were",
    "mean": "mean {value}",
    "variance": "variance of their {value}",
    "std": "standard deviation of their {value}",
    "magnitude": "root of the sum of the squared mean {value} of both directions",
    "radius": "root of the sum of the squared variances of {value} of both directions",
    "covariance": "how far the {value} of both directions deviates from the mean together",
    "pcc": "the covariance of both directions over the product of their standard deviations",
}


@dataclass(frozen=True, slots=True)
class Feature:
    """One column of a schema.

    family : the kind of stream it describes
    decay : λ in 1/s; the stream's memory halves every 1/λ seconds
    statistic : one of `STATISTICS`
    unit : ``packets``, ``B``, ``B²``, ``s``, ``s²`` or ``1``
    meaning : a sentence for someone who does not know the data set
    """

    name: str
    family: Family
    decay: float
    statistic: str
    unit: str
    meaning: str


def _unit(statistic: str, base: str) -> str:
    if statistic == "weight":
        return "packets"
    if statistic == "pcc":
        return "1"
    return base + "²" if statistic in ("variance", "radius", "covariance") else base


def _seconds(decay: float) -> str:
    half_life = 1 / decay
    return f"{half_life:.1g} s" if half_life < 1 else f"{half_life:.0f} s"


def _feature(family: Family, decay: float, statistic: str) -> Feature:
    value, base = ("length", "s") if family == "HH_jit" else ("frame length", "B")
    what = _MEANING[statistic].format(value=value)
    return Feature(
        name=f"{family}_L{decay:g}_{statistic}",
        family=family,
        decay=decay,
        statistic=statistic,
        unit=_unit(statistic, base),
        meaning=f"Of {_STREAM[family]}: {what}; each counts half after {_seconds(decay)}.",
    )


def _nbaiot115() -> tuple[Feature, ...]:
    return tuple(
        _feature(family, decay, statistic)
        for family, statistics in STATISTICS.items()
        for decay in DECAYS
        for statistic in statistics
    )


FEATURES: Final[dict[str, tuple[Feature, ...]]] = {"nbaiot115": _nbaiot115()}
"""Per schema, its features in column order."""

SCHEMAS: Final[dict[str, FeatureSchema]] = {
    name: FeatureSchema(name, tuple(feature.name for feature in features)) for name, features in FEATURES.items()
}
"""Every schema that can be asked for, by name."""

NBAIOT115: Final = SCHEMAS["nbaiot115"]
"""The 115 statistics of the N-BaIoT data set."""

DATE_COLUMNS: Final = tuple(
    feature.name
    for feature in FEATURES["nbaiot115"]
    if feature.family == "HH_jit" and feature.statistic in ("mean", "variance")
)
"""The ten columns of ``nbaiot115`` that carry the date of the capture: the first packet of a stream counts as that many
seconds after 1970. A model that uses them tells dates apart, so nothing learns from them unless told to."""


def first_column(family: Family) -> int:
    """Index in ``nbaiot115`` of a family's first column."""
    return next(i for i, feature in enumerate(FEATURES["nbaiot115"]) if feature.family == family)
