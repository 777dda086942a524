"""From a fitted detector to a part of a model."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from botwarden.core.model import DetectorPart, ScalerKind
from botwarden.learn import thresholds
from botwarden.learn.estimator import AnomalyDetector

Array = NDArray[np.float32] | NDArray[np.float64]


def detector_part(
    name: str,
    detector: AnomalyDetector,
    *,
    columns: Sequence[str],
    scaler: ScalerKind,
    scaler_arrays: dict[str, Array],
    benign: NDArray[np.floating],
    scores: NDArray[np.floating],
    threshold: thresholds.Threshold,
    window: int = 1,
    device: str | None = None,
    protocol: str | None = None,
) -> tuple[DetectorPart, bytes, dict[str, Array]]:
    """The part, its network and its arrays, whose names begin with the part's.

    scaler_arrays : what the scaler needs, by name without the part's
    benign : [n, d], benign rows before scaling, to tell people what is normal; ``rows`` in the settings counts them
    scores : [m], of benign rows that it was not trained on
    """
    part = DetectorPart(
        name=name,
        algorithm=detector.algorithm,
        columns=list(columns),
        scaler=scaler,
        device=device,
        protocol=protocol,
        settings={**detector.settings, "rows": len(benign)},
        threshold=threshold.value,
        rule=threshold.rule,
        window=window,
        has_errors=detector.has_errors,
    )
    arrays: dict[str, Array] = {f"{name}.{key}": value for key, value in scaler_arrays.items()}
    arrays[f"{name}.tail"] = thresholds.tail(scores)
    arrays[f"{name}.normal"] = thresholds.normal(benign)
    return part, detector.to_onnx(), arrays
