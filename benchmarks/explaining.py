"""How long LIME takes for a row, and what it is worth, beside the package's own recipe, in one run.

python benchmarks/explaining.py MODEL            # a model made by botwarden train; about a minute
python benchmarks/explaining.py                  # one that is trained for a moment: for the times only

The same rows of data/nbaiot/attack.csv.gz are explained three ways, with the same seeds, by the package `lime`:

- as it comes: samples of the quartiles of training data (the benign rows), 5,000 of them, ten features chosen
- by feature: each feature keeps its value or takes a normal one, as in `botwarden.learn.surrogate`
- by thing: the same with features that say the same kept or replaced together; what the sentences are made of

Times are of the thread, median of all runs. Fidelity is R² of the linear model on its samples, stability the Jaccard
index of the strongest over the seeds (`botwarden.learn.stability`), both means over the rows.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from lime.lime_tabular import LimeTabularExplainer
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scoring import model, rows

from botwarden.app.models import open_model
from botwarden.detect.models.scorer import Scorer
from botwarden.detect.models.words import about
from botwarden.features.schema import NBAIOT115
from botwarden.learn import detectors
from botwarden.learn.background import normals_of
from botwarden.learn.stability import stability
from botwarden.learn.surrogate import explain

ROOT = Path(__file__).parents[1]
GOAL = 0.5
"""Seconds for one row."""
CHOSEN = 10
"""Features that lime's own recipe chooses, as by default."""

Floats = NDArray[np.float64]
Way = Callable[[Floats, int], tuple[Floats, float]]
"""Takes a row and a seed, gives weights and fidelity."""


@dataclass(frozen=True)
class Result:
    """Of one way; ``seconds`` for one run on one row."""

    way: str
    samples: int
    seconds: float
    fidelity: float
    stability: float


def ways(scorer: Scorer, benign: Floats) -> dict[str, tuple[int, Way]]:
    """The three, with their samples. Rows have the columns of the detector."""
    part = scorer.detector_for()
    assert part is not None
    at = [NBAIOT115.columns.index(column) for column in part.columns]
    normals = normals_of(part, scorer.model)
    groups = [about(column) for column in part.columns]
    kinds = [topic for _, topic in groups]

    def function(x: Floats) -> Floats:
        whole = np.zeros((len(x), len(NBAIOT115.columns)))
        whole[:, at] = x
        return scorer.score(whole).score.astype(np.float64) / part.threshold

    def theirs(row: Floats, seed: int) -> tuple[Floats, float]:
        explainer = LimeTabularExplainer(benign[:, at], mode="regression", random_state=seed)
        found = explainer.explain_instance(row, function, num_features=CHOSEN)
        weights = np.zeros(len(row))
        for i, weight in found.local_exp[1]:
            weights[i] = weight
        return weights, found.score

    def ours(things: list[tuple[int, str]] | None) -> Way:
        def way(row: Floats, seed: int) -> tuple[Floats, float]:
            found = explain(function, row, normals, seed, kinds=kinds, things=things)
            return found.weights, found.fidelity

        return way

    return {"lime as it comes": (5000, theirs), "by feature": (1500, ours(None)), "by thing": (1500, ours(groups))}


def measure(name: str, samples: int, way: Way, chosen: Floats, seeds: int) -> Result:
    """One way, all rows, all seeds; the first run is not counted."""
    way(chosen[0], 0)
    seconds, fidelity, steady = [], [], []
    for row in chosen:
        weights = []
        for seed in range(seeds):
            start = time.thread_time()
            found, fits = way(row, seed)
            seconds.append(time.thread_time() - start)
            weights.append(found)
            fidelity.append(fits)
        agreed = stability(np.stack(weights))
        assert agreed is not None
        steady.append(agreed.strongest)
    return Result(name, samples, statistics.median(seconds), statistics.mean(fidelity), statistics.mean(steady))


def main() -> None:
    """Run all three and print a table."""
    parser = argparse.ArgumentParser(description="How long LIME takes for a row, and what it is worth.")
    parser.add_argument("model", nargs="?", type=Path, help="a model with a detector")
    parser.add_argument("--rows", type=int, default=20)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "bench" / "explaining.json")
    options = parser.parse_args()
    torch.set_num_threads(1)
    benign, attack = rows("benign"), rows("attack")
    held = open_model(options.model) if options.model else model(detectors.DEFAULT, benign, all_columns=False)
    scorer = Scorer(held)
    odd = attack[scorer.score(attack).anomalous]
    part = scorer.detector_for()
    assert part is not None
    at = [NBAIOT115.columns.index(column) for column in part.columns]
    chosen = odd[np.random.default_rng(0).choice(len(odd), options.rows, replace=False)][:, at]
    results = [measure(name, n, way, chosen, options.seeds) for name, (n, way) in ways(scorer, benign).items()]
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps([asdict(result) for result in results], indent=2) + "\n")
    table = Table("way", "samples", "s per row and run", f"goal {GOAL} s", "fidelity", "stability")
    for r in results:
        reached = "reached" if r.seconds < GOAL else "missed"
        table.add_row(r.way, f"{r.samples:,}", f"{r.seconds:.3f}", reached, f"{r.fidelity:.2f}", f"{r.stability:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
