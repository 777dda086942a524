from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace as changed

from botwarden.core.errors import ModelError
from botwarden.core.model import FORMAT, DetectorPart, Model, SchemaRef
from botwarden.detect.models.check import check_model
from models import classifier, detector, model, squares

WEIGHTS = np.ones((3, 2), np.float32)


def test_a_good_model_passes() -> None:
    check_model(model([detector(), detector("camera", device="camera")], [classifier("kind", ["a", "b"])], [WEIGHTS]))


def refuse(broken: Model, says: str) -> None:
    with pytest.raises(ModelError, match=says) as caught:
        check_model(broken)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("part", "says"),
    [
        (detector(threshold=float("nan")), "threshold is no number"),
        (detector(threshold=float("inf")), "threshold is no number"),
        (detector(window=0), "window"),
        (detector(window=10**9), "window"),
        (detector(columns=["a", "d"]), "'d' is not in the schema"),
        (detector(columns=["a", "a"]), "columns, each once"),
        (detector(columns=[]), "columns, each once"),
        (detector(scaler="sideways"), "no scaling 'sideways'"),  # type: ignore[arg-type]
        (detector(scaler="standard"), "lacks its array 'mean'"),
        (detector(protocol="quic"), "no protocol 'quic'"),
        (detector(protocol=""), "no protocol"),
        (detector(device=" "), "device has no name"),
        (detector("../evil"), "part name"),
        (detector("a.b"), "part name"),
        (detector(""), "part name"),
    ],
)
def test_parts_that_contradict_themselves_are_refused(part: DetectorPart, says: str) -> None:
    refuse(model([part]), says)


@pytest.mark.parametrize("classes", [[], ["a", "a"], ["a", ""]])
def test_classes_must_be_told_apart(classes: list[str]) -> None:
    refuse(model([], [classifier("kind", classes)], [WEIGHTS]), "classes, each once")


@pytest.mark.parametrize(
    ("arrays", "says"),
    [
        ({"all.tail": np.zeros(3, np.float32)}, "'tail'"),
        ({"all.tail": -np.arange(64, dtype=np.float32)}, "'tail'"),
        ({"all.normal": np.zeros((5, 2), np.float32)}, "'normal'"),
        ({"all.extra": np.array([np.nan])}, "no number"),
        ({"all.extra": np.array(["x"])}, "no number"),
        ({"nobody.tail": np.zeros(3)}, "belongs to no part"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(arrays: dict[str, Any], says: str) -> None:
    refuse(model(arrays=arrays), says)


def test_what_is_missing_is_named() -> None:
    whole = model()
    refuse(replace(whole, networks={}), "network is missing")
    refuse(replace(whole, arrays={}), "'tail'")
    refuse(model([], []), "no part")


def test_networks_of_nobody_are_refused() -> None:
    refuse(replace(model(), networks={"all": squares(), "more": squares()}), "'more', which belongs to no part")


def test_bad_networks_are_refused() -> None:
    refuse(replace(model(), networks={"all": b"junk"}), "ONNX")


def test_names_must_differ() -> None:
    refuse(model([detector(), detector()]), "there twice")


def test_newer_formats_are_refused() -> None:
    whole = model()
    refuse(replace(whole, manifest=changed(whole.manifest, format=FORMAT + 1)), "newer version")


def test_a_schema_must_tell_columns_apart() -> None:
    whole = model()
    for columns in ([], ["a", "a"]):
        schema = SchemaRef(name="x", columns=columns)
        refuse(replace(whole, manifest=changed(whole.manifest, schema=schema)), "each once")
