from collections.abc import Callable

import pytest


@pytest.mark.parametrize("victim", ["camera", "toaster", "gateway"])
def test_nobody_puts_itself_between_the_gateway_and_itself(refusal: Callable[..., str], victim: str) -> None:
    assert "nobody in the house can put itself between" in refusal("arp-spoof", victim=victim)


def test_no_more_and_no_faster_than_the_limits(refusal: Callable[..., str]) -> None:
    assert "more than" in refusal("arp-spoof", seconds=1_000_000.0)
    assert "not for the network namespace" in refusal("arp-spoof")
