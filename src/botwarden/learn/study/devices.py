"""The study's detectors, device by device, and the thresholds mean + N · std."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from botwarden.core.model import DetectorPart, Model
from botwarden.core.row import Rows
from botwarden.core.score import Scores
from botwarden.detect.models.scorer import Scorer
from botwarden.learn.judging import Judged
from botwarden.learn.thresholds import alarms, smallest_window

NS = range(1, 11)
"""Multiples of the standard deviation that are tried."""
WIDEST = 1_000


class Normal(msgspec.Struct, frozen=True, kw_only=True):
    """How a detector scores the benign rows of one device that set its threshold."""

    device: str
    rows: int
    mean: float
    std: float
    windows: list[int]
    """Per multiple N of the standard deviation, the smallest majority window without a false alarm."""


class DeviceResult(msgspec.Struct, frozen=True, kw_only=True):
    """A detector on the rows of one device that it did not learn from. Rates are None where there are no rows."""

    device: str
    benign: int
    attack: int
    threshold: float
    window: int
    fpr: float | None
    tpr: float | None
    window_fpr: float | None
    window_tpr: float | None
    rows_until: float | None
    """Median over the attacks of the rows until the first alarm by majority window; None where one is missed."""


class Sweep(msgspec.Struct, frozen=True, kw_only=True):
    """All devices with the threshold mean + ``n`` · std, each with its own mean and std."""

    n: int
    accuracy: float | None
    false_positives: int
    false_negatives: int
    fpr: float | None
    fnr: float | None
    window: int
    """The widest of the devices' windows."""
    window_fpr: float | None
    window_tpr: float | None


def normals(model: Model, rows: Rows) -> list[Normal]:
    """How a model scores benign rows that set its thresholds: ``rows``, in the order of time within each device."""
    score = Scorer(model).score_rows(rows).score.astype(np.float64)
    found = []
    for device in sorted(set(rows.devices.tolist())):
        own = score[rows.devices == device]
        mean, std = float(own.mean()), float(own.std())
        same = np.zeros(len(own), np.int8)
        windows = [smallest_window(own > mean + n * std, same, WIDEST) for n in NS]
        found.append(Normal(device=device, rows=len(own), mean=mean, std=std, windows=windows))
    return found


def device_results(judged: Judged, said: Scores, model: Model) -> list[DeviceResult]:
    """Per device, at its own threshold and with its own window."""
    scorer = Scorer(model)
    attack = judged.attack
    of_group = [group.device for group in judged.groups]
    found = []
    for device in sorted(set(of_group)):
        part = scorer.detector_for(device or None)
        if part is None:
            continue
        mine = np.array([name == device for name in of_group], np.bool_)[judged.group]
        found.append(_device(judged.group[mine], attack[mine], said.anomalous[mine], device, part))
    return found


def sweep(judged: Judged, said: Scores, normal: Sequence[Normal]) -> list[Sweep]:
    """What every multiple N would do. Devices that nothing is known of are judged by the mean of all others."""
    attack = judged.attack
    benign_rows, attack_rows = int(np.count_nonzero(~attack)), int(np.count_nonzero(attack))
    found = []
    for place, n in enumerate(NS):
        limits = _limits(judged, normal, n)
        wrong = said.score > limits
        false_positives = int(np.count_nonzero(wrong & ~attack))
        false_negatives = int(np.count_nonzero(~wrong & attack))
        window = max((one.windows[place] for one in normal), default=1)
        alarmed = alarms(wrong, judged.group, window)
        total = len(attack)
        found.append(
            Sweep(
                n=n,
                accuracy=(total - false_positives - false_negatives) / total if total else None,
                false_positives=false_positives,
                false_negatives=false_negatives,
                fpr=false_positives / benign_rows if benign_rows else None,
                fnr=false_negatives / attack_rows if attack_rows else None,
                window=window,
                window_fpr=_mean(alarmed[~attack]),
                window_tpr=_mean(alarmed[attack]),
            )
        )
    return found


def _limits(judged: Judged, normal: Sequence[Normal], n: int) -> NDArray[np.float64]:
    known = {one.device: one.mean + n * one.std for one in normal}
    rest = float(np.mean(list(known.values()))) if known else np.inf
    return np.array([known.get(group.device, rest) for group in judged.groups])[judged.group]


def _device(
    group: NDArray[np.int32],
    attack: NDArray[np.bool_],
    anomalous: NDArray[np.bool_],
    device: str,
    part: DetectorPart,
) -> DeviceResult:
    alarmed = alarms(anomalous, group, part.window)
    until = []
    for code in np.unique(group[attack]).tolist():
        first = np.flatnonzero(alarmed[group == code])
        until.append(float(first[0]) + 1 if len(first) else np.inf)
    median = float(np.median(until)) if until else np.inf
    return DeviceResult(
        device=device,
        benign=int(np.count_nonzero(~attack)),
        attack=int(np.count_nonzero(attack)),
        threshold=part.threshold,
        window=part.window,
        fpr=_mean(anomalous[~attack]),
        tpr=_mean(anomalous[attack]),
        window_fpr=_mean(alarmed[~attack]),
        window_tpr=_mean(alarmed[attack]),
        rows_until=median if np.isfinite(median) and np.isfinite(until).all() else None,
    )


def _mean(flags: NDArray[np.bool_]) -> float | None:
    return float(flags.mean()) if len(flags) else None
