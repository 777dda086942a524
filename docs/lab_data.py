"""Writes ``lab-data.md``: the lab's data set beside real traffic, in numbers, pictures and words.

botwarden lab dataset --out lab/ --features                    # a quarter of an hour, as root
botwarden lab dataset --out other/ --features --quick --seed 2
python docs/lab_data.py --data lab/ --other other/ --real ../shared/data   # some minutes
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch
from lab_data_numbers import (
    DECAY,
    Facts,
    Judged,
    Told,
    confusion,
    distances,
    facts,
    judged,
    quantile_text,
    rates,
)
from numpy.typing import NDArray

from botwarden._version import __version__
from botwarden.app.experiment import machine
from botwarden.app.lab_dataset import MANIFEST, Manifest
from botwarden.app.lab_table import CAPTURE, LABELS
from botwarden.app.rows import open_rows
from botwarden.core.row import ATTACK, Group, Rows, concatenate
from botwarden.features.schema import DATE_COLUMNS, FEATURES, STATISTICS
from botwarden.lab import plan
from botwarden.learn.canvas import Theme, draw, key, logarithmic, plain
from botwarden.learn.classes import GAFGYT, MIRAI
from botwarden.learn.dataset import collect
from botwarden.learn.plots import confusion as draw_confusion

PAGE = Path(__file__).with_name("lab-data.md")
SAMPLE = 20_000
"""Rows of a kind that are compared."""
PER_CLASS = 4_000
"""Rows of each class on each device that name classes, and that are named."""
CLOSE, FAR = 0.3, 0.7
"""Distances below and above which a column is called alike and unlike."""
SHOWN = (
    "MI_dir_L1_weight", "MI_dir_L1_mean", "MI_dir_L1_variance", "HH_L1_weight", "HH_L1_mean", "HH_L1_std",
    "HH_L1_radius", "HH_jit_L1_weight", "HpHp_L1_weight", "HpHp_L1_mean",
)  # fmt: skip


ATTACKS = (*GAFGYT, *MIRAI)


UNLIKE = (
    "## What no number above says",
    "\n".join(
        (
            "- There is no radio. Nothing is lost, nothing is sent twice, and an answer takes a tenth of a millisecond "
            "(or, stretched, some milliseconds). A real house has Wi-Fi, and an internet that is far away.",
            "- Programs are few: one TLS library, one kernel and one web server stand for all makers. Real devices "
            "have stacks of their own, with other windows, options and moods.",
            "- Nine devices live there, and habits are a page of code each. A real one has rare ones: a day without a "
            "line, a guest, a new app.",
            "- Bots are slow (1,000 packets a second at most) and play ten seconds of each attack, not minutes; so the "
            "statistics with a memory of 10 s and 100 s never settle as they do in N-BaIoT.",
            "- They are written by us after published descriptions, and so is the detector. That a scan of the lab is "
            "found proves that both follow the same description.",
            "- The victim is one machine that answers, the scanned internet has 4,096 addresses of which a few hundred "
            "answer, and forged sources come from these.",
        )
    ),
)


@dataclass(frozen=True, slots=True)
class Data:
    """Rows of the lab, of another lab (another seed), and real ones: N-BaIoT and two other networks."""

    lab: Rows
    other: Rows
    benign: Rows
    test: Rows
    attack: Rows
    camera: Rows
    kitsune_benign: Rows
    kitsune_attack: Rows


def main() -> None:
    """Measure, draw and write the page."""
    parser = argparse.ArgumentParser(description="Writes docs/lab-data.md.")
    parser.add_argument("--data", type=Path, required=True, help="a data set of the lab, with its table")
    parser.add_argument("--other", type=Path, required=True, help="one of another seed, to judge by")
    parser.add_argument("--real", type=Path, required=True, help="a folder with nbaiot/, parity/ and so on")
    parser.add_argument("--page", type=Path, default=PAGE)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    started = time.monotonic()
    first, second = (_manifest(folder) for folder in (asked.data, asked.other))
    data = _read(asked.data / first.table, asked.other / second.table, asked.real)
    images = asked.page.parent / "images"
    images.mkdir(exist_ok=True)
    parts = [
        *_contents(first),
        *_packets(asked.data, first, asked.real),
        *_columns(data, images),
        *_detectors(data),
        *_classes(data, images),
        *UNLIKE,
    ]
    minutes = (time.monotonic() - started) / 60
    asked.page.write_text("\n\n".join([*_head(first, second, minutes), *parts]) + "\n", encoding="utf-8")


def _things(rows: Rows) -> Rows:
    """Without the laptop and the router: N-BaIoT has none."""
    return rows.take(np.isin(rows.devices, [one.name for one in plan.DEVICES if one.kind != "computer"]))


def _manifest(folder: Path) -> Manifest:
    found = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    if not found.table or found.missing:
        raise SystemExit(f"{folder}: no whole data set with a table: botwarden lab dataset --out {folder} --features")
    return found


def _read(lab: Path, other: Path, real: Path) -> Data:
    def rows(path: Path, default: Group | None = None, limit: int | None = None) -> Rows:
        _say(f"reading {path}")
        return collect(open_rows([path], default=default), limit=limit, per="group", total=400_000, seed=0)

    folder = real / "nbaiot"
    return Data(
        rows(lab, limit=SAMPLE),
        rows(other, limit=SAMPLE),
        rows(folder / "benign.csv.gz", Group()),
        rows(folder / "benign_test.csv.gz", Group()),
        rows(folder / "attack.csv.gz", Group(attack=ATTACK)),
        rows(real / "parity" / "camera_lan.pcap", Group()),
        rows(real / "kitsune" / "benign.csv.gz", Group()),
        rows(real / "kitsune" / "attack.csv.gz", Group(attack=ATTACK)),
    )


def _head(first: Manifest, second: Manifest, minutes: float) -> list[str]:
    used = first.runs[0].programs
    programs = ", ".join(f"{name} {text}" for name, text in used.items())
    return [
        "# The lab's data set beside real traffic",
        "[The lab](lab.md) makes a labelled data set by one command. This page says what is in it, and how far it is "
        "like what real devices and real bots send. A program writes it, words and all:",
        "```\nbotwarden lab dataset --out lab/ --features\n"
        f"botwarden lab dataset --out other/ --features{' --quick' if second.quick else ''} --seed {second.seed}\n"
        "python docs/lab_data.py --data lab/ --other other/ --real DIR\n```",
        f"Here: seed {first.seed}, {first.hours:g} h of the story, {first.packets:,} packets, recorded in "
        f"{sum(run.seconds for run in first.runs) / 60:.0f} minutes; the other one has seed {second.seed}, "
        f"{second.hours:g} h and {second.packets:,} packets. Written by botwarden {__version__} in {minutes:.0f} "
        f"minutes on {machine()}. Programs of the lab: {programs}.",
        "The real traffic: rows of N-BaIoT (a random 5 % of its benign rows and 0.5 % of its attacks) and of Kitsune, "
        "the beginning of a Kitsune capture (a camera LAN), and captures of IoT Sentinel and IoT-23.",
    ]


# -- what is in it -------------------------------------------------------------------------------------------------


def _contents(found: Manifest) -> list[str]:
    devices = sorted({one.device for one in found.counts})
    number = {(one.botnet, one.attack, one.device): one.packets for one in found.counts}
    kinds = sorted({kind[:2] for kind in number})
    lines = [
        [f"{botnet}.{attack}" if botnet else attack]
        + [f"{number[botnet, attack, device]:,}" if (botnet, attack, device) in number else "" for device in devices]
        for botnet, attack in kinds
    ]
    runs = [
        [run.name, run.what, f"{(run.end - run.start) / 3600:.1f} h", f"{run.packets:,}", f"{run.seconds:.0f} s"]
        for run in found.runs
    ]
    return [
        "## What is in it",
        _table(["run", "what", "story", "packets", "took"], runs, 2),
        "Packets by class and device; what does not belong to an attack is benign, also while one goes on:",
        _table(["class", *("router" if device == plan.GATEWAY_MAC else device or "–" for device in devices)], lines, 1),
        "Ordinary life is played up to thirty times as fast as the clock and stretched again in the recording. So the "
        "story's hours have the heartbeats, polls and visits of hours, but what programs do by themselves, a "
        "handshake, the answer to a request, a burst of a video, is stretched with it: gaps within a conversation "
        "are up to thirty times as long as on a real LAN, and bursts that much slower. Attacks are not stretched.",
    ]


# -- packets ---------------------------------------------------------------------------------------------------------


def _packets(folder: Path, found: Manifest, real: Path) -> list[str]:
    lab = [(folder / run.name / CAPTURE, folder / run.name / LABELS) for run in found.runs]
    sentinel = [(path, None) for path in sorted((real / "iot_sentinel").rglob("*.pcap"))]
    _say("counting packets")
    kinds: list[tuple[str, Facts]] = [
        ("lab: benign, all devices", facts(lab, benign=True)),
        ("lab: benign, the camera", facts(lab, benign=True, device="porch-camera")),
        ("real: camera LAN (Kitsune)", facts([(real / "parity" / "camera_lan.pcap", None)])),
        ("real: 21 devices set up (IoT Sentinel)", facts(sentinel)),
        ("lab: attacks", facts(lab, benign=False)),
        ("real: Hakai, 24 h (IoT-23)", facts([(real / "iot23" / "8-1_hakai.pcap", None)])),
    ]
    lines = [
        [name, f"{one.packets:,}", f"{one.rate:.3g}", *(f"{size:.0f}" for size in one.sizes), f"{one.mean:.0f}",
         *(_share(one.share(protocol)) for protocol in ("tcp", "udp", "icmp", "arp")), _share(one.six),
         _share(one.many), *(_time(gap) for gap in one.gaps)]
        for name, one in kinds
    ]  # fmt: skip
    head = ["traffic", "packets", "a second", "B: p10", "p50", "p90", "mean", "TCP", "UDP", "ICMP", "ARP", "IPv6",
            "to many", "gap: p50", "p90"]  # fmt: skip
    ports = [[name, ", ".join(f"{port} {_share(part)}" for port, part in one.ports)] for name, one in kinds]
    by = dict(kinds)
    return [
        "## Packets",
        "Sizes are those of frames; *to many* is multicast and broadcast; a gap is the time between two packets of the "
        "same sender.",
        _table(head, lines, 1),
        "Ports of servers, by their share of TCP and UDP packets:",
        _table(["traffic", "ports"], ports, 2),
        *_packet_words(*(by[name] for name in list(by)[:4])),
    ]


def _packet_words(lab: Facts, camera: Facts, real: Facts, sentinel: Facts) -> list[str]:
    which = "quieter" if lab.rate < real.rate else "busier"
    times = max(lab.rate, real.rate) / min(lab.rate, real.rate)
    return [
        f"The lab's whole house sends {lab.rate:.3g} packets a second, the real camera LAN {real.rate:.3g}: the lab is "
        f"{times:.1f} times {which}. The frames of the lab's camera have a mean of {camera.mean:.0f} B, for it streams "
        f"while somebody looks; those of the real camera LAN have {real.mean:.0f} B. {_share(lab.share('tcp'))} of the "
        f"lab's benign packets are TCP; the real LAN has {_share(real.share('tcp'))} TCP and "
        f"{_share(real.share('udp'))} UDP. Half of all gaps are below {_time(lab.gaps[0])} in the lab and below "
        f"{_time(real.gaps[0])} there. {_share(lab.six)} of the lab's packets are IPv6, of the real ones, which are "
        f"from 2016 to 2018, {_share(real.six)} and {_share(sentinel.six)}; to many go {_share(lab.many)} in the lab, "
        f"{_share(real.many)} and {_share(sentinel.many)} there.",
    ]


# -- columns ---------------------------------------------------------------------------------------------------------


def _columns(data: Data, images: Path) -> list[str]:
    _say("comparing columns")
    lab = _things(data.lab)
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
        _table(["rows", "p10", "median", "p90", f"columns below {CLOSE:g}", f"above {FAR:g}"], lines, 1),
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
        _table(["rows", "p10", "p50", "p90"], lines, 1),
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
        _table(head, lines, 1),
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


# -- models ------------------------------------------------------------------------------------------------------------


def _detectors(data: Data) -> list[str]:
    _say("training detectors")
    lab, other = _things(data.lab), _things(data.other)
    lab_benign, lab_attack = lab.take(lab.benign), lab.take(~lab.benign)
    other_benign, other_attack = other.take(other.benign), other.take(~other.benign)
    half = np.random.default_rng(0).random(len(data.attack)) < 0.5
    judges = [
        Told("the lab, benign", collect([lab_benign], total=SAMPLE, seed=0)),
        Told("N-BaIoT, benign", data.benign),
        Told("the lab, benign and attacks", _even(lab_benign, lab_attack)),
        Told("N-BaIoT, benign and attacks", _even(data.benign, data.attack.take(half))),
    ]
    sets = {
        "lab": (other_benign, other_attack),
        "N-BaIoT": (data.test, data.attack.take(~half)),
        "Kitsune": (data.kitsune_benign, data.kitsune_attack),
    }
    found: list[Judged] = [judged(one, sets) for one in judges]
    lines = [
        [one.kind, one.name, *(cell for name in sets for cell in (_share(one.false[name]), _share(one.recall[name])))]
        for one in found
    ]
    head = ["model", "learned from", *(f"{name}: {what}" for name in sets for what in ("false", "found"))]
    return [
        "## What a model that learned from one says of the other",
        "A detector learns from benign rows alone, a classifier from as many attacks; thresholds aim at 0.1 % false "
        "alarms. *Lab* is the other seed's data set, which no model has seen. Half of N-BaIoT's "
        "attacks are for learning, the other half is judged. Kitsune, a third network, shows what becomes of a model "
        "of real traffic elsewhere.",
        _table(head, lines, 2),
        *_detector_words(found),
        *_why(lab_benign, lab_attack),
    ]


def _even(benign: Rows, attack: Rows) -> Rows:
    most = min(len(benign), len(attack), SAMPLE)
    return concatenate([collect([rows], total=most, seed=0) for rows in (benign, attack)])


def _why(benign: Rows, attack: Rows) -> list[str]:
    """Where the lab's ordinary life hides its attacks from a detector."""
    fast, flood = np.quantile(rates(benign), 0.99), np.quantile(rates(attack), 0.9)
    return [
        f"What a detector learns of the lab's ordinary life hides its floods: one in a hundred of the benign rows "
        f"comes at more than {fast:.0f} packets a second (a clip or a firmware over a line without delay), nine in ten "
        f"rows of attacks at less than {flood:.0f}. And benign rows of a device that attacks at that moment carry the "
        "attack in their statistics. Learn from runs without attacks, and expect a classifier to do better here.",
    ]


def _detector_words(found: Sequence[Judged]) -> list[str]:
    lab, real, lab_named, real_named = found
    return [
        f"The detector that learned from the lab calls {_share(lab.false['N-BaIoT'])} of N-BaIoT's benign rows "
        f"anomalous and finds {_share(lab.recall['N-BaIoT'])} of its attacks; the one that learned from N-BaIoT calls "
        f"{_share(real.false['lab'])} of the lab's benign rows anomalous, and {_share(real.false['Kitsune'])} of "
        f"Kitsune's, which are real. The lab's classifier takes {_share(lab_named.false['N-BaIoT'])} of real benign "
        f"rows for attacks and finds {_share(lab_named.recall['N-BaIoT'])} of real attacks, the real one "
        f"{_share(real_named.false['lab'])} and {_share(real_named.recall['lab'])} of the lab's. **So: what is normal "
        "is learned where the model is to work. The lab shows that learning, scoring and explaining work from end to "
        "end, and tells a change of botwarden for the better from one for the worse; it does not replace a "
        "recording of one's own house.**",
    ]


def _classes(data: Data, images: Path) -> list[str]:
    _say("training classifiers")
    lab, other = (collect([rows], limit=PER_CLASS, per="group", seed=0) for rows in (data.lab, data.other))
    names, matrix = confusion(lab, other)
    elsewhere = _on_other_device(lab, other)
    drawn = draw_confusion(matrix, names, names, name="classes", title="Classes")
    if drawn is not None:
        (images / "lab-data-classes.png").write_bytes(drawn.png)
    whole = np.diag(matrix) / np.maximum(1, matrix.sum(axis=1))
    mixed = [
        (matrix[a, b] / matrix[a].sum(), names[a], names[b])
        for a in range(len(names))
        for b in range(len(names))
        if a != b and matrix[a].sum() and matrix[a, b] / matrix[a].sum() >= 0.02
    ]
    lines = [
        [name, _share(float(value)), _share(elsewhere[name]) if name in elsewhere else "–"]
        for name, value in zip(names, whole, strict=True)
    ]
    told = "; ".join(f"{_share(part)} of `{one}` as `{two}`" for part, one, two in sorted(mixed, reverse=True)[:8])
    return [
        "## Eleven classes",
        "A classifier (the default one, without the date columns) that learned from this data set names the rows of "
        "the other seed's:",
        "![Confusion of classes](images/lab-data-classes.png)",
        f"Mean recall over the classes: {_share(float(whole.mean()))}. Confused: {told or 'nothing above 2 %'}.",
        "The same when it has seen each attack on one device only, and names those of the other, which are slower or "
        "faster, and of which one forges its addresses (a classifier learns the rate and the sizes that it is shown):",
        _table(["class", "same devices", "another device"], lines, 1),
    ]


def _on_other_device(lab: Rows, other: Rows) -> dict[str, float]:
    """Recall of each class, learned from one device's attacks and judged on the others', the mean over devices."""
    recalls: dict[str, list[float]] = {}
    for device in sorted({group.device for group in lab.groups}):
        if not {group.label for group in lab.groups if group.device == device}.issuperset(ATTACKS):
            continue
        learned = lab.take(lab.benign | (lab.devices == device))
        rest = other.take(other.devices != device)
        names, matrix = confusion(learned, rest)
        for number, name in enumerate(names):
            if matrix[number].any():
                recalls.setdefault(name, []).append(float(matrix[number, number] / matrix[number].sum()))
    return {name: float(np.mean(values)) for name, values in recalls.items()}


# -- words -------------------------------------------------------------------------------------------------------------


def _share(value: float) -> str:
    return f"{value:.1%}" if value >= 0.0005 or value == 0 else "< 0.1%"


def _time(seconds: float) -> str:
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1e3:.3g} ms"


def _table(head: Sequence[str], lines: Sequence[Sequence[str]], left: int) -> str:
    rule = ["---"] * left + ["---:"] * (len(head) - left)
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, rule, *lines])


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main()
