from collections.abc import Callable

import pytest

from botwarden.lab.acting import Actor
from botwarden.lab.acts.upnp import upnp


def test_the_router_is_asked_in_the_lab_only(refusal: Callable[..., str]) -> None:
    assert "not for the network namespace" in refusal("upnp")


@pytest.mark.parametrize(("port", "outside"), [(0, 80), (80, 70_000)])
def test_ports_are_ports(outsider: Actor, port: int, outside: int) -> None:
    with pytest.raises(ValueError, match="ports are 1 to 65535"):
        upnp(outsider, port=port, outside=outside)
