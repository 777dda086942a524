import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.lab import plan
from botwarden.lab.acting import Actor
from botwarden.lab.acts.socket_floods import MAX_PAYLOAD, _Pool, spam
from botwarden.lab.guard import Refused


@pytest.mark.parametrize("act", ["flood-udpplain", "flood-http", "flood-junk", "flood-combo"])
def test_floods_stay_in_the_lab_and_within_its_limits(refusal: Callable[..., str], act: str) -> None:
    assert "outside the lab" in refusal(act, target="192.0.2.1")
    assert "is more than" in refusal(act, count=20_001)
    assert "not for the network namespace" in refusal(act, count=1)


def test_what_a_flood_sends_is_counted(outsider: Actor) -> None:
    with (
        _Pool(outsider.permit, plan.VICTIM_IP, 80, 1) as one,
        pytest.raises(Refused, match="not for the network namespace"),
    ):
        one.send(0, b"x")
    assert outsider.permit.packets.spent == 1


@given(size=st.integers(0, 10_000), seed=st.integers())
def test_junk_is_letters_and_digits_of_a_bounded_size(size: int, seed: int) -> None:
    junk = spam(random.Random(seed), size)
    assert len(junk) == min(size, MAX_PAYLOAD)
    assert junk == b"" or junk.isalnum()
