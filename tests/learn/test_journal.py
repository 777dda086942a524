import numpy as np
import pytest

from botwarden.core.errors import ConfigError
from botwarden.learn.journal import Fitted, Journal
from learnable import Kept

FITTED = Fitted(algorithm="a", has_errors=True, settings={"seed": 3}, network=b"\0onnx", history=[0.5, 0.25])


def test_what_is_finished_is_there_next_time_and_the_rest_is_not() -> None:
    kept = Kept()
    journal = Journal(kept)
    journal.finish("one", {"one": FITTED})
    again = Journal(kept)
    assert again.finished("one") == FITTED
    assert again.finished("two") is None


def test_the_state_of_the_stage_in_work_is_kept_beside_the_finished_ones() -> None:
    kept = Kept()
    journal = Journal(kept)
    journal.finish("one", {"one": FITTED})
    stage = journal.stage("two")
    assert stage is not None
    assert stage.load() is None
    stage.save({"epoch": np.array(7)})
    again = Journal(kept)
    stage = again.stage("two")
    assert stage is not None
    assert stage.load() == {"epoch": np.array(7)}
    other = again.stage("three")
    assert other is not None
    assert other.load() is None
    assert again.finished("one") == FITTED


def test_a_finished_stage_needs_no_state_any_more() -> None:
    kept = Kept()
    journal = Journal(kept)
    stage = journal.stage("one")
    assert stage is not None
    stage.save({"epoch": np.array(7)})
    journal.finish("one", {"one": FITTED})
    stage = Journal(kept).stage("one")
    assert stage is not None
    assert stage.load() is None


def test_without_a_checkpoint_nothing_is_kept() -> None:
    journal = Journal(None)
    assert journal.stage("one") is None
    journal.finish("one", {"one": FITTED})
    assert journal.finished("one") is None


def test_damage_is_told_in_one_line() -> None:
    kept = Kept()
    kept.state = {"done.one": np.frombuffer(b"nonsense", np.uint8)}
    with pytest.raises(ConfigError, match="damaged"):
        Journal(kept).finished("one")
