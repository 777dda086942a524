"""Plots of one device's traffic as SVG, drawn here so that the page needs no script.

Lines are drawn in a box of `WIDTH` by `HEIGHT` that the page stretches to its width; text stays outside of it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from botwarden.app.summary import title
from botwarden.core.report import Series
from botwarden.core.text import duration_text, span_text, utc
from botwarden.core.verdict import SEVERITIES, Verdict
from botwarden.web.axis import Axis, Tick

WIDTH: Final = 1000
HEIGHT: Final = 100
POINTS: Final = 250
"""Bins per line: about what a screen's width can show, and what keeps the page small."""
SPARK_POINTS: Final = 80
"""The same for the small plots in a table."""
HEADROOM: Final = 4
"""What the highest value leaves free, for the width of its line."""
WIDTHS: Final = (1e-6, 1e9)
"""Seconds per bin that can be meant: from a capture's resolution to thirty years."""
MOST: Final = 1e15
"""Counts above this are drawn as this: no capture holds them, but a damaged clock may compute them."""
SHADED: Final = 30
"""Verdicts whose time is shaded."""

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a plot: `name` for its key, and the class that the style sheet colours it by."""

    name: str
    style: str
    values: Values


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawn plot with the texts around it."""

    title: str
    keys: list[tuple[str, str]]
    """Name and style of every curve, where there are several."""
    top: str
    """The value at the upper edge; the lower edge is 0."""
    svg: Markup
    ticks: list[Tick]


def plots(series: Series, verdicts: list[Verdict], axis: Axis) -> list[Plot]:
    """Traffic, new targets and failures over time; those without a single count are left out.

    Of a series whose clock makes no sense there is no plot.
    """
    if not _drawable(series):
        return []
    bins = _binned(series)
    per = duration_text(bins.width)
    curves = {
        "Packets per second": [Curve("sent", "sent", bins.sent), Curve("received", "received", bins.received)],
        f"New addresses and ports contacted, per {per}": [Curve("new targets", "targets", bins.targets)],
        f"Attempts that failed, per {per}": [Curve("failures", "failures", bins.failures)],
    }
    back = _shades(verdicts, axis) + _grid(axis)
    drawn = []
    for name, lines in curves.items():
        top = max(float(line.values.max(initial=0.0)) for line in lines)
        if top > 0:
            keys = [(line.name, line.style) for line in lines] if len(lines) > 1 else []
            areas = [_area(line.values, top, series.start, bins.width, axis, line.style) for line in lines]
            drawn.append(Plot(name, keys, _number(top), _svg(name, top, back + Markup("").join(areas)), axis.ticks()))
    return drawn


def sparkline(series: Series, axis: Axis) -> Markup:
    """All packets over time, small, for a table's cell; nothing of a series whose clock makes no sense."""
    if not _drawable(series):
        return Markup("")
    bins = _binned(series, SPARK_POINTS)
    both = bins.sent + bins.received
    area = _area(both, float(both.max(initial=0.0)), series.start, bins.width, axis, "sent")
    frame = Markup('<svg class="spark" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">{}</svg>')
    return frame.format(WIDTH, HEIGHT, area)


def _svg(name: str, top: float, content: Markup) -> Markup:
    frame = Markup(
        '<svg viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}, at most {}">{}</svg>'
    )
    return frame.format(WIDTH, HEIGHT, name, _number(top), content)


def _grid(axis: Axis) -> Markup:
    line = Markup('<path class="grid" d="M{:.1f} 0V{}"/>')
    return Markup("").join(line.format(tick.percent * WIDTH / 100, HEIGHT) for tick in axis.ticks())


def _shades(verdicts: list[Verdict], axis: Axis) -> Markup:
    """The times of the verdicts, the worst drawn last."""
    order = sorted(verdicts[:SHADED], key=lambda verdict: SEVERITIES.index(verdict.severity))
    return Markup("").join(_shade(verdict, axis) for verdict in order)


def _shade(verdict: Verdict, axis: Axis) -> Markup:
    left = axis.percent(verdict.first_ts) * WIDTH / 100
    width = max(axis.percent(verdict.last_ts) * WIDTH / 100 - left, 2.0)
    words = f"{title(verdict)}, {span_text(verdict.first_ts, verdict.last_ts)}"
    box = Markup('<rect class="shade s-{}" x="{:.1f}" y="0" width="{:.1f}" height="{}"><title>{}</title></rect>')
    return box.format(verdict.severity, left, width, HEIGHT, words)


def _area(values: Values, top: float, start: float, width: float, axis: Axis, style: str) -> Markup:
    """Steps from bin to bin as a filled area and its upper edge; runs of equal bins are one step."""
    if not len(values) or top <= 0:
        return Markup("")
    scale = WIDTH / (axis.end - axis.start)
    edges = np.clip((start + np.arange(len(values) + 1) * width - axis.start) * scale, 0, WIDTH)
    heights = HEIGHT - np.clip(values / top, 0, 1) * (HEIGHT - HEADROOM)
    turns = np.flatnonzero(np.diff(heights, prepend=np.nan) != 0)
    ends = [*turns[1:], len(values)]
    steps = "".join(f"V{heights[i]:.1f}H{edges[j]:.1f}" for i, j in zip(turns, ends, strict=True))
    line = f"M{edges[0]:.1f} {HEIGHT}{steps}V{HEIGHT}"
    return Markup('<g class="{}"><path class="area" d="{}Z"/><path class="line" d="{}"/></g>').format(style, line, line)


@dataclass(frozen=True, slots=True)
class _Bins:
    """A series in few bins: ``width`` seconds each, packets as rates per second, the others as counts per bin."""

    width: float
    sent: Values
    received: Values
    targets: Values
    failures: Values


def _drawable(series: Series) -> bool:
    return WIDTHS[0] <= series.width <= WIDTHS[1] and utc(series.start) is not None


def _binned(series: Series, points: int = POINTS) -> _Bins:
    group = max(1, -(-len(series.packets_sent) // points))
    return _Bins(
        series.width * group,
        _means(series.packets_sent, group) / series.width,
        _means(series.packets_received, group) / series.width,
        _sums(series.new_targets, group),
        _sums(series.failures, group),
    )


def _sums(values: Values, group: int) -> Values:
    counts = np.clip(np.nan_to_num(values.astype(np.float64), nan=0.0), 0, MOST)
    starts = np.arange(0, len(counts), group)
    return np.asarray(np.add.reduceat(counts, starts) if len(starts) else counts, dtype=np.float64)


def _means(values: Values, group: int) -> Values:
    """Like `_sums`, per bin of the series: the last group may hold fewer."""
    sums = _sums(values, group)
    sizes = np.minimum(group, len(values) - np.arange(len(sums)) * group)
    return np.asarray(sums / sizes, dtype=np.float64)


def _number(value: float) -> str:
    if value >= 1e7:
        return f"{value:.1e}"
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
