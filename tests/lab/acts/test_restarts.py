from collections.abc import Callable


def test_only_a_device_of_this_lab_restarts_and_not_for_ever(refusal: Callable[..., str]) -> None:
    assert "not for the network namespace" in refusal("restart-storm")
    assert "up to 20 times" in refusal("restart-storm", times=21)
