"""What models that learned from the lab or from real traffic say of either."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from lab_data_numbers import SEED
from lab_data_rows import SAMPLE, Data, things
from lab_data_words import say, share, table
from numpy.typing import NDArray

from botwarden.core.row import Rows, concatenate
from botwarden.detect.models.scorer import Scorer
from botwarden.learn import classifiers
from botwarden.learn import detectors as known
from botwarden.learn.classes import GAFGYT, MIRAI
from botwarden.learn.dataset import collect
from botwarden.learn.plan import NONE, TrainPlan
from botwarden.learn.plots import confusion as draw_confusion
from botwarden.learn.training import train

PER_CLASS = 4_000
"""Rows of each class on each device that name classes, and that are named."""
ATTACKS = (*GAFGYT, *MIRAI)


@dataclass(frozen=True, slots=True)
class Told:
    """What a model is to learn from: benign rows alone make a detector, others a classifier."""

    name: str
    rows: Rows


@dataclass(frozen=True, slots=True)
class Judged:
    """What a model says of sets of rows: shares of benign ones called attacks, and of attacks found."""

    name: str
    kind: str
    false: Mapping[str, float]
    recall: Mapping[str, float]


def judged(told: Told, sets: Mapping[str, tuple[Rows, Rows]]) -> Judged:
    """Learn, then judge benign rows and attacks of each set."""
    alone = bool(told.rows.benign.all())
    plan = (
        TrainPlan(detector=known.DEFAULT, seed=SEED)
        if alone
        else TrainPlan(detector=NONE, classifier=classifiers.DEFAULT, classes="2", seed=SEED)
    )
    scorer = Scorer(train(told.rows, plan).model)
    false, recall = (
        {name: float(scorer.score_rows(pair[which]).anomalous.mean()) for name, pair in sets.items()}
        for which in (0, 1)
    )
    return Judged(told.name, "detector" if alone else "classifier", false, recall)


def confusion(rows: Rows, other: Rows) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """A classifier with eleven classes that learned from ``rows``: names, and int64[c, c], rows of ``other`` by what
    they are (down) and what they are called.
    """
    plan = TrainPlan(detector=NONE, classifier=classifiers.DEFAULT, classes="11", seed=SEED)
    scorer = Scorer(train(rows, plan).model)
    scores = scorer.score_rows(other)
    names = scores.labels
    places = {name: number for number, name in enumerate(names)}
    true = np.array([places.get(label, -1) for label in (group.label for group in other.groups)], np.int64)[other.group]
    matrix = np.zeros((len(names), len(names)), np.int64)
    known = (true >= 0) & (scores.label >= 0)
    np.add.at(matrix, (true[known], scores.label[known].astype(np.int64)), 1)
    return names, matrix


def detectors(data: Data) -> list[str]:
    """The section on who finds what."""
    say("training detectors")
    lab, other = things(data.lab), things(data.other)
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
        [one.kind, one.name, *(cell for name in sets for cell in (share(one.false[name]), share(one.recall[name])))]
        for one in found
    ]
    head = ["model", "learned from", *(f"{name}: {what}" for name in sets for what in ("false", "found"))]
    return [
        "## What a model that learned from one says of the other",
        f"A detector learns from {SAMPLE:,} benign rows at most, a classifier from as many attacks as well; thresholds "
        "aim at 0.1 % false alarms. Laptop and router are left out. *Lab* is the other seed's data set, which no model "
        "has seen. Half of N-BaIoT's attacks are for learning, the other half is judged. Kitsune, a third network, "
        "shows what becomes of a model of real traffic elsewhere.",
        table(head, lines, 2),
        *_detector_words(found),
    ]


def _even(benign: Rows, attack: Rows) -> Rows:
    most = min(len(benign), len(attack), SAMPLE)
    return concatenate([collect([rows], total=most, seed=0) for rows in (benign, attack)])


def _detector_words(found: Sequence[Judged]) -> list[str]:
    lab, real, lab_named, real_named = found
    return [
        f"The detector that learned from the lab calls {share(lab.false['N-BaIoT'])} of N-BaIoT's benign rows "
        f"anomalous and finds {share(lab.recall['N-BaIoT'])} of its attacks; the one that learned from N-BaIoT calls "
        f"{share(real.false['lab'])} of the lab's benign rows anomalous, and {share(real.false['Kitsune'])} of "
        f"Kitsune's, which are real. The lab's classifier takes {share(lab_named.false['N-BaIoT'])} of real benign "
        f"rows for attacks and finds {share(lab_named.recall['N-BaIoT'])} of real attacks, the real one "
        f"{share(real_named.false['lab'])} and {share(real_named.recall['lab'])} of the lab's. **So: what is normal "
        "is learned where the model is to work. The lab shows that learning, scoring and explaining work from end to "
        "end, and tells a change of botwarden for the better from one for the worse; it does not replace a "
        "recording of one's own house.**",
    ]


def classes(data: Data, images: Path) -> list[str]:
    """The section on eleven classes; its picture goes to ``images``."""
    say("training classifiers")
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
        [name, share(float(value)), share(elsewhere[name]) if name in elsewhere else "–"]
        for name, value in zip(names, whole, strict=True)
    ]
    told = "; ".join(f"{share(part)} of `{one}` as `{two}`" for part, one, two in sorted(mixed, reverse=True)[:8])
    return [
        "## Eleven classes",
        "A classifier (the default one, without the date columns) that learned from this data set names the rows of "
        "the other seed's:",
        "![Confusion of classes](images/lab-data-classes.png)",
        f"Mean recall over the classes: {share(float(whole.mean()))}. Confused: {told or 'nothing above 2 %'}.",
        "The same when it has seen each attack on one device only, and names those of the other, which are slower or "
        "faster, and of which one forges its addresses (a classifier learns the rate and the sizes that it is shown):",
        table(["class", "same devices", "another device"], lines, 1),
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
