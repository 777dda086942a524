"""Rows and judges whose results can be counted by hand."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from botwarden.core.row import Group, Rows
from botwarden.core.score import Scores
from botwarden.core.snapshot import FeatureSchema
from botwarden.learn.evaluation import Subject, evaluate
from botwarden.learn.judging import RATE_COLUMN
from botwarden.learn.results import About, Evaluation

SCHEMA = FeatureSchema("three", ("score", RATE_COLUMN, "class"))
CLASSES = ("benign", "mirai.scan", "gafgyt")


@dataclass(frozen=True)
class ByColumn:
    """The score of a row is its first column; its class, where classes are known, the third."""

    threshold: float = 10.0
    labels: tuple[str, ...] = ()

    def score_rows(self, rows: Rows) -> Scores:
        score = rows.values[:, 0].astype(np.float32)
        n = len(score)
        limit = np.full(n, self.threshold, np.float32)
        label = rows.values[:, 2].astype(np.int16) if self.labels else np.full(n, -1, np.int16)
        return Scores(score, limit, score > limit, label, np.full(n, 0.9, np.float32), self.labels)


def part(
    group: Group,
    scores: list[float],
    *,
    rate: float = 1.0,
    label: int = 0,
    start: float | None = None,
    step: float = 1.0,
    source: str = "a.csv",
) -> Rows:
    """Rows of one group, ``step`` seconds apart from ``start`` on."""
    n = len(scores)
    values = np.column_stack([scores, np.full(n, rate), np.full(n, label)]).astype(np.float64)
    ts = None if start is None else start + step * np.arange(n)
    return Rows.of(SCHEMA, values, group, ts=ts, source=source)


def house(timed: bool = True) -> Iterator[Rows]:
    """Two devices.

    Of camera: 100 benign rows, 2 of them too high; a scan of which 8 of 10 rows are seen, from the third on. Of plug:
    100 benign rows, none too high; a flood of 20 rows, none of them seen, and at a high rate.
    """
    day = 86_400.0

    def at(start: float) -> float | None:
        return start if timed else None

    camera = [1.0 + i / 1000 for i in range(100)]
    camera[40] = camera[80] = 20.0
    yield part(Group("camera"), camera, start=at(0), step=day / 99, source="benign.csv")
    yield part(Group("plug"), [2.0 + i / 1000 for i in range(100)], start=at(0), step=day / 99, source="benign.csv")
    scan = Group("camera", "mirai", "scan")
    yield part(scan, [3.0, 3.0, *[30.0] * 8], label=1, start=at(5 * day), source="attack.csv")
    yield part(Group("plug", "gafgyt", "udp"), [2.5] * 20, rate=900, label=2, start=at(6 * day), source="attack.csv")


def evaluation(timed: bool = True, window: int = 1, labels: tuple[str, ...] = (), models: int = 1) -> Evaluation:
    """What is found in `house`."""
    subjects = [
        Subject(
            About(name=f"m{i}.model", kind="both" if labels else "detector", columns=1, window=window, dates=i == 2),
            ByColumn(10.0 + i, labels),
        )
        for i in range(1, models + 1)
    ]
    return evaluate(subjects, house(timed))
