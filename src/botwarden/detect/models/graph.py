"""What a network may consist of: known operators on numbers that it carries itself.

ONNX Runtime would follow a graph to files beside it, run loops that never end, or load operators from elsewhere. So
the bytes are read here before ONNX Runtime sees them, as far as it takes to know what is in them: ONNX is Protocol
Buffers (https://protobuf.dev/programming-guides/encoding/), its fields are those of onnx.proto3 (ONNX 1.17).
"""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from botwarden.core.errors import ModelError
from botwarden.core.text import printable

DOMAINS: Final = frozenset({"", "ai.onnx", "ai.onnx.ml"})

_OPERATORS: Final = """
    Abs Add And ArgMax ArgMin Cast Ceil Clip Concat Constant Div Elu Equal Erf Exp Flatten Floor Gather Gemm Greater
    GreaterOrEqual HardSigmoid Identity LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax MatMul Max Mean Min
    Mul Neg Not Or Pow PRelu Reciprocal ReduceL1 ReduceL2 ReduceMax ReduceMean ReduceMin ReduceSum ReduceSumSquare Relu
    Reshape Selu Sigmoid Sign Slice Softmax Softplus Softsign Split Sqrt Squeeze Sub Sum Tanh TopK Transpose Unsqueeze
    Where Xor
    ArrayFeatureExtractor LinearClassifier LinearRegressor Normalizer Scaler TreeEnsembleClassifier
    TreeEnsembleRegressor
"""
OPERATORS: Final = frozenset(_OPERATORS.split())
"""What takes no more time than its inputs are large: no loops, nothing that reads, and nothing that draws at random."""
MAX_NODES: Final = 20_000
MAX_DEPTH: Final = 1_000
"""Of a decision tree."""

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_GRAPH, _OPSETS, _FUNCTIONS, _TRAINING = 7, 8, 25, 20  # of a model
_NODES, _TENSORS, _SPARSE = 1, 5, 15  # of a graph
_OPERATOR, _ATTRIBUTES, _DOMAIN = 4, 5, 7  # of a node
_TENSOR, _TENSOR_LIST, _SUBGRAPHS, _SPARSE_TENSORS = 5, 10, (6, 11), (22, 23)  # of an attribute
_NAME, _INTS = 1, 8  # of an attribute
_EXTERNAL, _LOCATION = 13, 14  # of a tensor
_TREES: Final = ("treeids", "nodeids", "truenodeids", "falsenodeids")
_NOTHING: Final[NDArray[np.int64]] = np.zeros(0, np.int64)

Bytes = NDArray[np.uint8]
Value = int | Bytes


def check_network(onnx: bytes) -> None:
    """Raise ModelError unless a network is made of known operators and carries all its numbers itself."""
    graphs = 0
    for field, value in _fields(np.frombuffer(onnx, np.uint8)):
        if field == _GRAPH:
            graphs += 1
            _check_graph(_inner(value))
        elif field == _OPSETS:
            _check_domain(_inner(value), 1)
        elif field in (_FUNCTIONS, _TRAINING):
            raise ModelError("it defines functions of its own")
    if graphs != 1:
        raise ModelError("it is not an ONNX graph")


def _check_graph(graph: Bytes) -> None:
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


def _check_node(node: Bytes) -> None:
    for field, value in _fields(node):
        if field == _OPERATOR:
            name = _text(value)
            if name not in OPERATORS:
                raise ModelError(f"it has the operator {printable(name, 40)}, which is not allowed in a model")
            if name.startswith("TreeEnsemble"):
                _check_trees(node)
        elif field == _ATTRIBUTES:
            _check_attribute(_inner(value))
    _check_domain(node, _DOMAIN)


def _check_domain(message: Bytes, place: int) -> None:
    for field, value in _fields(message):
        if field == place and _text(value) not in DOMAINS:
            raise ModelError(f"it has operators of {printable(_text(value), 40)}, which are not allowed in a model")


def _check_attribute(attribute: Bytes) -> None:
    for field, value in _fields(attribute):
        if field in (_TENSOR, _TENSOR_LIST):
            _check_tensor(_inner(value))
        elif field in _SUBGRAPHS:
            raise ModelError("it holds graphs within operators")
        elif field in _SPARSE_TENSORS:
            raise ModelError("it holds sparse tensors")


def _check_tensor(tensor: Bytes) -> None:
    for field, value in _fields(tensor):
        if field == _EXTERNAL or (field == _LOCATION and value != 0):
            raise ModelError("it keeps numbers in a file of their own")


def spans(message: bytes) -> list[tuple[int, int, int]]:
    """(number, start, end) of what each field holds that has a length of its own, such as text or another message.

    Raises ModelError where the bytes are no message.
    """
    found = _found(np.frombuffer(message, np.uint8))
    return [(field, start, end) for field, kind, start, end in found if kind == _BYTES]


def _fields(message: Bytes) -> Iterator[tuple[int, Value]]:
    """(number, value) of each field, the last level only; whole numbers of `_INTS` and values of fixed length are left
    out: a forest has millions."""
    for field, kind, start, end in _found(message):
        yield field, start if kind == _VARINT else message[start:end]


def _found(message: Bytes) -> list[list[int]]:
    """What `_index` finds."""
    number = _index(message, np.empty((0, 4), np.int64))
    if number < 0:
        raise _damaged()
    found = np.empty((number, 4), np.int64)
    _index(message, found)
    rows: list[list[int]] = found.tolist()
    return rows


@njit(cache=True, nogil=True, error_model="numpy")
def _varint(message: Any, at: Any) -> Any:
    """(value, where it ends); the end is -1 for one that is damaged. More than 64 bits are cut as readers do."""
    value = np.int64(0)
    shift = 0
    while at < len(message) and shift < 70:
        byte = np.int64(message[at])
        at += 1
        if shift < 64:
            value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    return value, -1


@njit(cache=True, nogil=True, error_model="numpy")
def _index(message: Any, found: Any) -> Any:
    """Fill in (field, kind, value or start, end) as far as ``found`` reaches; returns how many there are, or -1."""
    at = count = 0
    while at < len(message):
        key, at = _varint(message, at)
        if at < 0:
            return -1
        field, kind = key >> 3, key & 7
        if kind == _VARINT:
            start, at = _varint(message, at)
            end = at
        elif kind == _BYTES:
            length, start = _varint(message, at)
            if start < 0 or length < 0 or length > len(message) - start:
                return -1
            at = end = start + length
        elif kind in (_FIXED64, _FIXED32):
            at += 8 if kind == _FIXED64 else 4
            if at > len(message):
                return -1
            continue
        else:
            return -1
        if at < 0:
            return -1
        if kind == _VARINT and field == _INTS:
            continue
        if count < len(found):
            found[count, 0], found[count, 1], found[count, 2], found[count, 3] = field, kind, start, end
        count += 1
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def _ints(message: Any, out: Any) -> Any:
    """Fill in the whole numbers of an attribute, as far as ``out`` reaches; returns how many there are.

    The attribute has been indexed before, so it is not damaged but in what is packed; -1 if that is.
    """
    at = count = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        end = at
        if kind == _BYTES:
            length, at = _varint(message, at)
            end = at + length
        elif kind in (_FIXED64, _FIXED32):
            at += 8 if kind == _FIXED64 else 4
            continue
        if key >> 3 != _INTS:
            at = end if kind == _BYTES else _varint(message, at)[1]
            continue
        while at < end or kind == _VARINT:
            value, at = _varint(message, at)
            if at < 0:
                return -1
            if count < len(out):
                out[count] = value
            count += 1
            if kind == _VARINT:
                break
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def _shallow(trees: Any, nodes: Any, true: Any, false: Any, most: Any) -> Any:
    """Whether each tree's nodes are numbered from 0 in their order, children after parents, no deeper than ``most``."""
    first = 0
    depth = np.zeros(len(nodes), np.int64)
    for i in range(len(nodes)):
        if i > 0 and trees[i] != trees[i - 1]:
            first = i
        if nodes[i] != i - first or depth[i] > most:
            return False
        for child in (true[i], false[i]):
            if child == 0:  # a leaf has none
                continue
            place = first + child
            if place <= i or place >= len(nodes) or trees[place] != trees[i]:
                return False
            depth[place] = max(depth[place], depth[i] + 1)
    return True


def _check_trees(node: Bytes) -> None:
    """Refuse trees that ONNX Runtime would fall into: it follows them by recursion, without a limit."""
    numbers: dict[str, NDArray[np.int64]] = {}
    for field, value in _fields(node):
        if field == _ATTRIBUTES:
            attribute = _inner(value)
            names = [_text(name) for place, name in _fields(attribute) if place == _NAME]
            if len(names) != 1 or names[0] in numbers:
                raise _damaged()
            count = _ints(attribute, np.empty(0, np.int64))
            if count < 0:
                raise _damaged()
            numbers[names[0]] = np.empty(count, np.int64)
            _ints(attribute, numbers[names[0]])
    trees, nodes, true, false = (numbers.get(f"nodes_{name}", _NOTHING) for name in _TREES)
    if not (len(trees) == len(nodes) == len(true) == len(false) > 0):
        raise ModelError("its trees are incomplete")
    if not _shallow(trees, nodes, true, false, MAX_DEPTH):
        raise ModelError(f"its trees are out of order, or deeper than {MAX_DEPTH}")


def _inner(value: Value) -> Bytes:
    if isinstance(value, int):
        raise _damaged()
    return value


def _text(value: Value) -> str:
    return _inner(value).tobytes().decode("utf-8", "replace")


def _damaged() -> ModelError:
    return ModelError("it is not an ONNX graph")
