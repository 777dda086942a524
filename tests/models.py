"""Small models whose scores can be worked out by hand."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper

from botwarden.core.model import (
    TAIL_SHARES,
    ClassifierPart,
    DetectorPart,
    Manifest,
    Model,
    ScalerKind,
    SchemaRef,
    Training,
)
from botwarden.core.snapshot import FeatureSchema
from botwarden.features.schema import NBAIOT115
from botwarden.learn.graphs import IR_VERSION, OPSET, autoencoder, constant

Array = NDArray[np.float32] | NDArray[np.float64]

SCHEMA = FeatureSchema("three", ("a", "b", "c"))
TRAINING = Training(files=[], split="none", seed=0, created="2026-01-01T00:00:00Z", seconds=0.0, versions={})


def squares(width: int = 3) -> bytes:
    """A detector's network that always expects zeros: errors are the squares of its inputs, the score is their mean."""
    return autoencoder([(np.zeros((width, width), np.float32), np.zeros(width, np.float32))])


def softmax(weights: NDArray[np.float32]) -> bytes:
    """A classifier's network: softmax(x @ weights); ``weights``: float32[d, c]."""
    width, classes = weights.shape
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["z"]),
        helper.make_node("Softmax", ["z"], ["probability"], axis=1),
    ]
    return network(nodes, [constant("w", weights)], width, "probability", ["n", classes])


def network(
    nodes: Sequence[Any], constants: Sequence[Any], width: int, output: str, shape: list[str | int], **settings: Any
) -> bytes:
    """Any network with one output, unchecked."""
    graph = helper.make_graph(
        list(nodes),
        "network",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", width])],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)],
        list(constants),
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", 3)]
    made = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, **settings)
    return bytes(made.SerializeToString(deterministic=True))


def detector(
    name: str = "all",
    *,
    columns: Sequence[str] = SCHEMA.columns,
    threshold: float = 4.0,
    scaler: ScalerKind = "identity",
    **changes: Any,
) -> DetectorPart:
    """A detector part for `squares`."""
    return DetectorPart(
        **{
            "name": name,
            "algorithm": "autoencoder",
            "columns": list(columns),
            "scaler": scaler,
            "threshold": threshold,
            "rule": "by hand",
            "has_errors": True,
            **changes,
        }
    )


def classifier(name: str, classes: Sequence[str], **changes: Any) -> ClassifierPart:
    """A classifier part for `softmax`."""
    return ClassifierPart(
        **{
            "name": name,
            "algorithm": "network",
            "columns": list(SCHEMA.columns),
            "scaler": "identity",
            "classes": list(classes),
            **changes,
        }
    )


def arrays_of(part: DetectorPart) -> dict[str, Array]:
    """What a detector needs: benign scores went evenly from 0 to 5, and columns from -2 to 2."""
    tail = 5 * (1 - np.array(TAIL_SHARES))
    normal = np.repeat([[-2.0], [-1.0], [0.0], [1.0], [2.0]], len(part.columns), axis=1)
    return {f"{part.name}.tail": tail.astype(np.float32), f"{part.name}.normal": normal.astype(np.float32)}


def model(
    detectors: Sequence[DetectorPart] | None = None,
    classifiers: Sequence[ClassifierPart] = (),
    weights: Sequence[NDArray[np.float32]] = (),
    arrays: dict[str, Array] | None = None,
    schema: FeatureSchema = SCHEMA,
) -> Model:
    """A model of `squares` detectors and `softmax` classifiers; one detector by default."""
    detectors = [detector()] if detectors is None else detectors
    manifest = Manifest(
        name="by hand",
        schema=SchemaRef(name=schema.name, columns=list(schema.columns)),
        detectors=list(detectors),
        classifiers=list(classifiers),
        training=TRAINING,
        card="# By hand\n\nKnows nothing.\n",
    )
    networks = {part.name: squares(len(part.columns)) for part in detectors}
    networks |= {part.name: softmax(w) for part, w in zip(classifiers, weights, strict=True)}
    held: dict[str, Array] = {}
    for part in detectors:
        held |= arrays_of(part)
    return Model(manifest, networks, held | (arrays or {}))


def wide(threshold: float = 1e4, **changes: Any) -> Model:
    """A model of the 115 features whose score is the mean of three squares: weight, mean length, and its variance."""
    columns = ["MI_dir_L5_weight", "MI_dir_L5_mean", "MI_dir_L5_variance"]
    return model([detector(columns=columns, threshold=threshold, **changes)], schema=NBAIOT115)
