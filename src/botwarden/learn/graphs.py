"""Networks as ONNX graphs, and back.

The weights of an autoencoder are the initialisers ``<stem>.w0``, ``<stem>.b0``, ``<stem>.w1`` … of its graph, as
float32[inputs, outputs] and float32[outputs]; `layers_of` reads them from there, so a model file holds them once.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from botwarden._version import __version__
from botwarden.core.errors import ModelError
from botwarden.detect.models.largest import mean_of_largest, without_largest
from botwarden.learn.networks import Layers

OPSET: Final = 17
IR_VERSION: Final = 9  # what ONNX Runtime 1.20 and later read
_ROWS: Final = 65_536  # scored at a time


def constant(name: str, value: NDArray[Any]) -> Any:
    """An initialiser."""
    return numpy_helper.from_array(np.ascontiguousarray(value), name)


def dense(layers: Layers, source: str, target: str, stem: str) -> tuple[list[Any], list[Any]]:
    """Nodes and initialisers of a dense network with tanh between its layers, from one value to another."""
    nodes, constants = [], []
    last = len(layers) - 1
    for i, (weights, biases) in enumerate(layers):
        constants += [constant(f"{stem}.w{i}", weights), constant(f"{stem}.b{i}", biases)]
        out = target if i == last else f"{stem}.z{i}"
        nodes.append(helper.make_node("Gemm", [source, f"{stem}.w{i}", f"{stem}.b{i}"], [out]))
        if i != last:
            source = f"{stem}.h{i}"
            nodes.append(helper.make_node("Tanh", [out], [source]))
    return nodes, constants


def model(
    nodes: Sequence[Any],
    constants: Sequence[Any],
    width: int,
    outputs: Sequence[str],
    domains: Sequence[tuple[str, int]] = (),
    classes: int = 0,
) -> bytes:
    """A checked graph from ``x``: float32[n, width] to ``outputs``.

    These are ``score``: float32[n], ``errors``: float32[n, width], or ``probability``: float32[n, classes].
    """
    shapes: dict[str, list[str | int]] = {"score": ["n"], "errors": ["n", width], "probability": ["n", classes]}
    graph = helper.make_graph(
        list(nodes),
        "part",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", width])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shapes[name]) for name in outputs],
        list(constants),
    )
    opsets = [helper.make_opsetid(domain, version) for domain, version in (("", OPSET), *domains)]
    made = helper.make_model(
        graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="botwarden", producer_version=__version__
    )
    onnx.checker.check_model(made)
    return bytes(made.SerializeToString(deterministic=True))


def autoencoder(layers: Layers, top: int = 0) -> bytes:
    """``errors``: the squared error of each feature; ``score``: the mean of them, or of the ``top`` largest."""
    width = len(layers[0][0])
    nodes, constants = dense(layers, "x", "y", "net")
    nodes += [
        helper.make_node("Sub", ["x", "y"], ["difference"]),
        helper.make_node("Mul", ["difference", "difference"], ["errors"]),
    ]
    counted = "errors"
    if 0 < top < width:
        constants.append(constant("top", np.array([top], np.int64)))
        nodes.append(helper.make_node("TopK", ["errors", "top"], ["largest", "which"], axis=1, sorted=0))
        counted = "largest"
    nodes.append(helper.make_node("ReduceMean", [counted], ["score"], axes=[1], keepdims=0))
    return model(nodes, constants, width, ["score", "errors"])


def layers_of(network: bytes, stem: str = "net") -> Layers:
    """The weights in a graph that `dense` took part in. Raises ModelError where there are none."""
    try:
        graph = onnx.load_model_from_string(network).graph
    except Exception as error:  # whatever protobuf raises
        raise ModelError("the network is not an ONNX graph") from error
    held = {tensor.name: tensor for tensor in graph.initializer}
    layers: Layers = []
    while f"{stem}.w{len(layers)}" in held and f"{stem}.b{len(layers)}" in held:
        weights, biases = (numpy_helper.to_array(held[f"{stem}.{kind}{len(layers)}"]) for kind in "wb")
        layers.append((np.array(weights, np.float32), np.array(biases, np.float32)))
    if not layers:
        raise ModelError("the network holds no weights that training could continue from")
    return layers


class Runner:
    """A network ready to score rows with, as a gateway does: on one thread of ONNX Runtime."""

    def __init__(self, network: bytes) -> None:
        """Load a network that we made."""
        network, self._top = without_largest(network)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])

    def scores(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """float32[n]: higher is more anomalous; ``x``: float32[n, d], scaled."""
        if self._top:
            return mean_of_largest(self.errors(x), self._top)
        return self._run("score", x, ())

    def probabilities(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """float32[n, c]: of each class; ``x``: float32[n, d], scaled."""
        width = self._session.get_outputs()[0].shape[1]
        return self._run("probability", x, (width,))

    def errors(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """float32[n, d]: the share of each feature in the score."""
        return self._run("errors", x, x.shape[1:])

    def _run(self, output: str, x: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.float32]:
        out = np.empty((len(x), *shape), np.float32)
        for start in range(0, len(x), _ROWS):
            part = np.ascontiguousarray(x[start : start + _ROWS], np.float32)
            (out[start : start + _ROWS],) = self._session.run([output], {"x": part})
        return out
