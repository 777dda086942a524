"""Semi-online learning: a detector learns on from new benign rows, and nobody keeps the old ones.

What stays of the old rows is in the model: the weights (read from the network's ONNX initialisers, see
`botwarden.learn.graphs`), the scaler, which is left as it is because the weights were learned behind it, and the
quantiles of old scores. Adam's moments are not kept: it starts anew at a low rate, which costs it some tens of steps.
Weights are pulled towards where they were, so that one batch cannot make it forget all before.

An attacker who is patient could teach a detector to find an attack normal. So nothing is learned while anything is
alarmed, rows that the model itself finds anomalous are never learned, and a threshold
rises by a bounded factor at a time.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from botwarden.core.errors import ConfigError, DataError, ModelError
from botwarden.core.model import TAIL_SHARES, DetectorPart
from botwarden.core.text import printable
from botwarden.learn import graphs, thresholds
from botwarden.learn.assembly import Array
from botwarden.learn.autoencoder import Autoencoder
from botwarden.learn.estimator import Progress

_LATER: Final = ", moved with the benign rows learned since"

LEAST_ROWS: Final = 60
"""A smaller batch is not learned from: too little would be left to set the threshold by."""
LEAST_WINDOW: Final = 20
"""Rows whose majority stops learning where a detector judges each row alone: it is wrong about one in a thousand,
and would hardly ever learn."""
MOST_RISE: Final = 1.5
"""A threshold becomes at most so many times as high by one batch."""
MOST_ANOMALOUS: Final = 0.01
"""Share of anomalous rows above which a batch is not benign."""

Floats = NDArray[np.float32]


def refuse_while_alarmed(
    anomalous: NDArray[np.bool_],
    device: NDArray[np.integer],
    window: int,
    *,
    verdicts: Sequence[str] = (),
    share: float = MOST_ANOMALOUS,
    names: Sequence[str] = (),
) -> None:
    """Raise ConfigError, which says why, unless it is safe to learn from a batch; else do nothing.

    anomalous : bool[n], what the model says of the batch's rows, which are in order of time
    device : int[n], whose they are, index into ``names`` where these are given
    window : a device is alarmed when more than half of its last ``window`` rows are anomalous
    verdicts : what other detectors say at the moment, such as ``scan.mirai of camera``: any stops learning
    share : of all rows, how many may be anomalous
    """
    if verdicts:
        more = f" and {len(verdicts) - 3} more" if len(verdicts) > 3 else ""
        listed = ", ".join(printable(verdict) for verdict in verdicts[:3])
        raise ConfigError(f"nothing is learned while a detector is alarmed: {listed}{more}")
    alarmed = np.unique(device[thresholds.alarms(anomalous, device, window)])
    if len(alarmed):
        first = printable(names[alarmed[0]]) if names else f"device {alarmed[0]}"
        others = f" and {len(alarmed) - 1} more" if len(alarmed) > 1 else ""
        raise ConfigError(f"nothing is learned while the model is alarmed, here by {first or 'a device'}{others}")
    found = int(np.count_nonzero(anomalous))
    if found > share * len(anomalous):
        raise ConfigError(
            f"nothing is learned from this batch: the model finds {found:,} of its {len(anomalous):,} rows anomalous, "
            f"and {share:.1%} is the most"
        )


def learn_on(
    part: DetectorPart,
    network: bytes,
    arrays: Mapping[str, Array],
    x: Floats,
    benign: NDArray[np.floating],
    *,
    device: NDArray[np.integer] | None = None,
    names: Sequence[str] = (),
    verdicts: Sequence[str] = (),
    epochs: int = 20,
    rate: float = 1e-4,
    anchor: float = 1e-3,
    seed: int = 0,
    progress: Progress | None = None,
) -> tuple[DetectorPart, bytes, dict[str, Array]]:
    """The part, its network and its arrays after a batch of new benign rows, in order of time.

    network, arrays : what the model has of the part; arrays that are not the part's are left out
    x : float32[n, d], the rows scaled as the part's are
    benign : [n, d], the same rows before scaling
    device : int[n], whose they are, index into ``names`` where these are given; all of one by default
    verdicts, epochs, rate, anchor : see `refuse_while_alarmed` and `botwarden.learn.autoencoder.Autoencoder`

    Raises ConfigError while anything is alarmed and for detectors that cannot learn on, DataError for too few rows.
    """
    if len(x) < LEAST_ROWS:
        raise DataError(f"{len(x)} rows are too few to learn from: {LEAST_ROWS} is the least")
    detector = continued(part, network, epochs=epochs, rate=rate, anchor=anchor, seed=seed)
    before = graphs.Runner(network).scores(x)
    anomalous = before > part.threshold
    refuse_while_alarmed(
        anomalous,
        np.zeros(len(x), np.int64) if device is None else device,
        part.window if part.window > 1 else LEAST_WINDOW,
        verdicts=verdicts,
        names=names,
    )
    x, benign = x[~anomalous], benign[~anomalous]
    train, optimise, held = np.split(np.arange(len(x)), [3 * len(x) // 5, 4 * len(x) // 5])
    detector.fit(x[train], x[optimise], progress=progress)
    changed = detector.to_onnx()
    scores = graphs.Runner(changed).scores(x[held])
    own = {key: value for key, value in arrays.items() if key.startswith(f"{part.name}.")}
    tail = own[f"{part.name}.tail"].astype(np.float64)
    seen = _rows_seen(part)
    threshold = _threshold(part.threshold, tail, seen, scores, len(x))
    own[f"{part.name}.tail"] = mixed_tail(tail, seen, scores, len(x)).astype(np.float32)
    weight = len(x) / (seen + len(x))
    own[f"{part.name}.normal"] = (
        (1 - weight) * own[f"{part.name}.normal"] + weight * thresholds.normal(benign)
    ).astype(np.float32)
    settings = {**part.settings, "rows": seen + len(x), "batches_after": _count(part, "batches_after") + 1}
    rule = part.rule if part.rule.endswith(_LATER) else part.rule + _LATER
    return msgspec.structs.replace(part, threshold=threshold, rule=rule, settings=settings), changed, own


def continued(part: DetectorPart, network: bytes, **settings: int | float) -> Autoencoder:
    """A detector that goes on from a part's network. Raises ConfigError for algorithms that cannot."""
    try:
        layers = graphs.layers_of(network)
    except ModelError as error:
        raise ConfigError(f"a detector of the kind {part.algorithm} cannot learn on: train it anew") from error
    width = len(layers[0][0])
    shares = [len(biases) / width for _, biases in layers[:-1]]
    noise, top = part.settings.get("noise"), _count(part, "top")
    noise = float(noise) if isinstance(noise, int | float) else 0.0
    return Autoencoder(shares, start=network, noise=noise, top=top, **settings)  # type: ignore[arg-type]


def mixed_tail(tail: NDArray[np.float64], seen: float, scores: Floats, new: float) -> NDArray[np.float64]:
    """Quantiles as in ``tail`` of old and new scores together.

    tail : float64[m], of ``seen`` rows at `botwarden.core.model.TAIL_SHARES`
    scores : float32[j], which stand for ``new`` rows
    """
    shares = np.array(TAIL_SHARES)
    mass = np.append(shares[:-1] - shares[1:], shares[-1]) * seen
    values = np.concatenate([tail, scores])
    weights = np.concatenate([mass, np.full(len(scores), new / len(scores))])
    order = np.argsort(values, kind="stable")
    above = np.cumsum(weights[order][::-1])[::-1] / weights.sum()  # share at least as high as each value
    place = np.searchsorted(-above, -shares * (1 - 1e-9), side="right") - 1
    return values[order][np.clip(place, 0, len(values) - 1)]


def _threshold(old: float, tail: NDArray[np.float64], seen: float, scores: Floats, new: float) -> float:
    """As far above the quantile of old and new scores as it was above that of the old ones, within `MOST_RISE`."""
    at = max(int(np.searchsorted(tail, old, side="right")) - 1, 0)
    moved = float(mixed_tail(tail, seen, scores, new)[at])
    if tail[at] <= 0 or moved <= 0:
        return old
    return float(np.clip(old * moved / tail[at], old / MOST_RISE, old * MOST_RISE))


def _rows_seen(part: DetectorPart) -> int:
    return max(_count(part, "rows"), 1)


def _count(part: DetectorPart, name: str) -> int:
    value = part.settings.get(name, 0)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
