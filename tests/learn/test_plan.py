from typing import Any

import msgspec
import pytest

from botwarden.core.errors import ConfigError
from botwarden.features.schema import DATE_COLUMNS, NBAIOT115
from botwarden.learn.plan import TrainPlan


def test_dates_are_left_out_unless_asked_for() -> None:
    columns = TrainPlan(detector="autoencoder").columns(NBAIOT115)
    assert len(columns) == 105 and not set(columns) & set(DATE_COLUMNS)
    assert TrainPlan(detector="autoencoder", dates=True).columns(NBAIOT115) == list(NBAIOT115.columns)


@pytest.mark.parametrize(
    "wrong",
    [
        {"detector": "none"}, {"classes": "7"}, {"per": "house"}, {"split": "halves"}, {"scaler": "magic"},
        {"false_positives": 0.0}, {"false_positives": 1.5}, {"false_positives": float("nan")}, {"std": -1.0},
        {"std": float("nan")}, {"window": 0}, {"top": 0}, {"epochs": 0}, {"seed": -1}, {"seed": 2**40},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_one_line(wrong: dict[str, Any]) -> None:
    plan = msgspec.structs.replace(TrainPlan(detector="autoencoder"), **wrong)
    with pytest.raises(ConfigError) as error:
        plan.check()
    assert "\n" not in str(error.value)


def test_a_sensible_plan_passes() -> None:
    TrainPlan(detector="published", std=3.0, window=20, top=10, split="thirds", per="device").check()
