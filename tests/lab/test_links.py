import random
from collections.abc import Callable

import pytest

from botwarden.lab import links, plan
from botwarden.lab.guard import Permit, Refused

CAMERA = Permit(plan.CAMERA.ip, plan.CAMERA)


@pytest.mark.parametrize(
    "open_one",
    [
        lambda: links.connect(CAMERA, plan.VICTIM_IP, 80),
        lambda: links.knock(CAMERA, plan.VICTIM_IP, 80),
        lambda: links.bound(CAMERA),
        lambda: links.ask(CAMERA, plan.VICTIM_IP, 53, b"x"),
        lambda: links.find(CAMERA, "victim.example", random.Random(1)),
    ],
)
def test_nobody_talks_without_a_lab(open_one: Callable[[], object]) -> None:
    with pytest.raises(Refused, match="not for the network namespace"):
        open_one()


def test_an_address_needs_no_name_server() -> None:
    assert links.find(CAMERA, plan.VICTIM_IP, random.Random(1)) == plan.VICTIM_IP


def test_devices_are_known_by_their_roles() -> None:
    assert [links.address_of(name) for name in ("dvr", "gateway", plan.VICTIM_IP)] == [
        plan.DVR.ip,
        plan.GATEWAY_IP,
        plan.VICTIM_IP,
    ]


def test_nobody_acts_upon_himself() -> None:
    assert links.other(CAMERA, "dvr") == plan.DVR.ip
    assert links.other(CAMERA, "camera") == plan.DVR.ip
    assert links.other(CAMERA, plan.CAMERA.ip, [plan.CAMERA, plan.AP]) == plan.AP.ip
