"""The 115 statistics of the lab beside those of N-BaIoT: words, tables, pictures."""

from pathlib import Path
from typing import Any

import numpy as np
from lab_data_numbers import DECAY, distances, rates
from lab_data_rows import Data, things
from lab_data_words import quantile_text, say, table
from numpy.typing import NDArray

from botwarden.core.row import Rows
from botwarden.features.schema import DATE_COLUMNS, FEATURES, STATISTICS
from botwarden.learn.canvas import Theme, draw, key, logarithmic, plain

CLOSE, FAR = 0.3, 0.7
"""Distances below and above which a column is called alike and unlike."""
SHOWN = (
    "MI_dir_L1_weight", "MI_dir_L1_mean", "MI_dir_L1_variance", "HH_L1_weight", "HH_L1_mean", "HH_L1_std",
    "HH_L1_radius", "HH_jit_L1_weight", "HpHp_L1_weight", "HpHp_L1_mean",
)  # fmt: skip


def columns(data: Data, images: Path) -> list[str]:
    """The section on columns; its pictures go to ``images``."""
    say("comparing columns")
    lab = things(data.lab)
    lab_benign, lab_attack = lab.take(lab.benign), lab.take(~lab.benign)
    pairs = {
        "benign: lab and N-BaIoT": distances(lab_benign.values, data.benign.values),
        "benign: camera LAN and N-BaIoT": distances(data.camera.values, data.benign.values),
        "attacks: lab and N-BaIoT": distances(lab_attack.values, data.attack.values),
        "attacks: Kitsune and N-BaIoT": distances(data.kitsune_attack.values, data.attack.values),
        "benign: N-BaIoT twice": distances(data.test.values, data.benign.values),
    }
    learnt = np.array([feature.name not in DATE_COLUMNS for feature in FEATURES["nbaiot115"]])
    lines = [
        [name, *(f"{value:.2f}" for value in np.quantile(far[learnt], (0.1, 0.5, 0.9))),
         str(int((far[learnt] < CLOSE).sum())), str(int((far[learnt] > FAR).sum()))]
        for name, far in pairs.items()
    ]  # fmt: skip
    _distance_picture(pairs, images / "lab-data-distances.png")
    for what, mine, theirs in (("benign", lab_benign, data.benign), ("attack", lab_attack, data.attack)):
        _range_picture(what, mine.values, theirs.values, images / f"lab-data-{what}.png")
    return [
        "## The 115 statistics, column by column",
        "The distance of Kolmogorov and Smirnov is the largest difference between two cumulative distributions: 0 "
        "where they are the same, 1 where they do not overlap. The ten columns that carry a date are left out of "
        "this table, and so are the rows of the lab's laptop and router: N-BaIoT has neither. Two real networks are "
        "unlike too, and that is the measure:",
        table(["rows", "p10", "median", "p90", f"columns below {CLOSE:g}", f"above {FAR:g}"], lines, 1),
        *_distance_words(pairs, learnt),
        "![Distance of each statistic](images/lab-data-distances.png)",
        "From the 10th to the 90th percentile, with the median, of some columns over a second:",
        "![Benign rows](images/lab-data-benign.png)",
        "![Rows of attacks](images/lab-data-attack.png)",
        *_rate_words(lab_benign, lab_attack, data),
        *_quantiles(lab_benign, lab_attack, data),
    ]


def _distance_words(pairs: dict[str, NDArray[np.float64]], learnt: NDArray[np.bool_]) -> list[str]:
    names = np.array([feature.name for feature in FEATURES["nbaiot115"]])[learnt]
    told = []
    for what, other in (("benign", "camera LAN"), ("attacks", "Kitsune")):
        mine, theirs = pairs[f"{what}: lab and N-BaIoT"][learnt], pairs[f"{what}: {other} and N-BaIoT"][learnt]
        worse = int((mine > theirs).sum())
        order = np.argsort(mine)
        best, worst = (", ".join(f"`{names[n]}` ({mine[n]:.2f})" for n in some) for some in (order[:4], order[-4:]))
        said = (
            "the lab is further from N-BaIoT than"
            if np.median(mine) > np.median(theirs)
            else "the lab is nearer to N-BaIoT than"
        )
        told.append(
            f"- **{what.capitalize()}**: by the median {said} another real network is ({other}: "
            f"{np.median(theirs):.2f}, the lab: {np.median(mine):.2f}); in {worse} of {len(names)} columns it is "
            f"further. Nearest: {best}. Furthest: {worst}."
        )
    return ["\n".join(told)]


def _rate_words(lab_benign: Rows, lab_attack: Rows, data: Data) -> list[str]:
    lines = [
        [name, *(quantile_text(value) for value in np.quantile(rates(rows), (0.1, 0.5, 0.9)))]
        for name, rows in (
            ("lab: benign", lab_benign), ("N-BaIoT: benign", data.benign),
            ("lab: attacks", lab_attack), ("N-BaIoT: attacks", data.attack), ("Kitsune: attacks", data.kitsune_attack),
        )
    ]  # fmt: skip
    mine, theirs = np.quantile(rates(lab_attack), 0.9), np.quantile(rates(data.attack), 0.9)
    return [
        f"A sender's packets per second follow from `MI_dir_L{DECAY:g}_weight` (a steady rate r leads to a weight of "
        "r/(λ ln 2)):",
        table(["rows", "p10", "p50", "p90"], lines, 1),
        f"The lab's bots may send 1,000 packets a second at most, and do less: the 90th percentile is "
        f"{quantile_text(mine)} a second, that of N-BaIoT {quantile_text(theirs)}.",
    ]


def _quantiles(lab_benign: Rows, lab_attack: Rows, data: Data) -> list[str]:
    lines = []
    for number, feature in enumerate(FEATURES["nbaiot115"]):
        cells = [
            " / ".join(quantile_text(value) for value in np.quantile(rows.values[:, number], (0.1, 0.5, 0.9)))
            for rows in (lab_benign, data.benign, lab_attack, data.attack)
        ]
        far = (
            float(distances(one.values[:, [number]], two.values[:, [number]])[0])
            for one, two in ((lab_benign, data.benign), (lab_attack, data.attack))
        )
        lines.append([f"`{feature.name}`", *cells, *(f"{value:.2f}" for value in far)])
    head = ["column", "lab, benign", "N-BaIoT, benign", "lab, attacks", "N-BaIoT, attacks", "KS benign", "KS attacks"]
    return [
        "<details><summary>All 115 columns: 10th percentile / median / 90th, and distances</summary>",
        table(head, lines, 1),
        "</details>",
    ]


def _distance_picture(pairs: dict[str, NDArray[np.float64]], path: Path) -> None:
    """A dot per family and statistic, averaged over the five decays."""
    features = FEATURES["nbaiot115"]
    kinds = [(family, statistic) for family, statistics in STATISTICS.items() for statistic in statistics]
    places = np.arange(len(kinds))[::-1]

    def paint(axes: Any, theme: Theme) -> None:
        for name, far in pairs.items():
            if name.endswith("twice"):
                continue
            means = [
                np.mean([d for d, one in zip(far, features, strict=True) if (one.family, one.statistic) == kind])
                for kind in kinds
            ]
            real = "lab" not in name
            attack = name.startswith("attack")
            colour = theme.lines[1 if attack else 0]
            filled = theme.ground if real else colour
            axes.plot(means, places, "D" if attack else "o", label=name, color=colour, markerfacecolor=filled)
        axes.set_yticks(places, [f"{family} {statistic}" for family, statistic in kinds])
        axes.set_xlim(0, 1)
        axes.set_xlabel("Kolmogorov–Smirnov distance, mean of the five decays")
        key(axes, columns=2)

    path.write_bytes(draw("distances", "Distances", paint, size=(7.2, 7.0)).png)


def _range_picture(what: str, mine: NDArray[Any], theirs: NDArray[Any], path: Path) -> None:
    names = [feature.name for feature in FEATURES["nbaiot115"]]
    places = np.arange(len(SHOWN))[::-1]
    floor = 1e-3

    def paint(axes: Any, theme: Theme) -> None:
        for side, (label, values) in enumerate((("lab", mine), ("N-BaIoT", theirs))):
            columns = values[:, [names.index(name) for name in SHOWN]]
            low, middle, high = np.maximum(np.quantile(columns, (0.1, 0.5, 0.9), axis=0), floor)
            at = places + (0.15 if side == 0 else -0.15)
            axes.hlines(at, low, high, color=theme.lines[side], linewidth=5, alpha=0.55)
            axes.plot(middle, at, "o", color=theme.lines[side], label=label)
        axes.set_yticks(places, SHOWN)
        logarithmic(axes, "x", lambda value: "≤ 0.001" if value <= floor else plain(value))
        key(axes)

    path.write_bytes(draw(what, what, paint, size=(7.2, 4.6)).png)
