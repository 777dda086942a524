"""What is normal for a part of a model, as far as the model itself knows."""

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from botwarden.core.errors import ModelError
from botwarden.core.model import Model, Part
from botwarden.learn.scaling import logistic_level
from botwarden.learn.surrogate import LEVELS


def normals_of(part: Part, model: Model) -> NDArray[np.float64]:
    """float64[5, d]: the percentiles `LEVELS` of each column of ``part`` in benign rows.

    A column takes them from the part's own array ``normal``; else from that of a detector of the model, first those for
    the same device; else from what the part's scaling knows of the rows that it learned from, attacks among them where
    a classifier did.

    Raises ModelError where the model knows nothing of a column.
    """
    alike = sorted(
        model.manifest.detectors, key=lambda other: (other.device != part.device, other.protocol != part.protocol)
    )
    known: dict[str, NDArray[np.float64]] = {}
    for owner in (part, *alike):
        found = model.arrays.get(f"{owner.name}.normal")
        if found is not None and found.shape == (len(LEVELS), len(owner.columns)):
            for i, name in enumerate(owner.columns):
                known.setdefault(name, np.asarray(found[:, i], np.float64))
    if any(name not in known for name in part.columns):
        for name, found in zip(part.columns, _from_scaling(part, model).T, strict=True):
            known.setdefault(name, found)
    return np.stack([known[name] for name in part.columns], axis=1)


def _from_scaling(part: Part, model: Model) -> NDArray[np.float64]:
    arrays = {
        key.removeprefix(f"{part.name}."): np.asarray(array, np.float64)
        for key, array in model.arrays.items()
        if key.startswith(f"{part.name}.")
    }
    steps = np.array([NormalDist().inv_cdf(level) for level in LEVELS])
    if part.scaler == "standard":
        return arrays["mean"] + steps[:, None] * arrays["std"]
    if part.scaler == "minmax":
        return arrays["low"] + np.array(LEVELS)[:, None] * (arrays["high"] - arrays["low"])
    if part.scaler == "signed_log":
        scaled = arrays["mean"] + steps[:, None] * arrays["std"]
        return np.asarray(np.sign(scaled) * np.expm1(np.minimum(np.abs(scaled), 80.0)), np.float64)
    if part.scaler in ("quantile", "logistic"):
        at = steps if part.scaler == "quantile" else np.array([logistic_level(level) for level in LEVELS])
        pairs = zip(arrays["knots"], arrays["levels"], strict=True)
        return np.stack([np.interp(at, levels, knots) for knots, levels in pairs], axis=1)
    raise ModelError(f"the model cannot say what is normal for '{part.name}', so nothing can be compared with it")
