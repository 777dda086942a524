from collections.abc import Callable


def test_only_devices_of_the_house_are_broken_into(refusal: Callable[..., str]) -> None:
    assert "nobody in the lab is called 'toaster'" in refusal("intrude", device="toaster")
    assert "not for the network namespace" in refusal("intrude", device="camera")
