import numpy as np
import torch

from botwarden.learn import thresholds
from botwarden.learn.assembly import detector_part
from botwarden.learn.autoencoder import Autoencoder
from botwarden.learn.graphs import Runner
from learnable import rows

torch.set_num_threads(1)


def test_a_part_has_everything_that_judging_needs() -> None:
    raw = rows(300, 4).astype(np.float64) * 10 + 3
    x = ((raw - 3) / 10).astype(np.float32)
    detector = Autoencoder(epochs=3).fit(x[:200], x[200:])
    scores = Runner(detector.to_onnx()).scores(x[200:])
    part, network, arrays = detector_part(
        "camera",
        detector,
        columns=["a", "b", "c", "d"],
        scaler="standard",
        scaler_arrays={"mean": np.full(4, 3.0), "scale": np.full(4, 10.0)},
        benign=raw,
        scores=scores,
        threshold=thresholds.deviations(scores, 2),
        window=5,
        device="aa:bb:cc:dd:ee:ff",
    )
    assert (part.name, part.algorithm, part.window, part.device) == ("camera", "autoencoder", 5, "aa:bb:cc:dd:ee:ff")
    assert part.threshold == thresholds.deviations(scores, 2).value
    assert part.has_errors
    assert part.settings["epochs"] == 3
    assert network == detector.to_onnx()
    assert set(arrays) == {"camera.mean", "camera.scale", "camera.tail", "camera.normal"}
    assert arrays["camera.normal"].shape == (5, 4)
    np.testing.assert_allclose(arrays["camera.normal"][2], np.median(raw, axis=0), rtol=1e-6)
