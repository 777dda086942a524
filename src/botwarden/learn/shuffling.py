"""How much a model's verdicts rest on the columns that carry the date of the capture.

Those columns are dealt out anew among the rows, all of them together, and the model judges again (permutation
importance, Breiman 2001, section 10). What it loses is what the date told it, and what it will not be told on another
day.
"""

from typing import Final

import numpy as np

from botwarden.core.row import Rows, concatenate
from botwarden.features.schema import DATE_COLUMNS
from botwarden.learn.judging import Judge
from botwarden.learn.results import Shuffled

ROUNDS: Final = 3
"""How often they are dealt out; the results are averaged."""
MOST: Final = 5_000
"""Benign rows, and as many attacks, that are judged."""


def shuffled(judge: Judge, benign: Rows | None, attacks: Rows | None, seed: int = 0) -> Shuffled | None:
    """What a model says of rows before and after. None where rows of either kind, or such columns, are missing.

    Raises SchemaMismatch where the model reads rows of another schema.
    """
    if benign is None or attacks is None or not len(benign) or not len(attacks):
        return None
    places = [place for place, name in enumerate(benign.schema.columns) if name in DATE_COLUMNS]
    if not places:
        return None
    dice = np.random.default_rng(seed)
    rows = concatenate([_some(benign, dice), _some(attacks, dice)])
    attack = ~rows.benign
    before = judge.score_rows(rows).anomalous
    after = np.zeros(len(rows))
    for _ in range(ROUNDS):
        values = rows.values.copy()
        values[:, places] = values[dice.permutation(len(rows))][:, places]
        after += judge.score_rows(_with(rows, values)).anomalous / ROUNDS
    return Shuffled(
        rows=len(rows),
        tpr=float(before[attack].mean()),
        fpr=float(before[~attack].mean()),
        tpr_after=float(after[attack].mean()),
        fpr_after=float(after[~attack].mean()),
    )


def _some(rows: Rows, dice: np.random.Generator) -> Rows:
    return rows if len(rows) <= MOST else rows.take(np.sort(dice.permutation(len(rows))[:MOST]))


def _with(rows: Rows, values: np.ndarray) -> Rows:
    return Rows(rows.schema, values, rows.groups, rows.group, rows.ts, rows.proto, rows.source, rows.first)
