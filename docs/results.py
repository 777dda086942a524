"""Writes ``results.md``: the bars that botwarden set itself, measured. ``make results`` runs it.

python docs/results.py --data ../shared/data                    # about a quarter of an hour on one core
python docs/results.py --data ../shared/data --seeds 1          # a few minutes
python docs/results.py --data ../shared/data --page /tmp/x.md   # elsewhere

Speed comes from the files that ``benchmarks/`` wrote to ``out/bench/``, where they are.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import torch

from botwarden._version import __version__
from botwarden.app.experiment import machine
from botwarden.app.rows import open_rows
from botwarden.core.row import ATTACK, Group, Rows, concatenate
from botwarden.detect.models.scorer import Scorer
from botwarden.learn.dataset import collect
from botwarden.learn.dates import date_effect
from botwarden.learn.evaluation import Subject, about, evaluate
from botwarden.learn.plan import TrainPlan
from botwarden.learn.results import Evaluation, ModelResult
from botwarden.learn.training import train, versions
from botwarden.learn.wording import FEW, area, at_rate, share, with_interval

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "results.md"
BENCH = ROOT / "out" / "bench"
RECALL, FALSE_POSITIVES = 0.999, 0.001
TRAINING, SCORING = 50, 0.8

PLANS = {
    "denoising": TrainPlan(detector="denoising"),
    "denoising, with dates": TrainPlan(detector="denoising", dates=True),
    "published recipe": TrainPlan(detector="published", split="thirds", std=1.0),
    "published recipe, with dates": TrainPlan(detector="published", split="thirds", std=1.0, dates=True),
    "autoencoder": TrainPlan(detector="autoencoder"),
    "isolation forest": TrainPlan(detector="isolation_forest"),
    "kitnet": TrainPlan(detector="kitnet"),
}
"""The same threshold rule for all but the published recipe: at most 0.1 % of benign rows, of which one is 95 % sure."""


SEEDED = ("denoising", "published recipe")
"""Trained with every seed; the others with the first one."""


@dataclass(frozen=True, slots=True)
class Data:
    """Benign rows to learn from, others to judge by, and attacks."""

    benign: Rows
    test: Rows
    attack: Rows


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description="Writes docs/results.md.")
    parser.add_argument("--data", type=Path, required=True, help="a folder with nbaiot/ and maybe kitsune/")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("--bench", type=Path, default=BENCH, help="what benchmarks/ wrote")
    options = parser.parse_args()
    torch.set_num_threads(1)
    started = time.monotonic()
    data = Data(*(_rows(options.data / "nbaiot", name) for name in ("benign", "benign_test", "attack")))
    found = [_judged(data, seed) for seed in range(options.seeds)]
    parts = [*_bars(data, found), *_dates(found[0]), *_kitsune(options.data), *_speed(options.bench)]
    minutes = (time.monotonic() - started) / 60
    options.page.write_text("\n\n".join([*_head(minutes, options.seeds), *parts]) + "\n", encoding="utf-8")


def _rows(folder: Path, name: str) -> Rows:
    default = Group(attack=ATTACK) if name == "attack" else Group()
    return collect(open_rows([folder / f"{name}.csv.gz"], default=default), seed=0)


def _told(text: str) -> Callable[[float | None, str], None]:
    def told(share: float | None, what: str) -> None:
        sys.stderr.write(f"\r\033[K{text}: {what}"[:120])

    return told


def _judged(data: Data, seed: int) -> Evaluation:
    """Every detector trained with a seed, and judged; the first seed also tells what dates do."""
    subjects = []
    for name, plan in PLANS.items():
        if seed and name not in SEEDED:
            continue
        model = train(
            data.benign, msgspec.structs.replace(plan, seed=seed), progress=_told(f"{name}, seed {seed}")
        ).model
        subjects.append(Subject(about(name, model), Scorer(model)))
    found = evaluate(subjects, _chunks(data), seed=seed, dates=False)
    effect = date_effect(data.test, data.attack, seed) if seed == 0 else None
    return msgspec.structs.replace(found, dates=effect)


def _chunks(data: Data) -> Iterator[Rows]:
    for rows in (data.test, data.attack):
        for start in range(0, len(rows), 8192):
            yield rows.take(slice(start, start + 8192))


def _head(minutes: float, seeds: int) -> list[str]:
    made = ", ".join(f"{name} {text}" for name, text in versions().items() if name != "botwarden")
    return [
        "# Results",
        "The bars that botwarden set itself, measured by a program that anyone can run: `make results` (or "
        f"`python docs/results.py --data DIR --seeds {seeds}`). Written on {datetime.now(UTC):%Y-%m-%d} by botwarden "
        f"{__version__}, {minutes:.0f} minutes on {machine()}. {made[0].upper() + made[1:]}.",
        "The whole published study (per device, windows, classifiers with up to 11 classes) needs the whole data set: "
        "`botwarden experiment nbaiot DIR --report DIR`, see [quickstart](quickstart.md#learning-what-is-normal).",
    ]


def _bars(data: Data, found: Sequence[Evaluation]) -> list[str]:
    denoising = [_model(one, "denoising") for one in found]
    kept = [one for one in denoising if (one.tpr.value or 0) >= RECALL and (one.fpr.value or 0) <= FALSE_POSITIVES]
    lines = []
    for name in PLANS:
        for seed, one in enumerate(found[: None if name in SEEDED else 1]):
            lines.append([name if seed == 0 else "", str(seed), *_line(_model(one, name))])
    lines += [[one.about.name, "", *_line(one)] for one in found[0].baselines]
    uncertain = any("*" in cell for line in lines for cell in line)
    head = ["detector", "seed", "recall", "false positives", "recall at 0.1 % FPR", "AUC"]
    return [
        "## Attacks found, and false alarms",
        f"Rows of N-BaIoT from nine devices: {len(data.benign):,} benign ones to learn from, {len(data.test):,} others "
        f"and {len(data.attack):,} of attacks to judge by (`data/nbaiot/`; which device a row is of was not kept). "
        "Thresholds are set on the former alone. The ten columns that carry the date of the capture are left out but "
        "where it is said. Intervals are Wilson's at 95 %.",
        f"**The bar: recall {RECALL:.1%} at {FALSE_POSITIVES:.1%} false positives. The default detector, `denoising`, "
        f"keeps to it with {len(kept)} of {len(found)} seeds.** {len(data.test):,} rows say little about one in a "
        "thousand, though: see the intervals. How it was chosen, and what that does to the numbers, is told in "
        "[detectors](detectors.md).",
        _table(head, lines, 2),
        *([FEW.replace("*", "\\*", 1)] if uncertain else []),
        "The published recipe learns from a third of the benign rows, and its threshold, mean + one standard "
        "deviation, comes from another third, as in the paper. It misses first packets from forged addresses, which "
        "are 27.7 % of the attack rows. The last two lines are trivial judges.",
    ]


def _line(one: ModelResult) -> list[str]:
    at = at_rate(one.ranking.at[1]).replace("*", "\\*")
    return [with_interval(one.tpr), with_interval(one.fpr), at, area(one.ranking.auc)]


def _dates(found: Evaluation) -> list[str]:
    effect = found.dates
    if effect is None:
        return []
    lines = []
    for twin in effect.twins:
        for what, at, auc in (("used", twin.with_dates, twin.auc_with), ("left out", twin.without, twin.auc_without)):
            lines.append([twin.name, what, *(at_rate(one).replace("*", "\\*") for one in at), area(auc)])
    lines.append(["classifier: boosted trees", "nothing else", "", "", "", area(effect.alone)])
    head = ["reference", "date columns", "recall at 1 % FPR", "at 0.1 %", "at 0.01 %", "AUC"]
    return [
        "## What the date gives away",
        "Ten columns of these rows carry the date of the capture, and benign traffic was captured on other days than "
        "attacks. Two quick references, fitted on half of the rows above and judged on the rest, show what that is "
        f"worth: {'results differ' if effect.differs else 'results do not differ'}, and a classifier that sees nothing "
        f"but those ten columns reaches an AUC of {area(effect.alone)}.",
        _table(head, lines, 2),
    ]


def _kitsune(data: Path) -> list[str]:
    folder = data / "kitsune"
    if not folder.is_dir():
        return []
    benign, attack = _rows(folder, "benign"), _rows(folder, "attack")
    both = concatenate([benign, attack])
    lines = []
    for name in ("denoising", "published recipe", "kitnet"):
        plan = PLANS[name]
        if plan.split == "thirds":
            plan = msgspec.structs.replace(plan, split="cross", std=None)
        model = train(both, plan, progress=_told(f"kitsune, {name}")).model
        metrics = model.manifest.metrics
        lines.append(
            [
                name.split(",")[0].removesuffix(" recipe"),
                share(metrics["recall"]),
                share(metrics["false_positive_rate"]),
            ]
        )
    return [
        "## Another network",
        f"Rows of the Kitsune data set (`data/kitsune/`): {len(benign):,} benign ones and {len(attack):,} of attacks "
        "(Mirai, OS scan, SSDP flood, SSL renegotiation and others; which row is of which was not kept). All benign "
        "rows are learned from, and each is scored by a detector that did not learn from it; "
        "0.1 % false positives are aimed at. Nothing was tuned on these rows, and no bar was set for them: what finds "
        "nearly everything in one network may find little in another. Measure where a model is to be used.",
        _table(["detector", "recall", "false positives"], lines, 1),
    ]


def _speed(folder: Path) -> list[str]:
    lines = []
    training, scoring, many = (_read(folder / f"{name}.json") for name in ("training", "scoring", "many_devices"))
    if training:
        theirs, ours = training["theirs"], training["ours"]
        how = f"{theirs['seconds']:,.0f} s" + (" (from some epochs)" if theirs.get("extrapolated") else "")
        what = "training the published network on 185,000 rows, to the same error"
        lines.append(
            [
                what,
                how,
                f"{ours['seconds']:.1f} s",
                f"{training['ratio']:.0f} times",
                "50 times" if training["ratio"] >= TRAINING else "50 times: missed",
            ]
        )
    for one in scoring.get("results", []) if scoring else []:
        bar = "80 %" if one["ratio"] >= SCORING else "80 %: missed"
        alone = f"{one['alone']:,.0f} rows/s in ONNX Runtime alone"
        lines.append([f"scoring, {one['model']}", alone, f"{one['ours']:,.0f} rows/s", f"{one['ratio']:.0%}", bar])
    if many:
        lines.append([f"{many['devices']:,} detectors at once ({many['processor']})",
                      f"{many['plain_loop_seconds']:,.0f} s in a plain loop", f"{many['together_seconds']:,.1f} s",
                      f"{many['ratio_to_plain_loop']:.0f} times", "–"])  # fmt: skip
    if not lines:
        return [
            "## Speed",
            "Not measured: `benchmarks/training.py` and `benchmarks/scoring.py` write what belongs here.",
        ]
    return [
        "## Speed",
        "Both sides in one run on one core of the machine at hand; [benchmarks](benchmarks.md) tells how.",
        _table(["what", "reference", "botwarden", "ratio", "the bar"], lines, 1),
    ]


def _read(path: Path) -> dict:  # type: ignore[type-arg]
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _model(found: Evaluation, name: str) -> ModelResult:
    return next(one for one in found.models if one.about.name == name)


def _table(head: Sequence[str], lines: Sequence[Sequence[str]], left: int) -> str:
    rule = ["---"] * left + ["---:"] * (len(head) - left)
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, rule, *lines])


if __name__ == "__main__":
    main()
