from collections.abc import Callable

import pytest

from botwarden.lab import acts
from botwarden.lab.acting import Actor
from botwarden.lab.acts import packet_floods

FLOODS = [name for name, act in acts.ACTS.items() if act.__module__ == packet_floods.__name__]


@pytest.mark.parametrize("act", FLOODS)
def test_floods_stay_in_the_lab_and_within_its_limits(refusal: Callable[..., str], act: str) -> None:
    assert "outside the lab" in refusal(act, target="192.0.2.1")
    assert "is more than 20000 at 1000/s" in refusal(act, count=20_001)
    assert "not for the network namespace" in refusal(act, count=1)


def test_flags_are_those_that_orders_name(outsider: Actor) -> None:
    with pytest.raises(ValueError, match="flags are one of syn, rst, fin, ack, psh, all"):
        packet_floods.tcp(outsider, flags="urgent")
