"""The mean of a row's largest errors: ONNX Runtime's `TopK` takes as long for them as all layers of the network.

Networks of `botwarden.learn.graphs.autoencoder` end with the two operators of `_ENDING`. In the file they stay, and say
what the score is to whoever runs it; of the copy that ONNX Runtime gets here they are left out, and `mean_of_largest`
does what they say. A network that ends otherwise, be it by one byte, is run as it is.
"""

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from botwarden.core.errors import ModelError
from botwarden.detect.models.graph import spans

MOST: Final = 32
"""Errors of a row that are looked for here at most; the time that it takes rises with their number."""

_BLOCK: Final = 64  # rows side by side
_INFINITE: Final = np.float32(np.inf)

_GRAPH, _NODES, _TENSORS, _OUTPUTS = 7, 1, 5, 12  # fields of a model, and of a graph
_UNKNOWN: Final = 3  # a field of a graph that ONNX has reserved: readers pass over it
_ENDING: Final = (
    b'\n\x06errors\n\x03top\x12\x07largest\x12\x05which"\x04TopK'
    b"*\x0b\n\x04axis\x18\x01\xa0\x01\x02*\r\n\x06sorted\x18\x00\xa0\x01\x02",
    b'\n\x07largest\x12\x05score"\nReduceMean*\x0b\n\x04axes@\x01\xa0\x01\x07*\x0f\n\x08keepdims\x18\x00\xa0\x01\x02',
)
_ONLY_THERE: Final = (b"largest", b"which", b"score")  # what no other operator may name
_GIVEN: Final = (b"\n\x05score\x12", b"\n\x06errors\x12")  # how the outputs begin
_TOP: Final = b"\x08\x01\x10\x07B\x03topJ\x08"  # int64[1], the 8 bytes that follow

Place = tuple[int, int]


def without_largest(onnx: bytes) -> tuple[bytes, int]:
    """The network without what makes ``score`` of ``errors``, and of how many errors that is the mean.

    0 where it cannot be left out, or where the bytes are no network: then they are as they were.
    """
    try:
        (graph,) = _places(onnx, (0, len(onnx)), _GRAPH)
        nodes, tensors, outputs = (_places(onnx, graph, field) for field in (_NODES, _TENSORS, _OUTPUTS))
    except (ModelError, ValueError):
        return onnx, 0
    *others, ending, mean = [b"", b"", *(onnx[start:end] for start, end in nodes)]
    named = any(name in other for other in others for name in _ONLY_THERE)
    given = tuple(onnx[start:end][: len(name)] for (start, end), name in zip(outputs, _GIVEN, strict=False))
    if (ending, mean) != _ENDING or named or given != _GIVEN or len(outputs) != len(_GIVEN):
        return onnx, 0
    tops = [int.from_bytes(onnx[end - 8 : end], "little") for start, end in tensors if onnx[start : end - 8] == _TOP]
    if len(tops) != 1 or not 0 < tops[0] <= MOST:
        return onnx, 0
    short = bytearray(onnx)
    for field, (start, end) in ((_NODES, nodes[-2]), (_NODES, nodes[-1]), (_OUTPUTS, outputs[0])):
        if onnx[start - 2 : start] != bytes([_key(field), end - start & 0x7F]):  # both could take more bytes
            return onnx, 0
        short[start - 2] = _key(_UNKNOWN)
    return bytes(short), tops[0]


def _places(onnx: bytes, message: Place, field: int) -> list[Place]:
    """Where what a field of a message holds starts and ends. Raises ModelError where that is no message."""
    begin, last = message
    return [(begin + start, begin + end) for number, start, end in spans(onnx[begin:last]) if number == field]


def _key(field: int) -> int:
    """What stands before a field that has a length."""
    return field << 3 | 2


def mean_of_largest(errors: NDArray[np.float32], top: int) -> NDArray[np.float32]:
    """float32[n]: the mean of the ``top`` largest of each row of float32[n, d]; what is no number counts as infinite.

    Raises ValueError where there are not that many columns.
    """
    if not 0 < top <= errors.shape[1]:
        raise ValueError(f"there are no {top} largest of {errors.shape[1]}")
    out = np.empty(len(errors), np.float32)
    _means(np.ascontiguousarray(errors), np.int64(top), out)
    return out


@njit(cache=True, nogil=True, error_model="numpy")
def _means(errors: Any, top: Any, out: Any) -> None:
    rows, columns = errors.shape
    block = np.zeros((columns, _BLOCK), np.float32)
    largest = np.empty((top, _BLOCK), np.float32)
    for start in range(0, rows, _BLOCK):
        n = min(_BLOCK, rows - start)
        for i in range(n):
            for j in range(columns):
                x = errors[start + i, j]
                block[j, i] = x if x == x else _INFINITE  # noqa: PLR0124 - no number is not itself
        largest[:] = -_INFINITE
        for j in range(columns):
            for place in range(top):
                _exchange(largest[place], block[j])
        for i in range(n):
            total = 0.0
            for place in range(top):
                total += np.float64(largest[place, i])
            out[start + i] = np.float32(total / top)


@njit(cache=True, nogil=True, error_model="numpy")
def _exchange(larger: Any, smaller: Any) -> None:
    """Put the larger of each two into ``larger``: a step of sorting, for many rows at once and without a branch."""
    for i in range(_BLOCK):
        a, b = larger[i], smaller[i]
        larger[i] = a if a > b else b
        smaller[i] = b if a > b else a
