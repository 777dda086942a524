"""The rows that `lab_data.py` compares."""

from dataclasses import dataclass

import numpy as np

from botwarden.core.row import Rows
from botwarden.lab import plan

THINGS = tuple(one.name for one in plan.DEVICES if one.kind != "computer")
SAMPLE = 20_000
"""Rows of a kind that are compared."""


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


def things(rows: Rows) -> Rows:
    """Without the laptop and the router: N-BaIoT has none."""
    return rows.take(np.isin(rows.devices, THINGS))
