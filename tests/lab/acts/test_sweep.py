from collections.abc import Callable

import pytest

from botwarden.lab import guard


@pytest.mark.parametrize("act", ["scan-bashlite", "scan-slow", "scan-vertical"])
def test_connections_are_limited(refusal: Callable[..., str], act: str) -> None:
    assert f"more than {guard.MAX_CONVERSATIONS}" in refusal(act, count=guard.MAX_CONVERSATIONS + 1)
    assert "not for the network namespace" in refusal(act, count=10)


def test_the_ports_of_a_stranger_are_not_scanned(refusal: Callable[..., str]) -> None:
    assert "outside the lab" in refusal("scan-vertical", target="192.0.2.1")
