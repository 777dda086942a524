import hashlib
import io
import pickle
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from botwarden.core.errors import ModelError
from botwarden.core.model import FORMAT, Model
from botwarden.stores.archive import packed, unpacked
from botwarden.stores.model import MANIFEST, SUMS, model_bytes, model_of, read_model, with_identity, write_model
from models import classifier, detector, model

WHOLE = model(
    [detector(settings={"layers": [3, 1], "rate": 0.5, "name": "ä", "shares": [0.75, 0.5], "on": True, "no": None})],
    [classifier("kind", ["benign", "mirai.syn"])],
    [np.ones((3, 2), np.float32)],
    {"kind.wide": np.arange(6.0).reshape(2, 3), "kind.long": np.arange(6, dtype=np.float32)},
)
CONTENT = model_bytes(WHOLE)


def rebuilt(change: Callable[[dict[str, bytes]], object]) -> bytes:
    """The file with its members changed, by somebody who knows how to write SHA256SUMS."""
    members = unpacked(CONTENT)
    del members[SUMS]
    change(members)
    sums = "".join(f"{hashlib.sha256(member).hexdigest()}  {name}\n" for name, member in members.items())
    return packed(members | {SUMS: sums.encode()})


def refuse(content: bytes, says: str) -> None:
    with pytest.raises(ModelError, match=says) as caught:
        model_of(content)
    assert "\n" not in str(caught.value)


def test_a_model_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.model"
    identity = write_model(WHOLE, path)
    read = read_model(path)
    assert read.identity == identity == hashlib.sha256(path.read_bytes()).hexdigest()
    assert read.manifest == WHOLE.manifest
    assert read.networks == WHOLE.networks
    assert read.arrays.keys() == WHOLE.arrays.keys()
    for key, array in WHOLE.arrays.items():
        assert read.arrays[key].dtype == array.dtype
        assert (read.arrays[key] == array).all()
    assert model_bytes(read) == CONTENT


def test_equal_models_make_equal_files() -> None:
    other = replace(WHOLE, networks=dict(reversed(WHOLE.networks.items())), arrays=dict(reversed(WHOLE.arrays.items())))
    assert model_bytes(other) == CONTENT
    assert with_identity(other).identity == hashlib.sha256(CONTENT).hexdigest()


def test_whole_numbers_stay_whole() -> None:
    held = model_of(CONTENT).manifest.detectors[0].settings
    assert [type(value) for value in held["layers"]] == [int, int]  # type: ignore[union-attr]


def test_other_tools_read_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "a.model").write_bytes(CONTENT)
    with zipfile.ZipFile(tmp_path / "a.model") as archive:
        archive.extractall(tmp_path)
    assert np.load(tmp_path / "kind.wide.npy").tolist() == [[0, 1, 2], [3, 4, 5]]
    assert np.load(tmp_path / "kind.long.npy").dtype == np.float32
    check = subprocess.run(["sha256sum", "-c", SUMS], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert check.stdout.count(": OK") == len(unpacked(CONTENT)) - 1


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_changed_byte_goes_unnoticed(data: st.DataObject) -> None:
    content = bytearray(CONTENT)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] ^= data.draw(st.integers(1, 255))
    if bytes(content) != CONTENT:
        refuse(bytes(content), "changed|not a model")


@given(st.integers(0, len(CONTENT) - 1))
def test_no_cut_goes_unnoticed(length: int) -> None:
    refuse(CONTENT[:length], "changed|not a model")


@given(st.binary(max_size=300))
def test_manifests_of_junk_are_refused(junk: bytes) -> None:
    refuse(rebuilt(lambda members: members.update({MANIFEST: junk})), "manifest cannot be used|not a model")


@settings(max_examples=200)
@given(data=st.data())
def test_arrays_of_junk_are_refused_or_are_arrays(data: st.DataObject) -> None:
    name = "kind.wide.npy"
    whole = unpacked(CONTENT)[name]
    place = data.draw(st.integers(0, len(whole) - 1))
    junk = whole[:place] + data.draw(st.binary(max_size=8)) + whole[place + data.draw(st.integers(0, 8)) :]
    try:
        read = model_of(rebuilt(lambda members: members.update({name: junk})))
    except ModelError as error:
        assert name in str(error)
    else:
        assert read.arrays["kind.wide"].dtype in (np.float32, np.float64)


def object_array() -> bytes:
    out = io.BytesIO()
    np.lib.format.write_array(out, np.array([print], object), allow_pickle=True)
    return out.getvalue()


def other_array(array: np.ndarray) -> bytes:  # type: ignore[type-arg]
    out = io.BytesIO()
    np.lib.format.write_array(out, array)
    return out.getvalue()


@pytest.mark.parametrize(
    "array",
    [
        pickle.dumps([1.0]),
        object_array(),
        other_array(np.zeros(3, np.complex128)),
        other_array(np.zeros(3, ">f8")),
        other_array(np.zeros((2, 2, 2))),
        other_array(np.zeros((0, 3))),
        other_array(np.asfortranarray(np.zeros((2, 3)))),
        b"",
    ],
)
def test_nothing_but_plain_numbers_is_read(array: bytes) -> None:
    refuse(rebuilt(lambda members: members.update({"kind.wide.npy": array})), "kind.wide.npy")


def test_arrays_are_as_long_as_they_say() -> None:
    def stretch(members: dict[str, bytes]) -> None:
        members["kind.wide.npy"] = members["kind.wide.npy"].replace(
            b"(2, 3), }" + b" " * 14, b"(9999999999, 9999999999), }"[:23]
        )

    refuse(rebuilt(stretch), "kind.wide.npy")
    refuse(rebuilt(lambda members: members.update({"kind.wide.npy": members["kind.wide.npy"] + b"more"})), "cut off")


@pytest.mark.parametrize(
    "name", ["../evil.onnx", "/etc/cron.d/x.npy", "kind\\x.onnx", "x.py", "kind.npy", "a.b.c.npy", "\x1b[2J.onnx"]
)
def test_members_of_other_names_are_refused(name: str) -> None:
    refuse(rebuilt(lambda members: members.update({name: b"x"})), "belongs to no model")


def test_members_out_of_order_are_refused() -> None:
    def turn(members: dict[str, bytes]) -> None:
        members["all.onnx"] = members.pop("all.onnx")

    refuse(rebuilt(turn), "belongs to no model")


def test_a_sum_that_is_wrong_is_seen() -> None:
    members = unpacked(CONTENT)
    members["all.onnx"] += b"x"
    refuse(packed(members), "SHA-256")


def test_members_that_are_gone_or_new_or_have_another_name_are_seen() -> None:
    whole = unpacked(CONTENT)
    gone = {name: member for name, member in whole.items() if name != "kind.onnx"}
    new = {MANIFEST: whole[MANIFEST], "aaa.onnx": b"x", **whole}
    renamed = {name.replace("kind.onnx", "kine.onnx"): member for name, member in whole.items()}
    for members in (gone, new, renamed):
        refuse(packed(members), "SHA-256")
    refuse(packed({name: member for name, member in whole.items() if name != SUMS}), "not a model")
    refuse(packed({name: member for name, member in whole.items() if name != MANIFEST}), "not a model")


def manifest_with(**values: object) -> bytes:
    def change(members: dict[str, bytes]) -> None:
        members[MANIFEST] = msgspec.json.encode(msgspec.json.decode(members[MANIFEST]) | values)

    return rebuilt(change)


def test_newer_formats_are_told_so_whatever_is_in_them() -> None:
    refuse(manifest_with(format=FORMAT + 1, detectors="something new"), "newer version of botwarden")
    refuse(manifest_with(format=0), "not a model")


@pytest.mark.parametrize("values", [{"name": 5}, {"detectors": {}}, {"schema": None}, {"metrics": {"a": "b"}}])
def test_manifests_of_other_types_are_refused(values: dict[str, object]) -> None:
    refuse(manifest_with(**values), "manifest cannot be used")


def test_nested_manifests_are_refused() -> None:
    refuse(rebuilt(lambda members: members.update({MANIFEST: b"[" * 100_000})), "manifest cannot be used")
    deep = b'{"format":1,"more":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    refuse(rebuilt(lambda members: members.update({MANIFEST: deep})), "manifest cannot be used")


@pytest.mark.parametrize("content", [b"", b"MZ", b"PK\3\4", b"PK\3\4" + bytes(5000), b"MI_dir_L5_weight,\n"])
def test_files_that_are_no_models_are_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.bin"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"other\.bin: it is not a model"):
        read_model(path)


def test_devices_without_end_are_not_read_to_their_end() -> None:
    with pytest.raises(ModelError, match="not a model"):
        read_model(Path("/dev/zero"))


def test_a_file_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_model(tmp_path / "nothing")
    with pytest.raises(IsADirectoryError):
        read_model(tmp_path)


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (replace(WHOLE, manifest=changed(WHOLE.manifest, name="\ud800")), "no text"),
        (replace(WHOLE, manifest=changed(WHOLE.manifest, metrics={"a": float("nan")})), "manifest"),
        (replace(WHOLE, networks={"../x": b""}), "no name"),
        (replace(WHOLE, arrays={"kind": np.zeros(3)}), "no name"),
        (replace(WHOLE, arrays={"kind.x": np.array(["a"])}), "not one that a model file can hold"),  # type: ignore[dict-item]
        (replace(WHOLE, arrays={"kind.x": np.zeros((1, 2, 3))}), "not one that a model file can hold"),
        (replace(WHOLE, arrays={"kind.x": np.zeros(0)}), "not one that a model file can hold"),
    ],
)
def test_what_could_not_be_read_back_is_not_written(tmp_path: Path, broken: Model, says: str) -> None:
    path = tmp_path / "a.model"
    path.write_bytes(b"before")
    with pytest.raises(ModelError, match=says):
        write_model(broken, path)
    assert path.read_bytes() == b"before"
    assert [left.name for left in tmp_path.iterdir()] == ["a.model"]


def test_reading_a_model_loads_no_package_that_runs_one() -> None:
    program = (
        "import sys, botwarden.stores.model; print([m for m in ('torch', 'onnx', 'onnxruntime') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"
