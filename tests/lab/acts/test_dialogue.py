import random

import pytest

from botwarden.lab import plan
from botwarden.lab.acting import Actor
from botwarden.lab.acts import dialogue
from botwarden.lab.guard import Refused


@pytest.mark.parametrize("device", [plan.CAMERA, plan.AP, plan.DVR], ids=lambda device: device.role)
def test_the_right_password_comes_late_where_it_is_in_the_list(device: plan.Device) -> None:
    for seed in range(30):
        order = dialogue.guesses(random.Random(seed), device.telnet)
        assert sorted(order) == sorted(plan.MIRAI_GUESSES)
        if device.weak:
            assert device.telnet is not None
            assert order.index(device.telnet) >= dialogue.FIRST
        else:
            assert device.telnet not in order


def test_what_is_typed_fetches_only_the_file_of_the_story() -> None:
    fetched = [word for line in dialogue.TYPED for word in line.split() if "://" in word]
    assert fetched == [plan.PAYLOAD_URL]


def test_nobody_is_tried_outside_the_lab(outsider: Actor) -> None:
    with pytest.raises(Refused, match="not for the network namespace"):
        dialogue.break_in(outsider, plan.AP.ip, 23, [("a", "b")], 0.0)
    with pytest.raises(Refused, match="outside the lab"):
        dialogue.attempt(outsider, "192.0.2.1", 23, ("a", "b"))
    with pytest.raises(Refused, match="not for the network namespace"):
        dialogue.type_lines(outsider, plan.AP.ip, 23, ("a", "b"))
