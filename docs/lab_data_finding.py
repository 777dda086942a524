"""Whether a detector that learned the lab's ordinary life finds the attacks of another seed: class by class."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from lab_data_numbers import SEED, rates
from lab_data_rows import THINGS, things
from lab_data_words import say, share, table
from numpy.typing import NDArray

from botwarden.core.classes import class_of
from botwarden.core.row import Rows
from botwarden.detect.models.scorer import Scorer
from botwarden.features.schema import FEATURES
from botwarden.lab import dataset, plan
from botwarden.learn import detectors
from botwarden.learn.dataset import collect
from botwarden.learn.dividing import LEAST_OWN
from botwarden.learn.plan import Per, TrainPlan
from botwarden.learn.training import train

DEVICE_ROWS = 5_000
"""Benign rows of each device that are learned from."""
NEW = 1.05
"""A weight below is that of a sender's first packet in minutes, or its first ever."""


@dataclass(frozen=True, slots=True, eq=False)
class Learner:
    """What a detector learned from, and whom it is asked about.

    per : one detector for all, or one for each device
    judges : names of devices
    """

    name: str
    rows: Rows
    judges: Sequence[str]
    per: Per = "all"

    def judge(self, rows: Rows) -> "Judgement":
        """What the detector that it makes says of rows."""
        model = train(self.rows, TrainPlan(detector=detectors.DEFAULT, per=self.per, seed=SEED)).model
        said = Scorer(model).score_rows(rows)
        return Judgement(said.anomalous, said.score, model.manifest.detectors[0].threshold)


@dataclass(frozen=True, slots=True)
class Judgement:
    """bool[n], which rows are anomalous; float[n], their scores; and the threshold of the detector for all."""

    anomalous: NDArray[np.bool_]
    score: NDArray[np.floating]
    threshold: float


Said = dict[Learner, NDArray[np.bool_]]
"""bool[n] of each: which rows are anomalous."""


def finding(lab: Rows, other: Rows) -> list[str]:
    """The section; ``lab`` is learned from, and ``other`` judged."""
    say("training detectors of the lab's devices")
    benign = collect([lab.take(lab.benign)], limit=DEVICE_ROWS, per="group", seed=0)
    everybody = tuple({group.device for group in other.groups})
    learners = [
        Learner("one for all devices", benign, everybody),
        Learner("one, without laptop and router", things(benign), THINGS),
        Learner("one for each device", benign, everybody, "device"),
    ]
    judgements = {one: one.judge(other) for one in learners}
    said = {one: judgement.anomalous for one, judgement in judgements.items()}
    forged = forgers()
    told = np.array([(group.device, group.label) in forged for group in other.groups])[other.group]
    return [
        "## What a detector of the lab's ordinary life finds of its attacks",
        f"Each learns from benign rows of this data set, at most {DEVICE_ROWS:,} of each device, and judges rows of "
        "the other seed's, in which all dice fell otherwise. *One for each device* is how `botwarden train` does it. "
        "Shares of rows called anomalous:",
        table(
            ["rows of the other seed", "device", "rows", *(one.name for one in said)], _lines(other, said, forged), 2
        ),
        "In all:",
        table(["detector", "false alarms", "found", "of own senders", "of forged ones"], _totals(other, said, told), 1),
        *_missed(other, said[learners[-1]]),
        *_rates(benign, other.take(~other.benign & ~told), [_mean(found[~other.benign]) for found in said.values()]),
        *_scores(other, {one.name: judgements[one] for one in learners[:2]}),
        *_forging(things(benign), other.take(told)),
        *_few(benign),
    ]


def forgers() -> set[tuple[str, str]]:
    """(device, class) of the attacks of the data set whose senders are forged."""
    found = set()
    for run in dataset.runs():
        for casting in run.castings():
            for step in casting.scenario.step:
                if step.options.get("forged"):
                    attack = step.attack or class_of(step.label)[1]
                    found.add((plan.BY_ROLE[casting.device].name, f"{casting.scenario.botnet}.{attack}"))
    return found


def _lines(other: Rows, said: Said, forged: set[tuple[str, str]]) -> list[list[str]]:
    lines = []
    order = sorted(range(len(other.groups)), key=lambda n: (other.groups[n].label, other.groups[n].device))
    for number in order:
        group, own = other.groups[number], other.group == number
        if not own.any():
            continue
        name = f"{group.label}, forged senders" if (group.device, group.label) in forged else group.label
        device = "router" if group.device == plan.GATEWAY_MAC else group.device or "–"
        shares = [share(_mean(found[own])) if group.device in one.judges else "–" for one, found in said.items()]
        lines.append([name, device, f"{int(own.sum()):,}", *shares])
    return lines


def _totals(other: Rows, said: Said, forged: NDArray[np.bool_]) -> list[list[str]]:
    attack = ~other.benign
    return [
        [one.name, share(_mean(found[other.benign & np.isin(other.devices, one.judges)])),
         *(share(_mean(found[some])) for some in (attack, attack & ~forged, attack & forged))]
        for one, found in said.items()
    ]  # fmt: skip


def _missed(other: Rows, found: NDArray[np.bool_]) -> list[str]:
    shares = {group: _mean(found[other.group == number]) for number, group in enumerate(other.groups)}
    missed = sorted(
        (part, group.label, group.device) for group, part in shares.items() if not group.benign and part < 0.5
    )
    told = ", ".join(f"`{label}` of {device} ({share(part)})" for part, label, device in missed)
    return [
        f"Of these attacks the last one finds less than half: {told}."
        if told
        else "The last one finds half of each or more."
    ]


def _rates(benign: Rows, attack: Rows, found: Sequence[float]) -> list[str]:
    """Whether ordinary life is as fast as attacks."""
    fast, faster = (float(np.quantile(rates(rows), 0.99)) for rows in (things(benign), benign))
    everybody, some, each = map(share, found)
    return [
        f"One in a hundred of the benign rows comes at more than {fast:,.0f} packets a second where laptop and router "
        f"are left out, and at more than {faster:,.0f} where they are not; of rows of attacks with an own sender "
        f"{_above(attack, fast)} and {_above(attack, faster)} do. What is no faster than ordinary life cannot be told "
        f"by its speed. One detector for all finds {everybody} of the attacks, without laptop and router {some}, one "
        f"for each device {each}.",
    ]


def _scores(other: Rows, judgements: dict[str, Judgement]) -> list[str]:
    """Why it matters whom one detector for all has learned from."""
    thing = np.isin(other.devices, THINGS)
    computer = np.isin(other.devices, [one.name for one in plan.DEVICES if one.name not in THINGS])
    lines, found = [], []
    for name, said in judgements.items():
        others, laptop = (_quantile(said.score[other.benign & some], 0.999) for some in (thing, computer))
        middle = _quantile(said.score[~other.benign], 0.5)
        found.append((said.threshold, middle))
        lines.append([name, *(f"{value:.1f}" for value in (said.threshold, others, laptop, middle))])
    head = ["scores by", "threshold", "benign, p99.9", "benign, laptop, p99.9", "attacks, median"]
    (high, low), (threshold, middle) = found
    why = (
        "To one that has learned from the laptop attacks are less odd, and the laptop's own oddities set its threshold."
    )
    return [
        "Scores of the two detectors for all, above whose threshold a row is anomalous:",
        table(head, lines, 1),
        *([why] if low < middle and high > threshold else []),
    ]


def _quantile(values: NDArray[np.floating], part: float) -> float:
    return float(np.quantile(values, part)) if len(values) else float("nan")


def _forging(benign: Rows, forged: Rows) -> list[str]:
    """What is left of an attack whose senders are forged."""
    if not len(forged):
        return []
    return [
        "To these statistics a packet with a forged sender is the first of a stream that nobody knows, and a thousand "
        f"of them are a thousand streams of one packet each: {share(_mean(_new(forged)))} of such rows have a weight "
        f"(`MI_dir_L0.01_weight`) below {NEW:g}, and little but the packet's size is left to tell them by. "
        f"{share(_mean(_new(benign)))} of the benign rows are like that, too: their senders were silent for minutes, "
        "or are new. `botwarden scan` sees forged senders by their addresses, which are not the device's.",
    ]


def _few(benign: Rows) -> list[str]:
    own = {group.device: int((benign.group == number).sum()) for number, group in enumerate(benign.groups)}
    few = [f"{device or 'nobody'} ({rows})" for device, rows in sorted(own.items()) if rows < LEAST_OWN]
    return [f"Judged by the detector for all, for want of benign rows of their own: {', '.join(few)}."] if few else []


def _above(rows: Rows, rate: float) -> str:
    return share(_mean(rates(rows) > rate))


def _new(rows: Rows) -> NDArray[np.bool_]:
    names = [feature.name for feature in FEATURES["nbaiot115"]]
    found: NDArray[np.bool_] = rows.values[:, names.index("MI_dir_L0.01_weight")] < NEW
    return found


def _mean(values: NDArray[np.bool_]) -> float:
    return float(values.mean()) if len(values) else 0.0
