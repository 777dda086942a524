"""What an evaluation found, as pictures. Each returns None where there is nothing to be seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.document import Figure
from botwarden.learn.canvas import HEIGHT, WIDTH, Theme, draw, key, logarithmic, plain, short
from botwarden.learn.curves import Points
from botwarden.learn.results import Histogram, ModelResult, SweepRow
from botwarden.learn.timing import Detection
from botwarden.learn.wording import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PERCENT: Final = 100.0


@dataclass(frozen=True, slots=True)
class Line:
    """A curve with its name; ``baseline`` where it is there to be compared with."""

    name: str
    points: Points
    baseline: bool = False


def roc_lines(models: Sequence[ModelResult], baselines: Sequence[ModelResult]) -> list[Line]:
    """The curves of models and baselines, by row."""
    return [Line(one.about.name, one.ranking.points) for one in models] + [
        Line(one.about.name, one.ranking.points, True) for one in baselines
    ]


def window_lines(models: Sequence[ModelResult]) -> list[Line]:
    """The curves of those models that decide by majority window."""
    return [
        Line(f"{one.about.name}, {one.about.window} rows", one.window_ranking.points)
        for one in models
        if one.window_ranking is not None
    ]


def roc(
    lines: Sequence[Line], benign: int, *, name: str = "roc", title: str = "Recall at few false positives"
) -> Figure | None:
    """Recall over the false-positive rate on a logarithmic axis; ``benign`` rows: how low a rate they can show."""
    shown = [line for line in lines if line.points.fpr]
    if not shown or not benign:
        return None
    floor = 0.5 / benign

    def paint(axes: "Axes", theme: Theme) -> None:
        for line, style in _styled(shown, theme):
            fpr = np.maximum(line.points.fpr, floor)
            axes.step(fpr, np.multiply(line.points.tpr, _PERCENT), where="post", label=short(line.name), **style)
        logarithmic(axes, "x", percent)
        axes.set(xlim=(floor, 1), ylim=(-1, 103))
        axes.set(xlabel="false-positive rate (of benign rows)", ylabel="recall (% of attack rows)")
        key(axes)

    text = f"Up and left is better. The left edge stands for no false positive among {benign:,} benign rows."
    return draw(name, title, paint, text=text)


def det(lines: Sequence[Line], benign: int, attack: int, *, name: str = "det") -> Figure | None:
    """Attacks missed over false positives, both logarithmic: where good models differ (Martin et al. 1997)."""
    shown = [line for line in lines if line.points.fpr]
    if not shown or not benign or not attack:
        return None
    left, bottom = 0.5 / benign, 0.5 / attack

    def paint(axes: "Axes", theme: Theme) -> None:
        for line, style in _styled(shown, theme):
            missed = np.maximum(1 - np.array(line.points.tpr), bottom)
            axes.step(np.maximum(line.points.fpr, left), missed, where="post", label=short(line.name), **style)
        logarithmic(axes, "x", percent)
        logarithmic(axes, "y", percent)
        axes.set(xlim=(left, 1), ylim=(bottom, 1.5))
        axes.set(xlabel="false-positive rate (of benign rows)", ylabel="missed (of attack rows)")
        key(axes)

    text = "Down and left is better; the edges stand for none at all. Both axes are logarithmic."
    return draw(name, "Attacks missed and false positives", paint, text=text)


def precision_recall(lines: Sequence[Line], *, name: str = "precision-recall") -> Figure | None:
    """Precision over recall."""
    shown = [line for line in lines if line.points.fpr]
    if not shown:
        return None

    def paint(axes: "Axes", theme: Theme) -> None:
        for line, style in _styled(shown, theme):
            recall = np.array(line.points.tpr) * _PERCENT
            precision = np.array([*line.points.precision[1:2], *line.points.precision[1:]]) * _PERCENT
            axes.step(recall, precision, where="pre", label=short(line.name), **style)
        axes.set(xlim=(0, 101), ylim=(0, 103))
        axes.set(xlabel="recall (% of attack rows)", ylabel="precision (% of flagged rows)")
        key(axes)

    text = "Precision depends on how many attacks are among the rows; in a house there are far fewer than here."
    return draw(name, "Precision and recall", paint, text=text)


def score_histogram(histogram: Histogram | None, model: str, *, name: str = "scores") -> Figure | None:
    """How scores of benign rows and of attacks lie about the threshold."""
    if histogram is None:
        return None
    edges = np.array(histogram.edges)

    def paint(axes: "Axes", theme: Theme) -> None:
        for values, label, number in ((histogram.benign, "benign", 0), (histogram.attack, "attack", 1)):
            colour = theme.lines[number]
            hatch = "" if number == 0 else "////"
            axes.stairs(values, edges, fill=True, color=colour, alpha=0.25)
            axes.stairs(values, edges, color=colour, linewidth=1.6, label=label, hatch=hatch)
        if histogram.threshold is not None and edges[0] <= histogram.threshold <= edges[-1]:
            axes.axvline(histogram.threshold, color=theme.ink, linewidth=1.6, linestyle=(0, (4, 2)), label="threshold")
        logarithmic(axes, "y", plain)
        axes.set_ylim(bottom=0.7)
        if histogram.logarithmic:
            logarithmic(axes, "x", plain)
        axes.set_xlim(edges[0], edges[-1])
        axes.set(xlabel="score" + (" (multiples of the threshold)" if histogram.relative else ""), ylabel="rows")
        key(axes, 3)

    text = (
        "What lies right of the threshold is called anomalous. Both axes are logarithmic."
        if histogram.logarithmic
        else ("What lies right of the threshold is called anomalous.")
    )
    return draw(name, f"Scores of {short(model)}", paint, text=text)


def threshold_sweep(sweep: Sequence[SweepRow], model: str, *, name: str = "sweep") -> Figure | None:
    """Errors over N in the threshold mean + N · std."""
    rows = [row for row in sweep if row.counts.tpr is not None and row.counts.fpr is not None]
    if not rows:
        return None
    n = [row.n for row in rows]
    wrong = np.array([row.counts.fpr for row in rows], np.float64)
    missed = np.array([1 - (row.counts.tpr or 0.0) for row in rows])
    positive = np.concatenate([wrong[wrong > 0], missed[missed > 0]])
    floor = float(positive.min()) / 3 if len(positive) else 1e-6

    def paint(axes: "Axes", theme: Theme) -> None:
        for number, (values, label) in enumerate(((wrong, "false positives"), (missed, "attacks missed"))):
            marker = ("o", "s")[number]
            axes.plot(n, np.maximum(values, floor), marker=marker, label=label, markersize=5, **theme.line(number))
        logarithmic(axes, "y", percent)
        axes.set(xlabel="N in the threshold mean + N · std", ylabel="wrong (of benign, of attack rows)", xticks=n)
        axes.set_ylim(floor * 0.8, 1.3)
        key(axes)

    text = "The threshold is set on half of the benign rows, judged on the rest. The lower edge stands for none."
    return draw(name, f"Threshold sweep of {short(model)}", paint, text=text)


def reliability(result: ModelResult, *, name: str = "reliability") -> Figure | None:
    """How often judgements of a confidence were right."""
    if result.classes is None or not result.classes.reliability:
        return None
    bins = result.classes.reliability

    def paint(axes: "Axes", theme: Theme) -> None:
        axes.plot([0, 1], [0, 1], color=theme.muted, linewidth=1.2, linestyle=(0, (1, 2)), label="as claimed")
        axes.plot([b.confidence for b in bins], [b.right for b in bins], marker="o", label="found", **theme.line(0))
        axes.set(xlabel="confidence", ylabel="share that was right", ylim=(-0.02, 1.05))
        axes.set_xlim(min(0.5, bins[0].confidence) - 0.02, 1.02)
        key(axes)

    error = result.classes.calibration_error or 0.0
    text = f"Points below the dotted line are claims too bold. On average claims are off by {error:.2g}."
    return draw(name, f"Can the confidence of {short(result.about.name)} be trusted?", paint, text=text)


def time_to_detect(
    found: Mapping[str, Sequence[Detection]], *, seconds: bool, window: bool = False, name: str = "time-to-detect"
) -> Figure | None:
    """The share of attacks noticed after so many seconds, or rows; per model, by row or by majority window."""
    curves = {}
    for model, detections in found.items():
        values = [_until(one, seconds, window) for one in detections]
        if values:
            curves[model] = np.sort(np.array([np.inf if value is None else value for value in values], np.float64))
    finite = np.concatenate([values[np.isfinite(values)] for values in curves.values()]) if curves else np.zeros(0)
    if not len(finite):
        return None
    positive = finite[finite > 0]
    low = max(1e-3, float(positive.min()) / 1.5 if len(positive) else 0.0) if seconds else 0.8
    high = max(float(finite.max()) * 1.5, low * 20)

    def paint(axes: "Axes", theme: Theme) -> None:
        for number, (model, values) in enumerate(curves.items()):
            known = np.maximum(values[np.isfinite(values)], low)
            x = np.concatenate([[low], known, [high]])
            share = np.concatenate([np.arange(len(known) + 1), [len(known)]]) * _PERCENT / len(values)
            axes.step(x, share, where="post", label=short(model), **theme.line(number))
        logarithmic(axes, "x", plain)
        axes.set(xlim=(low, high), ylim=(-1, 103))
        unit = "seconds after its first packet" if seconds else "rows of the attack"
        axes.set(xlabel=unit, ylabel="attacks noticed (%)")
        key(axes)

    way = "by majority window" if window else "by its first anomalous row"
    missed = "A curve that ends below 100 % belongs to a model that misses attacks altogether."
    return draw(name, f"Time until an attack is noticed, {way}", paint, text=missed)


def learning_curves(
    curves: Mapping[str, tuple[Sequence[float], Sequence[float]]], *, name: str = "learning", unit: str = "loss"
) -> Figure | None:
    """Per model, its loss on the rows it learns from and on others, epoch by epoch; one may be empty."""
    shown = {model: pair for model, pair in curves.items() if len(pair[0]) or len(pair[1])}
    if not shown:
        return None

    def paint(axes: "Axes", theme: Theme) -> None:
        for number, (model, (train, other)) in enumerate(shown.items()):
            colour = theme.lines[number % len(theme.lines)]
            if len(train):
                axes.plot(
                    np.arange(1, len(train) + 1),
                    train,
                    color=colour,
                    alpha=0.55,
                    linewidth=1.3,
                    label=f"{short(model)}, learned",
                )
            if len(other):
                axes.plot(np.arange(1, len(other) + 1), other, color=colour, label=f"{short(model)}, held out")
        values = np.concatenate([np.asarray(part, np.float64) for pair in shown.values() for part in pair])
        if len(values) and np.nanmin(values) > 0:
            logarithmic(axes, "y", plain)
        axes.set(xlabel="epoch", ylabel=unit)
        key(axes)

    text = "Thin: on rows that are learned from. Thick: on others; where it turns up again, training must stop."
    return draw(name, "Learning curves", paint, text=text)


def confusion(
    matrix: NDArray[np.int64], true: Sequence[str], said: Sequence[str], *, name: str, title: str
) -> Figure | None:
    """Rows by what they are (down) and what they were called (across), as shares of each true class."""
    total = matrix.sum(axis=1, keepdims=True)
    if not total.any():
        return None
    share = np.divide(matrix, total, out=np.zeros(matrix.shape), where=total > 0)
    labels = [f"{short(label, 22)} ({int(rows):,})" for label, rows in zip(true, total[:, 0], strict=True)]
    width = WIDTH if len(said) <= 6 else min(2.4 + 0.55 * len(said), 2 * WIDTH)
    height = max(HEIGHT, 1.4 + 0.36 * len(true))
    across = [short(label, 22) for label in said]

    def paint(axes: "Axes", theme: Theme) -> None:
        heat(axes, theme, share * _PERCENT, labels, across, "{:.0f}")
        axes.set(xlabel="called", ylabel="is (rows)")

    text = "Per cent of the rows of each class; a perfect classifier has 100 on the diagonal."
    return draw(name, title, paint, text=text, size=(width, height), wide=len(said) > 6)


def heat(
    axes: "Axes", theme: Theme, values: NDArray[np.float64], down: Sequence[str], across: Sequence[str], pattern: str
) -> None:
    """A matrix of per cent (NaN: nothing) as a coloured table with its numbers."""
    from matplotlib.colors import LinearSegmentedColormap  # noqa: PLC0415 - of the extra `train`

    colours = LinearSegmentedColormap.from_list("share", list(theme.map))
    axes.imshow(values, cmap=colours, vmin=0, vmax=_PERCENT, aspect="auto")
    axes.grid(False)
    slanted = max(map(len, across), default=0) > 6
    axes.set_xticks(
        range(len(across)),
        across,
        rotation=40 if slanted else 0,
        ha="right" if slanted else "center",
        rotation_mode="anchor",
    )
    axes.set_yticks(range(len(down)), down)
    for (row, column), value in np.ndenumerate(values):
        if np.isnan(value):
            continue
        # what is nearly nothing or nearly all must not read as nothing or all
        text = "<1" if 0 < value < 0.5 else ">99" if 99.5 <= value < 100 else pattern.format(value)
        colour = theme.on_map if value > 55 else theme.ink
        axes.text(column, row, "·" if value == 0 else text, ha="center", va="center", color=colour, fontsize=9)


def _styled(lines: Sequence[Line], theme: Theme) -> list[tuple[Line, dict[str, Any]]]:
    models = [line for line in lines if not line.baseline]
    rest = [line for line in lines if line.baseline]
    return [(line, theme.line(number) | {"zorder": 3}) for number, line in enumerate(models)] + [
        (line, theme.baseline(number)) for number, line in enumerate(rest)
    ]


def _until(one: Detection, seconds: bool, window: bool) -> float | None:
    if seconds:
        return one.window_seconds_until if window else one.seconds_until
    return one.window_rows_until if window else one.rows_until
