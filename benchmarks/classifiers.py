"""What the classifiers cost and how honest they are, in one run: see docs/classifiers.md.

python benchmarks/classifiers.py                  # about five minutes on one core
python benchmarks/classifiers.py --rows 20000

Speed: 11 classes of equal size, made of data/nbaiot/: benign rows, and ten clusters of its attack rows (which attack
each was is not told there), drawn again and again with 2 % of noise, and one label in twenty drawn at random. So nobody
can name more than 95.5 % of them right, and whoever is surer than that is wrong.

Honesty: benign rows and attacks of data/nbaiot/ as they are, without the date columns. Learned from: four fifths of
`benign` and half of `attack`; calibrated on the last fifth and an eighth; judged on `benign_test` and the other
attacks.
"""

import argparse
import os
import time
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before libraries that read it: seconds of one thread are compared

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from sklearn.cluster import MiniBatchKMeans

from botwarden.app.rows import open_rows
from botwarden.features.schema import DATE_COLUMNS, NBAIOT115
from botwarden.learn.classifiers import CLASSIFIERS, classifier
from botwarden.learn.graphs import Runner
from botwarden.learn.metrics import calibration_error, reliability
from botwarden.learn.scaling import fit_scaler

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("BOTWARDEN_SHARED", ROOT.parent / "shared"))
KINDS = 10
NOISE, WRONG = 0.02, 0.05
TIMED = 20_000
"""Rows that are named to see how fast it goes."""

Part = tuple[NDArray[np.float32], NDArray[np.intp]]


@dataclass(frozen=True)
class Parts:
    """Rows and classes to learn from, to calibrate by, and to judge by."""

    train: Part
    optimise: Part
    test: Part
    classes: int


def table(name: str) -> NDArray[np.float32]:
    """All rows of a table of data/nbaiot/, without the date columns."""
    keep = np.array([column not in DATE_COLUMNS for column in NBAIOT115.columns])
    path = SHARED / "data" / "nbaiot" / f"{name}.csv.gz"
    return np.concatenate([part.values[:, keep] for part in open_rows([path])]).astype(np.float32)


def many(benign: NDArray[np.float32], attack: NDArray[np.float32], rows: int) -> Parts:
    """Eleven classes."""
    dice = np.random.default_rng(0)
    levels = np.sign(attack) * np.log1p(np.abs(attack))
    levels = (levels - levels.mean(axis=0)) / (levels.std(axis=0) + 1e-9)
    kind = MiniBatchKMeans(KINDS, n_init=3, random_state=0).fit_predict(levels)
    sources = [benign, *(attack[kind == k] for k in range(KINDS))]

    def draw(n: int) -> Part:
        y = np.arange(n) % len(sources)
        x = np.empty((n, benign.shape[1]), np.float32)
        for place, source in enumerate(sources):
            chosen = np.flatnonzero(y == place)
            x[chosen] = source[dice.integers(0, len(source), len(chosen))]
        x *= 1 + NOISE * dice.normal(size=x.shape).astype(np.float32)
        wrong = dice.random(n) < WRONG
        y[wrong] = dice.integers(0, len(sources), wrong.sum())
        return x, y.astype(np.intp)

    return Parts(draw(rows), draw(rows // 4), draw(rows // 3), len(sources))


def two(benign: NDArray[np.float32], unseen: NDArray[np.float32], attack: NDArray[np.float32]) -> Parts:
    """Benign and attack."""
    dice = np.random.default_rng(0)
    benign, attack = dice.permutation(benign), dice.permutation(attack)
    cut, half, more = len(benign) * 4 // 5, len(attack) // 2, len(attack) * 5 // 8

    def both(one: NDArray[np.float32], other: NDArray[np.float32]) -> Part:
        return np.concatenate([one, other]), np.repeat(np.arange(2), [len(one), len(other)])

    return Parts(
        both(benign[:cut], attack[:half]), both(benign[cut:], attack[half:more]), both(unseen, attack[more:]), 2
    )


def run(name: str, parts: Parts) -> tuple[str, ...]:
    """A line of a table."""
    made = classifier(name)()
    start = time.process_time()
    scaler = fit_scaler(made.scaler, parts.train[0])
    x, optimise, test = (scaler.apply(part[0]) for part in (parts.train, parts.optimise, parts.test))
    made.fit(x, parts.train[1], parts.classes, optimise, parts.optimise[1])
    took = time.process_time() - start
    network = made.to_onnx()
    runner = Runner(network)
    runner.probabilities(test[:100])
    block = test[np.arange(TIMED) % len(test)]
    start = time.process_time()
    runner.probabilities(block)
    rate = TIMED / (time.process_time() - start)
    said, truth = runner.probabilities(test), parts.test[1]
    right = said.argmax(axis=1) == truth
    error = calibration_error(reliability(said.max(axis=1), right, np.linspace(0, 1, 16)))
    loss = -np.log(said[np.arange(len(truth)), truth]).mean()
    return (
        name, f"{took:.1f}", f"{len(network) / 1e3:,.0f}", f"{rate:,.0f}", f"{right.mean():.2%}",
        f"{(~right[truth == 0]).mean():.2%}", f"{error or 0:.4f}", f"{loss:.4f}",
    )  # fmt: skip


def main() -> None:
    """Run all classifiers on both and print two tables."""
    parser = argparse.ArgumentParser(description="What the classifiers cost and how honest they are.")
    parser.add_argument("--rows", type=int, default=100_000, help="learned from in the first table")
    parser.add_argument("--only", nargs="+", choices=list(CLASSIFIERS), default=list(CLASSIFIERS))
    options = parser.parse_args()
    torch.set_num_threads(1)
    os.environ.setdefault("LOKY_MAX_CPU_COUNT", "1")
    benign, unseen, attack = (table(name) for name in ("benign", "benign_test", "attack"))
    console = Console(width=110)
    for title, parts in (
        (f"11 classes, {options.rows:,} rows", many(benign, attack, options.rows)),
        ("2 classes, data/nbaiot/", two(benign, unseen, attack)),
    ):
        grid = Table(title=title)
        for head in ("classifier", "s", "kB", "rows/s", "right", "benign wrong", "ECE", "log loss"):
            grid.add_column(head, justify="left" if head == "classifier" else "right")
        for name in options.only:
            grid.add_row(*run(name, parts))
        console.print(grid)


if __name__ == "__main__":
    main()
