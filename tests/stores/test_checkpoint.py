import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from botwarden.stores.checkpoint import CheckpointFile, beside, checkpoint_key

STATE = {"flat": np.arange(4, dtype=np.float32), "epoch": np.array(3), "done.a": np.frombuffer(b"xyz", np.uint8)}


def test_what_is_saved_is_there_under_the_same_key_only(tmp_path: Path) -> None:
    path = tmp_path / "part"
    CheckpointFile(path, "one").save(STATE)
    same = CheckpointFile(path, "one")
    loaded = same.load()
    assert loaded is not None and same.found
    assert {key: value.tolist() for key, value in loaded.items()} == {key: a.tolist() for key, a in STATE.items()}
    other = CheckpointFile(path, "two")
    assert other.load() is None and not other.found


def test_nothing_is_there_at_first_and_after_it_was_removed(tmp_path: Path) -> None:
    checkpoint = CheckpointFile(tmp_path / "part", "one")
    assert checkpoint.load() is None
    checkpoint.save(STATE)
    checkpoint.remove()
    checkpoint.remove()
    assert checkpoint.load() is None and list(tmp_path.iterdir()) == []


def test_objects_are_neither_written_nor_read(tmp_path: Path) -> None:
    path = tmp_path / "part"
    with pytest.raises(ValueError, match="numbers"):
        CheckpointFile(path, "one").save({"evil": np.array([{}], object)})
    with path.open("wb") as file:
        np.savez(file, evil=np.array([{}], object), __key__=np.frombuffer(b"one", np.uint8))
    assert CheckpointFile(path, "one").load() is None


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "part"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        header = io.BytesIO()
        np.lib.format.write_array_header_1_0(header, {"descr": "|u1", "fortran_order": False, "shape": (1 << 45,)})
        packed.writestr("flat.npy", header.getvalue() + bytes(1000))
    assert CheckpointFile(path, "one").load() is None


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_damage_anywhere_means_no_checkpoint_or_the_same(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "part"
    CheckpointFile(path, "one").save(STATE)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    loaded = CheckpointFile(path, "one").load()
    assert loaded is None or isinstance(loaded, dict)


@pytest.mark.parametrize("offset, value", [(8, 1), (10, 8), (10, 12), (10, 14)])
def test_flags_that_nobody_set_mean_no_checkpoint(tmp_path: Path, offset: int, value: int) -> None:
    """A flipped bit makes a member look encrypted, or packed: PKWARE, .ZIP File Format Specification, 4.3.12."""
    path = tmp_path / "part"
    CheckpointFile(path, "one").save(STATE)
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\1\2") + offset] = value
    path.write_bytes(content)
    assert CheckpointFile(path, "one").load() is None


def test_what_is_packed_is_not_unpacked(tmp_path: Path) -> None:
    with (tmp_path / "part").open("wb") as file:
        np.savez_compressed(file, flat=np.zeros(1 << 20, np.uint8), __key__=np.frombuffer(b"one", np.uint8))
    assert CheckpointFile(tmp_path / "part", "one").load() is None


def test_the_key_depends_on_every_part_and_where_it_ends() -> None:
    keys = {
        checkpoint_key(b"ab", b"c"),
        checkpoint_key(b"a", b"bc"),
        checkpoint_key(b"abc"),
        checkpoint_key(b"ab", b"d"),
    }
    assert len(keys) == 4


def test_it_lies_beside_the_model(tmp_path: Path) -> None:
    assert beside(tmp_path / "house.model") == tmp_path / ".house.model.part"
