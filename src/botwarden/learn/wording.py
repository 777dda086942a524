"""Numbers of an evaluation as people read them."""

from typing import Final

from botwarden.core.text import duration_text
from botwarden.learn.curves import AtRate
from botwarden.learn.metrics import Rate

NONE: Final = "–"
FEW: Final = "*: too few benign rows to see a rate that low; this is the recall without any false positive."


def share(value: float | None) -> str:
    """0.9987 as ``99.87 %``, with more digits towards both ends: what is not all never reads as 100 %, nor as 0 %."""
    if value is None:
        return NONE
    if value in (0.0, 1.0):
        return f"{value * 100:.0f} %"
    distance = min(value, 1 - value)
    digits = 1 if distance >= 0.05 else 2 if distance >= 0.0005 else 3 if distance >= 0.00005 else 4
    text = f"{value * 100:.{digits}f}"
    if float(text) == 100.0:
        return ">99.9999 %"
    return f"{text} %" if float(text) else "<0.0001 %"


def percent(rate: float) -> str:
    """A rate that was chosen: 0.001 as ``0.1 %``."""
    return f"{rate * 100:g} %"


def with_interval(rate: Rate, blocks: bool = False) -> str:
    """A rate with its 95 % interval: ``99.87 % (99.80 – 99.92)``."""
    between = interval(rate, blocks)
    return f"{share(rate.value)} ({between})" if between else share(rate.value)


def interval(rate: Rate, blocks: bool = False) -> str:
    """The 95 % interval in per cent: ``99.80 – 99.92``; empty where there is none."""
    low, high = (rate.low_blocks, rate.high_blocks) if blocks else (rate.low, rate.high)
    return "" if low is None or high is None else f"{share(low).removesuffix(' %')} – {share(high).removesuffix(' %')}"


def at_rate(found: AtRate) -> str:
    """Recall at a false-positive rate; marked with an asterisk where the benign rows are too few to tell."""
    return share(found.tpr) + ("" if found.certain or found.tpr is None else " *")


def area(value: float | None) -> str:
    """An area under a curve: ``0.9987``."""
    if value is None:
        return NONE
    return f"{min(value, 0.9999):.4f}" if 0.99995 <= value < 1 else f"{value:.4f}"


def number(value: float | None) -> str:
    """A quantity with three digits that count: ``0.0123``, ``4.2``, ``1,230``."""
    if value is None:
        return NONE
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def seconds(value: float | None) -> str:
    """A length of time."""
    return NONE if value is None else duration_text(value)


def rows(value: int | None) -> str:
    """A number of rows."""
    return NONE if value is None else f"{value:,}"
