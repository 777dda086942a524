"""How well a classifier names what it sees."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from botwarden.core.row import ATTACK, BENIGN, Group
from botwarden.core.score import Scores
from botwarden.learn.judging import Judged
from botwarden.learn.metrics import calibration_error, class_scores, confusion, mean, reliability
from botwarden.learn.results import ClassResult

EDGES: Final = np.array([0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1.0])
"""Bins of confidence: fine where a gateway acts."""


def class_of(group: Group, labels: Sequence[str]) -> str | None:
    """The class of a model that says most about a group: ``mirai.syn``, else ``syn``, else ``mirai``, else ``attack``.

    None where the model has none that fits.
    """
    names = (BENIGN,) if group.benign else (group.label, group.attack, group.botnet, ATTACK)
    return next((name for name in names if name and name in labels), None)


def naming(judged: Judged, said: Scores) -> ClassResult | None:
    """None where the model has no classes, or named no row."""
    labels = list(said.labels)
    if not labels or not (said.label >= 0).any():
        return None
    fitting = [class_of(group, labels) for group in judged.groups]
    unknown = sorted({group.label for group, name in zip(judged.groups, fitting, strict=True) if name is None})
    true = [*labels, *[name for name in unknown if name not in labels]]
    names = [name if name is not None else group.label for group, name in zip(judged.groups, fitting, strict=True)]
    code = np.array([true.index(name) for name in names], np.int32)[judged.group]
    known = (code < len(labels)) & (said.label >= 0)
    matrix = confusion(code, said.label, len(true), len(labels))
    square = matrix[: len(labels)]
    right = code == said.label
    scores = class_scores(square, labels)
    bins = reliability(said.confidence[known], right[known], EDGES)
    total = int(square.sum())
    return ClassResult(
        true=true,
        said=labels,
        matrix=matrix.tolist(),
        unnamed=int(np.count_nonzero(said.label < 0)),
        scores=scores,
        accuracy=_share(int(np.trace(square)), total),
        macro_f1=mean([score.f1 for score in scores if score.rows]),
        reliability=bins,
        calibration_error=calibration_error(bins),
        most_common=_share(int(square.sum(axis=1).max()), total),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
