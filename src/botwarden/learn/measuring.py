"""What a fresh model is worth, measured as it will be used, on rows that it did not learn from."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.model import Model
from botwarden.core.row import ATTACK, BENIGN, Rows
from botwarden.core.score import Scores
from botwarden.detect.models.scorer import Scorer
from botwarden.learn.detecting import Detectors
from botwarden.learn.metrics import class_scores, confusion, mean
from botwarden.learn.naming import class_of
from botwarden.learn.splits import Split

MOST_LISTED: Final = 100
"""Kinds of attacks whose recall is told one by one."""


def measured(
    model: Model, rows: Rows, made: Detectors, detector: Split | None, classifier: Split | None
) -> dict[str, float]:
    """Numbers for the manifest:

    ``benign_rows``, ``false_positive_rate`` : benign rows judged, and the share called anomalous
    ``attack_rows``, ``recall``, ``recall.<class>`` : attack rows judged, and the share called anomalous
    ``named_rows``, ``accuracy``, ``macro_f1`` : rows of known classes that a classifier named, and how well

    Attack rows are judged by a detector all, as it learned from none, and by a classifier those of the test part.
    """
    out: dict[str, float] = {}
    benign = rows.benign
    scorer = Scorer(model)
    split = detector or classifier
    if made.parts and made.tried:
        out |= {"benign_rows": made.tried, "false_positive_rate": (made.wrong or 0) / made.tried}
    elif split is not None:
        out |= _share("benign_rows", "false_positive_rate", scorer, rows.take(split.test[benign[split.test]]))
    attacks = np.flatnonzero(~benign) if made.parts else _tested(split, ~benign)
    if len(attacks):
        chosen = rows.take(attacks)
        said = scorer.score_rows(chosen)
        out |= {"attack_rows": len(attacks), "recall": float(np.mean(said.anomalous))}
        out |= _by_class(chosen, said.anomalous)
    if classifier is not None and model.manifest.classifiers:
        chosen = rows.take(classifier.test)
        out |= _named(chosen, scorer.score_rows(chosen))
    return out


def _tested(split: Split | None, attack: NDArray[np.bool_]) -> NDArray[np.intp]:
    return np.zeros(0, np.intp) if split is None else split.test[attack[split.test]]


def _share(count: str, name: str, scorer: Scorer, rows: Rows) -> dict[str, float]:
    if not len(rows):
        return {}
    return {count: len(rows), name: float(np.mean(scorer.score_rows(rows).anomalous))}


def _by_class(rows: Rows, anomalous: NDArray[np.bool_]) -> dict[str, float]:
    labels = rows.labels
    found = sorted(set(labels.tolist()))
    if found == [ATTACK] or len(found) > MOST_LISTED:
        return {}
    return {f"recall.{name}": float(np.mean(anomalous[labels == name])) for name in found if name != BENIGN}


def _named(rows: Rows, said: Scores) -> dict[str, float]:
    names = list(said.labels)
    fitting = [class_of(group, names) for group in rows.groups]
    code = np.array([-1 if name is None else names.index(name) for name in fitting], np.int32)[rows.group]
    known = (code >= 0) & (said.label >= 0)
    if not known.any():
        return {}
    matrix = confusion(code[known], said.label[known], len(names), len(names))
    scores = class_scores(matrix, names)
    found: dict[str, float] = {
        "named_rows": int(known.sum()),
        "accuracy": float(np.trace(matrix) / matrix.sum()),
    }
    average = mean([score.f1 for score in scores if score.rows])
    return found if average is None else {**found, "macro_f1": average}
