import socket
import threading

import pytest

from botwarden.lab import orders, plan
from botwarden.lab.acting import Actor
from botwarden.lab.acts import ACTS, call
from botwarden.lab.errors import LabError
from botwarden.lab.guard import Refused


def test_every_order_is_one_that_a_controller_can_give() -> None:
    assert call.FLOODS.keys() <= orders.VECTORS.keys()
    assert set(call.FLOODS.values()) <= set(ACTS.values())


def test_an_order_is_heard_among_signs_of_life() -> None:
    given = orders.Order("syn", 10, plan.VICTIM_IP, 80)
    bot, controller = socket.socketpair()
    with bot, controller:
        bot.settimeout(2)
        sender = threading.Thread(target=lambda: controller.sendall(orders.PING))
        sender.start()
        assert bot.recv(64) == orders.PING
        sender.join()
        controller.sendall(orders.encode(given))
        assert call.await_order(bot) == given


def test_a_controller_that_is_gone_is_an_error() -> None:
    bot, controller = socket.socketpair()
    with bot:
        controller.close()
        with pytest.raises(OSError, match=r"hung up|[Bb]roken pipe"):
            call.ping(bot)
        with pytest.raises(OSError, match="hung up"):
            call.await_order(bot)


def test_an_order_is_followed_within_the_limits_only(outsider: Actor) -> None:
    for told, rate, reason in (
        (orders.Order("udp", 100, plan.VICTIM_IP), 900.0, "is more than"),
        (orders.Order("udp", 10, "192.0.2.1"), 100.0, "outside the lab"),
        (orders.Order("http", 10, plan.VICTIM_IP, 80), 100.0, "not for the network namespace"),
    ):
        with pytest.raises(Refused, match=reason):
            call.follow(outsider, told, rate)


@pytest.mark.parametrize(("order", "seconds"), [("dance", 10), ("syn", 0), ("syn", 100_000)])
def test_orders_that_nobody_can_follow_are_not_given(outsider: Actor, order: str, seconds: int) -> None:
    with pytest.raises(LabError, match="orders are syn, "):
        call.obey(outsider, order=order, seconds=seconds)
