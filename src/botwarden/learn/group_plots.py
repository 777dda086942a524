"""Pictures that compare parts of the rows: dots with intervals per attack and device, and both as a map."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from botwarden.core.document import Figure
from botwarden.learn.canvas import WIDTH, Theme, draw, key, short
from botwarden.learn.plots import heat
from botwarden.learn.results import GroupResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN: Final = 24
"""Groups in one picture: the worst, where there are more."""


def rates(
    groups: dict[str, Sequence[GroupResult]],
    *,
    name: str,
    title: str,
    label: str = "recall (% of rows)",
    windows: bool = False,
) -> Figure | None:
    """A dot per model and group with its 95 % interval; None for a single one.

    ``groups`` : per model, the same groups in the same order
    """
    chosen = _worst(groups, windows)
    if len(chosen) * len(groups) < 2:
        return None
    models = list(groups)
    step = 0.7 / len(models)
    names = [_title(next(iter(groups.values()))[place]) for place in chosen]

    def paint(axes: "Axes", theme: Theme) -> None:
        for number, model in enumerate(models):
            picked = [groups[model][place] for place in chosen]
            parts = [(one.alarmed if windows else one.flagged) for one in picked]
            value = np.array([part.value or 0.0 for part in parts]) * 100
            low = value - np.array([part.low or 0.0 for part in parts]) * 100
            high = np.array([part.high or 0.0 for part in parts]) * 100 - value
            y = np.arange(len(chosen)) + (number - (len(models) - 1) / 2) * step
            axes.errorbar(
                value, y, xerr=np.maximum([low, high], 0), fmt="osD^v<"[number % 6], markersize=5, elinewidth=1.6,
                capsize=2.5, color=theme.lines[number % len(theme.lines)], label=short(model), clip_on=False,
            )  # fmt: skip
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.set_xlabel(label)
        axes.grid(axis="y", visible=False)
        if len(models) > 1:
            key(axes)

    more = len(next(iter(groups.values()))) - len(chosen)
    text = (
        "Bars are 95 % intervals that take rows as independent; neighbouring packets are alike, so they are too narrow."
    )
    text += f" Shown are the {len(chosen)} worst; {more} more are in the table." if more > 0 else ""
    height = 1.5 + (0.22 + 0.1 * len(models)) * len(chosen)
    return draw(name, title, paint, text=text, size=(WIDTH, height))


def recall_map(groups: Sequence[GroupResult], *, name: str, title: str) -> Figure | None:
    """Recall per device (down) and attack (across); None unless there are several of both."""
    attacks = sorted({one.attack for one in groups if not one.benign})
    devices = sorted({one.device for one in groups if not one.benign})
    if len(attacks) < 2 or len(devices) < 2:
        return None
    values = np.full((len(devices), len(attacks)), np.nan)
    for one in groups:
        if not one.benign and one.flagged.value is not None:
            values[devices.index(one.device), attacks.index(one.attack)] = one.flagged.value * 100
    wide = len(attacks) > 6
    size = (min(2.2 + 0.5 * len(attacks), 2 * WIDTH) if wide else WIDTH, 1.5 + 0.34 * len(devices))

    def paint(axes: "Axes", theme: Theme) -> None:
        names = [short(device, 24) or "unknown" for device in devices]
        heat(axes, theme, values, names, [short(attack, 20) for attack in attacks], "{:.0f}")

    text = "Per cent of the rows of each attack on each device that were called anomalous; empty: no rows."
    return draw(name, title, paint, text=text, size=size, wide=wide)


def _worst(groups: dict[str, Sequence[GroupResult]], windows: bool) -> list[int]:
    """Places of the groups with rows, those with the lowest rate in any model first where not all can be shown."""
    first = next(iter(groups.values()), ())
    known = [place for place in range(len(first)) if first[place].flagged.value is not None]
    if len(known) <= SHOWN:
        return known

    def lowest(place: int) -> float:
        parts = [(of[place].alarmed if windows else of[place].flagged).value for of in groups.values()]
        return min(part for part in parts if part is not None)

    return sorted(sorted(known, key=lowest)[:SHOWN])


def _title(group: GroupResult) -> str:
    if group.benign:
        return short(group.device, 30) or "unknown"
    return short(" · ".join(part for part in (group.device, group.attack) if part) or "all", 30)
