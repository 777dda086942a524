"""What one feature says, in words: a fact about the packets, and what is normal instead.

A *sender* and a *receiver* are the addresses of the packet that a row belongs to; a *conversation* is both with
their ports. All follows from `botwarden.features.schema.FEATURES`: family, decay, statistic and unit.

A stream's weight is turned into the distance between packets that would keep it there. Packets at a steady distance T
bring the damped weight (Mirsky et al. 2018, Kitsune, section IV.A) to the sum of ``2^(-λ T i)`` for i = 0, 1, 2 …,
which is ``w = 1 / (1 - 2^(-λT))``; so ``T = log2(w / (w - 1)) / λ``. For fast packets that is a rate ``1/T`` of
``w λ ln 2`` packets a second. The weight remembers ``1 / (λ ln 2)`` seconds, the mean age of what counts in it.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from botwarden.core.text import count_text
from botwarden.detect.words import gap
from botwarden.features.schema import Family, Feature

_FIRST: Final = 3.0
"""Half-lives of silence from which a packet is a first one rather than one of a row."""
_FORGOTTEN: Final = 20.0
"""Half-lives after which 32-bit numbers know nothing of earlier packets."""
_SINCE_1970: Final = 30 * 86_400.0
"""s. Longer gaps come from the first packet of a stream, whose gap is counted from 1970 (see the schema)."""
_ONLY_1970: Final = 1.05e9
"""s. A mean gap above is of such a packet alone: two of them would halve a date before 2036."""

WHO: Final[dict[Family, str]] = {
    "MI_dir": "from the sender",
    "H": "from the sender's address",
    "HH": "from the sender to this receiver",
    "HH_jit": "from the sender to this receiver",
    "HpHp": "from the sender in this conversation",
}
_BETWEEN: Final[dict[Family, str]] = {
    "HH": "between the sender and this receiver",
    "HpHp": "of this conversation",
}
_WHOSE: Final[dict[Family, str]] = {
    "MI_dir": "sender",
    "H": "sender's address",
    "HH": "to receiver",
    "HH_jit": "to receiver",
    "HpHp": "conversation",
}
_WHAT: Final = {
    "weight": "packet rate",
    "mean": "mean length",
    "variance": "spread of lengths",
    "std": "spread of lengths",
    "magnitude": "mean length, both ways",
    "radius": "spread of lengths, both ways",
    "covariance": "covariance of lengths, both ways",
    "pcc": "correlation of lengths, both ways",
}
_OF_GAPS: Final = {"weight": "number of gaps", "mean": "mean gap", "variance": "spread of gaps"}


@dataclass(frozen=True, slots=True)
class Phrase:
    """fact : what is; value : the heart of it, to compare by; normal : what usually is, as the end of "normal is …"."""

    fact: str
    value: str
    normal: str


def phrase(feature: Feature, value: float, normal: Sequence[float]) -> Phrase:
    """What a value of a feature says; ``normal``: percentiles of it in benign rows, rising, such as 1, 25, 50, 75, 99.

    Nothing is raised for numbers that are not finite or cannot be: they are called unknown.
    """
    low, high = float(normal[0]), float(normal[-1])
    if not math.isfinite(value):
        return Phrase(f"{feature.statistic} of packets {WHO[feature.family]} is unknown", "unknown", _plain(low, high))
    if feature.statistic == "weight":
        return _rate(feature, value, low, high)
    if feature.family == "HH_jit":
        return (_gap_mean if feature.statistic == "mean" else _gap_spread)(feature, value, low, high)
    return _OF_LENGTHS[feature.statistic](feature, value, low, high)


def distance(weight: float, decay: float) -> float:
    """s between packets that keep a stream at this weight; infinite where it remembers one packet only."""
    return math.log2(weight / (weight - 1)) / decay if weight > 1 else math.inf


def is_first(weight: float, decay: float) -> bool:
    """Whether a stream remembers next to nothing before its last packet."""
    return distance(weight, decay) > _FIRST / decay


def window(decay: float) -> str:
    """How far back a feature looks: ``the last 14 s``."""
    seconds = 1 / (decay * math.log(2))
    return f"the last {_seconds(float(f'{seconds:.2g}'))}"


def title(feature: Feature) -> str:
    """What it is, whose, and how far back: "packet rate · to receiver · 14 s"; no two features share one."""
    what = (_OF_GAPS if feature.family == "HH_jit" else _WHAT)[feature.statistic]
    return f"{what} · {_WHOSE[feature.family]} · {window(feature.decay).removeprefix('the last ')}"


def one_packet(feature: Feature, value: float, low: float, high: float) -> Phrase:
    """The mean length of frames, of which there is one."""
    text = _length(value)
    fact = f"the only frame {WHO[feature.family]} over {window(feature.decay)} is {text} bytes long"
    return Phrase(fact, text, f"a mean of {_bytes(low, high)}")


def all_alike(feature: Feature, value: float, low: float, high: float) -> Phrase:
    """The mean length of frames that do not differ."""
    text = _length(value)
    fact = f"frames {WHO[feature.family]} were all {text} bytes long over {window(feature.decay)}"
    return Phrase(fact, text, _bytes(low, high))


def unanswered(feature: Feature, low: float, high: float) -> Phrase:
    """The magnitude, where it is the mean of one direction alone."""
    whom = "from this receiver" if feature.family == "HH" else "in this conversation"
    fact = f"nothing has come back {whom} yet"
    return Phrase(fact, fact, f"{_bytes(low, high)} for the mean lengths of both directions together")


def _rate(feature: Feature, weight: float, low: float, high: float) -> Phrase:
    decay, who = feature.decay, WHO[feature.family]
    apart = distance(weight, decay)
    if apart > _FIRST / decay:
        text = _silence(apart, decay)
        return Phrase(f"this is the first packet {who} {text}", "first", _every(low, high, decay))
    text = f"every {_seconds(apart)}"
    return Phrase(f"packets {who} came {text} over {window(decay)}", text, _every(low, high, decay))


def _silence(apart: float, decay: float) -> str:
    longest = _FORGOTTEN / decay
    if apart < longest:
        return f"for {_seconds(apart)}"
    return f"for over {_seconds(longest)}" + (", or ever" if decay <= 0.01 else "")


def _every(low: float, high: float, decay: float) -> str:
    """Weights from ``low`` to ``high`` as distances, the shortest first."""
    fast, slow = distance(high, decay), distance(low, decay)
    longest = _FORGOTTEN / decay
    if fast >= longest:
        return f"none in {_seconds(longest)}"
    return (
        f"every {_seconds(fast)} or slower" if slow >= longest else f"every {_between(_seconds(fast), _seconds(slow))}"
    )


def _gap_mean(feature: Feature, value: float, low: float, high: float) -> Phrase:
    who = WHO[feature.family]
    text = _long_gap(value)
    if value > _ONLY_1970:
        fact = f"this is the first packet ever {who}"
    elif value > _SINCE_1970:
        fact = f"packets {who} have only just begun"
    else:
        fact = f"packets {who} came {text} apart on average"
        if value < 1 / feature.decay:
            fact += f" over {window(feature.decay)}"
    return Phrase(fact, text, _gaps(low, high, " apart"))


def _gap_spread(feature: Feature, value: float, low: float, high: float) -> Phrase:
    who = WHO[feature.family]
    text = _long_gap(_root(value))
    if _root(value) > _SINCE_1970:
        fact = f"packets {who} have only just begun"
    elif text == "0 s":
        fact = f"the gaps between packets {who} were all equal over {window(feature.decay)}"
    else:
        fact = f"the gaps between packets {who} varied by {text} over {window(feature.decay)}"
    return Phrase(fact, text, _gaps(_root(low), _root(high), ""))


def _mean(feature: Feature, value: float, low: float, high: float) -> Phrase:
    text = _length(value)
    fact = f"frames {WHO[feature.family]} were {text} bytes long on average over {window(feature.decay)}"
    return Phrase(fact, text, _bytes(low, high))


def _variance(feature: Feature, value: float, low: float, high: float) -> Phrase:
    return _std(feature, _root(value), _root(low), _root(high))


def _std(feature: Feature, value: float, low: float, high: float) -> Phrase:
    text = _length(value)
    what = f"frames {WHO[feature.family]}"
    if text == "0":
        fact = f"{what} were all of one length over {window(feature.decay)}"
    else:
        fact = f"the lengths of {what} varied by {text} bytes over {window(feature.decay)}"
    return Phrase(fact, text, _bytes(low, high))


def _magnitude(feature: Feature, value: float, low: float, high: float) -> Phrase:
    text = _length(value)
    what = f"taken together, the mean frame lengths of both directions {_BETWEEN[feature.family]}"
    fact = f"{what} came to {text} bytes over {window(feature.decay)}"
    return Phrase(fact, text, _bytes(low, high))


def _radius(feature: Feature, value: float, low: float, high: float) -> Phrase:
    text = _length(_root(value))
    between = _BETWEEN[feature.family]
    if text == "0":
        fact = f"frames {between} were all of one length each way over {window(feature.decay)}"
    else:
        fact = f"taken together, the frame lengths of both directions {between} varied by {text} bytes over "
        fact += window(feature.decay)
    return Phrase(fact, text, _bytes(_root(low), _root(high)))


def _covariance(feature: Feature, value: float, low: float, high: float) -> Phrase:
    root = _root(value)
    text = _length(root)
    how = "did not change together"
    if text != "0":
        how = f"changed {'together' if value > 0 else 'in opposite ways'}, by about {_length(abs(root))} bytes,"
    fact = f"the lengths of both directions {_BETWEEN[feature.family]} {how} over {window(feature.decay)}"
    return Phrase(fact, text, _bytes(_root(low), _root(high)) + (", below 0 in opposite ways" if low < 0 else ""))


def _pcc(feature: Feature, value: float, low: float, high: float) -> Phrase:
    text = _number(value)
    fact = f"the lengths of both directions {_BETWEEN[feature.family]} were correlated by {text} over "
    fact += window(feature.decay)
    return Phrase(fact, text, _between(_number(low), _number(high)))


_OF_LENGTHS: Final[dict[str, Callable[[Feature, float, float, float], Phrase]]] = {
    "mean": _mean,
    "variance": _variance,
    "std": _std,
    "magnitude": _magnitude,
    "radius": _radius,
    "covariance": _covariance,
    "pcc": _pcc,
}


def _root(value: float) -> float:
    """The square root of a square's size, with its sign."""
    return math.copysign(math.sqrt(abs(value)), value)


def _length(size: float) -> str:
    """Bytes without their unit, one decimal below ten."""
    if abs(size) >= 9.95:
        return count_text(size)
    text = f"{size:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _number(value: float) -> str:
    text = f"{value:.2f}"
    return "0" if text in ("0.00", "-0.00") else text


def _bytes(low: float, high: float) -> str:
    return _between(_length(low), _length(high)) + " bytes"


def _plain(low: float, high: float) -> str:
    return _between(f"{low:.3g}", f"{high:.3g}")


def _seconds(seconds: float) -> str:
    if seconds < 1e-6:
        return "0 s" if seconds < 1e-9 else "under 0.001 ms"
    return gap(seconds).replace(".0 s", " s")


def _long_gap(seconds: float) -> str:
    return "none" if seconds > _SINCE_1970 else _seconds(max(seconds, 0.0))


def _gaps(low: float, high: float, apart: str) -> str:
    if low > _SINCE_1970:
        return "the same"
    if high > _SINCE_1970:
        return f"{_seconds(max(low, 0.0))}{apart} or more"
    return _between(_long_gap(low), _long_gap(high)) + apart


def _between(low: str, high: str) -> str:
    """``74 to 590``; one of them where they read the same; a unit that both share once."""
    if low == high:
        return low
    number, _, unit = low.partition(" ")
    return f"{number if unit and high.endswith(' ' + unit) and high.count(' ') == 1 else low} to {high}"
