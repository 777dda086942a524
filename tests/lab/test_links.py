import random
import socket
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


class Inside(Permit):
    """A permit as it is in the lab."""

    def confirm(self) -> None:
        """This is the right namespace."""


def test_datagrams_go_to_the_lab_only_and_are_counted() -> None:
    permit = Inside(plan.CAMERA.ip, plan.CAMERA)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
        pass  # nothing leaves this machine
    with pytest.raises(Refused, match="outside the lab"):
        links.tell(permit, closed, b"x", "192.0.2.1", 9)
    assert permit.packets.spent == 0
    for _ in range(3):
        links.tell(permit, closed, b"x", plan.VICTIM_IP, 9)
    assert permit.packets.spent == 3


def test_conversations_are_with_the_lab_only_and_are_counted() -> None:
    permit = Inside(plan.CAMERA.ip, plan.CAMERA)
    with pytest.raises(Refused, match="outside the lab"):
        links.ready(permit, "192.0.2.1")
    assert permit.connections.spent == 0
    for _ in range(3):
        assert links.ready(permit, plan.VICTIM_IP) == plan.VICTIM_IP
    assert permit.connections.spent == 3


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
