"""What a network may consist of: known operators on numbers that it carries itself.

ONNX Runtime would follow a graph to files beside it, run loops that never end, or load operators from elsewhere. So
the bytes are read here before ONNX Runtime sees them, as far as it takes to know what is in them: ONNX is Protocol
Buffers (https://protobuf.dev/programming-guides/encoding/), its fields are those of onnx.proto3 (ONNX 1.17).
"""

from collections.abc import Iterator
from typing import Final

from botwarden.core.errors import ModelError
from botwarden.core.text import printable

DOMAINS: Final = frozenset({"", "ai.onnx", "ai.onnx.ml"})

_OPERATORS: Final = """
    Abs Add And ArgMax ArgMin Cast Ceil Clip Concat Constant Div Elu Equal Erf Exp Flatten Floor Gather Gemm Greater
    GreaterOrEqual HardSigmoid Identity LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax MatMul Max Mean Min
    Mul Neg Not Or Pow PRelu Reciprocal ReduceL1 ReduceL2 ReduceMax ReduceMean ReduceMin ReduceSum ReduceSumSquare Relu
    Reshape Selu Sigmoid Sign Slice Softmax Softplus Softsign Split Sqrt Squeeze Sub Sum Tanh TopK Transpose Unsqueeze
    Where Xor
    ArrayFeatureExtractor LinearClassifier LinearRegressor Normalizer Scaler TreeEnsemble TreeEnsembleClassifier
    TreeEnsembleRegressor
"""
OPERATORS: Final = frozenset(_OPERATORS.split())
"""What takes no more time than its inputs are large: no loops, nothing that reads, and nothing that draws at random."""
MAX_NODES: Final = 20_000

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_GRAPH, _OPSETS, _FUNCTIONS, _TRAINING = 7, 8, 25, 20  # of a model
_NODES, _TENSORS, _SPARSE = 1, 5, 15  # of a graph
_OPERATOR, _ATTRIBUTES, _DOMAIN = 4, 5, 7  # of a node
_TENSOR, _TENSOR_LIST, _SUBGRAPHS, _SPARSE_TENSORS = 5, 10, (6, 11), (22, 23)  # of an attribute
_EXTERNAL, _LOCATION = 13, 14  # of a tensor

Value = int | memoryview


def check_network(onnx: bytes) -> None:
    """Raise ModelError unless a network is made of known operators and carries all its numbers itself."""
    graphs = 0
    for field, value in _fields(memoryview(onnx)):
        if field == _GRAPH:
            graphs += 1
            _check_graph(_inner(value))
        elif field == _OPSETS:
            _check_domain(_inner(value), 1)
        elif field in (_FUNCTIONS, _TRAINING):
            raise ModelError("it defines functions of its own")
    if graphs != 1:
        raise ModelError("it is not an ONNX graph")


def _check_graph(graph: memoryview) -> None:
    nodes = 0
    for field, value in _fields(graph):
        if field == _NODES:
            nodes += 1
            _check_node(_inner(value))
        elif field == _TENSORS:
            _check_tensor(_inner(value))
        elif field == _SPARSE:
            raise ModelError("it holds sparse tensors")
    if nodes > MAX_NODES:
        raise ModelError(f"it has {nodes:,} operators, {MAX_NODES:,} at most")


def _check_node(node: memoryview) -> None:
    for field, value in _fields(node):
        if field == _OPERATOR:
            name = _text(value)
            if name not in OPERATORS:
                raise ModelError(f"it has the operator {printable(name, 40)}, which is not allowed in a model")
        elif field == _ATTRIBUTES:
            _check_attribute(_inner(value))
    _check_domain(node, _DOMAIN)


def _check_domain(message: memoryview, place: int) -> None:
    for field, value in _fields(message):
        if field == place and _text(value) not in DOMAINS:
            raise ModelError(f"it has operators of {printable(_text(value), 40)}, which are not allowed in a model")


def _check_attribute(attribute: memoryview) -> None:
    for field, value in _fields(attribute):
        if field in (_TENSOR, _TENSOR_LIST):
            _check_tensor(_inner(value))
        elif field in _SUBGRAPHS:
            raise ModelError("it holds graphs within operators")
        elif field in _SPARSE_TENSORS:
            raise ModelError("it holds sparse tensors")


def _check_tensor(tensor: memoryview) -> None:
    for field, value in _fields(tensor):
        if field == _EXTERNAL or (field == _LOCATION and value != 0):
            raise ModelError("it keeps numbers in a file of their own")


def _fields(message: memoryview) -> Iterator[tuple[int, Value]]:
    """(number, value) of each field, the last level only; values of fixed length are passed over."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        field, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, at = _varint(message, at)
            yield field, value
        elif kind == _BYTES:
            length, at = _varint(message, at)
            if length > len(message) - at:
                raise _damaged()
            yield field, message[at : at + length]
            at += length
        elif kind in (_FIXED64, _FIXED32):
            at += 8 if kind == _FIXED64 else 4
        else:
            raise _damaged()


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(message) and shift < 70:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise _damaged()


def _inner(value: Value) -> memoryview:
    if isinstance(value, int):
        raise _damaged()
    return value


def _text(value: Value) -> str:
    return bytes(_inner(value)).decode("utf-8", "replace")


def _damaged() -> ModelError:
    return ModelError("it is not an ONNX graph")
