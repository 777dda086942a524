from collections.abc import Callable

import pytest


@pytest.mark.parametrize(
    ("act", "options"),
    [
        ("backup", {"megabytes": 9.0}),
        ("backup", {"files": 100}),
        ("backup", {"megabytes": 0.0}),
        ("speed-test", {"connections": 8, "megabytes": 8.0}),
    ],
)
def test_transfers_are_limited(refusal: Callable[..., str], act: str, options: dict[str, float]) -> None:
    assert "8 MB each, 80 MB in all" in refusal(act, **options)


@pytest.mark.parametrize("act", ["backup", "update", "speed-test"])
def test_transfers_outside_the_lab_are_refused(refusal: Callable[..., str], act: str) -> None:
    assert "not for the network namespace" in refusal(act)


@pytest.mark.parametrize("megabits", [0.0, 0.1])
def test_a_firmware_that_would_take_too_long_is_refused(refusal: Callable[..., str], megabits: float) -> None:
    assert "longer than its site waits" in refusal("update", megabits=megabits)
