"""Model files: one archive with a manifest, networks and arrays, in which nothing can be changed unnoticed.

Members, in this order: ``manifest.json``; ``<part>.onnx`` and ``<part>.<array>.npy`` by name; ``SHA256SUMS``, which
holds the SHA-256 of each other member as ``sha256sum`` writes and checks it. Reading one runs no code: arrays are plain
numbers in a form of their own, nothing is pickled, and networks are checked before they are used
(`botwarden.detect.models.check`).
"""

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from botwarden.core.errors import DataError, ModelError
from botwarden.core.model import FORMAT, Manifest, Model
from botwarden.core.text import printable
from botwarden.stores.archive import packed, unpacked
from botwarden.stores.report import write_file

MAX_BYTES: Final = 1 << 30
"""A file that is larger is no model of ours."""
MANIFEST: Final = "manifest.json"
SUMS: Final = "SHA256SUMS"

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}(?:\.onnx|\.[A-Za-z0-9_]{1,64}\.npy)")
_NPY: Final = re.compile(
    rb"\x93NUMPY\x01\x00(..)"
    rb"\{'descr': '<f([48])', 'fortran_order': False, 'shape': \((\d{1,10}),(?: (\d{1,10}))?\), \} *\n",
    re.DOTALL,
)
_ALIGNMENT: Final = 64

Array = NDArray[np.float32] | NDArray[np.float64]
_Kind = TypeVar("_Kind")


class _Version(msgspec.Struct):
    format: int


def write_model(model: Model, path: Path) -> str:
    """Write a model to ``path``, all of it or nothing; returns its identity. Equal models make equal files.

    Raises ModelError for one that cannot be written, OSError.
    """
    content = model_bytes(model)
    write_file(path, content)
    return hashlib.sha256(content).hexdigest()


def read_model(path: Path) -> Model:
    """The model in a file, with its identity.

    Raises ModelError, which names the file, for one that is no model, is damaged or was changed, or needs a newer
    version of botwarden; OSError.
    """
    with path.open("rb") as file:
        start = file.read(4096)
        if not start.startswith(b"PK\3\4") or MANIFEST.encode() not in start[:64]:
            raise ModelError(f"{printable(path)}: it is not a model")
        content = start + file.read(MAX_BYTES + 1 - len(start))
    if len(content) > MAX_BYTES:
        raise ModelError(f"{printable(path)}: it is larger than any model")
    try:
        return model_of(content)
    except ModelError as error:
        raise ModelError(f"{printable(path)}: {error}") from error


def model_bytes(model: Model) -> bytes:
    """The content of a model's file. Raises ModelError for a model that could not be read back."""
    try:
        manifest = msgspec.json.format(msgspec.json.encode(model.manifest), indent=2) + b"\n"
    except (UnicodeEncodeError, msgspec.MsgspecError) as error:
        raise ModelError("the manifest holds what is no text") from error
    members = {f"{name}.onnx": network for name, network in model.networks.items()}
    members |= {f"{key}.npy": _npy(key, array) for key, array in model.arrays.items()}
    wrong = [name for name in members if not _NAME.fullmatch(name)]
    if wrong:
        raise ModelError(f"'{printable(wrong[0], 80)}' is no name for a part of a model")
    if _decoded(manifest, Manifest) != model.manifest:
        raise ModelError("the manifest holds numbers that cannot be written")
    members = {MANIFEST: manifest} | dict(sorted(members.items()))
    try:
        content = packed(members | {SUMS: _sums(members)})
    except ValueError as error:
        raise ModelError(str(error)) from error
    if len(content) > MAX_BYTES:
        raise ModelError(f"the model has {len(content):,} B, {MAX_BYTES:,} at most")
    return content


def model_of(content: bytes) -> Model:
    """The model in the content of a file. Raises ModelError."""
    try:
        members = unpacked(content)
    except DataError as error:
        raise ModelError(str(error)) from error
    if next(iter(members)) != MANIFEST or list(members)[-1] != SUMS:
        raise ModelError("it is not a model")
    if members.pop(SUMS) != _sums(members):
        raise ModelError("it was changed after it was written: a SHA-256 sum is another")
    manifest = members.pop(MANIFEST)
    version = _decoded(manifest, _Version).format
    if version > FORMAT:
        raise ModelError(f"it is of format {version}: a newer version of botwarden can read it")
    if version < 1:
        raise ModelError("it is not a model")
    wrong = [name for name in members if not _NAME.fullmatch(name)]
    if wrong or list(members) != sorted(members):
        raise ModelError("it holds what belongs to no model")
    return Model(
        _decoded(manifest, Manifest),
        {name.removesuffix(".onnx"): member for name, member in members.items() if name.endswith(".onnx")},
        {name.removesuffix(".npy"): _array(name, member) for name, member in members.items() if name.endswith(".npy")},
        hashlib.sha256(content).hexdigest(),
    )


def _decoded(manifest: bytes, kind: type[_Kind]) -> _Kind:
    try:
        return msgspec.json.decode(manifest, type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise ModelError(f"its manifest cannot be used: {printable(error, 200)}") from error


def _sums(members: Mapping[str, bytes]) -> bytes:
    return "".join(f"{hashlib.sha256(member).hexdigest()}  {name}\n" for name, member in members.items()).encode()


def _npy(key: str, array: Array) -> bytes:
    """An array in NumPy's format 1.0, always with the same header."""
    if array.dtype not in (np.float32, np.float64) or array.ndim not in (1, 2) or not array.size:
        raise ModelError(f"the array '{printable(key, 80)}' is not one that a model file can hold")
    shape = f"({len(array)},)" if array.ndim == 1 else f"({array.shape[0]}, {array.shape[1]})"
    header = f"{{'descr': '<f{array.dtype.itemsize}', 'fortran_order': False, 'shape': {shape}, }}"
    length = math.ceil((10 + len(header) + 1) / _ALIGNMENT) * _ALIGNMENT - 10
    text = header.ljust(length - 1) + "\n"
    little = array.astype(array.dtype.newbyteorder("<"), order="C")
    return b"\x93NUMPY\x01\x00" + length.to_bytes(2, "little") + text.encode("ascii") + little.tobytes()


def _array(name: str, member: bytes) -> Array:
    found = _NPY.match(member)
    if found is None or found.end() != 10 + int.from_bytes(found[1], "little"):
        raise ModelError(f"its member {name} is not an array of numbers")
    kind = np.dtype(f"<f{int(found[2])}")
    shape = [int(size) for size in (found[3], found[4]) if size is not None]
    if not math.prod(shape) or math.prod(shape) * kind.itemsize != len(member) - found.end():
        raise ModelError(f"its member {name} is cut off, or longer than it says")
    values = np.frombuffer(member, kind, offset=found.end()).reshape(shape)
    return values.astype(values.dtype.newbyteorder("="))


def with_identity(model: Model) -> Model:
    """The model with the identity that its file has. Raises ModelError for one that cannot be written."""
    return replace(model, identity=hashlib.sha256(model_bytes(model)).hexdigest())
