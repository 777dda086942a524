"""How many rows a second a model scores, beside ONNX Runtime alone, in one run: see docs/models.md.

python benchmarks/scoring.py                     # about a minute
python benchmarks/scoring.py --threads 2

Alone: the network of the model file in ONNX Runtime, on float32 rows that are scaled already, in the same steps. Ours:
raw float64 rows, as they come from packets or tables, through `Scorer.score`: columns picked, scaled, scored, compared
with the threshold, with a confidence each. Both are timed in turn, and the medians compared; with one thread it is the
time of the thread that counts, so that other programs do not matter.

Two models: the published autoencoder on all 115 columns, standardised, and our default detector with its own scaling
and columns. Rows are those of data/nbaiot/, benign and attacks as they are mixed in botnet traffic: half and half. What
the weights are has no influence on the time, so they are trained for a moment only.
"""

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from botwarden.app.rows import open_rows
from botwarden.core.model import Manifest, Model, SchemaRef, Training
from botwarden.detect.models.parts import BLOCK, scaler_of
from botwarden.detect.models.scorer import Scorer
from botwarden.features.schema import DATE_COLUMNS, NBAIOT115
from botwarden.learn import detectors, thresholds
from botwarden.learn.assembly import detector_part
from botwarden.learn.graphs import Runner
from botwarden.learn.scaling import fit_scaler

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("BOTWARDEN_SHARED", ROOT.parent / "shared"))
GOAL = 0.80
"""Share of ONNX Runtime's own rate that we want to reach."""

Rows = NDArray[np.float64]


@dataclass(frozen=True)
class Result:
    """Rows a second."""

    name: str
    columns: int
    scaling: str
    alone: float
    ours: float

    @property
    def ratio(self) -> float:
        """Ours as a share of ONNX Runtime's."""
        return self.ours / self.alone


def rows(name: str) -> Rows:
    """All rows of a table of data/nbaiot/."""
    return np.concatenate([part.values for part in open_rows([SHARED / "data" / "nbaiot" / f"{name}.csv.gz"])])


def model(name: str, benign: Rows, *, all_columns: bool) -> Model:
    """A model with one detector, trained for a moment."""
    free = [column for column in NBAIOT115.columns if column not in DATE_COLUMNS]
    columns = list(NBAIOT115.columns) if all_columns else detectors.learned_from(name, free)
    x = benign[:, [NBAIOT115.columns.index(column) for column in columns]]
    detector = detectors.detector(name)(epochs=1)
    scaler = fit_scaler(detector.scaler, x)
    scaled = scaler.apply(x)
    third = len(x) // 3
    detector.fit(scaled[:third], scaled[third : 2 * third])
    scores = Runner(detector.to_onnx()).scores(scaled[2 * third :])
    part, network, arrays = detector_part(
        "all",
        detector,
        columns=columns,
        scaler=detector.scaler,
        scaler_arrays=scaler.arrays,
        benign=x,
        scores=scores,
        threshold=thresholds.quantile(scores),
    )
    training = Training(files=[], split="thirds", seed=0, created="", seconds=0.0, versions={})
    schema = SchemaRef(name=NBAIOT115.name, columns=list(NBAIOT115.columns))
    return Model(Manifest(name=name, schema=schema, detectors=[part], training=training), {"all": network}, arrays)


def alone(held: Model, x: Rows, threads: int) -> Callable[[], object]:
    """ONNX Runtime on rows that are ready."""
    part = held.manifest.detectors[0]
    pick = np.array([NBAIOT115.columns.index(column) for column in part.columns])
    ready = scaler_of(part, held).apply(x, pick=pick)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(held.networks["all"], options, providers=["CPUExecutionProvider"])
    blocks = [ready[start : start + BLOCK] for start in range(0, len(ready), BLOCK)]

    def run() -> None:
        for block in blocks:
            session.run(["score"], {"x": block})

    return run


def compare(held: Model, x: Rows, repeats: int, threads: int) -> Result:
    """Both in turn, after a first time that does not count."""
    scorer = Scorer(held, threads)
    ways = alone(held, x, threads), lambda: scorer.score(x)
    clock = time.process_time if threads == 1 else time.perf_counter
    taken: tuple[list[float], list[float]] = [], []
    for repeat in range(repeats + 1):
        for way, times in zip(ways, taken, strict=True):
            start = clock()
            way()
            if repeat:
                times.append(clock() - start)
    part = held.manifest.detectors[0]
    rates = [len(x) / statistics.median(times) for times in taken]
    return Result(held.manifest.name, len(part.columns), part.scaler, *rates)


def main() -> None:
    """Run both models and print a table."""
    parser = argparse.ArgumentParser(description="How many rows a second a model scores, beside ONNX Runtime alone.")
    parser.add_argument("--repeats", type=int, default=21)
    parser.add_argument("--threads", type=int, default=1, help="of ONNX Runtime, for both")
    parser.add_argument("--rows", type=int, default=65_536)
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "bench" / "scoring.json")
    options = parser.parse_args()
    torch.set_num_threads(1)
    benign, attack = rows("benign"), rows("attack")
    chance = np.random.default_rng(0)
    half = options.rows // 2
    mixed = np.concatenate(
        [benign[chance.integers(len(benign), size=half)], attack[chance.integers(len(attack), size=half)]]
    )
    chance.shuffle(mixed)
    results = [
        compare(model("published", benign, all_columns=True), mixed, options.repeats, options.threads),
        compare(model(detectors.DEFAULT, benign, all_columns=False), mixed, options.repeats, options.threads),
    ]
    options.out.parent.mkdir(parents=True, exist_ok=True)
    found = [
        {
            "model": r.name,
            "columns": r.columns,
            "scaling": r.scaling,
            "alone": r.alone,
            "ours": r.ours,
            "ratio": r.ratio,
        }
        for r in results
    ]
    options.out.write_text(json.dumps({"threads": options.threads, "results": found}, indent=2) + "\n")
    table = Table("model", "columns", "scaling", "ONNX Runtime alone, rows/s", "ours, rows/s", "ratio", f"goal {GOAL}")
    for r in results:
        reached = "reached" if r.ratio >= GOAL else "missed"
        table.add_row(r.name, str(r.columns), r.scaling, f"{r.alone:,.0f}", f"{r.ours:,.0f}", f"{r.ratio:.2f}", reached)
    Console().print(table)


if __name__ == "__main__":
    main()
