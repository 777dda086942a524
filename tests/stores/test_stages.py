from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from botwarden.stores.stages import Stages


class Found(msgspec.Struct, frozen=True):
    name: str
    scores: list[float]


FOUND = Found("a", [1.0, float("inf")])


def test_a_stage_is_there_under_the_same_key_only(tmp_path: Path) -> None:
    stages = Stages(tmp_path / "stages")
    assert stages.load("one", ["key"], Found) is None
    stages.save("one", ["key"], FOUND)
    assert stages.load("one", ["key"], Found) == FOUND
    assert stages.load("one", ["other"], Found) is None
    assert stages.load("two", ["key"], Found) is None


def test_another_kind_of_result_counts_as_none(tmp_path: Path) -> None:
    stages = Stages(tmp_path)
    stages.save("one", 1, FOUND)
    assert stages.load("one", 1, list[int]) is None


def test_names_stay_in_the_folder(tmp_path: Path) -> None:
    for name in ("../one", "a/b", "", ".one"):
        with pytest.raises(ValueError, match="name"):
            Stages(tmp_path).save(name, 1, FOUND)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=80), st.integers(0, 40))
def test_damage_means_that_it_is_done_again(tmp_path: Path, junk: bytes, at: int) -> None:
    stages = Stages(tmp_path)
    stages.save("one", 1, FOUND)
    path = tmp_path / "one.stage"
    path.write_bytes(path.read_bytes()[:at] + junk)
    found = stages.load("one", 1, Found)
    assert found is None or isinstance(found, Found)
