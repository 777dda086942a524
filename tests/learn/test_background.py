import numpy as np
import pytest

from botwarden.core.errors import ModelError
from botwarden.detect.models.scaling import Scaler
from botwarden.learn.background import normals_of
from botwarden.learn.scaling import fit_scaler
from models import classifier, detector, model

WEIGHTS = np.zeros((3, 2), np.float32)
CHANCE = np.random.default_rng(0)
ROWS = CHANCE.normal([10, -5, 0], [1, 2, 3], (4000, 3))


def test_a_detector_has_its_own() -> None:
    held = model()
    assert normals_of(held.manifest.detectors[0], held).tolist() == [[v] * 3 for v in (-2, -1, 0, 1, 2)]


def test_a_classifier_takes_those_of_a_detector_with_its_columns() -> None:
    part = classifier("names", ["x", "y"], columns=["c", "a"])
    normal = np.arange(15, dtype=np.float32).reshape(5, 3)
    held = model([detector()], [part], [WEIGHTS[:2]], {"all.normal": normal})
    assert normals_of(part, held).tolist() == normal[:, [2, 0]].tolist()


def test_a_classifier_takes_those_of_its_own_device() -> None:
    part = classifier("names", ["x", "y"], device="plug")
    plugs = np.full((5, 3), 7, np.float32)
    held = model([detector(), detector("plugs", device="plug")], [part], [WEIGHTS], {"plugs.normal": plugs})
    assert (normals_of(part, held) == 7).all()


def test_what_a_detector_does_not_read_is_known_by_scaling() -> None:
    part = classifier("names", ["x", "y"], scaler="standard")
    arrays = {"names.mean": np.array([9.0, 9, 9]), "names.std": np.array([1.0, 1, 1])}
    found = normals_of(part, model([detector(columns=["a", "c"])], [part], [WEIGHTS], arrays))
    assert found[2].tolist() == [0, 9, 0]


@pytest.mark.parametrize("kind", ["standard", "quantile", "logistic", "minmax", "signed_log"])
def test_a_classifier_alone_knows_the_rows_by_its_scaling(kind: str) -> None:
    scaler: Scaler = fit_scaler(kind, ROWS)  # type: ignore[arg-type]
    part = classifier("names", ["x", "y"], scaler=kind)
    arrays = {f"names.{name}": array for name, array in scaler.arrays.items()}
    found = normals_of(part, model([], [part], [WEIGHTS], arrays))
    assert found.shape == (5, 3)
    assert (np.diff(found, axis=0) > 0).all()
    if kind in ("standard", "quantile", "logistic"):
        assert found[[1, 2, 3]] == pytest.approx(np.percentile(ROWS, [25, 50, 75], axis=0), abs=0.2)
    else:
        assert found[2] == pytest.approx([10, -5, 0], abs=2.5)


def test_a_model_that_does_not_know_says_so() -> None:
    part = classifier("names", ["x", "y"])
    with pytest.raises(ModelError, match="what is normal for 'names'"):
        normals_of(part, model([], [part], [WEIGHTS]))
