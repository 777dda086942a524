from collections.abc import Callable

import pytest


@pytest.mark.parametrize("victim", ["toaster", "gateway", "192.168.10.77"])
def test_only_devices_of_the_house_are_deceived(refusal: Callable[..., str], victim: str) -> None:
    assert "nobody in the house can put itself between" in refusal("arp-spoof", victim=victim)


def test_no_more_and_no_faster_than_the_limits(refusal: Callable[..., str]) -> None:
    assert "more than" in refusal("arp-spoof", seconds=1_000_000.0)
    assert "not for the network namespace" in refusal("arp-spoof")
